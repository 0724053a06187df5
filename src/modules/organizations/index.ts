import type { Module } from '../../platform/module.ts'
import { ORGANIZATION_ACTIONS } from './policy.ts'
import { ORGANIZATION_PROBLEMS } from './problems.ts'
import { organizationRoutes } from './routes/organizations.ts'

export { SHARED_CONTACT_KINDS, type SharedContactKind } from './rules/contacts.ts'
export {
  EVALUATION_GRADES,
  type EvaluationGrade,
  gradeOn,
  ORGANIZATION_TYPES,
  type Organization,
  type OrganizationType,
} from './rules/organization.ts'
export { CREDIT_LISTING_KINDS, type CreditListingKind, type Standing } from './rules/standing.ts'
export { banOrganization } from './service/bans.ts'
export { sharedContactsAmong } from './service/contacts.ts'
export { knownOrganizationIds, organizationOf } from './service/organizations.ts'
export { clearOverdueRefund, recordOverdueRefund, standingOf } from './service/standing.ts'

export const organizations: Module = {
  name: 'organizations',
  tag: { name: 'Organizations', description: 'Hosts, operators, agencies, providers, evaluators and filed groups.' },
  routes: organizationRoutes,
  problems: ORGANIZATION_PROBLEMS,
  actions: ORGANIZATION_ACTIONS,
}
