import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { MODULES } from '../../src/modules.ts'
import type { Sql } from '../../src/platform/database/database.ts'
import { makeCheckpoint } from '../../src/platform/events/checkpoints.ts'
import { uuidOf } from '../../src/platform/ids.ts'
import { newSigningKey } from '../../src/platform/signing.ts'
import { biddingCounty, CONTENT } from '../modules/bids/fixtures.ts'
import { announced, PDF, put } from '../modules/documents/arrange.ts'
import { expecting } from '../modules/rounds/fixtures.ts'
import { sealAll } from '../platform/events/events.ts'
import { testApp } from '../support/app.ts'

const SIGNING_KEY = newSigningKey()
const app = await testApp(t, { env: { SIGNING_KEY } })
const { call, database, deps } = app
const county = await biddingCounty(app)
const need = await county.newNeed()
const roundId = await county.biddingRound([need])
const agency = await county.newAgency('机构一')
const draft = await county.draftBid(agency, roundId, need)
const A = draft.body.id as string
const file = expecting(201, await call(agency.key, 'POST', `/v1/bids/${A}/documents`, announced(PDF))).body.id as string
expecting(200, await put(app, agency.key, file, PDF, 'application/octet-stream'))
const withFile = { ...CONTENT, attachments: [...CONTENT.attachments, { kind: 'plan', documentId: file }] }
expecting(201, await county.submit(agency, A, 1, withFile))
expecting(201, await county.submit(agency, A, 2, withFile))
const submitted = async (name: string) => {
  const other = await county.newAgency(name)
  return { agency: other, id: (await county.submittedBid(other, roundId, need)).body.id as string }
}
const [b, c] = [await submitted('机构二'), await submitted('机构三')]
expecting(200, await call(c.agency.key, 'POST', `/v1/bids/${c.id}/withdrawal`, undefined, { ifMatch: 2 }))
const drafted = await county.newAgency('机构四')
await county.draftBid(drafted, roundId, need)
const amendment = { reason: '放宽', policy: { requiredAttachments: ['plan'] }, confirmation: 'required' }
const ifMatch = await county.versionOf(`/v1/rounds/${roundId}`, county.hostKey)
expecting(201, await call(county.hostKey, 'POST', `/v1/rounds/${roundId}/amendments`, amendment, { ifMatch }))
const confirm = (key: string, id: string, version: number) =>
  call(key, 'POST', `/v1/bids/${id}/confirmation`, undefined, { ifMatch: version })
expecting(200, await confirm(b.agency.key, b.id, 2))
expecting(201, await county.submit(agency, A, 3, withFile))
const plain = expecting(201, await call(agency.key, 'POST', '/v1/documents', announced(PDF))).body.id as string
expecting(200, await put(app, agency.key, plain, PDF))

const B = b.id
const idOf = async (bidId: string, number: number, kind?: string) => {
  const { items } = (await call(bidId === A ? agency.key : c.agency.key, 'GET', `/v1/bids/${bidId}/receipts`)).body
  return items.find(
    (item: Record<string, unknown>) => item['number'] === number && item['kind'] === (kind ?? 'submission'),
  ).id as string
}

/** What every module finds, as `what id code`. */
async function flawsIn(sql: Sql): Promise<string[]> {
  const found: string[] = []
  for (const { verify } of MODULES)
    for await (const { what, id, code } of verify?.({ database: { sql }, signer: deps.signer, files: deps.files }) ??
      [])
      found.push(`${what} ${id} ${code}`)
  return found
}

class Undone extends Error {}

/** What is found after a change behind the service's back, which is undone then. */
async function flawsAfter(...changes: ReturnType<typeof statement>[]): Promise<string[]> {
  let flaws: string[] = []
  await database
    .transaction(async (sql) => {
      await sql.execute(statement`set local session_replication_role = 'replica'`)
      for (const change of changes)
        if ((await sql.execute(change)).rowCount === 0) throw new Error('nothing was tampered with')
      flaws = await flawsIn(sql)
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return flaws
}

const bidRow = (id: string, change: ReturnType<typeof statement>) =>
  statement`update bid set ${change} where id = ${uuidOf(id, 'bid')}`
const version = (number: number, change: ReturnType<typeof statement>) =>
  statement`update bid_version set ${change} where bid_id = ${uuidOf(A, 'bid')} and number = ${number}`

t.test('as the service has left it everything is whole', async (t) => {
  t.same(await flawsIn(database.sql), [])
})

t.test('whatever is changed of a sealed bid is found and named', async (t) => {
  const [one, two, three] = [1, 2, 3].map((number) => `bid_version ${A}/${number}`) as [string, string, string]
  const receipts = (await Promise.all([1, 2, 3].map((number) => idOf(A, number)))).map((id) => `receipt ${id}`) as [
    string,
    string,
    string,
  ]
  const withdrawal = `receipt ${await idOf(c.id, 1, 'withdrawal')}`
  const [r3, w1] = [await idOf(A, 3), await idOf(c.id, 1, 'withdrawal')].map((id) => uuidOf(id, 'rcp'))
  const change = (text: string) => statement.raw(text)
  const other = '0'.repeat(64)
  const cases: Record<string, [ReturnType<typeof statement>[], string[]]> = {
    'one byte of a ciphertext': [
      [version(3, change('sealed = set_byte(sealed, 200, get_byte(sealed, 200) # 1)'))],
      [`${three} ciphertext_changed`],
    ],
    'one byte of an earlier ciphertext': [
      [version(1, change('sealed = set_byte(sealed, 200, get_byte(sealed, 200) # 1)'))],
      [`${one} ciphertext_changed`],
    ],
    'a manifest': [
      [version(3, change(`manifest = jsonb_set(manifest, '{salt}', '"another"')`))],
      [`${three} manifest_changed`, `${three} salt_differs`],
    ],
    'the salt beside it': [
      [version(2, change(`salt = set_byte(salt, 0, get_byte(salt, 0) # 1)`))],
      [`${two} salt_differs`],
    ],
    'a commitment': [
      [version(2, statement`commitment = ${other}`)],
      [
        `${two} event_differs`,
        `${two} manifest_changed`,
        `${three} previous_commitment_differs`,
        `${receipts[1]} commitment_differs`,
      ],
    ],
    'the time of a submission': [
      [version(3, change(`submitted_at = submitted_at - interval '1 hour'`))],
      [`${three} submitted_at_differs`],
    ],
    'the time by which ties are broken': [
      [bidRow(A, change(`submitted_at = submitted_at - interval '1 hour'`))],
      [`bid ${A} submitted_at_differs`],
    ],
    'a lowered version': [[bidRow(A, change('current_version = 2'))], [`bid ${A} current_version_differs`]],
    'the last version deleted': [
      [statement`delete from bid_version where bid_id = ${uuidOf(A, 'bid')} and number = 3`],
      [`${three} missing`, `${receipts[2]} version_missing`],
    ],
    'the last version deleted, and lowered': [
      [
        statement`delete from bid_version where bid_id = ${uuidOf(A, 'bid')} and number = 3`,
        bidRow(A, change('current_version = 2')),
      ],
      [`bid ${A} current_version_differs`, `${three} missing`, `${receipts[2]} version_missing`],
    ],
    'the last version deleted with its receipt, and lowered': [
      [
        statement`delete from bid_version where bid_id = ${uuidOf(A, 'bid')} and number = 3`,
        statement`delete from receipt where id = ${r3}`,
        bidRow(A, change('current_version = 2')),
      ],
      [`bid ${A} current_version_differs`, `${three} missing`],
    ],
    'a receipt deleted': [[statement`delete from receipt where id = ${r3}`], [`${three} receipt_missing`]],
    'a receipt with another signature': [
      [statement`update receipt set jws = overlay(jws placing 'AAAA' from 300) where id = ${r3}`],
      [`${receipts[2]} signature_invalid`],
    ],
    'the row of a receipt': [
      [statement`update receipt set received_at = received_at - interval '1 hour' where id = ${w1}`],
      [`${withdrawal} row_differs`],
    ],
    'the commitment in the row of a receipt': [
      [statement`update receipt set commitment = ${other} where id = ${r3}`],
      [`${receipts[2]} row_differs`],
    ],
    'a withheld event deleted': [
      [statement`delete from event where subject = ${A} and type = 'bid.replaced' and data ->> 'number' = '3'`],
      [
        `${three} event_missing`,
        `${receipts[2]} event_missing`,
        // Nothing tells any more that the amended policy was seen.
        `bid ${A} confirmed_policy_version_differs`,
      ],
    ],
    'the number in a withheld event': [
      [
        statement`update event set data = jsonb_set(data, '{commitment}', to_jsonb(${other}::text))
          where subject = ${A} and data ->> 'number' = '3'`,
      ],
      [`${three} event_differs`, `${receipts[2]} event_differs`],
    ],
    'a confirmation taken away': [
      [bidRow(B, change('confirmed_policy_version = 1'))],
      [`bid ${B} confirmed_policy_version_differs`],
    ],
    'the policy version of a submission': [
      [bidRow(A, change('confirmed_policy_version = 1'))],
      [`bid ${A} confirmed_policy_version_differs`],
    ],
    'a bid withdrawn by nobody': [[bidRow(A, change(`state = 'withdrawn'`))], [`bid ${A} state_differs`]],
    'a withdrawal undone': [[bidRow(c.id, change(`state = 'submitted'`))], [`bid ${c.id} state_differs`]],
    'a bid moved to another agency': [
      [bidRow(c.id, statement`organization_id = ${uuidOf(agency.organizationId, 'org')}`)],
      [
        `bid_version ${c.id}/1 manifest_of_another_bid`,
        `receipt ${await idOf(c.id, 1)} bid_differs`,
        `${withdrawal} bid_differs`,
      ],
    ],
    'an outcome that no opening found': [
      [bidRow(B, change(`opening_outcome = 'failed_bidder', opening_version = 1, opening_reason = 'undecryptable'`))],
      [`bid ${B} state_differs`, `bid ${B} opening_differs`],
    ],
    'a bid deleted, its version and receipts left': [
      [statement`delete from bid where id = ${uuidOf(c.id, 'bid')}`],
      [
        `bid_version ${c.id}/1 bid_missing`,
        `receipt ${await idOf(c.id, 1)} bid_missing`,
        `${withdrawal} bid_missing`,
        `bid ${c.id} missing`,
      ],
    ],
    'the hash of a sealed file': [
      [statement`update document set ciphertext_sha256 = ${other} where id = ${uuidOf(file, 'doc')}`],
      [
        `document ${file} ciphertext_hash_differs`,
        `document ${file} sealed_file_changed`,
        ...[1, 2, 3].map((number) => `bid_version ${A}/${number}/${file} file_differs`),
      ],
    ],
    'the hash of a stored file': [
      [statement`update document set sha256 = ${other} where id = ${uuidOf(plain, 'doc')}`],
      [`document ${plain} hash_differs`, `document ${plain} file_changed`],
    ],
    'the state of a document': [
      [
        statement`update document set state = 'pending', stored_as = null, scan = null where id = ${uuidOf(plain, 'doc')}`,
      ],
      [`document ${plain} state_differs`],
    ],
    'a document deleted': [
      [statement`delete from document where id = ${uuidOf(file, 'doc')}`],
      [`document ${file} missing`, ...[1, 2, 3].map((number) => `bid_version ${A}/${number}/${file} file_missing`)],
    ],
  }
  for (const [name, [changes, expected]] of Object.entries(cases))
    t.same((await flawsAfter(...changes)).toSorted(), expected.toSorted(), name)
})

t.test('a file that is changed or gone is found and named', async (t) => {
  const { rows } = await database.sql.execute<{ sealedAs: string; storedAs: string }>(statement`
    select (select sealed_as from document where id = ${uuidOf(file, 'doc')}) as "sealedAs",
      (select stored_as from document where id = ${uuidOf(plain, 'doc')}) as "storedAs"`)
  const names = rows[0] as { sealedAs: string; storedAs: string }
  for (const [name, document, what] of [
    [names.sealedAs, file, 'sealed_file'],
    [names.storedAs, plain, 'file'],
  ] as const) {
    const place = path.join(app.config.dataDirectory, 'files', name.slice(-2), name)
    const bytes = await readFile(place)
    await writeFile(place, bytes.with(10, (bytes[10] ?? 0) ^ 1))
    t.same(await flawsIn(database.sql), [`document ${document} ${what}_changed`])
    await rm(place)
    t.same(await flawsIn(database.sql), [`document ${document} ${what}_missing`])
    await writeFile(place, bytes)
  }
  t.same(await flawsIn(database.sql), [])
})

t.test('after the opening everything is whole as well, and an outcome that is changed is found', async (t) => {
  await county.open(roundId)
  t.same(await flawsIn(database.sql), [])
  t.same(await flawsAfter(bidRow(A, statement`opening_version = 1`)), [`bid ${A} opening_differs`])
  const kind = 'plan'
  const manualFindings = [{ code: 'scan_unreadable', detail: kind, isCurable: true, attachment: kind }]
  await county.formalCheck(A, { manualFindings })
  const correction = { attachments: [{ kind, documentId: plain }], statement: '已补' }
  const version = await county.versionOf(`/v1/bids/${A}`, agency.key)
  expecting(200, await call(agency.key, 'POST', `/v1/bids/${A}/correction`, correction, { ifMatch: version }))
  t.same(await flawsIn(database.sql), [], 'a correction has neither seal nor receipt, but its commitment')
  const changed = statement`update bid_version set content = jsonb_set(content, '{statement}', '"x"')
    where bid_id = ${uuidOf(A, 'bid')} and number = 4`
  t.same(await flawsAfter(changed), [`bid_version ${A}/4 content_changed`])
})

t.test('the command prints one line for each flaw and ends with 1', async (t) => {
  await sealAll(database)
  await makeCheckpoint(database, deps.signer)
  const run = (...args: string[]) =>
    new Promise<{ status: unknown; output: string }>((resolve) => {
      const env = { ...process.env, DATABASE_URL: database.url, DATA_DIRECTORY: app.config.dataDirectory, SIGNING_KEY }
      const command = path.join(import.meta.dirname, '../../src/bin/audit-verify.ts')
      execFile(process.execPath, [command, ...args], { env }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
      )
    })
  t.match(await run(), { status: 0, output: /no flaw in \d+ documents, 3 files, 4 bids, 6 versions, 6 receipts\./ })
  await database.transaction(async (sql) => {
    await sql.execute(statement`set local session_replication_role = 'replica'`)
    await sql.execute(version(1, statement`sealed = set_byte(sealed, 200, get_byte(sealed, 200) # 1)`))
  })
  const { status, output } = await run()
  t.equal(status, 1)
  t.match(
    output,
    /^The chain is whole: [\s\S]*\nFLAW bid_version bid_\w+\/1 ciphertext_changed\nOutside the chain: 1 FLAW in /,
  )
  const json = await run('--json', '--no-files')
  t.equal(json.status, 1)
  t.match(JSON.parse(json.output), {
    verified: false,
    firstBroken: null,
    outside: {
      count: 1,
      verified: { files: 0 },
      flaws: [{ what: 'bid_version', id: `${A}/1`, code: 'ciphertext_changed' }],
    },
  })
})
