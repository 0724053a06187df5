import { and, asc, desc, eq, inArray, lt, max, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Award, AwardSource, AwardState, NewAward } from '../rules/award.ts'
import { award, awardSource } from '../tables.ts'

type Row = typeof award.$inferSelect

export interface AwardFilter {
  readonly roundId?: string | undefined
  readonly projectId?: string | undefined
  readonly state?: AwardState | undefined
  /** Only of rounds of this host. */
  readonly hostId?: string | undefined
  /** Only of this agency. */
  readonly organizationId?: string | undefined
  /** Bids of whose awards only those that were cut are listed. */
  readonly untoldBidIds?: readonly string[] | undefined
}

export async function insertAward(handle: Sql, id: string, content: NewAward, createdAt: Date): Promise<Award> {
  const { sources, ...columns } = content
  const [row] = await handle
    .insert(award)
    .values({ ...columns, id, version: 1, createdAt })
    .returning()
  await insertSources(handle, id, sources)
  return { ...(row as Row), sources }
}

/** Saves what may change in the life of an award; the amount and whose it is never do. */
export async function updateAward(handle: Sql, changed: Award): Promise<Award> {
  const { state, revisedBudget, budgetDue, noticeClosesAt, noticeId, decisionId, endReason } = changed
  const [row] = await handle
    .update(award)
    .set({ state, revisedBudget, budgetDue, noticeClosesAt, noticeId, decisionId, endReason, version: nextVersion })
    .where(eq(award.id, changed.id))
    .returning()
  return { ...(row as Row), sources: changed.sources }
}

/** From now on that organization may read the award. */
export async function updateReviewer(handle: Sql, id: string, reviewedById: string): Promise<void> {
  await handle.update(award).set({ reviewedById }).where(eq(award.id, id))
}

/** The awards of a notice whose window was extended. @returns their rounds, which is one. */
export async function moveClosing(handle: Sql, noticeId: string, noticeClosesAt: Date): Promise<string[]> {
  const rows = await handle
    .update(award)
    .set({ noticeClosesAt, version: nextVersion })
    .where(and(eq(award.noticeId, noticeId), inArray(award.state, ['noticed', 'suspended'])))
    .returning({ roundId: award.roundId })
  return rows.map(({ roundId }) => roundId)
}

/** Gives an award other pools for the same amount. */
export async function replaceSources(handle: Sql, changed: Award, sources: readonly AwardSource[]): Promise<Award> {
  await handle.delete(awardSource).where(eq(awardSource.awardId, changed.id))
  await insertSources(handle, changed.id, sources)
  return updateAward(handle, { ...changed, sources })
}

export async function findAward(handle: Sql, id: string): Promise<Award | undefined> {
  const rows = await handle.select().from(award).where(eq(award.id, id))
  return (await withSources(handle, rows))[0]
}

/** The award of a bid, unless it was retracted. */
export async function findAwardOfBid(handle: Sql, bidId: string): Promise<Award | undefined> {
  const rows = await handle
    .select()
    .from(award)
    .where(and(eq(award.bidId, bidId), ne(award.state, 'retracted')))
  return (await withSources(handle, rows))[0]
}

/** Locks the row for the rest of the transaction. */
export async function lockStoredAward(handle: Sql, id: string): Promise<Award | undefined> {
  const rows = await handle.select().from(award).where(eq(award.id, id)).for('update')
  return (await withSources(handle, rows))[0]
}

/** All awards of a round in the order of allocation. */
export async function findAwardsOfRound(handle: Sql, roundId: string): Promise<Award[]> {
  const rows = await handle.select().from(award).where(eq(award.roundId, roundId)).orderBy(asc(award.sequence))
  return withSources(handle, rows)
}

export async function lockAwardsOfRound(handle: Sql, roundId: string): Promise<Award[]> {
  const rows = await handle
    .select()
    .from(award)
    .where(eq(award.roundId, roundId))
    .orderBy(asc(award.sequence))
    .for('update')
  return withSources(handle, rows)
}

export async function nextSequence(handle: Sql, roundId: string): Promise<number> {
  const [row] = await handle
    .select({ last: max(award.sequence) })
    .from(award)
    .where(eq(award.roundId, roundId))
  return (row?.last ?? 0) + 1
}

/** Newest first. */
export async function listAwards(
  handle: Sql,
  filter: AwardFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Award>> {
  const { roundId, projectId, state, hostId, organizationId, untoldBidIds = [] } = filter
  const conditions: (SQL | undefined)[] = [
    roundId === undefined ? undefined : eq(award.roundId, roundId),
    projectId === undefined ? undefined : eq(award.projectId, projectId),
    state === undefined ? undefined : eq(award.state, state),
    hostId === undefined ? undefined : eq(award.hostId, hostId),
    organizationId === undefined ? undefined : eq(award.organizationId, organizationId),
    untoldBidIds.length === 0
      ? undefined
      : or(notInArray(award.bidId, [...untoldBidIds]), lt(award.approvedFen, award.requestedFen)),
    keysetBefore(award.createdAt, award.id, after),
  ]
  const rows = await handle
    .select()
    .from(award)
    .where(and(...conditions))
    .orderBy(desc(award.createdAt), desc(award.id))
    .limit(limit + 1)
  return pageOf(await withSources(handle, rows), limit, (item) => [item.createdAt.toISOString(), item.id])
}

const nextVersion = sql`${award.version} + 1`

async function insertSources(handle: Sql, awardId: string, sources: readonly AwardSource[]): Promise<void> {
  const rows = sources.map((source, index) => ({ ...source, awardId, position: index + 1 }))
  if (rows.length > 0) await handle.insert(awardSource).values(rows)
}

/** One more statement for all rows together. */
async function withSources(handle: Sql, rows: readonly Row[]): Promise<Award[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const sources = await handle
    .select()
    .from(awardSource)
    .where(inArray(awardSource.awardId, ids))
    .orderBy(asc(awardSource.position))
  const byAward = Map.groupBy(sources, ({ awardId }) => awardId)
  return rows.map((row) => ({
    ...row,
    sources: (byAward.get(row.id) ?? []).map(({ poolId, source, amountFen }) => ({ poolId, source, amountFen })),
  }))
}
