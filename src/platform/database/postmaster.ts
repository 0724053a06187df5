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
 * to another program or to an uncollected dead process by now: PostgreSQL would then refuse to start, so such a file is
 * removed. What a killed server left running is still noticed: a new one looks at the shared memory of the directory.
 * @throws when a living process can be neither recognised as the server nor ruled out.
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const file = path.join(dataDirectory, 'postmaster.pid')
  const lines = (await readIfThere(file))?.split('\n')
  const pid = Number(lines?.[0])
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  const command = commandLine(pid)
  if (command === undefined && isAlive(pid)) {
    throw new Error(`Process ${pid} may be the PostgreSQL server of ${dataDirectory}. End it, or remove ${file}.`)
  }
  if (command === undefined || !isServerOf(dataDirectory, command) || !isAlive(pid)) {
    rmSync(file, { force: true })
    return undefined
  }
  const port = Number(lines[PORT_LINE])
  return { pid, port: port > 0 ? port : undefined }
}

/** Fast shutdown: sessions are cut off, everything committed is on disk. After 30 s without an end: at once. */
export async function endPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isAlive(pid)) return
    send(signal, pid)
    const giveUpAt = performance.now() + END_PATIENCE_MS
    while (isAlive(pid) && performance.now() < giveUpAt) await pause(POLL_MS)
  }
  if (isAlive(pid)) throw new Error(`The PostgreSQL server with process id ${pid} does not end.`)
}

/** Not to have heard of the end yet is no error. */
function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The arguments are parted by NUL in /proc and by blanks in the answer of ps. */
function isServerOf(dataDirectory: string, command: string): boolean {
  return command.includes(`-D\0${dataDirectory}\0`) || command.includes(`-D ${dataDirectory} `)
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
