import { and, desc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import { idOfUuid } from '../../platform/ids.ts'
import type { Audit, SettledSource, Settlement } from './rules/closeout.ts'
import { audit, settlement, settlementSource } from './tables.ts'

/** Whose rows a list shows. */
export type OwnerScope = { readonly hostId: string } | { readonly organizationId: string }

export interface CloseoutFilter {
  readonly projectId?: string | undefined
  readonly roundId?: string | undefined
}

type AuditRow = typeof audit.$inferSelect

export async function insertAudit(handle: Sql, fresh: Audit): Promise<void> {
  await handle.insert(audit).values({
    ...fresh,
    documentIds: [...fresh.documentIds],
    disallowed: fresh.disallowed.map((item) => ({ ...item, amountFen: item.amountFen.toString() })),
  })
}

/** The audit in force gives way to a newer one. */
export async function supersedeAudit(handle: Sql, projectId: string): Promise<void> {
  await handle
    .update(audit)
    .set({ state: 'superseded', version: sql`${audit.version} + 1` })
    .where(and(eq(audit.projectId, projectId), eq(audit.state, 'accepted')))
}

export async function findAudit(handle: Sql, id: string): Promise<Audit | undefined> {
  const [row] = await handle.select().from(audit).where(eq(audit.id, id))
  return row && auditOfRow(row)
}

export async function auditInForce(handle: Sql, projectId: string): Promise<Audit | undefined> {
  const [row] = await handle
    .select()
    .from(audit)
    .where(and(eq(audit.projectId, projectId), eq(audit.state, 'accepted')))
  return row && auditOfRow(row)
}

/** Newest first, within the scope. */
export async function listAudits(
  handle: Sql,
  scope: OwnerScope,
  filter: CloseoutFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Audit>> {
  const rows = await handle
    .select()
    .from(audit)
    .where(and(...conditionsOf(audit, scope, filter, after)))
    .orderBy(desc(audit.createdAt), desc(audit.id))
    .limit(limit + 1)
  return pageOf(rows.map(auditOfRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

interface StoredSource {
  readonly poolId: string
  readonly source: string
  readonly approvedFen: string
  readonly paidFen: string
  readonly refundFen: string
}

/** The sources in one statement with their settlement; amounts as text, because JSON numbers end at 2^53. */
const sources = sql<StoredSource[]>`(
  select json_agg(json_build_object('poolId', s.pool_id, 'source', s.source, 'approvedFen', s.approved_fen::text,
    'paidFen', s.paid_fen::text, 'refundFen', s.refund_fen::text) order by s.position)
  from settlement_source s where s.settlement_id = settlement.id)`
const settlementColumns = { ...getTableColumns(settlement), sources }
type SettlementRow = typeof settlement.$inferSelect & { readonly sources: StoredSource[] | null }

export async function insertSettlement(handle: Sql, { sources: parts, ...fresh }: Settlement): Promise<void> {
  await handle.insert(settlement).values(fresh)
  await handle
    .insert(settlementSource)
    .values(parts.map((part, index) => ({ ...part, settlementId: fresh.id, position: index + 1 })))
}

export async function updateRefundClaimOf(handle: Sql, settlementId: string, refundClaimId: string): Promise<void> {
  await handle
    .update(settlement)
    .set({ refundClaimId, version: sql`${settlement.version} + 1` })
    .where(eq(settlement.id, settlementId))
}

export async function findSettlement(handle: Sql, id: string): Promise<Settlement | undefined> {
  const [row] = await handle.select(settlementColumns).from(settlement).where(eq(settlement.id, id))
  return row && settlementOfRow(row)
}

/** Locks the row for the rest of the transaction. */
export async function lockSettlement(handle: Sql, id: string): Promise<Settlement | undefined> {
  await handle.select({ id: settlement.id }).from(settlement).where(eq(settlement.id, id)).for('update')
  return findSettlement(handle, id)
}

export async function settlementOfProject(handle: Sql, projectId: string): Promise<Settlement | undefined> {
  const [row] = await handle.select(settlementColumns).from(settlement).where(eq(settlement.projectId, projectId))
  return row && settlementOfRow(row)
}

export async function settlementsOfProjects(handle: Sql, projectIds: readonly string[]): Promise<Settlement[]> {
  if (projectIds.length === 0) return []
  const rows = await handle
    .select(settlementColumns)
    .from(settlement)
    .where(inArray(settlement.projectId, [...projectIds]))
  return rows.map(settlementOfRow)
}

export async function listSettlements(
  handle: Sql,
  scope: OwnerScope,
  filter: CloseoutFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Settlement>> {
  const rows = await handle
    .select(settlementColumns)
    .from(settlement)
    .where(and(...conditionsOf(settlement, scope, filter, after)))
    .orderBy(desc(settlement.createdAt), desc(settlement.id))
    .limit(limit + 1)
  return pageOf(rows.map(settlementOfRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

function conditionsOf(
  table: typeof audit | typeof settlement,
  scope: OwnerScope,
  filter: CloseoutFilter,
  after: unknown[] | undefined,
): (SQL | undefined)[] {
  return [
    'hostId' in scope ? eq(table.hostId, scope.hostId) : eq(table.organizationId, scope.organizationId),
    filter.projectId === undefined ? undefined : eq(table.projectId, filter.projectId),
    filter.roundId === undefined ? undefined : eq(table.roundId, filter.roundId),
    keysetBefore(table.createdAt, table.id, after),
  ]
}

function auditOfRow(row: AuditRow): Audit {
  return {
    ...row,
    disallowed: row.disallowed.map((item) => ({ ...item, amountFen: BigInt(item.amountFen) })),
  }
}

function settlementOfRow({ sources: stored, ...row }: SettlementRow): Settlement {
  return {
    ...row,
    sources: (stored ?? []).map(
      (part): SettledSource => ({
        poolId: idOfUuid(part.poolId, 'pool'),
        source: part.source,
        approvedFen: BigInt(part.approvedFen),
        paidFen: BigInt(part.paidFen),
        refundFen: BigInt(part.refundFen),
      }),
    ),
  }
}
