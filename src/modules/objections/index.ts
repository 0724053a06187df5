import type { Module } from '../../platform/module.ts'
import { OBJECTION_ACTIONS } from './policy.ts'
import { OBJECTION_PROBLEMS } from './problems.ts'
import { objectionRoutes } from './routes.ts'
import { OBJECTION_TRANSITIONS } from './rules.ts'
import { ANSWER_DUE, markOverdue } from './service.ts'

export type { Objection, ObjectionState, Outcome } from './rules.ts'
export { answerObjection, type ObjectionToFile, takeInObjection, takeUpObjection } from './service.ts'

export const objections: Module = {
  name: 'objections',
  tag: { name: 'Objections', description: '异议: what is filed against a notice, and the answer to it.' },
  routes: objectionRoutes,
  deadlines: { [ANSWER_DUE]: markOverdue },
  problems: OBJECTION_PROBLEMS,
  actions: OBJECTION_ACTIONS,
  machines: [{ name: 'objection', initial: 'filed', table: OBJECTION_TRANSITIONS as never }],
}
