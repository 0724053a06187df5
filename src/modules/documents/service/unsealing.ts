import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { SYSTEM } from '../../../kernel/actor.ts'
import type { Database } from '../../../platform/database/database.ts'
import { decryption, decryptText, Undecryptable } from '../../../platform/files/age.ts'
import { type Examiner, examiner } from '../../../platform/files/examine.ts'
import { type FileStore, FileTooLarge } from '../../../platform/files/files.ts'
import type { Scanner } from '../../../platform/files/scanner.ts'
import { newId } from '../../../platform/ids.ts'
import { newWork, record, type Work } from '../../../platform/work.ts'
import {
  checkMeasured,
  DOCUMENT_BYTES_MAX,
  type Document,
  type Measured,
  measuresShown,
  particularsFromText,
  type SealedMode,
} from '../rules/document.ts'
import { type DocumentChange, findDocument, findDocuments, lockDocument, saveDocument } from '../store.ts'
import { examinationFor, judgeContent, type Scanned, scannedBy } from './contents.ts'
import { requireDocuments } from './documents.ts'

/** A document as sealed: what a manifest or a receipt says of it. */
export interface SealedFile {
  readonly documentId: string
  readonly organizationId: string
  readonly sealedSubject: string
  readonly mode: SealedMode
  /** Of the ciphertext, until it is opened; then of the plain content. */
  readonly byteSize: number
  readonly ciphertextSha256: string
  readonly ciphertextByteSize: number
}

export type UnsealFailure =
  | 'ciphertext_changed'
  | 'undecryptable'
  | 'content_differs'
  | 'type_differs'
  | 'infected'
  | 'archive_refused'
export type UnsealOutcome =
  | { readonly outcome: 'opened' }
  | { readonly outcome: 'failed'; readonly reason: UnsealFailure }

export interface UnsealDeps {
  readonly database: Database
  readonly files: FileStore
  readonly scanner: Scanner
}

/**
 * For later modules: those of these documents that are or were sealed, in the order of the ids. Asks no permission.
 */
export async function sealedFilesOf(work: Work, documentIds: readonly string[]): Promise<SealedFile[]> {
  const found = new Map((await findDocuments(work.sql, documentIds)).map((document) => [document.id, document]))
  return documentIds.flatMap((id) => asSealedFile(found.get(id)) ?? [])
}

/**
 * For later modules: the documents, in the order of the ids, all of this organization and all sealed for this subject.
 * Throws `document_not_usable` with the ids that are not.
 */
export async function requireSealedDocuments(
  work: Work,
  documentIds: readonly string[],
  owner: SealedFor,
): Promise<SealedFile[]> {
  const documents = await requireDocuments(work, documentIds, isSealedFor(owner))
  return documents.flatMap((document) => asSealedFile(document) ?? [])
}

/** For later modules: which of them {@link requireSealedDocuments} would take. */
export async function sealedAmong(work: Work, documentIds: readonly string[], owner: SealedFor): Promise<string[]> {
  if (documentIds.length === 0) return []
  return (await findDocuments(work.sql, documentIds)).filter(isSealedFor(owner)).map(({ id }) => id)
}

interface SealedFor {
  readonly organizationId: string
  readonly subject: string
}

function isSealedFor({ organizationId, subject }: SealedFor): (document: Document) => boolean {
  return (item) => item.organizationId === organizationId && item.sealedSubject === subject && item.state === 'sealed'
}

function asSealedFile(document: Document | undefined): SealedFile | undefined {
  if (document === undefined) return undefined
  const { id, organizationId, sealedSubject, sealedMode, ciphertextSha256, ciphertextByteSize } = document
  if (sealedSubject === null || sealedMode === null) return undefined
  if (ciphertextSha256 === null || ciphertextByteSize === null) return undefined
  return {
    documentId: id,
    organizationId,
    sealedSubject,
    mode: sealedMode,
    byteSize: measuresShown(document)?.byteSize ?? ciphertextByteSize,
    ciphertextSha256,
    ciphertextByteSize,
  }
}

/**
 * Opens a sealed document with the identity (`AGE-SECRET-KEY-1…`) of one of its recipients. Nothing is decrypted before
 * the ciphertext was found unchanged; the document changes in one short transaction at the end, so that a process that
 * dies on the way leaves it sealed. Repeated, it answers the same. Whether it may be opened is the caller's question.
 *
 * `ciphertext_changed` (the storage is at fault) and `undecryptable` (perhaps only the wrong identity) leave the document
 * sealed; the other failures are the uploader's and final.
 * @throws ScannerUnavailable when a content that nobody has seen cannot be scanned; it may be tried again.
 */
export async function unsealDocument(deps: UnsealDeps, documentId: string, identity: string): Promise<UnsealOutcome> {
  const document = await findDocument(deps.database.sql, documentId)
  if (document?.sealedMode === null || document === undefined) throw new Error(`${documentId} was never sealed`)
  const before = outcomeOf(document)
  if (before !== undefined) return before
  if (!(await isUnchanged(deps.files, document))) return failed('ciphertext_changed')
  const opened = newId('fil')
  try {
    const particulars = particularsFromText(await decryptText(document.sealedName ?? Buffer.alloc(0), identity))
    if (particulars === null) return failed('undecryptable')
    const { fileName, measures } = particulars
    const change = await open(deps, document, { identity, measures: measures ?? document }, opened)
    const after = await settle(deps.database, documentId, { ...change, ...(change.state === 'stored' && { fileName }) })
    if (after.storedAs !== opened) await deps.files.remove(opened)
    return outcomeOf(after) ?? failed('undecryptable')
  } catch (error) {
    if (error instanceof Undecryptable) return failed('undecryptable')
    throw error
  }
}

/** Decrypts into the file store while looking at the content, and says what becomes of the document. */
async function open(
  { files, scanner }: UnsealDeps,
  document: Document,
  { identity, measures }: { readonly identity: string; readonly measures: Measured },
  storedAs: string,
): Promise<DocumentChange> {
  const isFirstLook = document.sealedMode === 'client'
  const looker = examiner(
    isFirstLook
      ? { ...examinationFor(document.mediaType, DOCUMENT_BYTES_MAX), scanner }
      : { byteSizeMax: DOCUMENT_BYTES_MAX, headBytes: 0, tailBytes: 0 },
  )
  const ciphertext = files.read(document.sealedAs ?? '')
  try {
    await files.write(storedAs, looker.pass(decryption(identity)(ciphertext)), DOCUMENT_BYTES_MAX)
  } catch (error) {
    if (error instanceof FileTooLarge) return refusedChange('document_content_differs')
    throw error
  } finally {
    ciphertext.destroy()
  }
  try {
    return isFirstLook
      ? await judgeFirstLook(document, looker, scanner, storedAs)
      : judgeAgain(measures, looker, storedAs)
  } catch (error) {
    await files.remove(storedAs)
    throw error
  }
}

/** What the client has sealed is seen for the first time. */
async function judgeFirstLook(
  { mediaType }: Document,
  looker: Examiner,
  scanner: Scanner,
  storedAs: string,
): Promise<DocumentChange> {
  const scanned: Scanned = scannedBy(scanner, (await looker.verdict()) ?? { clean: true })
  if (scanned.scan === 'infected') return { state: 'quarantined', ...scanned }
  const examined = looker.result()
  const judged = await judgeContent(mediaType, examined)
  if (!judged.accepted) return { ...refusedChange(judged.refusal.problem.code), ...scanned }
  return { state: 'stored', storedAs, ...scanned, sha256: examined.sha256, byteSize: examined.byteSize }
}

/** What the service has sealed itself was looked at before; it has to be the same. */
function judgeAgain(announced: Measured, looker: Examiner, storedAs: string): DocumentChange {
  const { sha256, byteSize } = looker.result()
  const judged = checkMeasured(announced, { sha256, byteSize })
  return judged.accepted ? { state: 'stored', storedAs, sha256, byteSize } : refusedChange(judged.refusal.problem.code)
}

function refusedChange(refusedFor: string): DocumentChange {
  return { state: 'rejected', refusedFor }
}

/** Saves what came out, unless somebody else was faster: both have read the same bytes. */
async function settle(database: Database, documentId: string, change: DocumentChange): Promise<Document> {
  return database.transaction(async (sql) => {
    const work = newWork({ sql, actor: SYSTEM, requestId: 'unsealing', sandbox: false })
    const before = await lockDocument(sql, documentId)
    if (before === undefined) throw new Error(`there is no document ${documentId}`)
    if (before.state !== 'sealed') return before
    const after = await saveDocument(sql, documentId, change)
    await record(work, {
      type: after.state === 'stored' ? 'document.opened' : `document.${after.state}`,
      subject: documentId,
      hostId: null,
      at: await work.now(null),
      data:
        after.state === 'stored'
          ? { sha256: after.sha256, byteSize: after.byteSize, ciphertextSha256: after.ciphertextSha256 }
          : { reason: after.refusedFor, signature: after.scanSignature },
    })
    return after
  })
}

/** How the opening of this document has ended, if it has. */
function outcomeOf({ id, state, refusedFor }: Document): UnsealOutcome | undefined {
  if (state === 'stored') return { outcome: 'opened' }
  if (state === 'quarantined') return failed('infected')
  if (state === 'pending') throw new Error(`${id} has no content yet`)
  if (state === 'sealed') return undefined
  if (refusedFor === 'document_content_differs') return failed('content_differs')
  return failed(refusedFor?.startsWith('archive_') ? 'archive_refused' : 'type_differs')
}

function failed(reason: UnsealFailure): UnsealOutcome {
  return { outcome: 'failed', reason }
}

async function isUnchanged(files: FileStore, { sealedAs, ciphertextSha256 }: Document): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    await pipeline(files.read(sealedAs ?? ''), hash)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  return hash.digest('hex') === ciphertextSha256
}
