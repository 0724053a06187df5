/** Why a need had no award in the round that it comes from. */
export const CARRY_REASONS = ['no_bid', 'single_bid', 'none_funded', 'award_fell', 'round_cancelled'] as const
export type CarryReason = (typeof CARRY_REASONS)[number]

/** A need that an earlier round left without an award and that a later one offers again. */
export interface CarriedNeed {
  readonly roundId: string
  readonly needId: string
  readonly fromRoundId: string
  readonly reason: CarryReason
  readonly carriedAt: Date
}

/** What is known of a need after a round. */
export interface LeftNeed {
  readonly needId: string
  readonly needState: string
  readonly isInRound: boolean
  readonly hasAward: boolean
  /** Also one that was declined or cancelled. */
  readonly hadAward: boolean
  readonly isCarried: boolean
  /** Bids for it that came through the formal check. */
  readonly validBids: number
}

/** Rounds whose needs may go on: what they decided stands, or nothing ever will be. */
const DECIDED: readonly string[] = ['approved', 'implementing', 'closing', 'closed', 'cancelled']

/** What keeps a need from being carried over, as a word; undefined: nothing. */
export function carryBarrier(roundState: string, need: LeftNeed): string | undefined {
  if (!DECIDED.includes(roundState)) return 'round_undecided'
  if (!need.isInRound) return 'not_in_round'
  if (need.hasAward || need.needState === 'matched') return 'has_award'
  if (need.needState === 'withdrawn') return 'withdrawn'
  return need.isCarried ? 'carried_already' : undefined
}

export function carryReason(
  roundState: string,
  { validBids, hadAward }: LeftNeed,
  isSingleReopened: boolean,
): CarryReason {
  if (roundState === 'cancelled') return 'round_cancelled'
  if (hadAward) return 'award_fell'
  if (validBids === 0) return 'no_bid'
  return validBids === 1 && isSingleReopened ? 'single_bid' : 'none_funded'
}
