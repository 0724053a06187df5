import { BID_STATES, type BidState } from './bid.ts'

/** What the review made of a bid. Declining is the agency's own act. */
export const OUTCOMES: readonly BidState[] = ['scored', 'proposed', 'reserve', 'not_funded', 'cancelled']

/** What a bidder reads instead before the notice: the last state that it was told. */
export const VEIL: BidState = 'accepted'

/** What an award made of a bid, as long as only the host knows of it. */
const UNTOLD: readonly BidState[] = ['proposed', 'cancelled']
/** What the bidder reads meanwhile, once a notice has told of other awards of the round: it may still step in. */
const WAITING: BidState = 'reserve'

interface RoundFacts {
  readonly state: string
  readonly cancelledFrom: string | null
  readonly policy: { readonly results: { readonly shownBeforeNotice: boolean } }
}
type Told = { readonly state: BidState; readonly toldAt: Date | null }

/** Whom a round keeps outcomes from: every bidder until its first notice, then those of whose award no notice has told. */
export type Veil = 'all' | 'untold' | 'none'

/** For good, where the round was cancelled before; never, where the policy shows results at once. */
export function veilOf({ state, cancelledFrom, policy }: RoundFacts): Veil {
  if (policy.results.shownBeforeNotice) return 'none'
  return (cancelledFrom ?? state) === 'reviewing' ? 'all' : 'untold'
}

/** Does the bidder not know yet of the award that its bid has, or had? */
export function isUntold({ toldAt }: Pick<Told, 'toldAt'>, round: RoundFacts): boolean {
  return toldAt === null && veilOf(round) !== 'none'
}

/**
 * The bid as its bidder's commands meet it: a refusal names the state that the bidder reads. No command of a bidder is
 * lawful behind the veil or on it, so what is decided stays the same.
 */
export function asTold<Seen extends Told>(bid: Seen, round: RoundFacts): Seen {
  return veiled(bid, veilOf(round))
}

/** The bid as its bidder reads it while the outcome is kept. */
export function veiled<Seen extends Told>(bid: Seen, veil: Veil): Seen {
  if (veil === 'all') return OUTCOMES.includes(bid.state) ? { ...bid, state: VEIL } : bid
  return veil === 'untold' && bid.toldAt === null && UNTOLD.includes(bid.state) ? { ...bid, state: WAITING } : bid
}

/** Does the bidder see that its bid passes on to this state? */
export function isSeen(before: Told, state: BidState, veil: Veil): boolean {
  return veiled(before, veil).state !== veiled({ ...before, state }, veil).state
}

/** Which states a bidder's filter asks for in a round: elsewhere the one it names, behind a veil what it hides. */
export function statesBehind(state: BidState, veil: Veil): { readonly told: BidState[]; readonly untold: BidState[] } {
  const asked = (toldAt: Date | null) =>
    BID_STATES.filter((behind) => veiled({ state: behind, toldAt }, veil).state === state)
  return { told: asked(new Date(0)), untold: asked(null) }
}
