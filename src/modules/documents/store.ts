import { and, asc, count, desc, eq, gt, inArray, ne, or, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Audience, Document, DocumentContent } from './rules/document.ts'
import { document, documentShare } from './tables.ts'

type SealedPart = Pick<Document, 'sealedSubject' | 'sealedMode' | 'sealedRecipients' | 'sealedName'>

export async function insertDocument(
  handle: Sql,
  id: string,
  content: DocumentContent & Partial<SealedPart>,
  createdBy: string,
  createdAt: Date,
): Promise<Document> {
  const [row] = await handle
    .insert(document)
    .values({ id, version: 1, ...content, createdBy, state: 'pending', createdAt })
    .returning()
  return row as Document
}

/** What an upload or an opening may change; everything else of a document stays as it was announced. */
export type DocumentChange = Pick<Document, 'state'> &
  Partial<
    Pick<
      Document,
      | 'storedAs'
      | 'scan'
      | 'scanSignature'
      | 'refusedFor'
      | 'fileName'
      | 'byteSize'
      | 'sha256'
      | 'sealedAs'
      | 'ciphertextSha256'
      | 'ciphertextByteSize'
    >
  >

export async function saveDocument(handle: Sql, id: string, change: DocumentChange): Promise<Document> {
  const [row] = await handle
    .update(document)
    .set({ ...change, version: sql`${document.version} + 1` })
    .where(eq(document.id, id))
    .returning()
  return row as Document
}

/** How many documents of the organization were announced after this moment and have no content. */
export async function countPending(handle: Sql, organizationId: string, since: Date): Promise<number> {
  const [row] = await handle
    .select({ pending: count() })
    .from(document)
    .where(
      and(eq(document.organizationId, organizationId), eq(document.state, 'pending'), gt(document.createdAt, since)),
    )
  return row?.pending ?? 0
}

/** Which of these names of stored files some document points to. */
export async function namedFiles(handle: Sql, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set()
  const rows = await handle
    .select({ storedAs: document.storedAs, sealedAs: document.sealedAs })
    .from(document)
    .where(or(inArray(document.storedAs, [...names]), inArray(document.sealedAs, [...names])))
  return new Set(rows.flatMap(({ storedAs, sealedAs }) => [storedAs ?? [], sealedAs ?? []].flat()))
}

export async function findDocument(handle: Sql, id: string): Promise<Document | undefined> {
  const [row] = await handle.select().from(document).where(eq(document.id, id))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockDocument(handle: Sql, id: string): Promise<Document | undefined> {
  const [row] = await handle.select().from(document).where(eq(document.id, id)).for('update')
  return row
}

export async function findDocuments(handle: Sql, ids: readonly string[]): Promise<Document[]> {
  if (ids.length === 0) return []
  return handle
    .select()
    .from(document)
    .where(inArray(document.id, [...ids]))
}

/** Where a document's files lie and what their hashes are. */
export type KeptFiles = Pick<Document, 'id' | 'state' | 'sha256' | 'storedAs' | 'ciphertextSha256' | 'sealedAs'>

/** Documents of everybody by their identifiers, to be walked to the end. */
export async function pageOfKeptFiles(handle: Sql, after: string | undefined, limit: number): Promise<KeptFiles[]> {
  const { id, state, sha256, storedAs, ciphertextSha256, sealedAs } = document
  return handle
    .select({ id, state, sha256, storedAs, ciphertextSha256, sealedAs })
    .from(document)
    .where(after === undefined ? undefined : gt(id, after))
    .orderBy(asc(id))
    .limit(limit)
}

/** Newest first. */
export async function listDocuments(
  handle: Sql,
  organizationId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Document>> {
  const rows = await handle
    .select()
    .from(document)
    .where(and(eq(document.organizationId, organizationId), keysetBefore(document.createdAt, document.id, after)))
    .orderBy(desc(document.createdAt), desc(document.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

export async function insertShares(
  handle: Sql,
  documentIds: readonly string[],
  hostId: string,
  audience: Audience,
  sharedAt: Date,
): Promise<void> {
  if (documentIds.length === 0) return
  const insert = handle
    .insert(documentShare)
    .values(documentIds.map((documentId) => ({ documentId, hostId, audience, sharedAt })))
  // What some have read already may be shared with more; nobody loses what was handed in to them.
  if (audience === 'handlers') await insert.onConflictDoNothing()
  else
    await insert.onConflictDoUpdate({
      target: [documentShare.documentId, documentShare.hostId],
      set: { audience },
      setWhere: ne(documentShare.audience, audience),
    })
}

/** Who of this host's people may read the document; undefined when nobody may. */
export async function audienceAt(handle: Sql, documentId: string, hostId: string): Promise<Audience | undefined> {
  const [row] = await handle
    .select({ audience: documentShare.audience })
    .from(documentShare)
    .where(and(eq(documentShare.documentId, documentId), eq(documentShare.hostId, hostId)))
  return row?.audience
}
