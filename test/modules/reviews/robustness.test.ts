import fc from 'fast-check'
import t from 'tap'
import { formatFraction } from '../../../src/kernel/ratio.ts'
import { changed, type ItemChange } from '../../../src/modules/reviews/rules/change.ts'
import type { Contest } from '../../../src/modules/reviews/rules/contest.ts'
import type { Contender, RankingEntry, RankingTerms } from '../../../src/modules/reviews/rules/ranking.ts'
import {
  type CutLine,
  crossings,
  ROBUSTNESS_UNLESS_SAID,
  rankStanding,
  robustnessOf,
  type Served,
} from '../../../src/modules/reviews/rules/robustness.ts'
import { CRITERIA, DEMO_TERMS, demoContenders, sheet } from './demoScores.ts'

const MAXIMA = [20, 25, 15, 20, 10, 10]
const DEMO_CRITERIA = CRITERIA.map((code, index) => ({ code, maxHundredths: (MAXIMA[index] ?? 0) * 100 }))
/** The best bids above the line, so many of them. */
const best =
  (count: number): Served =>
  (entries) =>
    new Set(
      entries
        .filter(({ isAboveLine }) => isAboveLine)
        .slice(0, count)
        .map(({ bidId }) => bidId),
    )
const demo = (terms: Partial<RankingTerms> = {}): Contest => ({
  contenders: demoContenders(),
  terms: { ...DEMO_TERMS, ...terms },
  lots: [],
  criteria: DEMO_CRITERIA,
})

t.test('the demo round: how much would have flipped its lines, and who decided what', async (t) => {
  const report = robustnessOf(demo(), best(3), ROBUSTNESS_UNLESS_SAID)
  t.match(report.passChange, { change: { bidId: 'B08', hundredths: 200 }, isComplete: true }, '208/3 lacks 2 of 210')
  t.match(report.awardChange.change, { bidId: 'B02', hundredths: -200 }, '250/3 as B03, and less need_fit')
  t.same(report.ties, [{ bidIds: ['B03', 'B04'], steps: ['feasibility_mean'], separatesAwards: false }])
  t.equal(report.isFragile, false)
  const cutInTie = robustnessOf(demo(), best(4), ROBUSTNESS_UNLESS_SAID)
  t.equal(cutInTie.ties[0]?.separatesAwards, true, 'the fourth award hangs on the tie-break')
  t.match(cutInTie.awardChange.change, { hundredths: -1 })
  t.same([cutInTie.isFragile, cutInTie.fragilities], [true, ['small_change']])
  t.match(report.otherExtremes, { dropped: true }, 'the policy keeps all sheets: the other way drops')
})

t.test('an expert who is harder than the others on the same bids is told by name and figure', async (t) => {
  const totals: Record<string, readonly number[]> = {
    a: [80, 82, 81, 61],
    b: [78, 79, 80, 75],
    c: [74, 76, 75, 72],
    d: [90, 88, 89, 69],
  }
  const contenders = Object.entries(totals).map(
    ([bidId, of]): Contender => ({
      bidId,
      lot: 0,
      results: {},
      requestedFen: 100n,
      submittedAt: new Date('2026-04-01T00:00:00Z'),
      sheets: of.map((total, index) => sheet(`E${index + 1}`, [total], index)),
    }),
  )
  const contest: Contest = {
    contenders,
    terms: { ...DEMO_TERMS, tieBreak: ['lot'] },
    lots: [],
    criteria: [{ code: 'need_fit', maxHundredths: 10_000 }],
  }
  const report = robustnessOf(contest, best(2), { ...ROBUSTNESS_UNLESS_SAID, severityMaxHundredths: 1000 })
  const figure = (expertId: string) => report.reviewers.find((one) => one.expertId === expertId)
  const shown = (expertId: string) =>
    formatFraction(figure(expertId)?.severity ?? { numerator: 0n, denominator: 1n }, 0)
  t.same(['E1', 'E2', 'E3', 'E4'].map(shown), ['325', '425', '425', '-1175'], 'hundredths away from the others')
  t.match(figure('E4'), { sheets: 4, shared: 4, spread: { numerator: 68n * 100n, denominator: 16n } })
  t.same(
    figure('E4')?.without.crossings,
    [
      { bidId: 'b', line: 'award', direction: 'down' },
      { bidId: 'a', line: 'award', direction: 'up' },
    ],
    'without E4 the second award goes to a instead of b',
  )
  t.ok(report.fragilities.includes('severe_expert'))
  t.notOk(report.fragilities.includes('one_expert'), 'the policy does not look at it')
  const strict = { ...ROBUSTNESS_UNLESS_SAID, leaveOneOutCrossingsMax: 1 }
  t.ok(robustnessOf(contest, best(2), strict).fragilities.includes('one_expert'))
})

const smallCriteria = [
  { code: 'need_fit', maxHundredths: 12 },
  { code: 'feasibility', maxHundredths: 9 },
]
const smallContest = fc
  .record({
    sheets: fc.array(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 9 })), {
        minLength: 4,
        maxLength: 4,
      }),
      { minLength: 2, maxLength: 5 },
    ),
    line: fc.integer({ min: 0, max: 22 }),
    drops: fc.boolean(),
    weight: fc.constantFrom(10_000, 6_000),
    passLineOn: fc.constantFrom('total' as const, 'panel' as const),
    jury: fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: 5, maxLength: 5 }),
    awards: fc.integer({ min: 1, max: 3 }),
    tieBreak: fc.constantFrom(['feasibility_mean', 'lot'], ['need_fit_mean', 'lower_request', 'lot'], ['lot']),
  })
  .map(({ sheets, line, drops, weight, passLineOn, jury, awards, tieBreak }) => {
    const contenders = sheets.map(
      (of, bid): Contender => ({
        bidId: `b${bid}`,
        lot: 0,
        results: { jury: jury[bid] ?? 0n },
        requestedFen: BigInt(100 + (bid % 2)),
        submittedAt: new Date('2026-04-01T00:00:00Z'),
        sheets: of.map(([fit, feasibility], expert) => ({
          expertId: `E${expert}`,
          items: [
            { criterion: 'need_fit', hundredths: fit },
            { criterion: 'feasibility', hundredths: feasibility },
          ],
          totalHundredths: fit + feasibility,
          signedAt: new Date('2026-04-28T06:00:00Z'),
          signingNumber: expert,
        })),
      }),
    )
    const source = { code: 'jury', normalization: 'as_is' as const, maxHundredths: 9, weightBasisPoints: 4_000 }
    const terms: RankingTerms = {
      dropExtremesMinSheets: drops ? 4 : null,
      outlierGapHundredths: null,
      passLineHundredths: line,
      tieBreak,
      scoring: {
        scope: 'round',
        panelWeightBasisPoints: weight,
        sources: weight === 10_000 ? [] : [source],
        prices: [],
        passLineOn,
      },
    }
    return { contest: { contenders, terms, lots: [], criteria: smallCriteria } satisfies Contest, served: best(awards) }
  })

/** Tries every change of every item, the smallest first. */
function bruteForce({ contenders, terms, lots, criteria }: Contest, served: Served, line: CutLine): number | null {
  const base: readonly RankingEntry[] = rankStanding(contenders, terms, lots, [])
  for (let magnitude = 1; magnitude <= 12; magnitude++)
    for (const { bidId, sheets } of contenders)
      for (const { expertId, items } of sheets)
        for (const { code, maxHundredths } of criteria)
          for (const hundredths of [magnitude, -magnitude]) {
            const points = (items.find(({ criterion }) => criterion === code)?.hundredths ?? 0) + hundredths
            if (points < 0 || points > maxHundredths) continue
            if (flips({ bidId, expertId, criterion: code, hundredths })) return magnitude
          }
  return null

  function flips(change: ItemChange): boolean {
    const after = rankStanding(changed(contenders, change), terms, lots, base)
    return crossings(base, after, served).some((crossing) => crossing.line === line)
  }
}

t.test('the smallest change is the one that trying every change finds', async (t) => {
  fc.assert(
    fc.property(smallContest, ({ contest, served }) => {
      const report = robustnessOf(contest, served, ROBUSTNESS_UNLESS_SAID)
      for (const [line, { change, isComplete }] of [
        ['pass', report.passChange],
        ['award', report.awardChange],
      ] as const) {
        if (!isComplete) throw new Error('a small panel is searched to the end')
        const wanted = bruteForce(contest, served, line)
        const found = change === null ? null : Math.abs(change.hundredths)
        if (found !== wanted) throw new Error(`${line}: found ${found}, wanted ${wanted}`)
      }
    }),
    { numRuns: 200 },
  )
  t.pass('200 random panels')
})

t.test(
  '300 bids with five sheets each are reported on in seconds, the order of the sheets does not matter',
  async (t) => {
    let seed = 7
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    const contenders = Array.from({ length: 300 }, (_, bid): Contender => {
      const level = 60 + next(30)
      return {
        bidId: `b${String(bid).padStart(3, '0')}`,
        lot: 0,
        results: {},
        requestedFen: BigInt(5_000_000 + next(4_000_000)),
        submittedAt: new Date(1_775_000_000_000 + bid * 60_000),
        sheets: Array.from({ length: 5 }, (_, expert) =>
          sheet(
            `E${expert}`,
            MAXIMA.map((max) => Math.min(max, Math.round(((level + next(16) - 8) * max) / 100))),
            bid * 5 + expert,
          ),
        ),
      }
    })
    const contest: Contest = {
      contenders,
      terms: { ...DEMO_TERMS, dropExtremesMinSheets: 5 },
      lots: [],
      criteria: DEMO_CRITERIA,
    }
    const startedAt = performance.now()
    const report = robustnessOf(contest, best(80), ROBUSTNESS_UNLESS_SAID)
    t.comment(`300 bids, 1,500 sheets: ${Math.round(performance.now() - startedAt)} ms`, report.awardChange)
    const turned = {
      ...contest,
      contenders: contenders.toReversed().map((one) => ({ ...one, sheets: one.sheets.toReversed() })),
    }
    const again = robustnessOf(turned, best(80), ROBUSTNESS_UNLESS_SAID)
    t.equal(again.passChange.change?.hundredths, report.passChange.change?.hundredths)
    t.equal(again.awardChange.change?.hundredths, report.awardChange.change?.hundredths)
    t.same(again.reviewers, report.reviewers)
  },
)
