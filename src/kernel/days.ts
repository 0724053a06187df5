/**
 * Civil dates and the instants at which they begin and end in Asia/Shanghai.
 * China has kept UTC+8 without summer time since September 1991; instants of earlier dates may be off by an hour.
 */

/** A civil date `YYYY-MM-DD` in Asia/Shanghai. Sorts as text. */
export type LegalDate = string

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const SHANGHAI_OFFSET_MS = 8 * 60 * MINUTE_MS
const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/
/** Of the months of a common year. */
const LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const HOUR_PATTERN = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** Is this the text of a day that exists? `2026-02-30` is not. */
export function isLegalDate(text: string): boolean {
  if (!DATE_PATTERN.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const lastDay = month === 2 && isLeapYear ? 29 : (LAST_DAYS[month - 1] ?? 0)
  return day >= 1 && day <= lastDay
}

/** The civil date in Shanghai at an instant: 2026-02-13T16:30Z is already 2026-02-14. */
export function legalDateOf(instant: Date): LegalDate {
  return dateOfEpochDay(Math.floor((instant.getTime() + SHANGHAI_OFFSET_MS) / DAY_MS))
}

/** 00:00 of the day in Shanghai. */
export function startOfDay(date: LegalDate): Date {
  return new Date(epochDayOf(date) * DAY_MS - SHANGHAI_OFFSET_MS)
}

/** 24:00 of the day in Shanghai, the start of the next one. What is due on the day is refused from this instant on. */
export function endOfDay(date: LegalDate): Date {
  return new Date(startOfDay(date).getTime() + DAY_MS)
}

/** An hour `HH:MM` of the day in Shanghai, `24:00` included. Throws a RangeError for anything else. */
export function atHour(date: LegalDate, hour: string): Date {
  if (!HOUR_PATTERN.test(hour)) throw new RangeError(`not an hour HH:MM: ${JSON.stringify(hour)}`)
  const minutes = Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3))
  return new Date(startOfDay(date).getTime() + minutes * MINUTE_MS)
}

export function addDays(date: LegalDate, days: number): LegalDate {
  return dateOfEpochDay(epochDayOf(date) + wholeNumber(days))
}

/** The same day so many months on; a month without that day ends the period on its last day (民法典 202). */
export function addMonths(date: LegalDate, months: number): LegalDate {
  assertLegalDate(date)
  const monthIndex = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + wholeNumber(months)
  const first = `${padded(Math.floor(monthIndex / 12), 4)}-${padded((monthIndex % 12) + 1, 2)}-01`
  const day = Math.min(Number(date.slice(8)), lastDayOfMonth(epochDayOf(first)))
  return `${first.slice(0, 8)}${padded(day, 2)}`
}

/** Days from `from` to `to`; negative if `to` is earlier. */
export function daysBetween(from: LegalDate, to: LegalDate): number {
  return epochDayOf(to) - epochDayOf(from)
}

/**
 * Whole months that have passed from `from` to `to`: the most that can be added to `from` without passing `to`.
 * Negative if `to` is earlier. 2025-02-28 to 2026-04-28 is 14, to 2026-04-27 it is 13.
 */
export function monthsBetween(from: LegalDate, to: LegalDate): number {
  if (compareDates(from, to) > 0) {
    const months = monthsBetween(to, from)
    return months === 0 ? 0 : -months
  }
  const months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))
  return compareDates(addMonths(from, months), to) > 0 ? months - 1 : months
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(date: LegalDate): number {
  return new Date(epochDayOf(date) * DAY_MS).getUTCDay()
}

export function compareDates(a: LegalDate, b: LegalDate): -1 | 0 | 1 {
  assertLegalDate(a)
  assertLegalDate(b)
  return a < b ? -1 : a > b ? 1 : 0
}

function assertLegalDate(date: LegalDate): void {
  if (!isLegalDate(date)) throw new RangeError(`not a date YYYY-MM-DD: ${JSON.stringify(date)}`)
}

function wholeNumber(count: number): number {
  if (!Number.isSafeInteger(count)) throw new RangeError(`not a whole number: ${count}`)
  return count
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}

/** Days since 1970-01-01. */
function epochDayOf(date: LegalDate): number {
  assertLegalDate(date)
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

/** Throws a RangeError outside the years 0000 to 9999, which four digits cannot write. */
function dateOfEpochDay(epochDay: number): LegalDate {
  const date = new Date(epochDay * DAY_MS).toISOString().slice(0, -14)
  assertLegalDate(date)
  return date
}

function lastDayOfMonth(epochDayOfFirst: number): number {
  const first = new Date(epochDayOfFirst * DAY_MS)
  first.setUTCMonth(first.getUTCMonth() + 1, 0)
  return first.getUTCDate()
}
