import type { Module } from '../../platform/module.ts'
import { DEADLINE_PROBLEMS } from './problems.ts'
import { DEADLINE_TRANSITIONS } from './rules.ts'

export type { Deadline, NewDeadline } from './rules.ts'
export { cancelDeadline, deadlinesOf, setDeadline } from './service.ts'

export const deadlines: Module = {
  name: 'deadlines',
  tag: { name: 'Deadlines', description: 'What happens by itself and when, and the test clocks of sandbox hosts.' },
  problems: DEADLINE_PROBLEMS,
  actions: [],
  machines: [{ name: 'deadline', initial: 'waiting', table: DEADLINE_TRANSITIONS as never }],
}
