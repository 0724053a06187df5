import t from 'tap'
import {
  awards,
  cancelAward,
  markNoticed,
  proposeNext,
  restoreAward,
  suspendAward,
  unmarkNoticed,
} from '../../../src/modules/awards/index.ts'
import { advanceRound } from '../../../src/modules/rounds/index.ts'
import { testApp } from '../../support/app.ts'
import { demoCounty, linesOf, newExpert, smallRound } from '../reviews/fixtures.ts'
import { money } from '../rounds/fixtures.ts'

const NOTICE_CLOSES = new Date('2026-05-11T16:00:00.000Z')
const MEETING = '2026-05-18T01:00:00.000Z'
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Body = any

t.test('the demo round’s awards are proposed, budgeted, noticed and confirmed', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, asSystem, setClock } = app
  const county = await demoCounty(app)
  const { hostKey, roundId, needs, agencies, bids, nameOf, idOf, review } = county
  const url = `/v1/rounds/${roundId}/award-proposals`
  const operator = await keyFor('operator')
  const agency = (name: string) => agencies[name]?.key ?? null
  const stateOf = async (bid: string) => (await call(hostKey, 'GET', `/v1/bids/${idOf(bid)}`)).body.state
  const listed = async () => (await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}&limit=200`)).body.items
  const awardOf = async (bid: string): Promise<Body> => (await listed()).find(({ bidId }: Body) => bidId === idOf(bid))
  const versionOf = async (awardId: string) =>
    Number(String((await call(hostKey, 'GET', `/v1/awards/${awardId}`)).headers['etag']).replaceAll('"', ''))

  await t.test('proposeAwards waits for the ranking, and refuses amounts that cannot be', async (t) => {
    t.match((await call(hostKey, 'POST', url, {})).body, { code: 'ranking_missing', status: 409 })
    await review()
    const amount = (bid: string, approved: string) => ({ bidId: idOf(bid), approved: money(approved) })
    const refused = await call(hostKey, 'POST', url, {
      amounts: [
        amount('B07', '95000.01'),
        amount('B01', '19999.99'),
        amount('B09', '50000.00'),
        amount('B02', '50000.00'),
        amount('B02', '50000.00'),
        amount('B03', '0.00'),
      ],
    })
    t.match([refused.status, refused.body.code], [422, 'approved_amount_invalid'])
    t.same(
      refused.body.errors.map(({ pointer, code }: Body) => [pointer, code]),
      [
        ['#/amounts/0', 'above_request'],
        ['#/amounts/1', 'below_floor'],
        ['#/amounts/2', 'not_ranked'],
        ['#/amounts/4', 'twice'],
        ['#/amounts/5', 'amount_zero'],
      ],
    )
    t.equal((await call(operator, 'POST', url, {})).status, 403, 'the host fixes the amounts')
    t.equal((await call(null, 'POST', url, {})).status, 401)
    t.equal((await call(hostKey, 'POST', url, {}, { idempotencyKey: null })).body.code, 'idempotency_key_required')
    const unknown = '/v1/rounds/rnd_00000000000000000000000000/award-proposals'
    t.equal((await call(hostKey, 'POST', unknown, {})).status, 404)
  })

  await t.test('of two proposals at once one is made, with the figures of the demo', async (t) => {
    const body = { amounts: [{ bidId: idOf('B07'), approved: money('85000.00') }] }
    const both = await Promise.all([
      call(hostKey, 'POST', url, body, { idempotencyKey: 'one' }),
      call(hostKey, 'POST', url, body, { idempotencyKey: 'two' }),
    ])
    t.same(both.map(({ status }) => status).sort(), [201, 409])
    t.equal(both.find(({ status }) => status === 409)?.body.code, 'awards_exist')
    const won = both.find(({ status }) => status === 201) as Body
    const made: Body = won.body
    t.same(
      made.awards.map((award: Body) => [
        nameOf(award.bidId),
        award.sequence,
        award.state,
        award.isSingleBid,
        ...award.sources.map(({ source, amount }: Body) => `${source} ${amount.amount}`),
      ]),
      [
        ['B01', 1, 'proposed', false, 'welfare_lottery 95000.00'],
        ['B06', 2, 'proposed', true, 'welfare_lottery 70000.00'],
        ['B03', 3, 'proposed', false, 'welfare_lottery 80000.00'],
        ['B05', 4, 'proposed', true, 'welfare_lottery 90000.00'],
        ['B07', 5, 'awaiting_budget', true, 'fiscal 85000.00'],
        ['B10', 6, 'proposed', true, 'welfare_lottery 85000.00', 'fiscal 15000.00'],
      ],
    )
    t.same(
      made.passedOver.map(({ bidId, reason }: Body) => [nameOf(bidId), reason]),
      [
        ['B02', 'need_served'],
        ['B04', 'need_served'],
        ['B08', 'below_pass_line'],
      ],
    )
    t.same(
      made.unallocated.map(({ source, amount }: Body) => [source, amount.amount]),
      [
        ['welfare_lottery', '0.00'],
        ['fiscal', '80000.00'],
      ],
    )
    t.same(await Promise.all(['B01', 'B02', 'B04', 'B08', 'B09'].map(stateOf)), [
      'proposed',
      'reserve',
      'reserve',
      'not_funded',
      'rejected',
    ])
    const winner = both.indexOf(won) === 0 ? 'one' : 'two'
    const replayed = await call(hostKey, 'POST', url, body, { idempotencyKey: winner })
    t.same([replayed.status, replayed.headers['idempotent-replayed']], [201, 'true'])
  })

  await t.test('readAward and listAwards show an agency its own and the host its rounds', async (t) => {
    const { id } = await awardOf('B07')
    t.equal((await call(agency('A4'), 'GET', `/v1/awards/${id}`)).status, 200)
    t.equal((await call(agency('A1'), 'GET', `/v1/awards/${id}`)).status, 404)
    t.equal((await call(await keyFor('finance'), 'GET', `/v1/awards/${id}`)).status, 200)
    t.equal((await call(await keyFor('town'), 'GET', `/v1/awards/${id}`)).status, 403)
    t.equal((await call(null, 'GET', `/v1/awards/${id}`)).status, 401)
    const own = await call(agency('A1'), 'GET', '/v1/awards')
    t.same(own.body.items, [], 'not before the notice')
    const cut = await call(agency('A4'), 'GET', '/v1/awards')
    t.same(
      cut.body.items.map(({ bidId }: Body) => nameOf(bidId)),
      ['B07'],
      'whoever owes a budget is told',
    )
    const waiting = await call(hostKey, 'GET', '/v1/awards?state=awaiting_budget')
    t.same(
      waiting.body.items.map(({ bidId }: Body) => nameOf(bidId)),
      ['B07'],
    )
    const seen: string[] = []
    for (let next = '/v1/awards?limit=4'; ; ) {
      const { body } = await call(operator, 'GET', next)
      seen.push(...body.items.map(({ id }: Body) => id))
      if (body.nextCursor === null) break
      next = `/v1/awards?limit=4&cursor=${encodeURIComponent(body.nextCursor)}`
    }
    t.equal(new Set(seen).size, 6)
  })

  await t.test('submitAwardBudget runs every rule again on the approved amount', async (t) => {
    const { id } = await awardOf('B07')
    const path = `/v1/awards/${id}/budget`
    const budget = (staff: number, activity: number) => ({
      matchingCash: money('25000.00'),
      budgetLines: linesOf([staff, activity, 6_500, 7_500, 2_500, 3_500, 1_000]),
    })
    const submit = (key: string | null, body: object, ifMatch = 1) => call(key, 'POST', path, body, { ifMatch })
    t.equal((await call(agency('A4'), 'POST', path, budget(24_000, 40_000))).status, 428)
    t.equal((await submit(agency('A4'), budget(24_000, 40_000), 9)).status, 412)
    t.equal((await submit(agency('A1'), budget(24_000, 40_000))).status, 404)
    t.equal((await submit(hostKey, budget(24_000, 40_000))).status, 403)
    const first = await submit(agency('A4'), budget(26_000, 38_000))
    t.match([first.status, first.body.code], [422, 'ratio_rule_broken'])
    t.same(
      first.body.errors.map(({ code, detail }: Body) => [code, detail]),
      [['staff_max', '30.59 % > 30.00 %']],
    )
    t.match((await submit(agency('A4'), budget(24_000, 41_000))).body, { code: 'budget_sum_differs', status: 422 })
    const strange = budget(24_000, 40_000)
    strange.budgetLines[1] = { category: 'banquet', amount: money('39999.00') }
    strange.budgetLines.push({ category: 'vehicle', amount: money('1.00') })
    const outside = await submit(agency('A4'), strange)
    t.match([outside.status, outside.body.code], [422, 'ratio_rule_broken'])
    t.same(
      outside.body.errors.map(({ pointer, code }: Body) => [pointer, code]),
      [
        ['#/budgetLines/1/category', 'category_unknown'],
        ['#/budgetLines', 'category_forbidden'],
      ],
      'the categories of the policy bind a revised budget as they bind a bid',
    )
    const wrongGrant = { ...budget(24_000, 40_000), grant: money('95000.00') }
    t.equal((await submit(agency('A4'), wrongGrant)).body.code, 'budget_sum_differs')
    const accepted = await submit(agency('A4'), { ...budget(24_000, 40_000), grant: money('85000.00') })
    t.equal(accepted.status, 200, JSON.stringify(accepted.body))
    t.match(accepted.body, {
      state: 'proposed',
      revisedBudget: { matchingInKind: money('0.00') },
      actions: ['decline'],
    })
    t.equal((await submit(agency('A4'), budget(24_000, 40_000), 2)).body.code, 'award_not_in_state')
  })

  const meetings = `/v1/rounds/${roundId}/decision-meetings`
  const meet = (heldOn: string, key: string | null = hostKey) =>
    call(key, 'POST', meetings, { heldOn, minutes: '局长办公会审定拟立项名单。' })

  await t.test('no award is confirmed without a notice that has passed', async (t) => {
    t.match((await meet('2026-04-28')).body, { code: 'nothing_to_approve', status: 409 })
    const ids = (await listed()).map(({ id }: Body) => id)
    await asSystem(async (work) => {
      await markNoticed(work, ids, NOTICE_CLOSES)
      await unmarkNoticed(work, ids)
    })
    t.equal((await awardOf('B01')).noticeClosesAt, null)
    await asSystem(async (work) => {
      await markNoticed(work, ids, NOTICE_CLOSES)
      await advanceRound(work, roundId, 'publishNotice')
    })
    t.match(await awardOf('B01'), { state: 'noticed', noticeClosesAt: NOTICE_CLOSES.toISOString() })
    t.match((await meet('2026-04-28')).body, { code: 'notice_still_open', status: 409 })
    t.match((await meet('2026-05-18')).body, { code: 'meeting_in_future', status: 422 })
    t.equal((await meet('2026-04-28', operator)).status, 403)
    t.equal(
      (
        await call(hostKey, 'POST', '/v1/rounds/rnd_00000000000000000000000000/decision-meetings', {
          heldOn: '2026-05-18',
          minutes: '无',
        })
      ).status,
      404,
    )
  })

  await t.test('holdDecisionMeeting confirms all but the one under objection', async (t) => {
    const { id } = await awardOf('B01')
    await asSystem((work) => suspendAward(work, id))
    await setClock(MEETING)
    const [one, other] = await Promise.all([meet('2026-05-18'), meet('2026-05-18')])
    const held = one.status === 201 ? one : other
    t.same([one.status, other.status].sort(), [201, 409], 'of two at once one confirms')
    t.equal(held.body.awardIds.length, 5)
    t.equal((await awardOf('B01')).state, 'suspended')
    t.match(await awardOf('B10'), { state: 'confirmed', decisionMeetingId: held.body.id, actions: [] })
    t.same(await Promise.all(['B01', 'B10', 'B02'].map(stateOf)), ['proposed', 'awarded', 'reserve'])
    const { projectId } = await awardOf('B10')
    t.equal((await call(hostKey, 'GET', `/v1/projects/${projectId}`)).body.state, 'pending_agreement')
    const needStates = await Promise.all(
      ['N1', 'N6', 'N7', 'N8'].map(async (name) => (await call(null, 'GET', `/v1/needs/${needs[name]}`)).body.state),
    )
    t.same(needStates, ['published', 'matched', 'no_award', 'no_award'], 'N1 waits for its objection')
    t.equal((await call(null, 'GET', `/v1/rounds/${roundId}`)).body.state, 'approved')
  })

  await t.test('the objection dismissed, another meeting confirms the rest', async (t) => {
    const { id } = await awardOf('B01')
    await asSystem((work) => restoreAward(work, id))
    const held = await meet('2026-05-18')
    t.same([held.status, held.body.awardIds], [201, [id]])
    t.equal((await call(null, 'GET', `/v1/needs/${needs['N1']}`)).body.state, 'matched')
    const list = await call(operator, 'GET', meetings)
    t.same(
      list.body.items.map(({ awardIds }: Body) => awardIds.length),
      [1, 5],
    )
    t.equal((await call(agency('A1'), 'GET', meetings)).status, 403)
    const path = `/v1/awards/${id}/decline`
    const late = await call(agency('A1'), 'POST', path, { reason: '来不及' }, { ifMatch: await versionOf(id) })
    t.match([late.status, late.body.code], [409, 'award_not_in_state'])
    await asSystem((work) => cancelAward(work, id, '逾期未签约'))
    const { projectId } = await awardOf('B01')
    t.equal((await call(hostKey, 'GET', `/v1/projects/${projectId}`)).body.state, 'listed', 'the project is free again')
  })
  t.equal(Object.keys(bids).length, 10)
})

/** Two bids for one need, ranked 甲 before 乙, with the awards proposed; each asks 80,000. */
async function proposed(
  t: Parameters<typeof testApp>[0],
  { policy = { results: { shownBeforeNotice: true } } as object, approved = '80000.00', reserve = '80000.00' } = {},
) {
  const app = await testApp(t)
  const round = await smallRound(app, ['甲', '乙', '丙'], policy)
  const experts = [await newExpert(app, round.hostKey, 'E1'), await newExpert(app, round.hostKey, 'E2')]
  await round.convene(experts)
  for (const expert of experts) {
    await round.sign(expert, '甲', '90')
    await round.sign(expert, '乙', '80')
    await round.sign(expert, '丙', '60')
  }
  await round.rank()
  const { call } = app
  const made = await call(round.hostKey, 'POST', `/v1/rounds/${round.roundId}/award-proposals`, {
    amounts: Object.entries({ 甲: approved, 乙: reserve })
      .filter(([, amount]) => amount !== '80000.00')
      .map(([name, amount]) => ({ bidId: round.bids[name], approved: money(amount) })),
  })
  const pools = async () => {
    const { body } = await call(round.hostKey, 'GET', `/v1/rounds/${round.roundId}/pools`)
    return body.items.map(({ allocated }: Body) => allocated.amount)
  }
  const states = async () => {
    const { body } = await call(round.hostKey, 'GET', `/v1/awards?roundId=${round.roundId}`)
    const nameOf = (bidId: string) => Object.entries(round.bids).find(([, id]) => id === bidId)?.[0]
    return body.items.map((award: Body) => `${nameOf(award.bidId)} ${award.state}`).reverse()
  }
  return { ...app, ...round, award: made.body.awards[0] as Body, pools, states }
}

t.test('declineAward gives the money back and proposes the next bid that reached the line', async (t) => {
  const { call, agencies, award, pools, states, need, roundId, asSystem } = await proposed(t)
  const path = `/v1/awards/${award.id}/decline`
  const own = agencies['甲']?.key ?? null
  t.same(await pools(), ['80000.00', '0.00'])
  t.equal((await call(own, 'POST', path, { reason: '人员变动' })).status, 428)
  t.equal((await call(own, 'POST', path, { reason: '人员变动' }, { ifMatch: 5 })).status, 412)
  t.equal((await call(agencies['乙']?.key ?? null, 'POST', path, { reason: '人员变动' }, { ifMatch: 1 })).status, 404)
  const declined = await call(own, 'POST', path, { reason: '人员变动' }, { ifMatch: 1 })
  t.match(declined, { status: 200, body: { state: 'declined', endReason: '人员变动', actions: [] } })
  t.same(await states(), ['甲 declined', '乙 proposed'])
  t.same(await pools(), ['80000.00', '0.00'])
  t.equal(await asSystem((work) => proposeNext(work, roundId, need)), null, 'the need is served again')
})

t.test('an amount that the host fixed for a bid in reserve holds when that bid steps in', async (t) => {
  const { call, agencies, award, pools, states, hostKey, roundId } = await proposed(t, { reserve: '60000.00' })
  await call(agencies['甲']?.key ?? null, 'POST', `/v1/awards/${award.id}/decline`, { reason: '放弃' }, { ifMatch: 1 })
  t.same(await states(), ['甲 declined', '乙 awaiting_budget'])
  t.same(await pools(), ['60000.00', '0.00'])
  const listed = await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}&state=awaiting_budget`)
  t.match(listed.body.items[0], { approved: money('60000.00'), requested: money('80000.00'), revisedBudget: null })
})

t.test(
  'a project stays on the list while an award for it waits; in reserve it may be given up, and steps in no more',
  async (t) => {
    const { call, agencies, award, states, roundId, hostKey, bids, need, asSystem, setClock } = await proposed(t)
    const withdraw = async (name: string) => {
      const own = agencies[name]?.key ?? null
      const { projectId } = (await call(own, 'GET', `/v1/bids/${bids[name]}`)).body
      const ifMatch = String((await call(null, 'GET', `/v1/projects/${projectId}`)).headers.etag)
      return call(own, 'POST', `/v1/projects/${projectId}/withdrawal`, {}, { ifMatch })
    }
    t.match(await withdraw('甲'), { status: 409, body: { code: 'project_bound' } })
    t.match(await withdraw('乙'), { status: 409, body: { code: 'project_bound' } }, 'whatever the outcome is')
    await asSystem(async (work) => {
      await markNoticed(work, [award.id], NOTICE_CLOSES)
      await advanceRound(work, roundId, 'publishNotice')
    })
    t.match((await withdraw('甲')).body.detail, /decline/)
    t.match(await withdraw('丙'), { status: 200, body: { state: 'withdrawn' } }, 'announced, and not funded')
    await setClock('2026-05-18T01:00:00Z')
    const needPath = `/v1/needs/${need}`
    const withdrawNeed = async () => {
      const ifMatch = String((await call(null, 'GET', needPath)).headers.etag)
      return call(hostKey, 'POST', `${needPath}/withdrawal`, {}, { ifMatch })
    }
    t.match(await withdrawNeed(), { status: 409, body: { code: 'need_in_round' } })
    const meeting = { heldOn: '2026-05-18', minutes: '审定。' }
    const held = await call(hostKey, 'POST', `/v1/rounds/${roundId}/decision-meetings`, meeting)
    t.match(held, { status: 201, body: { awardIds: [award.id] } })
    t.match(await withdraw('甲'), { status: 409, body: { code: 'project_not_in_state' } })
    t.match(await withdrawNeed(), { status: 409, body: { code: 'need_not_in_state' } })
    const reserve = async () => (await call(hostKey, 'GET', `/v1/rounds/${roundId}/reserve`)).body.bids
    t.match(await reserve(), [{ bidId: bids['乙'] }])
    t.equal((await withdraw('乙')).status, 200)
    t.same(await reserve(), [], 'the reserve list names nobody who cannot step in')
    await asSystem(async (work) => {
      await cancelAward(work, award.id, '拒绝签约')
      t.equal(await proposeNext(work, roundId, need), null)
    })
    t.same(await states(), ['甲 cancelled'])
    t.equal((await withdrawNeed()).status, 200, 'nobody waits for it any more')
  },
)

t.test('a need stays on the list while an award that stepped in waits to be decided', async (t) => {
  const { call, award, states, roundId, hostKey, need, asSystem, setClock } = await proposed(t)
  await asSystem(async (work) => {
    await markNoticed(work, [award.id], NOTICE_CLOSES)
    await advanceRound(work, roundId, 'publishNotice')
  })
  await setClock('2026-05-18T01:00:00Z')
  await call(hostKey, 'POST', `/v1/rounds/${roundId}/decision-meetings`, { heldOn: '2026-05-18', minutes: '审定。' })
  await asSystem(async (work) => {
    await cancelAward(work, award.id, '异议成立')
    await proposeNext(work, roundId, need)
  })
  t.same(await states(), ['甲 cancelled', '乙 proposed'])
  const ifMatch = String((await call(null, 'GET', `/v1/needs/${need}`)).headers.etag)
  const withdrawn = await call(hostKey, 'POST', `/v1/needs/${need}/withdrawal`, {}, { ifMatch })
  t.match(withdrawn, { status: 409, body: { code: 'need_in_round' } })
  t.match(withdrawn.body.detail, new RegExp(roundId))
})

t.test('an upheld objection cancels, and whoever is below the line never steps in', async (t) => {
  const { award, pools, states, need, roundId, asSystem, call, hostKey, bids } = await proposed(t)
  await asSystem(async (work) => {
    await markNoticed(work, [award.id], NOTICE_CLOSES)
    await suspendAward(work, award.id)
    await cancelAward(work, award.id, '异议成立')
  })
  t.same(await pools(), ['0.00', '0.00'])
  t.equal((await call(hostKey, 'GET', `/v1/bids/${bids['甲']}`)).body.state, 'cancelled')
  const next = await asSystem((work) => proposeNext(work, roundId, need))
  t.match(next, { bidId: bids['乙'], state: 'proposed', sequence: 2, approvedFen: 8_000_000n, isSingleBid: false })
  await asSystem((work) => cancelAward(work, next?.id ?? '', '拒绝配合'))
  t.equal(await asSystem((work) => proposeNext(work, roundId, need)), null)
  t.same(await states(), ['甲 cancelled', '乙 cancelled'])
  t.same(await pools(), ['0.00', '0.00'])
})

t.test('a cut award whose budget never came counts as declined on its day', async (t) => {
  const policy = { awardBudget: { amount: 3, basis: 'working' } }
  const { award, states, setClock, ring, call, hostKey } = await proposed(t, { policy, approved: '70000.00' })
  t.match(award, { state: 'awaiting_budget', approved: money('70000.00'), actions: ['submitBudget', 'decline'] })
  t.match(award.budgetDue, { startOn: '2026-04-28', effectiveOn: '2026-05-06', rolledBecause: 'holiday' })
  await setClock('2026-05-06T16:00:00.000Z')
  await ring(awards, award.id, 'award.budget_due')
  t.same(await states(), ['甲 declined', '乙 proposed'])
  t.match((await call(hostKey, 'GET', `/v1/awards/${award.id}`)).body.endReason, /2026-05-06/)
  await ring(awards, award.id, 'award.budget_due')
  t.same(await states(), ['甲 declined', '乙 proposed'], 'twice is the same as once')
})

t.test('where the policy reallocates, money that came free moves up the ranking', async (t) => {
  const app = await testApp(t)
  const { call, asSystem } = app
  const county = await demoCounty(app, { policy: { reallocateAfterNotice: true } })
  const { hostKey, roundId, needs, nameOf, idOf, review } = county
  await review()
  const made = await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {
    amounts: [{ bidId: idOf('B07'), approved: money('85000.00') }],
  })
  const first = made.body.awards.find(({ bidId }: Body) => bidId === idOf('B01'))
  const next = await asSystem(async (work) => {
    await cancelAward(work, first.id, '异议成立')
    return proposeNext(work, roundId, needs['N1'] ?? '')
  })
  t.match(next, { bidId: idOf('B02'), approvedFen: 8_800_000n, state: 'proposed' })
  const { body } = await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}`)
  const sources = new Map(
    body.items.map(({ bidId, sources: parts }: Body) => [
      nameOf(bidId),
      parts.map(({ source, amount }: Body) => `${source} ${amount.amount}`),
    ]),
  )
  t.same(sources.get('B02'), ['welfare_lottery 88000.00'])
  t.same(sources.get('B10'), ['welfare_lottery 92000.00', 'fiscal 8000.00'], 'P6 takes the 7,000 of lottery money')
  t.same(sources.get('B07'), ['fiscal 85000.00'])
  const pools = await call(hostKey, 'GET', `/v1/rounds/${roundId}/pools`)
  t.same(
    pools.body.items.map(({ allocated }: Body) => allocated.amount),
    ['420000.00', '93000.00'],
  )
})
