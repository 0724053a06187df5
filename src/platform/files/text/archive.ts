import { promisify } from 'node:util'
import yauzl from 'yauzl'
import { decodeText } from './parts.ts'

/** One entry may unpack to 64 MB, all to 256 MB. */
const ENTRY_BYTES_MAX = 64 * 2 ** 20
const TOTAL_BYTES_MAX = 4 * ENTRY_BYTES_MAX
const ENTRIES_MAX = 2000

/** Why an archive was not read to its end. */
export class ArchiveUnread extends Error {
  readonly reason: 'too_large' | 'encrypted' | 'malformed'

  constructor(reason: 'too_large' | 'encrypted' | 'malformed') {
    super(`the archive is ${reason}`)
    this.reason = reason
  }
}

export interface ArchiveEntry {
  readonly name: string
  read(): Promise<Buffer>
}

const openBuffer = promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)

/** The files of a ZIP in its directory's order. @throws ArchiveUnread, here or on reading an entry */
export async function openArchive(bytes: Buffer): Promise<ArchiveEntry[]> {
  // Names stay bytes: Chinese systems write them in GBK without saying so, and nothing is ever written to a path.
  const zip = await openBuffer(bytes, { lazyEntries: true, decodeStrings: false, autoClose: false }).catch(() => {
    throw new ArchiveUnread('malformed')
  })
  if (zip.entryCount > ENTRIES_MAX) throw new ArchiveUnread('too_large')
  let unpacked = 0
  const entries = await listEntries(zip)
  return entries
    .map((entry) => ({ entry, name: decodeText(entry.fileName as unknown as Buffer) }))
    .filter(({ name }) => !name.endsWith('/'))
    .map(({ entry, name }) => ({
      name,
      read: () => {
        if (entry.isEncrypted()) throw new ArchiveUnread('encrypted')
        unpacked += entry.uncompressedSize
        if (entry.uncompressedSize > ENTRY_BYTES_MAX || unpacked > TOTAL_BYTES_MAX) throw new ArchiveUnread('too_large')
        return readEntry(zip, entry)
      },
    }))
}

function listEntries(zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = []
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry)
      zip.readEntry()
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', () => reject(new ArchiveUnread('malformed')))
    zip.readEntry()
  })
}

/** yauzl ends an entry with an error as soon as it unpacks to more than its directory says. */
async function readEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  try {
    const stream = await promisify<yauzl.Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))(entry)
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch {
    throw new ArchiveUnread('malformed')
  }
}
