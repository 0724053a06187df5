import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { CreditListing, OrganizationBan, OrganizationFacts, OverdueRefund } from '../rules/standing.ts'
import { creditListing, organizationBan, overdueRefund } from '../tables.ts'
import { findOrganization } from './organizations.ts'

export async function insertListing(handle: Sql, listing: CreditListing): Promise<CreditListing> {
  await handle.insert(creditListing).values(listing)
  return listing
}

export async function updateListing(handle: Sql, { id, version, ...listing }: CreditListing): Promise<CreditListing> {
  const { removedOn, removalSource, isAnnulled } = listing
  const changes = { removedOn, removalSource, isAnnulled, version: version + 1 }
  await handle.update(creditListing).set(changes).where(eq(creditListing.id, id))
  return { ...listing, id, version: version + 1 }
}

/** The listing of this very organization, locked for the rest of the transaction if wanted. */
export async function findListing(
  handle: Sql,
  organizationId: string,
  id: string,
  lock: 'lock' | 'read' = 'read',
): Promise<CreditListing | undefined> {
  const query = handle
    .select()
    .from(creditListing)
    .where(and(eq(creditListing.id, id), eq(creditListing.organizationId, organizationId)))
  const [row] = await (lock === 'lock' ? query.for('update') : query)
  return row
}

/** Newest first. */
export async function listListings(
  handle: Sql,
  organizationId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<CreditListing>> {
  const rows = await handle
    .select()
    .from(creditListing)
    .where(
      and(
        eq(creditListing.organizationId, organizationId),
        keysetBefore(creditListing.createdAt, creditListing.id, after),
      ),
    )
    .orderBy(desc(creditListing.createdAt), desc(creditListing.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/** False when a ban with this subject is there already: what follows from one agreement or evaluation follows once. */
export async function insertBan(handle: Sql, ban: OrganizationBan): Promise<boolean> {
  const rows = await handle
    .insert(organizationBan)
    .values(ban)
    .onConflictDoNothing({ target: organizationBan.subject, where: sql`subject is not null` })
    .returning({ id: organizationBan.id })
  return rows.length > 0
}

export async function updateBan(handle: Sql, { id, version, ...ban }: OrganizationBan): Promise<OrganizationBan> {
  const { liftedOn, liftReason } = ban
  await handle
    .update(organizationBan)
    .set({ liftedOn, liftReason, version: version + 1 })
    .where(eq(organizationBan.id, id))
  return { ...ban, id, version: version + 1 }
}

/** The ban upon this very organization, locked for the rest of the transaction if wanted. */
export async function findBan(
  handle: Sql,
  organizationId: string,
  id: string,
  lock: 'lock' | 'read' = 'read',
): Promise<OrganizationBan | undefined> {
  const query = handle
    .select()
    .from(organizationBan)
    .where(and(eq(organizationBan.id, id), eq(organizationBan.organizationId, organizationId)))
  const [row] = await (lock === 'lock' ? query.for('update') : query)
  return row
}

/** Newest first; only those of one host, if named. */
export async function listBans(
  handle: Sql,
  { organizationId, hostId }: { readonly organizationId: string; readonly hostId: string | null },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<OrganizationBan>> {
  const rows = await handle
    .select()
    .from(organizationBan)
    .where(
      and(
        eq(organizationBan.organizationId, organizationId),
        hostId === null ? undefined : eq(organizationBan.hostId, hostId),
        keysetBefore(organizationBan.createdAt, organizationBan.id, after),
      ),
    )
    .orderBy(desc(organizationBan.createdAt), desc(organizationBan.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/** A claim is overdue once: said again, nothing changes. */
export async function insertOverdueRefund(
  handle: Sql,
  overdue: Pick<OverdueRefund, 'subject' | 'dueOn'> & { readonly organizationId: string; readonly hostId: string },
): Promise<void> {
  await handle.insert(overdueRefund).values(overdue).onConflictDoNothing()
}

/** Money of a day that was in time, booked late, leaves no trace; money of a later day ends what was overdue. */
export async function endOverdueRefund(handle: Sql, subject: string, clearedOn: string): Promise<void> {
  await handle
    .delete(overdueRefund)
    .where(and(eq(overdueRefund.subject, subject), sql`${overdueRefund.dueOn} >= ${clearedOn}`))
  await handle.update(overdueRefund).set({ clearedOn }).where(eq(overdueRefund.subject, subject))
}

/** All that is on record of an organization, as far as a host may look: bans and overdue refunds of its own. */
export async function findFacts(handle: Sql, id: string, hostId: string): Promise<OrganizationFacts | undefined> {
  const found = await findOrganization(handle, id)
  if (found === undefined) return undefined
  const listings = await handle
    .select({
      kind: creditListing.kind,
      listedOn: creditListing.listedOn,
      removedOn: creditListing.removedOn,
      isAnnulled: creditListing.isAnnulled,
    })
    .from(creditListing)
    .where(eq(creditListing.organizationId, id))
    .orderBy(asc(creditListing.listedOn), asc(creditListing.id))
  const bans = await handle
    .select({
      cause: organizationBan.cause,
      startsOn: organizationBan.startsOn,
      endsOn: organizationBan.endsOn,
      liftedOn: organizationBan.liftedOn,
    })
    .from(organizationBan)
    .where(and(eq(organizationBan.organizationId, id), eq(organizationBan.hostId, hostId)))
    .orderBy(asc(organizationBan.startsOn), asc(organizationBan.id))
  const overdueRefunds = await handle
    .select({ subject: overdueRefund.subject, dueOn: overdueRefund.dueOn, clearedOn: overdueRefund.clearedOn })
    .from(overdueRefund)
    .where(and(eq(overdueRefund.organizationId, id), eq(overdueRefund.hostId, hostId)))
    .orderBy(asc(overdueRefund.dueOn), asc(overdueRefund.subject))
  const { type, creditCode, registeredOn, deregisteredOn, grade, annualChecks } = found
  return {
    ...{ id, type, creditCode, registeredOn, deregisteredOn, grade, annualChecks },
    ...{ listings, bans, overdueRefunds },
  }
}
