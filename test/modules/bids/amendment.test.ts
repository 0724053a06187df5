import { hash } from 'node:crypto'
import t from 'tap'
import { uuidOf } from '../../../src/platform/ids.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Agency, biddingCounty, CONTENT } from './fixtures.ts'

const AMENDMENT = {
  reason: '放宽附件要求',
  policy: { requiredAttachments: ['application_form'] },
  confirmation: 'required',
  confirmBy: '2026-04-10T09:00:00.000Z',
}

t.test('after an amendment that asks for it a bid is confirmed, submitted again, or lapses', async (t) => {
  const app = await testApp(t)
  const { call, setClock } = app
  const { biddingRound, hostKey, newAgency, newNeed, open, submit, submittedBid, versionOf } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agencies = await Promise.all(['确认社', '重交社', '未理社'].map((name) => newAgency(name)))
  const [confirming, again, silent] = agencies as [Agency, Agency, Agency]
  const bids = new Map<Agency, string>()
  for (const agency of agencies) bids.set(agency, (await submittedBid(agency, roundId, need)).body.id)
  const confirm = async (agency: Agency) => {
    const path = `/v1/bids/${bids.get(agency)}`
    return call(agency.key, 'POST', `${path}/confirmation`, undefined, { ifMatch: await versionOf(path, agency.key) })
  }
  const early = await confirm(confirming)
  t.match([early.status, early.body.code], [409, 'bid_confirmation_not_needed'])
  const ifMatch = await versionOf(`/v1/rounds/${roundId}`, hostKey)
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/amendments`, AMENDMENT, { ifMatch }))
  t.match((await call(confirming.key, 'GET', `/v1/bids/${bids.get(confirming)}`)).body, { confirmedPolicyVersion: 1 })
  t.match(expecting(200, await confirm(confirming)).body, { state: 'submitted', confirmedPolicyVersion: 2 })
  t.equal((await confirm(confirming)).body.code, 'bid_confirmation_not_needed')
  t.equal(
    (await call(silent.key, 'POST', `/v1/bids/${bids.get(confirming)}/confirmation`, undefined, { ifMatch: 3 })).status,
    404,
  )
  const replaced = await submit(again, bids.get(again) ?? '', 2)
  t.match(expecting(201, replaced).body.bid, { confirmedPolicyVersion: 2 })
  await setClock('2026-04-10T09:00:00.000Z')
  const tooLate = await confirm(silent)
  t.match([tooLate.status, tooLate.body.code], [422, 'confirmation_closed'], 'confirmations end before the bids do')
  t.match(tooLate.body.detail, /2026-04-10T09:00:00.000Z.*2026-04-/)
  const record = await open(roundId)
  const outcomes = new Map(
    record.body.bids.map(({ bidId, outcome, reason }: Record<string, string>) => [bidId, `${outcome} ${reason}`]),
  )
  t.equal(outcomes.get(bids.get(confirming)), 'opened null')
  t.equal(outcomes.get(bids.get(again)), 'opened null')
  t.equal(outcomes.get(bids.get(silent)), 'lapsed amendment_not_confirmed')
  const lapsed = await call(silent.key, 'GET', `/v1/bids/${bids.get(silent)}`)
  t.match(lapsed.body, { state: 'withdrawn', content: null, opening: { outcome: 'lapsed' } })
  await setClock('2026-04-18T01:00:00.000Z')
  t.equal((await confirm(silent)).status, 409)
})

t.test('a confirmation that somebody wrote into the database is named by the opening', async (t) => {
  const app = await testApp(t)
  const { call, database, setClock } = app
  const { biddingRound, hostKey, newAgency, newNeed, open, submittedBid, versionOf } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const [forged, lowered] = [await newAgency('冒认社'), await newAgency('被改社')]
  const forgedBid = (await submittedBid(forged, roundId, need)).body.id
  const loweredBid = (await submittedBid(lowered, roundId, need)).body.id
  const ifMatch = await versionOf(`/v1/rounds/${roundId}`, hostKey)
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/amendments`, AMENDMENT, { ifMatch }))
  expecting(200, await call(lowered.key, 'POST', `/v1/bids/${loweredBid}/confirmation`, undefined, { ifMatch: 2 }))
  const write = (id: string, version: number) =>
    database.pool.query('update bid set confirmed_policy_version = $2 where id = $1', [uuidOf(id, 'bid'), version])
  await write(forgedBid, 2)
  await write(loweredBid, 1)
  await setClock('2026-04-18T01:00:00.000Z')
  const record = await open(roundId)
  const outcomes = new Map(
    record.body.bids.map(({ bidId, outcome, reason }: Record<string, string>) => [bidId, `${outcome} ${reason}`]),
  )
  t.equal(outcomes.get(forgedBid), 'lapsed confirmation_not_recorded', 'nobody gains by it')
  t.equal(outcomes.get(loweredBid), 'opened confirmation_not_recorded', 'and nobody loses')
})

t.test('a round is not published when nobody here can hold its key', async (t) => {
  const app = await testApp(t, { sealing: { holders: {}, escrow: null, serviceKey: Buffer.alloc(32) } })
  const county = await biddingCounty(app)
  await t.rejects(
    county.biddingRound([await county.newNeed()]),
    /422 instead of 200: .*#\/policy\/sealing\/keyHolder.*key_holder_unknown/,
  )
})

t.test('a round of an earlier version has no sealing key, and says so', async (t) => {
  const app = await testApp(t)
  const county = await biddingCounty(app)
  const need = await county.newNeed()
  const roundId = await county.biddingRound([need])
  const agency = await county.newAgency('暖汀社')
  const draft = await county.draftBid(agency, roundId, need)
  await app.database.pool.query('delete from sealing_key')
  const refused = await county.submit(agency, draft.body.id, 1)
  t.match([refused.status, refused.body.code], [409, 'sealing_key_missing'])
  t.equal((await app.call(null, 'GET', `/v1/rounds/${roundId}/sealing-key`)).status, 404)
})

t.test('the files of a bid have 200 MB together', async (t) => {
  const app = await testApp(t)
  const county = await biddingCounty(app)
  const need = await county.newNeed()
  const roundId = await county.biddingRound([need])
  const agency = await county.newAgency('暖汀社')
  const draft = await county.draftBid(agency, roundId, need)
  const attachments = [...CONTENT.attachments] as object[]
  for (let index = 0; index < 5; index += 1)
    attachments.push({ kind: 'plan', documentId: await fileOf(app, agency, draft.body.id, index) })
  // Five files that claim 50 MB each; nobody wants to upload them here.
  await app.database.pool.query('update document set byte_size = 52428800, ciphertext_byte_size = 52428800')
  const refused = await county.submit(agency, draft.body.id, 1, { ...CONTENT, attachments })
  t.match([refused.status, refused.body.code], [422, 'attachments_too_large'])
  const fewer = await county.submit(agency, draft.body.id, 1, { ...CONTENT, attachments: attachments.slice(0, -2) })
  t.equal(fewer.status, 201, JSON.stringify(fewer.body))
})

async function fileOf(app: TestApp, agency: Agency, bidId: string, index: number): Promise<string> {
  const bytes = Buffer.from(`%PDF-1.7\n% file ${index}\n%%EOF\n`)
  const { body } = expecting(
    201,
    await app.call(agency.key, 'POST', `/v1/bids/${bidId}/documents`, {
      fileName: `plan-${index}.pdf`,
      mediaType: 'application/pdf',
      byteSize: bytes.length,
      sha256: hash('sha256', bytes, 'hex'),
    }),
  )
  const uploaded = await app.app.inject({
    method: 'PUT',
    url: `/v1/documents/${body.id}/content`,
    headers: { authorization: `Bearer ${agency.key}`, 'content-type': 'application/octet-stream' },
    payload: bytes,
  })
  if (uploaded.statusCode !== 200) throw new Error(uploaded.body)
  return body.id
}

t.test('a cancelled round says so, whatever its timetable', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, submit, versionOf } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const { body } = await draftBid(agency, roundId, need)
  const ifMatch = await versionOf(`/v1/rounds/${roundId}`, hostKey)
  const reason = '预算调整,取消本轮'
  expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/cancellation`, { reason }, { ifMatch }))
  const withdraw = () => call(agency.key, 'POST', `/v1/bids/${body.id}/withdrawal`, undefined, { ifMatch: 1 })
  for (const refused of [await submit(agency, body.id, 1), await withdraw()])
    t.match([refused.status, refused.body.code], [409, 'bid_round_cancelled'])
})
