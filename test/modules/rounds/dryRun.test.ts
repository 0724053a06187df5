import t from 'tap'
import { testApp } from '../../support/app.ts'
import { biddingCounty } from '../bids/fixtures.ts'
import { money } from './fixtures.ts'

t.test('the bids of an earlier round are put through the rules of the next one', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization } = app
  const county = await biddingCounty(app)
  const { biddingRound, formalCheck, hostKey, newAgency, newNeed, newRound, open, submittedBid } = county
  const need = await newNeed()
  const other = await newNeed('disabled', 'disability')
  const source = await biddingRound([need, other])
  const diligent = await newAgency('暖汀社会工作服务中心')
  const frugal = await newAgency('青禾社会工作服务中心')
  const first = (await submittedBid(diligent, source, need)).body.id
  const second = (await submittedBid(diligent, source, other, { attachments: [{ kind: 'application_form' }] })).body.id
  const third = (await submittedBid(frugal, source, need, { matchingCash: money('10000.00') })).body.id
  const next = await newRound([need], {
    policy: {
      cap: money('60000.00'),
      ratioRules: [],
      requiredAttachments: ['application_form'],
      bidsPerOrganizationMax: 1,
      awardsPerOrganizationMax: 1,
    },
  })
  const path = `/v1/rounds/${next.body.id}/dry-run`
  const body = { sourceRoundId: source }

  t.test('not while they are sealed', async (t) => {
    const sealed = await call(hostKey, 'POST', path, body)
    t.match([sealed.status, sealed.body.code], [422, 'dry_run_source_unfit'])
    const itself = await call(hostKey, 'POST', path, { sourceRoundId: next.body.id })
    t.equal(itself.body.code, 'dry_run_source_unfit')
  })

  t.test('each with its outcome then and now, and totals', async (t) => {
    await open(source)
    for (const bid of [first, second, third]) await formalCheck(bid)
    const run = await call(hostKey, 'POST', path, body)
    t.equal(run.status, 200, JSON.stringify(run.body))
    t.match(run.body, {
      pools: money('600000.00'),
      before: { admitted: 1, returned: 1, rejected: 1, pending: 0, requested: money('80000.00') },
      after: { admitted: 0, returned: 0, rejected: 3, pending: 0, requested: money('0.00') },
      changed: 2,
    })
    type Line = { bidId: string; after: { findings: { code: string }[] } }
    const found = (line: Line) => [line.bidId, ...line.after.findings.map(({ code }) => code)]
    t.same(run.body.bids.map(found), [
      [first, 'grant_above_cap'],
      [second, 'grant_above_cap', 'bid_limit_reached'],
      [third, 'grant_above_cap'],
    ])
  })

  t.test('and a kinder policy admits them all', async (t) => {
    const kinder = await newRound([need], { policy: { ratioRules: [], requiredAttachments: [] } })
    const run = await call(hostKey, 'POST', `/v1/rounds/${kinder.body.id}/dry-run`, body)
    t.match(run.body.after, { admitted: 3, requested: money('240000.00') }, JSON.stringify(run.body))
    const strange = await newRound([need], {
      policy: {
        ratioRules: [],
        requiredAttachments: [],
        budgetCategories: ['service_activity', 'overhead'],
        eligibility: { ...next.body.policy.eligibility, gradeMin: '3A' },
      },
    })
    const refused = await call(hostKey, 'POST', `/v1/rounds/${strange.body.id}/dry-run`, body)
    t.match(refused.body.bids[0].after.findings, [
      { code: 'category_unknown', detail: 'staff_cost' },
      { code: 'grade_below_minimum' },
    ])
  })

  t.test('nothing is written', async (t) => {
    const events = async () => Number((await app.database.pool.query('select count(*) from event')).rows[0].count)
    const before = await events()
    await call(hostKey, 'POST', path, body)
    t.equal(await events(), before)
  })

  t.test('by the host of both rounds alone', async (t) => {
    t.equal((await call(await keyFor('operator'), 'POST', path, body)).status, 200)
    t.equal((await call(diligent.key, 'POST', path, body)).status, 403)
    t.equal((await call(null, 'POST', path, body)).status, 401)
    const stranger = await keyFor('host', { hostId: await newOrganization('邻县民政局') })
    t.equal((await call(stranger, 'POST', path, body)).status, 404)
    const unknown = await call(hostKey, 'POST', path, { sourceRoundId: 'rnd_00000000000000000000000000' })
    t.equal(unknown.status, 404)
  })
})
