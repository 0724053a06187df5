import { problem } from '../../../kernel/problem.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound } from '../../bids/index.ts'
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

/** Refused (`review_settled`) while awards of the round are proposed. */
export async function requireUnsettled(work: Work, roundId: string): Promise<void> {
  const settled = await settledBid(work, roundId)
  if (settled !== undefined) throw problem(ReviewSettled, { bidId: settled.id, state: settled.state })
}

/** A bid on which an award rests, if there is one. */
export async function settledBid(work: Work, roundId: string): Promise<Bid | undefined> {
  return (await bidsOfRound(work, roundId, ['proposed', 'reserve', 'awarded']))[0]
}
