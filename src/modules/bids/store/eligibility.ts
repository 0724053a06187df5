import { desc, eq, inArray } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { Finding } from '../rules/budget.ts'
import type { EligibilityFacts } from '../rules/eligibility.ts'
import { bidEligibility } from '../tables.ts'

/** What was known of a bidder as of the last day for bids. */
export interface EligibilitySnapshot {
  readonly bidId: string
  /** 1 is the first; a higher one was taken at the host's wish and replaces it. */
  readonly number: number
  readonly day: string
  readonly facts: EligibilityFacts
  readonly findings: readonly Finding[]
  readonly takenAt: Date
}

export async function insertSnapshot(handle: Sql, snapshot: EligibilitySnapshot): Promise<void> {
  await handle.insert(bidEligibility).values(snapshot)
}

/** The one that counts. */
export async function latestSnapshot(handle: Sql, bidId: string): Promise<EligibilitySnapshot | undefined> {
  const [row] = await handle
    .select()
    .from(bidEligibility)
    .where(eq(bidEligibility.bidId, bidId))
    .orderBy(desc(bidEligibility.number))
    .limit(1)
  return row
}

/** The ones that count, of those bids that have any. */
export async function latestSnapshots(handle: Sql, bidIds: readonly string[]): Promise<EligibilitySnapshot[]> {
  if (bidIds.length === 0) return []
  return handle
    .selectDistinctOn([bidEligibility.bidId])
    .from(bidEligibility)
    .where(inArray(bidEligibility.bidId, [...bidIds]))
    .orderBy(bidEligibility.bidId, desc(bidEligibility.number))
}
