import t from 'tap'
import { awards } from '../../../src/modules/awards/index.ts'
import { adviseOnAllocation, prepareAdvice } from '../../../src/modules/awards/service/fairness.ts'
import { testApp } from '../../support/app.ts'
import { newExpert, smallRound } from '../reviews/fixtures.ts'
import { expecting, money } from '../rounds/fixtures.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Body = any

const MEETING = '2026-05-18T01:00:00.000Z'

const NEXT_ROUND = {
  code: 'YT-2026-02',
  title: '第二届',
  needIds: [],
  timetable: {
    opensAt: '2026-08-01T00:00:00Z',
    closesAt: '2026-08-31T09:00:00Z',
    cycleStartsOn: '2026-10-01',
    cycleEndsOn: '2026-12-31',
  },
  pools: [],
}

/** 甲 ranked before 乙, judged by two experts; a third stands by. Nothing is proposed yet. */
async function reviewed(t: Parameters<typeof testApp>[0], policy: object = {}, bid: object = {}, sheet: object = {}) {
  const app = await testApp(t)
  const round = await smallRound(app, ['甲', '乙'], policy, bid)
  const { call } = app
  const { hostKey, roundId, bids } = round
  const names = ['E1', 'E2', 'E3']
  const experts = await Promise.all(names.map((name) => newExpert(app, hostKey, name)))
  const [first, second, third] = experts as [(typeof experts)[0], (typeof experts)[0], (typeof experts)[0]]
  const panel = expecting(201, await round.convene([first, second], [third])).body
  for (const expert of [first, second]) {
    for (const [name, points] of Object.entries({ 甲: '90', 乙: '80' })) {
      const items = [{ criterion: 'merit', points }]
      expecting(201, await call(expert.key, 'POST', '/v1/score-sheets', { bidId: bids[name], items, ...sheet }))
    }
  }
  expecting(200, await round.rank())
  const path = `/v1/rounds/${roundId}`
  const nameOf = (bidId: string) => Object.entries(bids).find(([, id]) => id === bidId)?.[0] ?? bidId
  const act = async (key: string | null, resource: string, command: string, body?: object) => {
    const ifMatch = String((await call(hostKey, 'GET', resource)).headers.etag)
    return call(key, 'POST', `${resource}${command}`, body, { ifMatch })
  }
  return {
    ...app,
    ...round,
    path,
    act,
    experts: { first, second, third },
    panelPath: `/v1/review-panels/${panel.id}`,
    propose: (body: object = {}) => call(hostKey, 'POST', `${path}/award-proposals`, body),
    announce: (more: object = {}) => call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award', ...more }),
    retract: (key: string | null = hostKey) =>
      call(key, 'POST', `${path}/award-retraction`, { reason: '发现专家 E1 应回避。' }),
    meet: (heldOn: string, more: object = {}) =>
      call(hostKey, 'POST', `${path}/decision-meetings`, { heldOn, minutes: '局长办公会审定。', ...more }),
    async standing() {
      const { items } = (await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}`)).body
      return items.map(({ bidId, state }: Body) => `${nameOf(bidId)} ${state}`).reverse()
    },
    async bidStates() {
      const ids = Object.values(bids) as string[]
      return Promise.all(ids.map(async (id) => (await call(hostKey, 'GET', `/v1/bids/${id}`)).body.state))
    },
    async allocated() {
      const { items } = (await call(hostKey, 'GET', `${path}/pools`)).body
      return items.map(({ allocated }: Body) => allocated.amount)
    },
    stateOfRound: async () => (await call(null, 'GET', path)).body.state,
  }
}

t.test(
  'a recusal found while the notice is out: withdrawn, retracted, judged anew, published as version 2',
  async (t) => {
    const panel = { size: 2, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
    const county = await reviewed(t, { panel })
    const { call, hostKey, keyFor, agencies, experts, act, path, panelPath, bids, rank, sign } = county
    t.match((await county.retract()).body, { code: 'nothing_to_retract', status: 409 })
    const { roundId, asSystem } = county
    const wish = { amounts: [], withPrices: false }
    const stale = await asSystem((work) => prepareAdvice(work, roundId, wish))
    const made = expecting(201, await county.propose()).body
    const seenBy = async (name: string) => {
      const key = agencies[name]?.key ?? null
      const own = (await call(key, 'GET', '/v1/bids')).body.items.map(({ state }: Body) => state)
      const filtered: number[] = []
      for (const state of ['accepted', 'proposed', 'reserve'])
        filtered.push((await call(key, 'GET', `/v1/bids?state=${state}`)).body.items.length)
      const awards = (await call(key, 'GET', '/v1/awards')).body.items.length
      const award = (await call(key, 'GET', `/v1/awards/${made.awards[0].id}`)).status
      const bid = (await call(key, 'GET', `/v1/bids/${bids[name]}`)).body.state
      return [own, filtered, awards, award, bid]
    }
    t.same(await seenBy('甲'), [['accepted'], [1, 0, 0], 0, 404, 'accepted'], 'no outcome before the notice')
    t.same(await seenBy('乙'), [['accepted'], [1, 0, 0], 0, 404, 'accepted'])
    const notice = expecting(201, await county.announce()).body
    t.same(await seenBy('甲'), [['proposed'], [0, 1, 0], 1, 200, 'proposed'])
    t.same(await seenBy('乙'), [['reserve'], [0, 0, 1], 0, 404, 'reserve'])
    const found = { bidId: bids['甲'], expertId: experts.first.id, remark: '与申报单位负责人系夫妻。' }
    t.match((await act(hostKey, panelPath, '/voidings', found)).body, { code: 'recusal_too_late', status: 409 })

    const refused = await county.retract()
    t.match(refused.body, { code: 'awards_on_notice', status: 409 })
    t.match(refused.body.detail, new RegExp(notice.id), 'it names the notice to withdraw')
    const withdrawn = await act(hostKey, `/v1/notices/${notice.id}`, '/withdrawal', { reason: '评审须重做。' })
    expecting(200, withdrawn)
    t.equal((await county.retract(await keyFor('operator'))).status, 403)
    t.equal((await county.retract(agencies['甲']?.key ?? null)).status, 403)
    t.equal((await county.retract(null)).status, 401)
    const without = await call(hostKey, 'POST', `${path}/award-retraction`, { reason: '无' }, { idempotencyKey: null })
    t.equal(without.body.code, 'idempotency_key_required')
    const unknown = '/v1/rounds/rnd_00000000000000000000000000/award-retraction'
    t.equal((await call(hostKey, 'POST', unknown, { reason: '无' })).status, 404)

    const [one, other] = await Promise.all([county.retract(), county.retract()])
    t.same([one.status, other.status].sort(), [200, 409], 'of two at once one takes them back')
    t.same(await county.standing(), ['甲 retracted'])
    t.same(await county.allocated(), ['0.00', '0.00'])
    t.same(await county.bidStates(), ['scored', 'scored'])
    t.equal(await county.stateOfRound(), 'reviewing')

    expecting(200, await act(hostKey, panelPath, '/voidings', found))
    t.match((await rank()).body, { code: 'score_sheets_missing' }, 'the alternate has not judged yet')
    expecting(201, await sign(experts.third, '甲', '60'))
    const ranking = expecting(200, await rank()).body
    t.same(
      ranking.entries.map(({ bidId }: Body) => bidId),
      [bids['乙'], bids['甲']],
    )
    const kept = asSystem((work) => adviseOnAllocation(work, roundId, wish, stale))
    await t.rejects(kept, { message: /^round_changed_meanwhile/ }, 'the ranking is another one by now')
    const fresh = await asSystem((work) => prepareAdvice(work, roundId, wish))
    t.match(await asSystem((work) => adviseOnAllocation(work, roundId, wish, fresh)), { number: 1 })
    expecting(201, await county.propose({ adviceReason: '按排名。' }))
    t.same(await county.standing(), ['甲 retracted', '乙 proposed'])
    const second = expecting(201, await county.announce({ supersedesId: notice.id })).body
    t.match(second, { number: 2, supersedesId: notice.id, state: 'open' })

    await county.setClock(MEETING)
    const early = await call(hostKey, 'POST', `${path}/award-confirmation`)
    t.match(early.body, { code: 'meeting_decides_after_notice', status: 409 })
    expecting(201, await county.meet('2026-05-18'))
    t.match((await county.retract()).body, { code: 'awards_confirmed', status: 409 })
    t.same(await county.standing(), ['甲 retracted', '乙 confirmed'])
  },
)

t.test('where the meeting comes before the notice, nothing is announced that it has not confirmed', async (t) => {
  const county = await reviewed(t, { decision: { beforeNotice: true, attendeesMin: 5 } })
  const { call, hostKey, path, setClock, agencies } = county
  const confirm = (key: string | null = hostKey) => call(key, 'POST', `${path}/award-confirmation`)
  const made = expecting(201, await county.propose()).body
  t.match((await county.announce()).body, { code: 'award_not_decided', status: 409 })
  t.match((await county.meet('2026-04-28')).body, { code: 'meeting_without_quorum', status: 422 })
  const before = await county.meet('2026-03-01', { attendees: 5 })
  t.match(before, { status: 422, body: { code: 'meeting_before_proposals' } }, 'nobody had proposed anything by then')
  const [{ id }] = made.awards
  const unknown = { attendees: 5, rejections: [{ awardId: 'awd_00000000000000000000000000', reason: '无' }] }
  t.match((await county.meet('2026-04-28', unknown)).body, { code: 'award_not_before_meeting', status: 422 })

  await t.test('what it rejects is cancelled, and whoever steps in needs a meeting too', async (t) => {
    const held = await county.meet('2026-04-28', { attendees: 5, rejections: [{ awardId: id, reason: '重复资助。' }] })
    t.match(held, { status: 201, body: { awardIds: [], attendees: 5, rejections: [{ awardId: id }] } })
    t.same(await county.standing(), ['甲 cancelled', '乙 proposed'])
    t.match((await county.announce()).body, { code: 'award_not_decided', status: 409 })
    const second = await county.meet('2026-04-28', { attendees: 6 })
    t.equal(second.body.awardIds.length, 1)
    t.equal(await county.stateOfRound(), 'reviewing', 'the decision is not public yet')
    t.match((await county.meet('2026-04-28', { attendees: 6 })).body, { code: 'nothing_to_approve', status: 409 })
  })

  await t.test('minutes never change; corrections stand beside them', async (t) => {
    const list = `${path}/decision-meetings`
    const [latest] = (await call(hostKey, 'GET', list)).body.items
    const correction = { minutes: '局长办公会审定(出席 6 人)。', reason: '漏记人数。' }
    const corrected = await call(hostKey, 'POST', `${list}/${latest.id}/corrections`, correction)
    t.match(corrected, {
      status: 201,
      body: { minutes: latest.minutes, awardIds: latest.awardIds, corrections: [{ number: 1, ...correction }] },
    })
    t.same((await call(hostKey, 'GET', list)).body.items[0], corrected.body)
    const missing = `${list}/dec_00000000000000000000000000/corrections`
    t.equal((await call(hostKey, 'POST', missing, correction)).status, 404)
    t.equal((await call(agencies['乙']?.key ?? null, 'POST', missing, correction)).status, 403)
    await t.rejects(county.database.pool.query(`update decision_meeting set minutes = 'x'`), { code: '23514' })
    await t.rejects(county.database.pool.query('delete from meeting_correction'), { code: '23514' })
  })

  await t.test('once its notice has passed, what was decided takes effect', async (t) => {
    expecting(201, await county.announce())
    t.match((await confirm()).body, { code: 'notice_still_open', status: 409 })
    await setClock(MEETING)
    t.equal((await confirm(await county.keyFor('operator'))).status, 403)
    t.equal((await confirm(null)).status, 401)
    const done = await confirm()
    t.match(done, { status: 200, body: { awards: [{ state: 'confirmed' }] } })
    t.same(await county.standing(), ['甲 cancelled', '乙 confirmed'])
    t.equal(await county.stateOfRound(), 'approved')
    t.match((await confirm()).body, { code: 'nothing_to_approve', status: 409 })
    t.match((await call(hostKey, 'GET', `/v1/needs/${county.need}`)).body, { state: 'matched' })
  })
})

t.test('a reserve list ends, and from then on nobody steps in', async (t) => {
  const county = await reviewed(t, { reserve: { validFor: { amount: 5, basis: 'working' }, until: null } })
  const { call, hostKey, path, setClock, agencies, keyFor, bids } = county
  const reserve = (key: string | null = hostKey) => call(key, 'GET', `${path}/reserve`)
  expecting(201, await county.propose())
  t.match((await reserve()).body, { expires: null, isExpired: false, bids: [{ bidId: bids['乙'], rank: 2 }] })
  t.equal((await reserve(await keyFor('auditor'))).status, 200)
  t.equal((await reserve(agencies['乙']?.key ?? null)).status, 403)
  t.equal((await reserve(null)).status, 401)
  t.equal((await call(hostKey, 'GET', '/v1/rounds/rnd_00000000000000000000000000/reserve')).status, 404)
  expecting(201, await county.announce())
  const { expires } = (await reserve()).body
  t.match(expires, { period: { amount: 5, basis: 'working' } })
  await setClock(`${expires.effectiveOn}T16:00:00.000Z`)
  t.equal((await reserve()).body.isExpired, true)
  const [award] = (await call(hostKey, 'GET', `/v1/awards?roundId=${county.roundId}`)).body.items
  const declined = await county.act(agencies['甲']?.key ?? null, `/v1/awards/${award.id}`, '/decline', {
    reason: '放弃',
  })
  expecting(200, declined)
  t.same(await county.standing(), ['甲 declined'], 'time decides, before the alarm has rung')
  await county.ring(awards, county.roundId, 'round.reserve_expires')
  t.same(await county.bidStates(), ['declined', 'not_funded'])
  t.same((await reserve()).body.bids, [])
})

t.test('a cut award whose agency is silent, and for which no day is set, is not waited for for ever', async (t) => {
  const county = await reviewed(t)
  const { act, agencies, bids, call, keyFor, hostKey } = county
  const amounts = [{ bidId: bids['甲'], approved: money('50000.00') }]
  const { id } = expecting(201, await county.propose({ amounts })).body.awards[0]
  const award = `/v1/awards/${id}`
  t.match((await call(hostKey, 'GET', award)).body, {
    state: 'awaiting_budget',
    budgetDue: null,
    actions: ['submitBudget', 'decline', 'cancel'],
  })
  const cancel = (key: string | null) => act(key, award, '/cancellation', { reason: '三次催告,机构无回应。' })
  t.equal((await cancel(null)).status, 401)
  for (const key of [await keyFor('operator'), agencies['甲']?.key ?? null, agencies['乙']?.key ?? null])
    t.equal((await cancel(key)).status, 403)
  t.equal((await call(hostKey, 'POST', `${award}/cancellation`, { reason: '无' })).status, 428)
  t.equal((await call(hostKey, 'POST', `${award}/cancellation`, { reason: '无' }, { ifMatch: 99 })).status, 412)
  t.match((await act(hostKey, award, '/cancellation', { reason: '' })).status, 400)
  t.match(await cancel(hostKey), { status: 200, body: { state: 'cancelled', endReason: '三次催告,机构无回应。' } })
  t.same(await county.standing(), ['甲 cancelled', '乙 proposed'], 'the next bid steps in')
  t.match(await cancel(hostKey), { status: 409, body: { code: 'award_not_in_state' } })
  const [, next] = (await call(hostKey, 'GET', `/v1/awards?roundId=${county.roundId}`)).body.items.reverse()
  const other = await act(hostKey, `/v1/awards/${next.id}`, '/cancellation', { reason: '换一家。' })
  t.match(other, { status: 409, body: { code: 'award_not_in_state' } }, 'whoever owes no budget is not cancelled so')
})

t.test('a round whose awards have all fallen after their notice is closed, and its needs go on', async (t) => {
  const county = await reviewed(t)
  const { act, agencies, call, hostKey, need, path, roundId } = county
  expecting(201, await county.propose())
  for (const name of ['甲', '乙']) {
    expecting(201, await county.announce())
    t.match(await act(hostKey, path, '/closure'), { status: 409, body: { code: 'round_not_settled' } })
    const { items } = (await call(agencies[name]?.key ?? null, 'GET', '/v1/awards')).body
    const declined = await act(agencies[name]?.key ?? null, `/v1/awards/${items[0].id}`, '/decline', { reason: '放弃' })
    expecting(200, declined)
  }
  t.same(await county.standing(), ['甲 declined', '乙 declined'])
  t.match(await act(hostKey, path, '/closure'), { status: 200, body: { state: 'closed', settledProjects: 0 } })
  t.match((await call(hostKey, 'GET', `/v1/needs/${need}`)).body, { state: 'no_award' })
  const draft = expecting(201, await call(hostKey, 'POST', '/v1/rounds', NEXT_ROUND)).body
  const carried = await act(hostKey, `/v1/rounds/${draft.id}`, '/carried-needs', { fromRoundId: roundId })
  t.match(expecting(201, carried).body.needs, [{ needId: need, reason: 'award_fell' }])
  t.match((await call(hostKey, 'GET', `/v1/needs/${need}`)).body, { state: 'published' })
})

t.test('amounts follow the method of the policy', async (t) => {
  const amounts = (method: string, more: object = {}) => ({ amounts: { method, fixed: null, grades: [], ...more } })
  await t.test('graded: the better class gets a share, the other a sum', async (t) => {
    const grades = [
      { code: 'first', min: '85', amount: null, shareBasisPoints: 7_500 },
      { code: 'second', min: '70', amount: money('30000.00'), shareBasisPoints: null },
    ]
    const county = await reviewed(t, { ...amounts('graded', { grades }), awardsPerNeedMax: 2 })
    const fixed = [{ bidId: county.bids['甲'], approved: money('50000.00') }]
    const refused = await county.propose({ amounts: fixed })
    t.match(refused.body, { code: 'approved_amount_invalid', errors: [{ code: 'amount_by_policy' }] })
    const made = expecting(201, await county.propose()).body
    t.same(
      made.awards.map(({ approved, state }: Body) => [approved.amount, state]),
      [
        ['60000.00', 'awaiting_budget'],
        ['30000.00', 'awaiting_budget'],
      ],
      'whoever is cut hands in a budget for what is approved',
    )
  })
  await t.test('panel median: of two recommendations the lower', async (t) => {
    const county = await reviewed(t, amounts('panel_median'), {}, { recommendedAmount: money('70000.00') })
    const made = expecting(201, await county.propose()).body
    t.equal(made.awards[0].approved.amount, '70000.00')
    const { bids } = county
    const fixed = [{ bidId: bids['甲'], approved: money('60000.00') }]
    t.match((await county.propose({ amounts: fixed })).body, { code: 'awards_exist' })
  })
  await t.test('panel median: the host may fix less than it, and not more', async (t) => {
    const county = await reviewed(t, amounts('panel_median'), {}, { recommendedAmount: money('70000.00') })
    const fix = (amount: string) => county.propose({ amounts: [{ bidId: county.bids['甲'], approved: money(amount) }] })
    const refused = await fix('70000.01')
    t.match(refused, {
      status: 422,
      body: { code: 'approved_amount_invalid', errors: [{ pointer: '#/amounts/0', code: 'above_method' }] },
    })
    t.same(await county.standing(), [])
    t.equal(expecting(201, await fix('60000.00')).body.awards[0].approved.amount, '60000.00')
  })
  await t.test('fixed by the host: every bid above the line needs an amount', async (t) => {
    const county = await reviewed(t, amounts('fixed_by_host'))
    const { bids } = county
    const fixed = [{ bidId: bids['甲'], approved: money('50000.00') }]
    const refused = await county.propose({ amounts: fixed })
    t.match(refused.body, { code: 'amounts_missing', status: 422, errors: [{ detail: bids['乙'] }] })
    const made = await county.propose({ amounts: [...fixed, { bidId: bids['乙'], approved: money('80000.00') }] })
    t.equal(expecting(201, made).body.awards[0].approved.amount, '50000.00')
  })
})

t.test('needs that a round left without an award are offered again in the next', async (t) => {
  const county = await reviewed(t, { passLine: '95' })
  const { call, hostKey, path, need, roundId, agencies, act } = county
  const made = expecting(201, await county.propose()).body
  t.same(
    made.passedOver.map(({ reason }: Body) => reason),
    ['below_pass_line', 'below_pass_line'],
  )
  const draft = expecting(201, await call(hostKey, 'POST', '/v1/rounds', NEXT_ROUND)).body
  const next = `/v1/rounds/${draft.id}`
  const carry = (body: object, key: string | null = hostKey) => act(key, next, '/carried-needs', body)
  t.match((await carry({ fromRoundId: roundId })).body, {
    code: 'need_not_carried',
    errors: [{ code: 'round_undecided' }],
  })
  expecting(200, await act(hostKey, path, '/cancellation', { reason: '无一达线。' }))
  t.equal((await carry({ fromRoundId: roundId }, agencies['甲']?.key ?? null)).status, 403)
  t.equal((await call(hostKey, 'POST', `${next}/carried-needs`, { fromRoundId: roundId })).status, 428)
  const stale = await call(hostKey, 'POST', `${next}/carried-needs`, { fromRoundId: roundId }, { ifMatch: 99 })
  t.equal(stale.status, 412)
  const carried = await carry({ fromRoundId: roundId })
  t.match(carried, {
    status: 201,
    body: { roundId: draft.id, needs: [{ needId: need, fromRoundId: roundId, reason: 'round_cancelled' }] },
  })
  t.same((await call(hostKey, 'GET', next)).body.needIds, [need])
  t.same((await call(hostKey, 'GET', `${next}/carried-needs`)).body, carried.body)
  t.equal((await call(null, 'GET', `${next}/carried-needs`)).status, 404, 'a draft is its host’s alone')
  t.match((await carry({ fromRoundId: roundId, needIds: [need] })).body.errors, [{ code: 'carried_already' }])
  t.match((await act(hostKey, path, '/carried-needs', { fromRoundId: draft.id })).body, { code: 'round_not_in_state' })
})
