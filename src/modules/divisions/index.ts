import type { Module } from '../../platform/module.ts'
import { DIVISION_ACTIONS } from './policy.ts'
import { DIVISION_PROBLEMS } from './problems.ts'
import { divisionRoutes } from './routes.ts'

export { type CommunityKind, type Division, type DivisionLevel, divisionAt } from './rules.ts'
export { divisionOf } from './service.ts'

export const divisions: Module = {
  name: 'divisions',
  tag: { name: 'Divisions', description: 'Administrative divisions, with the standards that communities must meet.' },
  routes: divisionRoutes,
  problems: DIVISION_PROBLEMS,
  actions: DIVISION_ACTIONS,
}
