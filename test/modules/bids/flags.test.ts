import t from 'tap'
import { recordOverdueRefund } from '../../../src/modules/organizations/index.ts'
import { testApp } from '../../support/app.ts'
import { expecting, money } from '../rounds/fixtures.ts'
import { type Agency, biddingCounty, CONTENT } from './fixtures.ts'

const NOBODY = { legalRepresentative: null, address: null, phone: null, bankAccount: null }
const PHONE = '13912345678'
const BEFORE_LETTER = { attachments: CONTENT.attachments.slice(0, 1) }

t.test('the formal check judges the bidder as of the last day for bids and keeps what it saw', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, hostId, keyFor } = app
  const { biddingRound, formalCheck, hostKey, newAgency, newNeed, open, submittedBid, versionOf } =
    await biddingCounty(app)
  const needs = [await newNeed(), await newNeed(), await newNeed(), await newNeed(), await newNeed()]
  const roundId = await biddingRound(needs)
  const names = [
    '暖汀社会工作服务中心',
    '青禾社会工作服务中心',
    '同行助残服务中心',
    '和邻社区服务社',
    '松坪公益发展中心',
  ]
  const agencies: Agency[] = []
  for (const name of names) agencies.push(await newAgency(name))
  const agency = (index: number) => agencies[index] as Agency
  const listing = { kind: 'abnormal', listedOn: '2026-02-01', source: '中国社会组织政务服务平台' }
  const list = (index: number) =>
    call(hostKey, 'POST', `/v1/organizations/${agency(index).organizationId}/credit-listings`, listing)
  await list(0)
  const bids: string[] = []
  for (const [index, need] of needs.entries()) {
    const content = index === 1 || index === 2 ? BEFORE_LETTER : {}
    bids.push((await submittedBid(agency(index), roundId, need, content)).body.id)
  }
  const bid = (index: number) => bids[index] as string
  const { organizationId } = agency(3)
  await asSystem((work) => recordOverdueRefund(work, { organizationId, hostId, subject: 'rfc_1', dueOn: '2026-04-15' }))
  const ban = { startsOn: '2026-04-16', endsOn: '2026-04-16', reason: '虚报服务记录' }
  expecting(201, await call(hostKey, 'POST', `/v1/organizations/${agency(4).organizationId}/bans`, ban))
  await open(roundId)
  const pathOf = (index: number) => `/v1/bids/${bid(index)}/eligibility`

  t.test('nothing is known before the first check', async (t) => {
    t.equal((await call(hostKey, 'GET', pathOf(0))).status, 404)
  })

  t.test('lists, debts and bans reject, each with its code', async (t) => {
    const outcome = async (index: number) => {
      const { body } = await formalCheck(bid(index))
      return [body.state, ...body.formalCheck.findings.map(({ code }: { code: string }) => code)]
    }
    t.same(await outcome(0), ['rejected', 'listed_abnormal'])
    t.same(await outcome(3), ['rejected', 'refund_overdue'])
    t.same(await outcome(4), ['rejected', 'banned'])
  })

  t.test('both sides read what was known, nobody else', async (t) => {
    for (const key of [hostKey, agency(0).key]) {
      const read = await call(key, 'GET', pathOf(0))
      t.match(read.body, {
        ...{ bidId: bid(0), number: 1, day: '2026-04-16', sponsoredGroup: null },
        bidder: {
          organizationId: agency(0).organizationId,
          listings: [{ kind: 'abnormal', listedOn: '2026-02-01', removedOn: null }],
        },
        findings: [{ code: 'listed_abnormal', isCurable: false }],
      })
    }
    t.equal((await call(agency(1).key, 'GET', pathOf(0))).status, 404)
    t.equal((await call(await keyFor('town'), 'GET', pathOf(0))).status, 403)
    t.equal((await call(null, 'GET', pathOf(0))).status, 401)
  })

  t.test('what is recorded later changes nothing, unless the host takes the facts anew', async (t) => {
    for (const index of [1, 2]) {
      t.equal((await formalCheck(bid(index))).body.state, 'returned_for_correction')
      expecting(201, await list(index))
      const path = `/v1/bids/${bid(index)}`
      const ifMatch = await versionOf(path, agency(index).key)
      const correction = { attachments: [{ kind: 'commitment_letter' }] }
      expecting(200, await call(agency(index).key, 'POST', `${path}/correction`, correction, { ifMatch }))
    }
    t.match((await formalCheck(bid(1))).body, { state: 'accepted', formalCheck: { findings: [] } })
    t.match((await call(hostKey, 'GET', pathOf(1))).body, { number: 1, findings: [] })
    const retaken = await formalCheck(bid(2), { retake: true })
    t.match(retaken.body, { state: 'rejected', formalCheck: { findings: [{ code: 'listed_abnormal' }] } })
    t.match((await call(hostKey, 'GET', pathOf(2))).body, { number: 2, findings: [{ code: 'listed_abnormal' }] })
    await t.rejects(
      app.database.pool.query('update bid_eligibility set number = 7'),
      /never changes/,
      'nobody rewrites what was seen',
    )
  })

  t.test('a bid that was decided on a wrong record is checked again once the record is right', async (t) => {
    const path = `/v1/bids/${bid(0)}/formal-check`
    const check = async (body: object, key = hostKey) =>
      call(key, 'POST', path, body, { ifMatch: await versionOf(`/v1/bids/${bid(0)}`, hostKey) })
    const remarks = '同名机构,误列名录'
    t.equal((await check({ remarks })).body.code, 'bid_not_in_state', 'not without retake')
    t.match(await check({ retake: true }), { status: 422, body: { code: 'recheck_reason_missing' } })
    t.equal((await check({ retake: true, remarks }, await keyFor('finance'))).status, 403)
    t.equal((await check({ retake: true, remarks })).body.state, 'rejected', 'nothing was corrected')
    const listings = `/v1/organizations/${agency(0).organizationId}/credit-listings`
    const [{ id }] = expecting(200, await call(hostKey, 'GET', listings)).body.items
    const removal = { removedOn: '2026-04-17', source: '撤销列入决定', isAnnulled: true }
    expecting(200, await call(hostKey, 'POST', `${listings}/${id}/removal`, removal, { ifMatch: 1 }))
    t.match((await check({ retake: true, remarks })).body, {
      state: 'accepted',
      formalCheck: { findings: [], remarks },
    })
    t.match((await call(hostKey, 'GET', pathOf(0))).body, { number: 3, day: '2026-04-16', findings: [] })
    const { rows } = await app.database.pool.query(
      `select number, findings from bid_eligibility
       where bid_id = (select bid_id from bid_eligibility where number = 3) order by number`,
    )
    t.match(rows, [{ number: 1, findings: [{ code: 'listed_abnormal' }] }, { number: 2 }, { number: 3, findings: [] }])
    const { rows: told } = await app.database.pool.query(`select data from event where type = 'bid.recheck_begun'`)
    t.match(told, [{ data: { from: 'rejected', findings: ['listed_abnormal'] } }, { data: { from: 'rejected' } }])
  })
})

t.test('what only the host can judge waits for its decision', async (t) => {
  const app = await testApp(t)
  const { call, database, keyFor } = app
  const { biddingRound, formalCheck, hostKey, newAgency, newNeed, open, submittedBid, versionOf } =
    await biddingCounty(app)
  const needs = [await newNeed(), await newNeed(), await newNeed()]
  const roundId = await biddingRound(needs)
  const agencies = [await newAgency('暖汀'), await newAgency('青禾'), await newAgency('同行')]
  const agency = (index: number) => agencies[index] as Agency
  const otherFunding = [{ funder: '县妇联', amount: money('30000.00') }]
  const bids: string[] = []
  for (const [index, need] of needs.entries())
    bids.push((await submittedBid(agency(index), roundId, need, index === 2 ? { otherFunding } : {})).body.id)
  const bid = (index: number) => bids[index] as string
  const contacts = (index: number, set: object) =>
    call(
      agency(index).key,
      'PUT',
      `/v1/organizations/${agency(index).organizationId}/contacts`,
      { ...NOBODY, ...set },
      {
        ifMatch: 1,
      },
    )
  expecting(200, await contacts(0, { phone: PHONE, bankAccount: '6222020012345678', legalRepresentative: '张三' }))
  expecting(200, await contacts(1, { phone: `+86 ${PHONE}`, legalRepresentative: '李四' }))
  expecting(200, await contacts(2, { legalRepresentative: '王五' }))
  const flagsOf = async (index: number, key = hostKey) =>
    expecting(200, await call(key, 'GET', `/v1/bids/${bid(index)}/flags`)).body.items
  t.equal((await call(hostKey, 'GET', `/v1/bids/${bid(0)}/flags`)).status, 404, 'before the opening nobody knows')
  await open(roundId)
  const operator = await keyFor('operator')

  t.test('bidders that share a contact are named to each other’s host, without the contact', async (t) => {
    const [flag, ...more] = await flagsOf(0)
    t.match(flag, { code: 'related_party', otherBidId: bid(1), detail: 'shared: phone', state: 'open', reason: null })
    t.same(more, [])
    t.match(await flagsOf(1, operator), [{ code: 'related_party', otherBidId: bid(0) }])
    t.match(await flagsOf(2), [{ code: 'double_funding_declared', otherBidId: null, detail: /^30000\.00 yuan/ }])
    const { rows } = await database.pool.query("select data::text as data from event where type = 'bid.flagged'")
    t.equal(rows.length, 3)
    t.notMatch(JSON.stringify(rows), new RegExp(PHONE))
  })

  t.test('while a flag is open the bid is not accepted', async (t) => {
    for (const index of [0, 2]) {
      const ifMatch = await versionOf(`/v1/bids/${bid(index)}`, hostKey)
      const refused = await call(hostKey, 'POST', `/v1/bids/${bid(index)}/formal-check`, {}, { ifMatch })
      t.match([refused.status, refused.body.code], [409, 'bid_flag_open'])
    }
  })

  t.test('the host decides, once and with a reason', async (t) => {
    const [flag] = await flagsOf(0)
    const path = `/v1/bids/${bid(0)}/flags/${flag.id}`
    const read = await call(operator, 'GET', path)
    t.match([read.status, read.headers['etag']], [200, '"1"'])
    const decision = { outcome: 'cleared', reason: '同址办公,财务与人员独立' }
    const decide = (key: string | null, body: object = decision, url = path, ifMatch = 1) =>
      call(key, 'POST', `${url}/decision`, body, { ifMatch })
    t.equal((await decide(operator)).status, 403)
    t.equal((await decide(agency(0).key)).status, 403)
    t.equal((await decide(null)).status, 401)
    t.equal((await decide(hostKey, { outcome: 'cleared' })).status, 400)
    t.equal((await decide(hostKey, decision, path, 5)).status, 412)
    t.equal((await call(hostKey, 'POST', `${path}/decision`, decision)).status, 428)
    t.equal((await decide(hostKey, decision, `/v1/bids/${bid(1)}/flags/${flag.id}`)).status, 404, 'of another bid')
    t.match(await decide(hostKey), { status: 200, body: { state: 'cleared', reason: decision.reason } })
    t.equal((await decide(hostKey, decision, path, 2)).body.code, 'bid_flag_decided')
    t.equal((await formalCheck(bid(0))).body.state, 'accepted')
  })

  t.test('who is excluded is rejected by the formal check', async (t) => {
    const [flag] = await flagsOf(2)
    const decision = { outcome: 'excluded', reason: '同一活动已获妇联资助' }
    const url = `/v1/bids/${bid(2)}/flags/${flag.id}/decision`
    t.match((await call(hostKey, 'POST', url, decision, { ifMatch: 1 })).body, { state: 'confirmed' })
    t.match((await formalCheck(bid(2))).body, {
      state: 'rejected',
      formalCheck: { findings: [{ code: 'double_funding_declared', isCurable: false }] },
    })
  })

  t.test('a bid that is out may be checked again, so its flag can still be decided', async (t) => {
    const manual = { code: 'seal_missing', detail: '未盖章', isCurable: false }
    t.equal((await formalCheck(bid(1), { manualFindings: [manual] })).body.state, 'rejected')
    const [flag] = await flagsOf(1)
    const url = `/v1/bids/${bid(1)}/flags/${flag.id}/decision`
    const decided = await call(hostKey, 'POST', url, { outcome: 'cleared', reason: '无关' }, { ifMatch: 1 })
    t.match(decided, { status: 200, body: { state: 'cleared' } })
    const again = await formalCheck(bid(1), { retake: true, remarks: '盖章页已找到' })
    t.equal(again.body.state, 'accepted')
  })
})

t.test('a sponsored group counts with its sponsor for the limit of bids', async (t) => {
  const app = await testApp(t)
  const { newOrganization } = app
  const { biddingRound, draftBid, newAgency, newNeed, newProject, submit, submittedBid } = await biddingCounty(app)
  const needs = [await newNeed(), await newNeed(), await newNeed()]
  const roundId = await biddingRound(needs)
  const sponsor = await newAgency('和邻社区服务社')
  const group = { type: 'filed_community_org', creditCode: null, sponsorId: sponsor.organizationId }
  const sponsoredGroupId = await newOrganization('邻里互助队', group)
  const [first = '', second = '', third = ''] = needs
  await submittedBid(sponsor, roundId, first)
  const projectId = await newProject(sponsor, [second], { sponsoredGroupId })
  const sponsored = await draftBid(sponsor, roundId, second, {}, projectId)
  t.equal((await submit(sponsor, sponsored.body.id, 1)).status, 201, 'its second bid, in the stead of the group')
  const beyond = await draftBid(sponsor, roundId, third)
  const refused = await submit(sponsor, beyond.body.id, 1)
  t.match([refused.status, refused.body.code], [409, 'bid_limit_reached'])
})
