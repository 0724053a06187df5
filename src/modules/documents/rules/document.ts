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
  /** The file name, encrypted like the content. */
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
