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

/** What people put into an archive or a text as one file although it is a ZIP inside. */
const OFFICE_NAMES = /\.(docx|xlsx|pptx|dotx|xltx|potx|ppsx|vsdx|ofd|odt|ods|odp)$/i
/** Vector pictures that office files hold compressed. */
const COMPRESSED_PICTURES = /\.(emz|wmz|svgz)$/i
/** Marks that turn the order in which a name is shown: `exe.fdp` reads as `pdf.exe`. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** An entry of an archive as its directory declares it. */
export interface ArchiveEntry {
  /** The name to show first; an entry may have two. */
  readonly names: readonly string[]
  readonly byteSize: number
  readonly compressedByteSize: number
  readonly isEncrypted: boolean
  readonly isSymlink: boolean
  /** The kind of archive as which the content of the entry begins, such as `zip`; null if it is none. */
  readonly archiveKind: string | null
}

export interface ArchiveFacts {
  /** The directory, read up to one entry more than allowed. */
  readonly entries: readonly ArchiveEntry[]
  /** What the entries really hold together, counted while unpacking up to {@link unpackedBytesMax} and a little more. */
  readonly unpackedByteSize: number
  /** Whether every entry was unpacked and is what the directory and its own header say, and nothing stands between. */
  readonly isConsistent: boolean
}

/** What was found out about the content while it streamed in. */
export interface ContentFacts {
  readonly byteSize: number
  /** Media type that the first bytes show. */
  readonly found: string | null
  /** Of an archive; null when its directory cannot be read. */
  readonly archive: ArchiveFacts | null
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

/** How much an archive of so many bytes may unpack to. */
export function unpackedBytesMax(mediaType: MediaType, byteSize: number): number {
  return Math.min(ARCHIVE_UNPACKED_BYTES_MAX, Math.max(RATIO_FROM_BYTES, byteSize * ratioMaxOf(mediaType)))
}

function ratioMaxOf(mediaType: MediaType): number {
  return mediaType === ZIP ? RATIO_MAX.archive : RATIO_MAX.office
}

function checkArchive(declared: MediaType, { byteSize, found, archive }: ContentFacts): Decision<null> {
  if (archive === null) return refuse(ArchiveUnreadable)
  const { entries } = archive
  if (entries.length > ARCHIVE_ENTRIES_MAX) return refuse(ArchiveTooManyEntries, { max: ARCHIVE_ENTRIES_MAX })
  for (const entry of entries) {
    const decision = checkEntry(declared, entry)
    if (!decision.accepted) return decision
  }
  if (!holdsWhatItsTypeSays(declared, entries))
    return refuse(DocumentTypeDiffers, { declared, found: found === declared ? 'unknown' : (found ?? 'unknown') })
  return checkSizes(declared, byteSize, archive)
}

function checkEntry(declared: MediaType, { names, isEncrypted, isSymlink, archiveKind }: ArchiveEntry): Decision<null> {
  const entry = printable(names[0] ?? '')
  if (names.length === 0 || names.some(isUnsafePath)) return refuse(ArchiveUnsafePath, { entry })
  if (isSymlink) return refuse(ArchiveSymlink, { entry })
  if (isEncrypted) return refuse(ArchiveEncrypted, { entry })
  if (names.some((name) => MACRO_NAMES.test(name))) return refuse(ArchiveRunsMacros, { entry })
  const isNested = names.some((name) => ARCHIVE_NAMES.test(name)) || !mayBegin(declared, names[0] ?? '', archiveKind)
  return isNested ? refuse(ArchiveNested, { entry }) : accept(null)
}

/** May an entry of this name begin as such an archive does? Office files are ZIPs themselves and pack their pictures. */
function mayBegin(declared: MediaType, name: string, archiveKind: string | null): boolean {
  if (archiveKind === null) return true
  if (archiveKind === 'zip') return OFFICE_NAMES.test(name)
  return archiveKind === 'gzip' && declared !== ZIP && COMPRESSED_PICTURES.test(name)
}

/** Absolute, upwards, with a drive, or with a character that ends the name for some programs or turns it round. */
function isUnsafePath(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name === '' || /^[\\/]|^[a-z]:|[\u0000-\u001f]/i.test(name)) return true
  if (DIRECTION_MARKS.test(name)) return true
  return name.split(/[\\/]/).includes('..')
}

function checkSizes(declared: MediaType, byteSize: number, archive: ArchiveFacts): Decision<null> {
  const { entries, unpackedByteSize, isConsistent } = archive
  const packed = entries.reduce((sum, entry) => sum + entry.compressedByteSize, 0)
  // Entries that share their bytes are how the flattest bombs are made.
  if (packed > byteSize) return refuse(ArchiveUnreadable)
  const declaredByteSize = entries.reduce((sum, entry) => sum + entry.byteSize, 0)
  if (Math.max(declaredByteSize, unpackedByteSize) > unpackedBytesMax(declared, byteSize))
    return refuse(ArchiveTooLarge, { maxBytes: ARCHIVE_UNPACKED_BYTES_MAX, ratioMax: ratioMaxOf(declared) })
  return isConsistent ? accept(null) : refuse(ArchiveUnreadable)
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
