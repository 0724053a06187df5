import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fileTypeFromBuffer } from 'file-type'
import { orThrow } from '../../kernel/decision.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { type FileStore, FileTooLarge, type StoredFile } from '../../platform/files/files.ts'
import { newId } from '../../platform/ids.ts'
import { InvalidRequest, PayloadTooLarge } from '../../platform/problems.ts'
import { newWork, runCommand } from '../../platform/work.ts'
import { DocumentContentDiffers, DocumentTypeDiffers } from './problems.ts'
import { checkMeasured, DOCUMENT_BYTES_MAX, type Document } from './rules.ts'
import { documentToFill, fillDocument } from './service.ts'

/**
 * Takes the content of a document: bytes first, then a short transaction. No transaction is open while bytes come,
 * because an idle one holds back the sealing of all events.
 */
export async function takeUpload(
  app: FastifyInstance,
  files: FileStore,
  request: FastifyRequest,
  documentId: string,
): Promise<Document> {
  const { database, sandbox, rings } = app.edge
  const context = { actor: request.actor, requestId: request.id, sandbox, rings }
  // Without a body the request is what was announced just as little as with a wrong one.
  const body = (request.body as Readable | undefined | null) ?? Readable.from([])
  try {
    if (Number(request.headers['content-length'] ?? 0) > DOCUMENT_BYTES_MAX) throw problem(PayloadTooLarge)
    const wanted = await documentToFill(newWork({ ...context, sql: database.sql }), documentId)
    // Every upload has a file of its own: one that fails must not touch what another has stored.
    const storedAs = newId('fil')
    const file = await writeFile(files, storedAs, body, wanted)
    const found = (await fileTypeFromBuffer(file.head))?.mime ?? null
    return await settle(files, storedAs, async () => {
      orThrow(checkMeasured(wanted, file))
      const filled = await runCommand(database, context, request.log, (work) =>
        fillDocument(work, documentId, { storedAs, found }),
      )
      request.permissionAsked = true
      if (filled.state === 'rejected')
        throw problem(DocumentTypeDiffers, { declared: filled.mediaType, found: found ?? 'unknown' })
      return filled
    })
  } finally {
    // What is left of a refused upload is read and dropped, so that the client gets to read the answer.
    body.resume()
  }
}

async function writeFile(files: FileStore, name: string, body: Readable, wanted: Document): Promise<StoredFile> {
  try {
    return await files.write(name, detached(body), wanted.byteSize)
  } catch (error) {
    if (error instanceof FileTooLarge)
      throw problem(DocumentContentDiffers, { property: 'byteSize', wanted: wanted.byteSize })
    if (error instanceof UploadBrokenOff) throw problem(InvalidRequest, { reason: error.message })
    throw error
  }
}

/**
 * Keeps the file if the document now points to it. After an error that is no refusal the commit may have happened all
 * the same, so the file stays: a file too many does less harm than a document without its file.
 */
async function settle(files: FileStore, storedAs: string, decide: () => Promise<Document>): Promise<Document> {
  try {
    const document = await decide()
    if (document.storedAs !== storedAs) await files.remove(storedAs)
    return document
  } catch (error) {
    if (error instanceof Problem) await files.remove(storedAs)
    throw error
  }
}

class UploadBrokenOff extends Error {}

/** The body behind a stream that may be destroyed: destroying the request itself would cut the connection. */
function detached(body: Readable): Readable {
  const through = new PassThrough()
  const breakOff = () => {
    if (!body.readableEnded) through.destroy(new UploadBrokenOff('the upload broke off'))
  }
  body.once('error', breakOff)
  body.once('close', breakOff)
  return body.pipe(through)
}
