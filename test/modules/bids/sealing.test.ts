import { hash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { openLog } from '../../../src/deps.ts'
import { commitmentOf } from '../../../src/kernel/receipt.ts'
import { sealAll } from '../../platform/events/events.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { expecting, money } from '../rounds/fixtures.ts'
import { type Agency, biddingCounty, CONTENT, fiftyBidders } from './fixtures.ts'

t.test('the receipt proves what was received and when', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, open, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const draft = await draftBid(agency, roundId, need)
  const first = expecting(201, await submit(agency, draft.body.id, 1)).body
  const second = expecting(201, await submit(agency, draft.body.id, 2)).body

  t.test('it commits to the ciphertext, and each version to the one before', async (t) => {
    t.equal(commitmentOf(first.receipt.manifest), first.receipt.commitment)
    t.equal(commitmentOf(second.receipt.manifest), second.receipt.commitment)
    t.equal(second.receipt.manifest.previousCommitment, first.receipt.commitment)
    t.match(second.receipt, { number: 2, kind: 'submission', bidId: draft.body.id, roundId, place: null })
  })

  t.test('anybody verifies it, and nobody forges it', async (t) => {
    const verified = await call(null, 'POST', '/v1/receipts/verify', { receipt: first.receipt.jws })
    t.match(verified.body, { isGenuine: true, receipt: { commitment: first.receipt.commitment }, place: null })
    const [head, , signature] = first.receipt.jws.split('.')
    const payload = JSON.parse(Buffer.from(first.receipt.jws.split('.')[1], 'base64url').toString('utf8'))
    const altered = Buffer.from(JSON.stringify({ ...payload, receivedAt: '2026-04-01T00:00:00.000Z' })).toString(
      'base64url',
    )
    for (const forged of [`${head}.${altered}.${signature}`, 'nonsense', `${head}.${altered}.`]) {
      const refused = await call(null, 'POST', '/v1/receipts/verify', { receipt: forged })
      t.match([refused.status, refused.body], [200, { isGenuine: false, receipt: null, place: null }])
    }
    t.equal((await call(null, 'POST', '/v1/receipts/verify', { receipt: '' })).status, 400)
  })

  t.test('the bidder alone reads it before the opening', async (t) => {
    const path = `/v1/receipts/${second.receipt.id}`
    t.match((await call(agency.key, 'GET', path)).body, { jws: second.receipt.jws, place: null })
    for (const key of [hostKey, await keyFor('operator'), await keyFor('auditor'), await keyFor('agency')])
      t.equal((await call(key, 'GET', path)).status, 404)
    t.equal((await call(agency.key, 'GET', '/v1/receipts/rcp_00000000000000000000000000')).status, 404)
    const all = await call(agency.key, 'GET', `/v1/bids/${draft.body.id}/receipts`)
    t.same(
      all.body.items.map(({ number }: { number: number }) => number),
      [1, 2],
    )
  })

  t.test('only the last version is opened; a withdrawn bid never is', async (t) => {
    const other = await newAgency('青禾社会工作服务中心')
    const withdrawn = await draftBid(other, roundId, need)
    await submit(other, withdrawn.body.id, 1)
    const gone = await call(other.key, 'POST', `/v1/bids/${withdrawn.body.id}/withdrawal`, undefined, { ifMatch: 2 })
    t.equal(gone.status, 200)
    const receipts = await call(other.key, 'GET', `/v1/bids/${withdrawn.body.id}/receipts`)
    t.same(
      receipts.body.items.map(({ kind }: { kind: string }) => kind),
      ['submission', 'withdrawal'],
    )
    const record = await open(roundId)
    t.match(record.body, {
      state: 'done',
      bids: [{ bidId: draft.body.id, number: 2, commitment: second.receipt.commitment, outcome: 'opened' }],
    })
    t.equal(record.body.bids.length, 1)
    t.equal((await call(hostKey, 'GET', `/v1/bids/${withdrawn.body.id}`)).status, 404)
    const { rows } = await app.database.pool.query(
      'select count(*)::int as readable from bid_version where content is not null',
    )
    t.equal(rows[0].readable, 1)
    t.same((await call(null, 'GET', `/v1/rounds/${roundId}/opening`)).body, record.body, 'the record is public')
  })
})

t.test('before the opening a canary in every bid is found nowhere', async (t) => {
  const lines: string[] = []
  const log = openLog({ logLevel: 'trace' } as never, { write: (line) => void lines.push(line) })
  const app = await testApp(t, { log })
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const canary = `canary${randomBytes(12).toString('hex')}`
  const agency = await newAgency('暖汀社会工作服务中心')
  const draft = await draftBid(agency, roundId, need)
  const pdf = Buffer.from(`%PDF-1.7\n1 0 obj\n(${canary})\nendobj\ntrailer\n%%EOF\n`)
  const documentId = await uploadedFile(app, agency, draft.body.id, `${canary}.pdf`, pdf)
  const content = {
    ...CONTENT,
    narrative: `我们的计划 ${canary}`,
    otherFunding: [{ funder: canary, amount: money('1.00') }],
    attachments: [...CONTENT.attachments, { kind: 'plan', documentId }],
  }
  expecting(201, await submit(agency, draft.body.id, 1, content))
  // Refusals quote what was sent; a kept one would lie in clear.
  await submit(agency, draft.body.id, 2, { ...content, grant: money('79000.00'), attachments: [{ kind: canary }] })

  const forms = [
    Buffer.from(canary, 'utf8'),
    Buffer.from(canary, 'utf16le'),
    Buffer.from(Buffer.from(canary).toString('hex')),
    ...[0, 1, 2].map((offset) =>
      // Base64 of the canary behind 0, 1 or 2 other bytes: whatever stands before it, one of the three is inside.
      Buffer.from(
        Buffer.from(`${'x'.repeat(offset)}${canary}`)
          .toString('base64')
          .slice(4, -4),
      ),
    ),
  ]
  const foundIn = (bytes: Buffer) => forms.some((form) => bytes.includes(form))
  t.ok(foundIn(Buffer.from(`..${canary}..`)) && foundIn(Buffer.from(Buffer.from(`ab${canary}`).toString('base64'))))

  t.test('not in any column of any table', async (t) => {
    const { rows: tables } = await app.database.pool.query(
      `select table_schema || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    t.ok(tables.length > 40)
    for (const { name } of tables) {
      const { rows } = await app.database.pool.query(`select row_to_json(line)::text as text from ${name} line`)
      // bytea columns come as \x hex: both what was stored and its hex form are looked for.
      for (const { text } of rows)
        t.notOk(foundIn(Buffer.from(text)) || foundIn(Buffer.from(text.replaceAll('\\\\x', ''), 'hex')), name)
    }
  })

  t.test('not in any file of the service or of the database', async (t) => {
    const { rows } = await app.database.pool.query('show data_directory')
    await app.database.pool.query('checkpoint')
    let files = 0
    for (const directory of [app.config.dataDirectory, rows[0].data_directory]) {
      for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue
        files += 1
        if (foundIn(bytesOf(path.join(file.parentPath, file.name)))) t.fail(`${file.name} holds the canary`)
      }
    }
    t.ok(files > 100, `${files} files were read`)
  })

  t.test('not in the log, however much is logged', async (t) => {
    t.ok(lines.length > 0, `${lines.length} lines`)
    t.notOk(foundIn(Buffer.from(lines.join('\n'))))
  })
})

t.test('answers are the same with 0, 1 and 50 bids', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor } = app
  const county = await biddingCounty(app)
  const { biddingRound, draftBid, hostKey, newAgency, submit } = county
  const { bidders, needs } = await fiftyBidders(county)
  const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: 2 } })
  const bystander = await newAgency('旁观社')
  const keys = [null, hostKey, bystander.key]
  for (const role of ['operator', 'finance', 'auditor', 'town', 'evaluator'] as const) keys.push(await keyFor(role))
  const paths = [
    `/v1/rounds/${roundId}`,
    `/v1/rounds/${roundId}/opening`,
    `/v1/rounds/${roundId}/pools`,
    `/v1/rounds/${roundId}/sealing-key`,
    `/v1/rounds/${roundId}/key-shares`,
    '/v1/rounds',
    '/v1/bids',
    `/v1/bids?roundId=${roundId}`,
    '/v1/changes?limit=200',
    '/v1/audit-chain',
    '/v1/checkpoints',
    '/v1/checkpoints/latest',
    '/v1/deadlines',
    '/v1/documents',
    '/v1/needs',
    '/v1/projects?limit=200',
    '/health',
    '/health/ready',
    '/metrics',
  ]
  const seen = async () => {
    await sealed(app)
    const answers: unknown[] = []
    for (const key of keys)
      for (const url of paths) {
        const { status, body, headers } = await call(key, 'GET', url)
        const { requestId: _, ...rest } = typeof body === 'object' && body !== null ? body : { text: body }
        answers.push({ url, status, rest, etag: headers['etag'], length: headers['content-length'] })
      }
    return answers
  }
  const none = await seen()
  let submitted = 0
  for (const count of [1, 50]) {
    for (; submitted < count; submitted += 1) {
      const { agency, need, projectId } = bidders[submitted] as (typeof bidders)[number]
      const draft = await draftBid(agency, roundId, need, {}, projectId)
      expecting(201, await submit(agency, draft.body.id, 1))
    }
    t.same(await seen(), none, `${count} bids`)
  }
  t.equal(await asSystem(async (work) => (await work.sql.execute('select 1 from bid')).rowCount), 50)
})

/** Numbers all events that may be numbered, as the sealer of the background does. */
async function sealed(app: TestApp): Promise<void> {
  await sealAll(app.database)
}

/** A file of a bid, announced and uploaded. */
async function uploadedFile(app: TestApp, agency: Agency, bidId: string, fileName: string, bytes: Buffer) {
  const announced = await app.call(agency.key, 'POST', `/v1/bids/${bidId}/documents`, {
    fileName,
    mediaType: 'application/pdf',
    byteSize: bytes.length,
    sha256: hash('sha256', bytes, 'hex'),
  })
  const { id } = expecting(201, announced).body
  const uploaded = await app.app.inject({
    method: 'PUT',
    url: `/v1/documents/${id}/content`,
    headers: {
      authorization: `Bearer ${agency.key}`,
      'content-type': 'application/octet-stream',
      'idempotency-key': `upload-${id}`,
    },
    payload: bytes,
  })
  if (uploaded.statusCode !== 200) throw new Error(uploaded.body)
  return id as string
}

/** Other tests drop their databases meanwhile: a file that is gone holds nothing. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
