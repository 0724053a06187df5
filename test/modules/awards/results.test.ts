import t from 'tap'
import { cancelAward, proposeNext } from '../../../src/modules/awards/index.ts'
import { criterionMeans } from '../../../src/modules/reviews/rules/means.ts'
import { testApp } from '../../support/app.ts'
import { newExpert, smallRound } from '../reviews/fixtures.ts'
import { expecting, money } from '../rounds/fixtures.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Body = any

/** 甲 before 乙 for one need, 丙 below the line; two experts have judged. Nothing is proposed yet. */
async function judged(t: Parameters<typeof testApp>[0], policy: object = {}) {
  const app = await testApp(t)
  const round = await smallRound(app, ['甲', '乙', '丙'], policy)
  const { call } = app
  const { hostKey, bids, agencies } = round
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  await round.convene(experts)
  for (const [name, points] of Object.entries({ 甲: ['90', '85'], 乙: ['80', '81'], 丙: ['50', '60'] }))
    for (const [index, expert] of experts.entries()) expecting(201, await round.sign(expert, name, points[index] ?? ''))
  const resultOf = (name: string, key: string | null = agencies[name]?.key ?? null) =>
    call(key, 'GET', `/v1/bids/${bids[name]}/result`)
  return { ...app, ...round, experts, resultOf }
}

t.test('means of criteria are exact, and a criterion that nobody judged has none', async (t) => {
  const sheet = (hundredths: number) => ({ items: [{ criterion: 'merit', hundredths }] })
  t.same(criterionMeans(['merit', 'plan'], [sheet(9000), sheet(8550), sheet(8000)]), [
    { criterion: 'merit', hundredths: { numerator: 25_550n, denominator: 3n } },
  ])
  t.same(criterionMeans(['merit'], []), [])
})

t.test('an agency reads its own result from the first notice on, and nothing of others', async (t) => {
  const county = await judged(t)
  const { call, hostKey, roundId, agencies, bids, experts, resultOf, keyFor } = county
  t.equal((await resultOf('甲', hostKey)).status, 404, 'nothing is ranked')
  await county.rank()
  const made = expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})).body
  for (const name of ['甲', '乙', '丙']) t.equal((await resultOf(name)).status, 404, 'before the notice')
  t.match((await resultOf('丙', hostKey)).body, { outcome: 'not_funded', reason: 'below_pass_line', rank: 3 })
  expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award' }))

  const first = expecting(200, await resultOf('甲')).body
  t.same(first, {
    ...{ bidId: bids['甲'], roundId, needId: county.need, outcome: 'proposed', reason: null },
    ...{ rank: 1, rankInNeed: 1, isAboveLine: true, total: { points: '87.50', exact: '175/2' } },
    components: [{ code: 'panel', points: '87.50', exact: '175/2' }],
    criteria: [{ criterion: 'merit', points: '87.50', exact: '175/2' }],
    award: {
      ...{ awardId: made.awards[0].id, state: 'noticed' },
      ...{ requested: money('80000.00'), approved: money('80000.00') },
      endReason: null,
    },
  })
  t.match((await resultOf('乙')).body, { outcome: 'reserve', reason: null, rank: 2, rankInNeed: 2, award: null })
  t.match((await resultOf('丙')).body, { outcome: 'not_funded', reason: 'below_pass_line', isAboveLine: false })
  const told = JSON.stringify([first, (await resultOf('乙')).body])
  for (const { id } of experts) t.notMatch(told, id, 'nobody who judged')
  t.notMatch(JSON.stringify((await resultOf('乙')).body), bids['甲'] ?? '')

  t.equal((await resultOf('甲', agencies['乙']?.key)).status, 404)
  t.equal((await resultOf('甲', null)).status, 401)
  t.equal((await resultOf('甲', await keyFor('expert', { expertId: experts[0]?.id ?? '' }))).status, 403)
  t.equal((await call(hostKey, 'GET', '/v1/bids/bid_00000000000000000000000000/result')).status, 404)
  t.equal((await call(hostKey, 'GET', '/v1/bids/x/result')).status, 400)
})

t.test('who steps in learns of it from its own notice', async (t) => {
  const county = await judged(t)
  const { call, hostKey, roundId, agencies, bids, need, resultOf, asSystem } = county
  await county.rank()
  const made = expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})).body
  const announce = async () =>
    expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award' })).body
  await announce()
  const own = agencies['乙']?.key ?? null
  const seen = async () => {
    const bid = (await call(own, 'GET', `/v1/bids/${bids['乙']}`)).body.state
    const listed = (await call(own, 'GET', '/v1/bids')).body.items.map(({ state }: Body) => state)
    const filtered: number[] = []
    for (const state of ['reserve', 'proposed', 'cancelled'])
      filtered.push((await call(own, 'GET', `/v1/bids?state=${state}`)).body.items.length)
    const awards = (await call(own, 'GET', '/v1/awards')).body.items.length
    const { outcome, award } = (await resultOf('乙')).body
    return [bid, listed, filtered, awards, outcome, award?.state ?? null]
  }
  const reserve = ['reserve', ['reserve'], [1, 0, 0], 0, 'reserve', null]
  t.same(await seen(), reserve)
  const next = await asSystem(async (work) => {
    await cancelAward(work, made.awards[0].id, '异议成立')
    return proposeNext(work, roundId, need)
  })
  t.equal(next?.bidId, bids['乙'])
  t.same(await seen(), reserve, 'not before its notice')
  const path = `/v1/awards/${next?.id}`
  t.equal((await call(own, 'GET', path)).status, 404)
  const declined = await call(own, 'POST', `${path}/decline`, { reason: '放弃' }, { ifMatch: 1 })
  t.equal(declined.status, 404)
  t.match((await call(hostKey, 'GET', `/v1/bids/${bids['乙']}`)).body, { state: 'proposed' }, 'the host reads it')
  const notice = await announce()
  const told = ['proposed', ['proposed'], [0, 1, 0], 1, 'proposed', 'noticed']
  t.same(await seen(), told)
  const ifMatch = String((await call(hostKey, 'GET', `/v1/notices/${notice.id}`)).headers.etag)
  const reason = { reason: '金额有误' }
  expecting(200, await call(hostKey, 'POST', `/v1/notices/${notice.id}/withdrawal`, reason, { ifMatch }))
  t.same(await seen(), [...told.slice(0, 5), 'proposed'], 'what was told stays told')
})

t.test('who steps in with a cut amount is told at once, because it owes a budget', async (t) => {
  const county = await judged(t)
  const { call, hostKey, roundId, agencies, bids, need, asSystem } = county
  await county.rank()
  const amounts = [{ bidId: bids['乙'], approved: money('60000.00') }]
  const made = expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, { amounts })).body
  expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await asSystem(async (work) => {
    await cancelAward(work, made.awards[0].id, '异议成立')
    await proposeNext(work, roundId, need)
  })
  const own = agencies['乙']?.key ?? null
  t.match((await call(own, 'GET', '/v1/awards')).body.items, [{ state: 'awaiting_budget' }])
  t.match((await call(own, 'GET', `/v1/bids/${bids['乙']}`)).body, { state: 'proposed' })
})
