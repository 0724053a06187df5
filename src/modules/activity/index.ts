import type { Module } from '../../platform/module.ts'
import { ACTIVITY_ACTIONS } from './policy.ts'
import { ACTIVITY_PROBLEMS } from './problems.ts'
import { activityRoutes } from './routes.ts'

export const activity: Module = {
  name: 'activity',
  tag: { name: 'Activity', description: 'What happened, in order and complete: the change feed and the audit chain.' },
  routes: activityRoutes,
  problems: ACTIVITY_PROBLEMS,
  actions: ACTIVITY_ACTIONS,
}
