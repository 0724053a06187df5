import { compareDates, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { type Decision, orThrow } from '../../../kernel/decision.ts'
import { formatYuan } from '../../../kernel/money.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { record, type Work } from '../../../platform/work.ts'
import { advanceBid, untellResults } from '../../bids/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { advanceNeed, needOf } from '../../needs/index.ts'
import { advanceProject } from '../../projects/index.ts'
import { lockRound, releaseToPools } from '../../rounds/index.ts'
import { type Award, type AwardCommand, advance, ended, noticed, unnoticed } from '../rules/award.ts'
import { needOutcome } from '../rules/meeting.ts'
import {
  findAward,
  findAwardsOfRound,
  lockStoredAward,
  moveClosing,
  updateAward,
  updateReviewer,
} from '../store/awards.ts'
import { findConfirmation } from '../store/meetings.ts'
import { AWARD_BUDGET_DUE, proposeNext } from './next.ts'
import { setReserveEnd } from './reserve.ts'
import { tellByNotice } from './telling.ts'

/**
 * Deadline that comes due at once when a confirmed award ends: what later modules have built on it ends with it.
 */
export const AWARD_FELL = 'award.fell'

/** For later modules: the award with its sources, or undefined. Asks no permission. */
export async function awardOf(work: Work, awardId: string): Promise<Award | undefined> {
  return findAward(work.sql, awardId)
}

/**
 * For agreements: the day from which the award may be agreed upon: that of the meeting that confirmed it, or, where the
 * meeting came before the notice, the day after the notice ended.
 * @throws when no meeting has: callers ask about confirmed awards.
 */
export async function confirmationDayOf(work: Work, awardId: string): Promise<LegalDate> {
  const confirmation = await findConfirmation(work.sql, awardId)
  if (confirmation === undefined) throw new Error(`no meeting has confirmed the award ${awardId}`)
  const { heldOn, noticeClosesAt } = confirmation
  const endedOn = noticeClosesAt === null ? heldOn : legalDateOf(noticeClosesAt)
  return compareDates(endedOn, heldOn) > 0 ? endedOn : heldOn
}

/** For later modules: all awards of a round in the order of allocation, cancelled and declined ones included. */
export async function awardsOfRound(work: Work, roundId: string): Promise<Award[]> {
  return findAwardsOfRound(work.sql, roundId)
}

/** For notices: these proposed awards are made public by a notice; objections are in time before `closesAt`. */
export async function markNoticed(
  work: Work,
  awardIds: readonly string[],
  closesAt: Date,
  noticeId: string | null = null,
): Promise<Award[]> {
  const marked = await changeEach(work, awardIds, 'notice', (award) => noticed(award, closesAt, noticeId))
  const [first] = marked
  if (first === undefined) return marked
  const round = await lockRound(work, first.roundId)
  await tellByNotice(work, round, marked)
  await setReserveEnd(work, round, closesAt)
  return marked
}

/** For notices: the window of a notice was extended; what waits for its end waits for the new one. */
export async function moveNoticeEnd(work: Work, noticeId: string, closesAt: Date): Promise<void> {
  const moved = await moveClosing(work.sql, noticeId, closesAt)
  const [roundId] = moved
  if (roundId !== undefined) await setReserveEnd(work, await lockRound(work, roundId), closesAt)
}

/** For notices: the notice of these awards was withdrawn; they wait for another one. */
export async function unmarkNoticed(work: Work, awardIds: readonly string[]): Promise<Award[]> {
  const waiting = await changeEach(work, awardIds, 'withdrawNotice', unnoticed)
  await untellResults(
    work,
    waiting.map(({ bidId }) => bidId),
  )
  return waiting
}

/** For objections: an accepted objection stops this award, and no other. */
export async function suspendAward(work: Work, awardId: string): Promise<Award> {
  return change(work, awardId, 'suspend', byTable('suspend'))
}

/** For objections: another organization reviews the answer to one, and reads the award for that. */
export async function openAwardToReviewer(work: Work, awardId: string, reviewerId: string): Promise<void> {
  await updateReviewer(work.sql, awardId, reviewerId)
}

/** For objections: the objection was dismissed; the award goes on where it was. */
export async function restoreAward(work: Work, awardId: string): Promise<Award> {
  return change(work, awardId, 'restore', byTable('restore'))
}

/**
 * For later modules: takes an award back for good. Its pools get their money, the bid is cancelled, a project that was
 * selected is released, and so is its need. Whoever comes next is {@link proposeNext}'s business. Throws `award_not_in_state`.
 */
export async function cancelAward(work: Work, awardId: string, reason: string): Promise<Award> {
  return endAward(work, awardId, 'cancel', reason)
}

/** Ends an award by cancelling or declining, with all that follows for pools, bid and project. `check` sees the locked row. */
export async function endAward(
  work: Work,
  awardId: string,
  command: 'cancel' | 'decline',
  reason: string,
  check: (locked: Award) => void = () => undefined,
): Promise<Award> {
  await lockRound(work, (await requireAward(work, awardId)).roundId)
  const before = await lockAward(work, awardId)
  check(before)
  const after = await save(work, before, command, orThrow(ended(before, command, reason)))
  await releaseToPools(work, after.roundId, after.sources)
  await advanceBid(work, after.bidId, command)
  await cancelDeadline(work, AWARD_BUDGET_DUE, after.id)
  if (before.state === 'confirmed') {
    await advanceProject(work, after.projectId, 'release')
    await releaseNeed(work, after)
    const { id: subject, hostId } = after
    await setDeadline(work, { kind: AWARD_FELL, hostId, subject, dueAt: await work.now(hostId), resolved: null })
  }
  return after
}

/** A need that no other confirmed award serves is on the list again. */
async function releaseNeed(work: Work, { roundId, needId }: Award): Promise<void> {
  const isServed = needOutcome(needId, await findAwardsOfRound(work.sql, roundId)) === 'match'
  if (!isServed && (await needOf(work, needId))?.state === 'matched') await advanceNeed(work, needId, 'release')
}

/** The deadline of the revised budget: an agency that sent none has declined, and the next bid steps in. */
export async function declineWhenBudgetIsDue(work: Work, { subject, dueAt }: DueDeadline): Promise<void> {
  const award = await requireAward(work, subject)
  if (award.state !== 'awaiting_budget') return
  await endAward(
    work,
    subject,
    'decline',
    `未在 ${dueAt.toISOString()} 前提交修订预算,视为放弃。/ No revised budget in time.`,
  )
  await proposeNext(work, award.roundId, award.needId)
}

/** Locks the award. @throws when there is none: callers have read it before. */
export async function lockAward(work: Work, awardId: string): Promise<Award> {
  return present(await lockStoredAward(work.sql, awardId), awardId)
}

/** Saves a decided change and records which command brought it about. */
export async function save(work: Work, before: Award, command: AwardCommand, decided: Award): Promise<Award> {
  const after = await updateAward(work.sql, decided)
  await record(work, {
    type: `award.${after.state}`,
    subject: after.id,
    hostId: after.hostId,
    at: await work.now(after.hostId),
    data: { command, from: before.state, to: after.state, bidId: after.bidId, approved: formatYuan(after.approvedFen) },
  })
  return after
}

/** In the order of the identifiers, so that two callers lock in one order. */
async function changeEach(
  work: Work,
  awardIds: readonly string[],
  command: AwardCommand,
  decide: (award: Award) => Decision<Award>,
): Promise<Award[]> {
  const changed: Award[] = []
  for (const awardId of [...awardIds].sort()) changed.push(await change(work, awardId, command, decide))
  return changed
}

async function change(
  work: Work,
  awardId: string,
  command: AwardCommand,
  decide: (award: Award) => Decision<Award>,
): Promise<Award> {
  const before = await lockAward(work, awardId)
  return save(work, before, command, orThrow(decide(before)))
}

function byTable(command: AwardCommand): (award: Award) => Decision<Award> {
  return (award) => {
    const state = advance(award, command)
    return state.accepted ? { accepted: true, value: { ...award, state: state.value } } : state
  }
}

async function requireAward(work: Work, awardId: string): Promise<Award> {
  return present(await findAward(work.sql, awardId), awardId)
}

function present(award: Award | undefined, awardId: string): Award {
  if (award === undefined) throw new Error(`there is no award ${awardId}`)
  return award
}
