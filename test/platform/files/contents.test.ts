import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { ARCHIVE_TAIL_BYTES, readZipDirectory } from '../../../src/platform/files/archive.ts'
import { type Examiner, type ExaminerOptions, examiner } from '../../../src/platform/files/examine.ts'
import { pixelsOf } from '../../../src/platform/files/image.ts'
import { testScanner } from '../../../src/platform/files/scanners.ts'
import { zip } from './zip.ts'

const OPTIONS: ExaminerOptions = { byteSizeMax: 1_000_000, headBytes: 10, tailBytes: 10 }

async function passThrough(looker: Examiner, chunks: readonly Uint8Array[]): Promise<Buffer> {
  const passed: Buffer[] = []
  for await (const chunk of looker.pass(Readable.from(chunks, { objectMode: true }))) passed.push(chunk)
  return Buffer.concat(passed)
}

/** The directory as it is read from the end of an archive that has streamed by. */
async function directoryOf(archive: Buffer, entriesMax = 1_001) {
  const directory = await readZipDirectory(archive.subarray(-ARCHIVE_TAIL_BYTES), archive.length, entriesMax)
  return directory?.entries ?? null
}

t.test('what passes is unchanged, measured, and its ends are kept, in whatever pieces it comes', async (t) => {
  const property = fc.asyncProperty(
    fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 50 }),
    async (chunks, headBytes, tailBytes) => {
      const content = Buffer.concat(chunks)
      const looker = examiner({ byteSizeMax: 1000, headBytes, tailBytes, keepsWhole: true })
      const passed = await passThrough(looker, chunks)
      const { head, tail, whole, ...measured } = looker.result()
      return (
        passed.equals(content) &&
        measured.byteSize === content.length &&
        measured.sha256 === createHash('sha256').update(content).digest('hex') &&
        head.equals(content.subarray(0, headBytes)) &&
        tail.equals(content.subarray(Math.max(0, content.length - tailBytes))) &&
        whole?.equals(content) === true
      )
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 500 }))
})

t.test('one byte too many stops the content, and the scan is given up', async (t) => {
  let aborted = 0
  const abort = () => {
    aborted += 1
  }
  const scanner = { isReal: true, open: () => ({ ...testScanner().open(), abort }) }
  const looker = examiner({ ...OPTIONS, byteSizeMax: 5, scanner })
  await t.rejects(passThrough(looker, [Buffer.from('123'), Buffer.from('456')]), { message: 'more than 5 bytes' })
  t.equal(aborted, 1)
  t.equal(looker.result().whole, null, 'nobody asked for the whole content')
})

t.test('without a scanner there is no verdict', async (t) => {
  const looker = examiner(OPTIONS)
  await passThrough(looker, [Buffer.from('x')])
  t.equal(await looker.verdict(), null)
})

t.test('the directory of an archive is read from its end', async (t) => {
  const archive = zip([
    { name: '证书/一.pdf', content: Buffer.alloc(5_000, 1) },
    { name: 'link', isSymlink: true },
    { name: '密.pdf', isEncrypted: true },
    { name: '大.pdf', declaredByteSize: 4_000_000_000 },
    { name: 'raw.pdf', unicodeName: '照片.pdf' },
    { name: Buffer.from('d6a4cae92e706466', 'hex') },
  ])
  const entries = await directoryOf(archive)
  t.match(entries, [
    { names: ['证书/一.pdf', /./], byteSize: 5_000, isSymlink: false, isEncrypted: false },
    { names: ['link'], isSymlink: true },
    { names: ['密.pdf', /./], isEncrypted: true },
    { byteSize: 4_000_000_000 },
    { names: ['照片.pdf', 'raw.pdf'] },
    { names: [/\.pdf$/, '\u00d6\u00a4\u00ca\u00e9.pdf'] },
  ])
  t.ok((entries?.[0]?.compressedByteSize ?? 0) < 100)
  t.same(await directoryOf(zip([])), [])
})

t.test('an archive larger than what is kept of it is read all the same', async (t) => {
  const archive = zip([{ name: '录像.bin', content: randomBytes(3 * ARCHIVE_TAIL_BYTES) }, { name: 'x' }])
  t.match(await directoryOf(archive), [{ names: ['录像.bin', /./] }, { names: ['x'] }])
})

t.test('no more entries are read than asked for', async (t) => {
  const archive = zip(Array.from({ length: 50 }, (_, index) => ({ name: `${index}` })))
  t.equal((await directoryOf(archive, 20))?.length, 20)
})

t.test('a directory that is missing, damaged, lies or begins too early cannot be read', async (t) => {
  const archive = zip([{ name: 'x.pdf', content: Buffer.from('x') }])
  t.equal(await directoryOf(Buffer.alloc(0)), null)
  t.equal(await directoryOf(randomBytes(5_000)), null)
  t.equal(await directoryOf(archive.subarray(0, -1)), null)
  t.equal(await directoryOf(zip([{ name: 'x' }], { directoryShift: 1 })), null)
  t.equal(await directoryOf(zip([{ name: 'x' }], { directoryShift: 1_000_000 })), null)
  t.equal(await readZipDirectory(archive.subarray(-30), archive.length, 10), null, 'the directory was not kept')
  const damaged = Buffer.from(archive)
  damaged.write('XX', archive.indexOf(Buffer.from('504b0102', 'hex')))
  t.equal(await directoryOf(damaged), null)
  t.equal((await directoryOf(zip([{ name: 'x' }], { comment: '附注' })))?.length, 1)
})

t.test('no archive, however mangled, makes the reader throw', async (t) => {
  const archive = zip([
    { name: 'a/b.pdf', content: Buffer.alloc(300, 7) },
    { name: 'c', unicodeName: '丙' },
  ])
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
    async (changes) => {
      const mangled = Buffer.from(archive)
      for (const [at, byte] of changes) mangled[at] = byte
      const entries = await directoryOf(mangled)
      return entries === null || Array.isArray(entries)
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 500 }))
})

function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(33)
  head.write('89504e470d0a1a0a0000000d49484452', 'hex')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return head
}

/** A JPEG's beginning: these segments, then the frame header. */
function jpeg(width: number, height: number, segments: readonly Buffer[] = [], marker = 0xc0): Buffer {
  const frame = Buffer.from([0xff, marker, 0, 17, 8, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments, frame])
}

function segment(marker: number, length: number): Buffer {
  const bytes = Buffer.alloc(length + 2)
  bytes.writeUInt16BE(0xff00 + marker, 0)
  bytes.writeUInt16BE(length, 2)
  return bytes
}

t.test('the pixels of PNG and JPEG are told by their heads', async (t) => {
  t.equal(pixelsOf(png(8_000, 6_250)), 50_000_000)
  t.equal(pixelsOf(png(4_294_967_295, 4_294_967_295)), 4_294_967_295 ** 2)
  t.equal(pixelsOf(jpeg(4_000, 3_000)), 12_000_000)
  t.equal(pixelsOf(jpeg(4_000, 3_000, [], 0xc2)), 12_000_000, 'progressive')
  const withPreview = [segment(0xe1, 60_000), Buffer.from([0xff]), segment(0xe2, 65_535), segment(0xc4, 30)]
  t.equal(pixelsOf(jpeg(4_000, 3_000, withPreview)), 12_000_000, 'behind previews, profiles and tables')
})

t.test('a head that does not tell its size has none', async (t) => {
  for (const head of [
    Buffer.alloc(0),
    png(0, 10),
    png(10, 10).subarray(0, 20),
    Buffer.from('GIF89a'),
    jpeg(10, 0),
    jpeg(10, 10).subarray(0, 8),
    Buffer.from([0xff, 0xd8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), Buffer.alloc(30)]),
  ])
    t.equal(pixelsOf(head), null)
})
