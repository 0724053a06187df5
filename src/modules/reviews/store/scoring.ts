import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Ranking, RankingEntry } from '../rules/ranking.ts'
import type { SeatState } from '../rules/seating.ts'
import { lotDrawing, panelSeat, ranking, reviewPanel, scoreSheet } from '../tables.ts'

export interface LotDrawing {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  /** In the order in which they were drawn. */
  readonly bidIds: readonly string[]
  readonly place: string
  readonly witnesses: readonly string[]
  readonly drawnAt: Date
  readonly createdAt: Date
}

export interface Assignment {
  readonly bidId: string
  readonly panelId: string
  readonly roundId: string
  readonly reviewOn: string
  readonly state: SeatState
  /** The expert's valid sheet, if signed. */
  readonly sheetId: string | null
}

/** The bids of one expert, latest bid first. */
export async function listAssignments(
  handle: Sql,
  expertId: string,
  roundId: string | undefined,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Assignment>> {
  const rows = await handle
    .select({
      bidId: panelSeat.bidId,
      panelId: panelSeat.panelId,
      roundId: reviewPanel.roundId,
      reviewOn: reviewPanel.reviewOn,
      state: panelSeat.state,
      sheetId: scoreSheet.id,
    })
    .from(panelSeat)
    .innerJoin(reviewPanel, eq(reviewPanel.id, panelSeat.panelId))
    .leftJoin(
      scoreSheet,
      and(
        eq(scoreSheet.bidId, panelSeat.bidId),
        eq(scoreSheet.expertId, panelSeat.expertId),
        isNull(scoreSheet.voidedAt),
      ),
    )
    .where(
      and(
        eq(panelSeat.expertId, expertId),
        roundId === undefined ? undefined : eq(reviewPanel.roundId, roundId),
        after === undefined ? undefined : lt(panelSeat.bidId, String(after[0])),
      ),
    )
    .orderBy(desc(panelSeat.bidId))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.bidId])
}

export async function findRanking(handle: Sql, roundId: string): Promise<Ranking | undefined> {
  const [row] = await handle.select().from(ranking).where(eq(ranking.roundId, roundId))
  return row && { ...row, entries: row.entries.map(withTotal) }
}

/** Entries written before totals had parts hold the panel's sum alone: it was the whole of the total. */
function withTotal(entry: RankingEntry): RankingEntry {
  if (entry.total !== undefined) return entry
  const total = { numerator: String(entry.sumHundredths), denominator: String(entry.count) }
  return { ...entry, total, components: [{ code: 'panel', ...total }] }
}

/** One ranking per round: a later one takes the place of the earlier, with the next version. */
export async function saveRanking(handle: Sql, computed: Omit<Ranking, 'version'>): Promise<Ranking> {
  const { entries, withoutResult, computedAt } = computed
  const [row] = await handle
    .insert(ranking)
    .values({ ...computed, version: 1 })
    .onConflictDoUpdate({
      target: ranking.roundId,
      set: { entries, withoutResult, computedAt, version: sql`${ranking.version} + 1` },
    })
    .returning()
  return row as Ranking
}

export async function deleteRanking(handle: Sql, roundId: string): Promise<boolean> {
  return (await handle.delete(ranking).where(eq(ranking.roundId, roundId)).returning({ id: ranking.id })).length > 0
}

export async function insertLot(handle: Sql, lot: LotDrawing): Promise<LotDrawing> {
  const [row] = await handle
    .insert(lotDrawing)
    .values({ ...lot, witnesses: [...lot.witnesses] })
    .returning()
  return row as LotDrawing
}

/** In the order in which they were put on record. */
export async function lotsOfRound(handle: Sql, roundId: string): Promise<LotDrawing[]> {
  return handle
    .select()
    .from(lotDrawing)
    .where(eq(lotDrawing.roundId, roundId))
    .orderBy(asc(lotDrawing.createdAt), asc(lotDrawing.id))
}

/** Newest first. */
export async function listLots(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<LotDrawing>> {
  const rows = await handle
    .select()
    .from(lotDrawing)
    .where(and(eq(lotDrawing.roundId, roundId), keysetBefore(lotDrawing.createdAt, lotDrawing.id, after)))
    .orderBy(desc(lotDrawing.createdAt), desc(lotDrawing.id))
    .limit(limit + 1)
  return pageOf(rows, limit, byCreation)
}

function byCreation(item: { createdAt: Date; id: string }): unknown[] {
  return [item.createdAt.toISOString(), item.id]
}
