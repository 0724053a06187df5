import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import t from 'tap'
import { fen, instant, legalDate, typeId } from '../../../src/platform/database/columns.ts'
import { brokenConstraint, openDatabase, sqlState } from '../../../src/platform/database/database.ts'
import { newId, uuidOf } from '../../../src/platform/ids.ts'
import { testDatabase } from '../../support/database.ts'

const database = await testDatabase(t)
await database.pool.query(`
  create table purse (
    id uuid primary key, owner text not null constraint one_purse_each unique,
    balance_fen bigint not null, filled_at timestamptz(3) not null, opened_on date not null
  )`)
const purses = pgTable('purse', {
  id: typeId('id', 'purse').primaryKey(),
  owner: text('owner').notNull(),
  balanceFen: fen('balance_fen').notNull(),
  filledAt: instant('filled_at').notNull(),
  openedOn: legalDate('opened_on').notNull(),
})
const purse = (owner: string, balanceFen = 0n) => ({
  id: newId('purse'),
  owner,
  balanceFen,
  filledAt: new Date('2026-03-01T15:59:59.999Z'),
  openedOn: '2026-03-02',
})

t.test('what a column stores comes back as the same value', async (t) => {
  const written = purse('round trip', 9_007_199_254_740_993n)
  await database.sql.insert(purses).values(written)
  const [read] = await database.sql
    .select()
    .from(purses)
    .where(sql`${purses.id} = ${sql.param(written.id, purses.id)}`)
  t.same(read, written)
  t.type(read?.balanceFen, 'bigint')
})

t.test('an identifier is stored as the UUID inside it', async (t) => {
  const written = purse('uuid')
  await database.sql.insert(purses).values(written)
  const { rows } = await database.pool.query(`select id, opened_on from purse where owner = 'uuid'`)
  t.same(rows, [{ id: uuidOf(written.id, 'purse'), opened_on: '2026-03-02' }])
})

t.test('an identifier of another kind is refused before it reaches the database', async (t) => {
  await t.rejects(database.sql.insert(purses).values({ ...purse('stranger'), id: newId('need') }), TypeError)
})

t.test('every connection works in UTC and has its time limits', async (t) => {
  const { rows } = await database.pool.query(`
    select current_setting('timezone') as zone, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`)
  t.same(rows, [{ zone: 'UTC', statement: '5s', idle: '5s' }])
})

t.test('a transaction that fails leaves nothing behind and throws the error of the work', async (t) => {
  const refusal = new Error('refused')
  await t.rejects(
    database.transaction(async (tx) => {
      await tx.insert(purses).values(purse('nobody'))
      throw refusal
    }),
    refusal,
  )
  t.equal(await database.sql.$count(purses, sql`owner = 'nobody'`), 0)
})

t.test('a broken uniqueness is told by its SQLSTATE and by the name of the constraint', async (t) => {
  await database.sql.insert(purses).values(purse('twice'))
  const failure = await database.sql
    .insert(purses)
    .values(purse('twice'))
    .then(undefined, (error: unknown) => error)
  t.equal(sqlState(failure), '23505')
  t.equal(brokenConstraint(failure), 'one_purse_each')
  t.equal(sqlState(new Error('something else')), undefined)
})

t.test('a transaction inside a transaction can fail alone', async (t) => {
  await database.transaction(async (tx) => {
    await tx.insert(purses).values(purse('outer'))
    const inner = tx.transaction(async (nested) => {
      await nested.insert(purses).values(purse('outer'))
    })
    await t.rejects(inner)
  })
  t.equal(await database.sql.$count(purses, sql`owner = 'outer'`), 1)
})

t.test('of two transactions that lock each other out both succeed, one of them at its second attempt', async (t) => {
  await database.sql.insert(purses).values([purse('left'), purse('right')])
  const attempts = { first: 0, second: 0 }
  const { promise: bothHold, resolve: letGo } = Promise.withResolvers<void>()
  let holding = 0
  const take = (who: 'first' | 'second', owners: readonly string[]) =>
    database.transaction(async (tx) => {
      attempts[who] += 1
      for (const owner of owners) {
        await tx.execute(sql`update purse set balance_fen = balance_fen + 1 where owner = ${owner}`)
        holding += 1
        if (holding === 2) letGo()
        await bothHold
      }
    })
  await Promise.all([take('first', ['left', 'right']), take('second', ['right', 'left'])])
  t.equal(attempts.first + attempts.second, 3)
  const { rows } = await database.pool.query(`select balance_fen from purse where owner in ('left', 'right')`)
  t.same(rows, [{ balance_fen: '2' }, { balance_fen: '2' }])
})

t.test('work that fails to serialize every time is given up after five attempts', async (t) => {
  let attempts = 0
  const hopeless = database.transaction(async (tx) => {
    attempts += 1
    await tx.execute(sql`do $$ begin raise exception 'again' using errcode = 'serialization_failure'; end $$`)
  })
  const failure = await hopeless.then(undefined, (error: unknown) => error)
  t.equal(sqlState(failure), '40001')
  t.equal(attempts, 5)
})

t.test('a connection that the server cuts off fails its own transaction and nothing else', async (t) => {
  const lone = openDatabase({ url: database.url, poolSize: 1, applicationName: 'lone' })
  t.teardown(() => lone.close())
  const failure = await lone
    .transaction(async (tx) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await tx.execute(sql`select 1`)
    })
    .then(undefined, (error: unknown) => error)
  t.ok(failure instanceof Error)
  t.notMatch(failure, { message: /rollback/ })
  t.same((await lone.sql.execute(sql`select 1 as alive`)).rows, [{ alive: 1 }])
})

t.test('the driver outside of our pools keeps its own reading of values', async (t) => {
  t.type(pg.types.getTypeParser(pg.types.builtins.DATE)('2026-01-01'), Date)
})
