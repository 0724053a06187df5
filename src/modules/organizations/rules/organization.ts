import { checkCreditCode, creditCodeWarnings } from '../../../kernel/creditCode.ts'
import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import {
  AnnualCheckRepeated,
  CreditCodeMissing,
  CreditCodeUnexpected,
  GradePeriodInvalid,
  SponsorMissing,
} from '../problems.ts'

/** Legal kinds of organizations (data-standards.md 3.3). */
export const ORGANIZATION_TYPES = [
  'government',
  'public_institution',
  'social_service_org',
  'social_group',
  'foundation',
  'enterprise',
  'community',
  'filed_community_org',
] as const
export type OrganizationType = (typeof ORGANIZATION_TYPES)[number]

/** Evaluation grades (评估等级), best first; valid five years (S53, S55). */
export const EVALUATION_GRADES = ['5A', '4A', '3A', '2A', '1A'] as const
export type EvaluationGrade = (typeof EVALUATION_GRADES)[number]

/** Results of the yearly check (年检). */
export const ANNUAL_CHECK_RESULTS = ['passed', 'basically_passed', 'failed', 'not_taken'] as const
export type AnnualCheckResult = (typeof ANNUAL_CHECK_RESULTS)[number]

export interface Grade {
  readonly level: EvaluationGrade
  /** Its first day; absent or null: every day up to `validTo`. */
  readonly validFrom?: LegalDate | null
  readonly validTo: LegalDate
}

export interface Staff {
  readonly fullTime: number
  readonly assistantSocialWorkers: number
  readonly socialWorkers: number
  readonly seniorSocialWorkers: number
}

export interface OrganizationContent {
  readonly name: string
  readonly type: OrganizationType
  /** Unified social credit code; null for filed, unregistered groups. */
  readonly creditCode: string | null
  readonly divisionCode: string | null
  readonly registeredOn: LegalDate | null
  /** Day of deregistration (注销); null while the organization is active. */
  readonly deregisteredOn: LegalDate | null
  readonly grade: Grade | null
  readonly annualChecks: readonly { readonly year: number; readonly result: AnnualCheckResult }[]
  readonly staff: Staff | null
  /** For a filed group: the registered organization in whose name it applies (代申报). */
  readonly sponsorId: string | null
}

export interface Organization extends OrganizationContent {
  readonly id: string
  readonly version: number
  readonly createdAt: Date
}

/**
 * A registered organization has a valid credit code; a filed group (D1-07, D3-08) has none and names its sponsor. Each
 * year has one annual check: with two, nobody could tell which one admits the organization to a round.
 */
export function checkOrganization(content: OrganizationContent): Decision<OrganizationContent> {
  const years = content.annualChecks.map(({ year }) => year)
  const repeated = years.flatMap((year, index) =>
    years.indexOf(year) === index
      ? []
      : [{ pointer: `#/annualChecks/${index}/year`, code: AnnualCheckRepeated.code, detail: String(year) }],
  )
  if (repeated.length > 0) return refuse(AnnualCheckRepeated, {}, repeated)
  const { grade } = content
  if (grade?.validFrom != null && compareDates(grade.validFrom, grade.validTo) > 0) return refuse(GradePeriodInvalid)
  if (content.type === 'filed_community_org') {
    if (content.creditCode !== null) return refuse(CreditCodeUnexpected)
    return content.sponsorId === null ? refuse(SponsorMissing) : accept(content)
  }
  if (content.creditCode === null) return refuse(CreditCodeMissing)
  const checked = checkCreditCode(content.creditCode)
  return checked.accepted ? accept({ ...content, creditCode: checked.value }) : checked
}

/** The grade that counts on a day: one that has expired or is still to come is none. */
export function gradeOn(organization: Pick<OrganizationContent, 'grade'>, day: LegalDate): EvaluationGrade | null {
  const { grade } = organization
  return grade !== null && isGradeValid(grade, day) ? grade.level : null
}

export function isGradeValid({ validFrom = null, validTo }: Grade, day: LegalDate): boolean {
  return compareDates(day, validTo) <= 0 && (validFrom === null || compareDates(validFrom, day) <= 0)
}

/** What the first two characters of a credit code say of the kind of organization (data-standards.md 3.1). */
const CLASS_OF_CODE: Readonly<Record<string, OrganizationType>> = {
  '11': 'government',
  '12': 'public_institution',
  '51': 'social_group',
  '52': 'social_service_org',
  '53': 'foundation',
  '91': 'enterprise',
}

/** The kind of organization that the registrar wrote into the credit code; null without one, and for pairs of other kinds. */
export function registrationClass(creditCode: string | null): OrganizationType | null {
  return creditCode === null ? null : (CLASS_OF_CODE[creditCode.slice(0, 2)] ?? null)
}

/** What is odd about the credit code of an organization without making it wrong; empty if nothing is. */
export function registrationWarnings({ type, creditCode }: Pick<OrganizationContent, 'type' | 'creditCode'>): string[] {
  if (creditCode === null) return []
  const told = registrationClass(creditCode)
  return [...creditCodeWarnings(creditCode), ...(told === null || told === type ? [] : ['type_differs_from_code'])]
}
