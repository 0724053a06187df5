import { EventEmitter, once } from 'node:events'
import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { type FeedEvent, readFeed } from '../../../src/platform/events/feed.ts'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { readHead, readUnsealed } from '../../../src/platform/events/rows.ts'
import { sealEvents, startSealer } from '../../../src/platform/events/sealer.ts'
import { verifyChain } from '../../../src/platform/events/verify.ts'
import { newId } from '../../../src/platform/ids.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const SILENT = { warn: () => {}, error: () => {} }

t.test('thirty writers commit out of order, and a reader of the feed misses none', async (t) => {
  const { url } = await testDatabase(t)
  const database = openDatabase({ url, poolSize: 34, applicationName: 'writers' })
  t.teardown(() => database.close())
  const committed = new Set<string>()
  const seen: FeedEvent[] = []

  async function write(writer: number): Promise<void> {
    for (let n = 0; n < 25; n++) {
      const subject = newId('bid')
      const writing = database.transaction(async (sql) => {
        await insertEvent(sql, event({ writer, n }, { type: 'bid.submitted', subject }))
        if (Math.random() < 0.3) await sql.execute(statement`select pg_sleep(random() * 0.03)`)
        await insertEvent(sql, event({ writer, n }, { type: 'bid.received', subject }))
        if (Math.random() < 0.05) throw new RolledBack()
      })
      await writing.then(
        () => committed.add(subject),
        (error: unknown) => {
          if (!(error instanceof RolledBack)) throw error
        },
      )
    }
  }

  async function follow(isWriting: () => boolean): Promise<void> {
    for (;;) {
      const last = !isWriting() && (await readUnsealed(database.sql)).events === 0
      const page = await readFeed(database.sql, { after: seen.at(-1)?.seq ?? 0n, limit: 50 })
      seen.push(...page)
      if (last && page.length === 0) return
    }
  }

  const sealer = startSealer(database, { intervalMs: 5, batchSize: 40, log: SILENT })
  let isWriting = true
  const following = follow(() => isWriting)
  await Promise.all(Array.from({ length: 30 }, (_, writer) => write(writer)))
  isWriting = false
  await following
  await sealer.stop()

  t.same(
    seen.map(({ seq }) => seq),
    seen.map((_, index) => BigInt(index + 1)),
    'numbers run from 1 without gap or repetition',
  )
  for (const type of ['bid.submitted', 'bid.received']) {
    const subjects = seen.filter((event) => event.type === type).map(({ subject }) => subject)
    t.equal(subjects.length, committed.size, `${type}: as many as were committed`)
    t.same(new Set(subjects), committed, `${type}: exactly those that were committed`)
  }
  t.ok(committed.size > 600 && committed.size < 750, 'some were rolled back')
  t.match(await verifyChain(database), { verified: true, events: seen.length, unsealed: 0 })
})

class RolledBack extends Error {}

t.test('an event waits while an older transaction may still commit', async (t) => {
  const database = await testDatabase(t)
  const doors = new EventEmitter()
  const slow = database.transaction(async (sql) => {
    await insertEvent(sql, event({}, { type: 'bid.submitted' }))
    doors.emit('written')
    await once(doors, 'commit')
  })
  await once(doors, 'written')
  await insertEvent(database.sql, event({}, { type: 'bid.withdrawn' }))
  t.equal(await sealEvents(database), 0, 'the committed one is not numbered before the open one')
  t.same(await readFeed(database.sql, { after: 0n, limit: 10 }), [])
  doors.emit('commit')
  await slow
  await sealAll(database)
  const feed = await readFeed(database.sql, { after: 0n, limit: 10 })
  t.same(
    feed.map(({ seq, type }) => [seq, type]),
    [
      [1n, 'bid.submitted'],
      [2n, 'bid.withdrawn'],
    ],
  )
})

t.test('events of one transaction keep the order in which they were written', async (t) => {
  const database = await testDatabase(t)
  await database.transaction(async (sql) => {
    for (let n = 1; n <= 30; n++) await insertEvent(sql, event({ n }))
  })
  await sealAll(database, { batchSize: 7 })
  const feed = await readFeed(database.sql, { after: 0n, limit: 100 })
  t.same(
    feed.map(({ data }) => data.n),
    Array.from({ length: 30 }, (_, index) => index + 1),
  )
})

t.test('two sealers at once number each event once', async (t) => {
  const database = await testDatabase(t)
  for (let n = 0; n < 60; n++) await insertEvent(database.sql, event({ n }))
  while ((await readUnsealed(database.sql)).events > 0) {
    await Promise.all([1, 2, 3, 4].map(() => sealEvents(database, { batchSize: 9 })))
  }
  t.match(await verifyChain(database), { verified: true, events: 60 })
})

t.test('sealing an empty table changes nothing', async (t) => {
  const database = await testDatabase(t)
  t.equal(await sealEvents(database), 0)
  t.equal((await readHead(database.sql)).seq, 0n)
})

t.test('a woken sealer numbers what was just committed and tells who listens', async (t) => {
  const database = await testDatabase(t)
  const sealed = new EventEmitter()
  const sealer = startSealer(database, {
    intervalMs: 600_000,
    log: SILENT,
    onSealed: (events) => sealed.emit('sealed', events),
  })
  t.teardown(() => sealer.stop())
  await insertEvent(database.sql, event())
  const told = once(sealed, 'sealed')
  const knocking = setInterval(() => sealer.wake(), 20)
  t.same(await told, [1])
  clearInterval(knocking)
})

t.test('events that wait too long raise an alarm', async (t) => {
  const database = await testDatabase(t)
  const alarms = new EventEmitter()
  await database.transaction(async (sql) => {
    await insertEvent(sql, event())
    await sql.execute(statement`alter table event disable trigger user`)
    await sql.execute(statement`update event set recorded_at = clock_timestamp() - interval '7 seconds',
      transaction_id = '18446744073709551615'`)
    await sql.execute(statement`alter table event enable trigger user`)
  })
  const raised = once(alarms, 'alarm')
  const sealer = startSealer(database, {
    intervalMs: 20,
    log: { ...SILENT, error: (details) => alarms.emit('alarm', details) },
  })
  t.teardown(() => sealer.stop())
  const [alarm] = await raised
  t.match(alarm, { events: 1 })
  t.ok(alarm.oldestMs >= 7_000)
})

t.test('a sealer that fails says so and goes on', async (t) => {
  const { url } = await testDatabase(t)
  const database = openDatabase({ url, poolSize: 2, applicationName: 'failing' })
  t.teardown(() => database.close())
  await insertEvent(database.sql, event())
  await database.sql.execute(statement`alter table event rename to lost`)
  const warnings = new EventEmitter()
  const sealed = new EventEmitter()
  const warned = once(warnings, 'warning')
  const sealer = startSealer(database, {
    intervalMs: 10,
    log: { ...SILENT, warn: (_, message) => warnings.emit('warning', message) },
    onSealed: (events) => sealed.emit('sealed', events),
  })
  t.teardown(() => sealer.stop())
  t.same(await warned, ['sealing failed and is tried again'])
  const resumed = once(sealed, 'sealed')
  await database.sql.execute(statement`alter table lost rename to event`)
  t.same(await resumed, [1])
})
