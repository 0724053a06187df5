import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { BidManifest } from '../../../kernel/receipt.ts'
import type { Sql } from '../../../platform/database/database.ts'
import type { BidContent } from '../rules/bid.ts'
import { bid, bidDocument, bidVersion, receipt } from '../tables.ts'

export type Receipt = typeof receipt.$inferSelect

/** What was submitted, as it is kept: content (a correction), or ciphertext and manifest. */
export interface NewVersion {
  readonly bidId: string
  readonly number: number
  readonly content: BidContent | null
  readonly sealed: Buffer | null
  readonly manifest: BidManifest | null
  readonly salt: Buffer
  readonly commitment: string
  readonly projectVersion: number
  readonly submittedAt: Date
}

export async function insertVersion(handle: Sql, version: NewVersion): Promise<void> {
  await handle.insert(bidVersion).values(version)
}

export async function insertReceipt(handle: Sql, given: Receipt): Promise<void> {
  await handle.insert(receipt).values(given)
}

/** With whose bid it is, which decides who may read it. */
export type ReceiptOfBid = Receipt & {
  readonly organizationId: string
  readonly hostId: string
  readonly roundId: string
  readonly openedAt: Date | null
  readonly manifest: BidManifest | null
}

export async function findReceipt(handle: Sql, id: string): Promise<ReceiptOfBid | undefined> {
  const [row] = await receiptsOf(handle).where(eq(receipt.id, id))
  return row
}

/** All receipts of a bid, in the order in which they were given. */
export async function findReceipts(handle: Sql, bidId: string): Promise<ReceiptOfBid[]> {
  return receiptsOf(handle).where(eq(receipt.bidId, bidId)).orderBy(asc(receipt.receivedAt), asc(receipt.id))
}

function receiptsOf(handle: Sql) {
  return handle
    .select({
      id: receipt.id,
      bidId: receipt.bidId,
      number: receipt.number,
      kind: receipt.kind,
      eventId: receipt.eventId,
      commitment: receipt.commitment,
      receivedAt: receipt.receivedAt,
      jws: receipt.jws,
      organizationId: bid.organizationId,
      hostId: bid.hostId,
      roundId: bid.roundId,
      openedAt: bid.openedAt,
      manifest: bidVersion.manifest,
    })
    .from(receipt)
    .innerJoin(bid, eq(bid.id, receipt.bidId))
    .innerJoin(bidVersion, and(eq(bidVersion.bidId, receipt.bidId), eq(bidVersion.number, receipt.number)))
    .$dynamic()
}

/** The ciphertext of one version, as canonical JSON; undefined where nothing was sealed. */
export async function findSealed(handle: Sql, bidId: string, number: number): Promise<Buffer | undefined> {
  const [row] = await handle
    .select({ sealed: bidVersion.sealed })
    .from(bidVersion)
    .where(and(eq(bidVersion.bidId, bidId), eq(bidVersion.number, number)))
  return row?.sealed ?? undefined
}

export async function findManifest(handle: Sql, bidId: string, number: number): Promise<BidManifest | undefined> {
  const [row] = await handle
    .select({ manifest: bidVersion.manifest })
    .from(bidVersion)
    .where(and(eq(bidVersion.bidId, bidId), eq(bidVersion.number, number)))
  return row?.manifest ?? undefined
}

/** A bid that waits to be opened, with what was kept of its last submission. */
export interface Unopened {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  readonly number: number
  readonly submittedAt: Date
  readonly confirmedPolicyVersion: number | null
  /** Set in rows of an earlier version of the service, which did not seal. */
  readonly content: BidContent | null
  readonly sealed: Buffer | null
  readonly manifest: BidManifest | null
  readonly commitment: string | null
  readonly jws: string | null
  readonly lastVersion: number | null
  readonly lastReceipt: number | null
}

/** The next bids to open, earliest submission first, after one that was looked at. A few at a time: each may weigh 1 MB. */
export async function findUnopened(
  handle: Sql,
  roundId: string,
  after: Pick<Unopened, 'submittedAt' | 'id'> | undefined,
  limit: number,
): Promise<Unopened[]> {
  const rows = await handle
    .select({
      id: bid.id,
      roundId: bid.roundId,
      hostId: bid.hostId,
      number: bid.currentVersion,
      submittedAt: bid.submittedAt,
      confirmedPolicyVersion: bid.confirmedPolicyVersion,
      content: bidVersion.content,
      sealed: bidVersion.sealed,
      manifest: bidVersion.manifest,
      commitment: bidVersion.commitment,
      jws: sql<string | null>`(select jws from ${receipt} given where given.bid_id = ${bid.id}
        and given.number = ${bid.currentVersion} and given.kind = 'submission')`,
      lastVersion: sql<number | null>`(select max(kept.number) from ${bidVersion} kept where kept.bid_id = ${bid.id})`,
      lastReceipt: sql<number | null>`(select max(given.number) from ${receipt} given where given.bid_id = ${bid.id})`,
    })
    .from(bid)
    // A version that is gone must not take its bid out of the record.
    .leftJoin(bidVersion, and(eq(bidVersion.bidId, bid.id), eq(bidVersion.number, bid.currentVersion)))
    .where(
      and(
        eq(bid.roundId, roundId),
        eq(bid.state, 'submitted'),
        isNull(bid.openingOutcome),
        after === undefined
          ? undefined
          : or(
              gt(bid.submittedAt, after.submittedAt),
              and(eq(bid.submittedAt, after.submittedAt), gt(bid.id, after.id)),
            ),
      ),
    )
    .orderBy(asc(bid.submittedAt), asc(bid.id))
    .limit(limit)
  return rows.map((row) => ({ ...row, submittedAt: row.submittedAt as Date }))
}

/** Writes what was inside the seal, once. */
export async function keepOpened(handle: Sql, bidId: string, number: number, content: BidContent): Promise<void> {
  await handle
    .update(bidVersion)
    .set({ content })
    .where(and(eq(bidVersion.bidId, bidId), eq(bidVersion.number, number), isNull(bidVersion.content)))
}

/** Puts back a ciphertext that was damaged here; the table takes no other than the one committed to. */
export async function replaceSealed(handle: Sql, bidId: string, number: number, sealed: Buffer): Promise<void> {
  await handle
    .update(bidVersion)
    .set({ sealed })
    .where(and(eq(bidVersion.bidId, bidId), eq(bidVersion.number, number)))
}

/** What a file of a bid gives away; codes and places, never words. */
export interface DocumentFindings {
  readonly documentId: string
  readonly findings: readonly { readonly code: string; readonly where: string }[]
}

export async function insertBidDocument(
  handle: Sql,
  { documentId, findings }: DocumentFindings,
  bidId: string,
): Promise<void> {
  await handle.insert(bidDocument).values({ documentId, bidId, findings })
}

/** Adds what was found in the content to what was found in the name. */
export async function addDocumentFindings(handle: Sql, { documentId, findings }: DocumentFindings): Promise<void> {
  await handle
    .update(bidDocument)
    .set({ findings: sql`${bidDocument.findings} || ${JSON.stringify(findings)}::jsonb` })
    .where(eq(bidDocument.documentId, documentId))
}

export async function findBidOfDocument(handle: Sql, documentId: string): Promise<string | undefined> {
  const [row] = await handle
    .select({ bidId: bidDocument.bidId })
    .from(bidDocument)
    .where(eq(bidDocument.documentId, documentId))
  return row?.bidId
}

export async function findDocumentFindings(handle: Sql, bidId: string): Promise<DocumentFindings[]> {
  return handle
    .select({ documentId: bidDocument.documentId, findings: bidDocument.findings })
    .from(bidDocument)
    .where(eq(bidDocument.bidId, bidId))
}
