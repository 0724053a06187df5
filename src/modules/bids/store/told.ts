import { eq, inArray } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import { toldResult } from '../tables.ts'

/** Told once, it keeps the moment. */
export async function insertTold(handle: Sql, bidIds: readonly string[], toldAt: Date): Promise<void> {
  const rows = bidIds.map((bidId) => ({ bidId, toldAt }))
  if (rows.length > 0) await handle.insert(toldResult).values(rows).onConflictDoNothing()
}

export async function deleteTold(handle: Sql, bidIds: readonly string[]): Promise<void> {
  if (bidIds.length > 0) await handle.delete(toldResult).where(inArray(toldResult.bidId, [...bidIds]))
}

export async function isTold(handle: Sql, bidId: string): Promise<boolean> {
  const rows = await handle.select().from(toldResult).where(eq(toldResult.bidId, bidId))
  return rows.length > 0
}
