import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { sqlState } from '../../../src/platform/database/database.ts'
import { testDatabase } from '../../support/database.ts'

const { pool } = await testDatabase(t)
const INSUFFICIENT_PRIVILEGE = '42501'
const CHECK_VIOLATION = '23514'

async function recordEvent(): Promise<string> {
  const id = randomUUID()
  await pool.query(
    `insert into event (id, at, type, subject, actor, data) values ($1, now(), 'round.published', 'round_1', 'system', '{}')`,
    [id],
  )
  return id
}

function seal(id: string, seq: number): Promise<unknown> {
  return pool.query('update event set seq = $2, previous_hash = $3, hash = $4 where id = $1', [
    id,
    seq,
    randomBytes(32),
    randomBytes(32),
  ])
}

async function stateOf(attempt: Promise<unknown>): Promise<string | undefined> {
  return sqlState(
    await attempt.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
}

t.test('an event is sealed once and never again', async (t) => {
  const id = await recordEvent()
  await seal(id, 1)
  t.equal(await stateOf(seal(id, 2)), INSUFFICIENT_PRIVILEGE)
  const { rows } = await pool.query('select seq from event where id = $1', [id])
  t.same(rows, [{ seq: '1' }])
})

t.test('nothing of an event changes but its seal', async (t) => {
  const id = await recordEvent()
  for (const change of [
    `data = '{"amount": 1}'`,
    `actor = 'somebody'`,
    `at = now() + interval '1 day'`,
    'host_id = id',
  ]) {
    t.equal(await stateOf(pool.query(`update event set ${change} where id = $1`, [id])), INSUFFICIENT_PRIVILEGE, change)
  }
})

t.test('a seal is whole or absent', async (t) => {
  const id = await recordEvent()
  t.equal(await stateOf(pool.query('update event set seq = 99 where id = $1', [id])), CHECK_VIOLATION)
})

t.test('not even the owner of the table removes events', async (t) => {
  await recordEvent()
  t.equal(await stateOf(pool.query('delete from event')), INSUFFICIENT_PRIVILEGE)
  t.equal(await stateOf(pool.query('truncate event')), INSUFFICIENT_PRIVILEGE)
})

t.test('two events never share a place in the feed', async (t) => {
  const [first, second] = [await recordEvent(), await recordEvent()]
  await seal(first, 7)
  t.equal(await stateOf(seal(second, 7)), '23505')
})
