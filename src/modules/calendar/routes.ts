import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { ResolvedDate } from '../../platform/http/schemas.ts'
import { KeepCalendar, ReadCalendar } from './policy.ts'
import { CalendarDaysInvalid, CalendarYearExists } from './problems.ts'
import type { CalendarYear } from './rules.ts'
import {
  CalendarYearBody,
  CalendarYearFilter,
  CalendarYearParams,
  CalendarYearPatch,
  NewCalendarYear,
  WorkingDaysQuery,
} from './schemas.ts'
import { changeCalendarYear, loadCalendarYear, previewPeriod, readCalendarYear, readCalendarYears } from './service.ts'

const tag = 'Calendar'

export function calendarRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/calendar-years',
    operationId: 'loadCalendarYear',
    summary: 'Load the working-day calendar of a year',
    tag,
    description:
      'The platform loads the national calendar (2004–2026 are built in, and replaced only with `replacesBuiltIn`); a host or its operator may load a year of its own, which then counts whole for that host. A calendar loaded later never moves a date that was resolved before.',
    allow: KeepCalendar,
    body: NewCalendarYear,
    status: 201,
    answer: CalendarYearBody,
    problems: [CalendarDaysInvalid, CalendarYearExists],
    location: (calendarYear) => `/calendar-years/${calendarYear.id}`,
    run: (work, { body: { replacesBuiltIn = false, hostId = null, ...days } }) =>
      loadCalendarYear(work, { ...days, hostId }, { replacesBuiltIn }),
    present,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/calendar-years/:calendarYearId',
    operationId: 'changeCalendarYear',
    summary: 'Correct the calendar of a year',
    tag,
    description: 'Merge patch: what is absent stays. Dates that were resolved before the correction stay as they are.',
    allow: KeepCalendar,
    params: CalendarYearParams,
    body: CalendarYearPatch,
    ifMatch: true,
    status: 200,
    answer: CalendarYearBody,
    problems: [CalendarDaysInvalid],
    run: (work, { params, body }) => changeCalendarYear(work, params.calendarYearId, body),
    present,
  })
  readRoute(app, {
    url: '/calendar-years/:calendarYearId',
    operationId: 'readCalendarYear',
    summary: 'Read the calendar of a year',
    tag,
    allow: ReadCalendar,
    params: CalendarYearParams,
    answer: CalendarYearBody,
    run: (work, { params }) => readCalendarYear(work, params.calendarYearId),
    present,
  })
  listRoute(app, {
    url: '/calendar-years',
    operationId: 'listCalendarYears',
    summary: 'List loaded calendars, newest first',
    tag,
    description: 'Only what was loaded; the built-in years 2004–2026 are not listed.',
    allow: ReadCalendar,
    query: CalendarYearFilter,
    item: CalendarYearBody,
    pageTitle: 'CalendarYearPage',
    run: (work, { query, limit, after }) => readCalendarYears(work, query, limit, after),
    present,
  })
  readRoute(app, {
    url: '/working-days',
    operationId: 'previewWorkingDays',
    summary: 'Count working days from a day',
    tag,
    description:
      'The n-th working day after a day by the calendar that counts for the host, with the date that plain Monday–Friday arithmetic gives and why the two differ. Refuses rather than guesses when a year is not loaded (民法典 201, 203).',
    allow: ReadCalendar,
    query: WorkingDaysQuery,
    answer: ResolvedDate,
    problems: [CalendarYearMissing],
    run: (work, { query }) =>
      previewPeriod(work, query.startOn, { amount: query.workdays, basis: 'working' }, query.hostId ?? null),
    present: (resolved) => resolved,
  })
}

function present({ version: _version, ...calendarYear }: CalendarYear) {
  return {
    ...calendarYear,
    holidays: [...calendarYear.holidays],
    makeupWorkdays: [...calendarYear.makeupWorkdays],
    createdAt: calendarYear.createdAt.toISOString(),
  }
}
