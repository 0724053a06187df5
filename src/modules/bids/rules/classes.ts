import { addMonths, compareDates, type LegalDate } from '../../../kernel/days.ts'
import { fenOf } from '../../../kernel/money.ts'
import type { RoundPolicy } from '../../rounds/index.ts'
import { type Finding, incurable } from './budget.ts'

/** What the class of a bidder is decided by, as of the last day for bids. */
export interface ApplicantFacts {
  readonly organizationType: string
  readonly registeredOn: LegalDate | null
  /** `5A` … `1A`, or null for none that is valid that day. */
  readonly grade: string | null
}

/** What the class of a project is decided by: its need. */
export interface ProjectFacts {
  readonly serviceField: string
  readonly lotteryPurpose: string | null
}

/** The classes of a bid; null where the policy knows none, or none fits. */
export interface BidClasses {
  readonly applicantClass: string | null
  readonly projectClass: string | null
}

type ApplicantClass = RoundPolicy['applicantClasses'][number]
type ProjectClass = RoundPolicy['projectClasses'][number]

/**
 * The first class of each list whose conditions hold: a policy lists the narrow ones first. Of a bidder whose facts
 * nobody has read yet there is no class.
 */
export function classesOf(
  policy: Pick<RoundPolicy, 'applicantClasses' | 'projectClasses'>,
  applicant: ApplicantFacts | undefined,
  project: ProjectFacts,
  day: LegalDate,
): BidClasses {
  const own = policy.applicantClasses.find((one) => applicant !== undefined && isApplicantOf(one, applicant, day))
  return {
    applicantClass: own?.code ?? null,
    projectClass: policy.projectClasses.find((one) => isProjectOf(one, project))?.code ?? null,
  }
}

/** A bidder that belongs to none of the policy's classes cannot be helped by a correction. */
export function classFindings(
  { applicantClasses }: Pick<RoundPolicy, 'applicantClasses'>,
  { applicantClass }: BidClasses,
): Finding[] {
  if (applicantClasses.length === 0 || applicantClass !== null) return []
  return [incurable('applicant_class_none', applicantClasses.map(({ code }) => code).join(', '))]
}

/**
 * The policy as it binds a bid of these classes: the lower of both caps, the ratio rules whose scope it is in, and the
 * attachments of its class besides those of everybody.
 */
export function policyFor<Policy extends RoundPolicy>(policy: Policy, classes: BidClasses): Policy {
  const own = policy.applicantClasses.find(({ code }) => code === classes.applicantClass)
  const isCapped = own?.cap != null && fenOf(own.cap) < fenOf(policy.cap)
  return {
    ...policy,
    cap: isCapped ? own.cap : policy.cap,
    ratioRules: policy.ratioRules.filter(({ appliesTo }) => isWithin(appliesTo, classes)),
    requiredAttachments: [...new Set([...policy.requiredAttachments, ...(own?.requiredAttachments ?? [])])],
  }
}

function isWithin(scope: RoundPolicy['ratioRules'][number]['appliesTo'], classes: BidClasses): boolean {
  const { applicantClasses = null, projectClasses = null } = scope ?? {}
  return isAmong(applicantClasses, classes.applicantClass) && isAmong(projectClasses, classes.projectClass)
}

function isApplicantOf(wanted: ApplicantClass, facts: ApplicantFacts, day: LegalDate): boolean {
  const { organizationTypes, registeredMonthsMin, registeredMonthsMax, gradeMin } = wanted
  return (
    isAmong(organizationTypes, facts.organizationType) &&
    (registeredMonthsMin === null || isRegisteredBefore(facts.registeredOn, registeredMonthsMin, day)) &&
    (registeredMonthsMax === null || isRegisteredSince(facts.registeredOn, registeredMonthsMax, day)) &&
    (gradeMin === null || (facts.grade !== null && facts.grade >= gradeMin))
  )
}

function isProjectOf({ serviceFields, lotteryPurposes }: ProjectClass, facts: ProjectFacts): boolean {
  return isAmong(serviceFields, facts.serviceField) && isAmong(lotteryPurposes, facts.lotteryPurpose)
}

/** At least so many months ago, the day itself included. Nobody knows it of an organization without a day. */
function isRegisteredBefore(registeredOn: LegalDate | null, months: number, day: LegalDate): boolean {
  return registeredOn !== null && compareDates(addMonths(registeredOn, months), day) <= 0
}

/** At most so many months ago, the day itself included: two years and a day are more than 24 months. */
function isRegisteredSince(registeredOn: LegalDate | null, months: number, day: LegalDate): boolean {
  return registeredOn !== null && compareDates(addMonths(registeredOn, months), day) >= 0
}

/** Null asks nothing. */
function isAmong(words: readonly string[] | null, word: string | null): boolean {
  return words === null || (word !== null && words.includes(word))
}
