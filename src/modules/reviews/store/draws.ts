import { and, count, desc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm'
import type { LegalDate } from '../../../kernel/days.ts'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import type { SealedField } from '../../../platform/database/encrypted.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { ExpertDraw } from '../rules/draw.ts'
import type { Expert } from '../rules/seating.ts'
import { expert, expertDraw, panelSeat, reviewPanel } from '../tables.ts'

/** A draw with the service's seed as it is kept until it is shown. */
export type StoredDraw = ExpertDraw & { readonly serviceSeedSealed: SealedField }

export async function insertDraw(handle: Sql, draw: StoredDraw): Promise<StoredDraw> {
  const [row] = await handle.insert(expertDraw).values(draw).returning()
  return row as StoredDraw
}

/** Writes what changes in a draw and raises its version. */
export async function updateDraw(
  handle: Sql,
  id: string,
  changed: Partial<
    Pick<ExpertDraw, 'state' | 'hostSeed' | 'serviceSeed' | 'dropOuts' | 'seats' | 'abandonmentReason' | 'revealedAt'>
  >,
): Promise<StoredDraw> {
  const [row] = await handle
    .update(expertDraw)
    .set({ ...changed, version: sql`${expertDraw.version} + 1` })
    .where(eq(expertDraw.id, id))
    .returning()
  return row as StoredDraw
}

export async function findDraw(handle: Sql, id: string): Promise<StoredDraw | undefined> {
  const [row] = await handle.select().from(expertDraw).where(eq(expertDraw.id, id))
  return row
}

export async function lockDraw(handle: Sql, id: string): Promise<StoredDraw | undefined> {
  const [row] = await handle.select().from(expertDraw).where(eq(expertDraw.id, id)).for('update')
  return row
}

/** The draw of a round that was not abandoned. */
export async function standingDraw(handle: Sql, roundId: string): Promise<StoredDraw | undefined> {
  const [row] = await handle
    .select()
    .from(expertDraw)
    .where(and(eq(expertDraw.roundId, roundId), ne(expertDraw.state, 'abandoned')))
  return row
}

export async function countDraws(handle: Sql, roundId: string): Promise<number> {
  return handle.$count(expertDraw, eq(expertDraw.roundId, roundId))
}

/** Newest first. */
export async function listDraws(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<StoredDraw>> {
  const rows = await handle
    .select()
    .from(expertDraw)
    .where(and(eq(expertDraw.roundId, roundId), keysetBefore(expertDraw.createdAt, expertDraw.id, after)))
    .orderBy(desc(expertDraw.createdAt), desc(expertDraw.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
}

/** The pool of a host, at most so many. */
export async function expertsOfHost(handle: Sql, hostId: string, limit: number): Promise<Expert[]> {
  return handle.select().from(expert).where(eq(expert.hostId, hostId)).orderBy(expert.id).limit(limit)
}

/** On how many panels of the host each of these experts sat with a review day after `after`, up to `until`. */
export async function countPanels(
  handle: Sql,
  hostId: string,
  expertIds: readonly string[],
  { after, until }: { readonly after: LegalDate; readonly until: LegalDate },
): Promise<Map<string, number>> {
  if (expertIds.length === 0) return new Map()
  const rows = await handle
    .select({ expertId: panelSeat.expertId, panels: count(sql`distinct ${panelSeat.panelId}`) })
    .from(panelSeat)
    .innerJoin(reviewPanel, eq(reviewPanel.id, panelSeat.panelId))
    .where(
      and(
        eq(reviewPanel.hostId, hostId),
        eq(panelSeat.state, 'seated'),
        inArray(panelSeat.expertId, [...expertIds]),
        gt(reviewPanel.reviewOn, after),
        lte(reviewPanel.reviewOn, until),
      ),
    )
    .groupBy(panelSeat.expertId)
  return new Map(rows.map(({ expertId, panels }) => [expertId, Number(panels)]))
}
