import t from 'tap'
import { finalStates, lawfulCommands } from '../../../src/kernel/transitions.ts'
import {
  ARCHIVE_ENTRIES_MAX,
  type ArchiveEntry,
  type ArchiveFacts,
  type ContentFacts,
  checkContent,
  fitsType,
  isArchive,
  isImage,
  unpackedBytesMax,
} from '../../../src/modules/documents/rules/content.ts'
import {
  checkMeasured,
  checkName,
  DOCUMENT_STATES,
  DOCUMENT_TRANSITIONS,
  DOCX,
  MEDIA_TYPES,
  type MediaType,
  mayUpload,
  measuresShown,
  measuresWhileSealed,
  nameWhileSealed,
  OFD,
  particularsAsText,
  particularsFromText,
  totalBytesOf,
  XLSX,
  ZIP,
} from '../../../src/modules/documents/rules/document.ts'

const PDF = 'application/pdf'
const MB = 1_048_576
const ANNOUNCED = { byteSize: 3, sha256: 'ab'.repeat(32) }

/** The code of the refusal, or `accepted`. */
function outcome(decision: { accepted: boolean; refusal?: { problem: { code: string } } }): string {
  return decision.accepted ? 'accepted' : (decision.refusal?.problem.code ?? '')
}

t.test(
  'a pending document is stored, sealed, rejected or quarantined; a sealed one is opened or turned away',
  async (t) => {
    t.same(lawfulCommands(DOCUMENT_TRANSITIONS, 'pending'), ['store', 'seal', 'reject', 'quarantine'])
    t.same(lawfulCommands(DOCUMENT_TRANSITIONS, 'sealed'), ['open', 'reject', 'quarantine'])
    t.same(finalStates(DOCUMENT_TRANSITIONS), ['stored', 'rejected', 'quarantined'])
  },
)

t.test('an upload is taken while pending, repeated when stored or sealed, refused for good otherwise', async (t) => {
  const outcomes = DOCUMENT_STATES.map((state) => {
    const decision = mayUpload({ id: 'doc_x', state, refusedFor: state === 'rejected' ? 'archive_nested' : null })
    return decision.accepted ? decision.value : decision.refusal.problem.code
  })
  t.same(outcomes, ['pending', 'sealed', 'stored', 'document_rejected', 'document_quarantined'])
  t.match(mayUpload({ id: 'doc_x', state: 'rejected', refusedFor: 'archive_nested' }), {
    refusal: { parameters: { documentId: 'doc_x', reason: 'archive_nested' } },
  })
})

t.test('the content is what was announced to the byte', async (t) => {
  t.equal(checkMeasured(ANNOUNCED, { byteSize: 3, sha256: ANNOUNCED.sha256 }).accepted, true)
  t.match(checkMeasured(ANNOUNCED, { byteSize: 4, sha256: ANNOUNCED.sha256 }), {
    refusal: { problem: { code: 'document_content_differs' }, parameters: { property: 'byteSize', wanted: 3 } },
  })
  t.match(checkMeasured(ANNOUNCED, { byteSize: 3, sha256: 'cd'.repeat(32) }), {
    refusal: { parameters: { property: 'sha256', wanted: ANNOUNCED.sha256 } },
  })
})

t.test('name and measures are sealed in one text, and what somebody else wrote is none', async (t) => {
  const whole = { fileName: '申报书.pdf', measures: ANNOUNCED }
  t.same(particularsFromText(particularsAsText(whole)), whole)
  const named = { fileName: '申报书.pdf', measures: null }
  t.same(particularsFromText(particularsAsText(named)), named)
  t.same(particularsFromText('申报书.pdf'), named, 'as it was before measures were sealed')
  for (const text of [
    '{}',
    '{"fileName":1}',
    '{"fileName":"x.pdf","byteSize":3}',
    '{"fileName":"x.pdf","byteSize":"3"}',
    '}',
  ])
    t.equal(particularsFromText(text), null, text)
})

t.test('the measures of what the service has sealed are shown to nobody before the opening', async (t) => {
  const shown = (sealedMode: 'server' | 'client' | null) =>
    DOCUMENT_STATES.filter((state) => measuresShown({ state, sealedMode, ...ANNOUNCED }) !== null)
  t.same(shown('server'), ['pending', 'stored'])
  t.same(shown('client'), DOCUMENT_STATES)
  t.same(shown(null), DOCUMENT_STATES)
  t.same(measuresShown({ state: 'stored', sealedMode: 'server', ...ANNOUNCED }), ANNOUNCED)
  t.equal(measuresWhileSealed({ byteSize: 50 * MB + 13_000, sha256: 'cd'.repeat(32) }).byteSize, 50 * MB)
})

t.test('a name ends as its type does, in whatever case', async (t) => {
  for (const mediaType of MEDIA_TYPES) {
    t.equal(outcome(checkName({ fileName: `申报书${nameWhileSealed(mediaType).slice(6)}`, mediaType })), 'accepted')
    t.equal(outcome(checkName({ fileName: '申报书.exe', mediaType })), 'document_name_differs', mediaType)
    t.equal(outcome(checkName({ fileName: '申报书', mediaType })), 'document_name_differs', mediaType)
  }
  t.equal(outcome(checkName({ fileName: '照片.JPEG', mediaType: 'image/jpeg' })), 'accepted')
  t.equal(outcome(checkName({ fileName: '申报书.pdf.docx', mediaType: PDF })), 'document_name_differs')
})

t.test('the bytes of a bid’s files are added up', async (t) => {
  t.equal(totalBytesOf([]), 0)
  t.equal(totalBytesOf([{ byteSize: 3 }, { byteSize: 4 }]), 7)
})

t.test(
  'the type that the bytes show must be the announced one; office files may show as the ZIP they are',
  async (t) => {
    for (const type of MEDIA_TYPES) {
      t.equal(fitsType(type, type), true, type)
      t.equal(fitsType(type, null), false, `${type} and bytes that show nothing`)
      t.equal(fitsType(type, 'application/x-msdownload'), false)
    }
    for (const office of [DOCX, XLSX, OFD] as const) t.equal(fitsType(office, ZIP), true)
    t.equal(fitsType(ZIP, DOCX), true)
    t.equal(fitsType(DOCX, XLSX), false)
    t.equal(fitsType(DOCX, 'application/vnd.ms-word.document.macroenabled.12'), false)
    t.equal(fitsType(PDF, ZIP), false)
    t.equal(fitsType(ZIP, 'application/java-archive'), false)
    t.equal(fitsType('image/png', PDF), false)
  },
)

/** An entry of 100 bytes packed to 50. */
function entry(name: string, extra: Partial<ArchiveEntry> = {}): ArchiveEntry {
  return {
    names: [name],
    byteSize: 100,
    compressedByteSize: 50,
    isEncrypted: false,
    isSymlink: false,
    archiveKind: null,
    ...extra,
  }
}

type Facts = Partial<ContentFacts> & Partial<Omit<ArchiveFacts, 'entries'>> & { entries?: ArchiveEntry[] | null }

function judged(declared: MediaType, { entries = null, unpackedByteSize = 0, isConsistent = true, ...facts }: Facts) {
  const archive = entries === null ? null : { entries, unpackedByteSize, isConsistent }
  return outcome(checkContent(declared, { byteSize: MB, found: declared, archive, pixels: null, ...facts }))
}

const zipped = (...entries: ArchiveEntry[]) => judged(ZIP, { entries })

t.test('an archive of ordinary papers is taken', async (t) => {
  t.equal(zipped(), 'accepted')
  t.equal(zipped(entry('证书/一.pdf'), entry('预算.xlsx'), entry('说明.docx'), entry('a..b.pdf')), 'accepted')
  t.equal(zipped(entry('目录/')), 'accepted')
  t.equal(zipped(...Array.from({ length: ARCHIVE_ENTRIES_MAX }, (_, index) => entry(`${index}.pdf`))), 'accepted')
})

t.test('an archive that would harm who unpacks it is refused, each with its code', async (t) => {
  t.equal(judged(ZIP, { entries: null }), 'archive_unreadable')
  const many = Array.from({ length: ARCHIVE_ENTRIES_MAX + 1 }, (_, index) => entry(`${index}.pdf`))
  t.equal(zipped(...many), 'archive_too_many_entries')
  for (const path of [
    '/etc/passwd',
    '\\\\host\\x',
    '../x',
    'a/../../x',
    'a\\..\\x',
    '..',
    'C:\\x.pdf',
    'd:x',
    'a\u0000b',
    '',
    'a\nb',
    '说明\u202efdp.exe',
    'a\u2066b.pdf',
    '\u200fa.pdf',
  ])
    t.equal(zipped(entry(path)), 'archive_unsafe_path', JSON.stringify(path))
  t.equal(zipped(entry('照片.pdf', { names: ['照片.pdf', '../x'] })), 'archive_unsafe_path', 'by its other name')
  t.equal(zipped(entry('link', { isSymlink: true })), 'archive_symlink')
  t.equal(zipped(entry('密.pdf', { isEncrypted: true })), 'archive_encrypted')
  for (const name of ['内.zip', 'a/B.RAR', 'x.7z', 'x.tar.gz', 'x.tgz', 'x.jar', 'x.iso'])
    t.equal(zipped(entry(name)), 'archive_nested', name)
  for (const name of ['word/vbaProject.bin', 'VBAPROJECT.BIN', 'x/宏.docm', '表.xlsm'])
    t.equal(zipped(entry(name)), 'archive_macros', name)
})

t.test('an archive may not unpack to more than 500 MB, nor to more than ten times its size', async (t) => {
  const unpacking = (declared: MediaType, byteSize: number, unpacked: number) => {
    const office = declared === DOCX ? [entry('[Content_Types].xml'), entry('word/document.xml')] : []
    return judged(declared, { byteSize, entries: [...office, entry('x.pdf', { byteSize: unpacked })] })
  }
  t.equal(unpacking(ZIP, 50 * MB, 500 * MB), 'accepted')
  t.equal(unpacking(ZIP, 50 * MB, 500 * MB + 1), 'archive_too_large')
  t.equal(unpacking(ZIP, 2 * MB, 20 * MB), 'accepted')
  t.equal(unpacking(ZIP, 2 * MB, 20 * MB + 1), 'archive_too_large')
  t.equal(unpacking(ZIP, 1000, 10 * MB), 'accepted', 'up to 10 MB no ratio harms')
  t.equal(unpacking(ZIP, 1000, 10 * MB + 1), 'archive_too_large')
  t.equal(unpacking(DOCX, MB, 90 * MB), 'accepted', 'the XML of office files shrinks far')
  t.equal(unpacking(DOCX, MB, 101 * MB), 'archive_too_large')
  t.equal(unpacking(DOCX, 50 * MB, 501 * MB), 'archive_too_large')
})

t.test('what an archive really unpacks to counts as much as what it declares', async (t) => {
  const entries = [entry('x.pdf', { byteSize: 10 })]
  t.equal(judged(ZIP, { entries, byteSize: 2 * MB, unpackedByteSize: 20 * MB }), 'accepted')
  t.equal(judged(ZIP, { entries, byteSize: 2 * MB, unpackedByteSize: 20 * MB + 1 }), 'archive_too_large')
  t.equal(judged(ZIP, { entries, isConsistent: false }), 'archive_unreadable')
  t.equal(unpackedBytesMax(ZIP, 1000), 10 * MB)
  t.equal(unpackedBytesMax(ZIP, 50 * MB), 500 * MB)
  t.equal(unpackedBytesMax(DOCX, MB), 100 * MB)
})

t.test('an entry that begins as an archive is one, whatever it is called, unless office files hold such', async (t) => {
  for (const archiveKind of ['zip', '7z', 'gzip', 'rar', 'xz', 'bzip2', 'zstd', 'tar'])
    t.equal(zipped(entry('照片.jpg', { archiveKind })), 'archive_nested', archiveKind)
  t.equal(zipped(entry('预算.xlsx', { archiveKind: 'zip' })), 'accepted')
  t.equal(zipped(entry('预算.xlsx', { archiveKind: 'gzip' })), 'archive_nested')
  t.equal(zipped(entry('图.emz', { archiveKind: 'gzip' })), 'archive_nested', 'only office files pack their pictures')
  const office = [entry('[Content_Types].xml'), entry('word/document.xml')]
  const embedding = (name: string, archiveKind: string) =>
    judged(DOCX, { entries: [...office, entry(name, { archiveKind })] })
  t.equal(embedding('word/media/image1.emz', 'gzip'), 'accepted')
  t.equal(embedding('word/embeddings/Microsoft_Excel_Sheet.xlsx', 'zip'), 'accepted')
  t.equal(embedding('word/embeddings/oleObject1.bin', 'zip'), 'archive_nested')
  t.equal(embedding('word/media/image1.emz', 'zip'), 'archive_nested')
})

t.test('entries that claim more packed bytes than the archive has share them, and are refused', async (t) => {
  const overlapping = Array.from({ length: 3 }, (_, index) => entry(`${index}.pdf`, { compressedByteSize: 400 }))
  t.equal(judged(ZIP, { byteSize: 1000, entries: overlapping }), 'archive_unreadable')
})

t.test('an office file holds what its type says, no macros, and may embed office files but no archives', async (t) => {
  const types = entry('[Content_Types].xml')
  const document = entry('word/document.xml')
  const ofDocx = (...entries: ArchiveEntry[]) => judged(DOCX, { found: ZIP, entries })
  t.equal(ofDocx(types, document), 'accepted')
  t.equal(ofDocx(types, document, entry('word/embeddings/Microsoft_Excel_Sheet.xlsx')), 'accepted')
  t.equal(ofDocx(types, document, entry('word/embeddings/x.zip')), 'archive_nested')
  t.equal(ofDocx(types, document, entry('word/vbaProject.bin')), 'archive_macros')
  t.equal(ofDocx(types, entry('xl/workbook.xml')), 'document_type_differs')
  t.equal(ofDocx(document), 'document_type_differs')
  t.equal(judged(XLSX, { entries: [types, entry('xl/workbook.xml')] }), 'accepted')
  t.equal(judged(XLSX, { entries: [types, document] }), 'document_type_differs')
  t.equal(judged(OFD, { found: ZIP, entries: [entry('OFD.xml')] }), 'accepted')
  t.equal(judged(OFD, { found: ZIP, entries: [entry('doc.xml')] }), 'document_type_differs')
})

t.test('an image has at most 50 megapixels and says how many', async (t) => {
  for (const image of ['image/png', 'image/jpeg'] as const) {
    t.equal(judged(image, { pixels: 50_000_000 }), 'accepted')
    t.equal(judged(image, { pixels: 50_000_001 }), 'image_too_large')
    t.equal(judged(image, { pixels: null }), 'image_unreadable')
  }
})

t.test('of a PDF only the type is judged; another type than announced is refused before anything else', async (t) => {
  t.equal(judged(PDF, {}), 'accepted')
  for (const declared of MEDIA_TYPES)
    t.equal(judged(declared, { found: 'application/x-msdownload' }), 'document_type_differs', declared)
  t.same(MEDIA_TYPES.filter(isArchive), [DOCX, XLSX, ZIP, OFD])
  t.same(MEDIA_TYPES.filter(isImage), ['image/png', 'image/jpeg'])
})
