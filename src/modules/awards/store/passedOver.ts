import { eq } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { PassedOver, PassedOverReason } from '../rules/allocation.ts'
import { passedOver } from '../tables.ts'

/** Writes why bids got no award, in the place of what an earlier proposal of the round said. */
export async function replacePassedOver(handle: Sql, roundId: string, bids: readonly PassedOver[]): Promise<void> {
  await handle.delete(passedOver).where(eq(passedOver.roundId, roundId))
  if (bids.length > 0) await handle.insert(passedOver).values(bids.map((bid) => ({ ...bid, roundId })))
}

export async function findPassedOver(handle: Sql, bidId: string): Promise<PassedOverReason | undefined> {
  const [row] = await handle.select().from(passedOver).where(eq(passedOver.bidId, bidId))
  return row?.reason
}
