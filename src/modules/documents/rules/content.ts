import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import {
  ArchiveEncrypted,
  ArchiveNested,
  ArchiveRunsMacros,
  ArchiveSymlink,
  ArchiveTooLarge,
  ArchiveTooManyEntries,
  ArchiveUnreadable,
  ArchiveUnsafePath,
  DocumentTypeDiffers,
  ImageTooLarge,
  ImageUnreadable,
} from '../problems.ts'
import { DOCX, type MediaType, OFD, XLSX, ZIP } from './document.ts'

export const ARCHIVE_ENTRIES_MAX = 1_000
/** 500 MB: what whoever unpacks it must have room for. */
export const ARCHIVE_UNPACKED_BYTES_MAX = 524_288_000
/**
 * Times that an archive may grow. Papers in a ZIP hardly shrink; the XML of office files shrinks to a twentieth as a
 * matter of course, and large tables of equal rows to a sixtieth.
 */
const RATIO_MAX = { archive: 10, office: 100 } as const
/** Up to 10 MB no ratio harms anybody, and small archives of text would be refused for nothing. */
const RATIO_FROM_BYTES = 10_485_760
/** The files of the largest cameras; what opens a picture needs 4 bytes for each pixel. */
export const IMAGE_PIXELS_MAX = 50_000_000

const ARCHIVE_NAMES = /\.(zip|rar|7z|tar|gz|tgz|bz2|tbz2?|xz|txz|zst|lz|lz4|z|cab|jar|war|iso|img|lzh|arj|ace)$/i
const MACRO_NAMES = /(^|[\\/])vbaproject\.bin$|\.(docm|dotm|xlsm|xltm|xlam|xlsb|pptm|potm|ppam|ppsm)$/i

/** An entry of an archive as its directory declares it. */
export interface ArchiveEntry {
  /** The name to show first; an entry may have two. */
  readonly names: readonly string[]
  readonly byteSize: number
  readonly compressedByteSize: number
  readonly isEncrypted: boolean
  readonly isSymlink: boolean
}

/** What was found out about the content while it streamed in. */
export interface ContentFacts {
  readonly byteSize: number
  /** Media type that the first bytes show. */
  readonly found: string | null
  /** The directory of an archive, read up to one entry more than allowed; null when it cannot be read. */
  readonly entries: readonly ArchiveEntry[] | null
  /** Width times height of an image; null when it cannot be read. */
  readonly pixels: number | null
}

export function isArchive(mediaType: MediaType): boolean {
  return mediaType === ZIP || mediaType === DOCX || mediaType === XLSX || mediaType === OFD
}

export function isImage(mediaType: MediaType): boolean {
  return mediaType === 'image/png' || mediaType === 'image/jpeg'
}

/** Whether the content may be kept: what it is, and that opening it harms nobody. */
export function checkContent(declared: MediaType, facts: ContentFacts): Decision<null> {
  if (!fitsType(declared, facts.found))
    return refuse(DocumentTypeDiffers, { declared, found: facts.found ?? 'unknown' })
  if (isArchive(declared)) return checkArchive(declared, facts)
  return isImage(declared) ? checkImage(facts) : accept(null)
}

/**
 * Does the type that the first bytes show fit the announced one? Office files are ZIP archives, and the first bytes do
 * not always tell which office; the directory does.
 */
export function fitsType(declared: MediaType, found: string | null): boolean {
  if (found === declared) return true
  if (declared === DOCX || declared === XLSX || declared === OFD) return found === ZIP
  return declared === ZIP && (found === DOCX || found === XLSX)
}

function checkImage({ pixels }: ContentFacts): Decision<null> {
  if (pixels === null) return refuse(ImageUnreadable)
  return pixels > IMAGE_PIXELS_MAX ? refuse(ImageTooLarge, { maxMegapixels: IMAGE_PIXELS_MAX / 1e6 }) : accept(null)
}

function checkArchive(declared: MediaType, { byteSize, found, entries }: ContentFacts): Decision<null> {
  if (entries === null) return refuse(ArchiveUnreadable)
  if (entries.length > ARCHIVE_ENTRIES_MAX) return refuse(ArchiveTooManyEntries, { max: ARCHIVE_ENTRIES_MAX })
  for (const entry of entries) {
    const decision = checkEntry(entry)
    if (!decision.accepted) return decision
  }
  if (!holdsWhatItsTypeSays(declared, entries))
    return refuse(DocumentTypeDiffers, { declared, found: found === declared ? 'unknown' : (found ?? 'unknown') })
  return checkSizes(declared, byteSize, entries)
}

function checkEntry({ names, isEncrypted, isSymlink }: ArchiveEntry): Decision<null> {
  const entry = printable(names[0] ?? '')
  if (names.length === 0 || names.some(isUnsafePath)) return refuse(ArchiveUnsafePath, { entry })
  if (isSymlink) return refuse(ArchiveSymlink, { entry })
  if (isEncrypted) return refuse(ArchiveEncrypted, { entry })
  if (names.some((name) => MACRO_NAMES.test(name))) return refuse(ArchiveRunsMacros, { entry })
  return names.some((name) => ARCHIVE_NAMES.test(name)) ? refuse(ArchiveNested, { entry }) : accept(null)
}

/** Absolute, upwards, with a drive, or with a character that ends the name for some programs. */
function isUnsafePath(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name === '' || /^[\\/]|^[a-z]:|[\u0000-\u001f]/i.test(name)) return true
  return name.split(/[\\/]/).includes('..')
}

function checkSizes(declared: MediaType, byteSize: number, entries: readonly ArchiveEntry[]): Decision<null> {
  const packed = entries.reduce((sum, entry) => sum + entry.compressedByteSize, 0)
  // Entries that share their bytes are how the flattest bombs are made.
  if (packed > byteSize) return refuse(ArchiveUnreadable)
  const unpacked = entries.reduce((sum, entry) => sum + entry.byteSize, 0)
  const ratioMax = declared === ZIP ? RATIO_MAX.archive : RATIO_MAX.office
  const isTooDense = unpacked > RATIO_FROM_BYTES && unpacked > byteSize * ratioMax
  return isTooDense || unpacked > ARCHIVE_UNPACKED_BYTES_MAX
    ? refuse(ArchiveTooLarge, { maxBytes: ARCHIVE_UNPACKED_BYTES_MAX, ratioMax })
    : accept(null)
}

function holdsWhatItsTypeSays(declared: MediaType, entries: readonly ArchiveEntry[]): boolean {
  const holds = (isWanted: (name: string) => boolean) => entries.some(({ names }) => names.some(isWanted))
  const isOffice = () => holds((name) => name === '[Content_Types].xml')
  if (declared === DOCX) return isOffice() && holds((name) => name.startsWith('word/'))
  if (declared === XLSX) return isOffice() && holds((name) => name.startsWith('xl/'))
  return declared !== OFD || holds((name) => name === 'OFD.xml')
}

function printable(name: string): string {
  return name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 100)
}
