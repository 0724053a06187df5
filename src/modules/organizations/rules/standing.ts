import { addMonths, compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { BanNotInForce, CreditListingRemoved, StandingDayInvalid } from '../problems.ts'
import {
  type Grade,
  isGradeValid,
  type OrganizationContent,
  type OrganizationType,
  registrationClass,
} from './organization.ts'

/** 活动异常名录, 严重违法失信名单, and major administrative penalties (重大行政处罚). */
export const CREDIT_LISTING_KINDS = ['abnormal', 'serious', 'violation'] as const
export type CreditListingKind = (typeof CREDIT_LISTING_KINDS)[number]

export interface CreditListing {
  readonly id: string
  readonly version: number
  readonly organizationId: string
  readonly kind: CreditListingKind
  readonly listedOn: LegalDate
  /** Where it was read: the list, its publisher, the document number. */
  readonly source: string
  /** First day off the list; null while it stands. */
  readonly removedOn: LegalDate | null
  readonly removalSource: string | null
  /** The listing itself was set aside: it counts for nothing, as if it had never been. */
  readonly isAnnulled: boolean
  readonly recordedBy: string
  readonly createdAt: Date
}

export const BAN_CAUSES = ['host_decision', 'breach', 'final_fail'] as const
export type BanCause = (typeof BAN_CAUSES)[number]

/** Keeps an organization out of the rounds of one host. */
export interface OrganizationBan {
  readonly id: string
  readonly version: number
  readonly organizationId: string
  readonly hostId: string
  readonly cause: BanCause
  /** The agreement or evaluation that it follows from; null where the host decided. */
  readonly subject: string | null
  readonly startsOn: LegalDate
  /** Its last day. */
  readonly endsOn: LegalDate
  readonly reason: string
  /** First day on which it no longer holds. */
  readonly liftedOn: LegalDate | null
  readonly liftReason: string | null
  readonly recordedBy: string
  readonly createdAt: Date
}

export interface OverdueRefund {
  /** The refund claim. */
  readonly subject: string
  /** The last day on which it would have been in time. */
  readonly dueOn: LegalDate
  readonly clearedOn: LegalDate | null
}

/** All that is on record of an organization, whatever the day. */
export interface OrganizationFacts extends Omit<OrganizationContent, 'name' | 'divisionCode' | 'staff' | 'sponsorId'> {
  readonly id: string
  readonly listings: readonly Pick<CreditListing, 'kind' | 'listedOn' | 'removedOn' | 'isAnnulled'>[]
  readonly bans: readonly Pick<OrganizationBan, 'cause' | 'startsOn' | 'endsOn' | 'liftedOn'>[]
  readonly overdueRefunds: readonly OverdueRefund[]
}

/** What was true of an organization on one day. No personal data: it is kept with the bid. */
export interface Standing {
  readonly organizationId: string
  readonly type: OrganizationType
  /** What the first two characters of the credit code say; null where they say nothing. */
  readonly registrationClass: OrganizationType | null
  readonly registeredOn: LegalDate | null
  readonly deregisteredOn: LegalDate | null
  readonly grade: Grade | null
  readonly annualChecks: OrganizationContent['annualChecks']
  readonly listings: readonly Pick<CreditListing, 'kind' | 'listedOn' | 'removedOn'>[]
  readonly bans: readonly Pick<OrganizationBan, 'cause' | 'startsOn' | 'endsOn'>[]
  readonly overdueRefunds: readonly Pick<OverdueRefund, 'subject' | 'dueOn'>[]
}

/** The record as it stood on a day: what came later is not in it, what had ended is not in it. */
export function standingOn(facts: OrganizationFacts, day: LegalDate): Standing {
  const { type, registeredOn, grade } = facts
  return {
    organizationId: facts.id,
    type,
    registrationClass: registrationClass(facts.creditCode),
    registeredOn,
    deregisteredOn: isBy(facts.deregisteredOn, day) ? facts.deregisteredOn : null,
    grade: grade !== null && isGradeValid(grade, day) ? grade : null,
    annualChecks: facts.annualChecks.filter(({ year }) => year <= Number(day.slice(0, 4))),
    listings: facts.listings
      .filter(({ listedOn, isAnnulled }) => !isAnnulled && isBy(listedOn, day))
      .map(({ kind, listedOn, removedOn }) => ({
        kind,
        listedOn,
        removedOn: isBy(removedOn, day) ? removedOn : null,
      })),
    bans: facts.bans
      .filter((ban) => isBanInForce(ban, day))
      .map(({ cause, startsOn, endsOn }) => ({ cause, startsOn, endsOn })),
    overdueRefunds: facts.overdueRefunds
      .filter(({ dueOn, clearedOn }) => compareDates(dueOn, day) < 0 && !isBy(clearedOn, day))
      .map(({ subject, dueOn }) => ({ subject, dueOn })),
  }
}

export function isBanInForce(
  { startsOn, endsOn, liftedOn }: Pick<OrganizationBan, 'startsOn' | 'endsOn' | 'liftedOn'>,
  day: LegalDate,
): boolean {
  return isBy(startsOn, day) && compareDates(day, endsOn) <= 0 && !isBy(liftedOn, day)
}

/** The last day of a ban of so many months: the day of the same number (民法典 202). Null where the policy bans nobody. */
export function lastDayOfBan(startsOn: LegalDate, months: number): LegalDate | null {
  return months === 0 ? null : addMonths(startsOn, months)
}

/** A listing is recorded when it has happened, not before. */
export function requireDay(day: LegalDate, from: LegalDate, to: LegalDate): Decision<LegalDate> {
  if (compareDates(day, from) < 0 || compareDates(day, to) > 0) return refuse(StandingDayInvalid, { day, from, to })
  return accept(day)
}

export function removeListing(
  listing: CreditListing,
  removal: { readonly removedOn: LegalDate; readonly source: string; readonly isAnnulled: boolean },
  today: LegalDate,
): Decision<CreditListing> {
  if (listing.removedOn !== null) return refuse(CreditListingRemoved, { removedOn: listing.removedOn })
  const day = requireDay(removal.removedOn, listing.listedOn, today)
  if (!day.accepted) return day
  const { removedOn, source, isAnnulled } = removal
  return accept({ ...listing, removedOn, removalSource: source, isAnnulled })
}

/** Ends a ban before its last day; from that day on it does not hold. What was decided under it stands. */
export function liftBan(ban: OrganizationBan, reason: string, today: LegalDate): Decision<OrganizationBan> {
  if (ban.liftedOn !== null || compareDates(today, ban.endsOn) > 0) return refuse(BanNotInForce)
  return accept({ ...ban, liftedOn: today, liftReason: reason })
}

function isBy(date: LegalDate | null, day: LegalDate): boolean {
  return date !== null && compareDates(date, day) <= 0
}
