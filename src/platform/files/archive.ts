import type { Readable } from 'node:stream'
import yauzl from 'yauzl'
import type { Unzipped, UnzippedEntry } from './unzip.ts'

/** The end of an archive that is kept while it streams by; the directory of 1,000 entries fills about a tenth of it. */
export const ARCHIVE_TAIL_BYTES = 1_048_576

/** An entry as the directory declares it. */
export interface ZipEntry {
  /** The name to show, and the other one that an unpacker may take where the entry has two. */
  readonly names: readonly string[]
  readonly byteSize: number
  readonly compressedByteSize: number
  readonly isEncrypted: boolean
  readonly isSymlink: boolean
  /** Where the entry's own header stands. */
  readonly offset: number
  readonly compressionMethod: number
  readonly crc32: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** Where the directory stands. */
  readonly offset: number
}

const UNIX_TYPE = 0o170000
const UNIX_SYMLINK = 0o120000

/**
 * Reads the directory of a ZIP archive from its last bytes: at most `entriesMax` entries, or null when the directory is
 * missing, damaged, or begins before the tail.
 */
export async function readZipDirectory(
  tail: Buffer,
  archiveByteSize: number,
  entriesMax: number,
): Promise<ZipDirectory | null> {
  const entries: ZipEntry[] = []
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new TailReader(tail, archiveByteSize), archiveByteSize, {
      // Names are judged as they are; the library would stop at the first bad one without telling which rule it broke.
      decodeStrings: false,
    })
    // A number, whatever the types of the library say.
    const offset = Number(zip.readEntryCursor)
    for await (const entry of zip.eachEntry()) {
      entries.push(asZipEntry(entry))
      if (entries.length >= entriesMax) break
    }
    zip.close()
    return { entries, offset }
  } catch {
    // Whatever the library stumbles over makes the archive unreadable; its messages may repeat bytes of the uploader.
    return null
  }
}

/**
 * Whether the directory says of every entry what its bytes and the header before them say, of nothing else, and begins
 * where they end. Otherwise two programs may unpack two different things.
 */
export function agreesWith({ entries, offset }: ZipDirectory, unzipped: Unzipped): boolean {
  if (unzipped.end !== 'directory' || unzipped.directoryOffset !== offset) return false
  const found = new Map(unzipped.entries.map((entry) => [entry.offset, entry]))
  if (found.size !== entries.length || new Set(entries.map((entry) => entry.offset)).size !== found.size) return false
  return entries.every((entry) => isSame(entry, found.get(entry.offset)))
}

function isSame(declared: ZipEntry, found: UnzippedEntry | undefined): boolean {
  return (
    found !== undefined &&
    declared.names[0] === found.name &&
    (declared.names[1] ?? declared.names[0]) === found.rawName &&
    declared.compressionMethod === found.compressionMethod &&
    declared.byteSize === found.byteSize &&
    declared.compressedByteSize === found.compressedByteSize &&
    declared.crc32 === found.crc32
  )
}

function asZipEntry(entry: yauzl.Entry): ZipEntry {
  const shown = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true)
  const raw = entry.fileNameRaw.toString('latin1')
  return {
    names: shown === raw ? [shown] : [shown, raw],
    byteSize: entry.uncompressedSize,
    compressedByteSize: entry.compressedSize,
    isEncrypted: entry.isEncrypted(),
    isSymlink: ((entry.externalFileAttributes >>> 16) & UNIX_TYPE) === UNIX_SYMLINK,
    offset: entry.relativeOffsetOfLocalHeader,
    compressionMethod: entry.compressionMethod,
    crc32: entry.crc32,
  }
}

/** Gives the library the last bytes of an archive whose first ones are gone. */
class TailReader extends yauzl.RandomAccessReader {
  readonly #tail: Buffer
  readonly #begin: number

  constructor(tail: Buffer, archiveByteSize: number) {
    super()
    this.#tail = tail
    this.#begin = archiveByteSize - tail.length
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const from = position - this.#begin
    const isThere = from >= 0 && from + length <= this.#tail.length
    if (isThere) this.#tail.copy(buffer, offset, from, from + length)
    setImmediate(() => callback(isThere ? null : new Error('these bytes were not kept')))
  }

  override _readStreamForRange(): Readable {
    throw new Error('contents of entries are not read')
  }
}
