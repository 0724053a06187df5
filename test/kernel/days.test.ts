import fc from 'fast-check'
import t from 'tap'
import {
  addDays,
  addMonths,
  atHour,
  compareDates,
  daysBetween,
  endOfDay,
  isLegalDate,
  legalDateOf,
  monthsBetween,
  startOfDay,
  weekday,
} from '../../src/kernel/days.ts'

const anyDate = fc.integer({ min: 0, max: 36_524 }).map((days) => addDays('2000-01-01', days))
const someDays = fc.integer({ min: -1000, max: 1000 })
const someMonths = fc.integer({ min: 0, max: 600 })

t.test('only days that exist are legal dates', async (t) => {
  for (const date of ['2026-02-28', '2024-02-29', '2000-02-29', '2026-12-31']) t.ok(isLegalDate(date), date)
  const impossible = ['2026-02-29', '1900-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00']
  const malformed = ['2026-1-1', '20260101', '2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01\n', '', '２026-01-01']
  for (const text of [...impossible, ...malformed]) t.notOk(isLegalDate(text), JSON.stringify(text))
})

t.test('the day changes at midnight in Shanghai, eight hours before UTC', async (t) => {
  t.equal(legalDateOf(new Date('2026-02-13T16:30:00Z')), '2026-02-14')
  t.equal(legalDateOf(new Date('2026-02-13T15:59:59.999Z')), '2026-02-13')
  t.equal(legalDateOf(new Date('2026-02-13T16:00:00Z')), '2026-02-14')
})

t.test('a day begins at 00:00 and ends at 24:00 in Shanghai', async (t) => {
  t.equal(startOfDay('2026-05-11').toISOString(), '2026-05-10T16:00:00.000Z')
  t.equal(endOfDay('2026-05-11').toISOString(), '2026-05-11T16:00:00.000Z')
  t.equal(atHour('2026-04-16', '17:00').toISOString(), '2026-04-16T09:00:00.000Z')
  t.same(atHour('2026-04-16', '24:00'), endOfDay('2026-04-16'))
  t.same(atHour('2026-04-16', '00:00'), startOfDay('2026-04-16'))
  for (const hour of ['24:01', '17', '7:00', '17:60', '17:00:00', '']) {
    t.throws(() => atHour('2026-04-16', hour), RangeError, JSON.stringify(hour))
  }
})

t.test('every instant lies in its own day, and each day ends where the next begins', async (t) => {
  const anyInstant = fc.date({ min: new Date('1992-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyInstant, (instant) => {
        const date = legalDateOf(instant)
        const meets = endOfDay(date).getTime() === startOfDay(addDays(date, 1)).getTime()
        return meets && startOfDay(date) <= instant && instant < endOfDay(date)
      }),
    ),
  )
})

t.test('days are added across months and leap days', async (t) => {
  t.equal(addDays('2026-02-28', 1), '2026-03-01')
  t.equal(addDays('2024-02-28', 1), '2024-02-29')
  t.equal(addDays('2026-01-01', -1), '2025-12-31')
  t.equal(daysBetween('2026-03-27', '2026-04-16'), 20, 'the call runs 21 days, both ends counted')
  t.throws(() => addDays('2026-02-30', 1), RangeError)
  t.throws(() => addDays('2026-01-01', 0.5), RangeError)
  t.throws(() => addDays('9999-12-31', 1), RangeError)
})

t.test('adding days and counting them are inverse', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, someDays, (date, days) => {
        const other = addDays(date, days)
        return (
          daysBetween(date, other) === days &&
          addDays(other, -days) === date &&
          compareDates(date, other) === -sign(days)
        )
      }),
    ),
  )
})

t.test('a month without the day ends the period on its last day', async (t) => {
  t.equal(addMonths('2026-01-31', 1), '2026-02-28')
  t.equal(addMonths('2024-01-31', 1), '2024-02-29')
  t.equal(addMonths('2026-01-31', 3), '2026-04-30')
  t.equal(addMonths('2026-01-31', -2), '2025-11-30')
  t.equal(addMonths('2026-12-15', 1), '2027-01-15')
  t.equal(addMonths('2026-05-31', 0), '2026-05-31')
  t.throws(() => addMonths('2026-01-31', 1.5), RangeError)
  t.throws(() => addMonths('2026-02-30', 1), RangeError)
  t.throws(() => addMonths('9999-12-31', 1), RangeError)
})

t.test('only whole months count for the look-back of a recusal', async (t) => {
  t.equal(monthsBetween('2025-02-28', '2026-04-28'), 14, 'E2 left A3 fourteen months before the panel')
  t.equal(monthsBetween('2025-02-28', '2026-04-27'), 13)
  t.equal(monthsBetween('2024-04-28', '2026-04-28'), 24)
  t.equal(monthsBetween('2026-01-31', '2026-02-28'), 1)
  t.equal(monthsBetween('2026-04-28', '2025-02-28'), -14)
  t.equal(monthsBetween('2026-04-28', '2026-04-27'), 0)
})

t.test('whole months are the most that can be added without passing the later date', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, someMonths, (date, months) => monthsBetween(date, addMonths(date, months)) === months),
    ),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyDate, anyDate, (a, b) => {
        const [from, to] = compareDates(a, b) <= 0 ? [a, b] : [b, a]
        const months = monthsBetween(from, to)
        return addMonths(from, months) <= to && addMonths(from, months + 1) > to
      }),
    ),
  )
})

t.test('the weekday is that of the civil date', async (t) => {
  t.equal(weekday('2026-05-09'), 6, 'a make-up Saturday')
  t.equal(weekday('2026-09-20'), 0, 'a make-up Sunday')
  t.equal(weekday('2026-10-01'), 4)
})

t.test('dates compare by their place in time', async (t) => {
  t.equal(compareDates('2026-01-31', '2026-02-01'), -1)
  t.equal(compareDates('2026-02-01', '2026-01-31'), 1)
  t.equal(compareDates('2026-02-01', '2026-02-01'), 0)
  t.throws(() => compareDates('2026-2-1', '2026-02-01'), RangeError)
})

function sign(number: number): number {
  return number < 0 ? -1 : number > 0 ? 1 : 0
}
