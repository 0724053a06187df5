import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { legalDateOf } from '../../kernel/days.ts'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { etagOf, matchesNone } from '../../platform/http/etag.ts'
import { allow } from '../../platform/http/guard.ts'
import { commandRoute, documented, listRoute, readRoute } from '../../platform/http/route.ts'
import { NotFound } from '../../platform/problems.ts'
import { newWork } from '../../platform/work.ts'
import { AwardNotDecided, AwardProjectWithdrawn } from '../awards/index.ts'
import { ScoreSheetsInConflict } from '../reviews/index.ts'
import { noticePage } from './pageDocument.ts'
import { PublishNotice, ReadNotice, WithdrawNotice } from './policy.ts'
import {
  AwardBudgetMissing,
  AwardNotProposed,
  NoticeEmpty,
  NoticeNotInState,
  NoticeNotSuperseded,
  NoticeUnderObjection,
} from './problems.ts'
import { noticeActions } from './rules/notice.ts'
import type { Probe } from './rules/reachability.ts'
import { NewNotice, NoticeBody, NoticeFilterQuery, NoticeParams, NoticeWithdrawal, ProbeBody } from './schemas.ts'
import {
  endNotice,
  type NoticeView,
  openAwardNotice,
  RoundNotInState,
  readNotice,
  readNotices,
} from './service/notices.ts'
import { readProbes } from './service/reachability.ts'

const tag = 'Notices'

export function noticeRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/notices',
    operationId: 'publishNotice',
    summary: 'Announce proposed awards',
    tag,
    description:
      'Publishes the proposed awards of a round for the policy’s window (5 working days unless the city says otherwise, S34) and keeps the words with their SHA-256 digest. The day of publication is not counted (民法典 201). A successor award proposed after an upheld objection gets a notice of its own, which holds nobody else up. A notice about what a withdrawn one announced takes its place and counts its versions on, whether or not `supersedesId` names it. The round goes to `notice` with its first one.',
    allow: PublishNotice,
    body: NewNotice,
    status: 201,
    answer: NoticeBody,
    problems: [
      NoticeEmpty,
      AwardBudgetMissing,
      AwardNotProposed,
      AwardNotDecided,
      ScoreSheetsInConflict,
      AwardProjectWithdrawn,
      NoticeNotSuperseded,
      RoundNotInState,
      CalendarYearMissing,
      NotFound,
    ],
    location: (notice) => `/notices/${notice.id}`,
    run: (work, { body }) => openAwardNotice(work, body),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/notices/:noticeId/withdrawal',
    operationId: 'withdrawNotice',
    summary: 'Withdraw an open notice',
    tag,
    description:
      'For a notice with a mistake: it stays readable, marked as withdrawn with the reason, and its awards wait for a new notice (`supersedesId`). Objections are decided first.',
    allow: WithdrawNotice,
    params: NoticeParams,
    body: NoticeWithdrawal,
    ifMatch: true,
    status: 200,
    answer: NoticeBody,
    problems: [NoticeNotInState, NoticeUnderObjection],
    run: (work, { params, body }) => endNotice(work, params.noticeId, body.reason),
    present,
  })
  readRoute(app, {
    url: '/notices/:noticeId',
    operationId: 'readNotice',
    summary: 'Read a notice',
    tag,
    description: 'Public, no credential needed; withdrawn notices stay readable.',
    allow: ReadNotice,
    params: NoticeParams,
    answer: NoticeBody,
    run: (work, { params }) => readNotice(work, params.noticeId),
    present,
  })
  listRoute(app, {
    url: '/notices',
    operationId: 'listNotices',
    summary: 'List notices, newest first',
    tag,
    description: 'Public, no credential needed.',
    allow: ReadNotice,
    query: NoticeFilterQuery,
    item: NoticeBody,
    pageTitle: 'NoticePage',
    run: (work, { query, limit, after }) => readNotices(work, query, limit, after),
    present,
  })
  listRoute(app, {
    url: '/notices/:noticeId/probes',
    operationId: 'listNoticeProbes',
    summary: 'List what probes of a notice’s page have found, oldest first',
    tag,
    description:
      'Public. A failed probe counts as outage until the next one; time that no probe speaks for is unknown. Lost days lengthen the notice where the policy says so.',
    allow: ReadNotice,
    params: NoticeParams,
    item: ProbeBody,
    pageTitle: 'NoticeProbePage',
    run: (work, { params, limit, after }) => readProbes(work, params.noticeId, limit, after),
    present: ({ noticeId: _, at, ...probe }: Probe) => ({ ...probe, at: at.toISOString() }),
  })
  pageRoute(app)
}

/** The page for people: no login, no script, nothing loaded from elsewhere. */
function pageRoute(app: FastifyInstance): void {
  app.route<{ Params: { noticeId: string } }>({
    method: 'GET',
    url: '/notices/:noticeId/page',
    config: { policy: allow(ReadNotice) },
    schema: documented(
      {
        url: '/notices/:noticeId/page',
        operationId: 'readNoticePage',
        summary: 'Read a notice as a page',
        tag,
        description:
          'Public, no credential needed. Shows state, versions, extensions, and the digest with the way to verify it.',
        allow: ReadNotice,
        params: NoticeParams,
      },
      { answers: { 200: { description: 'The page.', content: { 'text/html': { schema: Page } } } as never } },
    ),
    handler: async (request, reply) => {
      const { database, sandbox } = app.edge
      const work = newWork({ sql: database.sql, actor: request.actor, requestId: request.id, sandbox })
      const notice = await readNotice(work, request.params.noticeId)
      request.permissionAsked = true
      const etag = etagOf(notice.version)
      reply.header('etag', etag)
      if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send()
      return reply.type('text/html; charset=utf-8').send(noticePage(notice))
    },
  })
}

const Page = Type.String({ maxLength: 10_000_000 })

function present({ version: _version, ...notice }: NoticeView) {
  const { snapshot, extensions } = notice
  const { redactions, ...words } = snapshot
  return {
    ...notice,
    snapshot: {
      ...words,
      ...(redactions === undefined ? {} : { redactions: [...redactions] }),
      items: snapshot.items.map(({ sources, ...item }) => ({
        ...item,
        ...(sources === undefined ? {} : { sources: [...sources] }),
      })),
    },
    extensions: extensions.map(({ number, document, digest, addedAt }) => ({
      number,
      document: { ...document, lostDays: [...document.lostDays] },
      digest,
      addedAt: addedAt.toISOString(),
    })),
    publishedAt: notice.publishedAt.toISOString(),
    publishedOn: legalDateOf(notice.publishedAt),
    closesAt: notice.closesAt.toISOString(),
    withdrawnAt: notice.withdrawnAt?.toISOString() ?? null,
    actions: noticeActions(notice),
    createdAt: notice.createdAt.toISOString(),
  }
}
