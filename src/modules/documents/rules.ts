import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Transitions } from '../../kernel/transitions.ts'
import { DocumentContentDiffers, DocumentRejected } from './problems.ts'

export const DOCUMENT_STATES = ['pending', 'stored', 'rejected'] as const
export type DocumentState = (typeof DOCUMENT_STATES)[number]
export type DocumentCommand = 'store' | 'reject'

export const DOCUMENT_TRANSITIONS: Transitions<DocumentState, DocumentCommand> = {
  pending: { store: 'stored', reject: 'rejected' },
  stored: {},
  rejected: {},
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const ZIP = 'application/zip'

/** What may be uploaded: scans, pictures and the office formats that application forms come in. */
export const MEDIA_TYPES = ['application/pdf', DOCX, XLSX, 'image/png', 'image/jpeg', ZIP] as const
export type MediaType = (typeof MEDIA_TYPES)[number]

/** 50 MB: a scanned application with its certificates. */
export const DOCUMENT_BYTES_MAX = 52_428_800

/** A file as it was announced. */
export interface DocumentContent {
  readonly organizationId: string
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
}

/** What came in, as measured while it came. */
export interface Measured {
  readonly byteSize: number
  readonly sha256: string
}

/** Whether an upload can still be taken: a repeated upload of a stored document is welcome, it can only be the same. */
export function mayUpload(document: Pick<Document, 'id' | 'state'>): Decision<DocumentState> {
  return document.state === 'rejected' ? refuse(DocumentRejected, { documentId: document.id }) : accept(document.state)
}

/** The content is exactly what was announced, byte by byte. */
export function checkMeasured(document: DocumentContent, measured: Measured): Decision<Measured> {
  if (measured.byteSize !== document.byteSize)
    return refuse(DocumentContentDiffers, { property: 'byteSize', wanted: document.byteSize })
  if (measured.sha256 !== document.sha256)
    return refuse(DocumentContentDiffers, { property: 'sha256', wanted: document.sha256 })
  return accept(measured)
}

/**
 * Does the type that the first bytes show fit the announced one? Office files are ZIP archives, and the first bytes do
 * not always tell which office.
 */
export function fitsType(declared: MediaType, found: string | null): boolean {
  if (found === declared) return true
  if (declared === DOCX || declared === XLSX) return found === ZIP
  return declared === ZIP && (found === DOCX || found === XLSX)
}
