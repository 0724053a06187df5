import { isLegalDate, type LegalDate, weekday } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { FieldError } from '../../kernel/problem.ts'
import type { WorkYear } from '../../kernel/workdays.ts'
import { CalendarDaysInvalid, CalendarYearExists } from './problems.ts'

export interface CalendarYearContent {
  readonly year: number
  /** Null: the national calendar. */
  readonly hostId: string | null
  /** Days of rest by notice, weekends within the holiday included or not: they rest anyway. */
  readonly holidays: readonly LegalDate[]
  /** Saturdays and Sundays that are worked (调休上班). */
  readonly makeupWorkdays: readonly LegalDate[]
  /** The notice it was taken from. */
  readonly source: string
}

export interface CalendarYear extends CalendarYearContent {
  readonly id: string
  readonly version: number
  readonly createdAt: Date
}

/** Days lie in the year, each in one list only, and only weekends are made up. Names all faults at once. */
export function checkCalendarYear(content: CalendarYearContent): Decision<CalendarYearContent> {
  const holidays = new Set(content.holidays)
  const faults = [
    ...faultsOf('holidays', content.holidays, (day) => (isIn(content.year, day) ? null : 'not_in_year')),
    ...faultsOf('makeupWorkdays', content.makeupWorkdays, (day) => {
      if (!isIn(content.year, day)) return 'not_in_year'
      if (holidays.has(day)) return 'also_holiday'
      return weekday(day) === 0 || weekday(day) === 6 ? null : 'not_a_weekend'
    }),
  ]
  if (faults.length > 0) return refuse(CalendarDaysInvalid, { year: content.year, count: faults.length }, faults)
  return accept({
    ...content,
    holidays: content.holidays.toSorted(),
    makeupWorkdays: content.makeupWorkdays.toSorted(),
  })
}

/**
 * A national year counts whole and for every host, so one that is built in is replaced only by whoever says so. A host's
 * own year binds that host alone and needs no such word.
 */
export function checkReplacement(
  content: Pick<CalendarYearContent, 'year' | 'hostId'>,
  builtIn: ReadonlyMap<number, WorkYear>,
  replacesBuiltIn: boolean,
): Decision<true> {
  if (content.hostId !== null || replacesBuiltIn || !builtIn.has(content.year)) return accept(true)
  return refuse(CalendarYearExists, { year: content.year }, [
    { pointer: '#/replacesBuiltIn', code: 'built_in', detail: `${content.year} is built in.` },
  ])
}

export function workYearOf(content: Pick<CalendarYearContent, 'holidays' | 'makeupWorkdays'>): WorkYear {
  return { holidays: new Set(content.holidays), makeupWorkdays: new Set(content.makeupWorkdays) }
}

/**
 * Which record of each year counts for a host: its own before the national one, and both before the built-in data.
 * `recorded` holds national years and those of this host only.
 */
export function effectiveYears(
  builtIn: ReadonlyMap<number, WorkYear>,
  recorded: readonly CalendarYearContent[],
): ReadonlyMap<number, WorkYear> {
  const national = recorded.filter(({ hostId }) => hostId === null)
  const own = recorded.filter(({ hostId }) => hostId !== null)
  return new Map([...builtIn, ...[...national, ...own].map((content) => [content.year, workYearOf(content)] as const)])
}

function faultsOf(field: string, days: readonly LegalDate[], fault: (day: LegalDate) => string | null): FieldError[] {
  return days.flatMap((day, index) => {
    const code = fault(day)
    return code === null ? [] : [{ pointer: `#/${field}/${index}`, code, detail: day }]
  })
}

function isIn(year: number, day: LegalDate): boolean {
  return isLegalDate(day) && Number(day.slice(0, 4)) === year
}
