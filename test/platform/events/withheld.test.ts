import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { sqlState } from '../../../src/platform/database/database.ts'
import { chainHash } from '../../../src/platform/events/chain.ts'
import { readFeed } from '../../../src/platform/events/feed.ts'
import { insertEvent, releaseEvents } from '../../../src/platform/events/record.ts'
import { placeOfEvent, preimageOfEvent, readHead, readUnsealed } from '../../../src/platform/events/rows.ts'
import { sealEvents } from '../../../src/platform/events/sealer.ts'
import { verifyChain } from '../../../src/platform/events/verify.ts'
import { newId } from '../../../src/platform/ids.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const types = async (database: { sql: Parameters<typeof readFeed>[0] }) =>
  (await readFeed(database.sql, { after: 0n, limit: 100 })).map(({ type }) => type)

t.test('a withheld event moves nothing until it is released, and is numbered then', async (t) => {
  const database = await testDatabase(t)
  const round = newId('rnd')
  const other = newId('rnd')
  await insertEvent(database.sql, event({}, { type: 'round.published' }))
  await sealAll(database)
  const head = await readHead(database.sql)
  const bid = await insertEvent(database.sql, event({}, { type: 'bid.submitted', withheldBy: round }))
  await insertEvent(database.sql, event({}, { type: 'bid.replaced', withheldBy: round }))
  await insertEvent(database.sql, event({}, { type: 'bid.submitted', withheldBy: other }))
  t.same(await readUnsealed(database.sql), { events: 0, oldestMs: 0 })
  t.equal(await sealEvents(database), 0)
  t.same(await readHead(database.sql), head)
  t.match(await verifyChain(database), { verified: true, events: 1, unsealed: 0 })
  t.equal(await placeOfEvent(database.sql, bid), null)

  await insertEvent(database.sql, event({}, { type: 'round.closed' }))
  await sealAll(database)
  t.same(await types(database), ['round.published', 'round.closed'], 'others are numbered meanwhile')

  t.equal(await releaseEvents(database.sql, round), 2)
  t.equal(await releaseEvents(database.sql, round), 0, 'once')
  await sealAll(database)
  t.same(await types(database), ['round.published', 'round.closed', 'bid.submitted', 'bid.replaced'])
  t.match(await placeOfEvent(database.sql, bid), { seq: 3n })
  t.match(await verifyChain(database), { verified: true, events: 4, unsealed: 0 })
})

t.test('events that are released stand before those of the opening itself, as they happened', async (t) => {
  const database = await testDatabase(t)
  const round = newId('rnd')
  await insertEvent(database.sql, event({}, { type: 'bid.submitted', withheldBy: round }))
  await database.transaction(async (sql) => {
    await insertEvent(sql, event({}, { type: 'round.opened' }))
    await releaseEvents(sql, round)
  })
  await sealAll(database)
  t.same(await types(database), ['bid.submitted', 'round.opened'])
})

t.test('the wait of a released event counts from its release', async (t) => {
  const database = await testDatabase(t)
  await database.sql.execute(statement`
    insert into event (id, at, recorded_at, type, subject, actor, data, withheld_by)
    values (gen_random_uuid(), now(), now() - interval '9 days', 'bid.submitted', 'bid_1', 'system', '{}', 'rnd_1')`)
  await releaseEvents(database.sql, 'rnd_1')
  const { events, oldestMs } = await readUnsealed(database.sql)
  t.equal(events, 1)
  t.ok(oldestMs < 60_000, 'otherwise the alarm of the sealer would ring at every opening')
})

t.test('the database refuses to number a withheld event, to withhold a written one and to change either', async (t) => {
  const database = await testDatabase(t)
  const state = async (change: string, where: string) => {
    const error = await database.sql.execute(statement.raw(`update event set ${change} where ${where}`)).then(
      () => undefined,
      (error: unknown) => error,
    )
    return sqlState(error)
  }
  await insertEvent(database.sql, event({}, { withheldBy: 'rnd_1' }))
  await insertEvent(database.sql, event())
  const hashes = `previous_hash = sha256('a'), hash = sha256('b')`
  for (const change of [
    `seq = 1, ${hashes}`,
    `seq = 1, withheld_by = null, ${hashes}`,
    `withheld_by = 'rnd_2'`,
    `withheld_by = null, actor = 'somebody'`,
    `withheld_by = null, salt = gen_random_uuid()`,
    `released_at = now()`,
  ])
    t.equal(await state(change, 'withheld_by is not null'), '42501', change)
  for (const change of [`withheld_by = 'rnd_1'`, `released_at = now()`, `salt = null`])
    t.equal(await state(change, 'withheld_by is null'), '42501', change)
  await releaseEvents(database.sql, 'rnd_1')
  await sealAll(database)
  for (const change of [`withheld_by = 'rnd_1'`, `released_at = now()`, `seq = 9`])
    t.equal(await state(change, 'seq = 1'), '42501', `${change} of a sealed event`)
})

t.test('an event shows its owner everything that its hash is made of', async (t) => {
  const database = await testDatabase(t)
  const id = await insertEvent(database.sql, event({ commitment: 'ab' }))
  t.equal(await preimageOfEvent(database.sql, id), null, 'not before it is sealed')
  await sealAll(database)
  const preimage = await preimageOfEvent(database.sql, id)
  if (preimage === null) throw new Error('the event is sealed')
  t.same(chainHash(preimage.previousHash, preimage.seq, preimage.canonical), preimage.hash)
  t.match(JSON.parse(preimage.canonical), { data: { commitment: 'ab' }, salt: /^[0-9a-f-]{36}$/ })
  t.equal(await preimageOfEvent(database.sql, newId('evt')), null)
})

t.test('an event from before there was a salt keeps its hash', async (t) => {
  const database = await testDatabase(t)
  await database.sql.execute(statement`
    insert into event (id, at, type, subject, actor, data, salt)
    values (gen_random_uuid(), now(), 'round.published', 'rnd_1', 'system', '{}', null)`)
  await sealAll(database)
  const [first] = await readFeed(database.sql, { after: 0n, limit: 1 })
  t.equal(first?.salt, null)
  t.match(await verifyChain(database), { verified: true, events: 1 })
})
