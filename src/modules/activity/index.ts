import type { Module } from '../../platform/module.ts'
import { ACTIVITY_ACTIONS } from './policy.ts'
import { ACTIVITY_PROBLEMS } from './problems.ts'
import { chainRoutes } from './routes/chain.ts'
import { checkpointRoutes } from './routes/checkpoints.ts'

export const activity: Module = {
  name: 'activity',
  tag: {
    name: 'Activity',
    description:
      'What happened, in order and complete: the change feed, the audit chain, its signed checkpoints and proofs.',
  },
  routes(app, deps) {
    chainRoutes(app, deps)
    checkpointRoutes(app)
  },
  problems: ACTIVITY_PROBLEMS,
  actions: ACTIVITY_ACTIONS,
}
