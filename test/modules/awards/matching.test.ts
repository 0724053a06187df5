import fc from 'fast-check'
import t from 'tap'
import { availableFen, drawPools, type FundPool } from '../../../src/modules/rounds/index.ts'

const pool = (position: number, source: FundPool['source'], size: bigint): FundPool => ({
  id: `p${position}`,
  position,
  source,
  name: source,
  sizeFen: size,
  allocatedFen: 0n,
  purposes: null,
  fields: null,
})
const match = (position: number, source: FundPool['source'], basisPoints: number) => ({
  pool: position,
  source,
  basisPoints,
})
const draw = (pools: readonly FundPool[], matches: ReturnType<typeof match>[], amount: bigint) => {
  const drawn = drawPools(pools, amount, matches)
  return drawn.accepted
    ? drawn.value.map(({ poolId, amountFen }) => `${poolId} ${amountFen}`)
    : drawn.refusal.problem.code
}

t.test('a foundation that matches one to one pays half, as long as it has money', async (t) => {
  const pools = [pool(1, 'foundation', 5_000n), pool(2, 'welfare_lottery', 100_000n)]
  const matches = [match(1, 'welfare_lottery', 10_000)]
  t.same(draw(pools, matches, 8_000n), ['p1 4000', 'p2 4000'])
  t.same(draw(pools, matches, 20_000n), ['p1 5000', 'p2 15000'], 'then the lottery pays the rest')
  t.equal(availableFen(pools, matches), 105_000n)
  t.equal(draw(pools, matches, 105_001n), 'pool_exhausted')
  t.same(draw(pools, [], 8_000n), ['p1 5000', 'p2 3000'], 'without the rule it is a pool like any other')
})

t.test('what matches is bound to what it matches: no lottery money, no foundation money', async (t) => {
  const pools = [pool(1, 'welfare_lottery', 1_000n), pool(2, 'foundation', 9_000n), pool(3, 'fiscal', 500n)]
  const matches = [match(2, 'welfare_lottery', 2_000)]
  t.equal(availableFen(pools, matches), 1_700n, '20 % on each yuan of the lottery, and the fiscal pool as it is')
  t.same(draw(pools, matches, 1_700n), ['p1 1000', 'p2 200', 'p3 500'])
  t.same(draw(pools, matches, 9n), ['p1 7', 'p2 2'], '1.5 fen are two: half a fen goes up')
  t.equal(availableFen([pool(2, 'foundation', 9_000n)], matches), 0n, 'nothing to match')
})

t.test(
  'whatever is drawn sums to the amount, overdraws nobody and keeps the proportion while money lasts',
  async (t) => {
    const arbitrary = fc.record({
      sizes: fc.array(fc.record({ size: fc.bigInt({ min: 1n, max: 400n }), isLottery: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      partner: fc.bigInt({ min: 1n, max: 300n }),
      basisPoints: fc.integer({ min: 1, max: 30_000 }),
      amount: fc.bigInt({ min: 1n, max: 1_500n }),
    })
    fc.assert(
      fc.property(arbitrary, ({ sizes, partner, basisPoints, amount }) => {
        const bases = sizes.map(({ size, isLottery }, index) =>
          pool(index + 2, isLottery ? 'welfare_lottery' : 'fiscal', size),
        )
        const pools = [pool(1, 'foundation', partner), ...bases]
        const matches = [match(1, 'welfare_lottery', basisPoints)]
        const drawn = drawPools(pools, amount, matches)
        const available = availableFen(pools, matches)
        if (!drawn.accepted) return amount > available
        const of = (id: string) => drawn.value.find(({ poolId }) => poolId === id)?.amountFen ?? 0n
        const sum = pools.reduce((total, { id }) => total + of(id), 0n)
        const isWithin = pools.every(({ id, sizeFen }) => of(id) >= 0n && of(id) <= sizeFen)
        const lottery = bases
          .filter(({ source }) => source === 'welfare_lottery')
          .reduce((all, { id }) => all + of(id), 0n)
        // Each base pool rounds once: with three yuan on one of its own, by less than two fen.
        const isFair = of('p1') * 10_000n <= lottery * BigInt(basisPoints) + BigInt(bases.length * 2) * 10_000n
        return sum === amount && isWithin && isFair && amount <= available
      }),
      { numRuns: 500 },
    )
    t.pass('for 500 generated funds')
  },
)
