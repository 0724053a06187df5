import { and, asc, desc, eq } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { ScoreResultBatch } from '../rules/results.ts'
import { scoreResultBatch } from '../tables.ts'

export async function insertBatch(handle: Sql, batch: ScoreResultBatch): Promise<ScoreResultBatch> {
  const [row] = await handle.insert(scoreResultBatch).values(batch).returning()
  return row as ScoreResultBatch
}

/** All batches of a round, each source's in the order in which they were put on record. */
export async function batchesOfRound(handle: Sql, roundId: string): Promise<ScoreResultBatch[]> {
  return handle
    .select()
    .from(scoreResultBatch)
    .where(eq(scoreResultBatch.roundId, roundId))
    .orderBy(asc(scoreResultBatch.source), asc(scoreResultBatch.number))
}

/** Newest first. */
export async function listBatches(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ScoreResultBatch>> {
  const rows = await handle
    .select()
    .from(scoreResultBatch)
    .where(
      and(eq(scoreResultBatch.roundId, roundId), keysetBefore(scoreResultBatch.recordedAt, scoreResultBatch.id, after)),
    )
    .orderBy(desc(scoreResultBatch.recordedAt), desc(scoreResultBatch.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ recordedAt, id }) => [recordedAt.toISOString(), id])
}
