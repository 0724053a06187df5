import { createHash } from 'node:crypto'
import { glob, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { localFileStore } from '../../../src/platform/files/files.ts'

const HOUR_MS = 3_600_000

async function pathsIn(directory: string): Promise<string[]> {
  const found: string[] = []
  for await (const file of glob('*/*', { cwd: directory })) found.push(file)
  return found.sort()
}

/** Makes the file look as if last written two hours ago. */
async function age(file: string): Promise<void> {
  const { mtimeMs } = await stat(file)
  const then = new Date(mtimeMs - 2 * HOUR_MS)
  await utimes(file, then, then)
}

function store(t: Test) {
  const directory = t.testdir()
  return { directory, files: localFileStore(directory) }
}

async function namesOlder(files: ReturnType<typeof localFileStore>): Promise<string[]> {
  const names: string[] = []
  for await (const name of files.olderThan(HOUR_MS)) names.push(name)
  return names
}

t.test('a file is written whole, measured, read back and removed', async (t) => {
  const { directory, files } = store(t)
  const stored = await files.write('fil_ab', Readable.from([Buffer.from('one'), Buffer.from('two')]), 6)
  t.same(stored, { byteSize: 6, sha256: createHash('sha256').update('onetwo').digest('hex') })
  t.equal(await readFile(path.join(directory, 'ab/fil_ab'), 'utf8'), 'onetwo')
  const parts: Buffer[] = []
  for await (const part of files.read('fil_ab')) parts.push(part)
  t.equal(Buffer.concat(parts).toString(), 'onetwo')
  await files.remove('fil_ab')
  await files.remove('fil_ab')
  t.same(await pathsIn(directory), [])
})

t.test('what is too large or breaks off leaves nothing', async (t) => {
  const { directory, files } = store(t)
  await t.rejects(files.write('fil_ab', Readable.from([Buffer.from('one')]), 2), { message: 'more than 2 bytes' })
  async function* broken() {
    yield Buffer.from('one')
    throw new RangeError('gone')
  }
  await t.rejects(files.write('fil_ab', broken(), 100), RangeError)
  t.same(await pathsIn(directory), [])
})

t.test('a name that could leave the folder is no name', async (t) => {
  const { files } = store(t)
  for (const name of ['', '../x', 'a/b', 'A', 'a.b', 'x'.repeat(81)])
    await t.rejects(files.write(name, Readable.from([]), 1), TypeError, name)
})

t.test('old files and what old broken writes have left are told from fresh ones', async (t) => {
  const { directory, files } = store(t)
  t.same(await namesOlder(localFileStore(path.join(directory, 'nowhere'))), [], 'a store that was never used is empty')
  for (const name of ['fil_old_ab', 'fil_new_ab']) await files.write(name, Readable.from([Buffer.from('x')]), 1)
  for (const name of ['old', 'new']) await writeFile(path.join(directory, `ab/fil_ab.${name}.partial`), 'x')
  await age(path.join(directory, 'ab/fil_old_ab'))
  await age(path.join(directory, 'ab/fil_ab.old.partial'))
  t.same(await namesOlder(files), ['fil_old_ab'])
  t.equal(await files.removeBroken(HOUR_MS), 1)
  t.same(await pathsIn(directory), ['ab/fil_ab.new.partial', 'ab/fil_new_ab', 'ab/fil_old_ab'])
})
