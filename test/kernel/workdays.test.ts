import chineseDays from 'chinese-days'
import officialDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import fc from 'fast-check'
import t from 'tap'
import { addDays, compareDates, type LegalDate, weekday } from '../../src/kernel/days.ts'
import { type Decision, orThrow } from '../../src/kernel/decision.ts'
import { sentence } from '../../src/kernel/problem.ts'
import {
  addWorkdays,
  CalendarYearMissing,
  calendarFrom,
  type DayBasis,
  ROLL_REASONS,
  resolveFixedDate,
  resolvePeriod,
  rollForward,
  type WorkYear,
} from '../../src/kernel/workdays.ts'

const NO_DAYS: ReadonlySet<LegalDate> = new Set()
const FIRST_YEAR = 2004
const LAST_YEAR = 2026

function officialYear(year: number): WorkYear {
  const ofYear = (days: object) => new Set(Object.keys(days).filter((date) => date.startsWith(`${year}-`)))
  return { holidays: ofYear(officialDays.holidays), makeupWorkdays: ofYear(officialDays.workdays) }
}

const officialYears = new Map<number, WorkYear>()
for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) officialYears.set(year, officialYear(year))
const calendar = calendarFrom(officialYears)

/** The demo assumes the New Year holiday of 2027; no notice had been published. */
const newYear2027 = { holidays: new Set(['2027-01-01', '2027-01-02', '2027-01-03']), makeupWorkdays: NO_DAYS }
const calendarWith2027 = calendarFrom(new Map([...officialYears, [2027, newYear2027]]))

const working = (startOn: LegalDate, amount: number) =>
  orThrow(resolvePeriod(calendar, startOn, { amount, basis: 'working' }))

const anyDate = fc.integer({ min: 0, max: 22 * 365 }).map((days) => addDays('2004-01-01', days))
const someWorkdays = fc.integer({ min: 0, max: 60 })
const anyBasis = fc.constantFrom<DayBasis>('working', 'calendar')

t.test('working days after a day skip holidays and count make-up weekends', async (t) => {
  const golden: [startOn: LegalDate, workdays: number, effectiveOn: LegalDate, nominalOn: LegalDate][] = [
    ['2026-04-30', 5, '2026-05-11', '2026-05-07'],
    ['2026-09-18', 15, '2026-10-15', '2026-10-09'],
    ['2026-09-17', 10, '2026-10-08', '2026-10-01'],
  ]
  for (const [startOn, amount, effectiveOn, nominalOn] of golden) {
    t.same(working(startOn, amount), {
      startOn,
      period: { amount, basis: 'working' },
      nominalOn,
      effectiveOn,
      rolledBecause: 'holiday',
    })
  }
})

t.test('every deadline of the demonstration round falls on its day', async (t) => {
  const timeline: [event: string, startOn: LegalDate, workdays: number, effectiveOn: LegalDate][] = [
    ['formal check after the call closes', '2026-04-16', 5, '2026-04-23'],
    ['correction of B06', '2026-04-20', 3, '2026-04-23'],
    ['first day of the notice of proposed awards', '2026-04-30', 1, '2026-05-06'],
    ['make-up Saturday within the notice', '2026-04-30', 4, '2026-05-09'],
    ['last day of the notice of proposed awards', '2026-04-30', 5, '2026-05-11'],
    ['answer to objection O1', '2026-05-09', 5, '2026-05-15'],
    ['tranche 1', '2026-05-27', 15, '2026-06-17'],
    ['mid-term self-reports', '2026-08-31', 5, '2026-09-07'],
    ['tranche 2 of P1 to P4 and P6', '2026-09-17', 10, '2026-10-08'],
    ['rectification of P5', '2026-09-18', 15, '2026-10-15'],
    ['tranche 2 of P5', '2026-10-16', 10, '2026-10-30'],
    ['closing reports', '2026-11-30', 5, '2026-12-07'],
    ['result notice', '2026-12-14', 5, '2026-12-21'],
    ['final tranche', '2026-12-11', 10, '2026-12-25'],
  ]
  for (const [event, startOn, workdays, effectiveOn] of timeline) {
    t.equal(working(startOn, workdays).effectiveOn, effectiveOn, event)
  }
})

t.test('the ten working days before tranche 2 include the make-up Sunday', async (t) => {
  const days = ['09-18', '09-20', '09-21', '09-22', '09-23', '09-24', '09-28', '09-29', '09-30', '10-08']
  for (const [index, day] of days.entries()) {
    t.same(addWorkdays(calendar, '2026-09-17', index + 1), { accepted: true, value: `2026-${day}` })
  }
})

t.test('a fixed date on a rest day moves to the next working day and says why', async (t) => {
  const resolved = (date: LegalDate) => {
    const { effectiveOn, rolledBecause } = orThrow(resolveFixedDate(calendar, date))
    return [effectiveOn, rolledBecause]
  }
  t.same(resolved('2026-10-01'), ['2026-10-08', 'holiday'], 'the monthly report over National Day')
  t.same(resolved('2015-06-20'), ['2015-06-23', 'holiday'], 'the Dragon Boat Saturday with a Monday in lieu')
  t.same(resolved('2018-06-30'), ['2018-07-02', 'weekend'])
  t.same(resolved('2026-09-19'), ['2026-09-20', 'makeup_workday'], 'Saturday before a make-up Sunday')
  t.same(resolved('2026-06-20'), ['2026-06-22', 'weekend'], 'a Saturday holiday moves no further than a Saturday does')
  t.same(resolved('2026-05-09'), ['2026-05-09', null], 'a make-up Saturday stays')
  t.same(resolved('2026-09-01'), ['2026-09-01', null])
  t.same(orThrow(resolveFixedDate(calendar, '2026-10-01')), {
    startOn: '2026-10-01',
    period: { amount: 0, basis: 'calendar' },
    nominalOn: '2026-10-01',
    effectiveOn: '2026-10-08',
    rolledBecause: 'holiday',
  })
})

t.test('calendar days count every day and only the last one rolls', async (t) => {
  const resolved = orThrow(resolvePeriod(calendar, '2026-09-01', { amount: 30, basis: 'calendar' }))
  t.equal(resolved.nominalOn, '2026-10-01')
  t.equal(resolved.effectiveOn, '2026-10-08')
  t.equal(resolved.rolledBecause, 'holiday')
  const onTime = orThrow(resolvePeriod(calendar, '2026-03-26', { amount: 21, basis: 'calendar' }))
  t.same([onTime.nominalOn, onTime.effectiveOn, onTime.rolledBecause], ['2026-04-16', '2026-04-16', null])
})

t.test('a make-up Saturday can bring a deadline forward', async (t) => {
  const { nominalOn, effectiveOn, rolledBecause } = working('2026-05-08', 1)
  t.same([nominalOn, effectiveOn, rolledBecause], ['2026-05-11', '2026-05-09', 'makeup_workday'])
})

t.test('the refund claim of P6 is refused until the calendar of 2027 is loaded', async (t) => {
  const claim = { amount: 15, basis: 'working' } as const
  const refused = resolvePeriod(calendar, '2026-12-22', claim)
  t.match(refused, { accepted: false, refusal: { problem: CalendarYearMissing, parameters: { year: 2027 } } })
  t.equal(orThrow(resolvePeriod(calendarWith2027, '2026-12-22', claim)).effectiveOn, '2027-01-13')
})

t.test('a year without data is never taken for Monday to Friday', async (t) => {
  t.equal(calendar.isWorkday('2027-10-01'), undefined)
  const years: Decision<unknown>[] = [
    rollForward(calendar, '2027-10-01'),
    resolveFixedDate(calendar, '2027-10-08'),
    addWorkdays(calendar, '2026-12-31', 1),
    resolvePeriod(calendar, '2026-12-02', { amount: 30, basis: 'calendar' }),
  ]
  for (const decision of years) t.match(decision, { accepted: false, refusal: { parameters: { year: 2027 } } })
  t.match(addWorkdays(calendar, '2003-12-30', 1), { accepted: false, refusal: { parameters: { year: 2003 } } })
})

t.test('only the days that are counted need a calendar, not the day of the event', async (t) => {
  t.same(addWorkdays(calendar, '2003-12-31', 1), { accepted: true, value: '2004-01-02' })
})

t.test('the refusal says in both languages which year to load', async (t) => {
  for (const detail of Object.values(CalendarYearMissing.detail)) {
    t.match(sentence(detail, { year: 2027 }), /2027/)
    t.notMatch(sentence(detail, { year: 2027 }), /[{}]/)
  }
})

t.test('zero working days after a day is that day, or the next working day after a rest day', async (t) => {
  t.same(addWorkdays(calendar, '2026-09-18', 0), { accepted: true, value: '2026-09-18' })
  t.same(addWorkdays(calendar, '2026-10-01', 0), { accepted: true, value: '2026-10-08' })
})

t.test('a number of days is whole and not negative', async (t) => {
  for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => addWorkdays(calendar, '2026-09-18', amount), RangeError)
    t.throws(() => resolvePeriod(calendar, '2026-09-18', { amount, basis: 'calendar' }), RangeError)
  }
})

t.test('a day listed both as holiday and as made up rests', async (t) => {
  const both = { holidays: new Set(['2027-01-02']), makeupWorkdays: new Set(['2027-01-02']) }
  t.equal(calendarFrom(new Map([[2027, both]])).isWorkday('2027-01-02'), false)
})

t.test('the calendar agrees with chinese-days on every day of 2004 to 2026', async (t) => {
  const differing: LegalDate[] = []
  for (let date = `${FIRST_YEAR}-01-01`; date <= `${LAST_YEAR}-12-31`; date = addDays(date, 1)) {
    if (calendar.isWorkday(date) !== chineseDays.isWorkday(date)) differing.push(date)
  }
  t.same(differing, [])
})

t.test('working days add up: n and then m more is the same as n + m', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, someWorkdays, fc.integer({ min: 1, max: 30 }), (date, n, m) => {
        const inTwoSteps = orThrow(addWorkdays(calendar, orThrow(addWorkdays(calendar, date, n)), m))
        // From a rest day, zero working days already lead to the first one.
        const sum = n === 0 && calendar.isWorkday(date) === false ? m + 1 : n + m
        return inTwoSteps === orThrow(addWorkdays(calendar, date, sum))
      }),
    ),
  )
})

t.test('more working days never end earlier, nor does a later start', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, someWorkdays, someWorkdays, fc.nat(30), (date, n, more, later) => {
        const end = orThrow(addWorkdays(calendar, date, n))
        const withMore = orThrow(addWorkdays(calendar, date, n + more))
        const fromLater = orThrow(addWorkdays(calendar, addDays(date, later), n))
        return compareDates(end, withMore) <= 0 && compareDates(end, fromLater) <= 0
      }),
    ),
  )
})

t.test('between the start and the n-th working day lie exactly n working days', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 1, max: 60 }), (date, n) => {
        const end = orThrow(addWorkdays(calendar, date, n))
        let counted = 0
        for (let day = addDays(date, 1); day <= end; day = addDays(day, 1)) if (calendar.isWorkday(day)) counted += 1
        return counted === n
      }),
    ),
  )
})

t.test('a resolved date is a working day, and has a reason exactly when it differs from the nominal one', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, fc.nat(90), anyBasis, (startOn, amount, basis) => {
        const { nominalOn, effectiveOn, rolledBecause } = orThrow(resolvePeriod(calendar, startOn, { amount, basis }))
        const reasonFits = ROLL_REASONS.some((reason) => reason === rolledBecause) === (nominalOn !== effectiveOn)
        const neverEarlier = basis === 'working' || effectiveOn >= nominalOn
        return calendar.isWorkday(effectiveOn) === true && reasonFits && neverEarlier
      }),
    ),
  )
})

t.test('without holidays and make-up weekends only weekends rest, and nothing else rolls', async (t) => {
  const plainYears = new Map<number, WorkYear>()
  for (let year = 2004; year <= 2027; year += 1) plainYears.set(year, { holidays: NO_DAYS, makeupWorkdays: NO_DAYS })
  const plain = calendarFrom(plainYears)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, fc.nat(90), anyBasis, (startOn, amount, basis) => {
        const { effectiveOn, nominalOn, rolledBecause } = orThrow(resolvePeriod(plain, startOn, { amount, basis }))
        const weekendOnly = rolledBecause === (nominalOn === effectiveOn ? null : 'weekend')
        const workingIsNominal = basis === 'calendar' || nominalOn === effectiveOn
        return weekendOnly && workingIsNominal && [1, 2, 3, 4, 5].includes(weekday(effectiveOn))
      }),
    ),
  )
})
