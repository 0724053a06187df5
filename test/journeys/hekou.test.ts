import t from 'tap'
import { calendarDaysAfter, workdaysAfter } from './byHand.ts'
import { EXPECTED } from './hekou.expected.ts'
import { playScenario, refusalsLike } from './playing.ts'

t.setTimeout(300_000)

t.test('days counted by hand agree with the table of working days', async (t) => {
  t.equal(workdaysAfter('02-24', 4), '2026-02-28', 'the correction, on a worked Saturday')
  t.equal(workdaysAfter('04-07', 6), '2026-04-15')
  t.equal(workdaysAfter('04-20', 6), '2026-04-28')
  t.equal(workdaysAfter('04-21', 10), '2026-05-08')
  t.equal(workdaysAfter('04-29', 10), '2026-05-15')
  t.equal(workdaysAfter('09-14', 7), '2026-09-22')
  t.equal(calendarDaysAfter('03-25', 10), '2026-04-07')
  t.equal(calendarDaysAfter('04-15', 10), '2026-04-27')
  t.equal(calendarDaysAfter('09-17', 10), '2026-09-28')
  t.equal(calendarDaysAfter('04-21', 60), '2026-06-22')
  t.equal(calendarDaysAfter('04-29', 60), '2026-06-29')
  t.equal(calendarDaysAfter('07-10', 15), '2026-07-27')
  t.equal(calendarDaysAfter('08-03', 15), '2026-08-18')
  t.equal(calendarDaysAfter('07-13', 20), '2026-08-03')
  t.equal(calendarDaysAfter('08-21', 30), '2026-09-20', 'a worked Sunday is not moved')
  t.equal(calendarDaysAfter('09-18', 30), '2026-10-19')
})

t.test('another county plays its round, and every figure is the one worked out beforehand', async (t) => {
  const summary = await playScenario(t, 'hekou.json')
  t.same(refusalsLike(summary, EXPECTED.refusals), EXPECTED.refusals, 'what was refused, in order')
  t.same(summary.ranking, EXPECTED.ranking, 'ranking with extremes dropped, ties and a lot')
  t.same(summary.notices, EXPECTED.notices, 'notices with nominal and effective days')
  t.same(summary.objections, EXPECTED.objections, 'objections')
  t.same(summary.awards, EXPECTED.awards, 'awards by source')
  t.same(summary.unallocated, EXPECTED.unallocated, 'what is left in the pools')
  t.same(
    // A tranche that is never paid has no day that matters.
    summary.tranches.map((tranche) => (tranche.state === 'cancelled' ? { ...tranche, due: null } : tranche)),
    EXPECTED.tranches,
    'tranches with their due days',
  )
  t.same(summary.reports, EXPECTED.reports, 'reports and their days')
  t.same(summary.evaluations, EXPECTED.evaluations, 'evaluations')
  t.same(byProject(summary.rectifications), EXPECTED.rectifications, 'rectifications')
  t.same(byProject(summary.refunds), EXPECTED.refunds, 'refunds by source')
  t.same(summary.net, EXPECTED.net, 'what the round cost each source')
  t.equal(summary.round.state, 'closed')
  t.ok(summary.chain.verified, 'the chain of events is whole')
  t.ok(summary.chain.events > 400)
})

function byProject<Row extends { readonly project: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((left, right) => left.project.localeCompare(right.project))
}
