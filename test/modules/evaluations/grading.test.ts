import fc from 'fast-check'
import t from 'tap'
import { parsePoints } from '../../../src/kernel/points.ts'
import {
  checkScores,
  finalVerdict,
  judgeSatisfaction,
  midVerdict,
  type Scores,
  type Sheet,
  totalOf,
} from '../../../src/modules/evaluations/rules/grading.ts'

const points = parsePoints
const sheet = (maxima: Record<string, string>, bonusMax = '0', vetoes: string[] = []): Sheet => ({
  dimensions: Object.entries(maxima).map(([code, max]) => ({ code, maxHundredths: points(max) })),
  bonusMaxHundredths: points(bonusMax),
  deductionMaxHundredths: points('100'),
  vetoes,
})
const MID = sheet({ implementation: '40', input: '15', finance: '25', effect: '20' }, '5')
const VETOES = ['false_record', 'misuse', 'safety_incident', 'ineligible_beneficiary']
const FINAL = sheet({ output: '30', outcome: '25', satisfaction: '15', finance: '20', archive: '10' }, '0', VETOES)
const BANDS = [
  { minHundredths: points('90'), grade: 'excellent' },
  { minHundredths: points('75'), grade: 'good' },
  { minHundredths: points('60'), grade: 'pass' },
  { minHundredths: 0, grade: 'fail' },
]
const given = (on: Sheet, values: readonly string[], extra: Partial<Scores> = {}): Scores => ({
  items: on.dimensions.map(({ code }, index) => ({ code, hundredths: points(values[index] ?? '0') })),
  bonusHundredths: 0,
  deductionHundredths: 0,
  vetoes: [],
  ...extra,
})
const mid = (
  totalHundredths: number,
  selfReport: 'on_time' | 'late' | 'missing' = 'on_time',
  missingIsFail = true,
  more: { lateIsFail?: boolean } = {},
) => midVerdict({ totalHundredths, passLineHundredths: points('60'), selfReport, material: { missingIsFail, ...more } })
const final = (
  totalHundredths: number,
  facts: { vetoes?: string[]; wasRectified?: boolean; gradeCap?: string | null } = {},
) => finalVerdict({ totalHundredths, bands: BANDS, vetoes: [], wasRectified: false, gradeCap: 'good', ...facts })

t.test('the mid-term totals and results of the demonstration round (5.10)', async (t) => {
  const rows: [string, string[], string, string][] = [
    ['P1', ['37', '14', '23', '17.5'], '91.5', 'pass'],
    ['P2', ['33', '12', '21', '16'], '82', 'pass'],
    ['P3', ['30', '12', '19', '15'], '76', 'pass'],
    ['P4', ['35', '13', '22', '18'], '88', 'pass'],
    ['P5', ['18', '9', '17', '10'], '54', 'fail'],
    ['P5 again', ['27', '11', '19', '14'], '71', 'pass'],
    ['P6', ['31', '12', '20', '16'], '79', 'pass'],
  ]
  for (const [project, values, total, result] of rows) {
    const scores = given(MID, values)
    t.ok(checkScores(MID, scores).accepted, project)
    t.equal(totalOf(scores), points(total), `${project} total`)
    t.equal(mid(totalOf(scores)).result, result, `${project} result`)
  }
})

t.test('the final totals and grades of the demonstration round (5.11)', async (t) => {
  const rows: [string, string[], string, string][] = [
    ['P1', ['28.5', '23', '14.2', '18.5', '9'], '93.2', 'excellent'],
    ['P2', ['25.5', '20.5', '13.1', '17', '8.5'], '84.6', 'good'],
    ['P3', ['23', '19', '12.5', '16', '7.5'], '78', 'good'],
    ['P4', ['27.5', '22.5', '14', '18', '9'], '91', 'excellent'],
    ['P5', ['22', '17.5', '12.4', '14', '6.5'], '72.4', 'pass'],
    ['P6', ['14', '13', '11.5', '12', '8'], '58.5', 'fail'],
  ]
  for (const [project, values, total, grade] of rows) {
    const scores = given(FINAL, values)
    t.ok(checkScores(FINAL, scores).accepted, project)
    t.equal(totalOf(scores), points(total), `${project} total`)
    t.same(
      final(totalOf(scores), { wasRectified: project === 'P5' }),
      { result: grade, isFail: grade === 'fail', decidedBy: 'score' },
      `${project} grade`,
    )
  }
})

t.test('the satisfaction of the demonstration round (5.9) is reported and changes no grade', async (t) => {
  const minimum = { basisPoints: 9000, sample: 30 }
  const judged = (validAnswers: number, satisfied: number) => judgeSatisfaction({ validAnswers, satisfied }, minimum)
  const rows: [number, number, string, boolean][] = [
    [56, 54, '96.43', false],
    [45, 42, '93.33', false],
    [30, 28, '93.33', false],
    [40, 39, '97.50', false],
    [60, 53, '88.33', true],
    [70, 61, '87.14', true],
  ]
  for (const [validAnswers, satisfied, percent, isBelowMinimum] of rows) {
    const expected = { validAnswers, satisfied, percent, isBelowMinimum, isSampleTooSmall: false }
    t.match(judged(validAnswers, satisfied), { accepted: true, value: expected })
  }
  t.match(judged(10, 9), { value: { percent: '90.00', isBelowMinimum: false, isSampleTooSmall: true } })
  t.match(judged(30_001, 27_000), { value: { percent: '90.00', isBelowMinimum: true } }, 'compared before rounding')
  t.match(judged(0, 0), { value: { percent: null, isBelowMinimum: false, isSampleTooSmall: true } })
  t.match(judged(5, 6), { accepted: false, refusal: { problem: { code: 'satisfaction_invalid' } } })
})

t.test('a bonus lifts a score above the sheet, a deduction takes it to zero at most', async (t) => {
  const full = given(MID, ['40', '15', '25', '20'], { bonusHundredths: points('5') })
  t.ok(checkScores(MID, full).accepted)
  t.equal(totalOf(full), points('105'))
  const punished = given(MID, ['10', '5', '5', '5'], { deductionHundredths: points('30') })
  t.ok(checkScores(MID, punished).accepted)
  t.equal(totalOf(punished), 0)
  const both = given(MID, ['30', '10', '15', '10'], {
    bonusHundredths: points('2.5'),
    deductionHundredths: points('8'),
  })
  t.equal(totalOf(both), points('59.5'))
  t.equal(mid(totalOf(both)).result, 'fail')
})

t.test('scores must be exactly those of the sheet, and all that is wrong comes at once', async (t) => {
  const wrong = checkScores(FINAL, {
    items: [
      { code: 'output', hundredths: 3001 },
      { code: 'output', hundredths: 100 },
      { code: 'charm', hundredths: 100 },
      { code: 'outcome', hundredths: 2500 },
    ],
    bonusHundredths: 1,
    deductionHundredths: 10_001,
    vetoes: ['misuse', 'ugliness'],
  })
  t.match(wrong, {
    accepted: false,
    refusal: {
      problem: { code: 'evaluation_scores_invalid' },
      errors: [
        { pointer: '#/items/0', code: 'item_above_maximum', detail: '30.01 > 30.00' },
        { pointer: '#/items/1', code: 'item_repeated', detail: 'output' },
        { pointer: '#/items/2', code: 'item_unknown', detail: 'charm' },
        { pointer: '#/items', code: 'item_missing', detail: 'satisfaction' },
        { pointer: '#/items', code: 'item_missing', detail: 'finance' },
        { pointer: '#/items', code: 'item_missing', detail: 'archive' },
        { pointer: '#/bonus', code: 'bonus_above_maximum', detail: '0.01 > 0.00' },
        { pointer: '#/deduction', code: 'deduction_above_maximum', detail: '100.01 > 100.00' },
        { pointer: '#/vetoes/1', code: 'veto_unknown', detail: 'ugliness' },
      ],
    },
  })
  const vetoAtMidTerm = checkScores(MID, given(MID, ['1', '1', '1', '1'], { vetoes: ['misuse'] }))
  t.notOk(vetoAtMidTerm.accepted, 'a mid-term sheet has no red lines')
})

t.test('grade bands include their lower bound and end with the failing grade', async (t) => {
  const grade = (total: string) => final(points(total)).result
  t.same(['100', '90', '89.99', '75', '74.99', '60', '59.99', '0'].map(grade), [
    'excellent',
    'excellent',
    'good',
    'good',
    'pass',
    'pass',
    'fail',
    'fail',
  ])
  t.same(mid(points('60')), { result: 'pass', isFail: false, decidedBy: 'score' })
  t.same(mid(points('59.99')), { result: 'fail', isFail: true, decidedBy: 'score' })
})

t.test('a crossed red line fails whatever the score', async (t) => {
  for (const veto of VETOES) {
    t.same(final(points('100'), { vetoes: [veto], wasRectified: true }), {
      result: 'fail',
      isFail: true,
      decidedBy: 'veto',
    })
  }
})

t.test('a rectified project gets at most the cap, and no better grade for being rectified', async (t) => {
  const rectified = (total: string) => final(points(total), { wasRectified: true })
  t.same(rectified('95'), { result: 'good', isFail: false, decidedBy: 'rectification_cap' })
  t.same(rectified('80'), { result: 'good', isFail: false, decidedBy: 'score' })
  t.same(rectified('72.4'), { result: 'pass', isFail: false, decidedBy: 'score' })
  t.same(rectified('10'), { result: 'fail', isFail: true, decidedBy: 'score' })
  t.equal(final(points('95'), { wasRectified: true, gradeCap: null }).result, 'excellent', 'a policy without a cap')
  t.equal(final(points('95')).result, 'excellent', 'a project without a rectification')
})

t.test('late or missing material fails where the policy says so, whatever the score', async (t) => {
  const failed = { result: 'fail', isFail: true, decidedBy: 'missing_report' }
  t.same(mid(points('100'), 'missing'), failed)
  t.same(mid(points('100'), 'late'), failed)
  t.equal(mid(points('100'), 'missing', false).result, 'pass')
  t.equal(mid(points('59'), 'late', false).decidedBy, 'score')
})

t.test('a higher total never means a worse grade, and the cap never lifts one', async (t) => {
  const total = fc.integer({ min: 0, max: 11_000 })
  const rank = (grade: string) => BANDS.findIndex((band) => band.grade === grade)
  fc.assert(
    fc.property(total, total, fc.boolean(), fc.constantFrom(null, 'excellent', 'good', 'pass'), (a, b, was, cap) => {
      const facts = { wasRectified: was, gradeCap: cap }
      const [low, high] = [final(Math.min(a, b), facts), final(Math.max(a, b), facts)]
      const uncapped = final(a)
      t.ok(rank(high.result) <= rank(low.result))
      t.ok(rank(final(a, facts).result) >= rank(uncapped.result))
      t.equal(final(a, facts).isFail, uncapped.isFail, 'the cap itself fails nobody')
    }),
    { numRuns: 200 },
  )
})

t.test('late material may be forgiven where missing material fails', async (t) => {
  const forgiving = { lateIsFail: false }
  t.equal(mid(6_000, 'late', true, forgiving).result, 'pass')
  t.equal(mid(6_000, 'missing', true, forgiving).decidedBy, 'missing_report')
  t.equal(mid(6_000, 'late', true).decidedBy, 'missing_report', 'without a word of its own late is as bad as missing')
  t.equal(mid(6_000, 'late', false).result, 'pass')
})
