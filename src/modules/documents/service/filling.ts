import { orThrow } from '../../../kernel/decision.ts'
import type { Refusal } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { UploadDocument } from '../policy.ts'
import {
  DOCUMENT_TRANSITIONS,
  type Document,
  type DocumentCommand,
  mayUpload,
  measuresWhileSealed,
} from '../rules/document.ts'
import { type DocumentChange, findDocument, lockDocument, saveDocument } from '../store.ts'
import type { Scanned } from './contents.ts'

/** What has come in, checked and lying in the file store. */
export interface Arrived {
  /** Where the bytes lie: plain, or encrypted if the document is to be sealed. */
  readonly storedAs: string
  /** Of what lies there; null for plain content, whose measures were announced. */
  readonly ciphertext: { readonly sha256: string; readonly byteSize: number } | null
  /** Null while nobody has seen the plain content. */
  readonly scanned: Scanned | null
  /** Why it may not be kept; null if it may. */
  readonly refusal: Refusal | null
}

/** The document that an upload is about to fill. Refused: not the owner's, rejected or quarantined before. */
export async function documentToFill(work: Work, documentId: string): Promise<Document> {
  const document = authorize(work, UploadDocument, await findDocument(work.sql, documentId))
  orThrow(mayUpload(document))
  return document
}

/**
 * Finalises an upload whose content is what was announced: stored or sealed, or else rejected or quarantined. The answer
 * tells whether the bytes are needed where they lie.
 */
export async function fillDocument(work: Work, documentId: string, arrived: Arrived): Promise<Document> {
  const before = authorize(work, UploadDocument, await lockDocument(work.sql, documentId))
  if (orThrow(mayUpload(before)) !== 'pending') return before
  const after = await saveDocument(work.sql, documentId, changeBy(arrived))
  await record(work, {
    type: `document.${after.state}`,
    subject: documentId,
    hostId: null,
    at: await work.now(null),
    data: eventData(after),
    withheldBy: after.sealedSubject ?? undefined,
  })
  return after
}

function changeBy({ storedAs, ciphertext, scanned, refusal }: Arrived): DocumentChange {
  const scan = { ...scanned, ...(ciphertext === null ? {} : measuresWhileSealed(ciphertext)) }
  if (scanned?.scan === 'infected') return { state: reached('quarantine'), ...scan }
  if (refusal !== null) return { state: reached('reject'), ...scan, refusedFor: refusal.problem.code }
  if (ciphertext === null) return { state: reached('store'), ...scan, storedAs }
  return {
    state: reached('seal'),
    ...scan,
    sealedAs: storedAs,
    ciphertextSha256: ciphertext.sha256,
    ciphertextByteSize: ciphertext.byteSize,
  }
}

function reached(command: DocumentCommand): Document['state'] {
  const state = DOCUMENT_TRANSITIONS.pending[command]
  if (state === undefined) throw new Error(`a pending document knows no ${command}`)
  return state
}

/** The reason's code only: what it says of entries of an archive are the uploader's words. */
function eventData(after: Document): Record<string, unknown> {
  if (after.state === 'quarantined') return { signature: after.scanSignature }
  if (after.state === 'rejected') return { reason: after.refusedFor }
  if (after.state === 'sealed') return { sha256: after.ciphertextSha256, byteSize: after.ciphertextByteSize }
  return { sha256: after.sha256, byteSize: after.byteSize, scan: after.scan }
}
