import type { FastifyInstance } from 'fastify'
import { CreditCodeInvalid } from '../../../kernel/creditCode.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import { ChangeOrganization, CreateOrganization, ReadOrganization } from '../policy.ts'
import {
  AnnualCheckRepeated,
  CreditCodeMissing,
  CreditCodeTaken,
  CreditCodeUnexpected,
  GradePeriodInvalid,
  SponsorMissing,
  SponsorUnknown,
} from '../problems.ts'
import { type Organization, type OrganizationContent, registrationWarnings } from '../rules/organization.ts'
import {
  NewOrganization,
  OrganizationBody,
  OrganizationFilter,
  OrganizationParams,
  OrganizationPatch,
} from '../schemas/organizations.ts'
import {
  changeOrganization,
  createOrganization,
  readOrganization,
  readOrganizations,
} from '../service/organizations.ts'
import { contactRoutes } from './contacts.ts'
import { standingRoutes } from './standing.ts'

const tag = 'Organizations'
const BLANK: Omit<OrganizationContent, 'name' | 'type'> = {
  creditCode: null,
  divisionCode: null,
  registeredOn: null,
  deregisteredOn: null,
  grade: null,
  annualChecks: [],
  staff: null,
  sponsorId: null,
}

export function organizationRoutes(app: FastifyInstance, { keys }: Pick<ModuleDeps, 'keys'>): void {
  standingRoutes(app)
  contactRoutes(app, keys)
  commandRoute(app, {
    method: 'POST',
    url: '/organizations',
    operationId: 'createOrganization',
    summary: 'Put an organization on record',
    tag,
    description:
      'Hosts, operators, agencies, providers and evaluators are organizations; a filed community group names its sponsor.',
    allow: CreateOrganization,
    body: NewOrganization,
    status: 201,
    answer: OrganizationBody,
    problems: [
      CreditCodeInvalid,
      CreditCodeMissing,
      CreditCodeUnexpected,
      CreditCodeTaken,
      SponsorMissing,
      SponsorUnknown,
      AnnualCheckRepeated,
      GradePeriodInvalid,
    ],
    location: (organization) => `/organizations/${organization.id}`,
    run: (work, { body }) => createOrganization(work, { ...BLANK, ...body }),
    present,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/organizations/:organizationId',
    operationId: 'changeOrganization',
    summary: 'Change an organization',
    tag,
    description: 'Merge patch: what is absent stays, null clears. Type, credit code and sponsor never change.',
    allow: ChangeOrganization,
    params: OrganizationParams,
    body: OrganizationPatch,
    ifMatch: true,
    status: 200,
    answer: OrganizationBody,
    problems: [AnnualCheckRepeated, GradePeriodInvalid],
    run: (work, { params, body }) => changeOrganization(work, params.organizationId, body),
    present,
  })
  readRoute(app, {
    url: '/organizations/:organizationId',
    operationId: 'readOrganization',
    summary: 'Read an organization',
    tag,
    allow: ReadOrganization,
    params: OrganizationParams,
    answer: OrganizationBody,
    run: (work, { params }) => readOrganization(work, params.organizationId),
    present,
  })
  listRoute(app, {
    url: '/organizations',
    operationId: 'listOrganizations',
    summary: 'List organizations, newest first',
    tag,
    allow: ReadOrganization,
    query: OrganizationFilter,
    item: OrganizationBody,
    pageTitle: 'OrganizationPage',
    run: (work, { query, limit, after }) => readOrganizations(work, query, limit, after),
    present,
  })
}

function present({ version: _version, ...organization }: Organization) {
  return {
    ...organization,
    annualChecks: [...organization.annualChecks],
    state: organization.deregisteredOn === null ? ('active' as const) : ('deregistered' as const),
    creditCodeWarnings: registrationWarnings(organization),
    createdAt: organization.createdAt.toISOString(),
  }
}
