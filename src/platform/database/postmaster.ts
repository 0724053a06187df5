import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, readIfThere } from './processes.ts'

export interface Postmaster {
  readonly pid: number
  /** Known as soon as the server has opened its port. */
  readonly port: number | undefined
}

/** Ending writes everything to disk, which takes long only on a slow one. */
const END_PATIENCE_MS = 30_000
const POLL_MS = 20
const PORT_LINE = 3

/**
 * The living server of this data directory, by its postmaster.pid. That file outlives a crash, and its number may belong
 * to another program by now: PostgreSQL would then refuse to start for ever, so such a file is removed.
 * @throws when a living process can be neither recognised as the server nor ruled out.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const file = path.join(dataDirectory, 'postmaster.pid')
  const lines = (await readIfThere(file))?.split('\n')
  const pid = Number(lines?.[0])
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  const command = commandLine(pid)
  if (command === undefined) {
    if (!isAlive(pid)) return undefined
    throw new Error(`Process ${pid} may be the PostgreSQL server of ${dataDirectory}. End it, or remove ${file}.`)
  }
  if (!command.includes(dataDirectory)) {
    rmSync(file)
    return undefined
  }
  const port = Number(lines[PORT_LINE])
  return { pid, port: port > 0 ? port : undefined }
}

/** Fast shutdown: sessions are cut off, everything committed is on disk. After 30 s without an end: at once. */
export async function endPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isAlive(pid)) return
    process.kill(pid, signal)
    const giveUpAt = performance.now() + END_PATIENCE_MS
    while (isAlive(pid) && performance.now() < giveUpAt) await pause(POLL_MS)
  }
  if (isAlive(pid)) throw new Error(`The PostgreSQL server with process id ${pid} does not end.`)
}

function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}
