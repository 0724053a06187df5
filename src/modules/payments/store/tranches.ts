import { and, asc, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Tranche, TrancheState } from '../rules/tranches.ts'
import { tranche, trancheSource } from '../tables.ts'
import { poolIdOf } from './sources.ts'

interface StoredSource {
  readonly poolId: string
  readonly source: string
  readonly scheduledFen: string
  readonly payableFen: string | null
}

const sources = sql<StoredSource[]>`(
  select json_agg(json_build_object('poolId', s.pool_id, 'source', s.source, 'scheduledFen', s.scheduled_fen::text,
    'payableFen', s.payable_fen::text) order by s.position)
  from tranche_source s where s.tranche_id = tranche.id)`
const columns = { ...getTableColumns(tranche), sources }
type Row = typeof tranche.$inferSelect & { readonly sources: StoredSource[] | null }

export async function insertTranches(handle: Sql, planned: readonly Tranche[]): Promise<void> {
  await handle.insert(tranche).values(planned.map(({ sources: _sources, ...row }) => row))
  await handle
    .insert(trancheSource)
    .values(
      planned.flatMap(({ id, sources: parts }) =>
        parts.map((part, index) => ({ ...part, trancheId: id, position: index + 1 })),
      ),
    )
}

export async function findTranche(handle: Sql, id: string): Promise<Tranche | undefined> {
  const [row] = await handle.select(columns).from(tranche).where(eq(tranche.id, id))
  return row && fromRow(row)
}

/** All tranches of a project by number. Read them under the lock of the grant to decide about them. */
export async function findTranchesOfProject(handle: Sql, projectId: string): Promise<Tranche[]> {
  const rows = await handle
    .select(columns)
    .from(tranche)
    .where(eq(tranche.projectId, projectId))
    .orderBy(asc(tranche.number))
  return rows.map(fromRow)
}

/** Saves everything that changes in the life of a tranche; answers it with its next version. */
export async function updateTranche(handle: Sql, changed: Tranche, paysOtherThanBefore: boolean): Promise<Tranche> {
  const { payableFen, triggeredOn, due, state, holdReason, holdNote } = changed
  const { requestedBy, requestedAt, approvedBy, approvedAt, paidBy, paidOn, voucher } = changed
  await handle
    .update(tranche)
    .set({
      ...{ payableFen, triggeredOn, due, state, holdReason, holdNote },
      ...{ requestedBy, requestedAt, approvedBy, approvedAt, paidBy, paidOn, voucher },
      version: sql`${tranche.version} + 1`,
    })
    .where(eq(tranche.id, changed.id))
  if (paysOtherThanBefore) {
    for (const part of changed.sources) {
      await handle
        .update(trancheSource)
        .set({ payableFen: part.payableFen })
        .where(and(eq(trancheSource.trancheId, changed.id), eq(trancheSource.poolId, part.poolId)))
    }
  }
  return { ...changed, version: changed.version + 1 }
}

export interface TrancheFilter {
  readonly projectId?: string | undefined
  readonly roundId?: string | undefined
  readonly state?: TrancheState | undefined
  /** Whose tranches the reader may see. */
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
}

/** Newest first. */
export async function listTranches(
  handle: Sql,
  filter: TrancheFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Tranche>> {
  const conditions: (SQL | undefined)[] = [
    filter.projectId === undefined ? undefined : eq(tranche.projectId, filter.projectId),
    filter.roundId === undefined ? undefined : eq(tranche.roundId, filter.roundId),
    filter.state === undefined ? undefined : eq(tranche.state, filter.state),
    filter.hostId === undefined ? undefined : eq(tranche.hostId, filter.hostId),
    filter.organizationId === undefined ? undefined : eq(tranche.organizationId, filter.organizationId),
    keysetBefore(tranche.createdAt, tranche.id, after),
  ]
  const rows = await handle
    .select(columns)
    .from(tranche)
    .where(and(...conditions))
    .orderBy(desc(tranche.createdAt), desc(tranche.id))
    .limit(limit + 1)
  return pageOf(rows.map(fromRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

function fromRow({ sources: stored, ...row }: Row): Tranche {
  return {
    ...row,
    sources: (stored ?? []).map(({ poolId, source, scheduledFen, payableFen }) => ({
      poolId: poolIdOf(poolId),
      source,
      scheduledFen: BigInt(scheduledFen),
      payableFen: payableFen === null ? null : BigInt(payableFen),
    })),
  }
}
