import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { RefundClaim, RefundClaimState } from '../rules/refunds.ts'
import type { SourceShare } from '../rules/tranches.ts'
import { refundClaim, refundClaimSource, refundReceipt } from '../tables.ts'
import { poolIdOf } from './sources.ts'

interface StoredSource {
  readonly poolId: string
  readonly source: string
  readonly amountFen: string
  readonly receivedFen: string
}

const sources = sql<StoredSource[]>`(
  select json_agg(json_build_object('poolId', s.pool_id, 'source', s.source, 'amountFen', s.amount_fen::text,
    'receivedFen', s.received_fen::text) order by s.position)
  from refund_claim_source s where s.claim_id = refund_claim.id)`
const columns = { ...getTableColumns(refundClaim), sources }
type Row = typeof refundClaim.$inferSelect & { readonly sources: StoredSource[] | null }

export async function insertRefundClaim(handle: Sql, claim: RefundClaim): Promise<void> {
  const { sources: parts, ...row } = claim
  await handle.insert(refundClaim).values(row)
  await handle
    .insert(refundClaimSource)
    .values(parts.map((part, index) => ({ ...part, claimId: claim.id, position: index + 1 })))
}

export async function findRefundClaim(handle: Sql, id: string): Promise<RefundClaim | undefined> {
  const [row] = await handle.select(columns).from(refundClaim).where(eq(refundClaim.id, id))
  return row && fromRow(row)
}

export async function findClaimOfProject(handle: Sql, projectId: string): Promise<RefundClaim | undefined> {
  const [row] = await handle.select(columns).from(refundClaim).where(eq(refundClaim.projectId, projectId))
  return row && fromRow(row)
}

/** Saves state and received amounts; answers the claim with its next version. */
export async function updateRefundClaim(handle: Sql, changed: RefundClaim): Promise<RefundClaim> {
  const { receivedFen, state, referralNote } = changed
  await handle
    .update(refundClaim)
    .set({ receivedFen, state, referralNote, version: sql`${refundClaim.version} + 1` })
    .where(eq(refundClaim.id, changed.id))
  return { ...changed, version: changed.version + 1 }
}

export async function insertReceipt(
  handle: Sql,
  receipt: typeof refundReceipt.$inferInsert,
  parts: readonly SourceShare[],
): Promise<void> {
  await handle.insert(refundReceipt).values(receipt)
  for (const { poolId, amountFen } of parts) {
    await handle
      .update(refundClaimSource)
      .set({ receivedFen: sql`${refundClaimSource.receivedFen} + ${amountFen}` })
      .where(and(eq(refundClaimSource.claimId, receipt.claimId), eq(refundClaimSource.poolId, poolId)))
  }
}

export interface RefundClaimFilter {
  readonly projectId?: string | undefined
  readonly roundId?: string | undefined
  readonly state?: RefundClaimState | undefined
  /** Whose claims the reader may see. */
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
}

/** Newest first. */
export async function listRefundClaims(
  handle: Sql,
  filter: RefundClaimFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RefundClaim>> {
  const conditions: (SQL | undefined)[] = [
    filter.projectId === undefined ? undefined : eq(refundClaim.projectId, filter.projectId),
    filter.roundId === undefined ? undefined : eq(refundClaim.roundId, filter.roundId),
    filter.state === undefined ? undefined : eq(refundClaim.state, filter.state),
    filter.hostId === undefined ? undefined : eq(refundClaim.hostId, filter.hostId),
    filter.organizationId === undefined ? undefined : eq(refundClaim.organizationId, filter.organizationId),
    keysetBefore(refundClaim.createdAt, refundClaim.id, after),
  ]
  const rows = await handle
    .select(columns)
    .from(refundClaim)
    .where(and(...conditions))
    .orderBy(desc(refundClaim.createdAt), desc(refundClaim.id))
    .limit(limit + 1)
  return pageOf(rows.map(fromRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

function fromRow({ sources: stored, ...row }: Row): RefundClaim {
  return {
    ...row,
    sources: (stored ?? []).map(({ poolId, source, amountFen, receivedFen }) => ({
      poolId: poolIdOf(poolId),
      source,
      amountFen: BigInt(amountFen),
      receivedFen: BigInt(receivedFen),
    })),
  }
}
