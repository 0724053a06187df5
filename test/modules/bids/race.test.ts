import t from 'tap'
import { bidsOfRound } from '../../../src/modules/bids/index.ts'
import { rounds } from '../../../src/modules/rounds/index.ts'
import { type Answer, testApp } from '../../support/app.ts'
import { TIMETABLE } from '../rounds/fixtures.ts'
import { type Agency, biddingCounty } from './fixtures.ts'

const AGENCIES = 20
const NEEDS = 10
/** Submissions under way at once: four for each connection of the pool, so that they wait for each other's locks too. */
const LANES = 40
/** Submissions that the clock lets through before it strikes. */
const IN_TIME = 60

t.test('200 submissions race the closing of the round: each is in, or refused for being late', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, setClock } = app
  const { biddingRound, draftBid, hostKey, newAgency, newNeed, open, ring, submit } = await biddingCounty(app)
  const needs: string[] = []
  for (let index = 0; index < NEEDS; index += 1) needs.push(await newNeed())
  const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: NEEDS } })
  const drafts: { agency: Agency; bidId: string }[] = []
  for (let index = 0; index < AGENCIES; index += 1) {
    const agency = await newAgency(`机构 ${index}`)
    const made = await Promise.all(needs.map((need) => draftBid(agency, roundId, need)))
    drafts.push(...made.map(({ body }) => ({ agency, bidId: body.id })))
  }
  await setClock('2026-04-16T08:59:59.999Z')

  let strike: () => void = () => undefined
  const struck = new Promise<void>((resolve) => {
    strike = resolve
  })
  const close = struck.then(async () => {
    await setClock(TIMETABLE.closesAt)
    await ring(rounds, roundId, 'round.closes')
  })
  const answers: Answer[] = []
  const waiting = drafts.values()
  const lane = async () => {
    for (const { agency, bidId } of waiting) {
      answers.push(await submit(agency, bidId, 1))
      if (answers.length === IN_TIME) strike()
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: LANES }, lane))
  const seconds = (performance.now() - startedAt) / 1000
  await close

  const accepted = answers.filter(({ status }) => status === 201)
  const refused = answers.filter(({ status }) => status !== 201)
  t.comment(`${accepted.length} in time, ${refused.length} late, ${Math.round(drafts.length / seconds)} answers/s`)
  t.ok(accepted.length >= IN_TIME && refused.length > 0, 'the race was one')
  t.same(new Set(refused.map(({ status, body }) => `${status} ${body.code}`)), new Set(['422 bid_window_closed']))
  const round = await call(hostKey, 'GET', `/v1/rounds/${roundId}`)
  t.same([round.body.state, round.headers['etag']], ['bids_closed', '"3"'], 'no submission left a trace on the round')

  await open(roundId)
  const opened = await asSystem((work) => bidsOfRound(work, roundId))
  t.same(
    opened.map(({ id }) => id).sort(),
    accepted.map(({ body }) => body.bid.id).sort(),
    'what was answered with 201 is there, and nothing else',
  )
  t.ok(opened.every(({ submittedAt }) => submittedAt !== null && submittedAt < new Date(TIMETABLE.closesAt)))
})

t.test('of three bids that one organization submits at once, two pass a limit of two', async (t) => {
  const app = await testApp(t)
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  for (const attempt of [1, 2, 3]) {
    const needs = [await newNeed(), await newNeed(), await newNeed()]
    const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: 2 } })
    const agency = await newAgency(`机构 ${attempt}`)
    const drafts = await Promise.all(needs.map((need) => draftBid(agency, roundId, need)))
    const answers = await Promise.all(drafts.map(({ body }) => submit(agency, body.id, 1)))
    t.same(answers.map(({ status, body }) => (status === 201 ? 'submitted' : body.code)).sort(), [
      'bid_limit_reached',
      'submitted',
      'submitted',
    ])
  }
})

t.test('of two submissions of one bid at once the second meets another version', async (t) => {
  const app = await testApp(t)
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const agency = await newAgency('暖汀社会工作服务中心')
  const { body } = await draftBid(agency, roundId, need)
  const answers = await Promise.all([submit(agency, body.id, 1), submit(agency, body.id, 1)])
  t.same(answers.map(({ status }) => status).sort(), [201, 412])
})
