import { fileTypeFromBuffer } from 'file-type'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { isAge } from '../../../platform/files/age.ts'
import { ARCHIVE_TAIL_BYTES, agreesWith, readZipDirectory } from '../../../platform/files/archive.ts'
import type { Examination, ExaminerOptions } from '../../../platform/files/examine.ts'
import { IMAGE_HEAD_BYTES, pixelsOf } from '../../../platform/files/image.ts'
import type { Scanner, ScanVerdict } from '../../../platform/files/scanner.ts'
import { DocumentTypeDiffers } from '../problems.ts'
import {
  ARCHIVE_ENTRIES_MAX,
  type ArchiveFacts,
  checkContent,
  isArchive,
  isImage,
  unpackedBytesMax,
} from '../rules/content.ts'
import type { MediaType, ScanResult } from '../rules/document.ts'

/** What the library that tells types looks at. */
const TYPE_HEAD_BYTES = 4_100

/** How to look at a content of this type, of at most so many bytes, so that it can be judged. */
export function examinationFor(
  mediaType: MediaType,
  byteSizeMax: number,
): Pick<ExaminerOptions, 'byteSizeMax' | 'headBytes' | 'tailBytes' | 'unzip'> {
  if (!isArchive(mediaType))
    return { byteSizeMax, headBytes: isImage(mediaType) ? IMAGE_HEAD_BYTES : TYPE_HEAD_BYTES, tailBytes: 0 }
  return {
    byteSizeMax,
    headBytes: TYPE_HEAD_BYTES,
    tailBytes: ARCHIVE_TAIL_BYTES,
    unzip: { entriesMax: ARCHIVE_ENTRIES_MAX, unpackedBytesMax: unpackedBytesMax(mediaType, byteSizeMax) },
  }
}

/** Whether what has streamed by may be kept as this type. */
export async function judgeContent(declared: MediaType, examined: Examination): Promise<Decision<null>> {
  const { byteSize, head } = examined
  return checkContent(declared, {
    byteSize,
    found: (await fileTypeFromBuffer(head.subarray(0, TYPE_HEAD_BYTES)))?.mime ?? null,
    archive: await archiveFacts(examined),
    pixels: isImage(declared) ? pixelsOf(head) : null,
  })
}

async function archiveFacts({ unzipped, tail, byteSize }: Examination): Promise<ArchiveFacts | null> {
  if (unzipped === null) return null
  const directory = await readZipDirectory(tail, byteSize, ARCHIVE_ENTRIES_MAX + 1)
  if (directory === null) return null
  const kinds = new Map(unzipped.entries.map(({ offset, kind }) => [offset, kind]))
  return {
    entries: directory.entries.map((entry) => ({ ...entry, archiveKind: kinds.get(entry.offset) ?? null })),
    unpackedByteSize: unzipped.byteSize,
    isConsistent: agreesWith(directory, unzipped),
  }
}

/** Of a ciphertext only its beginning can be judged: the rest is looked at when it is opened. */
export function judgeCiphertext(declared: MediaType, { head }: Examination): Decision<null> {
  return isAge(head) ? accept(null) : refuse(DocumentTypeDiffers, { declared: `age (${declared})`, found: 'unknown' })
}

/** What the document says of its scan, and the name of what was found. */
export interface Scanned {
  readonly scan: ScanResult
  readonly scanSignature: string | null
}

export function scannedBy(scanner: Scanner, verdict: ScanVerdict): Scanned {
  if (!verdict.clean) return { scan: 'infected', scanSignature: verdict.signature }
  return { scan: scanner.isReal ? 'clean' : 'not_scanned', scanSignature: null }
}
