import { and, asc, desc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Expert, ExpertContent, Member, Panel, Seat } from '../rules/seating.ts'
import type { RankingWithdrawal } from '../rules/withdrawal.ts'
import { expert, panelMember, panelSeat, reviewPanel } from '../tables.ts'

type PanelRow = typeof reviewPanel.$inferSelect

export async function insertExpert(handle: Sql, created: Expert): Promise<Expert> {
  const [row] = await handle.insert(expert).values(columnsOf(created)).returning()
  return row as Expert
}

export async function updateExpert(handle: Sql, id: string, content: ExpertContent): Promise<Expert> {
  const [row] = await handle
    .update(expert)
    .set({ ...columnsOf(content), version: sql`${expert.version} + 1` })
    .where(eq(expert.id, id))
    .returning()
  return row as Expert
}

export async function findExpert(handle: Sql, id: string): Promise<Expert | undefined> {
  const [row] = await handle.select().from(expert).where(eq(expert.id, id))
  return row
}

export async function findExperts(handle: Sql, ids: readonly string[]): Promise<Expert[]> {
  return ids.length === 0
    ? []
    : handle
        .select()
        .from(expert)
        .where(inArray(expert.id, [...ids]))
}

/** Locks the row for the rest of the transaction. */
export async function lockExpert(handle: Sql, id: string): Promise<Expert | undefined> {
  const [row] = await handle.select().from(expert).where(eq(expert.id, id)).for('update')
  return row
}

/** Newest first. */
export async function listExperts(
  handle: Sql,
  hostId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Expert>> {
  const rows = await handle
    .select()
    .from(expert)
    .where(and(eq(expert.hostId, hostId), keysetBefore(expert.createdAt, expert.id, after)))
    .orderBy(desc(expert.createdAt), desc(expert.id))
    .limit(limit + 1)
  return pageOf(rows, limit, byCreation)
}

export async function insertPanel(handle: Sql, panel: Panel): Promise<Panel> {
  const { members, seats, ...row } = panel
  await handle.insert(reviewPanel).values(row)
  await insertMembers(handle, panel.id, members)
  await saveSeats(handle, panel.id, seats)
  return panel
}

/** Raises the version after members or seats have changed. */
export async function touchPanel(handle: Sql, id: string): Promise<void> {
  await handle
    .update(reviewPanel)
    .set({ version: sql`${reviewPanel.version} + 1` })
    .where(eq(reviewPanel.id, id))
}

/** Adds what was said about a withdrawn ranking of the round. */
export async function keepWithdrawal(handle: Sql, roundId: string, withdrawn: RankingWithdrawal): Promise<void> {
  await handle
    .update(reviewPanel)
    .set({
      rankingWithdrawals: sql`${reviewPanel.rankingWithdrawals} || ${JSON.stringify([withdrawn])}::jsonb`,
      version: sql`${reviewPanel.version} + 1`,
    })
    .where(eq(reviewPanel.roundId, roundId))
}

export async function insertMembers(handle: Sql, panelId: string, members: readonly Member[]): Promise<void> {
  if (members.length > 0) await handle.insert(panelMember).values(members.map((member) => ({ ...member, panelId })))
}

/** Writes seats; a seat that exists takes the new state. */
export async function saveSeats(handle: Sql, panelId: string, seats: readonly Seat[]): Promise<void> {
  const ROWS_AT_ONCE = 1_000
  for (let from = 0; from < seats.length; from += ROWS_AT_ONCE) {
    await handle
      .insert(panelSeat)
      .values(seats.slice(from, from + ROWS_AT_ONCE).map((seat) => ({ ...seat, panelId })))
      .onConflictDoUpdate({
        target: [panelSeat.bidId, panelSeat.expertId],
        set: { state: sql`excluded.state`, reason: sql`excluded.reason`, remark: sql`excluded.remark` },
      })
  }
}

/** Why the vote of this expert is waited for no longer. */
export async function saveAbsence(handle: Sql, bidId: string, expertId: string, absence: string): Promise<void> {
  await handle
    .update(panelSeat)
    .set({ absence })
    .where(and(eq(panelSeat.bidId, bidId), eq(panelSeat.expertId, expertId)))
}

export async function findPanel(handle: Sql, id: string): Promise<Panel | undefined> {
  const [row] = await handle.select().from(reviewPanel).where(eq(reviewPanel.id, id))
  return row && withMembers(handle, row)
}

/** Locks the panel, so that nobody signs, ranks or changes seats meanwhile. */
export async function lockPanel(handle: Sql, id: string): Promise<Panel | undefined> {
  const [row] = await handle.select().from(reviewPanel).where(eq(reviewPanel.id, id)).for('update')
  return row && withMembers(handle, row)
}

/** The experts whose vote on the bid is waited for no longer. */
export async function absentExperts(handle: Sql, bidId: string): Promise<Set<string>> {
  const rows = await handle
    .select({ expertId: panelSeat.expertId })
    .from(panelSeat)
    .where(and(eq(panelSeat.bidId, bidId), isNotNull(panelSeat.absence)))
  return new Set(rows.map(({ expertId }) => expertId))
}

export async function hasPanel(handle: Sql, roundId: string): Promise<boolean> {
  return (await handle.$count(reviewPanel, eq(reviewPanel.roundId, roundId))) > 0
}

export async function findPanelOfRound(handle: Sql, roundId: string): Promise<PanelRow | undefined> {
  const [row] = await handle.select().from(reviewPanel).where(eq(reviewPanel.roundId, roundId))
  return row
}

export async function lockPanelOfRound(handle: Sql, roundId: string): Promise<Panel | undefined> {
  const [row] = await handle.select().from(reviewPanel).where(eq(reviewPanel.roundId, roundId)).for('update')
  return row && withMembers(handle, row)
}

/** Locks the panel against changes of seats and ranking, but not against other signatures. */
export async function sharePanel(handle: Sql, id: string): Promise<PanelRow | undefined> {
  const [row] = await handle.select().from(reviewPanel).where(eq(reviewPanel.id, id)).for('share')
  return row
}

/** Newest first, without members and seats. */
export async function listPanels(
  handle: Sql,
  filter: { readonly hostId: string; readonly roundId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<PanelRow>> {
  const conditions: (SQL | undefined)[] = [
    eq(reviewPanel.hostId, filter.hostId),
    filter.roundId === undefined ? undefined : eq(reviewPanel.roundId, filter.roundId),
    keysetBefore(reviewPanel.createdAt, reviewPanel.id, after),
  ]
  const rows = await handle
    .select()
    .from(reviewPanel)
    .where(and(...conditions))
    .orderBy(desc(reviewPanel.createdAt), desc(reviewPanel.id))
    .limit(limit + 1)
  return pageOf(rows, limit, byCreation)
}

/** Locks the seats of one expert for these bids: the same expert cannot sign twice at once. */
export async function lockSeats(handle: Sql, expertId: string, bidIds: readonly string[]): Promise<SeatOfPanel[]> {
  return handle
    .select()
    .from(panelSeat)
    .where(and(eq(panelSeat.expertId, expertId), inArray(panelSeat.bidId, [...bidIds])))
    .orderBy(asc(panelSeat.bidId))
    .for('update')
}

export type SeatOfPanel = Seat & { readonly panelId: string }

export async function findSeats(handle: Sql, expertId: string, bidIds: readonly string[]): Promise<SeatOfPanel[]> {
  return bidIds.length === 0
    ? []
    : handle
        .select()
        .from(panelSeat)
        .where(and(eq(panelSeat.expertId, expertId), inArray(panelSeat.bidId, [...bidIds])))
}

/** The experts seated for each of these bids. */
export async function seatedExperts(handle: Sql, bidIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const seated = new Map<string, string[]>(bidIds.map((bidId) => [bidId, []]))
  if (bidIds.length === 0) return seated
  const rows = await handle
    .select({ bidId: panelSeat.bidId, expertId: panelSeat.expertId })
    .from(panelSeat)
    .where(and(inArray(panelSeat.bidId, [...bidIds]), eq(panelSeat.state, 'seated')))
    .orderBy(asc(panelSeat.position))
  for (const { bidId, expertId } of rows) seated.get(bidId)?.push(expertId)
  return seated
}

async function withMembers(handle: Sql, row: PanelRow): Promise<Panel> {
  const members = await handle
    .select({ expertId: panelMember.expertId, position: panelMember.position, kind: panelMember.kind })
    .from(panelMember)
    .where(eq(panelMember.panelId, row.id))
    .orderBy(asc(panelMember.position))
  const seats = await handle
    .select({
      bidId: panelSeat.bidId,
      expertId: panelSeat.expertId,
      position: panelSeat.position,
      state: panelSeat.state,
      reason: panelSeat.reason,
      remark: panelSeat.remark,
      absence: panelSeat.absence,
    })
    .from(panelSeat)
    .where(eq(panelSeat.panelId, row.id))
    .orderBy(asc(panelSeat.bidId), asc(panelSeat.position))
  return { ...row, members, seats }
}

function columnsOf<Content extends ExpertContent>(content: Content) {
  return { ...content, fields: [...content.fields] }
}

function byCreation(item: { createdAt: Date; id: string }): unknown[] {
  return [item.createdAt.toISOString(), item.id]
}
