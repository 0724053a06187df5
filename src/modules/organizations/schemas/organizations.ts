import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text, Word } from '../../../platform/http/schemas.ts'
import { ANNUAL_CHECK_RESULTS, EVALUATION_GRADES, ORGANIZATION_TYPES } from '../rules/organization.ts'

const Grade = closed(
  {
    level: Word(EVALUATION_GRADES),
    validFrom: Type.Optional(Nullable(Type.String({ ...Day, description: 'Its first day, if it is known.' }))),
    validTo: Day,
  },
  { title: 'EvaluationGrade', description: '评估等级; counts from validFrom to validTo, both included.' },
)
const AnnualCheck = closed(
  { year: Count(2100, 2000), result: Word(ANNUAL_CHECK_RESULTS) },
  { title: 'AnnualCheck', description: '年检 of one year.' },
)
const Staff = closed(
  {
    fullTime: Count(100_000),
    assistantSocialWorkers: Count(100_000),
    socialWorkers: Count(100_000),
    seniorSocialWorkers: Count(100_000),
  },
  {
    title: 'Staff',
    description: 'Full-time staff and certificates by level (助理社会工作师, 社会工作师, 高级社会工作师).',
  },
)

const content = {
  name: Text(200),
  type: Word(ORGANIZATION_TYPES),
  creditCode: Nullable(
    Type.String({
      minLength: 18,
      maxLength: 24,
      description: 'Unified social credit code (GB 32100-2015); null for a filed group.',
    }),
  ),
  divisionCode: Nullable(Type.String({ pattern: '^[0-9]{12}$', maxLength: 12 })),
  registeredOn: Nullable(Day),
  grade: Nullable(Grade),
  annualChecks: ListOf(AnnualCheck, 30),
  staff: Nullable(Staff),
  sponsorId: Nullable(Id('org')),
}

export const NewOrganization = closed(
  {
    name: content.name,
    type: content.type,
    creditCode: Type.Optional(content.creditCode),
    divisionCode: Type.Optional(content.divisionCode),
    registeredOn: Type.Optional(content.registeredOn),
    grade: Type.Optional(content.grade),
    annualChecks: Type.Optional(content.annualChecks),
    staff: Type.Optional(content.staff),
    sponsorId: Type.Optional(content.sponsorId),
  },
  { title: 'NewOrganization' },
)
/** Merge patch: what is absent stays, null clears. The type never changes. */
export const OrganizationPatch = Type.Partial(
  closed({
    name: content.name,
    divisionCode: content.divisionCode,
    registeredOn: content.registeredOn,
    deregisteredOn: Type.Optional(
      Nullable(
        Type.String({
          ...Day,
          description: 'Day of deregistration (注销), recorded by the platform or a host; null: active.',
        }),
      ),
    ),
    grade: content.grade,
    annualChecks: content.annualChecks,
    staff: content.staff,
  }),
  { title: 'OrganizationPatch', additionalProperties: false, minProperties: 1 },
)
export const OrganizationBody = closed(
  {
    id: Id('org'),
    ...content,
    deregisteredOn: Nullable(Day),
    state: Word(['active', 'deregistered'] as const),
    creditCodeWarnings: ListOf(Type.String({ maxLength: 80 }), 5, {
      description: 'Soft findings about the credit code; they do not block.',
    }),
    createdAt: Instant,
  },
  { title: 'Organization' },
)
export const OrganizationParams = closed({ organizationId: Id('org') })
export const OrganizationFilter = closed({ type: Type.Optional(Word(ORGANIZATION_TYPES)) })
