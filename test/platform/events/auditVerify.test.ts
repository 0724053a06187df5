import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { payloadOf } from '../../../src/platform/events/checkpointClaim.ts'
import { makeCheckpoint } from '../../../src/platform/events/checkpoints.ts'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { readHead } from '../../../src/platform/events/rows.ts'
import { createSigner, newSigningKey, readSigningKeys } from '../../../src/platform/signing.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const COMMAND = path.join(import.meta.dirname, '../../../src/bin/audit-verify.ts')
const database = await testDatabase(t)
const directory = await mkdtemp(path.join(tmpdir(), 'sandan-audit-'))
t.teardown(() => rm(directory, { recursive: true }))
for (let n = 1; n <= 5; n++) await insertEvent(database.sql, event({ n }))
await sealAll(database)
const head = await readHead(database.sql)
const hash = head.hash.toString('hex')
const signingKey = newSigningKey()
const signer = createSigner(readSigningKeys(signingKey, undefined))
const checkpoint = await makeCheckpoint(database, signer)
if (checkpoint === undefined) throw new Error('the first checkpoint is made at once')
const inDirectory = (name: string) => path.join(directory, name)
const { jws } = checkpoint
await writeFile(inDirectory('latest.json'), JSON.stringify({ ...payloadOf(checkpoint), jws }, null, 2))
await writeFile(inDirectory('checkpoints.jsonl'), `${JSON.stringify({ jws })}\n${JSON.stringify({ jws })}\n{"si`)
await writeFile(inDirectory('jwks.json'), JSON.stringify(signer.jwks()))

interface Outcome {
  readonly status: number | string | null | undefined
  readonly output: string
}

function auditVerify(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = directory): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, ...args],
      {
        cwd,
        env: { ...process.env, DATABASE_URL: database.url, DATA_DIRECTORY: directory, SIGNING_KEY: signingKey, ...env },
      },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

t.test('a whole chain ends the command with 0 and shows the head to note down', async (t) => {
  t.same(await auditVerify([]), {
    status: 0,
    output: `The chain is whole: 5 events.\n1 checkpoint agrees with it.\nHead: 5:${hash}\nOutside the chain: no flaw in 0 documents, 0 files, 0 bids, 0 versions, 0 receipts.\n`,
  })
  const { status, output } = await auditVerify(['--from', '3', '--head', `5:${hash}`, '--json'])
  t.equal(status, 0)
  t.match(JSON.parse(output), { events: 3, verified: true, firstBroken: null, headHash: hash })
})

t.test('checkpoints that were kept outside are compared, with the keys of the service or a saved copy', async (t) => {
  t.match(await auditVerify(['--checkpoint', inDirectory('latest.json')]), { status: 0, output: /2 checkpoints agree/ })
  const keys = ['--keys', inDirectory('jwks.json')]
  const stranger = { SIGNING_KEY: newSigningKey() }
  t.match(await auditVerify(['--checkpoint', inDirectory('checkpoints.jsonl'), ...keys], stranger), {
    status: 0,
    output: /3 checkpoints agree/,
  })
  t.match(await auditVerify(['--checkpoint', inDirectory('latest.json')], stranger), {
    status: 2,
    output: /none of the known keys has signed/,
  })
  t.match(await auditVerify([], stranger), { status: 1, output: /BROKEN at event 5: .* no valid signature/ })
  t.match(await auditVerify(['--checkpoint', inDirectory('jwks.json')]), { status: 2, output: /no checkpoint in it/ })
})

t.test('a kept checkpoint whose readable part is not what was signed is no evidence', async (t) => {
  const told = payloadOf(checkpoint)
  const altered = { root: 'f'.repeat(64), hash: '0'.repeat(64), size: '4', at: '2026-01-01T00:00:00.000Z' }
  const line = (readable: object) => JSON.stringify({ ...told, ...readable, jws })
  for (const [name, value] of Object.entries(altered)) {
    await writeFile(inDirectory('altered.jsonl'), `${line({ [name]: value })}\n${line({})}\n`)
    t.match(await auditVerify(['--checkpoint', inDirectory('altered.jsonl')]), {
      status: 2,
      output: new RegExp(
        `altered\\.jsonl was altered: beside the signature .* over 5 events another ${name} can be read`,
      ),
    })
  }
})

t.test('a tail that was cut with everything derived from it ends the command with 1', async (t) => {
  const restored = await testDatabase(t)
  for (let n = 1; n <= 3; n++) await insertEvent(restored.sql, event({ n }))
  await sealAll(restored)
  const env = { DATABASE_URL: restored.url }
  t.match(await auditVerify([], env), { status: 0 })
  t.match(await auditVerify(['--checkpoint', inDirectory('latest.json')], env), {
    status: 1,
    output: /BROKEN at event 4: .* held outside covers 5: its tail is cut off/,
  })
})

t.test('a broken chain ends the command with 1 and names the first bad event', async (t) => {
  t.match(await auditVerify(['--head', `5:${'0'.repeat(64)}`]), {
    status: 1,
    output: /BROKEN at event 5: the noted hash/,
  })
  await database.transaction(async (sql) => {
    await sql.execute(statement`alter table event disable trigger user`)
    await sql.execute(statement`update event set actor = 'somebody' where seq = 4`)
    await sql.execute(statement`alter table event enable trigger user`)
  })
  t.match(await auditVerify([]), { status: 1, output: /BROKEN at event 4: .* it was changed\.\n3 events before it/ })
})

t.test('what cannot be verified ends the command with 2', async (t) => {
  const unreachable = new URL(database.url)
  unreachable.pathname = '/no_such_database'
  t.match(await auditVerify([], { DATABASE_URL: unreachable.href }), { status: 2, output: /could not be verified/ })
  t.match(await auditVerify([], { DATABASE_URL: '' }), { status: 2, output: /There is no database/ })
  const missing = inDirectory('nowhere')
  t.match(await auditVerify([], { DATA_DIRECTORY: missing, DATABASE_URL: '' }), {
    status: 2,
    output: /There is no .*nowhere/,
  })
  t.notOk(existsSync(missing), 'and it makes nothing')
  t.match(await auditVerify([], { DATA_DIRECTORY: missing }), { status: 2, output: /There is no .*nowhere/ })
  t.notOk(existsSync(missing), 'and it makes nothing')
  const elsewhere = await mkdtemp(path.join(tmpdir(), 'sandan-audit-'))
  t.teardown(() => rm(elsewhere, { recursive: true }))
  const unset = { DATA_DIRECTORY: undefined, SIGNING_KEY: undefined }
  t.match(await auditVerify([], unset, elsewhere), { status: 2, output: /There is no .*\.sandan/ })
  const keyless = { DATA_DIRECTORY: elsewhere, SIGNING_KEY: undefined }
  t.match(await auditVerify([], keyless), { status: 2, output: /There is no key/ })
  t.same(await readdir(elsewhere), [], 'neither a directory nor a secret nor a key')
  t.match(await auditVerify(['--keys', inDirectory('jwks.json')], keyless), { status: 1, output: /BROKEN at event 4/ })
  t.same(await readdir(elsewhere), [])
  t.match(await auditVerify(['--head', '5']), { status: 2, output: /is no head/ })
  t.match(await auditVerify(['--heads', '5']), { status: 2, output: /--heads/ })
})
