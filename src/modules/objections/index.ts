import type { Module } from '../../platform/module.ts'
import { OBJECTION_ACTIONS } from './policy.ts'
import { OBJECTION_PROBLEMS } from './problems.ts'
import { cancellingRoutes } from './routes/cancelling.ts'
import { decliningRoutes } from './routes/declining.ts'
import { handlingRoutes } from './routes/handling.ts'
import { objectionRoutes } from './routes/objections.ts'
import { OBJECTION_TRANSITIONS } from './rules/objection.ts'
import { takeEffectWhenDue } from './service/effects.ts'
import { markOverdue, noteRefusal } from './service/handling.ts'
import { endLongPause } from './service/pausing.ts'
import { ANSWER_DUE, COOPERATION_DUE, EFFECT_DUE, PAUSE_ENDS } from './service/shared.ts'

export type { Objection, ObjectionState, Outcome } from './rules/objection.ts'
export { cancelAndSettle } from './service/declining.ts'
export { type Remedies, remediesOf } from './service/standing.ts'

export const objections: Module = {
  name: 'objections',
  tag: {
    name: 'Objections',
    description: '异议、质疑、复核、投诉: what is filed against a notice, the answer to it, and its review.',
  },
  routes: (app) => {
    objectionRoutes(app)
    handlingRoutes(app)
    decliningRoutes(app)
    cancellingRoutes(app)
  },
  deadlines: {
    [ANSWER_DUE]: markOverdue,
    [COOPERATION_DUE]: noteRefusal,
    [EFFECT_DUE]: takeEffectWhenDue,
    [PAUSE_ENDS]: endLongPause,
  },
  problems: OBJECTION_PROBLEMS,
  actions: OBJECTION_ACTIONS,
  machines: [{ name: 'objection', initial: 'filed', table: OBJECTION_TRANSITIONS as never }],
}
