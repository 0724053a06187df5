import t from 'tap'
import { calendarFrom } from '../../../src/kernel/workdays.ts'
import { BUILT_IN_YEARS } from '../../../src/modules/calendar/builtIn.ts'
import { checkCalendarYear, checkReplacement, effectiveYears, workYearOf } from '../../../src/modules/calendar/rules.ts'

const YEAR = {
  year: 2027,
  hostId: null,
  holidays: ['2027-01-03', '2027-01-01', '2027-01-02'],
  makeupWorkdays: ['2027-01-09'],
  source: '演示假设',
}

t.test('the built-in data covers 2004 to 2026 and no year beyond', async (t) => {
  t.same(
    [...BUILT_IN_YEARS.keys()].toSorted((a, b) => a - b),
    Array.from({ length: 23 }, (_, index) => 2004 + index),
  )
  const calendar = calendarFrom(BUILT_IN_YEARS)
  t.equal(calendar.isWorkday('2026-05-09'), true, 'a Saturday that is worked')
  t.equal(calendar.isWorkday('2026-09-20'), true, 'a Sunday that is worked')
  t.equal(calendar.isWorkday('2026-05-05'), false, 'a Tuesday of rest')
  t.equal(calendar.isWorkday('2027-01-04'), undefined, 'nothing is guessed')
  t.equal(calendar.isWorkday('2003-12-31'), undefined)
})

t.test('a calendar names days of its year, each in one list, and makes up weekends only', async (t) => {
  t.match(checkCalendarYear(YEAR), {
    accepted: true,
    value: { holidays: ['2027-01-01', '2027-01-02', '2027-01-03'] },
  })
  const faults = (content: object) => {
    const decision = checkCalendarYear({ ...YEAR, ...content })
    return decision.accepted ? [] : decision.refusal.errors.map(({ pointer, code }) => `${pointer} ${code}`)
  }
  t.same(faults({ holidays: ['2027-01-01', '2026-12-31'] }), ['#/holidays/1 not_in_year'])
  t.same(faults({ holidays: ['2027-02-30'] }), ['#/holidays/0 not_in_year'])
  t.same(faults({ makeupWorkdays: ['2028-01-08', '2027-01-02', '2027-01-11'] }), [
    '#/makeupWorkdays/0 not_in_year',
    '#/makeupWorkdays/1 also_holiday',
    '#/makeupWorkdays/2 not_a_weekend',
  ])
})

t.test('only a national year that is built in has to be replaced with intent', async (t) => {
  const isTaken = (content: { year: number; hostId: string | null }, replaces = false) =>
    !checkReplacement(content, BUILT_IN_YEARS, replaces).accepted
  t.ok(isTaken({ year: 2026, hostId: null }))
  t.notOk(isTaken({ year: 2026, hostId: null }, true))
  t.notOk(isTaken({ year: 2027, hostId: null }))
  t.notOk(isTaken({ year: 2026, hostId: 'org_x' }))
})

t.test('a host’s own year counts before the national one, and both before the built-in data', async (t) => {
  const builtIn = new Map([2025, 2026].map((year) => [year, workYearOf({ holidays: [], makeupWorkdays: [] })]))
  const national = { ...YEAR, year: 2026, holidays: ['2026-06-01'], makeupWorkdays: [] }
  const own = { ...national, hostId: 'org_x', holidays: ['2026-06-02'] }
  for (const recorded of [
    [national, own],
    [own, national],
  ]) {
    const calendar = calendarFrom(effectiveYears(builtIn, recorded))
    t.equal(calendar.isWorkday('2026-06-01'), true, 'the own year counts whole')
    t.equal(calendar.isWorkday('2026-06-02'), false)
    t.equal(calendar.isWorkday('2025-06-02'), true)
  }
  t.equal(calendarFrom(effectiveYears(builtIn, [national])).isWorkday('2026-06-01'), false)
})
