import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * What a bidder is given for a submission: a signed receipt over a commitment. The commitment is the SHA-256 of the
 * canonical manifest, the manifest lists the hashes of the ciphertexts. So the bidder can prove later what was received
 * and when, and the receipt tells nobody what the bid says: only ciphertexts are hashed, and the manifest is salted.
 */

/** The `typ` of the protected header: a signature made for anything else is no receipt. */
export const RECEIPT_TYP = 'sandan-receipt+jwt'
/** The only algorithm of a receipt. */
export const RECEIPT_ALGORITHM = 'EdDSA'

export const RECEIPT_KINDS = ['submission', 'withdrawal'] as const
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** A file of the bid as it was received: encrypted. */
export interface ManifestFile {
  readonly documentId: string
  /** 64 hex digits, lower case. */
  readonly ciphertextSha256: string
  readonly ciphertextByteSize: number
}

/** What one version of a bid consisted of. */
export interface BidManifest {
  readonly roundId: string
  readonly bidId: string
  readonly organizationId: string
  /** Number of the version, from 1. */
  readonly number: number
  /** The commitment of the version before it; null for the first. */
  readonly previousCommitment: string | null
  /** Of the bytes of the sealed content; 64 hex digits, lower case. */
  readonly ciphertextSha256: string
  readonly files: readonly ManifestFile[]
  /** Random and known to the bidder alone, so that nobody can try manifests until a commitment fits. */
  readonly salt: string
}

/** What the receipt's signature covers. */
export interface BidReceipt {
  readonly receiptId: string
  readonly roundId: string
  readonly bidId: string
  readonly organizationId: string
  /** Number of the version that was received or withdrawn. */
  readonly number: number
  readonly kind: ReceiptKind
  /** {@link commitmentOf} the manifest of that version: 64 hex digits, lower case. */
  readonly commitment: string
  /** By the clock of the database; UTC with milliseconds: `2026-05-11T01:00:00.000Z`. */
  readonly receivedAt: string
  /** The event of the audit chain that recorded it. */
  readonly eventId: string
}

/** What was read of untrusted data: the value, or what is wrong with it, in English. */
export type Reading<Value> =
  | { readonly readable: true; readonly value: Value }
  | { readonly readable: false; readonly fault: string }

/** The manifest as canonical JSON (RFC 8785). Only the named fields are in it, whatever else the object carries. */
export function canonicalManifest(manifest: BidManifest): string {
  const { roundId, bidId, organizationId, number, previousCommitment, ciphertextSha256, salt } = manifest
  const files = manifest.files.map(({ documentId, ciphertextSha256, ciphertextByteSize }) => ({
    documentId,
    ciphertextSha256,
    ciphertextByteSize,
  }))
  const canonical = canonicalize({
    roundId,
    bidId,
    organizationId,
    number,
    previousCommitment,
    ciphertextSha256,
    files,
    salt,
  })
  if (canonical === undefined) throw new Error('a manifest has no canonical form')
  return canonical
}

/** SHA-256 of {@link canonicalManifest} in UTF-8, in lower-case hex. */
export function commitmentOf(manifest: BidManifest): string {
  return hash('sha256', canonicalManifest(manifest), 'hex')
}

/** The payload of a receipt whose signature was already found good, or any other data of unknown origin. */
export function readReceipt(payload: unknown): Reading<BidReceipt> {
  return readObject<BidReceipt>(payload, {
    receiptId: isIdentifier,
    roundId: isIdentifier,
    bidId: isIdentifier,
    organizationId: isIdentifier,
    number: isCount,
    kind: (value) => RECEIPT_KINDS.some((kind) => kind === value),
    commitment: isHash,
    receivedAt: isInstant,
    eventId: isIdentifier,
  })
}

/** A manifest as the bidder kept it. A field that is not of a manifest makes it unreadable: it would not be committed to. */
export function readManifest(value: unknown): Reading<BidManifest> {
  return readObject<BidManifest>(
    value,
    {
      roundId: isIdentifier,
      bidId: isIdentifier,
      organizationId: isIdentifier,
      number: isCount,
      previousCommitment: (value) => value === null || isHash(value),
      ciphertextSha256: isHash,
      files: (value) =>
        Array.isArray(value) && value.every((file) => readObject<ManifestFile>(file, FILE_CHECKS, true).readable),
      salt: isIdentifier,
    },
    true,
  )
}

/** The names of the fields in which a manifest is not that of the receipt; empty if it is. `commitment` covers all others. */
export function manifestDifferences(receipt: BidReceipt, manifest: BidManifest): string[] {
  const shared = (['roundId', 'bidId', 'organizationId', 'number'] as const).filter(
    (name) => receipt[name] !== manifest[name],
  )
  return receipt.commitment === commitmentOf(manifest) ? shared : ['commitment', ...shared]
}

type Check = (value: unknown) => boolean

function readObject<Value>(
  value: unknown,
  checks: Record<keyof Value & string, Check>,
  isClosed = false,
): Reading<Value> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('it is no JSON object')
  for (const [name, check] of Object.entries<Check>(checks)) {
    if (!Object.hasOwn(value, name)) return fault(`it has no ${name}`)
    if (!check((value as Record<string, unknown>)[name])) return fault(`its ${name} is not well formed`)
  }
  const foreign = Object.keys(value).find((name) => isClosed && !Object.hasOwn(checks, name))
  return foreign === undefined ? { readable: true, value: value as Value } : fault(`it has a foreign field: ${foreign}`)
}

function fault(fault: string): { readonly readable: false; readonly fault: string } {
  return { readable: false, fault }
}

/** An identifier or a salt: something printable and short. */
function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~+/=-]{1,200}$/.test(value)
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

function isInstant(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const milliseconds = Date.parse(value)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === value
}

const FILE_CHECKS: Record<keyof ManifestFile, Check> = {
  documentId: isIdentifier,
  ciphertextSha256: isHash,
  ciphertextByteSize: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
}
