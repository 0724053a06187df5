import { and, asc, desc, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { uuidOf } from '../../../platform/ids.ts'
import type { LevelDecision, LevelMove, LevelReview } from '../rules/levels.ts'
import { levelDecision, levelReview } from '../tables.ts'

export async function insertLevelReviews(handle: Sql, reviews: readonly LevelReview[]): Promise<void> {
  if (reviews.length > 0) await handle.insert(levelReview).values([...reviews])
}

export async function levelReviewsOf(handle: Sql, bidIds: readonly string[]): Promise<LevelReview[]> {
  return bidIds.length === 0
    ? []
    : handle
        .select()
        .from(levelReview)
        .where(inArray(levelReview.bidId, [...bidIds]))
}

export async function levelReviewsOfRound(handle: Sql, roundId: string): Promise<LevelReview[]> {
  return handle.select().from(levelReview).where(eq(levelReview.roundId, roundId)).orderBy(asc(levelReview.bidId))
}

export async function findLevelReview(handle: Sql, bidId: string): Promise<LevelReview | undefined> {
  const [row] = await handle.select().from(levelReview).where(eq(levelReview.bidId, bidId))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockLevelReview(handle: Sql, bidId: string): Promise<LevelReview | undefined> {
  const [row] = await handle.select().from(levelReview).where(eq(levelReview.bidId, bidId)).for('update')
  return row
}

export async function updateLevelReview(
  handle: Sql,
  bidId: string,
  changes: LevelMove & Pick<LevelReview, 'dueOn'>,
): Promise<LevelReview> {
  const [row] = await handle
    .update(levelReview)
    .set({ ...changes, version: sql`${levelReview.version} + 1` })
    .where(eq(levelReview.bidId, bidId))
    .returning()
  return row as LevelReview
}

export async function insertLevelDecision(handle: Sql, decision: LevelDecision): Promise<void> {
  await handle.insert(levelDecision).values(decision)
}

/** In the order in which they were made. */
export async function levelDecisionsOf(handle: Sql, bidId: string): Promise<LevelDecision[]> {
  return handle.select().from(levelDecision).where(eq(levelDecision.bidId, bidId)).orderBy(asc(levelDecision.number))
}

export interface LevelFilter {
  readonly roundId?: string | undefined
  /** The reader's own host: all bids of its rounds show. */
  readonly ownHostId: string | null
  /** The reader's organization: bids show that have reached a level at which it reviews. */
  readonly reviewerId: string | null
}

/** Latest bid first. */
export async function listLevelReviews(
  handle: Sql,
  { roundId, ownHostId, reviewerId }: LevelFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<LevelReview>> {
  const has = (id: string) =>
    sql`${uuidOf(id, 'org')}::uuid = any(${levelReview.organizationIds}[1:${levelReview.reached}])`
  const conditions: (SQL | undefined)[] = [
    roundId === undefined ? undefined : eq(levelReview.roundId, roundId),
    or(
      sql`false`,
      ownHostId === null ? undefined : eq(levelReview.hostId, ownHostId),
      reviewerId === null ? undefined : has(reviewerId),
    ),
    after === undefined ? undefined : lt(levelReview.bidId, String(after[0])),
  ]
  const rows = await handle
    .select()
    .from(levelReview)
    .where(and(...conditions))
    .orderBy(desc(levelReview.bidId))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ bidId }) => [bidId])
}
