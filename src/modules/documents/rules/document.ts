import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { Transitions } from '../../../kernel/transitions.ts'
import { DocumentContentDiffers, DocumentNameDiffers, DocumentQuarantined, DocumentRejected } from '../problems.ts'

export const DOCUMENT_STATES = ['pending', 'sealed', 'stored', 'rejected', 'quarantined'] as const
export type DocumentState = (typeof DOCUMENT_STATES)[number]
export type DocumentCommand = 'store' | 'seal' | 'open' | 'reject' | 'quarantine'

export const DOCUMENT_TRANSITIONS: Transitions<DocumentState, DocumentCommand> = {
  pending: { store: 'stored', seal: 'sealed', reject: 'rejected', quarantine: 'quarantined' },
  sealed: { open: 'stored', reject: 'rejected', quarantine: 'quarantined' },
  stored: {},
  rejected: {},
  quarantined: {},
}

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
export const ZIP = 'application/zip'
/** GB/T 33190: the layout format of official papers; a ZIP archive inside. */
export const OFD = 'application/ofd'

/** What may be uploaded: scans, pictures and the office formats that application forms come in. */
export const MEDIA_TYPES = ['application/pdf', DOCX, XLSX, 'image/png', 'image/jpeg', ZIP, OFD] as const
export type MediaType = (typeof MEDIA_TYPES)[number]

/** The ends of a file name that fit a type; the first is the usual one. */
const EXTENSIONS: Readonly<Record<MediaType, readonly string[]>> = {
  'application/pdf': ['pdf'],
  [DOCX]: ['docx'],
  [XLSX]: ['xlsx'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  [ZIP]: ['zip'],
  [OFD]: ['ofd'],
}

/** 50 MB: a scanned application with its certificates. */
export const DOCUMENT_BYTES_MAX = 52_428_800
/**
 * The most documents that one organization has announced within a day and not filled: ten bids of 20 files. Yesterday's
 * leftovers do not count, so that nobody locks itself out for ever.
 */
export const PENDING_MAX = 200
export const PENDING_HOURS = 24

/** What the scanner said of the plain content; `not_scanned`: no scanner is set up. */
export const SCAN_RESULTS = ['not_scanned', 'clean', 'infected'] as const
export type ScanResult = (typeof SCAN_RESULTS)[number]

/**
 * Whom of a host's people a document is shared with: all who work on projects, or (`handlers`) those who answer and audit
 * what somebody complains of, so that no third party learns who did.
 */
export type Audience = 'staff' | 'handlers'

/** Who encrypts: the service while the bytes stream in, or the bidder before they leave its house. */
export const SEALED_MODES = ['server', 'client'] as const
export type SealedMode = (typeof SEALED_MODES)[number]

/** For whom a document is encrypted until it is opened. */
export interface Sealing {
  /** Id of what it is sealed for, such as a round. Events about it are withheld by the same key. */
  readonly subject: string
  /** age recipients: `age1…`. */
  readonly recipients: readonly string[]
  readonly mode: SealedMode
}

/** A file as it was announced. */
export interface DocumentContent {
  readonly organizationId: string
  /** While sealed: a name that says nothing, such as `sealed.pdf`. */
  readonly fileName: string
  readonly mediaType: MediaType
  /** With `sha256`: of the ciphertext from when it was sealed until it is opened; see {@link measuresShown}. */
  readonly byteSize: number
  /** Lower-case hex. */
  readonly sha256: string
}

export interface Document extends DocumentContent {
  readonly id: string
  readonly version: number
  /** Id of the credential that announced it. */
  readonly createdBy: string
  readonly state: DocumentState
  /** Name in the file store; null unless stored. */
  readonly storedAs: string | null
  readonly createdAt: Date
  /** Null until the plain content was seen. */
  readonly scan: ScanResult | null
  /** What the scanner found; null unless quarantined. */
  readonly scanSignature: string | null
  /** Code of the refusal that rejected it; null unless rejected. */
  readonly refusedFor: string | null
  readonly sealedSubject: string | null
  readonly sealedMode: SealedMode | null
  readonly sealedRecipients: string[] | null
  /** The {@link SealedParticulars}, encrypted like the content. */
  readonly sealedName: Buffer | null
  /** Name of the ciphertext in the file store; stays after the opening. */
  readonly sealedAs: string | null
  readonly ciphertextSha256: string | null
  readonly ciphertextByteSize: number | null
}

/** What came in, as measured while it came. */
export interface Measured {
  readonly byteSize: number
  readonly sha256: string
}

/** Does the end of the name fit the type? Programs choose by the end, so a wrong one misleads who opens the file. */
export function checkName(content: Pick<DocumentContent, 'fileName' | 'mediaType'>): Decision<null> {
  const extensions = EXTENSIONS[content.mediaType]
  const name = content.fileName.trim().toLowerCase()
  if (extensions.some((extension) => name.endsWith(`.${extension}`))) return accept(null)
  return refuse(DocumentNameDiffers, { mediaType: content.mediaType, extension: extensions[0] ?? '' })
}

/** What a sealed document is called until it is opened: names may tell as much as contents. */
export function nameWhileSealed(mediaType: MediaType): string {
  return `sealed.${EXTENSIONS[mediaType][0]}`
}

/**
 * What is encrypted beside the content: from the hash alone whoever has a few likely files could tell which it is.
 * Measures are those of the plain content, null in mode `client`, where only the bidder knows them.
 */
export interface SealedParticulars {
  readonly fileName: string
  readonly measures: Measured | null
}

export function particularsAsText({ fileName, measures }: SealedParticulars): string {
  return JSON.stringify({ fileName, ...measures })
}

/** Null: this is not what the service has sealed. Once the name was sealed alone; none ends in `}`. */
export function particularsFromText(text: string): SealedParticulars | null {
  if (!text.endsWith('}')) return { fileName: text, measures: null }
  try {
    const { fileName, byteSize, sha256 } = JSON.parse(text)
    if (typeof fileName !== 'string') return null
    if (byteSize === undefined && sha256 === undefined) return { fileName, measures: null }
    const isWhole = Number.isSafeInteger(byteSize) && typeof sha256 === 'string'
    return isWhole ? { fileName, measures: { byteSize, sha256 } } : null
  } catch {
    // Decrypted, yet no JSON: somebody else has written it.
    return null
  }
}

/**
 * What the row says of a sealed document instead of its plain measures. Nobody is shown it: a ciphertext may be a little
 * larger than any document.
 */
export function measuresWhileSealed(ciphertext: Measured): Measured {
  return { sha256: ciphertext.sha256, byteSize: Math.min(ciphertext.byteSize, DOCUMENT_BYTES_MAX) }
}

/**
 * Size and hash that may be shown: as announced, then of the stored content. Null from the upload to the opening of what
 * the service has sealed, and for ever if it was turned away. In mode `client` they are those of the age file until then.
 */
export function measuresShown(document: Pick<Document, 'state' | 'sealedMode'> & Measured): Measured | null {
  const { state, sealedMode, byteSize, sha256 } = document
  if (sealedMode === 'server' && state !== 'pending' && state !== 'stored') return null
  return { byteSize, sha256 }
}

/** Whether an upload can still be taken: a repeated upload of a stored document is welcome, it can only be the same. */
export function mayUpload(document: Pick<Document, 'id' | 'state' | 'refusedFor'>): Decision<DocumentState> {
  const { id: documentId, state, refusedFor } = document
  if (state === 'rejected') return refuse(DocumentRejected, { documentId, reason: refusedFor ?? state })
  if (state === 'quarantined') return refuse(DocumentQuarantined, { documentId })
  return accept(state)
}

/** The content is exactly what was announced, byte by byte. */
export function checkMeasured(announced: Measured, measured: Measured): Decision<Measured> {
  if (measured.byteSize !== announced.byteSize)
    return refuse(DocumentContentDiffers, { property: 'byteSize', wanted: announced.byteSize })
  if (measured.sha256 !== announced.sha256)
    return refuse(DocumentContentDiffers, { property: 'sha256', wanted: announced.sha256 })
  return accept(measured)
}

/** The bytes of these documents together, for limits per bid. */
export function totalBytesOf(documents: readonly { readonly byteSize: number }[]): number {
  return documents.reduce((sum, { byteSize }) => sum + byteSize, 0)
}
