import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { unsealDocument } from '../../../src/modules/documents/index.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { agencyOf, announced, announceSealed, IDENTITY } from './arrange.ts'
import { ARCHIVE_ENTRIES } from './largeArchive.ts'
import { sha256OfLargePdf } from './largeFile.ts'

const MB = 1_048_576
const LARGE = 50 * MB
/** What a file may cost while it streams, of whatever size it is. */
const GROWTH_MAX = 60 * MB
const SAMPLE_EVERY_MS = 10

type Memory = Pick<NodeJS.MemoryUsage, 'rss' | 'arrayBuffers'>

/** How far resident memory rises above what it was before while this goes on, and how much of it buffers are. */
async function growthOf(before: Memory, run: () => Promise<unknown>): Promise<Memory> {
  const growth = { rss: 0, arrayBuffers: 0 }
  const sampling = setInterval(() => {
    const { rss, arrayBuffers } = process.memoryUsage()
    growth.rss = Math.max(growth.rss, rss - before.rss)
    growth.arrayBuffers = Math.max(growth.arrayBuffers, arrayBuffers - before.arrayBuffers)
  }, SAMPLE_EVERY_MS)
  try {
    await run()
  } finally {
    clearInterval(sampling)
  }
  return growth
}

/** Announces and uploads an archive of so many entries from a process of its own. */
async function uploadArchive(test: TestApp, entries: number): Promise<void> {
  const { key } = await agencyOf(test)
  const { port } = test.app.server.address() as AddressInfo
  const script = path.join(import.meta.dirname, 'largeArchive.ts')
  const parameters = [`http://127.0.0.1:${port}/v1`, key, `${entries}`]
  const [code] = await once(spawn(process.execPath, [script, ...parameters], { stdio: 'inherit' }), 'exit')
  if (code !== 0) throw new Error(`the upload failed with ${code}`)
}

/** Announces a large PDF and uploads it from a process of its own. */
async function upload(test: TestApp, isSealed: boolean, byteSize: number): Promise<string> {
  const { organizationId, key } = await agencyOf(test)
  const content = { ...announced(Buffer.alloc(1)), byteSize, sha256: sha256OfLargePdf(byteSize) }
  const id = isSealed
    ? (await announceSealed(test, organizationId, content)).id
    : (await test.call(key, 'POST', '/v1/documents', content)).body.id
  const { port } = test.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/v1/documents/${id}/content`
  const script = path.join(import.meta.dirname, 'largeFile.ts')
  const [code] = await once(spawn(process.execPath, [script, url, key, `${byteSize}`], { stdio: 'inherit' }), 'exit')
  if (code !== 0) throw new Error(`the upload failed with ${code}`)
  return id
}

t.test('a file of 50 MB costs at most 60 MB of memory, plain, sealed, opened and unpacked', async (t) => {
  const test = await testApp(t, { env: { SCANNER: 'test' } })
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const unseal = (id: string) => unsealDocument(test.deps, id, IDENTITY)
  // What the first file of all costs is compiled code, not the file.
  await upload(test, false, 5 * MB)
  await unseal(await upload(test, true, 5 * MB))
  await uploadArchive(test, 2)
  const before = process.memoryUsage()
  let sealed = ''
  const growth = {
    plain: await growthOf(before, () => upload(test, false, LARGE)),
    sealed: await growthOf(before, async () => {
      sealed = await upload(test, true, LARGE)
    }),
    opened: await growthOf(before, async () => t.same(await unseal(sealed), { outcome: 'opened' })),
  }
  const unpacked = await growthOf(before, () => uploadArchive(test, ARCHIVE_ENTRIES))
  for (const [what, { rss, arrayBuffers }] of Object.entries({ ...growth, unpacked })) {
    t.comment(`${what}: resident +${Math.round(rss / MB)} MB, buffers +${Math.round(arrayBuffers / MB)} MB`)
    t.ok(rss <= GROWTH_MAX, `${what}: resident memory`)
    t.ok(arrayBuffers <= GROWTH_MAX, `${what}: buffers`)
  }
})
