import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { newId } from '../../platform/ids.ts'
import { authorize, record, type Work } from '../../platform/work.ts'
import { AnnounceDocument, ownerFor, ReadDocument, UploadDocument } from './policy.ts'
import { DocumentNotStored, DocumentNotUsable } from './problems.ts'
import { type Document, type DocumentContent, fitsType, mayUpload } from './rules.ts'
import {
  findDocument,
  findDocuments,
  insertDocument,
  insertShares,
  isSharedWith,
  listDocuments,
  lockDocument,
  saveDocument,
} from './store.ts'

/** Announces a file with its hash; the content follows. It belongs to the actor's organization. */
export async function announceDocument(
  work: Work,
  content: Omit<DocumentContent, 'organizationId'>,
): Promise<Document> {
  const { organizationId } = authorize(work, AnnounceDocument, { organizationId: ownerFor(work.actor) })
  if (organizationId === null) throw new Error('the permission lets only owners in')
  const at = await work.now(null)
  const created = await insertDocument(work.sql, newId('doc'), { ...content, organizationId }, work.actor.id, at)
  // What the host's own people file is the host's to read, whichever organization they come from.
  if (work.actor.hostId !== null) await insertShares(work.sql, [created.id], work.actor.hostId, at)
  await record(work, {
    type: 'document.announced',
    subject: created.id,
    hostId: null,
    at,
    data: { organizationId, sha256: created.sha256 },
  })
  return created
}

/** The document that an upload is about to fill. Refused: not the owner's, rejected before. */
export async function documentToFill(work: Work, documentId: string): Promise<Document> {
  const document = authorize(work, UploadDocument, await findDocument(work.sql, documentId))
  orThrow(mayUpload(document))
  return document
}

/**
 * Finalises an upload whose content is what was announced: stored, or rejected when its type is another. `storedAs` is
 * where the bytes lie; the answer tells whether they are needed there.
 */
export async function fillDocument(
  work: Work,
  documentId: string,
  { storedAs, found }: { storedAs: string; found: string | null },
): Promise<Document> {
  const before = authorize(work, UploadDocument, await lockDocument(work.sql, documentId))
  if (orThrow(mayUpload(before)) === 'stored') return before
  const fits = fitsType(before.mediaType, found)
  const after = await saveDocument(work.sql, documentId, fits ? 'stored' : 'rejected', fits ? storedAs : null)
  await record(work, {
    type: fits ? 'document.stored' : 'document.rejected',
    subject: documentId,
    hostId: null,
    at: await work.now(null),
    data: fits ? { sha256: after.sha256, byteSize: after.byteSize } : { declared: after.mediaType, found },
  })
  return after
}

export async function readDocument(work: Work, documentId: string): Promise<Document> {
  const found = await findDocument(work.sql, documentId)
  const { hostId } = work.actor
  const isShared = found !== undefined && hostId !== null && (await isSharedWith(work.sql, documentId, hostId))
  authorize(work, ReadDocument, found && { ...found, isShared })
  return found as Document
}

/** The document and where its bytes lie. Refused: nothing is stored. */
export async function readStoredDocument(work: Work, documentId: string): Promise<Document & { storedAs: string }> {
  const document = await readDocument(work, documentId)
  if (document.storedAs === null) throw problem(DocumentNotStored, { documentId })
  return { ...document, storedAs: document.storedAs }
}

/** The documents of the actor's own organization, newest first. */
export async function readDocuments(work: Work, limit: number, after: unknown[] | undefined): Promise<Page<Document>> {
  const { organizationId } = authorize(work, AnnounceDocument, { organizationId: ownerFor(work.actor) })
  return listDocuments(work.sql, organizationId ?? '', limit, after)
}

/** For later modules: the document, or undefined. Asks no permission; the caller's use case does. */
export async function documentOf(work: Work, documentId: string): Promise<Document | undefined> {
  return findDocument(work.sql, documentId)
}

/**
 * For later modules: the documents, in the order of the ids, all of this organization and all stored. Throws
 * `document_not_usable` with the ids that are not; missing and foreign ones look the same.
 */
export async function requireStoredDocuments(
  work: Work,
  documentIds: readonly string[],
  organizationId: string,
): Promise<Document[]> {
  const found = new Map((await findDocuments(work.sql, documentIds)).map((document) => [document.id, document]))
  const documents = documentIds.flatMap((id) => found.get(id) ?? [])
  const usable = documents.filter((item) => item.organizationId === organizationId && item.state === 'stored')
  if (usable.length === documentIds.length) return usable
  const usableIds = new Set(usable.map(({ id }) => id))
  const bad = documentIds.filter((id) => !usableIds.has(id))
  throw problem(DocumentNotUsable, { documentIds: bad.slice(0, 20).join(', ') })
}

/** For later modules: from now on the host's people may read these documents. Asks no permission. */
export async function shareDocuments(work: Work, documentIds: readonly string[], hostId: string): Promise<void> {
  await insertShares(work.sql, documentIds, hostId, await work.now(hostId))
}
