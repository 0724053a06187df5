import { asc, eq } from 'drizzle-orm'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import type { Sql } from '../../../platform/database/database.ts'
import type { CarriedNeed } from '../rules/carrying.ts'
import { carriedNeed, fixedAmount, reserveList } from '../tables.ts'

/** Keeps what the host fixed, by bid, in fen. */
export async function insertFixedAmounts(
  handle: Sql,
  roundId: string,
  fixed: ReadonlyMap<string, bigint>,
  fixedAt: Date,
): Promise<void> {
  const rows = [...fixed].map(([bidId, approvedFen]) => ({ bidId, roundId, approvedFen, fixedAt }))
  if (rows.length > 0) await handle.insert(fixedAmount).values(rows)
}

/** What the host fixed in this round, by bid, in fen. */
export async function findFixedAmounts(handle: Sql, roundId: string): Promise<Map<string, bigint>> {
  const rows = await handle.select().from(fixedAmount).where(eq(fixedAmount.roundId, roundId))
  return new Map(rows.map(({ bidId, approvedFen }) => [bidId, approvedFen]))
}

/** Forgets what the host fixed: awards are proposed anew, with amounts of their own. */
export async function deleteFixedAmounts(handle: Sql, roundId: string): Promise<void> {
  await handle.delete(fixedAmount).where(eq(fixedAmount.roundId, roundId))
}

/** Until when bids in reserve may step in. */
export interface ReserveEnd {
  readonly expires: ResolvedDate
  /** The first moment at which nobody steps in any more. */
  readonly expiresAt: Date
}

export async function putReserveEnd(handle: Sql, roundId: string, end: ReserveEnd): Promise<void> {
  await handle
    .insert(reserveList)
    .values({ roundId, ...end })
    .onConflictDoUpdate({ target: reserveList.roundId, set: end })
}

export async function findReserveEnd(handle: Sql, roundId: string): Promise<ReserveEnd | undefined> {
  const [row] = await handle.select().from(reserveList).where(eq(reserveList.roundId, roundId))
  return row
}

export async function deleteReserveEnd(handle: Sql, roundId: string): Promise<void> {
  await handle.delete(reserveList).where(eq(reserveList.roundId, roundId))
}

export async function insertCarried(handle: Sql, carried: readonly CarriedNeed[]): Promise<void> {
  if (carried.length > 0) await handle.insert(carriedNeed).values([...carried])
}

/** What a round took over, the earliest first. */
export async function findCarriedInto(handle: Sql, roundId: string): Promise<CarriedNeed[]> {
  return handle
    .select()
    .from(carriedNeed)
    .where(eq(carriedNeed.roundId, roundId))
    .orderBy(asc(carriedNeed.carriedAt), asc(carriedNeed.needId))
}

/** What other rounds took over from a round. */
export async function findCarriedFrom(handle: Sql, roundId: string): Promise<CarriedNeed[]> {
  return handle.select().from(carriedNeed).where(eq(carriedNeed.fromRoundId, roundId))
}
