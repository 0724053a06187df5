import t from 'tap'
import { expecting } from '../modules/rounds/fixtures.ts'
import { testApp } from '../support/app.ts'
import { PROCUREMENT } from './policies/procurement.ts'
import { type CityRound, cityStage } from './round.ts'

const money = (amount: string) => ({ amount, currency: 'CNY' })

t.test(
  'procurement by law: a query after the notice, its reply, and the complaint to the supervising organization',
  async (t) => {
    const app = await testApp(t)
    const { call, setClock } = app
    await setClock('2026-03-20T01:00:00Z')
    const stage = await cityStage(app)
    const supervisorId = await app.newOrganization('云汀县财政局', { type: 'government' })
    const supervisor = await app.keyFor('host', { hostId: supervisorId, organizationId: supervisorId })
    const objection = { ...PROCUREMENT.objection, reviewerId: supervisorId } as CityRound['policy']['objection']
    const city: CityRound = {
      policy: { ...PROCUREMENT, ...(objection === undefined ? {} : { objection }) },
      mode: 'gov_procurement',
      pools: [{ source: 'fiscal', name: '财政资金', size: money('500000.00') }],
      needs: { N: ['elderly', 'elderly_care'] },
      agencies: { A: {}, B: {}, C: {} },
      bids: {
        dear: { agency: 'A', need: 'N', grant: 90_000, points: ['45/25'] },
        cheap: { agency: 'B', need: 'N', grant: 60_000, points: ['40/22'] },
        middle: { agency: 'C', need: 'N', grant: 70_000, points: ['44/26'] },
      },
    }
    const opened = await stage.bidding(city)
    await stage.check(opened, city)
    await stage.judge(opened, city)
    expecting(200, await stage.rank(opened))
    await stage.propose(opened)
    const { hostKey } = stage
    const { roundId, agencies } = opened
    const filer = agencies.A?.key as string
    const act = async (key: string, path: string, command: string, body?: object) => {
      const { headers } = await call(key, 'GET', path)
      return call(key, 'POST', `${path}${command}`, body, { ifMatch: String(headers.etag) })
    }
    await setClock('2026-04-30T02:00:00Z')
    const notice = expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award' })).body
    t.equal(notice.window.effectiveOn, '2026-05-13', 'seven working days')
    const awardId = notice.snapshot.items[0].subject

    await t.test('seven working days after the last day of the notice a query is still in time', async (t) => {
      await setClock('2026-05-22T15:59:59Z')
      const filed = await call(filer, 'POST', '/v1/objections', { noticeId: notice.id, awardId, grounds: '评分有误' })
      t.match(filed, {
        status: 201,
        body: { kind: 'query', state: 'filed', answerDue: { effectiveOn: '2026-06-02', period: { amount: 7 } } },
      })
      t.equal((await call(hostKey, 'GET', `/v1/awards/${awardId}`)).body.state, 'suspended')
      const path = `/v1/objections/${filed.body.id}`
      expecting(200, await act(hostKey, path, '/acceptance'))
      expecting(200, await act(hostKey, path, '/decision', { outcome: 'dismissed', reasons: '评分无误' }))
      await setClock('2026-05-22T16:00:00Z')
      const late = await call(filer, 'POST', '/v1/objections', { noticeId: notice.id, awardId, grounds: '评分有误' })
      t.match(late.body, { kind: 'query', state: 'rejected_as_late' })

      // The time for the reply ends on 2 June; fifteen working days later is 24 June, after the Dragon Boat holiday.
      await setClock('2026-06-24T15:00:00Z')
      const complaint = await act(filer, path, '/appeal', { grounds: '对答复不满意' })
      t.match(complaint, {
        status: 201,
        body: { kind: 'complaint', state: 'filed', reviewedById: supervisorId, answerDue: { period: { amount: 30 } } },
      })
      const review = `/v1/objections/${complaint.body.id}`
      t.equal((await act(hostKey, review, '/acceptance')).status, 403)
      expecting(200, await act(supervisor, review, '/acceptance'))
      const upheld = await act(supervisor, review, '/decision', { outcome: 'upheld', reasons: '评分确有错误' })
      t.match(upheld, { status: 200, body: { state: 'upheld' } })
      t.ok(upheld.body.successorAwardId, 'the next bid is proposed')
    })
  },
)
