import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { orThrow } from '../../../kernel/decision.ts'
import { fenOf } from '../../../kernel/money.ts'
import { problem } from '../../../kernel/problem.ts'
import { eventsOfSubjects } from '../../../platform/events/lookUp.ts'
import { releaseEvents } from '../../../platform/events/record.ts'
import type { KeyHolding } from '../../../platform/keys/holders.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { advanceRound, lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { handInShare, missingShares, sealingKeyOf } from '../../sealing/index.ts'
import { HandInKeyShare, OpenBids, ReadOpening, RepairBid } from '../policy.ts'
import {
  BidNotDamaged,
  BidsStillOpen,
  CiphertextNotReceived,
  OpeningNotRequested,
  SealingKeyMissing,
} from '../problems/index.ts'
import { advance, type Bid } from '../rules/bid.ts'
import { joinOpening, type Opened, type Opening, stateOfOpening } from '../rules/opening.ts'
import type { ToldLine } from '../rules/openingRecord.ts'
import { CONFIRMING_EVENTS, confirmedVersions } from '../rules/recorded.ts'
import { lockBidRow, updateBid } from '../store/bids.ts'
import { findLines, findOpening, findRunning, saveOpening } from '../store/openings.ts'
import { findManifest, findUnopened, keepOpened, replaceSealed, type Unopened } from '../store/versions.ts'
import { shareAttachments } from './checking.ts'
import { lockOwnBid, recordWithheld } from './drafts.ts'
import { flagOpenedBids } from './flags.ts'
import { linesTold } from './openingRecord.ts'

/** An opening as the resource shows it; `version` is that of the round. */
export interface OpeningView {
  readonly version: number
  readonly round: Round
  readonly opening: Opening
  /** Empty until it is done: nobody learns the number of bids from an opening that has not come so far. */
  readonly lines: readonly ToldLine[]
  /** How many officers' shares are still awaited; 0 where none are asked for. */
  readonly sharesMissing: number
}

/**
 * Asks for the opening, after the deadline by the clock of the service. It begins when as many people have asked as the
 * policy wants and the key can be had; a process of the background does it then. If the closing job has not run although
 * the time is over, the round is closed here.
 */
export async function requestOpening(work: Work, roundId: string): Promise<OpeningView> {
  const known = authorize(work, OpenBids, await roundOf(work, roundId))
  const locked = await lockRound(work, known.id)
  expectVersion(work, locked)
  const { round, now } = await closedRound(work, locked)
  const key = await sealingKeyOf(work.sql, roundId)
  if (key === undefined) throw problem(SealingKeyMissing)
  const before = await findOpening(work.sql, roundId)
  const missing = await missingShares(work, roundId)
  const { state, openers } = orThrow(joinOpening(before, work.actor.id, round.policy.sealing, missing))
  if (round.state !== 'bids_closed') throw problem(RoundNotInState, { state: round.state, command: 'openBids' })
  const opening: Opening = {
    roundId,
    hostId: round.hostId,
    state,
    openers,
    requestedAt: before?.requestedAt ?? now,
    finishedAt: null,
  }
  await saveOpening(work.sql, opening)
  await record(work, {
    type: 'round.opening_requested',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: { openers: openers.length, required: round.policy.sealing.openersRequired, state },
  })
  return { version: round.version, round, opening, lines: [], sharesMissing: missing }
}

/** Takes one officer's share, after the deadline; with the last one that is needed the opening begins. */
export async function handInKeyShare(
  work: Work,
  deps: { readonly sealing: KeyHolding },
  roundId: string,
  share: string,
): Promise<OpeningView> {
  const known = authorize(work, HandInKeyShare, await roundOf(work, roundId))
  const { round, now } = await closedRound(work, await lockRound(work, known.id))
  const before = await findOpening(work.sql, roundId)
  if (before === undefined) throw problem(OpeningNotRequested)
  const missing = await handInShare(work, deps.sealing, roundId, share, now)
  const state = stateOfOpening(before.openers.length, round.policy.sealing, missing)
  const opening = { ...before, state }
  await saveOpening(work.sql, opening)
  return { version: round.version, round, opening, lines: [], sharesMissing: missing }
}

/** The record of an opening: public once it is done, with as much of each bid as the reader may know. */
export async function readOpening(work: Work, roundId: string): Promise<OpeningView> {
  const round = await roundOf(work, roundId)
  const opening = await findOpening(work.sql, roundId)
  if (round === undefined || opening === undefined) return authorize(work, ReadOpening, undefined) as never
  authorize(work, ReadOpening, opening)
  const lines = opening.state === 'done' ? await linesTold(work, round) : []
  const isAwaiting = opening.state === 'awaiting_shares' || opening.state === 'awaiting_openers'
  return {
    version: round.version,
    round,
    opening,
    lines,
    sharesMissing: isAwaiting ? await missingShares(work, roundId) : 0,
  }
}

/**
 * Ends an opening once no bid waits any more, in one transaction: the round goes to review, what was withheld enters the
 * audit chain, and the record with all commitments is an event of its own. A bid that is repaired later ends here again.
 */
export async function finishOpening(work: Work, roundId: string): Promise<void> {
  const round = await lockRound(work, roundId)
  const opening = await findOpening(work.sql, roundId)
  if (opening === undefined || opening.state === 'done') return
  const now = await work.now(round.hostId)
  if (round.state === 'bids_closed') await advanceRound(work, roundId, 'startReview')
  await releaseEvents(work.sql, roundId)
  const lines = await findLines(work.sql, roundId)
  await saveOpening(work.sql, { ...opening, state: 'done', finishedAt: now })
  await flagOpenedBids(work, roundId)
  await record(work, {
    type: 'round.bids_opened',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: {
      count: lines.length,
      bids: lines.map(({ bidId, number, commitment, outcome }) => ({ id: bidId, number, commitment, outcome })),
    },
  })
}

/** For the background: the openings that can go on. */
export async function runningOpenings(work: Work): Promise<Opening[]> {
  return findRunning(work.sql)
}

/** A bid that waits to be opened. */
export interface Waiting extends Unopened {
  /** The policy versions that it stands under by the record; null where nothing was recorded of it. */
  readonly recordedPolicyVersions: readonly number[] | null
}

/** For the background: the next bids of a round that have no outcome yet, and what was recorded of them. */
export async function waitingBids(
  work: Work,
  roundId: string,
  after: Unopened | undefined,
  limit: number,
): Promise<Waiting[]> {
  const bids = await findUnopened(work.sql, roundId, after, limit)
  const ids = bids.map(({ id }) => id)
  const events = Map.groupBy(await eventsOfSubjects(work.sql, ids, CONFIRMING_EVENTS), ({ subject }) => subject)
  const amendments = await eventsOfSubjects(work.sql, [roundId], ['round.amended'])
  return bids.map((bid) => ({
    ...bid,
    recordedPolicyVersions: confirmedVersions(events.get(bid.id) ?? [], amendments),
  }))
}

/** For the background: says that an opening waits for its key; it goes on as soon as the holder is there. */
export async function pauseOpening(work: Work, roundId: string): Promise<void> {
  const opening = await findOpening(work.sql, roundId)
  if (opening?.state !== 'running') return
  await saveOpening(work.sql, { ...opening, state: 'awaiting_key' })
  const at = await work.now(opening.hostId)
  await record(work, { type: 'round.opening_awaits_key', subject: roundId, hostId: opening.hostId, at })
}

/** For the background: a round that was cancelled while its bids were being opened is left as it is. */
export async function abandonOpening(work: Work, roundId: string): Promise<void> {
  const opening = await findOpening(work.sql, roundId)
  if (opening === undefined || opening.state === 'done') return
  const at = await work.now(opening.hostId)
  await saveOpening(work.sql, { ...opening, state: 'done', finishedAt: at })
  await record(work, { type: 'round.opening_abandoned', subject: roundId, hostId: opening.hostId, at })
}

/** For the background: keeps what the opening found in one bid, unless another process was faster. */
export async function keepOutcome(work: Work, { id, number }: Unopened, opened: Opened): Promise<void> {
  const before = await lockBidRow(work.sql, id)
  if (before === undefined || before.state !== 'submitted' || before.openingOutcome !== null) return
  const at = await work.now(before.hostId)
  const { outcome, reason, content } = opened
  const isGone = outcome === 'failed_bidder' || outcome === 'lapsed'
  if (content !== null) {
    await keepOpened(work.sql, id, number, content)
    await shareAttachments(work, before.hostId, content.attachments)
  }
  await updateBid(work.sql, id, {
    state: isGone ? orThrow(advance(before, 'lapse')) : before.state,
    openingOutcome: outcome,
    openingReason: reason,
    openingVersion: number,
    openedAt: content === null ? null : at,
    requestedFen: content === null ? null : fenOf(content.grant),
  })
  await recordWithheld(work, before, 'bid.opened', at, { number, outcome, reason })
}

/**
 * Puts back a ciphertext that was damaged here, from the bidder's own copy, and opens it. Only the very bytes that the
 * receipt commits to are taken, so nothing can be changed this way.
 */
export async function repairBid(work: Work, bidId: string, sealed: object): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, RepairBid, bidId)
  expectVersion(work, before)
  if (before.openingOutcome !== 'failed_platform' || before.state !== 'submitted')
    throw problem(BidNotDamaged, { outcome: before.openingOutcome ?? before.state })
  if (round.state !== 'bids_closed' && round.state !== 'reviewing')
    throw problem(RoundNotInState, { state: round.state, command: 'repairBid' })
  const bytes = Buffer.from(canonicalize(sealed) ?? '', 'utf8')
  const number = before.openingVersion ?? before.currentVersion
  const manifest = await findManifest(work.sql, bidId, number)
  if (manifest?.ciphertextSha256 !== hash('sha256', bytes, 'hex')) throw problem(CiphertextNotReceived)
  await replaceSealed(work.sql, bidId, number, bytes)
  const after = await updateBid(work.sql, bidId, { openingOutcome: null, openingVersion: null, openingReason: null })
  const opening = await findOpening(work.sql, round.id)
  if (opening !== undefined) await saveOpening(work.sql, { ...opening, state: 'running', finishedAt: null })
  const at = await work.now(before.hostId)
  await recordWithheld(work, before, 'bid.repaired', at, { number })
  return after
}

async function closedRound(work: Work, round: Round): Promise<{ readonly round: Round; readonly now: Date }> {
  const now = await work.now(round.hostId)
  if (round.state !== 'published' && round.state !== 'receiving') return { round, now }
  if (now < round.closesAt) throw problem(BidsStillOpen, { closesAt: round.closesAt.toISOString() })
  return { round: await advanceRound(work, round.id, 'close'), now }
}
