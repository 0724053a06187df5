import { and, asc, desc, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import { scoreSheet } from '../tables.ts'

const ROWS_AT_ONCE = 500

export async function insertSheets(
  handle: Sql,
  sheets: readonly Omit<ScoreSheet, 'signingNumber'>[],
): Promise<ScoreSheet[]> {
  const inserted: ScoreSheet[] = []
  for (let from = 0; from < sheets.length; from += ROWS_AT_ONCE)
    inserted.push(
      ...(await handle
        .insert(scoreSheet)
        .values(sheets.slice(from, from + ROWS_AT_ONCE))
        .returning()),
    )
  return inserted
}

/** Why an expert is far from the others; only on a valid sheet that has no reason yet. */
export async function saveOutlierReason(
  handle: Sql,
  id: string,
  outlierReason: string,
): Promise<ScoreSheet | undefined> {
  const isOpen = and(eq(scoreSheet.id, id), isNull(scoreSheet.voidedAt), isNull(scoreSheet.outlierReason))
  const [row] = await handle.update(scoreSheet).set({ outlierReason }).where(isOpen).returning()
  return row
}

/** The valid sheets of these bids, in the order of their signatures. */
export async function validSheetsOf(handle: Sql, bidIds: readonly string[]): Promise<ScoreSheet[]> {
  return bidIds.length === 0
    ? []
    : handle
        .select()
        .from(scoreSheet)
        .where(and(inArray(scoreSheet.bidId, [...bidIds]), isNull(scoreSheet.voidedAt)))
        .orderBy(asc(scoreSheet.signingNumber))
}

/** Which of these bids the expert has signed a sheet for that counts. */
export async function signedBids(handle: Sql, expertId: string, bidIds: readonly string[]): Promise<Set<string>> {
  const rows = await handle
    .select({ bidId: scoreSheet.bidId })
    .from(scoreSheet)
    .where(and(eq(scoreSheet.expertId, expertId), inArray(scoreSheet.bidId, [...bidIds]), isNull(scoreSheet.voidedAt)))
  return new Set(rows.map(({ bidId }) => bidId))
}

/** The sheet stays on record and counts no more. */
export async function voidSheet(
  handle: Sql,
  bidId: string,
  expertId: string,
  at: Date,
): Promise<ScoreSheet | undefined> {
  const [row] = await handle
    .update(scoreSheet)
    .set({ voidedAt: at })
    .where(and(eq(scoreSheet.bidId, bidId), eq(scoreSheet.expertId, expertId), isNull(scoreSheet.voidedAt)))
    .returning()
  return row
}

export async function findSheet(handle: Sql, id: string): Promise<ScoreSheet | undefined> {
  const [row] = await handle.select().from(scoreSheet).where(eq(scoreSheet.id, id))
  return row
}

export async function validSheets(handle: Sql, roundId: string): Promise<ScoreSheet[]> {
  return handle
    .select()
    .from(scoreSheet)
    .where(and(eq(scoreSheet.roundId, roundId), isNull(scoreSheet.voidedAt)))
}

export interface SheetFilter {
  readonly roundId?: string | undefined
  readonly bidId?: string | undefined
  /** Only of rounds of this host. */
  readonly hostId?: string | undefined
  /** Only of this expert. */
  readonly expertId?: string | undefined
}

/** Newest first. */
export async function listSheets(
  handle: Sql,
  { roundId, bidId, hostId, expertId }: SheetFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ScoreSheet>> {
  const conditions: (SQL | undefined)[] = [
    roundId === undefined ? undefined : eq(scoreSheet.roundId, roundId),
    bidId === undefined ? undefined : eq(scoreSheet.bidId, bidId),
    hostId === undefined ? undefined : eq(scoreSheet.hostId, hostId),
    expertId === undefined ? undefined : eq(scoreSheet.expertId, expertId),
    keysetBefore(scoreSheet.createdAt, scoreSheet.id, after),
  ]
  const rows = await handle
    .select()
    .from(scoreSheet)
    .where(and(...conditions))
    .orderBy(desc(scoreSheet.createdAt), desc(scoreSheet.id))
    .limit(limit + 1)
  return pageOf(rows, limit, byCreation)
}

function byCreation(item: { createdAt: Date; id: string }): unknown[] {
  return [item.createdAt.toISOString(), item.id]
}
