import type { FastifyInstance } from 'fastify'
import type { FileStore } from '../../platform/files/files.ts'
import { etagOf, matchesNone } from '../../platform/http/etag.ts'
import { allow } from '../../platform/http/guard.ts'
import { commandRoute, documented, listRoute, readRoute } from '../../platform/http/route.ts'
import type { ModuleDeps } from '../../platform/module.ts'
import { PayloadTooLarge } from '../../platform/problems.ts'
import { newWork } from '../../platform/work.ts'
import { AnnounceDocument, ReadDocument, UploadDocument } from './policy.ts'
import {
  CONTENT_PROBLEMS,
  DocumentContentDiffers,
  DocumentInfected,
  DocumentNameDiffers,
  DocumentNotStored,
  DocumentQuarantined,
  DocumentRejected,
  DocumentSealed,
  ScannerNotAvailable,
  TooManyPending,
} from './problems.ts'
import { MEDIA_TYPES } from './rules/document.ts'
import { Bytes, DocumentBody, DocumentParams, NewDocument, presentDocument as present } from './schemas.ts'
import { announceDocument, readDocument, readDocuments, readStoredDocument } from './service/documents.ts'
import { takeUpload, type UploadDeps } from './upload.ts'

const tag = 'Documents'

export async function documentRoutes(app: FastifyInstance, deps: ModuleDeps): Promise<void> {
  commandRoute(app, {
    method: 'POST',
    url: '/documents',
    operationId: 'announceDocument',
    summary: 'Announce a file',
    tag,
    description:
      'Name, type, exact size and SHA-256 first; then upload the content with PUT /documents/{documentId}/content. The document belongs to your organization.',
    allow: AnnounceDocument,
    problems: [DocumentNameDiffers, TooManyPending],
    body: NewDocument,
    status: 201,
    answer: DocumentBody,
    location: (document) => `/documents/${document.id}`,
    run: (work, { body }) => announceDocument(work, body),
    present,
  })
  listRoute(app, {
    url: '/documents',
    operationId: 'listDocuments',
    summary: 'List your organization’s documents, newest first',
    tag,
    allow: AnnounceDocument,
    item: DocumentBody,
    pageTitle: 'DocumentPage',
    run: (work, { limit, after }) => readDocuments(work, limit, after),
    present,
  })
  readRoute(app, {
    url: '/documents/:documentId',
    operationId: 'readDocument',
    summary: 'Read what is known of a document',
    tag,
    description: 'For its owner, and for the host it was handed in to.',
    allow: ReadDocument,
    params: DocumentParams,
    answer: DocumentBody,
    run: (work, { params }) => readDocument(work, params.documentId),
    present,
  })
  downloadRoute(app, deps.files)
  // A scope of its own: here bodies are bytes of any type, everywhere else they are JSON.
  await app.register(async (scope) => uploadRoute(scope, deps))
}

function uploadRoute(scope: FastifyInstance, deps: UploadDeps): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.route<{ Params: { documentId: string } }>({
    method: 'PUT',
    url: '/documents/:documentId/content',
    config: { policy: allow(UploadDocument) },
    schema: {
      ...documented(
        {
          url: '/documents/:documentId/content',
          operationId: 'uploadDocument',
          summary: 'Upload the content of a document',
          tag,
          description:
            'The bytes themselves, of any Content-Type. They are taken only if size and SHA-256 are as announced. A type other than announced, or an archive or image that must not be opened, rejects the document for good; malware quarantines it. The hash makes it repeatable: neither Idempotency-Key nor If-Match is needed.',
          allow: UploadDocument,
          params: DocumentParams,
          problems: [
            PayloadTooLarge,
            DocumentContentDiffers,
            ...CONTENT_PROBLEMS,
            DocumentInfected,
            DocumentRejected,
            DocumentQuarantined,
            ScannerNotAvailable,
          ],
        },
        { answers: { 200: DocumentBody } },
      ),
      body: { content: { 'application/octet-stream': { schema: Bytes } } },
    } as object,
    handler: async (request, reply) => {
      const document = await takeUpload(scope, deps, request, request.params.documentId)
      reply.header('etag', etagOf(document.version))
      return present(document)
    },
  })
}

function downloadRoute(app: FastifyInstance, files: FileStore): void {
  const content = Object.fromEntries(MEDIA_TYPES.map((mediaType) => [mediaType, { schema: Bytes }]))
  app.route<{ Params: { documentId: string } }>({
    method: 'GET',
    url: '/documents/:documentId/content',
    config: { policy: allow(ReadDocument) },
    schema: documented(
      {
        url: '/documents/:documentId/content',
        operationId: 'downloadDocument',
        summary: 'Download the content of a document',
        tag,
        description: 'Always as an attachment, so that no browser runs what somebody uploaded.',
        allow: ReadDocument,
        params: DocumentParams,
        problems: [DocumentNotStored, DocumentSealed, DocumentQuarantined],
      },
      { answers: { 200: { description: 'The file as it was uploaded.', content } as never } },
    ),
    handler: async (request, reply) => {
      const { database, sandbox } = app.edge
      const work = newWork({ sql: database.sql, actor: request.actor, requestId: request.id, sandbox })
      const document = await readStoredDocument(work, request.params.documentId)
      request.permissionAsked = true
      const etag = etagOf(document.version)
      reply.header('etag', etag)
      if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send()
      return reply
        .headers({
          'content-type': document.mediaType,
          'content-length': document.byteSize,
          // Should a browser show it all the same: no script, no form, no origin of ours.
          'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
          'content-disposition': `attachment; filename*=UTF-8''${percentEncoded(document.fileName)}`,
        })
        .send(files.read(document.storedAs))
    },
  })
}

/** RFC 8187: what encodeURIComponent leaves alone but the header does not allow. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
