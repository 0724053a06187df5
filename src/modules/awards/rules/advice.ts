import { type Fen, sumFen } from '../../../kernel/money.ts'
import type { BinaryProgram, Row, SolveProgram } from '../../../kernel/program.ts'
import {
  type AllocationPolicy,
  drawn,
  isEligible,
  type PoolFacts,
  type PoolRules,
  type RankedBid,
} from './allocation.ts'
import type { AwardSource } from './award.ts'
import type { LimitGroup } from './limits.ts'
import { shareOut } from './pooling.ts'

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

export interface AdvisedAward {
  readonly bidId: string
  readonly needId: string
  readonly amountFen: Fen
  readonly sources: readonly AwardSource[]
}

export const UNMET_REASONS = ['no_bid', 'none_eligible', 'constraints'] as const

export interface UnmetNeed {
  readonly needId: string
  readonly weight: number
  /** Nobody was ranked for it; nobody who was may be awarded; somebody may, but not within money and limits. */
  readonly reason: (typeof UNMET_REASONS)[number]
}

export const CONSTRAINT_KINDS = ['pool', 'organization_max', 'limit'] as const

export interface ConstraintPrice {
  readonly kind: (typeof CONSTRAINT_KINDS)[number]
  /** The pool's identifier, the limit's code, or `awardsPerOrganizationMax`. */
  readonly code: string
  /** The weight that could be covered besides if this constraint alone did not exist; null: not found within the limits. */
  readonly price: number | null
}

export interface Advice {
  /** Best rank first. */
  readonly awards: readonly AdvisedAward[]
  readonly coverage: number
  readonly unmet: readonly UnmetNeed[]
  readonly prices: readonly ConstraintPrice[]
  /** No other awards within the constraints cover more; otherwise the search ended at a limit with the best it had. */
  readonly isProven: boolean
}

/** More constraints than this are not priced one by one. */
export const PRICES_MAX = 24
/** The best coverage is worth a long search, its best ranks and the price of a constraint a short one. */
const NODES_MAX = 5_000
const SIDE_NODES_MAX = 50
/** So often a choice that no pools can pay is ruled out and the search begun again. */
const CUTS_MAX = 200

interface Choice {
  readonly bids: readonly RankedBid[]
  readonly coverage: number
  readonly isProven: boolean
}

/**
 * The awards that cover the greatest weight of needs with whole wanted amounts, within the pools, the places of each need
 * and all limits; among these the ones that stand best in the ranking. Bids that the ranking could not award (pass line,
 * single bid, too few bids) take no part. It is advice: the ranking decides.
 */
export async function adviseAllocation<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  solve: SolveProgram,
): Promise<Advice> {
  const covering = await choose(facts, solve, null, NODES_MAX)
  const ranked = await choose(facts, solve, covering.coverage, SIDE_NODES_MAX)
  // The second search may end at a limit without anything.
  const choice = ranked.coverage >= covering.coverage ? ranked : covering
  const paid = pay(facts, choice.bids)
  if (!paid.isPaid) throw new Error('the chosen awards were paid when they were chosen')
  const constraints = constraintsOf(facts).slice(0, PRICES_MAX)
  const prices: ConstraintPrice[] = []
  for (const { kind, code, without } of constraints)
    prices.push({ kind, code, price: await priceOf(without(), choice.coverage, solve) })
  return {
    awards: choice.bids.map(({ bidId, needId, wantedFen }) => ({
      bidId,
      needId,
      amountFen: wantedFen,
      sources: paid.sources.get(bidId) ?? [],
    })),
    coverage: choice.coverage,
    unmet: unmetNeeds(facts, choice.bids),
    prices,
    isProven: covering.isProven,
  }
}

/** What the needs that these bids are for count together, each need once. */
export function coverageOf<Pool extends AdvicePool>(
  { needs }: Pick<AdviceFacts<Pool>, 'needs'>,
  bids: readonly { readonly needId: string }[],
): number {
  const covered = new Set(bids.map(({ needId }) => needId))
  return needs.reduce((sum, { id, weight }) => (covered.has(id) ? sum + weight : sum), 0)
}

/** A bid that is advised or proposed, with each amount; null: not. Only bids on which the two differ. */
export interface Departure {
  readonly bidId: string
  readonly advisedFen: Fen | null
  readonly proposedFen: Fen | null
}

/** Where proposals depart from the advice, in the order of the advice, then of the proposals. */
export function departures(
  advised: readonly { readonly bidId: string; readonly amountFen: Fen }[],
  proposed: readonly { readonly bidId: string; readonly approvedFen: Fen }[],
): Departure[] {
  const bidIds = new Set([...advised, ...proposed].map(({ bidId }) => bidId))
  return [...bidIds]
    .map((bidId) => ({
      bidId,
      advisedFen: advised.find((one) => one.bidId === bidId)?.amountFen ?? null,
      proposedFen: proposed.find((one) => one.bidId === bidId)?.approvedFen ?? null,
    }))
    .filter(({ advisedFen, proposedFen }) => advisedFen !== proposedFen)
}

async function priceOf<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, coverage: number, solve: SolveProgram) {
  const eligible = facts.bids.filter((bid) => isEligible(bid, facts.policy))
  if (coverageOf(facts, eligible) === coverage) return 0
  const choice = await choose(facts, solve, null, SIDE_NODES_MAX)
  return choice.isProven ? Math.max(0, choice.coverage - coverage) : null
}

/**
 * The best choice that can really be paid. The program knows pools by what sets of them can carry; whenever its answer
 * cannot be paid, the set that falls short is added and it is asked again, so its last answer is right to the fen.
 * `coverage`: keep at least so much, and look for the best ranks.
 */
async function choose<Pool extends AdvicePool>(
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

/** Variables: one for each bid, then one for each need that may have several awards, whose weight counts once. */
function programOf<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  bids: readonly RankedBid[],
  poolSets: readonly (readonly string[])[],
  ruledOut: readonly Row[],
  coverage: number | null,
): Omit<BinaryProgram, 'nodesMax'> {
  const { needs, policy } = facts
  const weight = new Map(needs.map(({ id, weight }) => [id, weight]))
  const own = needs.filter(({ id }) => bids.some(({ needId }) => needId === id))
  const several = policy.awardsPerNeedMax > 1 ? own : []
  const covering: [number, number][] =
    several.length > 0
      ? several.map(({ weight }, index) => [bids.length + index, weight])
      : bids.map(({ needId }, index) => [index, weight.get(needId) ?? 0])
  const where = (holds: (bid: RankedBid) => boolean, coefficient: (bid: RankedBid) => number = () => 1): Row['terms'] =>
    bids.flatMap((bid, index) => (holds(bid) ? [[index, coefficient(bid)] as const] : []))
  const rows: Row[] = [
    ...own.map(({ id }) => ({ terms: where(({ needId }) => needId === id), max: policy.awardsPerNeedMax })),
    ...several.map(({ id }, index) => ({
      terms: [...where(({ needId }) => needId === id), [bids.length + index, -1] as const],
      min: 0,
    })),
    ...[...new Set(bids.flatMap(({ organizationIds }) => organizationIds))].map((id) => ({
      terms: where(({ organizationIds }) => organizationIds.includes(id)),
      max: policy.awardsPerOrganizationMax,
    })),
    ...limitRows(bids, where),
    ...poolSets.map((poolIds) => ({
      terms: where((bid) => openTo(facts, bid).every((id) => poolIds.includes(id)), wanted),
      max: Number(facts.rules.available(facts.pools.filter(({ id }) => poolIds.includes(id)))),
    })),
    ...ruledOut,
  ]
  if (coverage === null) {
    const gains = Array.from({ length: bids.length + several.length }, () => 0)
    for (const [variable, gain] of covering) gains[variable] = gain
    return { gains, rows }
  }
  const byRank = [...bids.map((_, index) => bids.length - index), ...several.map(() => 0)]
  return { gains: byRank, rows: [...rows, { terms: covering, min: coverage }] }
}

function limitRows(
  bids: readonly RankedBid[],
  where: (holds: (bid: RankedBid) => boolean, coefficient?: (bid: RankedBid) => number) => Row['terms'],
): Row[] {
  const groups = new Map<string, LimitGroup>(bids.flatMap(({ limits = [] }) => limits.map((one) => [one.key, one])))
  return [...groups.values()].flatMap(({ key, awardsMax, amountMaxFen }) => {
    const isBound = ({ limits = [] }: RankedBid) => limits.some((group) => group.key === key)
    return [
      ...(awardsMax === null ? [] : [{ terms: where(isBound), max: awardsMax }]),
      ...(amountMaxFen === null ? [] : [{ terms: where(isBound, wanted), max: Number(amountMaxFen) }]),
    ]
  })
}

/** Not exactly these once more. */
function exclude(bids: readonly RankedBid[], chosen: readonly RankedBid[]): Row {
  return { terms: bids.map((bid, index) => [index, chosen.includes(bid) ? 1 : -1]), max: chosen.length - 1 }
}

function wanted({ wantedFen }: RankedBid): number {
  return Number(wantedFen)
}

function openTo<Pool extends AdvicePool>({ rules, pools }: AdviceFacts<Pool>, { needId }: RankedBid): string[] {
  return rules.open(pools, needId).map(({ id }) => id)
}

type Payment =
  | { readonly isPaid: true; readonly sources: ReadonlyMap<string, readonly AwardSource[]> }
  /** `shortPoolIds`: the pools that cannot carry what depends on them alone; null where matching pools keep it unknown. */
  | { readonly isPaid: false; readonly shortPoolIds: readonly string[] | null }

/** Draws as the proposals would, best rank first; where the order of drawing is in the way, shares the pools out anew. */
function pay<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, bids: readonly RankedBid[]): Payment {
  const { rules, hasMatches } = facts
  const sources = new Map<string, readonly AwardSource[]>()
  let left = facts.pools
  for (const { bidId, needId, wantedFen } of bids) {
    const drawing = rules.draw(rules.open(left, needId), wantedFen)
    if (!drawing.accepted) return hasMatches ? { isPaid: false, shortPoolIds: null } : payByFlow(facts, bids)
    sources.set(bidId, drawing.value)
    left = drawn(left, drawing.value) as readonly Pool[]
  }
  return { isPaid: true, sources }
}

function payByFlow<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, bids: readonly RankedBid[]): Payment {
  const groups = [...Map.groupBy(bids, (bid) => openTo(facts, bid).join()).values()]
  const demands = groups.map((group) => ({
    poolIds: group[0] === undefined ? [] : openTo(facts, group[0]),
    wantedFen: sumFen(group.map(({ wantedFen }) => wantedFen)),
  }))
  const supplies = facts.pools.map(({ id, sizeFen, allocatedFen }) => ({ id, leftFen: sizeFen - allocatedFen }))
  const pooling = shareOut(demands, supplies)
  if (!pooling.covered) return { isPaid: false, shortPoolIds: pooling.shortPoolIds }
  const sources = new Map<string, readonly AwardSource[]>()
  for (const [index, group] of groups.entries()) {
    const part = new Map(pooling.parts[index])
    for (const { bidId, wantedFen } of group) {
      let rest = wantedFen
      sources.set(
        bidId,
        facts.pools.flatMap(({ id, source }) => {
          const has = part.get(id) ?? 0n
          const amountFen = has < rest ? has : rest
          part.set(id, has - amountFen)
          rest -= amountFen
          return amountFen > 0n ? [{ poolId: id, source, amountFen }] : []
        }),
      )
    }
  }
  return { isPaid: true, sources }
}

function unmetNeeds<Pool extends AdvicePool>(
  { needs, bids, policy }: AdviceFacts<Pool>,
  chosen: readonly RankedBid[],
): UnmetNeed[] {
  const covered = new Set(chosen.map(({ needId }) => needId))
  return needs
    .filter(({ id }) => !covered.has(id))
    .map(({ id, weight }) => {
      const own = bids.filter(({ needId }) => needId === id)
      const reason =
        own.length === 0 ? 'no_bid' : own.some((bid) => isEligible(bid, policy)) ? 'constraints' : 'none_eligible'
      return { needId: id, weight, reason }
    })
}

/** The constraints that the policy could have set otherwise. */
function constraintsOf<Pool extends AdvicePool>(facts: AdviceFacts<Pool>) {
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
