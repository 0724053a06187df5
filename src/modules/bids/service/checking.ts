import { endOfDay, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { shareDocuments } from '../../documents/index.ts'
import { lastDayBefore, type Round, RoundNotInState, shareRound } from '../../rounds/index.ts'
import { CheckBid, CorrectBid } from '../policy.ts'
import {
  type Attachment,
  advance,
  type Bid,
  correct,
  correctionMissed,
  formalCheck,
  RANKED,
  recheck,
} from '../rules/bid.ts'
import type { Finding } from '../rules/budget.ts'
import { classFindings } from '../rules/classes.ts'
import { findBid, findOpened, lockBidRow, updateBid } from '../store/bids.ts'
import { policyOfBid } from './classes.ts'
import { lockOwnBid } from './drafts.ts'
import { takeEligibility } from './eligibility.ts'
import { flagsOf } from './flags.ts'
import { keepVersion, requireDocuments } from './submission.ts'

/**
 * Judges an opened bid: accepted, rejected, or returned for what is missing. With `retake` a bid that was accepted or
 * rejected is judged again, until the round is ranked: what was on record of the bidder may have been wrong.
 */
export async function checkBid(
  work: Work,
  bidId: string,
  wanted: {
    readonly remarks: string | null
    readonly manualFindings: readonly Finding[]
    /** Reads the facts of the last day for bids anew instead of those of the first check. */
    readonly retake: boolean
  },
): Promise<Bid> {
  const known = authorize(work, CheckBid, await findBid(work.sql, bidId))
  const round = await sharedRound(work, known.roundId)
  const before = authorize(work, CheckBid, await lockBidRow(work.sql, bidId))
  expectVersion(work, before)
  requireReviewing(round, 'formalCheck')
  const now = await work.now(before.hostId)
  const again = wanted.retake && isDecided(before) ? await takeUpAgain(work, before, wanted.remarks, now) : null
  const day = lastDayBefore(round.closesAt)
  const eligibility = await takeEligibility(work, before, round.policy.eligibility, { day, now, retake: wanted.retake })
  const { classes, policy } = await policyOfBid(work, before, round.policy)
  const facts = {
    eligibility: [...eligibility.findings, ...classFindings(policy, classes)],
    flags: await flagsOf(work, bidId),
    manual: [...wanted.manualFindings, ...(again?.lasting ?? [])],
  }
  const submitted = { ...before, state: again?.state ?? before.state }
  const { command, state, findings } = orThrow(formalCheck(submitted, policy, facts))
  const correctionDue = command === 'returnForCorrection' ? await setCorrectionDeadline(work, before, round, now) : null
  const after = await updateBid(work.sql, bidId, {
    state,
    checkedAt: now,
    findings,
    remarks: wanted.remarks,
    correctionDue,
  })
  await record(work, {
    type: 'bid.checked',
    subject: bidId,
    hostId: before.hostId,
    at: now,
    data: { state, ...classes, findings: findings.map(({ code, detail }) => ({ code, detail })) },
  })
  return after
}

const isDecided = ({ state }: Bid) => state === 'accepted' || state === 'rejected'

/** The round is locked, so that it is not ranked meanwhile. */
async function takeUpAgain(work: Work, bid: Bid, reason: string | null, at: Date) {
  const ranked = await findOpened(work.sql, bid.roundId, RANKED)
  const again = orThrow(recheck(bid, { reason, isRanked: ranked.length > 0 }))
  const data = { from: bid.state, findings: bid.findings.map(({ code }) => code) }
  await record(work, { type: 'bid.recheck_begun', subject: bid.id, hostId: bid.hostId, at, data })
  return again
}

/** Supplies what the formal check named, in time; the bid waits for its check again. */
export async function correctBid(
  work: Work,
  bidId: string,
  correction: { readonly attachments: readonly Attachment[]; readonly statement: string | null },
): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, CorrectBid, bidId)
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const dueAt = before.correctionDue === null ? now : endOfDay(before.correctionDue.effectiveOn)
  const { state, content } = orThrow(correct(before, correction, { now, dueAt }))
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'correct' })
  await requireDocuments(work, before, correction)
  await shareAttachments(work, before.hostId, correction.attachments)
  const number = before.currentVersion + 1
  const commitment = await keepVersion(work, {
    bidId,
    number,
    content,
    projectVersion: before.projectVersion ?? 1,
    at: now,
  })
  const after = await updateBid(work.sql, bidId, {
    state,
    currentVersion: number,
    correctionsUsed: before.correctionsUsed + 1,
    correctionDue: null,
  })
  await cancelDeadline(work, 'bid.correction_due', bidId)
  await record(work, {
    type: 'bid.corrected',
    subject: bidId,
    hostId: before.hostId,
    at: now,
    data: { number, commitment },
  })
  return after
}

/** The deadline of a correction: a bid whose correction never came is rejected. */
export async function rejectUncorrected(work: Work, { subject }: DueDeadline): Promise<void> {
  const bid = await lockBidRow(work.sql, subject)
  if (bid === undefined || bid.state !== 'returned_for_correction' || bid.correctionDue === null) return
  const now = await work.now(bid.hostId)
  if (now < endOfDay(bid.correctionDue.effectiveOn)) return
  const state = orThrow(advance(bid, 'reject'))
  const findings = [...bid.findings, correctionMissed(bid.correctionDue.effectiveOn)]
  await updateBid(work.sql, subject, { state, findings })
  await record(work, {
    type: 'bid.checked',
    subject,
    hostId: bid.hostId,
    at: now,
    data: { state, findings: findings.map(({ code, detail }) => ({ code, detail })) },
  })
}

/** The due day of the formal check: a reminder in the host's feed if bids still wait; nothing changes by it. */
export async function remindOfFormalCheck(work: Work, { subject, hostId }: DueDeadline): Promise<void> {
  const waiting = await findOpened(work.sql, subject, ['submitted'])
  if (waiting.length === 0) return
  const at = await work.now(hostId)
  const data = { bids: waiting.map(({ id }) => id) }
  await record(work, { type: 'round.formal_check_overdue', subject, hostId, at, data })
}

/** The host may read the files of an opened bid from now on. */
export async function shareAttachments(work: Work, hostId: string, attachments: readonly Attachment[]): Promise<void> {
  const documentIds = [...new Set(attachments.flatMap(({ documentId }) => documentId ?? []))]
  if (documentIds.length > 0) await shareDocuments(work, documentIds, hostId)
}

/** The round is locked before its bid, and asked about its state after the version of the bid. */
async function sharedRound(work: Work, roundId: string): Promise<Round> {
  const round = await shareRound(work, roundId)
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  return round
}

function requireReviewing({ state }: Round, command: string): void {
  if (state !== 'reviewing') throw problem(RoundNotInState, { state, command })
}

async function setCorrectionDeadline(work: Work, bid: Bid, round: Round, now: Date) {
  const calendar = await calendarOf(work, bid.hostId)
  const resolved = orThrow(resolvePeriod(calendar, legalDateOf(now), round.policy.correction.period))
  await setDeadline(work, {
    kind: 'bid.correction_due',
    hostId: bid.hostId,
    subject: bid.id,
    dueAt: endOfDay(resolved.effectiveOn),
    resolved,
  })
  return resolved
}
