import t from 'tap'
import type { Summary } from '../../demo/summary.ts'
import { playScenario } from './playing.ts'

/**
 * The round of the demo county. Every figure is copied from the reference page of the demo round (5.6 to 5.11), which
 * was recomputed by script; nothing here is worked out by the service or by the player.
 */

const LOTTERY = 'welfare_lottery'

/** 5.6, in the order of the means. */
const RANKING = [
  { rank: 1, bid: 'B01', sum: 272, count: 3, mean: '90.67', decidedBy: null },
  { rank: 2, bid: 'B06', sum: 258, count: 3, mean: '86.00', decidedBy: null },
  { rank: 3, bid: 'B02', sum: 252, count: 3, mean: '84.00', decidedBy: null },
  { rank: 4, bid: 'B03', sum: 250, count: 3, mean: '83.33', decidedBy: 'feasibility_mean' },
  { rank: 5, bid: 'B04', sum: 250, count: 3, mean: '83.33', decidedBy: 'feasibility_mean' },
  { rank: 6, bid: 'B05', sum: 244, count: 3, mean: '81.33', decidedBy: null },
  { rank: 7, bid: 'B07', sum: 235, count: 3, mean: '78.33', decidedBy: null },
  { rank: 8, bid: 'B10', sum: 229, count: 3, mean: '76.33', decidedBy: null },
  { rank: 9, bid: 'B08', sum: 208, count: 3, mean: '69.33', decidedBy: null },
]

/** 5.7: bid, project, approved, by source. */
const AWARDS = [
  ['B01', 'P1', '95000.00', { [LOTTERY]: '95000.00' }],
  ['B06', 'P4', '70000.00', { [LOTTERY]: '70000.00' }],
  ['B03', 'P2', '80000.00', { [LOTTERY]: '80000.00' }],
  ['B05', 'P3', '90000.00', { [LOTTERY]: '90000.00' }],
  ['B07', 'P5', '85000.00', { fiscal: '85000.00' }],
  ['B10', 'P6', '100000.00', { [LOTTERY]: '85000.00', fiscal: '15000.00' }],
]

/** 5.8 and 5.11: project, number, due, scheduled, paid, paid on. */
const TRANCHES: readonly (readonly [string, number, string | null, string, string, string | null])[] = [
  ['P1', 1, '2026-06-17', '47500.00', '47500.00', '2026-06-10'],
  ['P1', 2, '2026-10-08', '28500.00', '28500.00', '2026-09-24'],
  ['P1', 3, '2026-12-25', '19000.00', '18310.50', '2026-12-18'],
  ['P2', 1, '2026-06-17', '40000.00', '40000.00', '2026-06-10'],
  ['P2', 2, '2026-10-08', '24000.00', '24000.00', '2026-09-24'],
  ['P2', 3, '2026-12-25', '16000.00', '16000.00', '2026-12-18'],
  ['P3', 1, '2026-06-17', '45000.00', '45000.00', '2026-06-10'],
  ['P3', 2, '2026-10-08', '27000.00', '27000.00', '2026-09-24'],
  ['P3', 3, '2026-12-25', '18000.00', '15420.00', '2026-12-18'],
  ['P4', 1, '2026-06-17', '35000.00', '35000.00', '2026-06-10'],
  ['P4', 2, '2026-10-08', '21000.00', '21000.00', '2026-09-24'],
  ['P4', 3, '2026-12-25', '14000.00', '14000.00', '2026-12-18'],
  ['P5', 1, '2026-06-17', '42500.00', '42500.00', '2026-06-10'],
  ['P5', 2, '2026-10-30', '25500.00', '25500.00', '2026-10-27'],
  ['P5', 3, '2026-12-25', '17000.00', '15000.00', '2026-12-18'],
  ['P6', 1, '2026-06-17', '50000.00', '50000.00', '2026-06-10'],
  ['P6', 2, '2026-10-08', '30000.00', '30000.00', '2026-09-24'],
  ['P6', 3, null, '20000.00', '0.00', null],
]

/** 5.10 and 5.11: project, kind, attempt, total, result, published. */
const EVALUATIONS = [
  ['P1', 'mid', 1, 91.5, 'pass', '2026-09-17'],
  ['P2', 'mid', 1, 82, 'pass', '2026-09-17'],
  ['P3', 'mid', 1, 76, 'pass', '2026-09-17'],
  ['P4', 'mid', 1, 88, 'pass', '2026-09-17'],
  ['P5', 'mid', 1, 54, 'fail', '2026-09-17'],
  ['P5', 'mid', 2, 71, 'pass', '2026-10-16'],
  ['P6', 'mid', 1, 79, 'pass', '2026-09-17'],
  ['P1', 'final', 1, 93.2, 'excellent', '2026-12-11'],
  ['P2', 'final', 1, 84.6, 'good', '2026-12-11'],
  ['P3', 'final', 1, 78, 'good', '2026-12-11'],
  ['P4', 'final', 1, 91, 'excellent', '2026-12-11'],
  ['P5', 'final', 1, 72.4, 'pass', '2026-12-11'],
  ['P6', 'final', 1, 58.5, 'fail', '2026-12-11'],
]

t.setTimeout(300_000)

t.test('the demo county plays its round, and every figure is that of the reference page', async (t) => {
  const summary = await playScenario(t, 'yunting.json')
  const { ranking, awards, tranches, evaluations } = summary

  t.same(ranking, RANKING, 'B03 before B04 by the feasibility mean; B05 and B10 scored by E4 in place of E2')
  t.same(
    summary.refusals.map(({ subject, code, rule, detail }) => [subject, rule ?? code, rule && detail]),
    [
      ['B09', 'matching_min', '15.00 % < 20.00 %'],
      ['B07', 'staff_max', '30.59 % > 30.00 %'],
      ['P6', 'calendar_year_missing', undefined],
    ],
  )
  t.same(
    awards.map(({ bid, project, approved, sources }) => [bid, project, approved, sources]),
    AWARDS,
    'restricted pool first',
  )
  t.ok(awards.every(({ state }) => state === 'confirmed'))
  t.equal(total(awards.map(({ approved }) => approved)), '520000.00')
  t.same(summary.unallocated, { [LOTTERY]: '0.00', fiscal: '80000.00' })
  t.same(
    tranches.map(({ project, no, due, scheduled, paid, paidOn }) => [project, no, due, scheduled, paid, paidOn]),
    TRANCHES,
  )
  t.same(tranchesOf(summary, 1), '260000.00')
  t.same(tranchesOf(summary, 2), '156000.00')
  t.same(tranchesOf(summary, 3), '78730.50')
  t.same(
    tranches.filter(({ project, no }) => project === 'P6' && no < 3).map(({ sources }) => sources),
    [
      { [LOTTERY]: '42500.00', fiscal: '7500.00' },
      { [LOTTERY]: '25500.00', fiscal: '4500.00' },
    ],
    'two sources, 85 : 15',
  )
  t.same(
    evaluations.map((one) => [one.project, one.kind, one.attempt, one.total, one.result, one.publishedOn]),
    EVALUATIONS,
  )
  t.same(summary.rectifications, [{ project: 'P5', due: '2026-10-15', state: 'accepted' }])
  t.same(summary.notices, [
    { kind: 'award', publishedOn: '2026-04-30', nominalOn: '2026-05-07', effectiveOn: '2026-05-11', state: 'closed' },
    {
      kind: 'evaluation_result',
      publishedOn: '2026-12-14',
      nominalOn: '2026-12-21',
      effectiveOn: '2026-12-21',
      state: 'closed',
    },
  ])
  t.same(summary.objections, [{ objection: 'O1', award: 'P1', state: 'dismissed', answerDue: '2026-05-15' }])
  t.same(
    summary.refunds,
    [
      {
        project: 'P6',
        amount: '18760.00',
        due: '2027-01-13',
        state: 'paid',
        sources: { [LOTTERY]: '15946.00', fiscal: '2814.00' },
      },
    ],
    'due in 2027, which an operator had to load first',
  )
  t.same(summary.net, { [LOTTERY]: '383784.50', fiscal: '92186.00', total: '475970.50' })
  t.same(dueDays(summary, 'mid_self_assessment'), ['2026-09-07'], 'five working days after 08-31')
  t.same(dueDays(summary, 'closing'), ['2026-12-07'], 'five working days after 11-30')
  t.same(
    summary.reports.find(({ kind, nominalOn }) => kind === 'monthly' && nominalOn === '2026-10-01')?.due,
    '2026-10-08',
    'the monthly report of 10-01 rolls over the National Day',
  )
  t.equal(summary.round.state, 'closed')
  t.ok(summary.chain.verified)
  t.ok(summary.chain.events > 400)
  t.notOk(
    Object.keys(summary.http.byStatus).some((status) => status.startsWith('5')),
    'the service never failed',
  )
})

function total(amounts: readonly string[]): string {
  const fen = amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`
}

function tranchesOf(summary: Summary, number: number): string {
  return total(summary.tranches.filter(({ no }) => no === number).map(({ paid }) => paid))
}

function dueDays(summary: Summary, kind: string): (string | null)[] {
  return [...new Set(summary.reports.filter((duty) => duty.kind === kind).map(({ due }) => due))]
}
