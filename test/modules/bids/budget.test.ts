import fc from 'fast-check'
import t from 'tap'
import { fenOf, money, parseYuan } from '../../../src/kernel/money.ts'
import {
  type Budget,
  type BudgetTerms,
  budgetFindings,
  contentFlaws,
  countedMatching,
} from '../../../src/modules/bids/rules/budget.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'

const CATEGORIES = DEFAULT_POLICY.budgetCategories
const yuan = (amount: number) => money(BigInt(amount) * 100n)

function budget(grant: number, matching: number, lines: readonly number[]): Budget {
  return {
    grant: yuan(grant),
    matchingCash: yuan(matching),
    matchingInKind: yuan(0),
    budgetLines: lines.map((amount, index) => ({ category: CATEGORIES[index] ?? 'more', amount: yuan(amount) })),
  }
}
const codes = (terms: BudgetTerms, asked: Budget) =>
  budgetFindings(terms, asked).map(({ code, detail }) => `${code}: ${detail}`)

t.test('the ten bids of the demonstration round pass or fail as its page says', async (t) => {
  const passing: Record<string, Budget> = {
    B01: budget(95_000, 25_000, [28_000, 42_000, 8_000, 7_500, 3_000, 4_500, 2_000]),
    'B02, exactly at both limits': budget(88_000, 22_000, [26_400, 37_000, 8_000, 7_000, 3_000, 5_000, 1_600]),
    'B03, exactly 20 % matching': budget(80_000, 20_000, [22_000, 36_000, 7_000, 8_000, 2_000, 4_000, 1_000]),
    B04: budget(78_000, 20_000, [20_000, 36_000, 6_000, 9_000, 2_500, 3_500, 1_000]),
    B05: budget(90_000, 28_000, [27_000, 40_000, 9_000, 5_000, 2_000, 5_000, 2_000]),
    B06: budget(70_000, 20_000, [19_000, 33_000, 6_000, 6_000, 1_500, 3_500, 1_000]),
    B07: budget(95_000, 25_000, [26_000, 44_000, 7_000, 8_000, 5_000, 4_000, 1_000]),
    B08: budget(80_000, 20_000, [22_000, 36_000, 6_000, 8_000, 3_000, 4_000, 1_000]),
    'B10, exactly at the cap': budget(100_000, 26_000, [30_000, 45_000, 6_000, 10_000, 2_000, 5_000, 2_000]),
    'B07 revised': budget(85_000, 25_000, [24_000, 40_000, 6_500, 7_500, 2_500, 3_500, 1_000]),
  }
  for (const [name, asked] of Object.entries(passing)) t.same(codes(DEFAULT_POLICY, asked), [], name)
  t.same(codes(DEFAULT_POLICY, budget(85_000, 15_000, [25_000, 38_000, 7_000, 8_000, 2_500, 3_500, 1_000])), [
    'matching_min: 15.00 % < 20.00 %',
  ])
  t.same(codes(DEFAULT_POLICY, budget(85_000, 25_000, [26_000, 38_000, 6_500, 7_500, 2_500, 3_500, 1_000])), [
    'staff_max: 30.59 % > 30.00 %',
  ])
})

t.test('cap, floor, sum and forbidden categories are told together with the broken ratios', async (t) => {
  t.same(codes(DEFAULT_POLICY, budget(100_001, 26_000, [0, 100_001])), ['grant_above_cap: 100001.00 > 100000.00'])
  const small: Budget = {
    ...budget(10_000, 0, [4_000]),
    budgetLines: [
      { category: 'staff_cost', amount: yuan(4_000) },
      { category: 'vehicle', amount: yuan(5_000) },
    ],
  }
  t.same(codes(DEFAULT_POLICY, small), [
    'grant_below_floor: 10000.00 < 20000.00',
    'budget_sum_differs: 9000.00 ≠ 10000.00',
    'category_forbidden: vehicle',
    'matching_min: 0.00 % < 20.00 %',
    'staff_max: 40.00 % > 30.00 %',
  ])
})

t.test('a share that misses its limit by a fen is refused, and shown with the decimals that tell', async (t) => {
  const asked = { ...budget(80_000, 0, [0, 80_000]), matchingCash: money(parseYuan('19999.99')) }
  t.same(codes(DEFAULT_POLICY, asked), ['matching_min: 19.999992 % < 20.000000 %'])
})
t.test('in-kind matching counts up to its share of what is counted', async (t) => {
  const half = { inKindMatchingMaxBasisPoints: 5000 }
  const matching = (cash: number, inKind: number) => ({ matchingCash: yuan(cash), matchingInKind: yuan(inKind) })
  t.equal(countedMatching(half, matching(8_000, 12_000)), fenOf(yuan(16_000)))
  t.equal(countedMatching(half, matching(8_000, 8_000)), fenOf(yuan(16_000)))
  t.equal(countedMatching(half, matching(0, 20_000)), 0n, 'in-kind alone counts nothing')
  t.equal(countedMatching({ inKindMatchingMaxBasisPoints: 10_000 }, matching(0, 20_000)), fenOf(yuan(20_000)))
  t.equal(countedMatching({ inKindMatchingMaxBasisPoints: 0 }, matching(5_000, 20_000)), fenOf(yuan(5_000)))
})

t.test('ratio rules may set floors for categories and take matching as their base', async (t) => {
  const terms: BudgetTerms = {
    ...DEFAULT_POLICY,
    inKindMatchingMaxBasisPoints: 10_000,
    ratioRules: [
      { code: 'salaries_min', numerator: 'staff_cost', base: 'total', operator: 'gte', basisPoints: 5000 },
      { code: 'cash_min', numerator: 'matching_cash', base: 'matching', operator: 'gte', basisPoints: 6000 },
      { code: 'in_kind_max', numerator: 'matching_in_kind', base: 'matching', operator: 'lte', basisPoints: 4000 },
    ],
  }
  const asked = { ...budget(80_000, 10_000, [50_000, 30_000]), matchingInKind: yuan(10_000) }
  t.same(codes(terms, asked), ['cash_min: 50.00 % < 60.00 %', 'in_kind_max: 50.00 % > 40.00 %'])
  t.same(codes(terms, budget(80_000, 20_000, [49_999, 30_001])), ['salaries_min: 49.9990 % < 50.0000 %'])
})
t.test('a rule whose base is nothing holds only for nothing', async (t) => {
  const terms: BudgetTerms = {
    ...DEFAULT_POLICY,
    ratioRules: [
      { code: 'in_kind_max', numerator: 'matching_in_kind', base: 'matching', operator: 'lte', basisPoints: 5000 },
    ],
  }
  t.same(codes(terms, budget(20_000, 0, [20_000])), [])
  const asked = { ...budget(20_000, 0, [20_000]), matchingInKind: yuan(1) }
  t.same(codes(terms, asked), ['in_kind_max: n/a > 50.00 %'])
})

t.test('lines that do not sum to the grant and unknown categories are told at their places', async (t) => {
  const asked = {
    ...budget(20_000, 5_000, []),
    budgetLines: [
      { category: 'staff_cost', amount: yuan(5_000) },
      { category: 'parties', amount: yuan(5_000) },
    ],
  }
  t.same(
    contentFlaws(DEFAULT_POLICY, asked).map(({ pointer, code }) => `${pointer} ${code}`),
    ['#/content/budgetLines budget_sum_differs', '#/content/budgetLines/1/category category_unknown'],
  )
  t.match(contentFlaws(DEFAULT_POLICY, budget(0, 5_000, [])), [{ pointer: '#/content/grant', code: 'grant_zero' }])
})

t.test('counted matching never exceeds what was offered, and its in-kind part never the policy share', async () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10_000_000n),
      fc.bigInt(0n, 10_000_000n),
      fc.integer({ min: 0, max: 10_000 }),
      (cash, inKind, inKindMatchingMaxBasisPoints) => {
        const counted = countedMatching(
          { inKindMatchingMaxBasisPoints },
          { matchingCash: money(cash), matchingInKind: money(inKind) },
        )
        const countedInKind = counted - cash
        return (
          countedInKind >= 0n &&
          countedInKind <= inKind &&
          countedInKind * 10_000n <= counted * BigInt(inKindMatchingMaxBasisPoints)
        )
      },
    ),
  )
})
