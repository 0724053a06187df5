import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { orThrow } from '../../../kernel/decision.ts'
import { money } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import {
  type Award,
  awardsOfRound,
  markNoticed,
  requireDecided,
  requireIndependentAwards,
  requireOnList,
  unmarkNoticed,
} from '../../awards/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { needsOf } from '../../needs/index.ts'
import { organizationOf } from '../../organizations/index.ts'
import { projectOf, withholdFromPublic } from '../../projects/index.ts'
import { advanceRound, lockRound, noticeRulesOf, roundOf } from '../../rounds/index.ts'
import { PublishNotice, ReadNotice, WithdrawNotice } from '../policy.ts'
import { NoticeNotSuperseded, NoticeUnderObjection } from '../problems.ts'
import {
  awardsToAnnounce,
  bySource,
  checkSuperseded,
  type Notice,
  type NoticeItem,
  type NoticeKind,
  type NoticeSnapshot,
  noticeWindow,
  predecessorOf,
  withdrawNotice,
} from '../rules/notice.ts'
import type { Extension, ExtensionDocument } from '../rules/reachability.ts'
import { redacted, withheldFields } from '../rules/redaction.ts'
import {
  findExtensions,
  findNotice,
  findSuccessors,
  insertNotice,
  listNotices,
  lockStoredNotice,
  lockWithdrawnNotices,
  type NoticeFilter,
  nextNumber,
  updateNotice,
} from '../store.ts'
import { NOTICE_CLOSES, saveWithdrawn } from './ending.ts'

export { RoundNotInState } from '../../rounds/index.ts'

/** A notice with what was added to it, and what took its place. */
export interface NoticeView extends Notice {
  readonly supersededById: string | null
  readonly extensions: readonly Extension[]
}

export interface NoticeToPublish {
  readonly roundId: string
  readonly kind: NoticeKind
  readonly items: readonly NoticeItem[]
  /** A withdrawn notice whose place this one takes; absent: the one that announced the same, if there is one. */
  readonly supersedesId?: string | undefined
}

export interface AwardNoticeToOpen {
  readonly roundId: string
  readonly awardIds?: readonly string[] | undefined
  readonly supersedesId?: string | undefined
}

/**
 * Announces proposed awards: the named ones, else all of the round. Refused while one of them awaits its revised budget,
 * when there is none, when the project of one was withdrawn, in a round without a finished review, and when the calendar of the window's year is missing.
 */
export async function openAwardNotice(work: Work, wanted: AwardNoticeToOpen): Promise<NoticeView> {
  const found = authorize(work, PublishNotice, await roundOf(work, wanted.roundId))
  const round = await lockRound(work, found.id)
  const awards = orThrow(awardsToAnnounce(await awardsOfRound(work, round.id), wanted.awardIds))
  requireDecided(round, awards)
  await requireIndependentAwards(work, round, awards)
  await requireOnList(work, awards)
  const items = await awardItems(work, awards)
  const notice = await publishNotice(work, { ...wanted, kind: 'award', items })
  await markNoticed(
    work,
    awards.map((award) => award.id),
    notice.closesAt,
    notice.id,
  )
  await advanceRound(work, round.id, 'publishNotice')
  return viewOf(work, notice)
}

/**
 * For later modules: makes items public, resolves and watches the window, records it. Asks no permission; the caller's
 * use case does. Throws `calendar_year_missing` and `notice_not_superseded`.
 */
export async function publishNotice(work: Work, wanted: NoticeToPublish): Promise<Notice> {
  const round = await lockRound(work, wanted.roundId)
  const host = await organizationOf(work, round.hostId)
  if (host === undefined) throw new Error(`the round ${round.id} has the unknown host ${round.hostId}`)
  const superseded = await supersededBy(work, wanted)
  const supersedesId = superseded?.id ?? null
  const versionNumber = (superseded?.versionNumber ?? 0) + 1
  const publishedAt = await work.now(round.hostId)
  const calendar = await calendarOf(work, round.hostId)
  const { redactions, ...rules } = noticeRulesOf(round.policy.notice)
  const window = orThrow(noticeWindow(rules, calendar, publishedAt))
  const id = newId('ntc')
  const snapshot: NoticeSnapshot = {
    noticeId: id,
    kind: wanted.kind,
    number: await nextNumber(work.sql, round.id),
    versionNumber,
    roundId: round.id,
    roundCode: round.code,
    roundTitle: round.title,
    hostId: round.hostId,
    hostName: host.name,
    supersedesId,
    publishedAt: publishedAt.toISOString(),
    window: window.resolved,
    closesAt: window.closesAt.toISOString(),
    ...(redactions.length === 0 ? {} : { redactions }),
    items: redacted(wanted.items, redactions),
  }
  const notice = await insertNotice(work.sql, {
    id,
    roundId: round.id,
    hostId: round.hostId,
    kind: wanted.kind,
    number: snapshot.number,
    versionNumber,
    snapshot,
    digest: digestOf(snapshot),
    publishedAt,
    window: window.resolved,
    closesAt: window.closesAt,
    state: 'open',
    supersedesId,
    withdrawnAt: null,
    withdrawalReason: null,
    createdAt: publishedAt,
  }).catch((error: unknown) => {
    if (brokenConstraint(error) === 'notice_supersedes_id_key')
      throw problem(NoticeNotSuperseded, { noticeId: wanted.supersedesId ?? '' })
    throw error
  })
  for (const item of wanted.items) await withholdFromPublic(work, item.projectId, withheldFields(item, redactions))
  // What it replaces now names its successor, so whoever has read it must read it again.
  if (superseded !== null) await updateNotice(work.sql, superseded)
  await setDeadline(work, {
    kind: NOTICE_CLOSES,
    hostId: notice.hostId,
    subject: id,
    dueAt: notice.closesAt,
    resolved: notice.window,
  })
  await record(work, {
    type: 'notice.published',
    subject: id,
    hostId: notice.hostId,
    at: publishedAt,
    data: {
      roundId: notice.roundId,
      kind: notice.kind,
      number: notice.number,
      digest: notice.digest,
      closesAt: snapshot.closesAt,
      items: wanted.items.map((item) => item.subject),
    },
  })
  return notice
}

/** Withdraws an open notice; its awards wait for a new one. Refused while one of them is suspended by an objection. */
export async function endNotice(work: Work, noticeId: string, reason: string): Promise<NoticeView> {
  const before = authorize(work, WithdrawNotice, await lockStoredNotice(work.sql, noticeId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const withdrawn = orThrow(withdrawNotice(before, reason, now))
  if (before.kind === 'award') await takeBackAwards(work, before)
  return viewOf(work, await saveWithdrawn(work, withdrawn, now))
}

export async function readNotice(work: Work, noticeId: string): Promise<NoticeView> {
  return viewOf(work, authorize(work, ReadNotice, await findNotice(work.sql, noticeId)))
}

export async function readNotices(
  work: Work,
  filter: NoticeFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<NoticeView>> {
  authorize(work, ReadNotice, {})
  const { items, next } = await listNotices(work.sql, filter, limit, after)
  return { items: await viewsOf(work, items), next }
}

export async function viewOf(work: Work, notice: Notice): Promise<NoticeView> {
  const [view] = await viewsOf(work, [notice])
  return view as NoticeView
}

async function viewsOf(work: Work, notices: readonly Notice[]): Promise<NoticeView[]> {
  if (notices.length === 0) return []
  const ids = notices.map(({ id }) => id)
  const successors = await findSuccessors(work.sql, ids)
  const extensions = Map.groupBy(await findExtensions(work.sql, ids), ({ noticeId }) => noticeId)
  return notices.map((notice) => ({
    ...notice,
    supersededById: successors.get(notice.id) ?? null,
    extensions: extensions.get(notice.id) ?? [],
  }))
}

/** For later modules: the notice, or undefined. Asks no permission. */
export async function noticeOf(work: Work, noticeId: string): Promise<Notice | undefined> {
  return findNotice(work.sql, noticeId)
}

/** The same, locked: everything that is filed against a notice or decided about it waits here for its turn. */
export async function lockNotice(work: Work, noticeId: string): Promise<Notice | undefined> {
  return lockStoredNotice(work.sql, noticeId)
}

/** The last version of a notice that was withdrawn and published anew; the notice itself when it has no successor. */
export async function currentVersionOf(work: Work, notice: Notice): Promise<Notice> {
  const successorId = (await findSuccessors(work.sql, [notice.id])).get(notice.id)
  const successor = successorId === undefined ? undefined : await findNotice(work.sql, successorId)
  return successor === undefined ? notice : currentVersionOf(work, successor)
}

/** SHA-256 of the canonical JSON (RFC 8785), in hex: whoever holds the published words can recompute it. */
export function digestOf(published: NoticeSnapshot | ExtensionDocument): string {
  const canonical = canonicalize(published)
  if (canonical === undefined) throw new Error('a notice has no canonical form')
  return createHash('sha256').update(canonical).digest('hex')
}

/** The named notice, else the withdrawn one that announced the same. Throws `notice_not_superseded`. */
async function supersededBy(work: Work, wanted: NoticeToPublish): Promise<Notice | null> {
  const { supersedesId, roundId, kind } = wanted
  if (supersedesId === undefined)
    return predecessorOf(await lockWithdrawnNotices(work.sql, roundId, kind), wanted) ?? null
  const superseded = await lockStoredNotice(work.sql, supersedesId)
  return orThrow(checkSuperseded(superseded, { supersedesId, roundId, kind }))
}

async function takeBackAwards(work: Work, notice: Notice): Promise<void> {
  const announced = new Set(notice.snapshot.items.map((item) => item.subject))
  const awards = (await awardsOfRound(work, notice.roundId)).filter((award) => announced.has(award.id))
  const suspended = awards.filter((award) => award.state === 'suspended')
  if (suspended.length > 0) throw problem(NoticeUnderObjection, { count: suspended.length })
  const noticed = awards.filter((award) => award.state === 'noticed')
  await unmarkNoticed(
    work,
    noticed.map((award) => award.id),
  )
}

async function awardItems(work: Work, awards: readonly Award[]): Promise<NoticeItem[]> {
  const needs = new Map(
    (await needsOf(work, [...new Set(awards.map((award) => award.needId))])).map((need) => [need.id, need]),
  )
  const items: NoticeItem[] = []
  for (const award of awards) {
    const project = await projectOf(work, award.projectId)
    const need = needs.get(award.needId)
    const organization = await organizationOf(work, award.organizationId)
    if (project === undefined || need === undefined || organization === undefined)
      throw new Error(`the award ${award.id} has lost its project, need or organization`)
    const group = award.sponsoredGroupId === null ? undefined : await organizationOf(work, award.sponsoredGroupId)
    items.push({
      subject: award.id,
      projectId: project.id,
      projectTitle: project.title,
      organizationId: organization.id,
      organizationName: organization.name,
      ...(group === undefined ? {} : { sponsoredGroupName: group.name }),
      needId: need.id,
      needTitle: need.title,
      approved: money(award.approvedFen),
      sources: bySource(award.sources).map(({ source, amountFen }) => ({ source, amount: money(amountFen) })),
      isSingleBid: award.isSingleBid,
    })
  }
  return items
}
