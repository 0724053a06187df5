import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { ARCHIVE_TAIL_BYTES, agreesWith, readZipDirectory } from '../../../src/platform/files/archive.ts'
import { archiveKindOf } from '../../../src/platform/files/signatures.ts'
import { type UnzipLimits, type Unzipped, unzipper } from '../../../src/platform/files/unzip.ts'
import { type Entry, zip } from './zip.ts'

const MB = 1_048_576
const LIMITS: UnzipLimits = { entriesMax: 1_000, unpackedBytesMax: 100 * MB }

/** Unpacks the archive as it comes in pieces of this size. */
async function unzip(archive: Buffer, pieceBytes = 65_536, limits = LIMITS): Promise<Unzipped> {
  const unpacking = unzipper(limits)
  for (let at = 0; at < archive.length; at += pieceBytes) await unpacking.put(archive.subarray(at, at + pieceBytes))
  return unpacking.end()
}

/** Whether what streamed by is what the directory says. */
async function isConsistent(archive: Buffer): Promise<boolean> {
  const directory = await readZipDirectory(archive.subarray(-ARCHIVE_TAIL_BYTES), archive.length, 1_001)
  return directory !== null && agreesWith(directory, await unzip(archive))
}

const text = Buffer.from('申报书 '.repeat(2_000))
const noise = randomBytes(70_000)
const ORDINARY: readonly Entry[] = [
  { name: '证书/' },
  { name: '证书/一.txt', content: text },
  { name: 'noise.bin', content: noise },
  { name: 'stored.bin', content: noise, isStored: true },
  { name: 'empty', isStored: true },
  { name: 'raw.pdf', unicodeName: '照片.pdf', content: text },
  { name: Buffer.from('d6a4cae92e706466', 'hex'), content: text },
  { name: 'a', content: text, descriptor: 'signed' },
  { name: 'b', content: noise, descriptor: 'bare' },
  { name: 'c', content: Buffer.alloc(0), descriptor: 'signed64' },
  { name: 'd', content: noise, descriptor: 'bare64' },
]

t.test('an archive is unpacked and counted while it streams by, in whatever pieces it comes', async (t) => {
  const archive = zip(ORDINARY)
  const whole = await unzip(archive, archive.length)
  t.equal(whole.end, 'directory')
  t.equal(
    whole.byteSize,
    ORDINARY.reduce((sum, { content }) => sum + (content?.length ?? 0), 0),
  )
  t.same(
    whole.entries.map(({ byteSize }) => byteSize),
    ORDINARY.map(({ content }) => content?.length ?? 0),
  )
  t.equal(await isConsistent(archive), true)
  const property = fc.asyncProperty(fc.integer({ min: 30, max: 5_000 }), async (pieceBytes) =>
    t.same(await unzip(archive, pieceBytes), whole),
  )
  await t.resolves(fc.assert(property, { numRuns: 20 }))
  t.same(await unzip(zip(ORDINARY.slice(0, 2)), 1), await unzip(zip(ORDINARY.slice(0, 2))))
  t.equal(await isConsistent(zip([])), true)
})

t.test('what headers lie about is counted as it is, and nothing is unpacked beyond the limit', async (t) => {
  const bomb = zip([{ name: 'x.pdf', content: Buffer.alloc(120 * MB), declaredByteSize: 10 }])
  const { end, byteSize } = await unzip(bomb)
  t.equal(end, 'limit')
  t.ok(byteSize > 100 * MB && byteSize <= 100 * MB + 65_536, `${byteSize}`)
  t.equal((await unzip(bomb, 65_536, { ...LIMITS, unpackedBytesMax: 10 * MB })).end, 'limit')
  t.equal((await unzip(zip(ORDINARY), 65_536, { ...LIMITS, entriesMax: 3 })).end, 'limit')
  const small = zip([{ name: 'x.pdf', content: text, declaredByteSize: 10 }])
  t.match(await unzip(small), { end: 'broken', byteSize: text.length })
})

t.test('an archive whose directory and entries tell two stories is found out', async (t) => {
  const stories: Record<string, Buffer> = {
    'another size before the data': zip([{ name: 'x', content: text, localByteSize: 10 }]),
    'another size in the directory': zip([
      { name: 'x', content: text, declaredByteSize: 10, localByteSize: text.length },
    ]),
    'another name': zip([{ name: 'x.pdf', localName: 'x.exe', content: text }]),
    'fewer packed bytes': zip([{ name: 'x', content: text, declaredCompressedByteSize: 10 }]),
    'something hidden between entries': zip([{ name: 'x' }, { name: 'y', hidden: noise }]),
    'something hidden before the directory': zip([{ name: 'x' }, { name: 'y', hidden: zip([{ name: 'z' }]) }]),
    'sizes that follow and are wrong': zip([{ name: 'x', content: text, descriptor: 'signed', declaredByteSize: 10 }]),
    'something before the first entry': Buffer.concat([noise, zip([{ name: 'x' }])]),
  }
  for (const [what, archive] of Object.entries(stories)) t.equal(await isConsistent(archive), false, what)
  const changed = zip([{ name: 'x', content: noise, isStored: true }])
  changed[100] = (changed[100] ?? 0) ^ 1
  t.equal(await isConsistent(changed), false, 'another checksum')
  t.equal((await unzip(zip([{ name: 'x', content: noise, isStored: true, descriptor: 'signed' }]))).end, 'broken')
  t.equal((await unzip(zip([{ name: 'x', isEncrypted: true }]))).end, 'broken')
  t.equal((await unzip(zip(ORDINARY).subarray(0, 5_000))).end, 'broken')
  t.equal((await unzip(Buffer.alloc(0))).end, 'broken')
})

t.test('an entry that is an archive is told by its first bytes', async (t) => {
  const { entries } = await unzip(
    zip([
      { name: 'a.jpg', content: zip([{ name: 'x' }]) },
      { name: 'b.jpg', content: gzipSync(text) },
      { name: 'c.jpg', content: Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')]) },
      { name: 'd.txt', content: text },
      { name: 'e' },
    ]),
    7,
  )
  t.same(
    entries.map(({ kind }) => kind),
    ['zip', 'gzip', 'tar', null, null],
  )
  const kindOf = (hex: string) => archiveKindOf(Buffer.from(hex, 'hex'))
  t.same(
    ['504b0506', '377abcaf271c0004', '526172211a0701', 'fd377a585a00', '425a6839314159265359', '28b52ffd', ''].map(
      kindOf,
    ),
    ['zip', '7z', 'rar', 'xz', 'bzip2', 'zstd', null],
  )
})

t.test('no archive, however mangled, makes the way through it throw or stand still', async (t) => {
  const archive = zip(ORDINARY.slice(0, 2).concat({ name: 'x', content: text, descriptor: 'signed' }))
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
    async (changes) => {
      const mangled = Buffer.from(archive)
      for (const [at, byte] of changes) mangled[at] = byte
      return ['directory', 'broken', 'limit'].includes((await unzip(mangled, 100)).end)
    },
  )
  await t.resolves(fc.assert(property, { numRuns: 300 }))
})

t.test('unpacking that is given up lets go of what it was given', async (t) => {
  const unpacking = unzipper(LIMITS)
  const [first, second] = [zip(ORDINARY).subarray(0, 1_000), zip(ORDINARY).subarray(1_000)]
  await unpacking.put(first)
  unpacking.abort()
  t.equal((await unpacking.end()).end, 'broken')
  await unpacking.put(second)
})
