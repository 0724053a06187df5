import { sumFen } from '../../../kernel/money.ts'
import type { SolveProgram } from '../../../kernel/program.ts'
import { type AdviceFacts, type AdvicePool, alongRanking, coverageOf } from './adviceFacts.ts'
import { choose, SIDE_NODES_MAX } from './adviceSearch.ts'
import { isEligible } from './allocation.ts'

/** What could be covered besides if the constraint did not exist; null: not found in time. */
export async function priceOf<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  coverage: number,
  solve: SolveProgram,
) {
  const eligible = facts.bids.filter((bid) => isEligible(bid, facts.policy))
  if (coverageOf(facts, eligible) === coverage) return 0
  const choice = await choose(facts, solve, null, SIDE_NODES_MAX)
  return choice.isProven ? Math.max(0, choice.coverage - coverage, alongRanking(facts).coverage - coverage) : null
}

/** The constraints that the policy could have set otherwise. */
export function constraintsOf<Pool extends AdvicePool>(facts: AdviceFacts<Pool>) {
  const all = sumFen(facts.bids.map(({ wantedFen }) => wantedFen))
  const limits = [...new Set(facts.bids.flatMap(({ limits = [] }) => limits.map(({ code }) => code)))]
  const pools = facts.pools.map(({ id }) => ({
    kind: 'pool' as const,
    code: id,
    without: (): AdviceFacts<Pool> => ({
      ...facts,
      pools: facts.pools.map((pool) => (pool.id === id ? { ...pool, sizeFen: pool.sizeFen + all } : pool)),
    }),
  }))
  return [
    ...pools,
    {
      kind: 'organization_max' as const,
      code: 'awardsPerOrganizationMax',
      without: (): AdviceFacts<Pool> => ({
        ...facts,
        policy: { ...facts.policy, awardsPerOrganizationMax: facts.bids.length },
      }),
    },
    ...limits.map((code) => ({
      kind: 'limit' as const,
      code,
      without: (): AdviceFacts<Pool> => ({
        ...facts,
        bids: facts.bids.map((bid) => ({ ...bid, limits: (bid.limits ?? []).filter((group) => group.code !== code) })),
      }),
    })),
  ]
}
