import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { RoundState } from '../../rounds/index.ts'
import { ProjectBound } from '../problems/index.ts'
import type { BidState } from './bid.ts'

/** Rounds that have not decided yet. */
export const UNDECIDED: readonly RoundState[] = ['published', 'receiving', 'bids_closed', 'reviewing', 'notice']
/** Rounds in which bids may still step in. */
const RUNNING: readonly RoundState[] = ['approved', 'implementing']

/** Nothing was handed in, or the bidder has taken it back. */
const LOOSE: readonly BidState[] = ['draft', 'withdrawn', 'declined']
/** An announced outcome without an award; the review may be opened again. */
const WITHOUT_AWARD: readonly BidState[] = ['not_funded', 'cancelled']

/**
 * What a bid forbids its project: `held`, it stays on the list as it is; `worded`, its words stay, but it may be
 * withdrawn; `free`. Before the notice all outcomes bind alike, so that no refusal tells one.
 */
export type Binding = 'held' | 'worded' | 'free'

export function bindingOf(bid: BidState, round: RoundState): Binding {
  if (LOOSE.includes(bid)) return 'free'
  if (UNDECIDED.includes(round)) {
    const isOut = bid === 'rejected' || (round === 'notice' && WITHOUT_AWARD.includes(bid))
    return isOut ? 'worded' : 'held'
  }
  if (!RUNNING.includes(round)) return 'free'
  if (bid === 'proposed') return 'held'
  return bid === 'reserve' ? 'worded' : 'free'
}

/** A bid with a project, as far as it may bind it. */
export interface Handed {
  readonly id: string
  readonly state: BidState
  readonly roundState: RoundState
}

/**
 * What is judged, announced and agreed upon is what was handed in: neither other words nor a withdrawal come between.
 * Refused: `project_bound`, with the bid that binds.
 */
export function checkUnbound(bids: readonly Handed[], command: 'change' | 'withdraw'): Decision<true> {
  const bound = bids.find(({ state, roundState }) => {
    const binding = bindingOf(state, roundState)
    return binding === 'held' || (binding === 'worded' && command === 'change')
  })
  return bound === undefined ? accept(true) : refuse(ProjectBound, { bidId: bound.id })
}
