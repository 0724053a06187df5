import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { readHead } from '../../../src/platform/events/rows.ts'
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

interface Outcome {
  readonly status: number | string | null | undefined
  readonly output: string
}

function auditVerify(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, ...args],
      { env: { ...process.env, DATABASE_URL: database.url, DATA_DIRECTORY: directory, ...env } },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

t.test('a whole chain ends the command with 0 and shows the head to note down', async (t) => {
  t.same(await auditVerify([]), { status: 0, output: `The chain is whole: 5 events.\nHead: 5:${hash}\n` })
  const { status, output } = await auditVerify(['--from', '3', '--head', `5:${hash}`, '--json'])
  t.equal(status, 0)
  t.match(JSON.parse(output), { events: 3, verified: true, firstBroken: null, headHash: hash })
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
  t.match(await auditVerify(['--head', '5']), { status: 2, output: /is no head/ })
})
