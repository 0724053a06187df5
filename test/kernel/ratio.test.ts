import fc from 'fast-check'
import t from 'tap'
import { parseYuan } from '../../src/kernel/money.ts'
import {
  basisPointsOfFraction,
  compareFractions,
  compareToBasisPoints,
  formatFraction,
  formatPercent,
  fraction,
  reduced,
  sumFractions,
} from '../../src/kernel/ratio.ts'

const anyFraction = fc
  .tuple(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 1_000_000n }))
  .map(([numerator, denominator]) => fraction(numerator, denominator))

t.test('a fraction is made of whole numbers over a positive one', async (t) => {
  t.same(fraction(250, 3n), { numerator: 250n, denominator: 3n })
  t.throws(() => fraction(1, 0), RangeError)
  t.throws(() => fraction(1, -3), RangeError)
  t.throws(() => fraction(0.5, 3), RangeError)
})

t.test('means are compared exactly, so that rounding neither makes nor breaks a tie', async (t) => {
  t.equal(compareFractions(fraction(250, 3), fraction(250, 3)), 0, 'B03 and B04 are tied')
  t.equal(compareFractions(fraction(64, 3), fraction(62, 3)), 1, 'feasibility 21.33 beats 20.67')
  t.equal(compareFractions(fraction(83_334, 1000), fraction(83_333, 1000)), 1, 'both would show as 83.33')
  t.equal(compareFractions(fraction(208, 3), fraction(70, 1)), -1, 'B08 is below the pass line')
  t.equal(compareFractions(fraction(1, 2), fraction(2, 4)), 0)
})

t.test('comparing is antisymmetric and transitive', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(fc.property(anyFraction, anyFraction, (a, b) => compareFractions(a, b) + compareFractions(b, a) === 0)),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFraction, anyFraction, anyFraction, (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort(compareFractions)
        return low === undefined || middle === undefined || high === undefined || compareFractions(low, high) <= 0
      }),
    ),
  )
})

t.test('the ratio rules of the round hold at exactly their limits and fail just beside them', async (t) => {
  const compare = (part: string, base: string, basisPoints: number) =>
    compareToBasisPoints(parseYuan(part), parseYuan(base), basisPoints)
  t.equal(compare('22000.00', '110000.00', 2000), 0, 'B02 matches with exactly 20 %')
  t.equal(compare('26400.00', '88000.00', 3000), 0, 'B02 pays exactly 30 % to staff')
  t.equal(compare('15000.00', '100000.00', 2000), -1, 'B09 matches with 15 %')
  t.equal(compare('26000.00', '85000.00', 3000), 1, 'B07 revised for the first time pays 30.59 % to staff')
  t.equal(compare('24000.00', '85000.00', 3000), -1, 'B07 revised again pays 28.24 %')
  t.equal(compare('26400.01', '88000.00', 3000), 1, 'one fen too much')
})

t.test('nothing of nothing keeps every ratio, something of nothing exceeds every one', async (t) => {
  t.equal(compareToBasisPoints(0n, 0n, 3000), 0)
  t.equal(compareToBasisPoints(1n, 0n, 3000), 1)
})

t.test('a percentage is shown with two decimals, halves up', async (t) => {
  t.equal(formatPercent(26_000n, 85_000n), '30.59')
  t.equal(formatPercent(24_000n, 85_000n), '28.24')
  t.equal(formatPercent(10n, 32n), '31.25')
  t.equal(formatPercent(54n, 56n), '96.43')
  t.equal(formatPercent(47_597_050n, 52_000_000n), '91.53')
  t.equal(formatPercent(1n, 20_000n), '0.01', 'half of a hundredth')
  t.equal(formatPercent(-1n, 4n), '-25.00')
  t.equal(formatPercent(1n, -4n), '-25.00')
  t.equal(formatPercent(1n, 0n), 'n/a')
})

t.test('a mean is shown with the decimals asked for, halves away from zero', async (t) => {
  t.equal(formatFraction(fraction(272, 3)), '90.67')
  t.equal(formatFraction(fraction(250, 3)), '83.33')
  t.equal(formatFraction(fraction(1, 200)), '0.01')
  t.equal(formatFraction(fraction(5, 2), 0), '3')
  t.equal(formatFraction(fraction(1, 8), 3), '0.125')
  t.equal(formatFraction(fraction(-5, 2), 0), '-3')
  t.equal(formatFraction(fraction(-1, 1000)), '0.00', 'no negative zero')
  t.throws(() => formatFraction(fraction(1, 2), -1), RangeError)
})

t.test('what is shown is within half a hundredth of the exact value', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyFraction, (value) => {
        const shown = BigInt(formatFraction(value).replace('.', ''))
        const distance = shown * value.denominator - value.numerator * 100n
        return 2n * (distance < 0n ? -distance : distance) <= value.denominator
      }),
    ),
  )
})

t.test('sums and shares of fractions are exact and come in lowest terms', async (t) => {
  t.same(sumFractions([fraction(1, 3), fraction(1, 6)]), fraction(1, 2))
  t.same(sumFractions([]), fraction(0, 1))
  t.same(basisPointsOfFraction(fraction(250, 3), 6_000), fraction(50, 1), '60 % of 83⅓')
  t.same(reduced(fraction(-6, 4)), fraction(-3, 2))
  t.same(reduced(fraction(0, 7)), fraction(0, 1))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(anyFraction, { maxLength: 6 }), (values) => {
        const common = values.reduce((product, { denominator }) => product * denominator, 1n)
        const whole = values.reduce((sum, one) => sum + one.numerator * (common / one.denominator), 0n)
        return compareFractions(sumFractions(values), fraction(whole, common)) === 0
      }),
    ),
  )
})
