import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { Opening, OpeningOutcome } from '../rules/opening.ts'
import type { OpeningLine } from '../rules/openingRecord.ts'
import { bid, bidOpening, bidVersion } from '../tables.ts'

export async function findOpening(handle: Sql, roundId: string): Promise<Opening | undefined> {
  const [row] = await handle.select().from(bidOpening).where(eq(bidOpening.roundId, roundId))
  return row
}

export async function saveOpening(handle: Sql, { openers, ...saved }: Opening): Promise<void> {
  const row = { ...saved, openers: [...openers] }
  await handle.insert(bidOpening).values(row).onConflictDoUpdate({ target: bidOpening.roundId, set: row })
}

/** The rounds whose bids are being opened, the earliest request first. */
export async function findRunning(handle: Sql): Promise<Opening[]> {
  return handle
    .select()
    .from(bidOpening)
    .where(inArray(bidOpening.state, ['running', 'awaiting_key']))
    .orderBy(asc(bidOpening.requestedAt))
}

/** What became of each bid that was in at the deadline, earliest submission first. */
export async function findLines(handle: Sql, roundId: string): Promise<OpeningLine[]> {
  const rows = await handle
    .select({
      bidId: bid.id,
      needId: bid.needId,
      projectId: bid.projectId,
      organizationId: bid.organizationId,
      sponsoredGroupId: bid.sponsoredGroupId,
      number: bid.openingVersion,
      commitment: bidVersion.commitment,
      submittedAt: bid.submittedAt,
      outcome: bid.openingOutcome,
      reason: bid.openingReason,
    })
    .from(bid)
    .leftJoin(bidVersion, and(eq(bidVersion.bidId, bid.id), eq(bidVersion.number, bid.openingVersion)))
    .where(and(eq(bid.roundId, roundId), isNotNull(bid.openingOutcome)))
    .orderBy(asc(bid.submittedAt), asc(bid.id))
  return rows.map((row) => ({
    ...row,
    number: row.number as number,
    submittedAt: row.submittedAt as Date,
    outcome: row.outcome as OpeningOutcome,
  }))
}
