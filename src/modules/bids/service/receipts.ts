import { problem } from '../../../kernel/problem.ts'
import { type BidReceipt, RECEIPT_TYP, type ReceiptKind, readReceipt } from '../../../kernel/receipt.ts'
import { placeOfEvent } from '../../../platform/events/rows.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import type { Signer } from '../../../platform/signing.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { ReadReceipt, VerifyReceipt } from '../policy.ts'
import type { Bid } from '../rules/bid.ts'
import {
  findManifest,
  findReceipt,
  findReceipts,
  findSealed,
  insertReceipt,
  type Receipt,
  type ReceiptOfBid,
} from '../store/versions.ts'
import { readBid } from './reading.ts'

/** Where the event of a receipt stands in the audit chain. */
export interface ChainPlace {
  readonly seq: bigint
  readonly hash: Buffer
}

/** A receipt with its place in the chain; null until the bids are opened and the sealer has numbered the event. */
export type PlacedReceipt = ReceiptOfBid & { readonly place: ChainPlace | null }

export interface Received {
  readonly kind: ReceiptKind
  readonly number: number
  readonly commitment: string
  readonly receivedAt: Date
  readonly eventId: string
}

/** Signs what was received and when, and keeps a copy of the receipt. */
export async function giveReceipt(
  work: Work,
  signer: Signer,
  bid: Pick<Bid, 'id' | 'roundId' | 'organizationId'>,
  given: Received,
): Promise<Receipt> {
  const receipt = await signReceipt(signer, bid, given)
  await insertReceipt(work.sql, receipt)
  return receipt
}

/** Signs what was received and when; whoever calls keeps a copy of the receipt. */
export async function signReceipt(
  signer: Signer,
  bid: Pick<Bid, 'id' | 'roundId' | 'organizationId'>,
  given: Received,
): Promise<Receipt> {
  const id = newId('rcp')
  const { kind, number, commitment, receivedAt, eventId } = given
  const payload: BidReceipt = {
    receiptId: id,
    roundId: bid.roundId,
    bidId: bid.id,
    organizationId: bid.organizationId,
    number,
    kind,
    commitment,
    receivedAt: receivedAt.toISOString(),
    eventId,
  }
  return { id, bidId: bid.id, ...given, jws: await signer.sign(RECEIPT_TYP, payload) }
}

export async function readBidReceipt(work: Work, receiptId: string): Promise<PlacedReceipt> {
  return placed(work, authorize(work, ReadReceipt, await findReceipt(work.sql, receiptId)))
}

/** All receipts of a bid, oldest first. */
export async function readReceiptsOfBid(work: Work, bidId: string): Promise<PlacedReceipt[]> {
  await readBid(work, bidId)
  return Promise.all((await findReceipts(work.sql, bidId)).map((receipt) => placed(work, receipt)))
}

/** The ciphertext of the version that counts, for the bidder to keep. Refused (404) where nothing was sealed. */
export async function readCiphertext(work: Work, bidId: string) {
  const bid = await readBid(work, bidId)
  const number = bid.openingVersion ?? bid.currentVersion
  const sealed = await findSealed(work.sql, bidId, number)
  const manifest = await findManifest(work.sql, bidId, number)
  if (sealed === undefined || manifest === undefined) throw problem(NotFound)
  return { number, manifest: { ...manifest, files: [...manifest.files] }, sealed: JSON.parse(sealed.toString('utf8')) }
}

/** What there is to say about a text that somebody takes for a receipt of this service. */
export interface Verification {
  readonly isGenuine: boolean
  /** What it says, when it is genuine. */
  readonly receipt: BidReceipt | null
  readonly place: ChainPlace | null
}

/** Anybody may ask. The signature alone decides; where the event stands is told once that is public. */
export async function verifyReceipt(work: Work, signer: Signer, jws: string): Promise<Verification> {
  authorize(work, VerifyReceipt, {})
  const payload = await signer.verify(RECEIPT_TYP, jws)
  const reading = readReceipt(payload)
  if (!reading.readable) return { isGenuine: false, receipt: null, place: null }
  return { isGenuine: true, receipt: reading.value, place: await placeOfEvent(work.sql, reading.value.eventId) }
}

async function placed(work: Work, receipt: ReceiptOfBid): Promise<PlacedReceipt> {
  return { ...receipt, place: await placeOfEvent(work.sql, receipt.eventId) }
}
