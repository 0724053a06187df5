import fc from 'fast-check'
import t from 'tap'
import {
  basisPointsOf,
  fenOf,
  formatYuan,
  MONEY_MAX_FEN,
  maxFen,
  minFen,
  money,
  parseYuan,
  splitByShares,
  sumFen,
} from '../../src/kernel/money.ts'

const anyFen = fc.bigInt({ min: 0n, max: MONEY_MAX_FEN })
const someShares = fc
  .array(fc.bigInt({ min: 0n, max: 1_000_000_000n }), { minLength: 1, maxLength: 6 })
  .filter((shares) => sumFen(shares) > 0n)

t.test('an amount of yuan is read only with exactly two decimals', async (t) => {
  t.equal(parseYuan('95000.00'), 9_500_000n)
  t.equal(parseYuan('0.01'), 1n)
  t.equal(parseYuan('9999999999999.99'), MONEY_MAX_FEN)
  const unreadable = ['', '1', '1.0', '1.000', '01.00', '-1.00', '+1.00', '1,000.00', ' 1.00', '1.00\n', '1e3', '.50']
  for (const text of [...unreadable, '10000000000000.00', '１.00']) {
    t.throws(() => parseYuan(text), RangeError, JSON.stringify(text))
  }
})

t.test('an amount is written with two decimals, a negative one with its sign', async (t) => {
  t.equal(formatYuan(9_500_000n), '95000.00')
  t.equal(formatYuan(0n), '0.00')
  t.equal(formatYuan(7n), '0.07')
  t.equal(formatYuan(-100n), '-1.00')
  t.equal(formatYuan(-5n), '-0.05')
  t.same(money(9_431_050n), { amount: '94310.50', currency: 'CNY' })
})

t.test('every amount survives being written and read', async (t) => {
  t.doesNotThrow(() => fc.assert(fc.property(anyFen, (fen) => fenOf(money(fen)) === fen)))
})

t.test('money that comes in is never negative', async (t) => {
  t.throws(() => fenOf({ amount: '-1.00', currency: 'CNY' }), RangeError)
})

t.test('sums, least and greatest are exact', async (t) => {
  t.equal(sumFen([]), 0n)
  t.equal(sumFen([9_431_050n, 8_000_000n, 8_742_000n, 7_000_000n, 8_300_000n, 6_124_000n]), 47_597_050n)
  t.equal(minFen(3n, 1n, 2n), 1n)
  t.equal(maxFen(3n, 1n, 2n), 3n)
  t.equal(minFen(4n), 4n)
})

t.test('the two sources of P6 carry its tranches and its refund 85 to 15', async (t) => {
  const approved = [parseYuan('85000.00'), parseYuan('15000.00')]
  const split = (total: string) => splitByShares(parseYuan(total), approved).map(formatYuan)
  t.same(split('50000.00'), ['42500.00', '7500.00'])
  t.same(split('30000.00'), ['25500.00', '4500.00'])
  t.same(split('18760.00'), ['15946.00', '2814.00'])
})

t.test('the fen left over goes to the largest remainder, of equal ones to the earlier share', async (t) => {
  t.same(splitByShares(100n, [1n, 1n, 1n]), [34n, 33n, 33n])
  t.same(splitByShares(200n, [1n, 1n, 1n]), [67n, 67n, 66n])
  t.same(splitByShares(1n, [3n, 7n]), [0n, 1n])
  t.same(splitByShares(1n, [5n, 5n]), [1n, 0n])
  t.same(splitByShares(10n, [0n, 3n]), [0n, 10n])
})

t.test('nothing can be split among no shares, and money cannot be split among empty ones', async (t) => {
  t.same(splitByShares(0n, []), [])
  t.same(splitByShares(0n, [0n, 0n]), [0n, 0n])
  t.throws(() => splitByShares(1n, [0n, 0n]), RangeError)
  t.throws(() => splitByShares(1n, []), RangeError)
  t.throws(() => splitByShares(-1n, [1n]), RangeError)
  t.throws(() => splitByShares(1n, [2n, -1n]), RangeError)
})

t.test('the parts of a split sum to the whole, and none is a fen away from its exact share', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFen, someShares, (total, shares) => {
        const parts = splitByShares(total, shares)
        const whole = sumFen(shares)
        const near = parts.every((part, index) => {
          const distance = part * whole - total * (shares[index] ?? 0n)
          return distance < whole && -distance < whole
        })
        return sumFen(parts) === total && near
      }),
    ),
  )
})

t.test('a larger share never gets less, and of equal shares the earlier never gets less', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFen, someShares, (total, shares) => {
        const parts = splitByShares(total, shares)
        return parts.every((part, i) =>
          parts.every((other, j) => {
            const [share, otherShare] = [shares[i] ?? 0n, shares[j] ?? 0n]
            return share > otherShare || (share === otherShare && i < j) ? part >= other : true
          }),
        )
      }),
    ),
  )
})

t.test('basis points of an amount round half a fen up', async (t) => {
  t.equal(basisPointsOf(9_500_000n, 5_000), 4_750_000n)
  t.equal(basisPointsOf(1n, 5_000), 1n)
  t.equal(basisPointsOf(1n, 4_999), 0n)
  t.equal(basisPointsOf(3n, 5_000), 2n)
  t.equal(basisPointsOf(9_500_000n, 0), 0n)
  t.throws(() => basisPointsOf(-1n, 5_000), RangeError)
  t.throws(() => basisPointsOf(1n, -1), RangeError)
  t.throws(() => basisPointsOf(1n, 0.5), RangeError)
})

t.test('basis points grow with the amount and all of them are the amount itself', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFen, anyFen, fc.integer({ min: 0, max: 10_000 }), (a, b, basisPoints) => {
        const inOrder = basisPointsOf(minFen(a, b), basisPoints) <= basisPointsOf(maxFen(a, b), basisPoints)
        return inOrder && basisPointsOf(a, 10_000) === a
      }),
    ),
  )
})
