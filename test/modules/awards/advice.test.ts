import fc from 'fast-check'
import t from 'tap'
import { largeRound } from '../../../bench/advice.ts'
import { sumFen } from '../../../src/kernel/money.ts'
import {
  type Advice,
  type AdviceFacts,
  adviseAllocation,
  alongRanking,
  coverageOf,
  departures,
} from '../../../src/modules/awards/rules/advice.ts'
import { type AllocationPolicy, allocate, type RankedBid } from '../../../src/modules/awards/rules/allocation.ts'
import { type LimitTerms, limitGroups, roomFen } from '../../../src/modules/awards/rules/limits.ts'
import { shareOut } from '../../../src/modules/awards/rules/pooling.ts'
import { availableFen, drawPools, eligiblePools, type FundPool } from '../../../src/modules/rounds/index.ts'
import { withOptimizer } from '../../../src/platform/optimizer/optimizer.ts'

const FIELDS = ['elderly_care', 'disability', 'relief']
const PURPOSES = ['elderly', 'disabled', null]
const POLICY: AllocationPolicy = {
  floorFen: 1n,
  awardsPerOrganizationMax: 2,
  awardsPerNeedMax: 1,
  validBidsPerNeedMin: 1,
  partialAward: 'skip',
  singleBidPolicy: 'judge_on_merit',
}
const LIMITS: readonly LimitTerms[] = [
  { code: 'per_town', by: 'town', of: null, awardsMax: 2, amountMaxFen: 40n },
  { code: 'relief', by: 'field', of: 'relief', awardsMax: null, amountMaxFen: 25n },
]

interface NeedLike {
  readonly purpose: number
  readonly field: number
  readonly town: number
  readonly weight: number
}
interface BidLike {
  readonly need: number
  readonly agency: number
  readonly fen: number
  readonly isAboveLine: boolean
}
interface PoolLike {
  readonly size: number
  readonly purposes: readonly number[] | null
  readonly fields: readonly number[] | null
}

function factsOf(
  needs: readonly NeedLike[],
  bids: readonly BidLike[],
  pools: readonly PoolLike[],
  limits: readonly LimitTerms[] = LIMITS,
  policy: AllocationPolicy = POLICY,
): AdviceFacts<FundPool> {
  const needFacts = (id: string) => {
    const need = needs[Number(id.slice(1))] as NeedLike
    return { lotteryPurpose: PURPOSES[need.purpose] ?? null, serviceField: FIELDS[need.field] ?? '' }
  }
  return {
    bids: bids.map(
      ({ need, agency, fen, isAboveLine }, index): RankedBid => ({
        bidId: `b${index}`,
        needId: `n${need}`,
        organizationIds: [`a${agency}`],
        wantedFen: BigInt(fen),
        isAboveLine,
        isSingleBid: false,
        validBids: 2,
        limits: limitGroups(limits, {
          organizationIds: [`a${agency}`],
          divisionCode: `33020300${needs[need]?.town ?? 0}001`,
          serviceField: FIELDS[needs[need]?.field ?? 0] ?? '',
        }),
      }),
    ),
    needs: needs.map(({ weight }, index) => ({ id: `n${index}`, weight })),
    pools: pools.map(({ size, purposes, fields }, index) => ({
      id: `p${index}`,
      position: index + 1,
      source: 'fiscal',
      name: '',
      sizeFen: BigInt(size),
      allocatedFen: 0n,
      purposes: purposes?.flatMap((purpose) => PURPOSES[purpose] ?? []) ?? null,
      fields: fields?.map((field) => FIELDS[field] ?? '') ?? null,
    })),
    hasMatches: false,
    policy,
    rules: {
      open: (all, needId) => eligiblePools(all, { poolOrder: null }, needFacts(needId)),
      available: (all) => availableFen(all),
      draw: (all, fen) => drawPools(all, fen),
    },
  }
}

/** Fulfils every rule, and can be paid: each set of pools carries what depends on it alone (Hall, Gale). */
function isPossible({ pools, policy, rules }: AdviceFacts<FundPool>, chosen: readonly RankedBid[]): boolean {
  const most = (keys: readonly string[]) =>
    Math.max(0, ...keys.map((key) => keys.filter((other) => other === key).length))
  if (chosen.some(({ isAboveLine }) => !isAboveLine)) return false
  if (most(chosen.map(({ needId }) => needId)) > policy.awardsPerNeedMax) return false
  if (most(chosen.flatMap(({ organizationIds }) => organizationIds)) > policy.awardsPerOrganizationMax) return false
  for (const [index, bid] of chosen.entries()) {
    const earlier = chosen.slice(0, index).map(({ limits, wantedFen }) => ({ limits, approvedFen: wantedFen }))
    const room = roomFen(bid.limits ?? [], earlier)
    if (room !== null && room < bid.wantedFen) return false
  }
  for (let set = 1; set < 2 ** pools.length; set++) {
    const isIn = (id: string) => pools.some((pool, index) => pool.id === id && (set & (1 << index)) !== 0)
    const dependent = chosen.filter(({ needId }) => rules.open(pools, needId).every(({ id }) => isIn(id)))
    const size = sumFen(pools.filter(({ id }) => isIn(id)).map(({ sizeFen }) => sizeFen))
    if (sumFen(dependent.map(({ wantedFen }) => wantedFen)) > size) return false
  }
  return chosen.every(({ needId }) => rules.open(pools, needId).length > 0)
}

/** The best coverage, and with it the best ranks, of all sets of bids. */
function bruteForce(facts: AdviceFacts<FundPool>): [coverage: number, ranks: number] {
  const { bids } = facts
  const eligible = bids.filter(({ isAboveLine }) => isAboveLine)
  let best: [number, number] = [0, 0]
  for (let set = 0; set < 2 ** bids.length; set++) {
    const chosen = bids.filter((_, index) => (set & (1 << index)) !== 0)
    const found: [number, number] = [coverageOf(facts, chosen), ranksOf(eligible, chosen)]
    if (found[0] < best[0] || (found[0] === best[0] && found[1] <= best[1])) continue
    if (isPossible(facts, chosen)) best = found
  }
  return best
}

const ranksOf = (eligible: readonly RankedBid[], chosen: readonly { readonly bidId: string }[]) =>
  chosen.reduce((sum, { bidId }) => sum + eligible.length - eligible.findIndex((bid) => bid.bidId === bidId), 0)

function mustBeSound(facts: AdviceFacts<FundPool>, { awards }: Advice): void {
  for (const { id, sizeFen } of facts.pools) {
    const used = sumFen(
      awards.flatMap(({ sources }) => sources.filter(({ poolId }) => poolId === id)).map((s) => s.amountFen),
    )
    if (used > sizeFen) throw new Error(`${id} is overdrawn: ${used} of ${sizeFen}`)
  }
  for (const { amountFen, needId, sources } of awards) {
    if (sumFen(sources.map((source) => source.amountFen)) !== amountFen) throw new Error('an award lacks money')
    const open = facts.rules.open(facts.pools, needId).map(({ id }) => id)
    if (!sources.every(({ poolId }) => open.includes(poolId))) throw new Error('a pool serves what it must not')
  }
}

const instance = fc.record({
  needs: fc.array(
    fc.record({
      purpose: fc.nat(2),
      field: fc.nat(2),
      town: fc.nat(1),
      weight: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 4, maxLength: 4 },
  ),
  bids: fc.array(
    fc.record({
      need: fc.nat(3),
      agency: fc.nat(2),
      fen: fc.integer({ min: 1, max: 20 }),
      isAboveLine: fc.integer({ min: 0, max: 7 }).map((chance) => chance > 0),
    }),
    { maxLength: 8 },
  ),
  pools: fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 30 }),
      purposes: fc.option(fc.uniqueArray(fc.nat(1), { minLength: 1 })),
      fields: fc.option(fc.uniqueArray(fc.nat(2), { minLength: 1 })),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  several: fc.boolean(),
})

t.test('the advice is the best of all sets of awards, within every pool, and never less with more money', async (t) => {
  await withOptimizer((solve) =>
    fc.assert(
      fc.asyncProperty(instance, async ({ needs, bids, pools, several }) => {
        const policy = several ? { ...POLICY, awardsPerNeedMax: 2 } : POLICY
        const facts = factsOf(needs, bids, pools, LIMITS, policy)
        const advice = await adviseAllocation(facts, solve)
        mustBeSound(facts, advice)
        if (!advice.isProven) throw new Error('a small instance is solved to the end')
        const eligible = facts.bids.filter(({ isAboveLine }) => isAboveLine)
        const found = [advice.coverage, ranksOf(eligible, advice.awards)]
        const wanted = bruteForce(facts)
        if (found.join() !== wanted.join()) throw new Error(`found ${found}, wanted ${wanted}`)
        const richer = factsOf(
          needs,
          bids,
          pools.map((pool) => ({ ...pool, size: pool.size + 5 })),
          LIMITS,
          policy,
        )
        if ((await adviseAllocation(richer, solve)).coverage < advice.coverage)
          throw new Error('more money covers less')
        for (const { kind, code, price } of advice.prices ?? []) {
          if (price === null || price < 0) throw new Error(`${kind} ${code} has no price`)
          if (kind !== 'limit') continue
          const free = factsOf(
            needs,
            bids,
            pools,
            LIMITS.filter((limit) => limit.code !== code),
            policy,
          )
          if (bruteForce(free)[0] !== advice.coverage + price) throw new Error(`the price of ${code} is wrong`)
        }
      }),
      { numRuns: 150 },
    ),
  )
  t.pass('150 random instances')
})

t.test('the ranking alone may serve fewer needs: the advice says so, and what keeps needs unmet', async (t) => {
  const need = (purpose: number, weight = 1): NeedLike => ({ purpose, field: 0, town: 0, weight })
  const bid = (need: number, agency: number, fen: number, isAboveLine = true): BidLike => ({
    need,
    agency,
    fen,
    isAboveLine,
  })
  const facts = factsOf(
    [need(0), need(0), need(0), need(0), need(0)],
    [bid(0, 0, 20), bid(1, 1, 10), bid(2, 2, 10), bid(3, 3, 5, false)],
    [{ size: 20, purposes: null, fields: null }],
    [],
  )
  const walk = allocate(facts.bids, [], facts.pools, POLICY, facts.rules).proposals
  t.same(
    walk.map(({ bidId }) => bidId),
    ['b0'],
    'the best rank takes all the money',
  )
  const advice = await withOptimizer((solve) => adviseAllocation(facts, solve))
  t.same(
    advice.awards.map(({ bidId }) => bidId),
    ['b1', 'b2'],
  )
  t.same(advice.unmet, [
    { needId: 'n0', weight: 1, reason: 'constraints' },
    { needId: 'n3', weight: 1, reason: 'none_eligible' },
    { needId: 'n4', weight: 1, reason: 'no_bid' },
  ])
  t.same(advice.prices, [
    { kind: 'pool', code: 'p0', price: 1 },
    { kind: 'organization_max', code: 'awardsPerOrganizationMax', price: 0 },
  ])
  t.same(departures(advice.awards, walk), [
    { bidId: 'b1', advisedFen: 10n, proposedFen: null },
    { bidId: 'b2', advisedFen: 10n, proposedFen: null },
    { bidId: 'b0', advisedFen: null, proposedFen: 20n },
  ])
})

t.test(
  'where a part for the bid at the margin covers more than whole amounts can, the ranking itself is advised',
  async (t) => {
    const needs = [2, 1, 1].map((weight) => ({ purpose: 0, field: 0, town: 0, weight }))
    const bids = [0, 1].map((need) => ({ need, agency: need, fen: 50, isAboveLine: true }))
    const policy = { ...POLICY, partialAward: 'offer_rest' as const }
    const facts = factsOf(needs, bids, [{ size: 85, purposes: null, fields: null }], [], policy)
    const advice = await withOptimizer((solve) => adviseAllocation(facts, solve))
    t.match(advice, {
      awards: [
        { bidId: 'b0', needId: 'n0', amountFen: 50n, sources: [{ poolId: 'p0', amountFen: 50n }] },
        { bidId: 'b1', needId: 'n1', amountFen: 35n, sources: [{ poolId: 'p0', amountFen: 35n }] },
      ],
      coverage: 3,
      unmet: [{ needId: 'n2', reason: 'no_bid' }],
      isProven: true,
    })
    t.same(
      advice.prices?.map(({ price }) => price),
      [0, 0],
    )
    mustBeSound(facts, advice)
    const walk = allocate(facts.bids, [], facts.pools, policy, facts.rules).proposals
    t.same(departures(advice.awards, walk), [], 'who follows the ranking owes no reason')
  },
)

t.test('whatever part the policy offers, the advice never covers less than the ranking', async (t) => {
  await withOptimizer((solve) =>
    fc.assert(
      fc.asyncProperty(instance, async ({ needs, bids, pools, several }) => {
        const policy = { ...POLICY, awardsPerNeedMax: several ? 2 : 1, partialAward: 'offer_rest' as const }
        const facts = factsOf(needs, bids, pools, LIMITS, policy)
        const advice = await adviseAllocation(facts, solve)
        mustBeSound(facts, advice)
        const walk = alongRanking(facts)
        const wanted = Math.max(bruteForce(facts)[0], walk.coverage)
        if (advice.coverage !== wanted) throw new Error(`covers ${advice.coverage} of ${wanted}`)
        if (coverageOf(facts, advice.awards) !== advice.coverage)
          throw new Error('the coverage is not that of the awards')
        for (const { code, price } of advice.prices ?? [])
          if (price === null || price < 0) throw new Error(`${code} has no price`)
      }),
      { numRuns: 60 },
    ),
  )
  t.pass('60 random instances')
})

t.test('limits bind the walk along the ranking as well', async (t) => {
  const bids = [0, 1, 2].map((need) => ({ need, agency: need, fen: 10, isAboveLine: true }))
  const needs = [0, 1, 2].map((town) => ({ purpose: 0, field: 0, town: town === 2 ? 1 : 0, weight: 1 }))
  const pools = [{ size: 100, purposes: null, fields: null }]
  const walk = (limit: Partial<LimitTerms>, policy = POLICY) => {
    const terms = { code: 'town', by: 'town' as const, of: null, awardsMax: null, amountMaxFen: null, ...limit }
    const facts = factsOf(needs, bids, pools, [terms])
    const { proposals, passedOver } = allocate(facts.bids, [], facts.pools, policy, facts.rules)
    return [proposals.map(({ bidId, approvedFen }) => `${bidId} ${approvedFen}`), passedOver]
  }
  const second = [{ bidId: 'b1', reason: 'limit_reached' }]
  t.same(walk({ awardsMax: 1 }), [['b0 10', 'b2 10'], second], 'one award in each town')
  t.same(walk({ amountMaxFen: 16n }), [['b0 10', 'b2 10'], second], 'six fen are left for the second')
  t.same(walk({ amountMaxFen: 16n }, { ...POLICY, partialAward: 'offer_rest' }), [['b0 10', 'b1 6', 'b2 10'], []])
  t.same(walk({ amountMaxFen: 16n }, { ...POLICY, partialAward: 'stop' }), [['b0 10', 'b2 10'], second], 'others go on')
  t.same(walk({ of: '330203001000', awardsMax: 1 }), [['b0 10', 'b1 10', 'b2 10'], []], 'binds only the one it names')
  t.same(walk({ by: 'organization', awardsMax: 1 }), [['b0 10', 'b1 10', 'b2 10'], []])
  t.same(walk({ by: 'field', of: 'elderly_care', amountMaxFen: 10n })[0], ['b0 10'])
})

t.test('a flow takes money back from a demand that another pool can serve', async (t) => {
  const both = shareOut(
    [
      { poolIds: ['a', 'b'], wantedFen: 10n },
      { poolIds: ['a'], wantedFen: 10n },
    ],
    [
      { id: 'a', leftFen: 10n },
      { id: 'b', leftFen: 10n },
    ],
  )
  t.same(both.covered && both.parts.map((part) => [part.get('a') ?? 0n, part.get('b') ?? 0n]), [
    [0n, 10n],
    [10n, 0n],
  ])
  t.same(
    shareOut(
      [{ poolIds: ['a'], wantedFen: 11n }],
      [
        { id: 'a', leftFen: 10n },
        { id: 'b', leftFen: 9n },
      ],
    ),
    {
      covered: false,
      shortPoolIds: ['a'],
    },
  )
})

t.test('300 bids under 20 constraints are advised on in seconds, and twice the same', async (t) => {
  const facts = largeRound({ bids: 300, constraints: 20 })
  const startedAt = performance.now()
  const advice = await withOptimizer((solve) => adviseAllocation(facts, solve, { withPrices: false }))
  const milliseconds = Math.round(performance.now() - startedAt)
  // The bar of 5 s is measured by `npm run bench -- advice`, on a machine that does nothing else.
  t.ok(milliseconds <= 30_000, `${milliseconds} ms`)
  t.same([advice.isProven, advice.prices], [true, null])
  mustBeSound(facts, advice)
  const smaller = largeRound({ bids: 40, constraints: 20 })
  const again = () => withOptimizer((solve) => adviseAllocation(smaller, solve))
  const [first, second] = await Promise.all([again(), again()])
  t.same(first, second, 'also when two ask at once')
  t.ok((first?.prices?.length ?? 0) > 15, `${first?.prices?.length} prices`)
})
