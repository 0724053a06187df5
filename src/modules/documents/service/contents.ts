import { fileTypeFromBuffer } from 'file-type'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { isAge } from '../../../platform/files/age.ts'
import { ARCHIVE_TAIL_BYTES, readZipDirectory } from '../../../platform/files/archive.ts'
import type { Examination, ExaminerOptions } from '../../../platform/files/examine.ts'
import { IMAGE_HEAD_BYTES, pixelsOf } from '../../../platform/files/image.ts'
import type { Scanner, ScanVerdict } from '../../../platform/files/scanner.ts'
import { DocumentTypeDiffers } from '../problems.ts'
import { ARCHIVE_ENTRIES_MAX, checkContent, isArchive, isImage } from '../rules/content.ts'
import type { MediaType, ScanResult } from '../rules/document.ts'

/** What the library that tells types looks at. */
const TYPE_HEAD_BYTES = 4_100

/** As much of both ends as judging a content of this type needs. */
export function endsFor(mediaType: MediaType): Pick<ExaminerOptions, 'headBytes' | 'tailBytes'> {
  return {
    headBytes: isImage(mediaType) ? IMAGE_HEAD_BYTES : TYPE_HEAD_BYTES,
    tailBytes: isArchive(mediaType) ? ARCHIVE_TAIL_BYTES : 0,
  }
}

/** Whether what has streamed by may be kept as this type. */
export async function judgeContent(declared: MediaType, examined: Examination): Promise<Decision<null>> {
  const { byteSize, head, tail } = examined
  return checkContent(declared, {
    byteSize,
    found: (await fileTypeFromBuffer(head.subarray(0, TYPE_HEAD_BYTES)))?.mime ?? null,
    entries: isArchive(declared) ? await readZipDirectory(tail, byteSize, ARCHIVE_ENTRIES_MAX + 1) : null,
    pixels: isImage(declared) ? pixelsOf(head) : null,
  })
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
