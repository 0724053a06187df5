import type { LegalDate } from '../../kernel/days.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import {
  calendarFrom,
  type Period,
  type ResolvedDate,
  resolvePeriod,
  type WorkCalendar,
} from '../../kernel/workdays.ts'
import { brokenConstraint } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { BUILT_IN_YEARS } from './builtIn.ts'
import { KeepCalendar, ReadCalendar } from './policy.ts'
import { CalendarYearExists } from './problems.ts'
import {
  type CalendarYear,
  type CalendarYearContent,
  checkCalendarYear,
  checkReplacement,
  effectiveYears,
} from './rules.ts'
import {
  findCalendarYear,
  insertCalendarYear,
  listCalendarYears,
  lockCalendarYear,
  updateCalendarYear,
  yearsForHost,
} from './store.ts'

/**
 * Loads a year. Refused: faulty days, a year that is on record for the same host (or nationally), a national year that is
 * built in unless it `replacesBuiltIn`.
 */
export async function loadCalendarYear(
  work: Work,
  content: CalendarYearContent,
  { replacesBuiltIn = false } = {},
): Promise<CalendarYear> {
  authorize(work, KeepCalendar, content)
  orThrow(checkReplacement(content, BUILT_IN_YEARS, replacesBuiltIn))
  const checked = orThrow(checkCalendarYear(content))
  const at = await work.now(checked.hostId)
  const created = await insertCalendarYear(work.sql, newId('cal'), checked, at).catch((error: unknown) => {
    if (brokenConstraint(error) === 'calendar_year_once_per_host')
      throw problem(CalendarYearExists, { year: checked.year })
    throw error
  })
  await record(work, {
    type: 'calendar_year.loaded',
    subject: created.id,
    hostId: created.hostId,
    at,
    data: { year: created.year },
  })
  return created
}

/** Corrects a year. Dates that were resolved with it before stay as they are. */
export async function changeCalendarYear(
  work: Work,
  calendarYearId: string,
  patch: Partial<Pick<CalendarYearContent, 'holidays' | 'makeupWorkdays' | 'source'>>,
): Promise<CalendarYear> {
  const before = authorize(work, KeepCalendar, await lockCalendarYear(work.sql, calendarYearId))
  expectVersion(work, before)
  const { id, version: _version, createdAt: _createdAt, ...content } = before
  const after = await updateCalendarYear(work.sql, id, orThrow(checkCalendarYear({ ...content, ...patch })))
  await record(work, {
    type: 'calendar_year.changed',
    subject: after.id,
    hostId: after.hostId,
    at: await work.now(after.hostId),
    data: { fields: Object.keys(patch) },
  })
  return after
}

export async function readCalendarYear(work: Work, calendarYearId: string): Promise<CalendarYear> {
  return authorize(work, ReadCalendar, await findCalendarYear(work.sql, calendarYearId))
}

export async function readCalendarYears(
  work: Work,
  filter: { year?: number | undefined; hostId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<CalendarYear>> {
  authorize(work, ReadCalendar, {})
  return listCalendarYears(work.sql, filter, limit, after)
}

/** What a period comes to by the calendar that counts for the host. Refused: the calendar of a year is missing. */
export async function previewPeriod(
  work: Work,
  startOn: LegalDate,
  period: Period,
  hostId: string | null,
): Promise<ResolvedDate> {
  authorize(work, ReadCalendar, {})
  return orThrow(resolvePeriod(await calendarOf(work, hostId), startOn, period))
}

/**
 * For later modules: the calendar that counts for a host (null: the national one). The host's own year counts before
 * the national one, both before the built-in data; of any other year nothing is known. Asks no permission.
 */
export async function calendarOf(work: Work, hostId: string | null): Promise<WorkCalendar> {
  return calendarFrom(effectiveYears(BUILT_IN_YEARS, await yearsForHost(work.sql, hostId)))
}
