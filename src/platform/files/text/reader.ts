import { type ArchiveEntry, ArchiveUnread, openArchive } from './archive.ts'
import { readJpeg, readPng } from './image.ts'
import { readOffice } from './office.ts'
import { Collector, decodeText, type Extraction, within } from './parts.ts'
import { readPdf } from './pdf.ts'

/** An archive may hold documents, a document may hold documents; deeper nobody looks. */
const DEPTH_MAX = 1
const PLAIN_TEXT = /\.(?:txt|csv|md|html?|xml|json)$/i
const PICTURE = /\.(?:gif|bmp|tiff?|webp|emf|wmf|svg|ofd|heic)$/i

/**
 * The text of a file and what it says about itself, by what its first bytes are. In the calling thread: a hostile file
 * takes the time and memory it takes, so use {@link ./extract.ts} for what strangers send.
 */
export async function readText(bytes: Buffer): Promise<Extraction> {
  const into = new Collector()
  await readFile('', '', bytes, into, 0)
  return { parts: into.parts, unread: into.unread }
}

async function readFile(where: string, name: string, bytes: Buffer, into: Collector, depth: number): Promise<void> {
  const head = bytes.toString('latin1', 0, 8)
  if (head.startsWith('%PDF-')) await readPdf(where, bytes, into)
  else if (head === '\x89PNG\r\n\x1a\n') readPng(where, bytes, into)
  else if (head.startsWith('\xff\xd8\xff')) readJpeg(where, bytes, into)
  else if (head.startsWith('PK\x03\x04')) await readZip(where, bytes, into, depth)
  // A Word or Excel file with a password is an OLE container, as are the formats before 2007.
  else if (head.startsWith('\xd0\xcf\x11\xe0')) into.miss(where, depth === 0 ? 'encrypted' : 'embedded_object')
  else if (PLAIN_TEXT.test(name)) into.add(where, decodeText(bytes))
  else into.miss(where, PICTURE.test(name) ? 'picture' : 'unsupported_type')
}

async function readZip(where: string, bytes: Buffer, into: Collector, depth: number): Promise<void> {
  try {
    const entries = await openArchive(bytes)
    const isOffice = entries.some(({ name }) => name === '[Content_Types].xml')
    if (isOffice) {
      await readOffice(where, entries, into, (place, name, inner) => readFile(place, name, inner, into, depth + 1))
    } else if (depth < DEPTH_MAX) await readEntries(where, entries, into, depth)
    else into.miss(where, 'nested_archive')
  } catch (error) {
    if (!(error instanceof ArchiveUnread)) throw error
    into.miss(where, error.reason)
  }
}

async function readEntries(
  where: string,
  entries: readonly ArchiveEntry[],
  into: Collector,
  depth: number,
): Promise<void> {
  into.add(within(where, 'names'), entries.map(({ name }) => name).join('\n'))
  for (const [index, entry] of entries.entries()) {
    const place = within(where, `entry/${index + 1}`)
    try {
      await readFile(place, entry.name, await entry.read(), into, depth + 1)
    } catch (error) {
      if (!(error instanceof ArchiveUnread)) throw error
      into.miss(place, error.reason)
    }
  }
}
