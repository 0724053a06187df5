import fc from 'fast-check'
import t from 'tap'
import { fraction } from '../../../src/kernel/ratio.ts'
import {
  type AmountFacts,
  type AmountTerms,
  amountOf,
  hostMayFix,
  isTooSmall,
  lowerMedian,
} from '../../../src/modules/awards/rules/amounts.ts'

const terms = (changes: Partial<AmountTerms> = {}): AmountTerms => ({
  method: 'requested',
  fixedFen: null,
  grades: [],
  capFen: 10_000_000n,
  floorFen: 2_000_000n,
  ...changes,
})
const facts = (changes: Partial<AmountFacts> = {}): AmountFacts => ({
  requestedFen: 8_000_000n,
  fixedFen: undefined,
  recommendedFen: [],
  totalHundredths: fraction(25_000, 3),
  ...changes,
})

t.test('each method finds its amount, and nobody’s amount is none', async (t) => {
  t.equal(amountOf(terms(), facts()), 8_000_000n)
  t.equal(amountOf(terms(), facts({ fixedFen: 5_000_000n })), 5_000_000n)
  t.equal(amountOf(terms({ method: 'fixed_by_host' }), facts()), null)
  t.equal(amountOf(terms({ method: 'fixed', fixedFen: 3_000_000n }), facts()), 3_000_000n)
  t.equal(amountOf(terms({ method: 'panel_median' }), facts()), null)
  t.equal(amountOf(terms({ method: 'panel_median' }), facts({ recommendedFen: [7n, 3n, 5n] })), 5n)
  t.equal(amountOf(terms({ method: 'panel_median' }), facts({ recommendedFen: [7n, 3n], fixedFen: 2n })), 2n)
  t.same(
    (['requested', 'fixed_by_host', 'panel_median', 'graded', 'fixed'] as const).map((method) =>
      hostMayFix({ method }),
    ),
    [true, true, true, false, false],
  )
})

t.test('a grade begins at its exact total: 250/3 points are not 83.34', async (t) => {
  const graded = (minHundredths: number) =>
    terms({
      method: 'graded',
      grades: [
        { minHundredths, amountFen: null, shareBasisPoints: 3_333 },
        { minHundredths: 7_000, amountFen: 1_000_000n, shareBasisPoints: null },
      ],
    })
  t.equal(amountOf(graded(8_333), facts()), 2_666_400n, '33.33 % of 80,000')
  t.equal(amountOf(graded(8_333), facts({ requestedFen: 15n })), 5n, '4.9995 fen')
  t.equal(amountOf(graded(8_334), facts()), 1_000_000n)
  t.equal(amountOf(graded(8_334), facts({ totalHundredths: fraction(6_999, 1) })), 0n, 'below every grade')
})

t.test('the median is an amount that was named, and at least half do not exceed it, nor half fall short', async (t) => {
  t.equal(lowerMedian([]), null)
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 20n }), { minLength: 1, maxLength: 9 }), (amounts) => {
      const median = lowerMedian(amounts)
      if (median === null || !amounts.includes(median)) return false
      const atMost = amounts.filter((amount) => amount <= median).length
      const atLeast = amounts.filter((amount) => amount >= median).length
      return atMost * 2 >= amounts.length && atLeast * 2 > amounts.length
    }),
  )
})

t.test('no method gives more than was asked or than the cap, and a cut below the floor is too small', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom('requested', 'panel_median', 'graded', 'fixed'),
      fc.bigInt({ min: 1n, max: 20_000_000n }),
      fc.bigInt({ min: 0n, max: 20_000_000n }),
      (method, requestedFen, amountFen) => {
        const policy = terms({
          method,
          fixedFen: amountFen,
          grades: [{ minHundredths: 0, amountFen, shareBasisPoints: null }],
        })
        const found = amountOf(policy, facts({ requestedFen, recommendedFen: [amountFen] }))
        return found !== null && found <= requestedFen && found <= policy.capFen
      },
    ),
  )
  t.equal(isTooSmall(terms(), 1_999_999n, 8_000_000n), true)
  t.equal(isTooSmall(terms(), 2_000_000n, 8_000_000n), false)
  t.equal(isTooSmall(terms(), 1_000_000n, 1_000_000n), false, 'who asks for little gets it')
  t.equal(isTooSmall(terms({ floorFen: 0n }), 0n, 1n), true)
})
