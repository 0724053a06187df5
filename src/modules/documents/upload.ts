import { PassThrough, Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { orThrow } from '../../kernel/decision.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { encryption } from '../../platform/files/age.ts'
import { type Examiner, examiner, INSPECTED_BYTES_MAX, type Inspector } from '../../platform/files/examine.ts'
import { type FileStore, FileTooLarge, type StoredFile } from '../../platform/files/files.ts'
import { type Scanner, ScannerUnavailable } from '../../platform/files/scanner.ts'
import { newId } from '../../platform/ids.ts'
import { malformed } from '../../platform/malformed.ts'
import { PayloadTooLarge } from '../../platform/problems.ts'
import { newWork, runCommand } from '../../platform/work.ts'
import { DocumentContentDiffers, DocumentInfected, ScannerNotAvailable } from './problems.ts'
import { checkMeasured, DOCUMENT_BYTES_MAX, type Document } from './rules/document.ts'
import { examinationFor, judgeCiphertext, judgeContent, scannedBy } from './service/contents.ts'
import { type Arrived, documentToFill, fillDocument } from './service/filling.ts'

export interface UploadDeps {
  readonly files: FileStore
  readonly scanner: Scanner
  /** Sees whole contents of modest size in memory, plain ones and those that the service is about to seal. */
  readonly inspector?: Inspector | undefined
}

/** age adds 16 bytes to each 64 KB, and a header of some 100 bytes for each recipient. */
const CIPHERTEXT_BYTES_MAX = DOCUMENT_BYTES_MAX + 65_536
/** clamd loads new signatures for some 20 s. */
const SCANNER_RETRY_SECONDS = 30

/**
 * Takes the content of a document: bytes first, then a short transaction. No transaction is open while bytes come,
 * because an idle one holds back the sealing of all events. The bytes are measured, scanned, looked at and, if they are
 * to be sealed, encrypted in one pass; of a sealed document no plain byte reaches a disk.
 */
export async function takeUpload(
  app: FastifyInstance,
  deps: UploadDeps,
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
    if (isNotComparable(wanted)) {
      request.permissionAsked = true
      return wanted
    }
    // Every upload has a file of its own: one that fails must not touch what another has stored.
    const storedAs = newId('fil')
    const looker = await examinerFor(wanted, deps)
    const file = await writeFile(deps.files, storedAs, looker, body, wanted)
    return await settle(deps.files, storedAs, async () => {
      const arrived = await judge(wanted, looker, deps, { storedAs, file })
      const filled = await runCommand(database, context, request.log, (work) => fillDocument(work, documentId, arrived))
      request.permissionAsked = true
      if (filled.state === 'quarantined') throw problem(DocumentInfected, { signature: filled.scanSignature ?? '' })
      if (filled.state === 'rejected' && arrived.refusal !== null) throw new Problem(arrived.refusal)
      return filled
    })
  } catch (error) {
    if (error instanceof ScannerUnavailable) {
      request.log.warn({ reason: error.message }, 'the scanner is not available')
      throw scannerNotAvailable()
    }
    throw error
  } finally {
    // What is left of a refused upload is read and dropped, so that the client gets to read the answer.
    body.resume()
  }
}

/** Sealed by the service: there is nothing left that a repeated upload could be compared with, so it is not read. */
function isNotComparable({ state, sealedMode }: Document): boolean {
  return state === 'sealed' && sealedMode === 'server'
}

function scannerNotAvailable(): Problem {
  const refusal = { problem: ScannerNotAvailable, parameters: {}, errors: [] }
  return new Problem(refusal, { 'retry-after': String(SCANNER_RETRY_SECONDS) })
}

async function examinerFor(wanted: Document, { scanner, inspector }: UploadDeps): Promise<Examiner> {
  const byteSizeMax = wanted.byteSize
  // A ciphertext shows nothing to a scanner or an inspector.
  if (wanted.sealedMode === 'client') return examiner({ byteSizeMax, headBytes: 64, tailBytes: 0 })
  return examiner({
    ...examinationFor(wanted.mediaType, byteSizeMax),
    scanner,
    keepsWhole: inspector !== undefined && (await isInspected(wanted, inspector)),
  })
}

async function isInspected({ id, mediaType, byteSize }: Document, inspector: Inspector): Promise<boolean> {
  if (byteSize > Math.min(inspector.byteSizeMax, INSPECTED_BYTES_MAX)) return false
  return inspector.wants({ documentId: id, mediaType })
}

async function writeFile(
  files: FileStore,
  name: string,
  looker: Examiner,
  body: Readable,
  wanted: Document,
): Promise<StoredFile> {
  try {
    const content = looker.pass(detached(body))
    const kept = wanted.sealedMode === 'server' ? encryption(wanted.sealedRecipients ?? [])(content) : content
    return await files.write(name, kept, CIPHERTEXT_BYTES_MAX)
  } catch (error) {
    if (error instanceof FileTooLarge)
      throw problem(DocumentContentDiffers, { property: 'byteSize', wanted: wanted.byteSize })
    if (error instanceof UploadBrokenOff) throw malformed('上传中断', error.message)
    throw error
  }
}

/** What has come in and whether it may be kept. Throws if it is not what was announced. */
async function judge(
  wanted: Document,
  looker: Examiner,
  { scanner, inspector }: UploadDeps,
  { storedAs, file }: { storedAs: string; file: StoredFile },
): Promise<Arrived> {
  const examined = looker.result()
  try {
    orThrow(checkMeasured(wanted, examined))
  } catch (error) {
    looker.abort()
    throw error
  }
  const ciphertext = wanted.sealedMode === null ? null : { sha256: file.sha256, byteSize: file.byteSize }
  const verdict = await looker.verdict()
  const scanned = verdict === null ? null : scannedBy(scanner, verdict)
  if (scanned?.scan === 'infected') return { storedAs, ciphertext, scanned, refusal: null }
  const { mediaType, sealedMode } = wanted
  const judged =
    sealedMode === 'client' ? judgeCiphertext(mediaType, examined) : await judgeContent(mediaType, examined)
  if (!judged.accepted) return { storedAs, ciphertext, scanned, refusal: judged.refusal }
  if (examined.whole !== null) await inspector?.look(examined.whole, { documentId: wanted.id, mediaType })
  return { storedAs, ciphertext, scanned, refusal: null }
}

/**
 * Keeps the file if the document now points to it. After an error that is no refusal the commit may have happened all
 * the same, so the file stays: a file too many does less harm than a document without its file, and the sweep finds it.
 */
async function settle(files: FileStore, storedAs: string, decide: () => Promise<Document>): Promise<Document> {
  try {
    const document = await decide()
    if (document.storedAs !== storedAs && document.sealedAs !== storedAs) await files.remove(storedAs)
    return document
  } catch (error) {
    if (error instanceof Problem || error instanceof ScannerUnavailable) await files.remove(storedAs)
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
