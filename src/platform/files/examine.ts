import { createHash } from 'node:crypto'
import { FileTooLarge } from './files.ts'
import type { Scanner, ScanSession, ScanVerdict } from './scanner.ts'
import { type UnzipLimits, type Unzipped, unzipper } from './unzip.ts'

/** Reads whole contents of modest size while they are uploaded, such as to look for names in their text. */
export interface Inspector {
  /** Asked before any byte comes, because whoever looks holds them all in memory. */
  wants(file: { readonly documentId: string; readonly mediaType: string }): Promise<boolean>
  /** Larger contents are not shown; at most {@link INSPECTED_BYTES_MAX}. */
  readonly byteSizeMax: number
  /** The bytes are the caller's only for the time of the call: of sealed documents nothing may be kept. */
  look(bytes: Buffer, file: { readonly documentId: string; readonly mediaType: string }): Promise<void>
}

/** 16 MB: what one upload may hold in memory for its inspector. */
export const INSPECTED_BYTES_MAX = 16_777_216

export interface Examination {
  readonly byteSize: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly head: Buffer
  readonly tail: Buffer
  /** The whole content, if it was to be kept. */
  readonly whole: Buffer | null
  /** What unpacking it gave, if it was to be unpacked. */
  readonly unzipped: Unzipped | null
}

export interface ExaminerOptions {
  /** One byte more is {@link FileTooLarge}. */
  readonly byteSizeMax: number
  readonly headBytes: number
  readonly tailBytes: number
  /** Keep the whole content as well; memory for `byteSizeMax` is taken. */
  readonly keepsWhole?: boolean
  /** Unpack it as a ZIP while it passes; absent: do not. */
  readonly unzip?: UnzipLimits | undefined
  /** Absent: nothing is scanned. */
  readonly scanner?: Scanner | undefined
}

export interface Examiner {
  /** Lets the content through unchanged, once, and looks at it on the way. Memory is bounded by the options. */
  pass(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer>
  /** After the whole content has passed. */
  result(): Examination
  /** The scanner's verdict, after the whole content has passed; null without a scanner. */
  verdict(): Promise<ScanVerdict | null>
  /** Lets the scanner go if nobody asks for its verdict. */
  abort(): void
}

export function examiner(options: ExaminerOptions): Examiner {
  const { byteSizeMax, scanner, keepsWhole = false } = options
  const hash = createHash('sha256')
  const head = firstBytes(Math.min(options.headBytes, byteSizeMax))
  const tail = lastBytes(Math.min(options.tailBytes, byteSizeMax))
  const whole = keepsWhole ? firstBytes(byteSizeMax) : null
  const unpacking = options.unzip === undefined ? undefined : unzipper(options.unzip)
  let unzipped: Unzipped | null = null
  let byteSize = 0
  let session: ScanSession | undefined
  return {
    async *pass(content) {
      let isThrough = false
      session = scanner?.open()
      try {
        for await (const bytes of content) {
          const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
          byteSize += chunk.length
          if (byteSize > byteSizeMax) throw new FileTooLarge(`more than ${byteSizeMax} bytes`)
          hash.update(chunk)
          head.add(chunk)
          tail.add(chunk)
          whole?.add(chunk)
          await session?.write(chunk)
          await unpacking?.put(chunk)
          yield chunk
        }
        unzipped = (await unpacking?.end()) ?? null
        isThrough = true
      } finally {
        if (!isThrough) {
          session?.abort()
          unpacking?.abort()
        }
      }
    },
    result: () => ({
      byteSize,
      sha256: hash.copy().digest('hex'),
      head: head.bytes(),
      tail: tail.bytes(),
      whole: whole?.bytes() ?? null,
      unzipped,
    }),
    verdict: async () => (session === undefined ? null : await session.end()),
    abort: () => session?.abort(),
  }
}

interface Keeper {
  add(chunk: Buffer): void
  bytes(): Buffer
}

/*
 * Both copy: a chunk may be a small part of a large piece of memory, which keeping the chunk would keep whole.
 */

function firstBytes(capacity: number): Keeper {
  const kept = Buffer.allocUnsafe(capacity)
  let used = 0
  return {
    add(chunk) {
      used += chunk.copy(kept, used, 0, capacity - used)
    },
    bytes: () => kept.subarray(0, used),
  }
}

function lastBytes(capacity: number): Keeper {
  const ring = Buffer.allocUnsafe(capacity)
  let seen = 0
  return {
    add(chunk) {
      if (capacity === 0) return
      const news = chunk.subarray(Math.max(0, chunk.length - capacity))
      const at = (seen + chunk.length - news.length) % capacity
      const copied = news.copy(ring, at)
      news.copy(ring, 0, copied)
      seen += chunk.length
    },
    bytes() {
      if (seen <= capacity) return ring.subarray(0, seen)
      const at = seen % capacity
      return Buffer.concat([ring.subarray(at), ring.subarray(0, at)])
    },
  }
}
