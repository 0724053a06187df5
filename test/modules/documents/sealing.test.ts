import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { glob, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { Encrypter, generateX25519Identity } from 'age-encryption'
import t from 'tap'
import {
  requireSealedDocuments,
  sealedFilesOf,
  shareDocuments,
  sweepOrphanFiles,
  unsealDocument,
} from '../../../src/modules/documents/index.ts'
import { takeUpload } from '../../../src/modules/documents/upload.ts'
import { TEST_SIGNATURE } from '../../../src/platform/files/scanners.ts'
import { zip } from '../../platform/files/zip.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import {
  agencyOf,
  announced,
  announceSealed,
  download,
  filesOf,
  IDENTITY,
  PDF,
  pathOf,
  put,
  RECIPIENT,
  ROUND,
} from './arrange.ts'

const ZIP = 'application/zip'
const HOUR_MS = 3_600_000

async function sealedByClient(content: Buffer): Promise<Buffer> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(RECIPIENT)
  return Buffer.from(await encrypter.encrypt(content))
}

const unseal = (test: TestApp, documentId: string, identity = IDENTITY) =>
  unsealDocument(test.deps, documentId, identity)

/** An uploaded document, sealed by the service. */
async function sealedDocument(test: TestApp, content: Buffer, extra: Record<string, unknown> = {}) {
  const { organizationId, key } = await agencyOf(test)
  const { id } = await announceSealed(test, organizationId, announced(content, extra))
  const answer = await put(test, key, id, content)
  return { id, organizationId, key, answer }
}

/** An uploaded document that its owner has sealed. */
async function clientSealed(test: TestApp, plain: Buffer, extra: Record<string, unknown> = {}) {
  const { organizationId, key } = await agencyOf(test)
  const content = await sealedByClient(plain)
  const { id } = await announceSealed(test, organizationId, announced(content, extra), { mode: 'client' })
  const answer = await put(test, key, id, content)
  return { id, key, content, answer }
}

/** The forms in which a text might lie somewhere. */
function formsOf(text: string): Buffer[] {
  const plain = Buffer.from(text)
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64')
    return encoded.slice(shift === 0 ? 0 : 4, -4)
  })
  const little = Buffer.from(text, 'utf16le')
  return [
    plain,
    Buffer.from(plain.toString('hex')),
    little,
    Buffer.from(little).swap16(),
    ...base64.map((encoded) => Buffer.from(encoded)),
  ]
}

/** Where any form of the text lies: files below the data directory, and tables of the database. */
async function tracesOf({ config, database }: TestApp, text: string): Promise<string[]> {
  const forms = formsOf(text)
  const traces: string[] = []
  for await (const file of glob('**/*', { cwd: config.dataDirectory })) {
    const bytes = await readFile(path.join(config.dataDirectory, file)).catch(() => Buffer.alloc(0))
    if (forms.some((form) => bytes.includes(form))) traces.push(file)
  }
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from ${name} t`)
    if (rows.some(({ row }) => forms.some((form) => Buffer.from(row).includes(form)))) traces.push(name)
  }
  return traces
}

t.test('a document sealed by the service', async (t) => {
  const test = await testApp(t, { env: { SCANNER: 'test' } })
  const canary = randomBytes(24).toString('hex')
  const content = Buffer.concat([PDF, Buffer.alloc(100_000, `金额 ${canary} `)])
  const { id, organizationId, key, answer } = await sealedDocument(test, content, { fileName: `申报书 ${canary}.pdf` })

  await t.test('is encrypted on its way to the disk and says so', async (t) => {
    t.match(answer, {
      status: 200,
      body: { id, state: 'sealed', scan: 'clean', sealedFor: ROUND, sealedMode: 'server' },
    })
    t.equal(answer.body.fileName, 'sealed.pdf', 'names may tell as much as contents')
    t.match(answer.body, { byteSize: null, sha256: null }, 'and measures as well')
    const [file] = await test.asSystem((work) => sealedFilesOf(work, [id]))
    const [storedAs] = await filesOf(test)
    const ciphertext = await readFile(pathOf(test, storedAs ?? ''))
    t.same(file, {
      documentId: id,
      organizationId,
      sealedSubject: ROUND,
      mode: 'server',
      byteSize: ciphertext.length,
      ciphertextSha256: createHash('sha256').update(ciphertext).digest('hex'),
      ciphertextByteSize: ciphertext.length,
    })
    t.match(answer.body, { ciphertextSha256: file?.ciphertextSha256, ciphertextByteSize: ciphertext.length })
  })

  await t.test('leaves its content and its name nowhere, in no form', async (t) => {
    await writeFile(path.join(test.config.dataDirectory, 'control'), Buffer.from(canary).toString('base64'))
    t.same(await tracesOf(test, canary), ['control'], 'the search finds what is there')
    await writeFile(path.join(test.config.dataDirectory, 'control'), '')
    t.same(await tracesOf(test, canary), [])
    t.same(await tracesOf(test, announced(content).sha256), [], 'nor a hash by which it could be guessed')
    const { rows } = await test.database.pool.query(`select from document where byte_size = $1`, [content.length])
    t.same(rows, [])
  })

  await t.test('moves no number that anybody can see: its events are withheld', async (t) => {
    const { rows } = await test.database.pool.query(
      `select type, withheld_by from event where subject = $1 order by type`,
      [id],
    )
    t.same(rows, [
      { type: 'document.announced', withheld_by: ROUND },
      { type: 'document.sealed', withheld_by: ROUND },
    ])
  })

  await t.test('can be downloaded by nobody', async (t) => {
    t.match((await download(test, key, id)).json(), { status: 409, code: 'document_sealed' })
    await test.asSystem((work) => shareDocuments(work, [id], test.hostId))
    t.match((await download(test, await test.keyFor('host'), id)).json(), { status: 409, code: 'document_sealed' })
  })

  await t.test('may be uploaded again, which changes nothing', async (t) => {
    t.match(await put(test, key, id, content), { status: 200, headers: { etag: '"2"' } })
    const other = await put(test, key, id, PDF)
    t.match(other, { status: 200, headers: { etag: '"2"' } }, 'nothing is left to compare it with')
    t.equal(other.body.ciphertextSha256, answer.body.ciphertextSha256)
    t.equal((await filesOf(test)).length, 1)
  })

  await t.test('is usable for its own round and organization only', async (t) => {
    const require = (organization: string, subject: string) =>
      test.asSystem((work) => requireSealedDocuments(work, [id], { organizationId: organization, subject }))
    t.match(await require(organizationId, ROUND), [{ documentId: id }])
    await t.rejects(require(test.hostId, ROUND), { message: /^document_not_usable/ })
    await t.rejects(require(organizationId, 'rnd_00000000000000000000000000'), { message: /^document_not_usable/ })
    t.same(await test.asSystem((work) => sealedFilesOf(work, ['doc_00000000000000000000000000'])), [])
  })

  await t.test('stays sealed for who has the wrong identity', async (t) => {
    const stranger = await generateX25519Identity()
    t.same(await unseal(test, id, stranger), { outcome: 'failed', reason: 'undecryptable' })
    t.equal((await test.call(key, 'GET', `/v1/documents/${id}`)).body.state, 'sealed')
    t.equal((await filesOf(test)).length, 1)
  })

  await t.test('stays sealed when its ciphertext was changed or is gone, and opens when it is back', async (t) => {
    const [storedAs = ''] = await filesOf(test)
    const file = pathOf(test, storedAs)
    const whole = await readFile(file)
    const flipped = Buffer.from(whole)
    flipped[50_000] = (flipped[50_000] ?? 0) ^ 1
    await writeFile(file, flipped)
    t.same(await unseal(test, id), { outcome: 'failed', reason: 'ciphertext_changed' })
    await rename(file, `${file}.away`)
    t.same(await unseal(test, id), { outcome: 'failed', reason: 'ciphertext_changed' })
    t.equal((await test.call(key, 'GET', `/v1/documents/${id}`)).body.state, 'sealed')
    await rename(`${file}.away`, file)
    await writeFile(file, whole)
  })

  await t.test('is opened once, however many try, with its bytes and its name', async (t) => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => unseal(test, id)))
    t.same(
      outcomes,
      Array.from({ length: 4 }, () => ({ outcome: 'opened' })),
    )
    t.same(await unseal(test, id), { outcome: 'opened' })
    t.equal((await filesOf(test)).length, 2, 'the ciphertext stays for proof')
    const answer = await download(test, key, id)
    t.ok(answer.rawPayload.equals(content))
    t.match(answer.headers['content-disposition'], new RegExp(canary))
    t.match((await test.call(key, 'GET', `/v1/documents/${id}`)).body, {
      state: 'stored',
      sealedFor: ROUND,
      byteSize: content.length,
      sha256: announced(content).sha256,
    })
    const { rows } = await test.database.pool.query(`select count(*)::int from event where type = 'document.opened'`)
    t.same(rows, [{ count: 1 }])
  })
})

t.test('what is to be sealed by the service is checked like everything else', async (t) => {
  const test = await testApp(t, { env: { SCANNER: 'test' } })
  const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])
  const { id, key, answer } = await sealedDocument(test, program)
  t.match(answer, { status: 422, body: { code: 'document_type_differs' } })
  t.match((await test.call(key, 'GET', `/v1/documents/${id}`)).body, {
    state: 'rejected',
    byteSize: null,
    sha256: null,
  })
  t.same(await tracesOf(test, announced(program).sha256), [])
  t.same(await unseal(test, id), { outcome: 'failed', reason: 'type_differs' })
  const infected = await sealedDocument(test, Buffer.concat([PDF, Buffer.from(TEST_SIGNATURE)]))
  t.match(infected.answer, { status: 422, body: { code: 'document_infected' } })
  t.same(await unseal(test, infected.id), { outcome: 'failed', reason: 'infected' })
  const nested = await sealedDocument(test, zip([{ name: '内.zip' }]), { mediaType: ZIP, fileName: '附件.zip' })
  t.match(nested.answer, { status: 422, body: { code: 'archive_nested' } })
  t.same(await unseal(test, nested.id), { outcome: 'failed', reason: 'archive_refused' })
  t.same(await filesOf(test), [])
  const { rows } = await test.database.pool.query(`select count(*)::int from event where withheld_by = $1`, [ROUND])
  t.same(rows, [{ count: 6 }], 'refusals are withheld as well')
})

t.test('a document is sealed for somebody, by a key that works', async (t) => {
  const test = await testApp(t)
  const { organizationId } = await agencyOf(test)
  for (const recipients of [[], ['age1nonsense'], [RECIPIENT, 'ssh-ed25519 AAAA']])
    await t.rejects(announceSealed(test, organizationId, announced(PDF), { recipients }), {
      message: /^sealing_recipient_invalid/,
    })
  const { id } = await announceSealed(test, organizationId, announced(PDF))
  await t.rejects(unseal(test, id), { message: `${id} has no content yet` })
  const plain = await test.keyFor('agency')
  const { body } = await test.call(plain, 'POST', '/v1/documents', announced(PDF))
  await t.rejects(unseal(test, body.id), { message: `${body.id} was never sealed` })
})

t.test('a document sealed by its owner', async (t) => {
  const test = await testApp(t, { env: { SCANNER: 'test' } })

  await t.test('is kept as the age file it is, and becomes what is in it', async (t) => {
    const { id, key, content, answer } = await clientSealed(test, PDF, { fileName: '申报书.pdf' })
    t.match(answer, {
      status: 200,
      body: { state: 'sealed', scan: null, sealedMode: 'client', byteSize: content.length, fileName: 'sealed.pdf' },
    })
    t.equal(answer.body.ciphertextSha256, answer.body.sha256)
    t.same(await unseal(test, id), { outcome: 'opened' })
    t.match((await test.call(key, 'GET', `/v1/documents/${id}`)).body, {
      state: 'stored',
      scan: 'clean',
      byteSize: PDF.length,
      sha256: announced(PDF).sha256,
      fileName: '申报书.pdf',
      ciphertextByteSize: content.length,
    })
    t.ok((await download(test, key, id)).rawPayload.equals(PDF))
  })

  await t.test('that is no age file is rejected at once', async (t) => {
    const { organizationId, key } = await agencyOf(test)
    const { id } = await announceSealed(test, organizationId, announced(PDF), { mode: 'client' })
    t.match(await put(test, key, id, PDF), { status: 422, body: { code: 'document_type_differs' } })
  })

  for (const [reason, plain, extra, state] of [
    ['type_differs', Buffer.from('MZ program'), {}, 'rejected'],
    ['infected', Buffer.concat([PDF, Buffer.from(TEST_SIGNATURE)]), {}, 'quarantined'],
    ['archive_refused', zip([{ name: '../x' }]), { mediaType: ZIP, fileName: '附件.zip' }, 'rejected'],
    [
      'archive_refused',
      zip([{ name: 'x.pdf', content: Buffer.alloc(120_000_000), declaredByteSize: 10 }]),
      { mediaType: ZIP, fileName: '附件.zip' },
      'rejected',
    ],
  ] as const)
    await t.test(`whose content fails with ${reason} is turned away when it is opened, for good`, async (t) => {
      const { id, key, answer } = await clientSealed(test, plain, extra)
      t.equal(answer.body.state, 'sealed')
      const before = (await filesOf(test)).length
      t.same(await unseal(test, id), { outcome: 'failed', reason })
      t.same(await unseal(test, id), { outcome: 'failed', reason })
      t.equal((await test.call(key, 'GET', `/v1/documents/${id}`)).body.state, state)
      t.equal((await filesOf(test)).length, before, 'no plain file is left')
    })

  await t.test('whose age file is damaged cannot be opened', async (t) => {
    const { organizationId, key } = await agencyOf(test)
    const content = await sealedByClient(PDF)
    content[content.length - 1] = (content[content.length - 1] ?? 0) ^ 1
    const { id } = await announceSealed(test, organizationId, announced(content), { mode: 'client' })
    t.equal((await put(test, key, id, content)).status, 200)
    t.same(await unseal(test, id), { outcome: 'failed', reason: 'undecryptable' })
  })
})

t.test('an opening that is killed half-way leaves the document sealed, and is done again', async (t) => {
  const test = await testApp(t)
  const content = Buffer.concat([PDF, randomBytes(30_000_000)])
  const { id, key } = await sealedDocument(test, content)
  const directory = path.join(test.config.dataDirectory, 'files')
  const script = path.join(import.meta.dirname, 'unsealing.ts')
  const child = spawn(process.execPath, [script, test.database.url, directory, id, IDENTITY], { stdio: 'inherit' })
  const partials = async () => {
    const found: string[] = []
    for await (const file of glob('*/*.partial', { cwd: directory })) found.push(file)
    return found
  }
  while ((await partials()).length === 0 && child.exitCode === null) await turn()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const [partial = ''] = await partials()
  t.not(partial, '', 'it was killed while it wrote')
  t.equal((await test.call(key, 'GET', `/v1/documents/${id}`)).body.state, 'sealed')
  t.equal((await filesOf(test)).filter((name) => !name.endsWith('.partial')).length, 1)
  t.same(await unseal(test, id), { outcome: 'opened' })
  t.ok((await download(test, key, id)).rawPayload.equals(content))
  const then = new Date(Date.now() - 2 * HOUR_MS)
  await utimes(path.join(directory, partial), then, then)
  t.equal(await sweepOrphanFiles(test.deps.files, test.database.sql), 1)
  t.same(await partials(), [])
})

t.test('the sweep removes old files that no document names, and nothing else', async (t) => {
  const test = await testApp(t)
  const { id, key } = await sealedDocument(test, PDF)
  t.same(await unseal(test, id), { outcome: 'opened' })
  const named = await filesOf(test)
  const { files } = test.deps
  for (const name of ['fil_orphan_ab', 'fil_fresh_ab', 'key_other_ab'])
    await files.write(name, Readable.from([Buffer.from('x')]), 1)
  const then = new Date(Date.now() - 2 * HOUR_MS)
  for (const name of [...named, 'fil_orphan_ab', 'key_other_ab']) await utimes(pathOf(test, name), then, then)
  t.equal(await sweepOrphanFiles(files, test.database.sql), 1)
  t.same((await filesOf(test)).sort(), [...named, 'fil_fresh_ab', 'key_other_ab'].sort())
  t.ok((await download(test, key, id)).rawPayload.equals(PDF))
})

t.test('an inspector sees whole contents of modest size before they are sealed, and no ciphertext', async (t) => {
  const test = await testApp(t)
  const { organizationId } = await agencyOf(test)
  const seen: { bytes: string; documentId: string; mediaType: string }[] = []
  const inspector = {
    wants: async ({ mediaType }: { mediaType: string }) => mediaType === 'application/pdf',
    byteSizeMax: 1_000,
    look: async (bytes: Buffer, file: { documentId: string; mediaType: string }) =>
      void seen.push({ bytes: bytes.toString(), ...file }),
  }
  const upload = async (content: Buffer, extra: Record<string, unknown>, mode: 'server' | 'client') => {
    const { id } = await announceSealed(test, organizationId, announced(content, extra), { mode })
    const actor = { kind: 'key', id: 'key_test', roles: ['agency'], organizationId, hostId: null, expertId: null }
    const request = { body: Readable.from([content]), headers: {}, actor, id: 'test', log: test.deps.log }
    await takeUpload(test.app, { ...test.deps, inspector }, request as never, id)
    return id
  }
  const id = await upload(PDF, {}, 'server')
  await upload(Buffer.concat([PDF, Buffer.alloc(1_000)]), {}, 'server')
  await upload(zip([]), { mediaType: ZIP, fileName: '附件.zip' }, 'server')
  await upload(await sealedByClient(PDF), {}, 'client')
  t.same(seen, [{ bytes: PDF.toString(), documentId: id, mediaType: 'application/pdf' }])
})
