import t from 'tap'
import { BID_STATES } from '../../../src/modules/bids/rules/bid.ts'
import { bindingOf, checkUnbound } from '../../../src/modules/bids/rules/binding.ts'
import { veiled } from '../../../src/modules/bids/rules/outcome.ts'
import { ROUND_STATES } from '../../../src/modules/rounds/rules.ts'
import { testApp } from '../../support/app.ts'
import { biddingCounty, CONTENT } from './fixtures.ts'

t.test('what a bid forbids its project follows from both states', async (t) => {
  for (const round of ROUND_STATES) {
    const bound = (binding: string) => BID_STATES.filter((bid) => bindingOf(bid, round) === binding)
    const isUndecided = ['published', 'receiving', 'bids_closed', 'reviewing', 'notice'].includes(round)
    const isRunning = round === 'approved' || round === 'implementing'
    if (isUndecided) {
      t.same(
        bound('free'),
        BID_STATES.filter((bid) => ['draft', 'withdrawn', 'declined'].includes(bid)),
        round,
      )
      const out = round === 'notice' ? ['rejected', 'not_funded', 'cancelled'] : ['rejected']
      t.same(bound('worded'), out, round)
    } else {
      t.same(bound('held'), isRunning ? ['proposed'] : [], round)
      t.same(bound('worded'), isRunning ? ['reserve'] : [], round)
    }
  }
})

t.test('before the notice a project is bound alike whatever the review made of its bid', async (t) => {
  for (const state of BID_STATES) {
    const told = veiled({ state, toldAt: null }, 'all').state
    t.equal(bindingOf(state, 'reviewing'), bindingOf(told, 'reviewing'), state)
  }
})

t.test('the bid that binds is named; a bid whose words stay lets its project go', async (t) => {
  const bid = (id: string, state: (typeof BID_STATES)[number]) => ({ id, state, roundState: 'notice' }) as const
  t.match(checkUnbound([bid('a', 'declined'), bid('b', 'proposed')], 'withdraw'), {
    accepted: false,
    refusal: { parameters: { bidId: 'b' } },
  })
  t.match(checkUnbound([bid('c', 'not_funded')], 'change'), {
    accepted: false,
    refusal: { parameters: { bidId: 'c' } },
  })
  t.match(checkUnbound([bid('c', 'not_funded')], 'withdraw'), { accepted: true })
  t.match(checkUnbound([], 'change'), { accepted: true })
})

t.test('a project is changed until its bid is handed in, and again once that is withdrawn', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const county = await biddingCounty(app)
  const needId = await county.newNeed()
  const roundId = await county.biddingRound([needId])
  const agency = await county.newAgency('甲')
  const projectId = await county.newProject(agency, [needId])
  const path = `/v1/projects/${projectId}`
  const change = async (body: object) => {
    const ifMatch = String((await call(agency.key, 'GET', path)).headers.etag)
    return call(agency.key, 'PATCH', path, body, { ifMatch })
  }
  const newBid = async () =>
    (await call(agency.key, 'POST', '/v1/bids', { roundId, needId, projectId })).body.id as string
  const bidPath = `/v1/bids/${await newBid()}`
  t.equal((await change({ title: '银龄守望(再改)' })).status, 200, 'a draft binds nothing')
  const submitted = await call(agency.key, 'POST', `${bidPath}/submission`, { content: CONTENT }, { ifMatch: 1 })
  t.equal(submitted.status, 201)
  t.match(await change({ title: '别的项目' }), { status: 409, body: { code: 'project_bound' } })
  const listed = await call(agency.key, 'GET', path)
  t.equal(listed.body.title, '银龄守望(再改)')
  const ifMatch = String(listed.headers.etag)
  t.equal(submitted.body.bid.submission.projectVersion, Number(ifMatch.slice(1, -1)), 'the version that is judged')
  t.match(await call(agency.key, 'POST', `${path}/withdrawal`, {}, { ifMatch }), { body: { code: 'project_bound' } })
  t.equal((await call(agency.key, 'POST', `${bidPath}/withdrawal`, {}, { ifMatch: 2 })).status, 200)
  t.equal((await change({ title: '银龄守望(定稿)' })).status, 200)
  t.ok(await newBid(), 'and bid again')
})
