import { crc32, createInflateRaw } from 'node:zlib'
import yauzl from 'yauzl'
import { ByteReader } from './byteReader.ts'
import { type ArchiveKind, archiveKindOf, SIGNATURE_BYTES } from './signatures.ts'
import { Broken, extraFieldsOf, sizesOf, uint } from './zipFields.ts'

const LOCAL_HEADER = 0x04034b50
/** What may stand behind the last entry: the directory, or its end if it is empty. */
const DIRECTORY_SIGNATURES: readonly number[] = [0x02014b50, 0x06054b50, 0x06064b50]
const DESCRIPTOR_SIGNATURE = Buffer.from('504b0708', 'hex')
const LOCAL_HEADER_BYTES = 30
const STORED = 0
const DEFLATED = 8
const FLAG_ENCRYPTED = 0x1
const FLAG_SIZES_FOLLOW = 0x8
/** Large enough for a buffer of its own, which {@link letGo} relies on. */
const OUTPUT_PIECE_BYTES = 32_768

export interface UnzipLimits {
  readonly entriesMax: number
  /** Of all entries together; nothing is unpacked beyond it. */
  readonly unpackedBytesMax: number
}

/** An entry as its bytes and the header before them show it. */
export interface UnzippedEntry {
  /** Where its header stands. */
  readonly offset: number
  readonly name: string
  readonly rawName: string
  readonly compressionMethod: number
  /** Counted, not declared. */
  readonly byteSize: number
  readonly compressedByteSize: number
  readonly crc32: number
  readonly kind: ArchiveKind | null
}

export interface Unzipped {
  readonly entries: readonly UnzippedEntry[]
  /** Of all entries together, counted; those that were broken off included. */
  readonly byteSize: number
  /** `limit`: unpacking was given up at a limit. `broken`: the bytes are no plain ZIP, or a header lies about them. */
  readonly end: 'directory' | 'limit' | 'broken'
  /** Where the entries ended. */
  readonly directoryOffset: number
}

/** Unpacks a ZIP while it streams by, and keeps nothing but what it has counted. */
export interface Unzipper {
  put(piece: Buffer): Promise<void>
  /** After the last piece. */
  end(): Promise<Unzipped>
  abort(): void
}

class LimitReached extends Error {}

export function unzipper(limits: UnzipLimits): Unzipper {
  const reader = new ByteReader()
  const walk = new Walk(reader, limits)
  let failure: { error: unknown } | undefined
  const walked = walk
    .run()
    .catch((error: unknown) => {
      // Told by end(); an upload that broke off before asks no more.
      failure = { error }
    })
    .finally(() => reader.close())
  return {
    put: (piece) => reader.put(piece),
    async end() {
      await reader.put(null)
      await walked
      if (failure !== undefined) throw failure.error
      return walk.result()
    },
    abort: () => void reader.put(null),
  }
}

interface LocalHeader {
  readonly name: string
  readonly rawName: string
  readonly compressionMethod: number
  /** Null: they follow behind the data. */
  readonly declared: { readonly byteSize: number; readonly compressedByteSize: number; readonly crc32: number } | null
}

/** The way through an archive, header by header, from its first byte. */
class Walk {
  readonly #reader: ByteReader
  readonly #limits: UnzipLimits
  readonly #entries: UnzippedEntry[] = []
  #byteSize = 0
  #end: Unzipped['end'] = 'broken'

  constructor(reader: ByteReader, limits: UnzipLimits) {
    this.#reader = reader
    this.#limits = limits
  }

  result(): Unzipped {
    return {
      entries: this.#entries,
      byteSize: this.#byteSize,
      end: this.#end,
      directoryOffset: this.#reader.position,
    }
  }

  async run(): Promise<void> {
    try {
      while (await this.#isAtEntry()) {
        if (this.#entries.length >= this.#limits.entriesMax) throw new LimitReached()
        this.#entries.push(await this.#entry())
      }
      this.#end = 'directory'
    } catch (error) {
      if (error instanceof LimitReached) this.#end = 'limit'
      else if (!(error instanceof Broken)) throw error
    }
  }

  async #isAtEntry(): Promise<boolean> {
    const signature = await this.#reader.peek(4)
    if (signature.length < 4) throw new Broken()
    const found = signature.readUInt32LE()
    if (DIRECTORY_SIGNATURES.includes(found)) return false
    if (found !== LOCAL_HEADER) throw new Broken()
    return true
  }

  async #entry(): Promise<UnzippedEntry> {
    const offset = this.#reader.position
    const { declared, ...header } = await this.#header()
    const meter = new Meter((byteSize) => {
      this.#byteSize += byteSize
      if (this.#byteSize > this.#limits.unpackedBytesMax) throw new LimitReached()
    })
    const begin = this.#reader.position
    if (header.compressionMethod === DEFLATED) await this.#inflate(declared?.compressedByteSize ?? null, meter)
    else if (header.compressionMethod === STORED && declared !== null)
      await this.#copy(declared.compressedByteSize, meter)
    else throw new Broken()
    const counted = {
      byteSize: meter.byteSize,
      compressedByteSize: this.#reader.position - begin,
      crc32: meter.crc32,
    }
    if (declared === null) await this.#descriptor(counted)
    else if (declared.byteSize !== counted.byteSize || declared.crc32 !== counted.crc32) throw new Broken()
    return { offset, ...header, ...counted, kind: archiveKindOf(meter.head()) }
  }

  async #header(): Promise<LocalHeader> {
    const fixed = Buffer.from(await this.#take(LOCAL_HEADER_BYTES))
    const flags = fixed.readUInt16LE(6)
    if ((flags & FLAG_ENCRYPTED) !== 0) throw new Broken()
    const rawName = Buffer.from(await this.#take(fixed.readUInt16LE(26)))
    const extraFields = extraFieldsOf(Buffer.from(await this.#take(fixed.readUInt16LE(28))))
    const [byteSize, compressedByteSize] = sizesOf(fixed.readUInt32LE(22), fixed.readUInt32LE(18), extraFields)
    const sizesFollow = (flags & FLAG_SIZES_FOLLOW) !== 0
    return {
      name: yauzl.getFileNameLowLevel(flags, rawName, extraFields, true),
      rawName: rawName.toString('latin1'),
      compressionMethod: fixed.readUInt16LE(8),
      declared: sizesFollow ? null : { byteSize, compressedByteSize, crc32: fixed.readUInt32LE(14) },
    }
  }

  async #take(length: number): Promise<Buffer> {
    const bytes = await this.#reader.peek(length)
    if (bytes.length < length) throw new Broken()
    this.#reader.consume(length)
    return bytes
  }

  /** Behind data whose sizes were not known before: with or without a signature, in 32 or 64 bits. */
  async #descriptor({ byteSize, compressedByteSize, crc32 }: Counted): Promise<void> {
    const there = await this.#reader.peek(24)
    for (const signature of [DESCRIPTOR_SIGNATURE, Buffer.alloc(0)])
      for (const isWide of [true, false]) {
        const wanted = Buffer.concat([signature, uint(crc32), uint(compressedByteSize, isWide), uint(byteSize, isWide)])
        if (!there.subarray(0, wanted.length).equals(wanted)) continue
        this.#reader.consume(wanted.length)
        return
      }
    throw new Broken()
  }

  async #copy(length: number, meter: Meter): Promise<void> {
    for (let left = length; left > 0; ) {
      const there = await this.#reader.some()
      if (there === null) throw new Broken()
      const piece = there.subarray(0, left)
      meter.add(piece)
      this.#reader.consume(piece.length)
      left -= piece.length
    }
  }

  /** Unpacks one entry: to the end of its data, which must come after `length` bytes where that was declared. */
  async #inflate(length: number | null, meter: Meter): Promise<void> {
    const inflater = createInflateRaw({ chunkSize: OUTPUT_PIECE_BYTES })
    const failed = new Promise<never>((_resolve, reject) => {
      inflater.once('error', (error) => reject(error instanceof LimitReached ? error : new Broken()))
    })
    const ended = new Promise<void>((resolve) => {
      inflater.once('end', () => resolve())
    })
    let reached: unknown
    inflater.on('data', (piece: Buffer) => {
      try {
        meter.add(piece)
        letGo(piece)
      } catch (error) {
        reached = error
        inflater.destroy(error as Error)
      }
    })
    try {
      for (let left = length ?? Number.POSITIVE_INFINITY; left > 0; ) {
        const there = await this.#reader.some()
        if (there === null) throw new Broken()
        const piece = there.subarray(0, left)
        const before = inflater.bytesWritten
        const written = new Promise<void>((resolve) => {
          inflater.write(piece, () => resolve())
        })
        await Promise.race([failed, written])
        // A destroyed stream may say that it has written before it says why it was destroyed.
        if (reached !== undefined) throw reached
        const used = inflater.bytesWritten - before
        this.#reader.consume(used)
        left -= used
        if (used === piece.length) continue
        // It takes no more, so its data have ended; if more were declared, they hide something.
        if (length !== null) throw new Broken()
        left = 0
      }
      // Of data that are not whole this makes an error.
      inflater.end()
      await Promise.race([failed, ended])
    } finally {
      failed.catch(() => undefined)
      inflater.destroy()
    }
  }
}

type Counted = Pick<UnzippedEntry, 'byteSize' | 'compressedByteSize' | 'crc32'>

/** Counts what an entry unpacks to. */
class Meter {
  byteSize = 0
  crc32 = 0
  readonly #count: (byteSize: number) => void
  readonly #head: Buffer = Buffer.alloc(SIGNATURE_BYTES)

  constructor(count: (byteSize: number) => void) {
    this.#count = count
  }

  add(piece: Buffer): void {
    if (this.byteSize < SIGNATURE_BYTES) piece.copy(this.#head, this.byteSize)
    this.byteSize += piece.length
    this.crc32 = crc32(piece, this.crc32)
    this.#count(piece.length)
  }

  head(): Buffer {
    return this.#head.subarray(0, Math.min(this.byteSize, SIGNATURE_BYTES))
  }
}

/**
 * Frees the bytes of an output buffer at once when it is full, for then the stream takes a new one. Left to the garbage
 * collector, those of an archive that unpacks fast stood 70 MB high.
 */
function letGo({ buffer, byteOffset, byteLength }: Buffer): void {
  if (buffer.byteLength === OUTPUT_PIECE_BYTES && byteOffset + byteLength === OUTPUT_PIECE_BYTES)
    (buffer as ArrayBuffer).transfer(0)
}
