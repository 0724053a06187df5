import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { requireStoredDocuments, shareDocuments } from '../../../src/modules/documents/index.ts'
import { clamdScanner } from '../../../src/platform/files/clamd.ts'
import { TEST_SIGNATURE, testScanner } from '../../../src/platform/files/scanners.ts'
import { docx, zip } from '../../platform/files/zip.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { announced, download, filesOf, PDF, put } from './arrange.ts'

const UNKNOWN = 'doc_00000000000000000000000000'
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

async function announce({ call }: TestApp, key: string, content: Buffer, extra: Record<string, unknown> = {}) {
  const answer = await call(key, 'POST', '/v1/documents', announced(content, extra))
  if (answer.status !== 201) throw new Error(`refused: ${JSON.stringify(answer.body)}`)
  return String(answer.body.id)
}

t.test('a document is announced, uploaded, read and downloaded', async (t) => {
  const test = await testApp(t)
  const { call, keyFor, newOrganization } = test
  const organizationId = await newOrganization('云汀县暖汀社会工作服务中心')
  const agency = await keyFor('agency', { organizationId })
  const created = await call(agency, 'POST', '/v1/documents', announced(PDF))
  const documentId = String(created.body.id)
  const url = `/v1/documents/${documentId}`

  await t.test('announceDocument answers what is waited for', async (t) => {
    t.equal(created.status, 201)
    t.equal(created.headers.location, url)
    t.match(created.body, { organizationId, state: 'pending', actions: ['store'], ...announced(PDF) })
    t.notOk('storedAs' in created.body)
    for (const wrong of [
      { fileName: '../etc/passwd' },
      { fileName: ' ' },
      ...['\u202a', '\u202e', '\u2066', '\u2069', '\u200b', '\u200f', '\u2028', '\ufeff', '\u{e0041}', '\u3164'].map(
        (mark) => ({ fileName: `说明${mark}fdp.exe.pdf` }),
      ),
      { mediaType: 'text/html' },
      { byteSize: 0 },
      { byteSize: 52_428_801 },
      { sha256: 'AB'.repeat(32) },
    ])
      t.equal(
        (await call(agency, 'POST', '/v1/documents', announced(PDF, wrong))).status,
        400,
        encodeURI(JSON.stringify(wrong)),
      )
    t.match(await call(agency, 'POST', '/v1/documents', announced(PDF, { fileName: '申报书.docx' })), {
      status: 422,
      body: { code: 'document_name_differs' },
    })
    t.equal((await call(null, 'POST', '/v1/documents', announced(PDF))).status, 401)
    t.equal((await call(await keyFor('platform_admin'), 'POST', '/v1/documents', announced(PDF))).status, 403)
  })

  await t.test('downloadDocument has nothing before the upload', async (t) => {
    const answer = await download(test, agency, documentId)
    t.equal(answer.statusCode, 409)
    t.equal(answer.json().code, 'document_not_stored')
  })

  await t.test('uploadDocument takes exactly what was announced', async (t) => {
    const longer = await put(test, agency, documentId, Buffer.concat([PDF, PDF]))
    t.match(longer, { status: 422, body: { code: 'document_content_differs' } })
    t.match((await put(test, agency, documentId, PDF.subarray(1))).body.detail, /byteSize/)
    const other = Buffer.from(PDF)
    other[other.length - 1] = 0x20
    t.match((await put(test, agency, documentId, other)).body.detail, /sha256/)
    t.equal((await put(test, agency, documentId, '')).status, 422)
    t.same(await filesOf(test), [], 'what was refused leaves nothing behind')
    const stored = await put(test, agency, documentId, PDF, 'application/x-anything')
    t.equal(stored.status, 200)
    t.equal(stored.headers.etag, '"2"')
    t.match(stored.body, { id: documentId, state: 'stored', actions: [], scan: 'not_scanned', sealedFor: null })
    t.equal((await filesOf(test)).length, 1)
  })

  await t.test('uploadDocument may be repeated and can only store the same again', async (t) => {
    t.match(await put(test, agency, documentId, PDF), { status: 200, headers: { etag: '"2"' } })
    t.equal((await put(test, agency, documentId, PDF.subarray(1))).status, 422)
    t.equal((await filesOf(test)).length, 1)
    t.same((await download(test, agency, documentId)).rawPayload, PDF)
  })

  await t.test('uploadDocument says 413 to what is larger than anything allowed', async (t) => {
    const response = await test.app.inject({
      method: 'PUT',
      url: `${url}/content`,
      headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/pdf', 'content-length': '52428801' },
      payload: PDF,
    })
    t.equal(response.statusCode, 413)
    t.equal(response.json().code, 'payload_too_large')
  })

  await t.test('downloadDocument hands out the bytes as an attachment', async (t) => {
    const answer = await download(test, agency, documentId)
    t.equal(answer.statusCode, 200)
    t.same(answer.rawPayload, PDF)
    t.match(answer.headers, {
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': /^sandbox;/,
      'content-disposition':
        "attachment; filename*=UTF-8''%E7%94%B3%E6%8A%A5%E4%B9%A6%20%28%E7%BB%88%E7%A8%BF%29%271%27.pdf",
    })
  })

  await t.test('downloadDocument spares the bytes to who has them already', async (t) => {
    const headers = { 'if-none-match': '"2"' }
    t.equal((await call(agency, 'GET', `${url}/content`, undefined, { headers })).status, 304)
  })

  await t.test('readDocument and listDocuments show it to its organization', async (t) => {
    t.match((await call(agency, 'GET', url)).body, { id: documentId, state: 'stored' })
    const second = await announce(test, agency, PDF)
    const page = (await call(agency, 'GET', '/v1/documents?limit=1')).body
    t.same(page.items[0].id, second)
    t.same((await call(agency, 'GET', `/v1/documents?limit=1&cursor=${page.nextCursor}`)).body.items[0].id, documentId)
  })

  await t.test('nobody else knows of it, until it is shared with a host', async (t) => {
    const strangers = [await keyFor('agency'), await keyFor('host'), await keyFor('finance')]
    for (const key of strangers) {
      t.equal((await call(key, 'GET', url)).status, 404)
      t.equal((await download(test, key, documentId)).statusCode, 404)
      t.equal((await put(test, key, documentId, PDF)).status, 404)
    }
    t.equal((await put(test, null, documentId, PDF)).status, 401)
    t.equal((await put(test, agency, UNKNOWN, PDF)).status, 404)
    t.equal((await call(agency, 'GET', `/v1/documents/${UNKNOWN}`)).status, 404)
    await test.asSystem((work) => shareDocuments(work, [documentId], test.hostId, 'handlers'))
    for (const role of ['host', 'operator', 'auditor'] as const)
      t.equal((await download(test, await keyFor(role), documentId)).statusCode, 200, role)
    for (const role of ['evaluator', 'finance'] as const)
      t.equal((await download(test, await keyFor(role), documentId)).statusCode, 404, role)
    await test.asSystem((work) => shareDocuments(work, [documentId], test.hostId))
    await test.asSystem((work) => shareDocuments(work, [documentId], test.hostId, 'handlers'))
    await test.asSystem((work) => shareDocuments(work, [documentId], test.hostId))
    for (const role of ['host', 'operator', 'evaluator', 'finance', 'auditor'] as const)
      t.equal((await download(test, await keyFor(role), documentId)).statusCode, 200, role)
    t.equal((await call(await keyFor('town'), 'GET', url)).status, 404)
    t.equal((await put(test, await keyFor('host'), documentId, PDF)).status, 404, 'reading is not writing')
    t.equal((await call(await keyFor('agency'), 'GET', url)).status, 404)
  })
})

t.test('a document of another type than announced is rejected for good', async (t) => {
  const test = await testApp(t)
  const agency = await test.keyFor('agency')
  const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])
  const documentId = await announce(test, agency, program)
  const answer = await put(test, agency, documentId, program)
  t.match(answer, { status: 422, body: { code: 'document_type_differs' } })
  t.match((await test.call(agency, 'GET', `/v1/documents/${documentId}`)).body, {
    state: 'rejected',
    actions: [],
    refusedFor: 'document_type_differs',
  })
  t.match(await put(test, agency, documentId, program), { status: 409, body: { code: 'document_rejected' } })
  t.equal((await download(test, agency, documentId)).statusCode, 409)
  t.same(await filesOf(test), [])
})

t.test('office files are told by what is in their archive, however large it is', async (t) => {
  const test = await testApp(t)
  const agency = await test.keyFor('agency')
  const photo = { name: 'word/media/photo.jpg', content: randomBytes(3_000_000) }
  const upload = async (content: Buffer, mediaType: string, fileName: string) => {
    const documentId = await announce(test, agency, content, { fileName, mediaType })
    return put(test, agency, documentId, content, mediaType)
  }
  t.match(await upload(docx(), DOCX, '申报书.docx'), { status: 200, body: { state: 'stored' } })
  t.match(await upload(docx([photo]), DOCX, '申报书.DOCX'), { status: 200, body: { state: 'stored' } })
  const ofd = zip([{ name: 'OFD.xml', content: Buffer.from('<ofd:OFD/>') }])
  t.match(await upload(ofd, 'application/ofd', '批文.ofd'), { status: 200, body: { mediaType: 'application/ofd' } })
  const other = await upload(zip([{ name: '说明.txt' }]), DOCX, '申报书.docx')
  t.match(other, { status: 422, body: { code: 'document_type_differs' } })
})

t.test('an archive or an image that must not be opened is rejected for good, with the reason', async (t) => {
  const test = await testApp(t)
  const agency = await test.keyFor('agency')
  const upload = async (content: Buffer, mediaType: string, fileName: string) => {
    const documentId = await announce(test, agency, content, { fileName, mediaType })
    const first = await put(test, agency, documentId, content)
    t.equal((await test.call(agency, 'GET', `/v1/documents/${documentId}`)).body.refusedFor, first.body.code)
    t.match(await put(test, agency, documentId, content), { status: 409, body: { code: 'document_rejected' } })
    return first
  }
  const image = Buffer.alloc(100)
  image.write('89504e470d0a1a0a0000000d494844520000ffff0000ffff', 'hex')
  const archives: Record<string, Buffer> = {
    archive_unreadable: zip([{ name: 'x.pdf' }]).subarray(0, 35),
    archive_too_many_entries: zip(Array.from({ length: 1_001 }, (_, index) => ({ name: `${index}.pdf` }))),
    archive_too_large: zip([{ name: '一.pdf', declaredByteSize: 600_000_000 }]),
    archive_unsafe_path: zip([{ name: '../一.pdf' }]),
    archive_symlink: zip([{ name: '一.pdf', isSymlink: true }]),
    archive_nested: zip([{ name: '内.zip', content: zip([]) }]),
    archive_macros: zip([{ name: 'word/vbaProject.bin' }]),
    archive_encrypted: zip([{ name: '一.pdf', isEncrypted: true }]),
  }
  for (const [code, content] of Object.entries(archives))
    t.match(await upload(content, 'application/zip', '附件.zip'), { status: 422, body: { code } }, code)
  const bomb = { content: Buffer.alloc(120_000_000), declaredByteSize: 10 }
  const lying: Record<string, readonly [Buffer, mediaType: string, fileName: string]> = {
    archive_too_large: [docx([{ name: 'word/media/1.png', ...bomb }]), DOCX, '申报书.docx'],
    archive_unreadable: [zip([{ name: '一.pdf', localName: '一.exe' }]), 'application/zip', '附件.zip'],
    archive_nested: [docx([{ name: 'word/media/1.png', content: zip([]) }]), DOCX, '申报书.docx'],
  }
  for (const [code, content] of Object.entries(lying))
    t.match(await upload(...content), { status: 422, body: { code } }, `${code}, whatever the headers say`)
  t.match(await upload(image, 'image/png', '照片.png'), { status: 422, body: { code: 'image_too_large' } })
  image.writeUInt32BE(0, 16)
  t.match(await upload(image, 'image/png', '照片.png'), { status: 422, body: { code: 'image_unreadable' } })
  t.same(await filesOf(test), [])
})

t.test('malware is quarantined: nothing of it is kept but the name of what was found', async (t) => {
  const test = await testApp(t, { env: { SCANNER: 'test' } })
  const organizationId = await test.newOrganization('云汀县青禾社会工作服务中心')
  const agency = await test.keyFor('agency', { organizationId })
  const infected = Buffer.concat([PDF, Buffer.from(TEST_SIGNATURE)])
  const documentId = await announce(test, agency, infected)
  const answer = await put(test, agency, documentId, infected)
  t.match(answer, { status: 422, body: { code: 'document_infected', detail: /Sandan.Test.Signature/ } })
  t.match((await test.call(agency, 'GET', `/v1/documents/${documentId}`)).body, {
    state: 'quarantined',
    scan: 'infected',
    actions: [],
  })
  t.match(await put(test, agency, documentId, infected), { status: 409, body: { code: 'document_quarantined' } })
  t.match((await download(test, agency, documentId)).json(), { status: 409, code: 'document_quarantined' })
  t.same(await filesOf(test), [])
  await t.rejects(
    test.asSystem((work) => requireStoredDocuments(work, [documentId], organizationId)),
    { message: /^document_not_usable/ },
  )
  const { rows } = await test.database.pool.query(`select data from event where type = 'document.quarantined'`)
  t.same(rows, [{ data: { signature: 'Sandan.Test.Signature' } }])
  const clean = await announce(test, agency, PDF)
  t.match(await put(test, agency, clean, PDF), { status: 200, body: { state: 'stored', scan: 'clean' } })
})

t.test('while the scanner is away nothing is kept, and the upload may be repeated', async (t) => {
  let isThere = false
  const away = clamdScanner({ host: '127.0.0.1', port: 1 })
  const scanner = { isReal: true, open: () => (isThere ? testScanner() : away).open() }
  const test = await testApp(t, { scanner })
  const agency = await test.keyFor('agency')
  const documentId = await announce(test, agency, PDF)
  const answer = await put(test, agency, documentId, PDF)
  t.match(answer, { status: 503, body: { code: 'scanner_unavailable' }, headers: { 'retry-after': '30' } })
  t.equal((await test.call(agency, 'GET', `/v1/documents/${documentId}`)).body.state, 'pending')
  t.same(await filesOf(test), [])
  isThere = true
  t.match(await put(test, agency, documentId, PDF), { status: 200, body: { scan: 'clean' } })
})

t.test('an organization may have 200 documents of a day without content', async (t) => {
  const test = await testApp(t)
  const agency = await test.keyFor('agency')
  await announce(test, agency, PDF)
  await test.database.pool.query(`
    insert into document (id, organization_id, created_by, file_name, media_type, byte_size, sha256, state)
    select gen_random_uuid(), organization_id, created_by, file_name, media_type, byte_size, sha256, state
    from document, generate_series(1, 199)`)
  t.match(await test.call(agency, 'POST', '/v1/documents', announced(PDF)), {
    status: 409,
    body: { code: 'too_many_pending' },
  })
  await announce(test, await test.keyFor('agency'), PDF)
  await test.database.pool.query(`update document set created_at = created_at - interval '1 day'`)
  await announce(test, agency, PDF)
})

t.test('later modules refer only to documents that are stored and their organization’s own', async (t) => {
  const test = await testApp(t)
  const organizationId = await test.newOrganization('云汀县青禾社会工作服务中心')
  const agency = await test.keyFor('agency', { organizationId })
  const stored = await announce(test, agency, PDF)
  await put(test, agency, stored, PDF)
  const pending = await announce(test, agency, PDF)
  const other = await test.keyFor('agency')
  const foreign = await announce(test, other, PDF)
  await put(test, other, foreign, PDF)
  const required = await test.asSystem((work) => requireStoredDocuments(work, [stored, stored], organizationId))
  t.same(
    required.map(({ id }) => id),
    [stored, stored],
  )
  t.same(await test.asSystem((work) => requireStoredDocuments(work, [], organizationId)), [])
  for (const bad of [pending, foreign, UNKNOWN])
    await t.rejects(
      test.asSystem((work) => requireStoredDocuments(work, [stored, bad], organizationId)),
      { message: `document_not_usable: There is no ${bad},` },
    )
})

t.test('what the host’s own people file the host may read', async (t) => {
  const test = await testApp(t)
  const operatorId = await test.newOrganization('云汀县公益创投运营中心')
  const operator = await test.keyFor('operator', { organizationId: operatorId })
  const documentId = await announce(test, operator, PDF)
  t.equal((await test.call(await test.keyFor('host'), 'GET', `/v1/documents/${documentId}`)).status, 200)
})

t.test('over a real connection', async (t) => {
  const test = await testApp(t)
  const agency = await test.keyFor('agency')
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = test.app.server.address() as AddressInfo
  const url = (documentId: string) => `http://127.0.0.1:${port}/v1/documents/${documentId}/content`
  const headers = { authorization: `Bearer ${agency}`, 'content-type': 'application/pdf' }
  const upload = (documentId: string, body: Buffer) => fetch(url(documentId), { method: 'PUT', headers, body })
  const large = Buffer.concat([PDF, Buffer.alloc(8_000_000, 0x20)])

  await t.test('eight uploads of one document at once store one file', async (t) => {
    const documentId = await announce(test, agency, large)
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(documentId, large)))
    t.same(
      answers.map(({ status }) => status),
      Array.from({ length: 8 }, () => 200),
    )
    t.equal((await filesOf(test)).length, 1)
    const content = Buffer.from(await (await fetch(url(documentId), { headers })).arrayBuffer())
    t.equal(createHash('sha256').update(content).digest('hex'), announced(large).sha256)
  })

  await t.test('good and bad uploads of one document at once leave the good one', async (t) => {
    const documentId = await announce(test, agency, large)
    const bad = Buffer.concat([PDF, Buffer.alloc(8_000_000, 0x21)])
    const before = (await filesOf(test)).length
    const answers = await Promise.all([large, bad, large, bad].map((body) => upload(documentId, body)))
    t.same(
      answers.map(({ status }) => status),
      [200, 422, 200, 422],
    )
    const content = Buffer.from(await (await fetch(url(documentId), { headers })).arrayBuffer())
    t.equal(createHash('sha256').update(content).digest('hex'), announced(large).sha256)
    t.equal((await filesOf(test)).length, before + 1)
  })

  await t.test('an upload that breaks off leaves the document pending, no file, and no open transaction', async (t) => {
    const documentId = await announce(test, agency, large)
    const before = (await filesOf(test)).length
    const broken = request(url(documentId), { method: 'PUT', headers: { ...headers, 'content-length': large.length } })
    broken.on('error', () => undefined)
    broken.write(large.subarray(0, 1_000_000))
    while ((await filesOf(test)).length === before) await turn()
    const { rows } = await test.database.pool.query(
      `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    )
    t.equal(rows.length, 0, 'while bytes come no transaction waits')
    broken.destroy()
    while ((await filesOf(test)).length > before) await turn()
    t.equal((await test.call(agency, 'GET', `/v1/documents/${documentId}`)).body.state, 'pending')
    t.equal((await upload(documentId, large)).status, 200, 'and may be repeated')
  })

  await t.test('a refusal reaches the client although its bytes were not all taken', async (t) => {
    const documentId = await announce(test, agency, PDF)
    const answer = await upload(documentId, large)
    t.equal(answer.status, 422)
    t.equal(((await answer.json()) as { code: string }).code, 'document_content_differs')
    t.equal((await upload(UNKNOWN, large)).status, 404)
  })
})
