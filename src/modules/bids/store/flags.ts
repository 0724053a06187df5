import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { BidFlag } from '../rules/flags.ts'
import { bidFlag } from '../tables.ts'

/** Rows of one statement; a row has ten parameters and a statement at most 65,535. */
const BATCH = 1_000

/** Keeps the flags that are not there already and answers them: raised again, nothing changes. */
export async function insertFlags(handle: Sql, flags: readonly BidFlag[]): Promise<BidFlag[]> {
  const raised: BidFlag[] = []
  for (let from = 0; from < flags.length; from += BATCH)
    raised.push(
      ...(await handle
        .insert(bidFlag)
        .values(flags.slice(from, from + BATCH))
        .onConflictDoNothing()
        .returning()),
    )
  return raised
}

export async function updateFlag(handle: Sql, { id, version, ...flag }: BidFlag): Promise<BidFlag> {
  const { state, reason, decidedBy, decidedAt } = flag
  const changes = { state, reason, decidedBy, decidedAt, version: version + 1 }
  await handle.update(bidFlag).set(changes).where(eq(bidFlag.id, id))
  return { ...flag, id, version: version + 1 }
}

/** The flag of this very bid. The bid must be locked where the flag is to be decided. */
export async function findFlag(handle: Sql, bidId: string, id: string): Promise<BidFlag | undefined> {
  const [row] = await handle
    .select()
    .from(bidFlag)
    .where(and(eq(bidFlag.id, id), eq(bidFlag.bidId, bidId)))
  return row
}

/** In the order in which they were raised. */
export async function findFlags(handle: Sql, bidIds: readonly string[]): Promise<BidFlag[]> {
  if (bidIds.length === 0) return []
  return handle
    .select()
    .from(bidFlag)
    .where(inArray(bidFlag.bidId, [...bidIds]))
    .orderBy(asc(bidFlag.raisedAt), asc(bidFlag.id))
}
