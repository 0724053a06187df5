import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { DEFAULT_POLICY } from '../../src/modules/rounds/defaultPolicy.ts'
import { LANGUAGE } from '../../src/modules/rounds/languageDocument.ts'
import { RoundPolicySchema } from '../../src/modules/rounds/policyDocument.ts'
import { MIGRATIONS_DIRECTORY, migrate, readMigrations } from '../../src/platform/database/migrate.ts'
import { emptyDatabase } from '../support/database.ts'

/** The words that the policies of published rounds did not know before 0015. */
const NEW_WORDS = [...Object.keys(LANGUAGE), 'sealing', 'blindReview', 'sheetTotal', 'statutory']
const HOST = '00000000-0000-7000-8000-000000000001'
const ROUND = '00000000-0000-7000-8000-000000000002'

t.test('the frozen policy of an earlier round learns the new words, and no number of it changes', async (t) => {
  const database = await emptyDatabase(t)
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-migrations-'))
  t.teardown(() => rm(directory, { recursive: true }))
  for (const { name, number } of await readMigrations(MIGRATIONS_DIRECTORY)) {
    if (number > 9) continue
    await cp(path.join(MIGRATIONS_DIRECTORY, `${name}.sql`), path.join(directory, `${name}.sql`))
  }
  await migrate(database.pool, { directory })
  const old: Record<string, unknown> = { ...DEFAULT_POLICY, passLine: '71' }
  for (const word of NEW_WORDS) delete old[word]
  await database.pool.query(
    `insert into organization (id, name, type, credit_code) values ($1, '云汀县民政局', 'government', '11990421MB99001A3W')`,
    [HOST],
  )
  await database.pool.query(
    `insert into round (id, code, title, host_id, procurement_mode, policy, opens_at, closes_at, cycle_starts_on,
       cycle_ends_on, state, published_at, formal_check_due)
     values ($1, 'YT-2025', '上一届', $2, 'grant', $3, '2025-03-27', '2025-04-16', '2025-06-01', '2025-11-30',
       'published', '2025-03-26', '{}')`,
    [ROUND, HOST, JSON.stringify(old)],
  )
  await migrate(database.pool, { directory: MIGRATIONS_DIRECTORY })
  const { rows } = await database.pool.query<{ policy: Record<string, unknown> }>(
    'select policy from round union all select policy from round_policy_version',
  )
  t.equal(rows.length, 2, 'the round and the history of its policy')
  for (const { policy } of rows) {
    t.same(Object.keys(policy).sort(), [...RoundPolicySchema.required].sort())
    t.same({ ...policy, ...old }, policy, 'what was said stays as it was')
    for (const word of Object.keys(LANGUAGE)) t.same(policy[word], DEFAULT_POLICY[word as keyof typeof LANGUAGE], word)
  }
  await t.rejects(
    database.pool.query(`update round set policy = '{}'`),
    { code: '23514' },
    'and the policy is as frozen as before',
  )
})
