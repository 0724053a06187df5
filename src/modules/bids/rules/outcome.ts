import type { BidState } from './bid.ts'

/** What the review made of a bid. Declining is the agency's own act. */
const OUTCOMES: readonly BidState[] = ['scored', 'proposed', 'reserve', 'not_funded', 'cancelled']

/** What a bidder reads instead before the notice: the last state that it was told. */
export const VEIL: BidState = 'accepted'

/**
 * Is the outcome of a round's bids kept from the bidders? Until its first notice, unless the policy shows it; and for
 * good where the round was cancelled before.
 */
export function isVeiled(round: {
  readonly state: string
  readonly cancelledFrom: string | null
  readonly policy: { readonly results: { readonly shownBeforeNotice: boolean } }
}): boolean {
  return (round.cancelledFrom ?? round.state) === 'reviewing' && !round.policy.results.shownBeforeNotice
}

/**
 * The bid as its bidder's commands meet it: a refusal names the state that the bidder reads. No command of a bidder is
 * lawful behind the veil or on it, so what is decided stays the same.
 */
export function asTold<Seen extends { readonly state: BidState }>(
  bid: Seen,
  round: Parameters<typeof isVeiled>[0],
): Seen {
  return isVeiled(round) ? veiled(bid) : bid
}

/** The bid as its bidder reads it while the outcome is kept. */
export function veiled<Seen extends { readonly state: BidState }>(bid: Seen): Seen {
  return OUTCOMES.includes(bid.state) ? { ...bid, state: VEIL } : bid
}

/** Which states a bidder's filter asks for: elsewhere the one it names, in rounds whose outcome is kept what is behind the veil. */
export function statesBehind(state: BidState): readonly BidState[] {
  if (state === VEIL) return [VEIL, ...OUTCOMES]
  return OUTCOMES.includes(state) ? [] : [state]
}
