import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { GrantSource, ProjectGrant } from '../rules/ledger.ts'
import type { SourceShare } from '../rules/tranches.ts'
import { projectGrant, projectGrantSource, tranche } from '../tables.ts'
import { poolIdOf } from './sources.ts'

interface StoredSource {
  readonly poolId: string
  readonly source: string
  readonly approvedFen: string
  readonly paidFen: string
  readonly refundedFen: string
}

/** The shares in one statement with their grant; amounts as text, because JSON numbers end at 2^53. */
const sources = sql<StoredSource[]>`(
  select json_agg(json_build_object('poolId', s.pool_id, 'source', s.source, 'approvedFen', s.approved_fen::text,
    'paidFen', s.paid_fen::text, 'refundedFen', s.refunded_fen::text) order by s.position)
  from project_grant_source s where s.project_id = project_grant.project_id)`
const columns = { ...getTableColumns(projectGrant), sources }
type Row = typeof projectGrant.$inferSelect & { readonly sources: StoredSource[] | null }

export async function insertGrant(
  handle: Sql,
  grant: Omit<ProjectGrant, 'version' | 'paidFen' | 'refundedFen' | 'eligibleFen' | 'settledOn' | 'sources'> & {
    readonly shares: readonly SourceShare[]
    readonly createdAt: Date
  },
): Promise<void> {
  const { shares, ...content } = grant
  await handle.insert(projectGrant).values({ ...content, version: 1, paidFen: 0n, refundedFen: 0n })
  await handle.insert(projectGrantSource).values(
    shares.map(({ poolId, source, amountFen }, index) => ({
      projectId: grant.projectId,
      poolId,
      position: index + 1,
      source,
      approvedFen: amountFen,
      paidFen: 0n,
      refundedFen: 0n,
    })),
  )
}

export async function findGrant(handle: Sql, projectId: string): Promise<ProjectGrant | undefined> {
  const [row] = await handle.select(columns).from(projectGrant).where(eq(projectGrant.projectId, projectId))
  return row && fromRow(row)
}

/** All grants of a round in the order of their making, in one statement. */
export async function findGrantsOfRound(handle: Sql, roundId: string): Promise<ProjectGrant[]> {
  const rows = await handle
    .select(columns)
    .from(projectGrant)
    .where(eq(projectGrant.roundId, roundId))
    .orderBy(projectGrant.createdAt, projectGrant.projectId)
  return rows.map(fromRow)
}

/**
 * Locks the grant for the rest of the transaction. It is read in a second statement: after waiting for the lock, the
 * first one would still see the shares as they were before.
 */
export async function lockGrant(handle: Sql, projectId: string): Promise<ProjectGrant | undefined> {
  await handle
    .select({ projectId: projectGrant.projectId })
    .from(projectGrant)
    .where(eq(projectGrant.projectId, projectId))
    .for('update')
  return findGrant(handle, projectId)
}

/** Locks the grant that a tranche belongs to. Everything about tranches happens under this lock. */
export async function lockGrantOfTranche(handle: Sql, trancheId: string): Promise<ProjectGrant | undefined> {
  const [found] = await handle.select({ projectId: tranche.projectId }).from(tranche).where(eq(tranche.id, trancheId))
  return found && lockGrant(handle, found.projectId)
}

/** Adds what was paid, or what came back, to the grant and its shares. */
export async function addToGrant(
  handle: Sql,
  projectId: string,
  column: 'paidFen' | 'refundedFen',
  parts: readonly SourceShare[],
): Promise<void> {
  let wholeFen = 0n
  for (const { poolId, amountFen } of parts) {
    if (amountFen === 0n) continue
    wholeFen += amountFen
    await handle
      .update(projectGrantSource)
      .set({ [column]: sql`${projectGrantSource[column]} + ${amountFen}` })
      .where(sql`${eq(projectGrantSource.projectId, projectId)} and ${eq(projectGrantSource.poolId, poolId)}`)
  }
  await handle
    .update(projectGrant)
    .set({ [column]: sql`${projectGrant[column]} + ${wholeFen}`, version: nextVersion })
    .where(eq(projectGrant.projectId, projectId))
}

export async function saveSettlement(
  handle: Sql,
  projectId: string,
  settled: { readonly eligibleFen: bigint; readonly settledOn: string },
): Promise<void> {
  await handle
    .update(projectGrant)
    .set({ ...settled, version: nextVersion })
    .where(eq(projectGrant.projectId, projectId))
}

const nextVersion = sql`${projectGrant.version} + 1`

function fromRow({ createdAt: _createdAt, sources: stored, ...row }: Row): ProjectGrant {
  return {
    ...row,
    sources: (stored ?? []).map(
      (share): GrantSource => ({
        poolId: poolIdOf(share.poolId),
        source: share.source,
        approvedFen: BigInt(share.approvedFen),
        paidFen: BigInt(share.paidFen),
        refundedFen: BigInt(share.refundedFen),
      }),
    ),
  }
}
