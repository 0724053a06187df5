import type { Sql } from '../../../platform/database/database.ts'
import type { FileStore } from '../../../platform/files/files.ts'
import { namedFiles } from '../store.ts'

/** An upload takes minutes at the most; what is an hour old and belongs to no document never will. */
const ORPHAN_AGE_MS = 3_600_000
const BATCH = 500
/** Only documents are swept, whatever else the store may come to hold. */
const DOCUMENT_FILE = /^fil_/

/**
 * Removes files that no document points to, left behind by processes that died between file and row, and what broken
 * writes have left. Returns how many. Any number may run at once.
 */
export async function sweepOrphanFiles(files: FileStore, sql: Sql): Promise<number> {
  let removed = await files.removeBroken(ORPHAN_AGE_MS)
  let batch: string[] = []
  for await (const name of files.olderThan(ORPHAN_AGE_MS)) {
    if (!DOCUMENT_FILE.test(name)) continue
    batch.push(name)
    if (batch.length < BATCH) continue
    removed += await removeUnnamed(files, sql, batch)
    batch = []
  }
  return removed + (await removeUnnamed(files, sql, batch))
}

async function removeUnnamed(files: FileStore, sql: Sql, names: readonly string[]): Promise<number> {
  const named = await namedFiles(sql, names)
  const orphans = names.filter((name) => !named.has(name))
  for (const name of orphans) await files.remove(name)
  return orphans.length
}
