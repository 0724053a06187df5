import { problem } from '../../../kernel/problem.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, type BidState, bidsOfRound } from '../../bids/index.ts'
import { type Round, RoundNotInState, type RoundState } from '../../rounds/index.ts'
import { FormalCheckUnfinished, ReviewSettled } from '../problems/index.ts'

export function requireReviewing(round: Round, command: string): Round {
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command })
  return round
}

/** From the notice on; while a round is under review, and once it was cancelled, who judged what is the host's business. */
const TOLD: readonly RoundState[] = ['notice', 'approved', 'implementing', 'closing', 'closed']

export function isToldAfterNotice({ state }: Pick<Round, 'state'>): boolean {
  return TOLD.includes(state)
}

/** The bids to judge. Refused while one waits for its formal check or correction: it would be left without a panel. */
export async function acceptedBids(work: Work, round: Round): Promise<Bid[]> {
  const bids = await bidsOfRound(work, round.id)
  const waiting = bids.filter(({ state }) => state === 'submitted' || state === 'returned_for_correction')
  if (waiting.length > 0)
    throw problem(
      FormalCheckUnfinished,
      { count: waiting.length },
      waiting.map(({ id, state }) => ({ pointer: '#/roundId', code: state, detail: id })),
    )
  return bids.filter(({ state }) => state === 'accepted')
}

/** States of a bid about which the awards of its round have said something. */
const SETTLED: readonly BidState[] = ['proposed', 'reserve', 'awarded', 'not_funded']
/** States of a bid whose review is open. */
const OPEN: readonly BidState[] = ['accepted', 'scored']

export function isUnderReview({ state }: Pick<Bid, 'state'>): boolean {
  return OPEN.includes(state)
}

/** Refused (`review_settled`) once awards of the round are proposed, until they are taken back. */
export async function requireUnsettled(work: Work, roundId: string): Promise<void> {
  const settled = await settledBid(work, roundId)
  if (settled !== undefined) throw problem(ReviewSettled, { bidId: settled.id, state: settled.state })
}

/**
 * A bid that tells that awards rest on this review. What was declined or cancelled stays so when awards are taken back; it
 * tells so only where no bid is left to review.
 */
export async function settledBid(work: Work, roundId: string): Promise<Bid | undefined> {
  const bids = await bidsOfRound(work, roundId, [...SETTLED, ...OPEN, 'declined', 'cancelled'])
  const settled = bids.find(({ state }) => SETTLED.includes(state))
  return settled ?? (bids.some(isUnderReview) ? undefined : bids[0])
}
