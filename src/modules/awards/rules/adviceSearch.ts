import type { Row, SolveProgram } from '../../../kernel/program.ts'
import { type AdviceFacts, type AdvicePool, coverageOf, openTo } from './adviceFacts.ts'
import { pay } from './advicePayment.ts'
import { exclude, programOf } from './adviceProgram.ts'
import { isEligible, type RankedBid } from './allocation.ts'

/** The best coverage is worth a long search, its best ranks and the price of a constraint a short one. */
export const NODES_MAX = 5_000
export const SIDE_NODES_MAX = 50
/** So often a choice that no pools can pay is ruled out and the search begun again. */
const CUTS_MAX = 200

export interface Choice {
  readonly bids: readonly RankedBid[]
  readonly coverage: number
  readonly isProven: boolean
}

/**
 * The best choice that can really be paid. The program knows pools by what sets of them can carry; whenever its answer
 * cannot be paid, the set that falls short is added and it is asked again, so its last answer is right to the fen.
 * `coverage`: keep at least so much, and look for the best ranks.
 */
export async function choose<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  solve: SolveProgram,
  coverage: number | null,
  nodesMax: number,
): Promise<Choice> {
  const bids = facts.bids.filter((bid) => isEligible(bid, facts.policy))
  const sets = new Map<string, readonly string[]>()
  const addSet = (poolIds: readonly string[]) => sets.set([...poolIds].sort().join(), poolIds)
  for (const bid of bids) addSet(openTo(facts, bid))
  addSet(facts.pools.map(({ id }) => id))
  const ruledOut: Row[] = []
  for (let cuts = 0; cuts <= CUTS_MAX; cuts++) {
    const program = programOf(facts, bids, [...sets.values()], ruledOut, coverage)
    const solution = await solve({ ...program, nodesMax })
    if (solution === null) break
    const chosen = bids.filter((_, index) => solution.values[index])
    const paid = pay(facts, chosen)
    if (paid.isPaid) return { bids: chosen, coverage: coverageOf(facts, chosen), isProven: solution.isProven }
    if (paid.shortPoolIds === null) ruledOut.push(exclude(bids, chosen))
    else addSet(paid.shortPoolIds)
  }
  return { bids: [], coverage: 0, isProven: false }
}
