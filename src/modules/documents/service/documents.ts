import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { encryptText, isRecipient } from '../../../platform/files/age.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { AnnounceDocument, ownerFor, ReadDocument } from '../policy.ts'
import {
  DocumentNotStored,
  DocumentNotUsable,
  DocumentQuarantined,
  DocumentSealed,
  RecipientInvalid,
  TooManyPending,
} from '../problems.ts'
import {
  type Audience,
  checkName,
  type Document,
  type DocumentContent,
  nameWhileSealed,
  PENDING_HOURS,
  PENDING_MAX,
  particularsAsText,
  type Sealing,
} from '../rules/document.ts'
import {
  audienceAt,
  countPending,
  findDocument,
  findDocuments,
  insertDocument,
  insertShares,
  listDocuments,
} from '../store.ts'

const HOUR_MS = 3_600_000

/**
 * Announces a file with its hash; the content follows. It belongs to the actor's organization. With a sealing the
 * content and the name are encrypted for its recipients before anything of them is kept, and size and hash together with
 * the name, which then leave the row when the content has come; in mode `client` they are those of the ciphertext. Refused: `document_name_differs`, `too_many_pending`, `sealing_recipient_invalid`.
 */
export async function announceDocument(
  work: Work,
  content: Omit<DocumentContent, 'organizationId'>,
  sealing: Sealing | null = null,
): Promise<Document> {
  const { organizationId } = authorize(work, AnnounceDocument, { organizationId: ownerFor(work.actor) })
  if (organizationId === null) throw new Error('the permission lets only owners in')
  orThrow(checkName(content))
  const at = await work.now(null)
  const since = new Date(at.getTime() - PENDING_HOURS * HOUR_MS)
  if ((await countPending(work.sql, organizationId, since)) >= PENDING_MAX)
    throw problem(TooManyPending, { max: PENDING_MAX })
  const created = await insertDocument(
    work.sql,
    newId('doc'),
    { ...content, organizationId, ...(sealing === null ? {} : await sealedPart(content, sealing)) },
    work.actor.id,
    at,
  )
  // What the host's own people file is the host's to read, whichever organization they come from.
  if (work.actor.hostId !== null && sealing === null)
    await insertShares(work.sql, [created.id], work.actor.hostId, 'staff', at)
  await record(work, {
    type: 'document.announced',
    subject: created.id,
    hostId: null,
    at,
    // Events stay for ever; of what the service seals the hash may not.
    data: { organizationId, ...(sealing?.mode !== 'server' && { sha256: created.sha256 }) },
    withheldBy: sealing?.subject,
  })
  return created
}

async function sealedPart(
  { fileName, mediaType, byteSize, sha256 }: Omit<DocumentContent, 'organizationId'>,
  sealing: Sealing,
) {
  const bad = sealing.recipients.find((recipient) => !isRecipient(recipient))
  if (bad !== undefined || sealing.recipients.length === 0)
    throw problem(RecipientInvalid, { recipient: (bad ?? '').slice(0, 100) })
  const measures = sealing.mode === 'server' ? { byteSize, sha256 } : null
  return {
    fileName: nameWhileSealed(mediaType),
    sealedName: await encryptText(particularsAsText({ fileName, measures }), sealing.recipients),
    sealedSubject: sealing.subject,
    sealedMode: sealing.mode,
    sealedRecipients: [...sealing.recipients],
  }
}

export async function readDocument(work: Work, documentId: string): Promise<Document> {
  const found = await findDocument(work.sql, documentId)
  const { hostId } = work.actor
  const audience = hostId === null ? undefined : await audienceAt(work.sql, documentId, hostId)
  authorize(work, ReadDocument, found && { ...found, sharedWith: audience ?? null })
  return found as Document
}

/** The document and where its bytes lie. Refused: nothing is stored, it is still sealed, it was infected. */
export async function readStoredDocument(work: Work, documentId: string): Promise<Document & { storedAs: string }> {
  const document = await readDocument(work, documentId)
  if (document.state === 'sealed') throw problem(DocumentSealed, { documentId })
  if (document.state === 'quarantined') throw problem(DocumentQuarantined, { documentId })
  if (document.storedAs === null) throw problem(DocumentNotStored, { documentId })
  return { ...document, storedAs: document.storedAs }
}

/** The documents of the actor's own organization, newest first. */
export async function readDocuments(work: Work, limit: number, after: unknown[] | undefined): Promise<Page<Document>> {
  const { organizationId } = authorize(work, AnnounceDocument, { organizationId: ownerFor(work.actor) })
  return listDocuments(work.sql, organizationId ?? '', limit, after)
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
  return requireDocuments(
    work,
    documentIds,
    (item) => item.organizationId === organizationId && item.state === 'stored',
  )
}

/** The documents, in the order of the ids. Throws `document_not_usable` with the ids that are missing or do not fit. */
export async function requireDocuments(
  work: Work,
  documentIds: readonly string[],
  isUsable: (document: Document) => boolean,
): Promise<Document[]> {
  const found = new Map((await findDocuments(work.sql, documentIds)).map((document) => [document.id, document]))
  const usable = documentIds.flatMap((id) => found.get(id) ?? []).filter(isUsable)
  if (usable.length === documentIds.length) return usable
  const usableIds = new Set(usable.map(({ id }) => id))
  const bad = documentIds.filter((id) => !usableIds.has(id))
  throw problem(DocumentNotUsable, { documentIds: bad.slice(0, 20).join(', ') })
}

/**
 * For later modules: from now on the host's people may read these documents; of papers that name who complains only those
 * who handle or audit them (`handlers`). Asks no permission.
 */
export async function shareDocuments(
  work: Work,
  documentIds: readonly string[],
  hostId: string,
  audience: Audience = 'staff',
): Promise<void> {
  await insertShares(work.sql, documentIds, hostId, audience, await work.now(hostId))
}
