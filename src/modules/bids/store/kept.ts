import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import type { KeptBid, KeptReceipt, KeptVersion } from '../rules/recorded.ts'
import { bid, bidVersion, receipt } from '../tables.ts'

/** Bids of everybody by their identifiers, to be walked to the end. */
export async function pageOfBids(handle: Sql, after: string | undefined, limit: number): Promise<KeptBid[]> {
  return handle
    .select({
      id: bid.id,
      roundId: bid.roundId,
      organizationId: bid.organizationId,
      state: bid.state,
      currentVersion: bid.currentVersion,
      submittedAt: bid.submittedAt,
      confirmedPolicyVersion: bid.confirmedPolicyVersion,
      openingOutcome: bid.openingOutcome,
      openingVersion: bid.openingVersion,
      openingReason: bid.openingReason,
    })
    .from(bid)
    .where(after === undefined ? undefined : gt(bid.id, after))
    .orderBy(asc(bid.id))
    .limit(limit)
}

/** All versions of these bids. The ciphertexts, up to 1 MB each, are hashed where they lie. */
export async function versionsOf(handle: Sql, bidIds: readonly string[]): Promise<KeptVersion[]> {
  if (bidIds.length === 0) return []
  return handle
    .select({
      bidId: bidVersion.bidId,
      number: bidVersion.number,
      // What was sealed keeps its content beside it once it is opened; only a correction is committed to by content.
      content: sql<unknown>`case when ${bidVersion.sealed} is null then ${bidVersion.content} end`,
      ciphertextSha256: sql<string | null>`encode(sha256(${bidVersion.sealed}), 'hex')`,
      manifest: bidVersion.manifest,
      salt: bidVersion.salt,
      commitment: bidVersion.commitment,
      submittedAt: bidVersion.submittedAt,
    })
    .from(bidVersion)
    .where(inArray(bidVersion.bidId, [...bidIds]))
    .orderBy(asc(bidVersion.bidId), asc(bidVersion.number))
}

export async function receiptsOfBids(handle: Sql, bidIds: readonly string[]): Promise<KeptReceipt[]> {
  if (bidIds.length === 0) return []
  return handle
    .select()
    .from(receipt)
    .where(inArray(receipt.bidId, [...bidIds]))
    .orderBy(asc(receipt.receivedAt), asc(receipt.id))
}

/** Which of these bids are there. */
export async function bidsThere(handle: Sql, bidIds: readonly string[]): Promise<Set<string>> {
  if (bidIds.length === 0) return new Set()
  const rows = await handle
    .select({ id: bid.id })
    .from(bid)
    .where(inArray(bid.id, [...bidIds]))
  return new Set(rows.map(({ id }) => id))
}

/** Versions whose bid is not there, which the database allows only where its checks were switched off. */
export async function pageOfLostVersions(
  handle: Sql,
  after: { readonly bidId: string; readonly number: number } | undefined,
  limit: number,
): Promise<{ readonly bidId: string; readonly number: number }[]> {
  const { bidId, number } = bidVersion
  return handle
    .select({ bidId, number })
    .from(bidVersion)
    .leftJoin(bid, eq(bid.id, bidId))
    .where(
      and(
        isNull(bid.id),
        after === undefined
          ? undefined
          : or(gt(bidId, after.bidId), and(eq(bidId, after.bidId), gt(number, after.number))),
      ),
    )
    .orderBy(asc(bidId), asc(number))
    .limit(limit)
}

/** Receipts whose bid is not there. */
export async function pageOfLostReceipts(
  handle: Sql,
  after: { readonly id: string } | undefined,
  limit: number,
): Promise<{ readonly id: string }[]> {
  return handle
    .select({ id: receipt.id })
    .from(receipt)
    .leftJoin(bid, eq(bid.id, receipt.bidId))
    .where(and(isNull(bid.id), after === undefined ? undefined : gt(receipt.id, after.id)))
    .orderBy(asc(receipt.id))
    .limit(limit)
}
