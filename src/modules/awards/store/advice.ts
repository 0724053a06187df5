import { and, count, desc, eq, lt } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import type { AdviceOutcome, RecordedAdvice } from '../rules/adviceDocument.ts'
import { adviceDeparture, allocationAdvice } from '../tables.ts'

export async function insertAdvice(handle: Sql, advice: RecordedAdvice): Promise<RecordedAdvice> {
  const [row] = await handle.insert(allocationAdvice).values(advice).returning()
  return row as RecordedAdvice
}

/** The latest counts. */
export async function findLatestAdvice(handle: Sql, roundId: string): Promise<RecordedAdvice | undefined> {
  const [row] = await handle
    .select()
    .from(allocationAdvice)
    .where(eq(allocationAdvice.roundId, roundId))
    .orderBy(desc(allocationAdvice.number))
    .limit(1)
  return row
}

/** Newest first. */
export async function listAdvice(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RecordedAdvice>> {
  const rows = await handle
    .select()
    .from(allocationAdvice)
    .where(
      and(
        eq(allocationAdvice.roundId, roundId),
        after === undefined ? undefined : lt(allocationAdvice.number, Number(after[0])),
      ),
    )
    .orderBy(desc(allocationAdvice.number))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ number }) => [number])
}

export async function insertAdviceOutcome(
  handle: Sql,
  roundId: string,
  outcome: AdviceOutcome,
  recordedAt: Date,
): Promise<void> {
  const [earlier] = await handle
    .select({ count: count() })
    .from(adviceDeparture)
    .where(eq(adviceDeparture.roundId, roundId))
  await handle.insert(adviceDeparture).values({ ...outcome, roundId, number: (earlier?.count ?? 0) + 1, recordedAt })
}
