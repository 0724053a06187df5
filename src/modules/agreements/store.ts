import { and, desc, eq, isNotNull, ne, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Agreement, AgreementState } from './rules.ts'
import { agreement } from './tables.ts'

export async function insertAgreement(handle: Sql, created: Agreement): Promise<void> {
  await handle
    .insert(agreement)
    .values({ ...created, parties: [...created.parties], signatures: [...created.signatures] })
}

export async function findAgreement(handle: Sql, id: string): Promise<Agreement | undefined> {
  const [row] = await handle.select().from(agreement).where(eq(agreement.id, id))
  return row
}

/** The project's agreement that took effect, ended or not; there is at most one. */
export async function findEffectiveAgreement(handle: Sql, projectId: string): Promise<Agreement | undefined> {
  const [row] = await handle
    .select()
    .from(agreement)
    .where(and(eq(agreement.projectId, projectId), isNotNull(agreement.effectiveOn)))
    .orderBy(desc(agreement.createdAt))
    .limit(1)
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockAgreement(handle: Sql, id: string): Promise<Agreement | undefined> {
  const [row] = await handle.select().from(agreement).where(eq(agreement.id, id)).for('update')
  return row
}

/** The agreement about an award, locked; there is at most one. */
export async function lockAgreementOfAward(handle: Sql, awardId: string): Promise<Agreement | undefined> {
  const [row] = await handle.select().from(agreement).where(eq(agreement.awardId, awardId)).for('update')
  return row
}

/** The project's agreement, locked; a terminated one does not count. */
export async function lockAgreementOfProject(handle: Sql, projectId: string): Promise<Agreement | undefined> {
  const [row] = await handle
    .select()
    .from(agreement)
    .where(and(eq(agreement.projectId, projectId), ne(agreement.state, 'terminated')))
    .for('update')
  return row
}

export async function updateAgreement(handle: Sql, changed: Agreement): Promise<Agreement> {
  const { signatures, state, effectiveOn, terminatedOn, terminationKind, terminationReason } = changed
  const [row] = await handle
    .update(agreement)
    .set({
      ...{ state, effectiveOn, terminatedOn, terminationKind, terminationReason },
      signatures: [...signatures],
      version: sql`${agreement.version} + 1`,
    })
    .where(eq(agreement.id, changed.id))
    .returning()
  return row as Agreement
}

export interface AgreementFilter {
  readonly roundId?: string | undefined
  readonly projectId?: string | undefined
  readonly state?: AgreementState | undefined
  /** Whose agreements the reader may see. */
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
}

/** Newest first. */
export async function listAgreements(
  handle: Sql,
  filter: AgreementFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Agreement>> {
  const conditions: (SQL | undefined)[] = [
    filter.roundId === undefined ? undefined : eq(agreement.roundId, filter.roundId),
    filter.projectId === undefined ? undefined : eq(agreement.projectId, filter.projectId),
    filter.state === undefined ? undefined : eq(agreement.state, filter.state),
    filter.hostId === undefined ? undefined : eq(agreement.hostId, filter.hostId),
    filter.organizationId === undefined ? undefined : eq(agreement.organizationId, filter.organizationId),
    keysetBefore(agreement.createdAt, agreement.id, after),
  ]
  const rows = await handle
    .select()
    .from(agreement)
    .where(and(...conditions))
    .orderBy(desc(agreement.createdAt), desc(agreement.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}
