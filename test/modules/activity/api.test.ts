import { sql } from 'drizzle-orm'
import t from 'tap'
import { insertEvent } from '../../../src/platform/events/record.ts'
import { newId } from '../../../src/platform/ids.ts'
import { event, sealAll } from '../../platform/events/events.ts'
import { testApp } from '../../support/app.ts'

const { app, call, keyFor, hostId, newOrganization, database } = await testApp(t)
const auditor = await keyFor('auditor')
const admin = await keyFor('platform_admin')
const agency = await keyFor('agency')
const otherHostId = await newOrganization('邻县民政局', { type: 'government' })
const otherAuditor = await keyFor('auditor', { hostId: otherHostId, organizationId: otherHostId })

const happen = async (type: string, host: string | null, data: Record<string, unknown> = {}) => {
  const written = event(data, { type, hostId: host, subject: newId('rnd') })
  await insertEvent(database.sql, written)
  return written
}
const tail = async (key: string) => (await call(key, 'GET', '/v1/changes?after=latest')).body.nextAfter as string
const typesIn = (answer: { body: { items: { type: string }[] } }) => answer.body.items.map(({ type }) => type)

t.test('the feed replays everything of the host, then goes on where the reader stopped', async (t) => {
  await sealAll(database)
  const after = await tail(auditor)
  const first = await happen('round.published', hostId, { state: 'published', nested: { amount: '420000.00' } })
  await happen('round.published', otherHostId)
  await happen('need.published', hostId)
  await happen('round.receiving', hostId)
  await sealAll(database)

  const page = await call(auditor, 'GET', `/v1/changes?after=${after}&limit=2`)
  t.equal(page.status, 200)
  t.same(typesIn(page), ['round.published', 'need.published'], 'what happened at another host is not in it')
  t.match(page.body.items[0], {
    type: 'round.published',
    subject: first.subject,
    hostId,
    actor: 'system',
    timestamp: first.at.toISOString(),
    data: { state: 'published', nested: { amount: '420000.00' } },
    hash: /^[0-9a-f]{64}$/,
  })
  const rest = await call(auditor, 'GET', `/v1/changes?after=${page.body.nextAfter}&limit=2`)
  t.same(typesIn(rest), ['round.receiving'])
  const nothing = await call(auditor, 'GET', `/v1/changes?after=${rest.body.nextAfter}`)
  t.same(nothing.body, { items: [], nextAfter: rest.body.nextAfter })
  t.match(typesIn(await call(otherAuditor, 'GET', `/v1/changes?after=${after}`)), ['round.published'])
})

t.test('an event shows itself only once it is sealed', async (t) => {
  await sealAll(database)
  const after = await tail(auditor)
  await happen('round.closed', hostId)
  t.same(typesIn(await call(auditor, 'GET', `/v1/changes?after=${after}`)), [])
  await sealAll(database)
  t.same(typesIn(await call(auditor, 'GET', `/v1/changes?after=${after}`)), ['round.closed'])
})

t.test('a reader narrows the feed to types and to everything of one noun', async (t) => {
  await sealAll(database)
  const after = await tail(auditor)
  for (const type of ['award.proposed', 'award.noticed', 'award_x.noticed', 'notice.published', 'round.notice'])
    await happen(type, hostId)
  await sealAll(database)
  const read = async (types: string) => typesIn(await call(auditor, 'GET', `/v1/changes?after=${after}&types=${types}`))
  t.same(await read('award.*'), ['award.proposed', 'award.noticed'], 'an underscore is no wildcard')
  t.same(await read('award.noticed,notice.*'), ['award.noticed', 'notice.published'])
  t.same(await read('tranche.paid'), [])
})

t.test('a sealed bid is in nobody’s feed: neither in the host’s nor in the platform administrator’s', async (t) => {
  await sealAll(database)
  const after = await tail(admin)
  await happen('bid.submitted', null)
  await happen('calendar_year.loaded', null)
  await sealAll(database)
  t.same(typesIn(await call(admin, 'GET', `/v1/changes?after=${after}`)), ['calendar_year.loaded'])
  t.same(typesIn(await call(admin, 'GET', `/v1/changes?after=${after}&types=bid.*`)), [])
  t.same(typesIn(await call(auditor, 'GET', `/v1/changes?after=${after}`)), [])
})

t.test('a waiting reader is answered as soon as something is sealed', async (t) => {
  await sealAll(database)
  const after = await tail(auditor)
  const waiting = call(auditor, 'GET', `/v1/changes?after=${after}&wait=30`)
  await happen('round.approved', hostId)
  await sealAll(database)
  t.same(typesIn(await waiting), ['round.approved'])
})

t.test('a waiting reader gets an empty page when the time is over', async (t) => {
  await sealAll(database)
  const after = await tail(auditor)
  const answer = await call(auditor, 'GET', `/v1/changes?after=${after}&wait=1`)
  t.same(answer.body, { items: [], nextAfter: after })
})

t.test('questions that the feed cannot answer are refused', async (t) => {
  for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=1001', 'types=Bid', 'types=*', 'wait=31', 'since=1'])
    t.equal((await call(auditor, 'GET', `/v1/changes?${query}`)).status, 400, query)
})

t.test('the feed and the chain are for a host’s staff and the administrator', async (t) => {
  for (const url of ['/v1/changes', '/v1/audit-chain']) {
    t.equal((await call(null, 'GET', url)).status, 401)
    t.equal((await call(agency, 'GET', url)).status, 403)
    t.equal((await call(await keyFor('host'), 'GET', url)).status, 200)
  }
  t.equal((await call(await keyFor('finance'), 'GET', '/v1/changes')).status, 200)
  t.equal((await call(await keyFor('operator'), 'GET', '/v1/audit-chain')).status, 403)
  t.equal((await call(null, 'POST', '/v1/audit-chain/verifications', {})).status, 401)
  t.equal((await call(agency, 'POST', '/v1/audit-chain/verifications', {})).status, 403)
})

t.test('the head of the chain tells the last number, its hash and what still waits', async (t) => {
  await sealAll(database)
  const sealed = await call(auditor, 'GET', '/v1/audit-chain')
  t.match(sealed.body, { headSeq: /^[1-9]/, headHash: /^[0-9a-f]{64}$/, unsealedEvents: 0, oldestUnsealedMs: 0 })
  await happen('round.closed', hostId)
  const waiting = await call(auditor, 'GET', '/v1/audit-chain')
  t.match(waiting.body, { headSeq: sealed.body.headSeq, unsealedEvents: 1 })
})

t.test('a whole chain is found whole, and its head can be noted and handed in again', async (t) => {
  await sealAll(database)
  const report = await call(auditor, 'POST', '/v1/audit-chain/verifications', {})
  t.equal(report.status, 200, JSON.stringify(report.body))
  t.match(report.body, { verified: true, firstBroken: null, unsealedEvents: 0 })
  t.equal(report.body.events.toString(), report.body.headSeq)
  const head = { seq: report.body.headSeq, hash: report.body.headHash }
  const again = await call(admin, 'POST', '/v1/audit-chain/verifications', { from: '2', expectedHead: head })
  t.match(again.body, { verified: true, events: report.body.events - 1 })

  const forged = { seq: head.seq, hash: '0'.repeat(64) }
  const rewritten = await call(auditor, 'POST', '/v1/audit-chain/verifications', { expectedHead: forged })
  t.match(rewritten.body, { verified: false, firstBroken: { seq: head.seq } })
  const longer = { seq: (BigInt(head.seq) + 1n).toString(), hash: head.hash }
  const cut = await call(auditor, 'POST', '/v1/audit-chain/verifications', { expectedHead: longer })
  t.match(cut.body, { verified: false, firstBroken: { reason: /tail is cut off/ } })
  t.equal((await call(auditor, 'POST', '/v1/audit-chain/verifications', { from: 2 })).status, 400)

  const beyond = await call(auditor, 'POST', '/v1/audit-chain/verifications', { from: '999999' })
  t.match(beyond, { status: 422, body: { code: 'chain_start_beyond_head', errors: [{ pointer: '#/from' }] } })
  t.match(beyond.body.detail, new RegExp(`\\b${head.seq}\\b`))
  const next = (BigInt(head.seq) + 1n).toString()
  const nothing = await call(auditor, 'POST', '/v1/audit-chain/verifications', { from: next })
  t.match(nothing.body, { verified: true, events: 0, headSeq: head.seq }, 'right after the head is nothing, and whole')
  const noted = { seq: '999999', hash: head.hash }
  const gone = await call(auditor, 'POST', '/v1/audit-chain/verifications', { from: '999999', expectedHead: noted })
  t.match(gone.body, { verified: false }, 'a head that was noted there says that the tail is cut off')
})

t.test('an event that somebody changed behind the service’s back is named', async (t) => {
  await sealAll(database)
  await database.sql.execute(sql`alter table event disable trigger user`)
  await database.sql.execute(sql`update event set actor = 'somebody' where seq = 2`)
  const report = await call(auditor, 'POST', '/v1/audit-chain/verifications', {})
  t.match(report.body, { verified: false, events: 1, firstBroken: { seq: '2', reason: /was changed/ } })
})

t.test('readers that wait are sent home when the service ends', async (t) => {
  const after = await tail(auditor)
  const waiting = call(auditor, 'GET', `/v1/changes?after=${after}&wait=30`)
  await app.close()
  t.same(typesIn(await waiting), [])
})
