import type { Module } from '../../platform/module.ts'
import { CALENDAR_ACTIONS } from './policy.ts'
import { CALENDAR_PROBLEMS } from './problems.ts'
import { calendarRoutes } from './routes.ts'

export { calendarOf } from './service.ts'

export const calendar: Module = {
  name: 'calendar',
  tag: { name: 'Calendar', description: 'Working days: national calendars by year and local deviations.' },
  routes: calendarRoutes,
  problems: CALENDAR_PROBLEMS,
  actions: CALENDAR_ACTIONS,
}
