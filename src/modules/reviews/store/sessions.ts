import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { ReviewItem, ReviewOpinion, ReviewQuestion, ReviewSession } from '../rules/session.ts'
import { reviewItem, reviewOpinion, reviewQuestion, reviewSession } from '../tables.ts'

export async function insertSession(
  handle: Sql,
  session: ReviewSession,
  items: readonly ReviewItem[],
): Promise<ReviewSession> {
  const [row] = await handle.insert(reviewSession).values(session).returning()
  await handle.insert(reviewItem).values([...items])
  return row as ReviewSession
}

export async function countSessions(handle: Sql, roundId: string): Promise<number> {
  return handle.$count(reviewSession, eq(reviewSession.roundId, roundId))
}

/** Newest first. */
export async function listSessions(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ReviewSession>> {
  const rows = await handle
    .select()
    .from(reviewSession)
    .where(and(eq(reviewSession.roundId, roundId), keysetBefore(reviewSession.createdAt, reviewSession.id, after)))
    .orderBy(desc(reviewSession.createdAt), desc(reviewSession.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
}

export async function itemsOfRound(handle: Sql, roundId: string): Promise<ReviewItem[]> {
  return handle
    .select()
    .from(reviewItem)
    .where(eq(reviewItem.roundId, roundId))
    .orderBy(asc(reviewItem.sessionId), asc(reviewItem.position))
}

export async function itemsOf(handle: Sql, bidIds: readonly string[]): Promise<ReviewItem[]> {
  return bidIds.length === 0
    ? []
    : handle
        .select()
        .from(reviewItem)
        .where(inArray(reviewItem.bidId, [...bidIds]))
}

export async function findItem(handle: Sql, bidId: string): Promise<ReviewItem | undefined> {
  const [row] = await handle.select().from(reviewItem).where(eq(reviewItem.bidId, bidId))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockItem(handle: Sql, bidId: string): Promise<ReviewItem | undefined> {
  const [row] = await handle.select().from(reviewItem).where(eq(reviewItem.bidId, bidId)).for('update')
  return row
}

/** Writes what differs and raises the version. */
export async function updateItem(
  handle: Sql,
  bidId: string,
  changes: Partial<Pick<ReviewItem, 'state' | 'bidderPresent' | 'statement' | 'statedAt'>>,
): Promise<ReviewItem> {
  const [row] = await handle
    .update(reviewItem)
    .set({ ...changes, version: sql`${reviewItem.version} + 1` })
    .where(eq(reviewItem.bidId, bidId))
    .returning()
  return row as ReviewItem
}

export async function insertQuestion(handle: Sql, question: ReviewQuestion): Promise<ReviewQuestion> {
  const [row] = await handle.insert(reviewQuestion).values(question).returning()
  return row as ReviewQuestion
}

/** In the order in which they were asked. */
export async function questionsOf(handle: Sql, bidId: string): Promise<ReviewQuestion[]> {
  return handle.select().from(reviewQuestion).where(eq(reviewQuestion.bidId, bidId)).orderBy(asc(reviewQuestion.number))
}

/** Undefined: there is no such question, or it has its answer. */
export async function saveAnswer(
  handle: Sql,
  { bidId, number, ...answered }: Pick<ReviewQuestion, 'bidId' | 'number' | 'answer' | 'answeredBy' | 'answeredAt'>,
): Promise<ReviewQuestion | undefined> {
  const isOpen = and(eq(reviewQuestion.bidId, bidId), eq(reviewQuestion.number, number), isNull(reviewQuestion.answer))
  const [row] = await handle.update(reviewQuestion).set(answered).where(isOpen).returning()
  return row
}

export async function insertOpinion(handle: Sql, opinion: ReviewOpinion): Promise<ReviewOpinion> {
  const [row] = await handle.insert(reviewOpinion).values(opinion).returning()
  return row as ReviewOpinion
}

/** All that were published on a bid, the latest last. */
export async function opinionsOf(handle: Sql, bidId: string): Promise<ReviewOpinion[]> {
  return handle.select().from(reviewOpinion).where(eq(reviewOpinion.bidId, bidId)).orderBy(asc(reviewOpinion.number))
}

/** The latest opinion is taken back; it stays on record with the reason. */
export async function takeOpinionBack(
  handle: Sql,
  bidId: string,
  taken: { readonly reopenedAt: Date; readonly reopenReason: string },
): Promise<void> {
  await handle
    .update(reviewOpinion)
    .set(taken)
    .where(and(eq(reviewOpinion.bidId, bidId), isNull(reviewOpinion.reopenedAt)))
}
