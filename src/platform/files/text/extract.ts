import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Extraction, UnreadReason } from './parts.ts'

/** Larger files are not read: 16 MB of text and pictures are far more than a bid needs. */
export const EXTRACT_BYTES_MAX = 16 * 2 ** 20

export interface ExtractLimits {
  readonly millisecondsMax: number
  /** Of the thread: its heap and the buffers outside of it, together. */
  readonly megabytesMax: number
}

/** A long PDF takes seconds on a busy machine, and 60 MB; a scan of 16 MB is in memory three times. */
const LIMITS: ExtractLimits = { millisecondsMax: 30_000, megabytesMax: 128 }
/** pdf.js unpacks some 60 MB/s, and doubles a buffer that is too small: looked at this often it gets little further. */
const LOOK_EVERY_MS = 20
/** Two threads may read at once; the others wait, and requests are still answered. */
const THREADS_MAX = 2

let free = THREADS_MAX
const waiting: (() => void)[] = []

/**
 * The text of a file that a stranger sent, read in a thread of its own: one that never ends, or takes all memory, costs a
 * thread and nothing else. Never fails: what could not be read is in `unread`.
 */
export async function extractText(bytes: Uint8Array, limits: ExtractLimits = LIMITS): Promise<Extraction> {
  if (bytes.length > EXTRACT_BYTES_MAX) return unread('too_large')
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
  else free--
  try {
    return await readInThread(bytes, limits)
  } finally {
    // Handed to the next in line, so that nobody slips in between.
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}

function readInThread(bytes: Uint8Array, { millisecondsMax, megabytesMax }: ExtractLimits): Promise<Extraction> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: megabytesMax, maxYoungGenerationSizeMb: 16 },
    execArgv: [],
    env: {},
    // pdf.js writes to the console that it cannot draw; the log is for what operators must know.
    stdout: true,
    stderr: true,
  })
  const stopLooking = new AbortController()
  return new Promise<Extraction>((resolve, reject) => {
    const alarm = setTimeout(() => resolve(unread('timed_out')), millisecondsMax)
    thread.once('message', (extraction: Extraction) => resolve(extraction))
    thread.once('error', (error) => resolve(unread(isOutOfMemory(error) ? 'too_large' : 'reader_failed')))
    thread.once('exit', () => {
      clearTimeout(alarm)
      resolve(unread('reader_failed'))
    })
    thread.once('online', () => {
      outgrown(thread, megabytesMax * 2 ** 20, stopLooking.signal).then((isSo) => {
        if (isSo) resolve(unread('too_large'))
      }, reject)
    })
  }).finally(() => {
    stopLooking.abort()
    return thread.terminate()
  })
}

/**
 * Does a thread grow beyond so many bytes? The limits of V8 are of its heap alone, and 1,500 bytes of PDF that are packed
 * twice unpack to gigabytes outside of it. Asked from here, because the thread itself is busy; false when it has ended.
 */
async function outgrown(thread: Worker, bytesMax: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const held = await heldBy(thread)
    if (held === undefined) return false
    if (held > bytesMax) return true
    await pause(LOOK_EVERY_MS)
  }
  return false
}

/** In bytes; undefined of a thread that does not run any more. */
async function heldBy(thread: Worker): Promise<number | undefined> {
  try {
    const { used_heap_size: heap, external_memory: outside } = await thread.getHeapStatistics()
    return heap + outside
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_NOT_RUNNING') return undefined
    throw error
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function unread(reason: UnreadReason): Extraction {
  return { parts: [], unread: [{ where: '', reason }] }
}
