import type { Module } from '../../platform/module.ts'
import { ORGANIZATION_ACTIONS } from './policy.ts'
import { ORGANIZATION_PROBLEMS } from './problems.ts'
import { organizationRoutes } from './routes.ts'

export {
  EVALUATION_GRADES,
  type EvaluationGrade,
  gradeOn,
  ORGANIZATION_TYPES,
  type Organization,
  registeredMonths,
} from './rules.ts'
export { knownOrganizationIds, organizationOf } from './service.ts'

export const organizations: Module = {
  name: 'organizations',
  tag: { name: 'Organizations', description: 'Hosts, operators, agencies, providers, evaluators and filed groups.' },
  routes: organizationRoutes,
  problems: ORGANIZATION_PROBLEMS,
  actions: ORGANIZATION_ACTIONS,
}
