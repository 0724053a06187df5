import { Worker } from 'node:worker_threads'
import type { Extraction, UnreadReason } from './parts.ts'

/** Larger files are not read: 16 MB of text and pictures are far more than a bid needs. */
export const EXTRACT_BYTES_MAX = 16 * 2 ** 20

export interface ExtractLimits {
  readonly millisecondsMax: number
  /** Of the thread's heap. */
  readonly megabytesMax: number
}

/** A long PDF takes seconds on a busy machine. pdf.js takes 40 MB before it reads the first page. */
const LIMITS: ExtractLimits = { millisecondsMax: 30_000, megabytesMax: 256 }
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
    resourceLimits: { maxOldGenerationSizeMb: megabytesMax },
    execArgv: [],
    env: {},
  })
  return new Promise<Extraction>((resolve) => {
    const alarm = setTimeout(() => resolve(unread('timed_out')), millisecondsMax)
    thread.once('message', (extraction: Extraction) => resolve(extraction))
    thread.once('error', (error) => resolve(unread(isOutOfMemory(error) ? 'too_large' : 'reader_failed')))
    thread.once('exit', () => {
      clearTimeout(alarm)
      resolve(unread('reader_failed'))
    })
  }).finally(() => thread.terminate())
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function unread(reason: UnreadReason): Extraction {
  return { parts: [], unread: [{ where: '', reason }] }
}
