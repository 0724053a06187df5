import { type SQL, sql as statement } from 'drizzle-orm'
import t from 'tap'
import type { Sql } from '../../../src/platform/database/database.ts'
import { canonicalEvent, chainHash, GENESIS } from '../../../src/platform/events/chain.ts'
import type { CheckpointClaim } from '../../../src/platform/events/checkpointClaim.ts'
import { makeCheckpoint } from '../../../src/platform/events/checkpoints.ts'
import { readFeed } from '../../../src/platform/events/feed.ts'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { readHead } from '../../../src/platform/events/rows.ts'
import { type ChainReport, type VerifyOptions, verifyChain } from '../../../src/platform/events/verify.ts'
import { newId, uuidOf } from '../../../src/platform/ids.ts'
import { createSigner, newSigningKey, readSigningKeys } from '../../../src/platform/signing.ts'
import { testDatabase } from '../../support/database.ts'
import { event, sealAll } from './events.ts'

const EVENTS = 20
const database = await testDatabase(t)
const hostId = newId('org')
for (let n = 1; n <= EVENTS; n++) await insertEvent(database.sql, event({ n, amountFen: '9500000' }, { hostId }))
await sealAll(database)
const head = await readHead(database.sql)
const signer = createSigner(readSigningKeys(newSigningKey(), undefined))
/** A second chain, with checkpoints at 20, 37 and 50. */
const signed = await testDatabase(t)
const held: CheckpointClaim[] = []
for (const count of [20, 17, 13]) {
  await signed.transaction(async (sql) => {
    for (let n = 0; n < count; n++) await insertEvent(sql, event({ n }))
  })
  await sealAll(signed)
  held.push((await makeCheckpoint(signed, signer, { everyEvents: 1, everyMs: 0 })) as CheckpointClaim)
}

class Undo extends Error {}

/** Tampers as somebody with the rights of the table's owner can, verifies, and undoes it. */
async function afterTampering(
  statements: readonly SQL[],
  options: VerifyOptions = {},
  victim = database,
): Promise<ChainReport> {
  let report: ChainReport | undefined
  const tampering = victim.transaction(async (sql: Sql) => {
    for (const table of ['event', 'merkle_node', 'checkpoint'])
      await sql.execute(statement.raw(`alter table ${table} disable trigger user`))
    for (const tamper of statements) await sql.execute(tamper)
    report = await verifyChain({ sql }, { pageSize: 3, ...options })
    throw new Undo()
  })
  await tampering.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error
  })
  if (report === undefined) throw new Error('nothing was verified')
  return report
}

t.test('an untouched chain is whole, whatever the page size', async (t) => {
  for (const pageSize of [1, 3, EVENTS, 1_000]) {
    t.same(await verifyChain(database, { pageSize }), {
      events: EVENTS,
      verified: true,
      firstBroken: null,
      checkpoints: 0,
      unsealed: 0,
      headSeq: '20',
      headHash: head.hash.toString('hex'),
    })
  }
})

t.test('the chain can be verified from any event on', async (t) => {
  t.match(await verifyChain(database, { from: 15n }), { events: 6, verified: true, headSeq: '20' })
  t.match(await verifyChain(database, { from: 21n }), { events: 0, verified: true, headSeq: '20' })
  t.match(await verifyChain(database, { from: 30n }), { verified: false, firstBroken: { seq: '29' } })
})

t.test('an empty chain is whole and ends where every chain begins', async (t) => {
  const empty = await testDatabase(t)
  t.match(await verifyChain(empty), { events: 0, verified: true, headSeq: '0', headHash: '00'.repeat(32) })
})

t.test('a change in any column of an event is found at that event', async (t) => {
  const changes = [
    statement`id = gen_random_uuid()`,
    statement`transaction_id = (transaction_id::text::numeric + 1)::text::xid8`,
    statement`at = at + interval '1 millisecond'`,
    statement`recorded_at = recorded_at - interval '1 millisecond'`,
    statement`host_id = null`,
    statement`host_id = gen_random_uuid()`,
    statement`type = 'need.listes'`,
    statement`subject = subject || '1'`,
    statement`actor = 'anonymous'`,
    statement`request_id = null`,
    statement`data = jsonb_set(data, '{amountFen}', '"9500001"')`,
    statement`data = data || '{"note": null}'`,
    statement`hash = set_byte(hash, 31, get_byte(hash, 31) # 1)`,
    statement`previous_hash = set_byte(previous_hash, 0, get_byte(previous_hash, 0) # 1)`,
    statement`previous_hash = null`,
  ]
  for (const change of changes) {
    const report = await afterTampering([statement`update event set ${change} where seq = 7`])
    t.match(report, { verified: false, events: 6, firstBroken: { seq: '7', reason: String } })
  }
})

t.test('a deleted event is found by its missing number', async (t) => {
  for (const seq of [1, 8, 19]) {
    const report = await afterTampering([statement`delete from event where seq = ${seq}`])
    t.match(report, { verified: false, firstBroken: { seq: String(seq), reason: /missing/ } })
  }
})

t.test('an inserted event is found where it was put in', async (t) => {
  const insert = (seq: number) => statement`
    insert into event (id, at, type, subject, actor, data, seq, previous_hash, hash)
    select gen_random_uuid(), at, type, subject, actor, data, ${seq}, previous_hash, hash from event where seq = 9`
  const shifted = await afterTampering([
    statement`update event set seq = seq + 1000 where seq >= 10`,
    insert(10),
    statement`update event set seq = seq - 999 where seq > 1000`,
  ])
  t.match(shifted, { verified: false, firstBroken: { seq: '10', reason: /moved or inserted/ } })
  t.match(await afterTampering([insert(EVENTS + 1)]), { verified: false, firstBroken: { seq: '21' } })
  t.match(await afterTampering([insert(EVENTS + 5)]), {
    verified: false,
    firstBroken: { seq: '21', reason: /missing/ },
  })
})

t.test('a second event with the same number is found, also where a page ends', async (t) => {
  for (const seq of [5, 6]) {
    const report = await afterTampering([
      statement`alter table event drop constraint event_seq_unique`,
      statement`insert into event (id, at, type, subject, actor, data, seq, previous_hash, hash)
        select gen_random_uuid(), at, type, subject, actor, data, seq, previous_hash, hash from event where seq = ${seq}`,
    ])
    t.match(report, { verified: false, firstBroken: { seq: String(seq) } })
  }
})

t.test('two events that changed places are found', async (t) => {
  const report = await afterTampering([
    statement`update event set seq = 1000 where seq = 11`,
    statement`update event set seq = 11 where seq = 12`,
    statement`update event set seq = 12 where seq = 1000`,
  ])
  t.match(report, { verified: false, firstBroken: { seq: '11', reason: /moved or inserted/ } })
})

t.test('a cut tail is found with a head that was noted outside', async (t) => {
  const cut = [statement`delete from event where seq > 17`]
  t.match(await afterTampering(cut), { verified: true, events: 17 }, 'from the table alone it cannot be seen')
  t.match(await afterTampering(cut, { expectedHead: head }), {
    verified: false,
    firstBroken: { seq: '18', reason: /tail is cut off/ },
  })
  t.match(await verifyChain(database, { expectedHead: head }), { verified: true })
  t.match(await verifyChain(database, { expectedHead: GENESIS }), { verified: true })
})

t.test('a history rewritten with fresh hashes is found with a head that was noted outside', async (t) => {
  const [last] = await readFeed(database.sql, { after: BigInt(EVENTS - 1), limit: 1 })
  const [before] = await readFeed(database.sql, { after: BigInt(EVENTS - 2), limit: 1 })
  if (last === undefined || before === undefined) throw new Error('the last events are there')
  const forged = chainHash(
    before.hash,
    last.seq,
    canonicalEvent({
      ...last,
      id: uuidOf(last.id, 'evt'),
      transactionId: last.transactionId.toString(),
      at: last.at.toISOString(),
      recordedAt: last.recordedAt.toISOString(),
      hostId: uuidOf(hostId, 'org'),
      actor: 'somebody',
    }),
  )
  const rewrite = [statement`update event set actor = 'somebody', hash = ${forged} where seq = ${EVENTS}`]
  t.match(await afterTampering(rewrite), { verified: true, events: EVENTS })
  t.match(await afterTampering(rewrite, { expectedHead: head }), {
    verified: false,
    firstBroken: { seq: String(EVENTS), reason: /noted hash/ },
  })
})

t.test('events that wait for their seal are counted and break nothing', async (t) => {
  await insertEvent(database.sql, event())
  t.match(await verifyChain(database), { verified: true, events: EVENTS, unsealed: 1 })
})

const afterTamperingSigned = (statements: readonly SQL[], options: VerifyOptions = {}) =>
  afterTampering(statements, { signer, held, pageSize: 7, ...options }, signed)

t.test('a chain agrees with its tree and with all checkpoints, wherever one begins', async (t) => {
  for (const pageSize of [1, 7, 16, 1_000])
    t.match(await verifyChain(signed, { signer, held, pageSize }), { verified: true, events: 50, checkpoints: 6 })
  t.match(await verifyChain(signed, { signer, held, from: 21n }), { verified: true, events: 30, checkpoints: 4 })
  t.match(await verifyChain(signed, { signer, held, from: 50n }), { verified: true, events: 1, checkpoints: 2 })
})

t.test('a changed, lost or added node of the tree is found and named', async (t) => {
  const flip = statement`set_byte(hash, 5, get_byte(hash, 5) # 1)`
  t.match(
    await afterTamperingSigned([statement`update merkle_node set hash = ${flip} where level = 4 and index = 1`]),
    {
      firstBroken: { seq: '32', reason: /Merkle node 4\/1, .* it was changed/ },
    },
  )
  t.match(await afterTamperingSigned([statement`delete from merkle_node where level = 5`]), {
    firstBroken: { seq: '32', reason: /Merkle node 5\/0, .* is missing/ },
  })
  const added = statement`insert into merkle_node (level, index, hash) values (4, 3, sha256(''))`
  t.match(await afterTamperingSigned([added]), { firstBroken: { seq: '64', reason: /beyond the last checkpoint/ } })
  const lost = statement`delete from merkle_node where level = 4 and index = 0`
  t.match(await afterTamperingSigned([lost], { from: 18n }), {
    firstBroken: { seq: '17', reason: /node 4\/0 is missing/ },
  })
})

t.test(
  'a checkpoint of the table that does not follow from the events is found, also when it was only added',
  async (t) => {
    for (const [change, reason] of [
      [statement`root = sha256('')`, /in the table names .* as the root/],
      [statement`hash = sha256('')`, /in the table names .* as this event's hash/],
      [statement`jws = (select jws from checkpoint where size = 20)`, /says something else than what was signed/],
      [statement`jws = overlay(jws placing 'AAAA' from 200)`, /no valid signature/],
      [statement`at = at - interval '1 day'`, /says something else/],
    ] as const) {
      const report = await afterTamperingSigned([statement`update checkpoint set ${change} where size = 37`])
      t.match(report, { verified: false, firstBroken: { seq: '37', reason } })
    }
  },
)

t.test(
  'every tampering with events is found with the checkpoints held outside, even when all else was made to fit',
  async (t) => {
    const forget = [statement`delete from checkpoint`, statement`delete from merkle_node`]
    const cut = [...forget, statement`delete from event where seq > 30`]
    t.match(
      await afterTamperingSigned(cut, { held: [] }),
      { verified: true, events: 30 },
      'from inside nothing is seen',
    )
    t.match(await afterTamperingSigned(cut), {
      events: 30,
      firstBroken: { seq: '31', reason: /a checkpoint held outside covers 37: its tail is cut off/ },
    })
    const cutAlone = [statement`delete from event where seq > 40`]
    t.match(await afterTamperingSigned(cutAlone, { held: [] }), {
      firstBroken: { seq: '41', reason: /in the table covers 50/ },
    })

    const [last] = await readFeed(signed.sql, { after: 49n, limit: 1 })
    const [before] = await readFeed(signed.sql, { after: 48n, limit: 1 })
    if (last === undefined || before === undefined) throw new Error('the last events are there')
    const canonical = canonicalEvent({
      ...last,
      id: uuidOf(last.id, 'evt'),
      transactionId: last.transactionId.toString(),
      at: last.at.toISOString(),
      recordedAt: last.recordedAt.toISOString(),
      actor: 'somebody',
    })
    const forged = chainHash(before.hash, last.seq, canonical)
    const rewrite = [...forget, statement`update event set actor = 'somebody', hash = ${forged} where seq = 50`]
    t.match(await afterTamperingSigned(rewrite, { held: [] }), { verified: true, events: 50 })
    t.match(await afterTamperingSigned(rewrite), {
      firstBroken: { seq: '50', reason: /checkpoint held outside names/ },
    })
  },
)
