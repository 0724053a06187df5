import { type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { ReadOrganization, RecordStanding } from '../policy.ts'
import { CreditListingExists } from '../problems.ts'
import {
  type CreditListing,
  type CreditListingKind,
  removeListing,
  requireDay,
  type Standing,
  standingOn,
} from '../rules/standing.ts'
import { findOrganization, lockOrganization } from '../store/organizations.ts'
import {
  endOverdueRefund,
  findFacts,
  findListing,
  insertListing,
  insertOverdueRefund,
  listListings,
  updateListing,
} from '../store/standing.ts'

/** The oldest day that may be recorded; social organizations were first registered under the rules of 1950. */
const EARLIEST_DAY = '1950-01-01'

/** Records that an organization was put on a list, or penalized. Refused: a day to come, a listing that is on record. */
export async function recordCreditListing(
  work: Work,
  organizationId: string,
  wanted: { readonly kind: CreditListingKind; readonly listedOn: LegalDate; readonly source: string },
): Promise<CreditListing> {
  authorize(work, RecordStanding, await lockOrganization(work.sql, organizationId))
  const at = await work.now(work.actor.hostId)
  orThrow(requireDay(wanted.listedOn, EARLIEST_DAY, legalDateOf(at)))
  const listing = await insertListing(work.sql, {
    ...{ id: newId('lst'), version: 1, organizationId, ...wanted },
    ...{ removedOn: null, removalSource: null, isAnnulled: false },
    ...{ recordedBy: work.actor.id, createdAt: at },
  }).catch((error: unknown) => {
    if (brokenConstraint(error) === 'credit_listing_once')
      throw problem(CreditListingExists, { listedOn: wanted.listedOn })
    throw error
  })
  const { id, kind, listedOn } = listing
  await recordOf(work, 'organization.listed', organizationId, at, { listingId: id, kind, listedOn })
  return listing
}

/** Records that the organization was taken off the list, or that the listing itself was annulled. */
export async function removeCreditListing(
  work: Work,
  organizationId: string,
  listingId: string,
  removal: { readonly removedOn: LegalDate; readonly source: string; readonly isAnnulled: boolean },
): Promise<CreditListing> {
  const before = authorize(work, RecordStanding, await findListing(work.sql, organizationId, listingId, 'lock'))
  expectVersion(work, before)
  const at = await work.now(work.actor.hostId)
  const after = await updateListing(work.sql, orThrow(removeListing(before, removal, legalDateOf(at))))
  const { kind, removedOn, isAnnulled } = after
  await recordOf(work, 'organization.unlisted', organizationId, at, { listingId, kind, removedOn, isAnnulled })
  return after
}

export async function readCreditListing(work: Work, organizationId: string, listingId: string): Promise<CreditListing> {
  return authorize(work, ReadOrganization, await findListing(work.sql, organizationId, listingId))
}

/** Credit lists are public; so is this one. */
export async function readCreditListings(
  work: Work,
  organizationId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<CreditListing>> {
  authorize(work, ReadOrganization, await findOrganization(work.sql, organizationId))
  return listListings(work.sql, organizationId, limit, after)
}

/**
 * For later modules: what was true of an organization on a day, as far as this host may look. Asks no permission.
 * @throws when there is no such organization.
 */
export async function standingOf(
  work: Work,
  wanted: { readonly organizationId: string; readonly hostId: string; readonly day: LegalDate },
): Promise<Standing> {
  const facts = await findFacts(work.sql, wanted.organizationId, wanted.hostId)
  if (facts === undefined) throw new Error(`there is no organization ${wanted.organizationId}`)
  return standingOn(facts, wanted.day)
}

/** For payments: a refund claim was not whole by `dueOn`, its last day. Said again, nothing changes. Asks no permission. */
export async function recordOverdueRefund(
  work: Work,
  overdue: {
    readonly organizationId: string
    readonly hostId: string
    /** The refund claim. */
    readonly subject: string
    readonly dueOn: LegalDate
  },
): Promise<void> {
  await insertOverdueRefund(work.sql, overdue)
}

/** For payments: the claim is whole since `clearedOn`. One that was never overdue is left alone. Asks no permission. */
export async function clearOverdueRefund(
  work: Work,
  { subject, clearedOn }: { readonly subject: string; readonly clearedOn: LegalDate },
): Promise<void> {
  await endOverdueRefund(work.sql, subject, clearedOn)
}

async function recordOf(
  work: Work,
  type: string,
  subject: string,
  at: Date,
  data: Record<string, unknown>,
): Promise<void> {
  await record(work, { type, subject, hostId: null, at, data })
}
