import t from 'tap'
import { advanceBid } from '../../../src/modules/bids/index.ts'
import { testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { newExpert, smallRound } from './fixtures.ts'

t.test('a panel below its quorum cannot score until an alternate joins', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const round = await smallRound(app, ['暖汀', '青禾'])
  const { hostKey, roundId, agencies, bids, convene, sign, rank } = round
  const worksThere = [{ organizationId: agencies['青禾']?.organizationId, from: '2020-01-01', to: null }]
  const one = await newExpert(app, hostKey, 'E1')
  const two = await newExpert(app, hostKey, 'E2', { employments: worksThere })
  const three = await newExpert(app, hostKey, 'E3')
  const panel = await convene([one, two])
  const url = `/v1/review-panels/${panel.body.id}`
  t.same(panel.body.belowQuorum, [bids['青禾']])

  await t.test('its sheets are refused, and the ranking names the bid', async (t) => {
    t.match((await sign(one, '青禾', '80')).body, { code: 'panel_below_quorum', status: 409 })
    t.equal((await sign(one, '暖汀', '80')).status, 201, 'the quorum counts per bid')
    t.equal((await sign(two, '暖汀', '82')).status, 201)
    const refused = await rank()
    t.match(
      [refused.status, refused.body.code, refused.body.errors[0].detail],
      [409, 'panel_below_quorum', bids['青禾']],
    )
  })

  await t.test('the host may leave it without a result', async (t) => {
    const ranked = await rank({ leaveOut: [bids['青禾']] })
    t.same(ranked.body.withoutResult, [bids['青禾']])
    t.same(
      ranked.body.entries.map(({ bidId, sum, count }: Record<string, unknown>) => [bidId, sum, count]),
      [[bids['暖汀'], '162.00', 2]],
    )
  })

  await t.test('addAlternate fills the empty seat, and the ranking has to be computed anew', async (t) => {
    const body = { expertId: three.id }
    t.equal((await call(hostKey, 'POST', `${url}/alternates`, body)).status, 428)
    t.equal((await call(hostKey, 'POST', `${url}/alternates`, body, { ifMatch: 7 })).status, 412)
    const twice = await call(hostKey, 'POST', `${url}/alternates`, { expertId: one.id }, { ifMatch: 1 })
    t.match([twice.status, twice.body.code], [422, 'panel_members_invalid'])
    t.equal((await call(one.key, 'POST', `${url}/alternates`, body, { ifMatch: 1 })).status, 403)
    const joined = await call(hostKey, 'POST', `${url}/alternates`, body, { ifMatch: 1 })
    t.equal(joined.status, 200, JSON.stringify(joined.body))
    t.same(joined.body.belowQuorum, [])
    t.equal(joined.body.seats.length, 5, 'a seat for one bid only')
    t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 404)
    t.equal((await sign(three, '暖汀', '10')).status, 404)
    t.equal((await sign(one, '青禾', '80')).status, 201)
    t.equal((await sign(three, '青禾', '81')).status, 201)
    t.equal((await rank()).body.entries.length, 2)
  })

  await t.test('stateRecusal voids the sheet, and the bid needs another judge', async (t) => {
    const wanted = { bidId: bids['暖汀'], expertId: two.id, remark: '与负责人有近亲属关系' }
    const state = (key: string, body: object, ifMatch = 2) => call(key, 'POST', `${url}/recusals`, body, { ifMatch })
    t.equal((await state(one.key, wanted)).status, 403, 'nobody states it for a colleague')
    t.match((await state(hostKey, { ...wanted, expertId: three.id })).body, { code: 'not_on_panel', status: 422 })
    t.equal((await state(await keyFor('agency'), wanted)).status, 403)
    const stated = await state(two.key, wanted)
    t.equal(stated.status, 200, JSON.stringify(stated.body))
    const seats = stated.body.seats.filter(({ bidId }: { bidId: string }) => bidId === bids['暖汀'])
    t.match(seats, [
      { expertId: one.id, state: 'seated' },
      { expertId: two.id, state: 'recused', reason: 'own_statement', remark: wanted.remark },
      { expertId: three.id, state: 'seated' },
    ])
    const sheets = await call(hostKey, 'GET', `/v1/score-sheets?bidId=${bids['暖汀']}`)
    t.same(sheets.body.items.filter(({ voidedAt }: { voidedAt: unknown }) => voidedAt !== null).length, 1)
    t.equal((await rank()).body.code, 'score_sheets_missing')
    t.equal((await sign(two, '暖汀', '99')).body.code, 'expert_recused')
    t.equal((await sign(three, '暖汀', '90')).status, 201)
    t.same((await rank()).body.entries[0].sum, '170.00', 'the voided 82 counts no more')
  })

  await t.test('once awards are proposed an objection is the way', async (t) => {
    await app.asSystem((work) => advanceBid(work, bids['青禾'] ?? '', 'propose'))
    const wanted = { bidId: bids['青禾'], expertId: one.id, remark: '迟到的声明' }
    const late = await call(hostKey, 'POST', `${url}/recusals`, wanted, { ifMatch: 3 })
    t.match([late.status, late.body.code], [409, 'recusal_too_late'])
  })
})

t.test('a lot decides what nothing else separates, once it is on record', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const { hostKey, roundId, bids, convene, sign, rank } = await smallRound(app, ['甲', '乙', '丙'])
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  t.equal((await convene(experts)).status, 201)
  for (const expert of experts) {
    for (const name of ['甲', '乙']) t.equal((await sign(expert, name, '80')).status, 201)
    t.equal((await sign(expert, '丙', '55.5')).status, 201)
  }
  const url = `/v1/rounds/${roundId}/lot-drawings`
  const lot = {
    bidIds: [bids['乙'], bids['甲']],
    place: '云汀县民政局二楼会议室',
    witnesses: ['县公证处'],
    drawnAt: '2026-04-28T05:00:00.000Z',
  }

  const refused = await rank()
  t.match([refused.status, refused.body.code], [409, 'lot_required'])
  t.same(refused.body.errors[0].detail.split(', ').sort(), [bids['甲'], bids['乙']].sort())

  await t.test('the lot holds exactly the tied bids and lies behind', async (t) => {
    t.match((await call(hostKey, 'POST', url, { ...lot, bidIds: Object.values(bids) })).body, {
      code: 'lot_not_required',
      status: 409,
    })
    t.match((await call(hostKey, 'POST', url, { ...lot, drawnAt: '2026-04-28T06:00:00.001Z' })).body, {
      code: 'lot_in_future',
      status: 422,
    })
    t.match((await call(hostKey, 'POST', url, { ...lot, drawnAt: '2026-04-01T00:00:00.000Z' })).body, {
      code: 'lot_before_opening',
      status: 422,
    })
    t.equal((await call(hostKey, 'POST', url, { ...lot, witnesses: [] })).status, 400)
    t.equal((await call(await keyFor('agency'), 'POST', url, lot)).status, 403)
    const drawn = await call(hostKey, 'POST', url, lot)
    t.equal(drawn.status, 201, JSON.stringify(drawn.body))
    t.match(drawn.body, lot)
    t.equal((await call(hostKey, 'POST', url, lot)).body.code, 'lot_not_required', 'nobody draws until it suits')
    t.match((await call(await keyFor('auditor'), 'GET', url)).body.items, [{ id: drawn.body.id }])
  })

  const ranked = await rank()
  t.same(
    ranked.body.entries.map(({ bidId, decidedBy, isAboveLine }: Record<string, unknown>) => [
      bidId,
      decidedBy,
      isAboveLine,
    ]),
    [
      [bids['乙'], 'lot', true],
      [bids['甲'], 'lot', true],
      [bids['丙'], null, false],
    ],
  )
})

t.test('five experts: the extremes are dropped, and whoever stands apart is named', async (t) => {
  const app = await testApp(t)
  const { hostKey, bids, convene, sign, rank } = await smallRound(app, ['甲'], {
    panel: { size: 5, quorum: 3, recusalLookbackMonths: 24, dropExtremesMinSheets: 5, outlierGap: '20' },
  })
  const experts = []
  for (const code of ['E1', 'E2', 'E3', 'E4', 'E5']) experts.push(await newExpert(app, hostKey, code))
  t.equal((await convene(experts)).status, 201)
  for (const [index, expert] of experts.entries())
    t.equal((await sign(expert, '甲', ['90', '70', '90', '81.25', '40'][index] ?? '')).status, 201)
  const refused = await rank()
  t.match(refused.body, { code: 'outlier_reasons_missing', status: 409, errors: [{ code: 'outlier_reason_missing' }] })
  const url = `/v1/score-sheets/${refused.body.errors[0].detail}/outlier-reason`
  const reason = { reason: '项目与既有服务重复,可行性评价明显低于其他专家。' }
  t.equal((await app.call(hostKey, 'POST', url, reason)).status, 403, 'nobody explains for an expert')
  t.equal((await app.call(experts[0]?.key ?? '', 'POST', url, reason)).status, 404)
  t.match(await app.call(experts[4]?.key ?? '', 'POST', url, reason), {
    status: 200,
    body: { outlierReason: reason.reason, total: '40.00' },
  })
  t.equal((await app.call(experts[4]?.key ?? '', 'POST', url, reason)).body.code, 'outlier_reason_not_needed')
  const { body } = await app.call(experts[0]?.key ?? '', 'GET', '/v1/score-sheets')
  const near = `/v1/score-sheets/${body.items[0].id}/outlier-reason`
  t.equal((await app.call(experts[0]?.key ?? '', 'POST', near, reason)).body.code, 'outlier_reason_not_needed')

  const [entry] = (await rank()).body.entries
  t.match(entry, { bidId: bids['甲'], sum: '241.25', count: 3, mean: '80.42' })
  t.same(entry.droppedExpertIds, [experts[0]?.id, experts[4]?.id].sort(), 'the first of the 90s and the 40')
  t.same(entry.outlierExpertIds, [experts[4]?.id], 'the 40 against a mean of 82.81')
})

t.test('a bid that is accepted after the panel was convened is seated when an alternate joins', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const round = await smallRound(app, ['暖汀', '青禾'])
  const { formalCheck, hostKey, agencies, bids, convene, sign, rank } = round
  const listings = `/v1/organizations/${agencies['青禾']?.organizationId}/credit-listings`
  const listing = { kind: 'abnormal', listedOn: '2026-02-01', source: '中国社会组织政务服务平台' }
  const { id } = expecting(201, await call(hostKey, 'POST', listings, listing)).body
  const recheck = async () => formalCheck(bids['青禾'] ?? '', { retake: true, remarks: '名录有误' })
  t.equal((await recheck()).body.state, 'rejected', 'an accepted bid, on what was recorded too late')
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  const three = await newExpert(app, hostKey, 'E3')
  const panel = await convene(experts)
  t.equal(panel.body.seats.length, 2)
  const removal = { removedOn: '2026-04-17', source: '撤销列入决定', isAnnulled: true }
  expecting(200, await call(hostKey, 'POST', `${listings}/${id}/removal`, removal, { ifMatch: 1 }))
  t.equal((await recheck()).body.state, 'accepted')
  for (const expert of experts) t.equal((await sign(expert, '暖汀', '80')).status, 201)
  t.match((await rank()).body, { code: 'panel_below_quorum', errors: [{ detail: bids['青禾'] }] })
  const url = `/v1/review-panels/${panel.body.id}/alternates`
  expecting(200, await call(hostKey, 'POST', url, { expertId: three.id }, { ifMatch: 1 }))
  for (const expert of experts) t.equal((await sign(expert, '青禾', '81')).status, 201)
  const ranked = await rank()
  t.same([ranked.status, ranked.body.entries?.length], [200, 2], JSON.stringify(ranked.body))
  const late = await call(
    hostKey,
    'POST',
    `/v1/bids/${bids['青禾']}/formal-check`,
    { retake: true, remarks: '再查' },
    { ifMatch: await round.versionOf(`/v1/bids/${bids['青禾']}`, hostKey) },
  )
  t.match([late.status, late.body.code], [409, 'bid_not_in_state'])
})
