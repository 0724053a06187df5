import { type AdviceFacts, adviseAllocation } from '../src/modules/awards/rules/advice.ts'
import type { RankedBid } from '../src/modules/awards/rules/allocation.ts'
import { type LimitTerms, limitGroups } from '../src/modules/awards/rules/limits.ts'
import { availableFen, drawPools, eligiblePools, type FundPool } from '../src/modules/rounds/index.ts'
import { withOptimizer } from '../src/platform/optimizer/optimizer.ts'

export interface AdviceOptions {
  readonly json: boolean
  readonly bids: number
  readonly constraints: number
}

/** What it took to advise on the allocation of one large round. */
export interface AdviceReport {
  readonly bids: number
  readonly constraints: number
  /** With the start of the solver, as the first request of a process meets it. */
  readonly firstSeconds: number
  /** With the solver ready. */
  readonly seconds: number
  /** With the price of each constraint besides. */
  readonly withPricesSeconds: number
  readonly advised: number
  readonly isProven: boolean
}

const FIELDS = ['elderly_care', 'disability', 'relief']
const PURPOSES = ['elderly', 'disabled', null]
const TOWNS = 10
const YUAN = 100n

/** Advises three times on the same round, and says how long it took. */
export async function runAdvice(options: AdviceOptions, say: (line: string) => void): Promise<AdviceReport> {
  const facts = largeRound(options)
  const timed = async (withPrices: boolean) => {
    const startedAt = performance.now()
    const advice = await withOptimizer((solve) => adviseAllocation(facts, solve, { withPrices }))
    const seconds = Math.round(performance.now() - startedAt) / 1_000
    say(`${facts.bids.length} bids, ${withPrices ? 'with' : 'without'} prices: ${seconds} s`)
    return { advice, seconds }
  }
  const first = await timed(false)
  const second = await timed(false)
  const priced = await timed(true)
  return {
    bids: facts.bids.length,
    constraints: priced.advice.prices?.length ?? 0,
    firstSeconds: first.seconds,
    seconds: second.seconds,
    withPricesSeconds: priced.seconds,
    advised: second.advice.awards.length,
    isProven: second.advice.isProven,
  }
}

/**
 * A round with two bids for each need, four pools that overlap, and limits for towns, fields and agencies: all told
 * `constraints` of them. The same numbers give the same round.
 */
export function largeRound({ bids, constraints }: Pick<AdviceOptions, 'bids' | 'constraints'>): AdviceFacts<FundPool> {
  const next = numbers(11)
  const needs = Array.from({ length: Math.ceil(bids / 2) }, (_, index) => ({
    id: `n${index}`,
    lotteryPurpose: PURPOSES[next(3)] ?? null,
    serviceField: FIELDS[next(3)] ?? '',
    divisionCode: `33020300${next(TOWNS)}001`,
    weight: 20 + next(400),
  }))
  const pools = poolsFor(BigInt(bids))
  const limits = limitsFor(Math.max(0, constraints - pools.length - 1))
  return {
    bids: Array.from({ length: bids }, (_, index): RankedBid => {
      const need = needs[index < needs.length ? index : next(needs.length)]
      if (need === undefined) throw new Error('a bid is for a need')
      const organizationIds = [`a${next(Math.ceil(bids / 5))}`]
      return {
        bidId: `b${index}`,
        needId: need.id,
        organizationIds,
        wantedFen: (20_000n + BigInt(next(80_000))) * YUAN,
        isAboveLine: next(10) > 0,
        isSingleBid: false,
        validBids: 2,
        limits: limitGroups(limits, { ...need, organizationIds }),
      }
    }),
    needs,
    pools,
    hasMatches: false,
    policy: {
      floorFen: 20_000n * YUAN,
      awardsPerOrganizationMax: 2,
      awardsPerNeedMax: 1,
      validBidsPerNeedMin: 1,
      partialAward: 'skip',
      singleBidPolicy: 'judge_on_merit',
    },
    rules: {
      open(all, needId) {
        const need = needs.find(({ id }) => id === needId)
        return need === undefined ? [] : eligiblePools(all, { poolOrder: null }, need)
      },
      available: (all) => availableFen(all),
      draw: (all, fen) => drawPools(all, fen),
    },
  }
}

/** 300 bids ask for about 18 million yuan; these hold 4.7. */
function poolsFor(bids: bigint): FundPool[] {
  const pool = (position: number, perBid: bigint, purposes: string[] | null, fields: string[] | null): FundPool => ({
    id: `p${position}`,
    position,
    source: 'fiscal',
    name: '',
    sizeFen: perBid * bids * YUAN,
    allocatedFen: 0n,
    purposes,
    fields,
  })
  return [
    pool(1, 6_667n, ['elderly', 'disabled'], null),
    pool(2, 4_000n, null, ['elderly_care']),
    pool(3, 3_000n, ['elderly'], ['disability', 'relief']),
    pool(4, 2_000n, null, null),
  ]
}

/** One for each agency, one for each field, then towns. */
function limitsFor(count: number): LimitTerms[] {
  const limits: LimitTerms[] = [
    { code: 'agency', by: 'organization', of: null, awardsMax: null, amountMaxFen: 150_000n * YUAN },
    ...FIELDS.map((of) => ({ code: of, by: 'field' as const, of, awardsMax: 30, amountMaxFen: 1_700_000n * YUAN })),
    ...Array.from({ length: TOWNS }, (_, town) => ({
      code: `town_${town}`,
      by: 'town' as const,
      of: `33020300${town}000`,
      awardsMax: 12,
      amountMaxFen: 600_000n * YUAN,
    })),
    { code: 'county', by: 'county', of: null, awardsMax: 80, amountMaxFen: null },
  ]
  return limits.slice(0, count)
}

/** Numbers below a bound, the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
