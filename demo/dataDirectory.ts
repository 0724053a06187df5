import { rmSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { accountFor, reachableDirectory } from '../src/platform/database/postgresBinaries.ts'
import {
  formatProcessRecord,
  isRunning,
  readProcessRecord,
  thisProcess,
  withFileLock,
} from '../src/platform/database/processes.ts'

const SILENT = { info: () => undefined, warn: () => undefined }

/** Another living process works in the data directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string, pid: number) {
    super(`${directory} is in use by process ${pid}; stop it or choose another DATA_DIRECTORY.`)
    this.name = 'DirectoryInUse'
  }
}

/**
 * Takes a data directory for this process until it ends, or throws {@link DirectoryInUse} and changes nothing. In use is
 * also a directory whose embedded PostgreSQL belongs to another living process, such as an API started by itself. What
 * a dead process left behind does not count.
 */
export async function occupy(directory: string): Promise<void> {
  const record = path.join(directory, 'in-use')
  await mkdir(directory, { recursive: true })
  await withFileLock(`${record}.lock`, async () => {
    for (const file of [record, path.join(postgresOf(directory), 'owner')]) {
      const holder = await readProcessRecord(file)
      if (holder !== undefined && holder.pid !== process.pid && isRunning(holder))
        throw new DirectoryInUse(directory, holder.pid)
    }
    await writeFile(record, formatProcessRecord(thisProcess()))
  })
  process.once('exit', () => rmSync(record, { force: true }))
}

/** Throws the trial data away: database, files and demo keys, nothing else that lies there. */
export async function emptyDirectory(directory: string): Promise<void> {
  const parts = [
    postgresOf(directory),
    ...['files', 'demo-keys.json', 'demo-county-unfinished'].map((part) => path.join(directory, part)),
  ]
  for (const part of parts) await rm(part, { recursive: true, force: true })
}

/** Where the embedded database lies: elsewhere when root's own folder is one that the server's account cannot reach. */
function postgresOf(directory: string): string {
  const wanted = path.join(directory, 'postgres')
  return reachableDirectory(wanted, accountFor(path.join(wanted, 'data')), SILENT)
}
