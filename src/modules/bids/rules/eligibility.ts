import { addMonths, compareDates, type LegalDate } from '../../../kernel/days.ts'
import type { Standing } from '../../organizations/index.ts'
import { type Finding, incurable } from './budget.ts'

/** What a policy asks of a bidder. Absent or null: nothing. */
export interface EligibilityRules {
  /** How many months a listing that was removed still keeps out. */
  readonly abnormalListMonths: number
  readonly seriousListMonths: number
  readonly majorViolationMonths: number
  readonly annualCheckRequired: boolean
  /** `5A` … `1A`. */
  readonly gradeMin: string | null
  readonly noOverdueRefund: boolean
  readonly organizationTypes?: readonly string[] | null
  readonly registeredMonthsMin?: number | null
  readonly registeredMonthsMax?: number | null
}

/** The bidder, and the filed group in whose stead it bids, as of the last day for bids. Kept with the bid. */
export interface EligibilityFacts {
  readonly bidder: Standing
  readonly sponsoredGroup: Standing | null
}

/**
 * All that a policy has against a bidder on a day; empty when it may bid. The bidder answers for grade, age and annual
 * check; lists, bans and debts of the sponsored group count as well, because the money would reach it.
 */
export function eligibilityOf(facts: EligibilityFacts, rules: EligibilityRules, day: LegalDate): Finding[] {
  const { bidder } = facts
  return [
    ...registrationFindings(bidder, rules, day),
    ...gradeFindings(bidder, rules),
    ...annualCheckFindings(bidder, rules, day),
    ...barsOf(facts, rules, day),
  ]
}

/** What keeps a bidder out on a day whatever it was before: deregistration, lists, bans and debts, its group's too. */
export function barsOf(
  { bidder, sponsoredGroup }: EligibilityFacts,
  rules: EligibilityRules,
  day: LegalDate,
): Finding[] {
  return [bidder, ...(sponsoredGroup === null ? [] : [sponsoredGroup])].flatMap((one) =>
    recordFindings(one, rules, day).map((finding) =>
      one === bidder ? finding : { ...finding, detail: `${finding.detail} (${one.organizationId})` },
    ),
  )
}

/** Kind and age. A kind that the credit code contradicts is admitted only where the policy admits both. */
function registrationFindings(standing: Standing, rules: EligibilityRules, day: LegalDate): Finding[] {
  const { organizationTypes = null, registeredMonthsMin = null, registeredMonthsMax = null } = rules
  const { registeredOn, type, registrationClass } = standing
  const kinds = [type, ...(registrationClass === null ? [] : [registrationClass])]
  const findings: Finding[] = []
  const stranger = kinds.find((kind) => organizationTypes !== null && !organizationTypes.includes(kind))
  if (stranger !== undefined) findings.push(incurable('registration_class_not_allowed', stranger))
  if (registeredMonthsMin === null && registeredMonthsMax === null) return findings
  if (registeredOn === null) {
    // The agency can mend its record; the host then takes the facts anew.
    findings.push({
      code: 'registration_day_unknown',
      detail: 'the record has no day of registration',
      isCurable: true,
      attachment: null,
    })
    return findings
  }
  if (registeredMonthsMin !== null && compareDates(addMonths(registeredOn, registeredMonthsMin), day) > 0)
    findings.push(incurable('registered_too_short', `${registeredOn}: less than ${registeredMonthsMin} months`))
  if (registeredMonthsMax !== null && compareDates(addMonths(registeredOn, registeredMonthsMax), day) < 0)
    findings.push(incurable('registered_too_long', `${registeredOn}: more than ${registeredMonthsMax} months`))
  return findings
}

function gradeFindings({ grade }: Standing, { gradeMin }: EligibilityRules): Finding[] {
  if (gradeMin === null || (grade !== null && grade.level >= gradeMin)) return []
  return [incurable('grade_below_minimum', `${grade?.level ?? 'none'} < ${gradeMin}`)]
}

/**
 * The latest annual check (年检) on record counts and may be of the year before last, because the checks of a year run
 * into the summer of the next one. An agency registered since the start of last year has had none yet.
 */
function annualCheckFindings(
  { annualChecks, registeredOn }: Standing,
  { annualCheckRequired }: EligibilityRules,
  day: LegalDate,
): Finding[] {
  const year = Number(day.slice(0, 4))
  const isNew = registeredOn !== null && Number(registeredOn.slice(0, 4)) >= year - 1
  if (!annualCheckRequired || isNew) return []
  const latest = annualChecks.toSorted((a, b) => b.year - a.year)[0]
  if (latest === undefined || latest.year < year - 2)
    return [incurable('annual_check_missing', `no check of ${year - 1} or ${year - 2} on record`)]
  if (latest.result === 'passed' || latest.result === 'basically_passed') return []
  return [incurable('annual_check_not_passed', `${latest.year}: ${latest.result}`)]
}

/** Deregistration, lists, bans and overdue refunds. */
function recordFindings(standing: Standing, rules: EligibilityRules, day: LegalDate): Finding[] {
  const { bans, deregisteredOn, listings, overdueRefunds } = standing
  return [
    ...(deregisteredOn === null ? [] : [incurable('deregistered', `since ${deregisteredOn}`)]),
    ...listings
      .filter((listing) => keepsOut(listing, rules, day))
      .map(({ kind, listedOn, removedOn }) =>
        incurable(CODE_OF_LISTING[kind], `${listedOn}${removedOn === null ? '' : `, removed ${removedOn}`}`),
      ),
    ...bans.map(({ startsOn, endsOn, cause }) => incurable('banned', `${startsOn} to ${endsOn}: ${cause}`)),
    ...(rules.noOverdueRefund
      ? overdueRefunds.map(({ subject, dueOn }) => incurable('refund_overdue', `${subject}, due ${dueOn}`))
      : []),
  ]
}

type Listing = Standing['listings'][number]

const CODE_OF_LISTING: Readonly<Record<Listing['kind'], string>> = {
  abnormal: 'listed_abnormal',
  serious: 'listed_serious',
  violation: 'major_violation',
}

/**
 * Who stands on a list is kept out; who was put on it within the months of the policy too, removed or not. The day of
 * listing is not counted and the last day of the look-back is the one of the same number (民法典 201, 202), so what
 * happened on 2025-04-16 still counts on 2026-04-16 under twelve months. Zero months look at nothing but the day
 * itself. A penalty is an act and no list: it only counts by its look-back.
 */
function keepsOut({ kind, listedOn, removedOn }: Listing, rules: EligibilityRules, day: LegalDate): boolean {
  const isStanding = kind !== 'violation' && removedOn === null
  return isStanding || compareDates(addMonths(listedOn, lookbackMonths(kind, rules)), day) >= 0
}

function lookbackMonths(kind: Listing['kind'], rules: EligibilityRules): number {
  if (kind === 'abnormal') return rules.abnormalListMonths
  return kind === 'serious' ? rules.seriousListMonths : rules.majorViolationMonths
}
