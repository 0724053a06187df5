import type { FastifyInstance } from 'fastify'
import { legalDateOf } from '../../kernel/days.ts'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { NotFound } from '../../platform/problems.ts'
import { AwardNotDecided } from '../awards/index.ts'
import { PublishNotice, ReadNotice, WithdrawNotice } from './policy.ts'
import {
  AwardBudgetMissing,
  AwardNotProposed,
  NoticeEmpty,
  NoticeNotInState,
  NoticeNotSuperseded,
  NoticeUnderObjection,
} from './problems.ts'
import { type Notice, noticeActions } from './rules.ts'
import { NewNotice, NoticeBody, NoticeFilterQuery, NoticeParams, NoticeWithdrawal } from './schemas.ts'
import { endNotice, openAwardNotice, RoundNotInState, readNotice, readNotices } from './service.ts'

const tag = 'Notices'

export function noticeRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/notices',
    operationId: 'publishNotice',
    summary: 'Announce proposed awards',
    tag,
    description:
      'Publishes the proposed awards of a round for the policy’s window (5 working days unless the city says otherwise, S34) and keeps the words with their SHA-256 digest. The day of publication is not counted (民法典 201). A successor award proposed after an upheld objection gets a notice of its own, which holds nobody else up. The round goes to `notice` with its first one.',
    allow: PublishNotice,
    body: NewNotice,
    status: 201,
    answer: NoticeBody,
    problems: [
      NoticeEmpty,
      AwardBudgetMissing,
      AwardNotProposed,
      AwardNotDecided,
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
}

function present({ version: _version, ...notice }: Notice) {
  return {
    ...notice,
    snapshot: {
      ...notice.snapshot,
      items: notice.snapshot.items.map(({ sources, ...item }) => ({
        ...item,
        ...(sources === undefined ? {} : { sources: [...sources] }),
      })),
    },
    publishedAt: notice.publishedAt.toISOString(),
    publishedOn: legalDateOf(notice.publishedAt),
    closesAt: notice.closesAt.toISOString(),
    withdrawnAt: notice.withdrawnAt?.toISOString() ?? null,
    actions: noticeActions(notice),
    createdAt: notice.createdAt.toISOString(),
  }
}
