import type { Module } from '../../platform/module.ts'
import { EVALUATION_ACTIONS } from './policy.ts'
import { EVALUATION_PROBLEMS } from './problems.ts'
import { evaluationRoutes } from './routes/evaluations.ts'
import { postponementRoutes } from './routes/postponements.ts'
import { rectificationRoutes } from './routes/rectifications.ts'
import { EVALUATION_TRANSITIONS } from './rules/evaluations.ts'
import { RECTIFICATION_TRANSITIONS } from './rules/rectifications.ts'
import { failDueRectification, RECTIFICATION_DUE } from './service/rectifying.ts'

export type { Evaluation } from './rules/evaluations.ts'
export type { Rectification } from './rules/rectifications.ts'
export { finalEvaluationOf } from './service/publishing.ts'

export const evaluations: Module = {
  name: 'evaluations',
  tag: { name: 'Evaluations', description: 'Mid-term and final evaluations, and rectification after a failed one.' },
  routes: (app) => {
    evaluationRoutes(app)
    rectificationRoutes(app)
    postponementRoutes(app)
  },
  deadlines: { [RECTIFICATION_DUE]: failDueRectification },
  problems: EVALUATION_PROBLEMS,
  actions: EVALUATION_ACTIONS,
  machines: [
    { name: 'evaluation', initial: 'scheduled', table: EVALUATION_TRANSITIONS as never },
    { name: 'rectification', initial: 'issued', table: RECTIFICATION_TRANSITIONS as never },
  ],
}
