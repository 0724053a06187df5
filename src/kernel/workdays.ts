import { addDays, compareDates, type LegalDate, weekday } from './days.ts'
import { accept, type Decision, refuse } from './decision.ts'
import { defineProblem } from './problem.ts'

/** Which days are working days (工作日): the State Council's yearly notice with its make-up weekends, and local changes. */
export interface WorkCalendar {
  /** `undefined` means that the year of that date is not loaded; nothing may be guessed then. */
  isWorkday(date: LegalDate): boolean | undefined
}

export const CalendarYearMissing = defineProblem({
  code: 'calendar_year_missing',
  status: 422,
  title: { 'zh-CN': '缺少该年度的工作日历', en: 'The working-day calendar of that year is missing' },
  detail: {
    'zh-CN':
      '{year} 年的工作日历尚未载入,无法计算期限。请由平台管理员载入 {year} 年全国工作日历,或由主办单位或其承办单位载入本单位的该年度工作日历后重试。',
    en: 'The working-day calendar of {year} is not loaded, so the date cannot be computed. The platform’s administrator loads the national year {year}, or a host or its operator one of its own; then try again.',
  },
})

export type DayBasis = 'working' | 'calendar'

/** A length of time in working days or calendar days. */
export interface Period {
  amount: number
  basis: DayBasis
}

/** Why an effective date differs from the nominal one. */
export const ROLL_REASONS = ['holiday', 'weekend', 'makeup_workday'] as const
export type RollReason = (typeof ROLL_REASONS)[number]

/** A period with the dates it came to. Stored with what it governs: a calendar published later never moves it. */
export interface ResolvedDate {
  /** The day of the event that starts the period; it is not counted (民法典 201). */
  startOn: LegalDate
  period: Period
  /** What plain arithmetic says: Monday to Friday for working days, every day for calendar days. */
  nominalOn: LegalDate
  /** The last day on which the thing may lawfully be done. */
  effectiveOn: LegalDate
  /** One of {@link ROLL_REASONS} if the two dates differ, else null. */
  rolledBecause: string | null
}

/** The days of one year that the weekday alone does not tell. Keyed by the year of the day, not of the notice. */
export interface WorkYear {
  holidays: ReadonlySet<LegalDate>
  /** Saturdays and Sundays that are worked (调休上班). */
  makeupWorkdays: ReadonlySet<LegalDate>
}

/** A calendar of the given years. Weekends rest unless they are made up; holidays rest, even where both are listed. */
export function calendarFrom(years: ReadonlyMap<number, WorkYear>): WorkCalendar {
  return {
    isWorkday(date) {
      const year = years.get(yearOf(date))
      if (year === undefined) return undefined
      if (year.holidays.has(date)) return false
      return year.makeupWorkdays.has(date) || isMondayToFriday(date)
    },
  }
}

/**
 * The n-th working day after a day, which itself is not counted. Zero working days after a day is the day itself or, if
 * it is a rest day, the next working day. Throws a RangeError unless n is a whole number from 0.
 */
export function addWorkdays(calendar: WorkCalendar, startOn: LegalDate, workdays: number): Decision<LegalDate> {
  assertAmount(workdays)
  if (workdays === 0) return rollForward(calendar, startOn)
  let date = startOn
  for (let counted = 0; counted < workdays; counted += 1) {
    const next = rollForward(calendar, addDays(date, 1))
    if (!next.accepted) return next
    date = next.value
  }
  return accept(date)
}

/** The date itself if it is a working day, else the next one (民法典 203). */
export function rollForward(calendar: WorkCalendar, date: LegalDate): Decision<LegalDate> {
  for (let candidate = date; ; candidate = addDays(candidate, 1)) {
    const isWorkday = calendar.isWorkday(candidate)
    if (isWorkday === undefined) return refuse(CalendarYearMissing, { year: yearOf(candidate) })
    if (isWorkday) return accept(candidate)
  }
}

/** The last day of a period that starts with an event on `startOn`. That day is not counted (民法典 201, 203). */
export function resolvePeriod(calendar: WorkCalendar, startOn: LegalDate, period: Period): Decision<ResolvedDate> {
  assertAmount(period.amount)
  const working = period.basis === 'working'
  const nominalOn = working ? addMondayToFriday(startOn, period.amount) : addDays(startOn, period.amount)
  const effective = working ? addWorkdays(calendar, startOn, period.amount) : rollForward(calendar, nominalOn)
  if (!effective.accepted) return effective
  const rolledBecause = rollReason(nominalOn, effective.value)
  return accept({ startOn, period: { ...period }, nominalOn, effectiveOn: effective.value, rolledBecause })
}

/** A date that is fixed beforehand, such as a report due on 1 October, moved to the next working day if it is a rest day. */
export function resolveFixedDate(calendar: WorkCalendar, date: LegalDate): Decision<ResolvedDate> {
  return resolvePeriod(calendar, date, { amount: 0, basis: 'calendar' })
}

/**
 * Measured against a calendar that knows only weekends: earlier than it would say means that a make-up weekend was
 * worked, later means a holiday. A holiday on a Saturday that moves nothing beyond Monday counts as the weekend it is.
 */
function rollReason(nominalOn: LegalDate, effectiveOn: LegalDate): RollReason | null {
  if (nominalOn === effectiveOn) return null
  const afterWeekend = addMondayToFriday(nominalOn, 0)
  const order = compareDates(effectiveOn, afterWeekend)
  return order < 0 ? 'makeup_workday' : order > 0 ? 'holiday' : 'weekend'
}

/** Working days as if there were no holidays; zero leads from a weekend to its Monday. */
function addMondayToFriday(startOn: LegalDate, workdays: number): LegalDate {
  let date = startOn
  for (let counted = 0; counted < workdays; counted += 1) date = skipWeekend(addDays(date, 1))
  return skipWeekend(date)
}

function skipWeekend(date: LegalDate): LegalDate {
  return isMondayToFriday(date) ? date : addDays(date, weekday(date) === 6 ? 2 : 1)
}

function isMondayToFriday(date: LegalDate): boolean {
  const day = weekday(date)
  return day !== 0 && day !== 6
}

function yearOf(date: LegalDate): number {
  return Number(date.slice(0, 4))
}

function assertAmount(days: number): void {
  if (!Number.isSafeInteger(days) || days < 0) throw new RangeError(`not a number of days from 0: ${days}`)
}
