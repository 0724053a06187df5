import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * A process that can be told from a later one with the same number: containers give the same small numbers again after
 * each restart.
 */
export interface ProcessRecord {
  readonly pid: number
  /** Clock ticks from boot to the start of the process; empty where the system has no /proc. */
  readonly startedAt: string
}

const LOCK_PATIENCE_MS = 60_000
const LOCK_POLL_MS = 50

export function thisProcess(): ProcessRecord {
  return { pid: process.pid, startedAt: startTicks(process.pid) }
}

/** Does exactly this process still run? A zombie, dead but not yet collected by its parent, does not. */
export function isRunning(record: ProcessRecord): boolean {
  return isAlive(record.pid) && startTicks(record.pid) === record.startedAt
}

/** Does any process with this number run? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return statFields(pid)?.[0] !== 'Z'
}

/** The record that was written to this file, or undefined when there is none or it is broken. */
export async function readProcessRecord(file: string): Promise<ProcessRecord | undefined> {
  const [pid, startedAt] = (await readIfThere(file))?.trim().split(' ') ?? []
  return pid !== undefined && /^\d+$/.test(pid) ? { pid: Number(pid), startedAt: startedAt ?? '' } : undefined
}

export function formatProcessRecord(record: ProcessRecord): string {
  return `${record.pid} ${record.startedAt}\n`
}

/** The text of a file, or undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Runs the work while holding a lock file; other processes wait up to 60 s. The lock of a process that died is taken
 * over. It does not exclude two callers in one process.
 */
export async function withFileLock<T>(file: string, run: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true })
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS
  while (!(await tryLock(file))) {
    if (performance.now() > giveUpAt) throw new Error(`Another process holds ${file} for more than a minute.`)
    await pause(LOCK_POLL_MS)
  }
  try {
    return await run()
  } finally {
    await rm(file, { force: true })
  }
}

/** The lock appears with its content at once, so that a holder who dies at any moment can be told. */
async function tryLock(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}.new`
  await writeFile(draft, formatProcessRecord(thisProcess()))
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const holder = await readProcessRecord(file)
  if (holder !== undefined && !isRunning(holder)) await takeAway(file, holder)
  return false
}

/** Renaming decides which of several waiters removes a dead holder's lock, and what was removed is looked at again. */
async function takeAway(file: string, holder: ProcessRecord): Promise<void> {
  const grave = `${file}.${process.pid}`
  try {
    await rename(file, grave)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const buried = await readProcessRecord(grave)
  if (buried?.pid === holder.pid) await rm(grave)
  else await rename(grave, file)
}

function startTicks(pid: number): string {
  return statFields(pid)?.[19] ?? ''
}

/** The fields of /proc/<pid>/stat behind the process name, which may itself hold spaces and brackets: state comes first. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
