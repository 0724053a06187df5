import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { readAtOneMoment, walk } from '../../../platform/database/walk.ts'
import { eventsOfSubjects, pageOfEvents } from '../../../platform/events/lookUp.ts'
import type { FileStore } from '../../../platform/files/files.ts'
import { isTypeId } from '../../../platform/ids.ts'
import type { Flaw, Verified, VerifyDeps } from '../../../platform/module.ts'
import { DOCUMENT_EVENTS, differencesOf, type RecordedChange } from '../rules/recorded.ts'
import { findDocuments, type KeptFiles, pageOfKeptFiles } from '../store.ts'

const PAGE = 500

/**
 * Compares every document with its events, and its files, plain and encrypted, with their recorded hashes. Finds as well
 * what was recorded of a document that is not there any more.
 */
export async function* verifyDocuments({ database, files }: VerifyDeps): AsyncGenerator<Flaw, Verified> {
  const verified = { documents: 0, files: 0 }
  for await (const page of walk<Seen>((last) => readPage(database, last?.kept.id))) {
    for (const { kept, events } of page) {
      verified.documents += 1
      for (const code of differencesOf(kept, events)) yield { what: 'document', id: kept.id, code }
      if (files === undefined) continue
      for (const file of filesOf(kept)) {
        verified.files += 1
        const found = await hashOfFile(files, file.name)
        if (found === file.sha256) continue
        yield { what: 'document', id: kept.id, code: `${file.what}_${found === undefined ? 'missing' : 'changed'}` }
      }
    }
  }
  yield* missingDocuments(database)
  return verified
}

interface Seen {
  readonly kept: KeptFiles
  readonly events: readonly RecordedChange[]
}

/** Rows and events of one moment, so that an upload meanwhile is no difference. */
function readPage({ sql }: VerifyDeps['database'], after: string | undefined): Promise<Seen[]> {
  return readAtOneMoment(sql, async (sql) => {
    const rows = await pageOfKeptFiles(sql, after, PAGE)
    const ids = rows.map(({ id }) => id)
    const eventsOf = Map.groupBy(await eventsOfSubjects(sql, ids, DOCUMENT_EVENTS), ({ subject }) => subject)
    return rows.map((kept) => ({ kept, events: eventsOf.get(kept.id) ?? [] }))
  })
}

async function* missingDocuments({ sql }: VerifyDeps['database']): AsyncGenerator<Flaw> {
  const events = walk<{ readonly id: string; readonly subject: string }>((last) =>
    pageOfEvents(sql, ['document.announced'], last?.id, PAGE),
  )
  for await (const page of events) {
    const named = page.map(({ subject }) => subject).filter((id) => isTypeId(id, 'doc'))
    // Documents are written together with their events and never removed, so they may be looked for afterwards.
    const there = new Set((await findDocuments(sql, named)).map(({ id }) => id))
    for (const id of named) if (!there.has(id)) yield { what: 'document', id, code: 'missing' }
  }
}

function filesOf({ storedAs, sha256, sealedAs, ciphertextSha256 }: KeptFiles) {
  return [
    ...(storedAs === null ? [] : [{ what: 'file', name: storedAs, sha256 }]),
    ...(sealedAs === null ? [] : [{ what: 'sealed_file', name: sealedAs, sha256: ciphertextSha256 }]),
  ]
}

/** Streamed; undefined when there is no such file. */
async function hashOfFile(files: Pick<FileStore, 'read'>, name: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(files.read(name), hash)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}
