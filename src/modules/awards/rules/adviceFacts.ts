import { type AllocationPolicy, allocate, type PoolFacts, type PoolRules, type RankedBid } from './allocation.ts'
import type { AwardSource } from './award.ts'

export type AdvicePool = PoolFacts & Pick<AwardSource, 'source'>

/** What the advice is about. `bids` stand in the order of the ranking. */
export interface AdviceFacts<Pool extends AdvicePool> {
  readonly bids: readonly RankedBid[]
  /** All needs of the round with what covering them counts for: whole numbers above 0. */
  readonly needs: readonly { readonly id: string; readonly weight: number }[]
  readonly pools: readonly Pool[]
  /** A pool pays only along with others: then only drawing tells whether awards can be paid. */
  readonly hasMatches: boolean
  readonly policy: AllocationPolicy
  readonly rules: PoolRules<Pool>
}

/** What the needs that these bids are for count together, each need once. */
export function coverageOf<Pool extends AdvicePool>(
  { needs }: Pick<AdviceFacts<Pool>, 'needs'>,
  bids: readonly { readonly needId: string }[],
): number {
  const covered = new Set(bids.map(({ needId }) => needId))
  return needs.reduce((sum, { id, weight }) => (covered.has(id) ? sum + weight : sum), 0)
}

/** The awards along the ranking, best rank first, with the part that the policy offers the bid at the margin. */
export function alongRanking<Pool extends AdvicePool>(facts: AdviceFacts<Pool>) {
  const { bids, pools, policy, rules } = facts
  const needOf = new Map(bids.map(({ bidId, needId }) => [bidId, needId]))
  const awards = allocate(bids, [], pools, policy, rules).proposals.map(({ bidId, approvedFen, sources }) => ({
    ...{ bidId, needId: needOf.get(bidId) ?? '', amountFen: approvedFen, sources },
  }))
  return { awards, coverage: coverageOf(facts, awards) }
}

/** The pools open to a bid, in drawing order. */
export function openTo<Pool extends AdvicePool>({ rules, pools }: AdviceFacts<Pool>, { needId }: RankedBid): string[] {
  return rules.open(pools, needId).map(({ id }) => id)
}

export function wanted({ wantedFen }: RankedBid): number {
  return Number(wantedFen)
}
