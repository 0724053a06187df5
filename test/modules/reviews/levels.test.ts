import fc from 'fast-check'
import t from 'tap'
import { createDivision } from '../../../src/modules/divisions/service.ts'
import {
  assignReviewers,
  bidsToJudge,
  decideLevel,
  LEVEL_DECISIONS,
  LEVEL_TRANSITIONS,
  type LevelReview,
  passOver,
  readersOf,
  reviewerOf,
} from '../../../src/modules/reviews/rules/levels.ts'
import { type Answer, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { newExpert, smallRound } from './fixtures.ts'

const UNKNOWN_BID = 'bid_00000000000000000000000000'
const STARTED: LevelReview = {
  ...{ bidId: 'bid', version: 1, roundId: 'rnd', hostId: 'org', organizationIds: ['town', 'city', 'province'] },
  ...{ position: 1, reached: 1, state: 'pending', dueOn: null, createdAt: new Date(0) },
}

t.test('whatever the levels decide, a bid moves one level at a time and is read by whom it has reached', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LEVEL_DECISIONS), { maxLength: 30 }), (decisions) => {
      let review = STARTED
      for (const decision of decisions) {
        const next = decideLevel(review, decision, '理由')
        const isLawful = decision === 'resume' ? review.state === 'returned' : review.state === 'pending'
        if (next.accepted !== isLawful) return false
        if (!next.accepted) continue
        const after = { ...review, ...next.value }
        const step = decision === 'forward' ? 1 : decision === 'return' ? -1 : 0
        const wanted = Math.min(Math.max(review.position + step, 1), 3)
        if (after.position !== wanted || after.reached !== Math.max(review.reached, after.position)) return false
        if (after.state === 'forwarded' && (review.position !== 3 || decision !== 'forward')) return false
        if (after.state === 'returned' && (review.position !== 1 || decision !== 'return')) return false
        const reviewer = reviewerOf(after)
        if (reviewer !== undefined && !readersOf(after).includes(reviewer)) return false
        review = after
      }
      return true
    }),
  )
  t.same(Object.keys(LEVEL_TRANSITIONS), ['pending', 'returned', 'forwarded'])
})

t.test('a return says why, and only what the last level forwarded is judged', async (t) => {
  t.match(decideLevel(STARTED, 'return', null), { refusal: { problem: { code: 'level_reason_missing' } } })
  t.match(decideLevel(STARTED, 'resume', '理由'), { refusal: { problem: { code: 'level_review_not_in_state' } } })
  const reviews = [
    { bidId: 'a', state: 'forwarded' as const },
    { bidId: 'b', state: 'returned' as const },
  ]
  t.match(bidsToJudge(['a', 'b'], reviews), { value: ['a'] })
  t.match(bidsToJudge(['a', 'b'], null), { value: ['a', 'b'] })
  t.match(bidsToJudge(['a', 'b', 'c'], reviews), {
    refusal: { problem: { code: 'bid_not_forwarded' }, errors: [{ code: 'not_begun', detail: 'c' }] },
  })
  t.match(bidsToJudge(['a'], [{ bidId: 'a', state: 'pending' }]), { refusal: { errors: [{ code: 'pending' }] } })
})

t.test('a level is silent from the day after its last one, and is passed over like one that forwards', async (t) => {
  const due: LevelReview = { ...STARTED, dueOn: '2026-05-08' }
  t.match(passOver(STARTED, '2030-01-01'), { refusal: { problem: { code: 'level_without_due_day' } } })
  t.match(passOver(due, '2026-05-08'), { refusal: { problem: { code: 'level_not_silent' } } })
  t.match(passOver(due, '2026-05-09'), { value: { state: 'pending', position: 2, reached: 2 } })
  t.match(passOver({ ...due, position: 3, reached: 3 }, '2026-05-09'), { value: { state: 'forwarded', position: 3 } })
  for (const state of ['returned', 'forwarded'] as const)
    t.match(passOver({ ...due, state }, '2026-05-09'), { refusal: { problem: { code: 'level_review_not_in_state' } } })
})

t.test('the longest prefix of a division finds the reviewer, and every level needs one', async (t) => {
  const levels = [
    {
      code: 'town',
      reviewers: [
        { organizationId: 'county', divisionPrefix: '990421' },
        { organizationId: 'linxi', divisionPrefix: '990421101' },
      ],
    },
    { code: 'city', reviewers: [{ organizationId: 'city', divisionPrefix: '' }] },
  ]
  const places = [
    { bidId: 'a', divisionCode: '990421101001' },
    { bidId: 'b', divisionCode: '990421102001' },
  ]
  const assigned = assignReviewers(levels, places)
  t.same(assigned.accepted && [...assigned.value], [
    ['a', ['linxi', 'city']],
    ['b', ['county', 'city']],
  ])
  t.match(assignReviewers(levels, [{ bidId: 'c', divisionCode: '990501101001' }]), {
    refusal: { problem: { code: 'level_reviewer_missing' }, errors: [{ detail: /c: town/ }] },
  })
})

t.test('bids go from the town to the county and on to the panel; each level sees its own', async (t) => {
  const app = await testApp(t)
  const { call, hostId, keyFor, newOrganization } = app
  const townId = await newOrganization('临溪镇人民政府', { type: 'government' })
  const otherTownId = await newOrganization('松坪镇人民政府', { type: 'government' })
  const level = (code: string, name: string, ...reviewers: [string, string][]) => ({
    ...{ code, name },
    reviewers: reviewers.map(([organizationId, divisionPrefix]) => ({ organizationId, divisionPrefix })),
  })
  const levels = [
    level('town', '乡镇初审', [townId, '990421101'], [otherTownId, '990421102']),
    level('county', '县级复审', [hostId, '']),
  ]
  const county = await smallRound(app, ['甲', '乙', '丙'], {
    review: { session: 'none', method: 'scores', vote: null, opinionFor: 'bidder', levels },
  })
  const { hostKey, roundId, agencies, sign, convene, rank } = county
  const bid = (name: string) => county.bids[name] ?? ''
  const town = await keyFor('town', { organizationId: townId })
  const otherTown = await keyFor('town', { organizationId: otherTownId })
  const auditor = await keyFor('auditor')
  const strangers = await newOrganization('邻县民政局', { type: 'government' })
  const otherHost = await keyFor('host', { hostId: strangers, organizationId: strangers })
  const own = agencies['甲']?.key ?? ''
  const start = (key: string) => call(key, 'POST', `/v1/rounds/${roundId}/level-reviews`)
  const read = (key: string, name: string) => call(key, 'GET', `/v1/level-reviews/${bid(name)}`)
  const decide = async (key: string, name: string, decision: string, reason?: string): Promise<Answer> => {
    const ifMatch = String((await read(auditor, name)).headers['etag'])
    return call(
      key,
      'POST',
      `/v1/level-reviews/${bid(name)}/decision`,
      { decision, ...(reason ? { reason } : {}) },
      { ifMatch },
    )
  }
  const [e1, e2] = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  expecting(201, await convene([e1, e2]))

  await t.test('startLevelReviews sends every accepted bid on its way, once', async (t) => {
    t.match((await sign(e1, '甲', '80')).body, { code: 'bid_not_forwarded', status: 409 })
    for (const key of [town, auditor, own]) t.equal((await start(key)).status, 403)
    t.equal((await start(otherHost)).status, 403)
    t.equal((await call(hostKey, 'POST', '/v1/rounds/rnd_00000000000000000000000000/level-reviews')).status, 404)
    const { status, body } = await start(hostKey)
    t.equal(status, 200, JSON.stringify(body))
    t.same(
      body.started.map(({ organizationIds, position, state }: Record<string, unknown>) => [
        organizationIds,
        position,
        state,
      ]),
      Array(3).fill([[townId, hostId], 1, 'pending']),
    )
    t.same((await start(hostKey)).body.started, [])
  })

  await t.test('a level reads what has reached it; other towns, bidders and hosts do not', async (t) => {
    t.match((await read(town, '甲')).body, { bid: { bidId: bid('甲'), content: {}, need: {} }, decisions: [] })
    t.equal((await read(auditor, '甲')).status, 200)
    t.equal((await read(otherTown, '甲')).status, 404)
    t.equal((await read(otherHost, '甲')).status, 404)
    t.equal((await read(own, '甲')).status, 404, 'nothing to tell the bidder yet')
    t.equal((await call(hostKey, 'GET', `/v1/level-reviews/${UNKNOWN_BID}`)).status, 404)
    const list = async (key: string) =>
      (await call(key, 'GET', `/v1/level-reviews?roundId=${roundId}`)).body.items.length
    t.same([await list(town), await list(hostKey), await list(otherTown), await list(otherHost)], [3, 3, 0, 0])
    const paged = await call(town, 'GET', '/v1/level-reviews?limit=2')
    const cursor = encodeURIComponent(paged.body.nextCursor)
    t.equal((await call(town, 'GET', `/v1/level-reviews?limit=2&cursor=${cursor}`)).body.items.length, 1)
  })

  await t.test('only the level that has the bid decides, and a return says why', async (t) => {
    const url = `/v1/level-reviews/${bid('甲')}/decision`
    t.equal((await call(town, 'POST', url, { decision: 'forward' })).status, 428)
    t.equal((await call(town, 'POST', url, { decision: 'forward' }, { ifMatch: 9 })).status, 412)
    t.equal((await decide(hostKey, '甲', 'forward')).status, 403, 'it is the town’s turn')
    t.equal((await decide(otherTown, '甲', 'forward')).status, 404)
    t.equal((await decide(auditor, '甲', 'forward')).status, 403)
    t.match((await decide(town, '甲', 'return')).body, { code: 'level_reason_missing', status: 422 })
    t.match((await decide(town, '甲', 'resume', '补正')).body, { code: 'level_review_not_in_state', status: 409 })
    t.match((await decide(town, '甲', 'forward')).body, {
      position: 2,
      state: 'pending',
      decisions: [{ decision: 'forward' }],
    })
    t.equal((await decide(town, '甲', 'forward')).status, 403, 'it is the county’s turn')
    const back = await decide(hostKey, '甲', 'return', '保障措施不足。')
    t.match(back.body, { position: 1, reached: 2, decisions: [{}, { decision: 'return', reason: '保障措施不足。' }] })
    t.match((await decide(town, '甲', 'forward')).body, { position: 2 })
    t.match((await rank()).body, { code: 'bid_not_forwarded', status: 409 })
    t.match((await decide(hostKey, '甲', 'forward')).body, { state: 'forwarded', position: 2 })
    t.equal((await decide(hostKey, '甲', 'return', '太迟')).status, 403, 'the panel has it')
  })

  await t.test('only what the last level forwarded is judged and ranked', async (t) => {
    expecting(200, await decide(town, '乙', 'forward'))
    expecting(200, await decide(hostKey, '乙', 'forward'))
    t.match((await decide(town, '丙', 'return', '不属于本镇需求。')).body, { state: 'returned', position: 1 })
    for (const expert of [e1, e2]) {
      expecting(201, await sign(expert, '甲', '80'))
      expecting(201, await sign(expert, '乙', '75'))
      t.match((await sign(expert, '丙', '90')).body, { code: 'bid_not_forwarded' })
    }
    const bidder = agencies['丙']?.key ?? ''
    const why = await read(bidder, '丙')
    t.match(why.body, { state: 'returned', decisions: [{ decision: 'return', reason: '不属于本镇需求。' }] })
    t.equal((await read(own, '丙')).status, 404, 'another agency')
    const ranked = await rank()
    t.match(ranked.body, { entries: [{ bidId: bid('甲') }, { bidId: bid('乙') }], withoutResult: [bid('丙')] })
    const late = await decide(town, '丙', 'resume', '材料已补充。')
    t.match([late.status, late.body.code], [409, 'level_review_ranked'], 'the ranking would lack it')
    t.match((await read(bidder, '丙')).body, { state: 'returned' }, 'nothing was written')
    const ground = { ground: 'sheet_error', reason: '丙补充材料后重新上报。' }
    expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking-withdrawal`, ground))
    t.match((await decide(town, '丙', 'resume', '材料已补充。')).body, { state: 'pending', position: 1 })
    t.equal((await read(bidder, '丙')).status, 404, 'it is under review again')
    await t.rejects(app.database.pool.query("update level_decision set reason = '另一个理由'"), /never changes/)
  })
})

t.test('a level that stays silent beyond its time does not stop the round', async (t) => {
  const app = await testApp(t)
  const { call, hostId, keyFor, newOrganization, setClock } = app
  const townId = await newOrganization('临溪镇人民政府', { type: 'government' })
  const level = (code: string, organizationId: string, more: object = {}) => ({
    ...{ code, name: code, reviewers: [{ organizationId, divisionPrefix: '' }], ...more },
  })
  const decideWithin = { amount: 3, basis: 'working' }
  const levels = [level('town', townId, { decideWithin }), level('county', hostId)]
  const review = { session: 'none', method: 'scores', vote: null, opinionFor: 'bidder', levels }
  const { hostKey, roundId, bids, convene, sign, rank } = await smallRound(app, ['甲'], { review })
  const [e1, e2] = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  expecting(201, await convene([e1, e2]))
  const town = await keyFor('town', { organizationId: townId })
  const url = `/v1/level-reviews/${bids['甲']}`
  const silence = (key: string, ifMatch: number, bidUrl = url) =>
    call(key, 'POST', `${bidUrl}/silence`, { reason: '两次书面催办未答复。' }, { ifMatch })
  t.match(expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/level-reviews`)).body.started, [
    { dueOn: '2026-05-06' },
  ])

  await t.test('recordLevelSilence: by the host, after the last day, with a reason', async (t) => {
    t.equal((await silence(town, 1)).status, 403)
    t.equal((await silence(await keyFor('town'), 1)).status, 403)
    const strangers = await newOrganization('邻县民政局', { type: 'government' })
    t.equal((await silence(await keyFor('host', { hostId: strangers, organizationId: strangers }), 1)).status, 404)
    t.equal((await silence(hostKey, 1, `/v1/level-reviews/${UNKNOWN_BID}`)).status, 404)
    t.equal((await call(hostKey, 'POST', `${url}/silence`, {}, { ifMatch: 1 })).status, 400)
    await setClock('2026-05-06T15:59:00.000Z')
    const early = await silence(hostKey, 1)
    t.match([early.status, early.body.code], [409, 'level_not_silent'], 'one minute before midnight of the last day')
    await setClock('2026-05-06T16:00:00.000Z')
    t.equal((await silence(hostKey, 9)).status, 412)
    t.match((await silence(hostKey, 1)).body, {
      ...{ state: 'pending', position: 2, reached: 2, dueOn: null },
      decisions: [{ decision: 'silence', position: 1, organizationId: townId, reason: '两次书面催办未答复。' }],
    })
  })

  const open = await silence(hostKey, 2)
  t.match([open.status, open.body.code], [409, 'level_without_due_day'], 'the county has no last day')
  const back = { decision: 'return', reason: '请乡镇补充意见。' }
  t.match((await call(hostKey, 'POST', `${url}/decision`, back, { ifMatch: 2 })).body, { dueOn: '2026-05-11' })
  expecting(200, await call(town, 'POST', `${url}/decision`, { decision: 'forward' }, { ifMatch: 3 }))
  expecting(200, await call(hostKey, 'POST', `${url}/decision`, { decision: 'forward' }, { ifMatch: 4 }))
  t.match((await silence(hostKey, 5)).body, { code: 'level_review_not_in_state', status: 409 })
  for (const expert of [e1, e2]) expecting(201, await sign(expert, '甲', '80'))
  t.equal((await rank()).status, 200)
})

t.test('a session hears what the last level forwarded, and no other bid', async (t) => {
  const app = await testApp(t)
  const { call, hostId } = app
  const levels = [{ code: 'county', name: '县级复审', reviewers: [{ organizationId: hostId, divisionPrefix: '' }] }]
  const review = { session: 'full', method: 'scores', vote: null, opinionFor: 'bidder', levels }
  const { hostKey, roundId, bids, convene } = await smallRound(app, ['甲', '乙'], { review })
  expecting(201, await convene([await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]))
  const hall = { heldOn: '2026-04-28', place: '三楼会议室' }
  const open = (body: object) => call(hostKey, 'POST', `/v1/rounds/${roundId}/review-sessions`, { ...hall, ...body })
  expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/level-reviews`))
  const forward = { decision: 'forward' }
  expecting(200, await call(hostKey, 'POST', `/v1/level-reviews/${bids['甲']}/decision`, forward, { ifMatch: 1 }))
  t.match(await open({ bidIds: [bids['甲'], bids['乙']] }), {
    status: 422,
    body: { code: 'review_session_bids_invalid', errors: [{ pointer: '#/bidIds/1', code: 'bid_not_forwarded' }] },
  })
  const waiting = expecting(201, await open({})).body.items
  t.same(
    waiting.map(({ bidId }: { bidId: string }) => bidId),
    [bids['甲']],
    'of those that wait, the levels have the other one still',
  )
})

t.test('levels that nobody set up are not started, nor bids that no level has a reviewer for', async (t) => {
  const app = await testApp(t)
  const plain = await smallRound(app, ['甲'])
  t.match((await app.call(plain.hostKey, 'POST', `/v1/rounds/${plain.roundId}/level-reviews`)).body, {
    code: 'review_levels_not_used',
    status: 409,
  })
})

t.test('a bid whose place no reviewer covers keeps all from starting', async (t) => {
  const app = await testApp(t)
  const levels = [{ code: 'town', name: '乡镇', reviewers: [{ organizationId: app.hostId, divisionPrefix: '9904' }] }]
  const review = { session: 'none', method: 'scores', vote: null, opinionFor: 'bidder', levels }
  const { hostKey, roundId } = await smallRound(app, ['甲'], { review })
  // Nobody publishes such a round, and a need keeps its place; one of earlier times is there still.
  await app.asSystem((work) =>
    createDivision(work, {
      code: '990501101001',
      name: '望江社区',
      communityKind: 'urban',
      households: 900,
      premisesSquareMetres: 300,
    }),
  )
  await app.database.pool.query("update need set division_code = '990501101001'")
  t.match(await app.call(hostKey, 'POST', `/v1/rounds/${roundId}/level-reviews`), {
    status: 422,
    body: { code: 'level_reviewer_missing', errors: [{ code: 'reviewer_missing' }] },
  })
})
