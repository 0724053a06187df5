import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import {
  type BidManifest,
  type BidReceipt,
  commitmentOf,
  type ReceiptKind,
  readManifest,
} from '../../../kernel/receipt.ts'

/** What is recorded of a bid and can be compared with what is kept of it. */
export const BID_EVENTS = [
  'bid.drafted',
  'bid.submitted',
  'bid.replaced',
  'bid.confirmed',
  'bid.withdrawn',
  'bid.opened',
  'bid.repaired',
  'bid.corrected',
] as const
/** Those that say under which version of the policy a bid stands. */
export const CONFIRMING_EVENTS = ['bid.submitted', 'bid.replaced', 'bid.confirmed'] as const
const VERSION_EVENTS: ReadonlySet<string> = new Set(['bid.submitted', 'bid.replaced', 'bid.corrected'])
const SUBMISSION_EVENTS: ReadonlySet<string> = new Set(['bid.submitted', 'bid.replaced'])

export interface KeptBid {
  readonly id: string
  readonly roundId: string
  readonly organizationId: string
  readonly state: string
  readonly currentVersion: number
  readonly submittedAt: Date | null
  readonly confirmedPolicyVersion: number | null
  readonly openingOutcome: string | null
  readonly openingVersion: number | null
  readonly openingReason: string | null
}

export interface KeptVersion {
  readonly bidId: string
  readonly number: number
  /** Of a version that was never sealed (a correction). */
  readonly content: unknown
  /** Of the ciphertext as it lies there now, in hex; null where nothing was sealed. */
  readonly ciphertextSha256: string | null
  readonly manifest: unknown
  readonly salt: Buffer
  readonly commitment: string
  readonly submittedAt: Date
}

export interface KeptReceipt {
  readonly id: string
  readonly bidId: string
  readonly number: number
  readonly kind: ReceiptKind
  readonly eventId: string
  readonly commitment: string
  readonly receivedAt: Date
  readonly jws: string
}

export interface BidEvent {
  readonly id: string
  readonly type: string
  readonly at: Date
  readonly recordedAt: Date
  readonly data: Readonly<Record<string, unknown>>
}

/** A file as its document has it now. */
export interface KeptFile {
  readonly ciphertextSha256: string
  readonly ciphertextByteSize: number
}

/** Everything that is known of one bid at one moment. */
export interface BidRecord {
  readonly bid: KeptBid
  /** By number. */
  readonly versions: readonly KeptVersion[]
  /** With what was signed, undefined where the signature is not the service's own. */
  readonly receipts: readonly (KeptReceipt & { readonly signed: BidReceipt | undefined })[]
  /** Of the types {@link BID_EVENTS}, in the order in which they were recorded. */
  readonly events: readonly BidEvent[]
  /** `round.amended` of its round, in that order. */
  readonly amendments: readonly Pick<BidEvent, 'recordedAt' | 'data'>[]
  /** By the document's identifier. */
  readonly files: ReadonlyMap<string, KeptFile>
}

/** What does not fit, and in which row. */
export interface BidFlaw {
  readonly what: 'bid' | 'bid_version' | 'receipt'
  readonly id: string
  readonly code: string
}

/**
 * Compares what is kept of a bid with what was signed and recorded of it: ciphertext with manifest, manifest with
 * commitment, commitments with receipts and events, and the row of the bid with all of them. Empty: nothing differs.
 */
export function flawsOfBid(record: BidRecord): BidFlaw[] {
  return [
    ...bidCodes(record).map((code): BidFlaw => ({ what: 'bid', id: record.bid.id, code })),
    ...missingVersions(record),
    ...record.versions.flatMap((version) => versionFlaws(record, version)),
    ...record.receipts.flatMap((receipt) =>
      receiptCodes(record, receipt).map((code): BidFlaw => ({ what: 'receipt', id: receipt.id, code })),
    ),
  ]
}

function bidCodes(record: BidRecord): string[] {
  const { bid, versions } = record
  const lastNumber = Math.max(0, ...versions.map(({ number }) => number), ...namedNumbers(record))
  const lastSubmission = record.receipts
    .filter(({ kind }) => kind === 'submission')
    .reduce<KeptReceipt | undefined>(
      (last, one) => (last !== undefined && last.number > one.number ? last : one),
      undefined,
    )
  return codes({
    event_missing: record.events.length === 0,
    current_version_differs: bid.currentVersion !== lastNumber,
    submitted_at_differs: bid.submittedAt?.getTime() !== lastSubmission?.receivedAt.getTime(),
    state_differs: !isStatePossible(record),
    confirmed_policy_version_differs: !isConfirmedVersion(record),
    opening_differs: !isOpeningAsRecorded(record),
  })
}

/** The numbers of versions that some receipt or event says there were. */
function namedNumbers({ receipts, events }: BidRecord): number[] {
  const recorded = events
    .filter(({ type }) => VERSION_EVENTS.has(type))
    .flatMap(({ data }) => (typeof data['number'] === 'number' ? data['number'] : []))
  const given = receipts.flatMap(({ bidId, number, signed }) =>
    signed?.bidId === bidId ? [number, signed.number] : number,
  )
  return [...recorded, ...given]
}

function missingVersions(record: BidRecord): BidFlaw[] {
  const there = new Set(record.versions.map(({ number }) => number))
  const missing = [...new Set(namedNumbers(record))].filter((number) => !there.has(number))
  return missing.map((number) => ({ what: 'bid_version', id: `${record.bid.id}/${number}`, code: 'missing' }))
}

/** Whether it can be in this state as to submission and withdrawal; what judges it later records its own events. */
function isStatePossible({ bid, events }: BidRecord): boolean {
  const isWithdrawn = events.some(({ type }) => type === 'bid.withdrawn')
  const isLapsed = bid.openingOutcome === 'failed_bidder' || bid.openingOutcome === 'lapsed'
  const isSubmitted = events.some(({ type }) => SUBMISSION_EVENTS.has(type))
  return (bid.state === 'withdrawn') === (isWithdrawn || isLapsed) && (bid.state !== 'draft' || !isSubmitted)
}

function isConfirmedVersion({ bid, events, amendments }: BidRecord): boolean {
  const recorded = confirmedVersions(events, amendments)
  return recorded === null
    ? bid.confirmedPolicyVersion === null
    : recorded.some((version) => version === bid.confirmedPolicyVersion)
}

/**
 * The policy version that a bidder has submitted under or confirmed, as its last event names it; null before anything is
 * submitted. Events of an earlier version of the service name none for a submission: then it is that of the moment, known
 * to the millisecond, so that an amendment of the same one may have come before or after, which gives two.
 */
export function confirmedVersions(
  events: readonly Pick<BidEvent, 'type' | 'recordedAt' | 'data'>[],
  amendments: BidRecord['amendments'],
): readonly number[] | null {
  const last = events.findLast(({ type }) => SUBMISSION_EVENTS.has(type) || type === 'bid.confirmed')
  if (last === undefined) return null
  const named = last.data['policyVersion']
  if (typeof named === 'number') return [named]
  const versionAt = (isBefore: (amendedAt: Date) => boolean) =>
    Number(amendments.findLast(({ recordedAt }) => isBefore(recordedAt))?.data['policyVersion'] ?? 1)
  return [versionAt((amendedAt) => amendedAt < last.recordedAt), versionAt((amendedAt) => amendedAt <= last.recordedAt)]
}

function isOpeningAsRecorded({ bid, events }: BidRecord): boolean {
  const last = events.findLast(({ type }) => type === 'bid.opened' || type === 'bid.repaired')
  const recorded = last?.type === 'bid.opened' ? last.data : {}
  return (
    bid.openingOutcome === (recorded['outcome'] ?? null) &&
    bid.openingVersion === (recorded['number'] ?? null) &&
    bid.openingReason === (recorded['reason'] ?? null)
  )
}

function versionFlaws(record: BidRecord, version: KeptVersion): BidFlaw[] {
  const id = `${version.bidId}/${version.number}`
  const flaw = (code: string, at = id): BidFlaw => ({ what: 'bid_version', id: at, code })
  const recorded = record.events.filter(
    ({ type, data }) => VERSION_EVENTS.has(type) && data['number'] === version.number,
  )
  const general = codes({
    event_missing: recorded.length === 0,
    event_differs: recorded.some(({ data }) => data['commitment'] !== version.commitment),
  })
  if (version.ciphertextSha256 === null && version.manifest === null)
    return [...general, ...codes({ content_changed: contentCommitmentOf(version) !== version.commitment })].map(
      (code) => flaw(code),
    )
  const reading = readManifest(version.manifest)
  const receipt = record.receipts.find(({ kind, number }) => kind === 'submission' && number === version.number)
  const rest = codes({
    receipt_missing: receipt === undefined,
    submitted_at_differs: receipt !== undefined && receipt.receivedAt.getTime() !== version.submittedAt.getTime(),
  })
  if (!reading.readable) return [...general, 'manifest_changed', ...rest].map((code) => flaw(code))
  const manifest = reading.value
  return [
    ...[...general, ...sealedCodes(record, version, manifest), ...rest].map((code) => flaw(code)),
    ...fileCodes(record, manifest).map(({ documentId, code }) => flaw(code, `${id}/${documentId}`)),
  ]
}

function sealedCodes({ bid, versions }: BidRecord, version: KeptVersion, manifest: BidManifest): string[] {
  const before = versions.find(({ number }) => number === version.number - 1)
  return codes({
    ciphertext_changed: version.ciphertextSha256 !== manifest.ciphertextSha256,
    manifest_changed: commitmentOf(manifest) !== version.commitment,
    manifest_of_another_bid:
      manifest.bidId !== bid.id ||
      manifest.number !== version.number ||
      manifest.roundId !== bid.roundId ||
      manifest.organizationId !== bid.organizationId,
    previous_commitment_differs: manifest.previousCommitment !== (before?.commitment ?? null),
    salt_differs: manifest.salt !== version.salt.toString('base64url'),
  })
}

function fileCodes({ files }: BidRecord, manifest: BidManifest): { documentId: string; code: string }[] {
  return manifest.files.flatMap(({ documentId, ciphertextSha256, ciphertextByteSize }) => {
    const kept = files.get(documentId)
    if (kept === undefined) return { documentId, code: 'file_missing' }
    const isSame = kept.ciphertextSha256 === ciphertextSha256 && kept.ciphertextByteSize === ciphertextByteSize
    return isSame ? [] : { documentId, code: 'file_differs' }
  })
}

/** As a correction is committed to: its content under a salt. */
function contentCommitmentOf({ salt, content }: KeptVersion): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(canonicalize(content) ?? '', 'utf8')]), 'hex')
}

function receiptCodes(record: BidRecord, receipt: BidRecord['receipts'][number]): string[] {
  const { signed } = receipt
  if (signed === undefined) return ['signature_invalid']
  const { bid, versions, events } = record
  const version = versions.find(({ number }) => number === signed.number)
  const event = events.find(({ id }) => id === signed.eventId)
  return codes({
    row_differs:
      receipt.id !== signed.receiptId ||
      receipt.bidId !== signed.bidId ||
      receipt.number !== signed.number ||
      receipt.kind !== signed.kind ||
      receipt.commitment !== signed.commitment ||
      receipt.eventId !== signed.eventId ||
      receipt.receivedAt.toISOString() !== signed.receivedAt,
    bid_differs:
      bid.id !== signed.bidId || bid.roundId !== signed.roundId || bid.organizationId !== signed.organizationId,
    version_missing: version === undefined,
    commitment_differs: version !== undefined && version.commitment !== signed.commitment,
    event_missing: event === undefined,
    event_differs: event !== undefined && !isEventOf(event, signed),
  })
}

function isEventOf({ type, at, data }: BidEvent, { kind, number, commitment, receivedAt }: BidReceipt): boolean {
  if (at.toISOString() !== receivedAt) return false
  if (kind === 'withdrawal') return type === 'bid.withdrawn'
  return SUBMISSION_EVENTS.has(type) && data['number'] === number && data['commitment'] === commitment
}

/** The names of what is the case. */
function codes(cases: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(cases).filter((code) => cases[code])
}
