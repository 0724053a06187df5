import type { Module } from '../../platform/module.ts'
import { DEADLINE_ACTIONS } from './policy.ts'
import { DEADLINE_PROBLEMS } from './problems.ts'
import { deadlineRoutes } from './routes.ts'
import { DEADLINE_TRANSITIONS } from './rules.ts'

export { type DeadlineRunner, deadlineRunner } from './jobs.ts'
export type { Deadline, NewDeadline } from './rules.ts'
export { cancelDeadline, type DeadlineHandlers, deadlinesOf, setDeadline } from './service.ts'
export { countDueAnywhere } from './store.ts'

export const deadlines: Module = {
  name: 'deadlines',
  tag: { name: 'Deadlines', description: 'What happens by itself and when, and the test clocks of sandbox hosts.' },
  routes: deadlineRoutes,
  problems: DEADLINE_PROBLEMS,
  actions: DEADLINE_ACTIONS,
  machines: [{ name: 'deadline', initial: 'waiting', table: DEADLINE_TRANSITIONS as never }],
}
