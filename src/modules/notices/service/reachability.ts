import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { moveNoticeEnd } from '../../awards/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { noticeRulesOf, roundOf } from '../../rounds/index.ts'
import { ReadNotice } from '../policy.ts'
import { closeNotice, extendNotice, isWithin, type Notice } from '../rules/notice.ts'
import {
  type ExtensionDocument,
  lengthened,
  lostDays,
  type Probe,
  type ReachabilityRules,
  reachabilityByDay,
  workdaysToAdd,
} from '../rules/reachability.ts'
import {
  findExtensions,
  findLastProbe,
  findNotice,
  findOpenNotices,
  findProbes,
  insertExtension,
  insertProbe,
  listProbes,
  lockStoredNotice,
  updateNotice,
} from '../store.ts'
import { NOTICE_CLOSES } from './ending.ts'
import { digestOf } from './notices.ts'

const MINUTE_MS = 60_000
/** A round of probes comes once a minute or so; one that comes a little early is not put off for a whole round. */
const EARLY_MS = 10_000
/** More open notices than one service has ever had. */
const NOTICES_MAX = 2_000

/** For the background: the open notices whose page has not been looked at for the policy's time. */
export async function noticesToProbe(work: Work): Promise<string[]> {
  const due: string[] = []
  for (const notice of await findOpenNotices(work.sql, NOTICES_MAX)) {
    const now = await work.now(notice.hostId)
    if (!isWithin(notice, now)) continue
    const last = await findLastProbe(work.sql, notice.id)
    const { probeEveryMinutes } = await rulesOf(work, notice)
    const dueMs = (last?.at.getTime() ?? 0) + probeEveryMinutes * MINUTE_MS - EARLY_MS
    if (last === undefined || now.getTime() >= dueMs) due.push(notice.id)
  }
  return due
}

/**
 * For the background: puts a probe on record by the host's clock. Only a change from reachable to not, or back, is an
 * event; a lost day lengthens the notice with the probe that shows it, so that everybody sees it before the notice ends.
 */
export async function recordProbe(
  work: Work,
  noticeId: string,
  seen: Pick<Probe, 'isReachable' | 'via' | 'status' | 'durationMs'>,
): Promise<void> {
  const notice = await lockStoredNotice(work.sql, noticeId)
  if (notice === undefined || notice.state !== 'open') return
  const at = await work.now(notice.hostId)
  if (!isWithin(notice, at)) return
  const last = await findLastProbe(work.sql, noticeId)
  const wasReachable = last?.isReachable ?? true
  await insertProbe(work.sql, { ...seen, noticeId, at })
  if (wasReachable !== seen.isReachable) {
    await record(work, {
      type: seen.isReachable ? 'notice.reachable_again' : 'notice.unreachable',
      subject: notice.id,
      hostId: notice.hostId,
      at,
      data: { via: seen.via, status: seen.status },
    })
  }
  if (!(wasReachable && seen.isReachable) || hasGap(await rulesOf(work, notice), last?.at ?? notice.publishedAt, at))
    await extendForLostDays(work, notice, at)
}

/** Has time passed before this probe that nobody looked at, and does the policy count it as an outage? */
function hasGap(rules: ReachabilityRules, since: Date, at: Date): boolean {
  return rules.unknownCountsAsDown && at.getTime() - since.getTime() > 2 * rules.probeEveryMinutes * MINUTE_MS
}

/**
 * Deadline `notice.closes`: the window has passed, unless lost days lengthen it. Awards under objection stay suspended;
 * the others may be decided.
 */
export async function closeDueNotice(work: Work, deadline: DueDeadline): Promise<void> {
  const notice = await lockStoredNotice(work.sql, deadline.subject)
  if (notice === undefined || notice.state !== 'open') return
  const standing = await extendForLostDays(work, notice, deadline.dueAt)
  if (standing.closesAt.getTime() > deadline.dueAt.getTime()) return
  const closed = await updateNotice(work.sql, orThrow(closeNotice(standing)))
  await record(work, {
    type: 'notice.closed',
    subject: closed.id,
    hostId: closed.hostId,
    at: deadline.dueAt,
    data: { roundId: closed.roundId, kind: closed.kind },
  })
}

/** The recorded probes of a notice, oldest first; public like the notice. */
export async function readProbes(
  work: Work,
  noticeId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Probe>> {
  authorize(work, ReadNotice, await findNotice(work.sql, noticeId))
  return listProbes(work.sql, noticeId, limit, after)
}

/** Adds the working days that lost days have earned by `now` and were not added before. The caller holds the lock. */
async function extendForLostDays(work: Work, notice: Notice, now: Date): Promise<Notice> {
  const rules = await rulesOf(work, notice)
  if (!rules.extendWhenUnreachable) return notice
  const until = now.getTime() < notice.closesAt.getTime() ? now : notice.closesAt
  const days = reachabilityByDay(await findProbes(work.sql, notice.id), notice.publishedAt, until, rules)
  const lost = lostDays(days, rules)
  const former = await findExtensions(work.sql, [notice.id])
  const added = former.reduce((sum, { document }) => sum + document.workdays, 0)
  const workdays = workdaysToAdd(lost, rules, added)
  if (workdays === 0) return notice
  const next = orThrow(lengthened(await calendarOf(work, notice.hostId), notice.closesAt, workdays))
  const lengthier = orThrow(extendNotice(notice, next.closesAt))
  const document: ExtensionDocument = {
    noticeId: notice.id,
    noticeDigest: notice.digest,
    number: former.length + 1,
    addedAt: now.toISOString(),
    reason: 'unreachable',
    toleranceMinutes: rules.toleranceMinutes,
    unknownCountsAsDown: rules.unknownCountsAsDown,
    lostDays: lost,
    workdays,
    formerLastOn: next.formerLastOn,
    lastOn: next.lastOn,
    closesAt: next.closesAt.toISOString(),
  }
  const digest = digestOf(document)
  await insertExtension(work.sql, { noticeId: notice.id, number: document.number, document, digest, addedAt: now })
  const extended = await updateNotice(work.sql, lengthier)
  await moveEnd(work, extended)
  await record(work, {
    type: 'notice.extended',
    subject: notice.id,
    hostId: notice.hostId,
    at: now,
    data: { number: document.number, workdays, lastOn: next.lastOn, digest },
  })
  return extended
}

async function moveEnd(work: Work, notice: Notice): Promise<void> {
  const { id: subject, hostId, closesAt: dueAt } = notice
  await setDeadline(work, { kind: NOTICE_CLOSES, hostId, subject, dueAt })
  if (notice.kind !== 'award') return
  await moveNoticeEnd(work, notice.id, notice.closesAt)
}

async function rulesOf(work: Work, { id, roundId }: Notice): Promise<ReachabilityRules> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`the notice ${id} has lost its round`)
  return noticeRulesOf(round.policy.notice).reachability
}
