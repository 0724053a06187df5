import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { endOrphan, startEmbeddedPostgres } from '../../src/platform/database/embedded.ts'
import {
  formatProcessRecord,
  isRunning,
  readProcessRecord,
  thisProcess,
  withFileLock,
} from '../../src/platform/database/processes.ts'

/**
 * The process behind all test files: `node databaseServer.ts <directory>` starts one PostgreSQL server, writes its
 * address into `<directory>/url`, and ends it once no test process has been alive for some seconds.
 *
 * directory/lock      held while a test process joins and while the server decides to end
 * directory/leases/   one file per test process that uses the server
 * directory/keeper    the process record of this process
 * directory/server-N  the cluster of the keeper with process id N
 */
const IDLE_SECONDS = 10
const LOOK_EVERY_MS = 1_000

async function keepServer(directory: string): Promise<void> {
  await removeOrphans(directory)
  const server = await startEmbeddedPostgres({
    directory: path.join(directory, `server-${process.pid}`),
    persistent: false,
    log: {
      info: () => undefined,
      warn: (details, message) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`),
    },
  })
  await writeFile(path.join(directory, 'keeper'), formatProcessRecord(thisProcess()))
  // Test processes wait for this file, so it appears whole.
  await writeFile(path.join(directory, 'url.new'), server.url)
  await rename(path.join(directory, 'url.new'), path.join(directory, 'url'))

  for (let idle = 0; idle < IDLE_SECONDS || !(await closeDoor(directory)); ) {
    await pause(LOOK_EVERY_MS)
    idle = (await isUsed(directory)) ? 0 : idle + 1
  }
  await server.stop()
}

/** Nobody can join any more once the address is gone, unless somebody has joined just now. */
function closeDoor(directory: string): Promise<boolean> {
  return withFileLock(path.join(directory, 'lock'), async () => {
    if (await isUsed(directory)) return false
    await rm(path.join(directory, 'url'), { force: true })
    return true
  })
}

async function isUsed(directory: string): Promise<boolean> {
  const leases = path.join(directory, 'leases')
  let used = false
  for (const name of await readdir(leases)) {
    const lease = path.join(leases, name)
    const user = await readProcessRecord(lease)
    if (user !== undefined && isRunning(user)) used = true
    else await rm(lease, { force: true })
  }
  return used
}

/** Ends and removes the clusters whose keeper was killed. */
async function removeOrphans(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('server-')) continue
    const orphan = path.join(directory, name)
    if (await endOrphan(orphan)) await rm(orphan, { recursive: true, force: true })
  }
}

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('usage: node databaseServer.ts <directory>')
await keepServer(directory)
