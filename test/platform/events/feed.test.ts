import { sql as statement } from 'drizzle-orm'
import t from 'tap'
import { sqlState } from '../../../src/platform/database/database.ts'
import { readFeed } from '../../../src/platform/events/feed.ts'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { newId } from '../../../src/platform/ids.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const database = await testDatabase(t)
const yunting = newId('org')
const other = newId('org')
const published = event(
  { state: 'published', amountFen: '60000000', 名: '云汀区' },
  { type: 'round.published', hostId: yunting },
)
await insertEvent(database.sql, published)
await insertEvent(database.sql, event({ n: 2 }, { type: 'need.listed', hostId: other }))
await insertEvent(database.sql, event({ n: 3 }, { type: 'round.closed', hostId: yunting }))
await sealAll(database)
await insertEvent(database.sql, event({ n: 4 }))

const types = async (filter: object) =>
  (await readFeed(database.sql, { after: 0n, limit: 10, ...filter })).map(({ type }) => type)

t.test('an event is read as it was written', async (t) => {
  const [read] = await readFeed(database.sql, { after: 0n, limit: 1 })
  t.match(read, { ...published, seq: 1n })
  t.match(read?.id, /^evt_/)
  t.ok((read?.recordedAt.getTime() ?? 0) > Date.parse('2025-01-01'))
  t.equal(read?.hash.length, 32)
})

t.test('the feed shows sealed events only, in order', async (t) => {
  t.same(await types({}), ['round.published', 'need.listed', 'round.closed'])
})

t.test('the feed goes on after the last number that was seen', async (t) => {
  t.same(await types({ after: 1n }), ['need.listed', 'round.closed'])
  t.same(await types({ after: 1n, limit: 1 }), ['need.listed'])
  t.same(await types({ after: 3n }), [])
})

t.test('the feed can be narrowed to types and to one host organization', async (t) => {
  t.same(await types({ types: ['need.listed', 'round.closed'] }), ['need.listed', 'round.closed'])
  t.same(await types({ types: [] }), [])
  t.same(await types({ hostId: yunting }), ['round.published', 'round.closed'])
  t.same(await types({ hostId: yunting, types: ['round.closed'], after: 2n }), ['round.closed'])
})

t.test('data without a canonical form is refused where it is written', async (t) => {
  for (const data of [{ n: Number.NaN }, { n: Number.POSITIVE_INFINITY }, { text: '\ud800' }, { n: 1n }]) {
    await t.rejects(insertEvent(database.sql, event(data)))
  }
})

t.test('nobody changes or deletes an event, sealed or not', async (t) => {
  for (const attempt of [
    statement`update event set actor = 'somebody' where seq = 1`,
    statement`update event set actor = 'somebody' where seq is null`,
    statement`delete from event where seq = 1`,
    statement`truncate event`,
  ]) {
    const error = await database.sql.execute(attempt).then(
      () => undefined,
      (error: unknown) => error,
    )
    t.equal(sqlState(error), '42501')
  }
})
