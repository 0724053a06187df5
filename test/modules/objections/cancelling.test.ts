import t from 'tap'
import { ok, proposedCounty } from '../notices/county.ts'

const REASON = { reason: '资金未到位' }

t.test('a round that is cancelled while its awards are on notice ends all that hangs on it', async (t) => {
  const county = await proposedCounty(t)
  const { act, call, keys, needIds, roundId } = county
  const round = `/v1/rounds/${roundId}`
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const award = await county.awardOf(0)
  const filing = { noticeId: notice.id, awardId: award.id, grounds: '评分项计算有误' }
  const filed = ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', filing))
  ok(await act(keys.operator, `/v1/objections/${filed.id}`, '/acceptance'))
  t.equal((await county.awardOf(0)).state, 'suspended')

  for (const key of [keys.operator, keys.town, keys.agencies[0] as string])
    t.equal((await act(key, round, '/cancellation', REASON)).status, 403)
  t.equal((await call(keys.host, 'POST', `${round}/cancellation`, REASON)).status, 428)
  t.equal((await call(keys.host, 'POST', `${round}/cancellation`, REASON, { ifMatch: 99 })).status, 412)
  t.equal((await county.awardOf(0)).state, 'suspended', 'a refusal changes nothing')
  t.match(await act(keys.host, round, '/cancellation', REASON), { status: 200, body: { state: 'cancelled' } })

  t.same(
    (await county.awards()).map(({ state }) => state),
    ['cancelled', 'cancelled'],
  )
  t.equal((await call(keys.agencies[0] as string, 'GET', `/v1/awards/${award.id}`)).body.endReason, REASON.reason)
  t.ok((await county.pools()).every(({ allocated }) => allocated === '0.00'))
  t.match((await call(null, 'GET', `/v1/notices/${notice.id}`)).body, {
    state: 'withdrawn',
    withdrawalReason: REASON.reason,
  })
  t.match((await call(keys.host, 'GET', `/v1/objections/${filed.id}`)).body, { state: 'dismissed', actions: [] })
  t.match((await call(keys.agencies[2] as string, 'POST', '/v1/objections', filing)).body, { code: 'notice_withdrawn' })
  for (const [agency, state] of Object.entries(['cancelled', 'not_funded', 'cancelled'])) {
    const own = await call(keys.agencies[Number(agency)] as string, 'GET', '/v1/bids')
    t.same(own.body.items[0].state, state, 'what the notice told may be read')
  }
  for (const subject of [notice.id, filed.id]) {
    const { items } = (await call(keys.host, 'GET', `/v1/deadlines?subject=${subject}`)).body
    t.ok(items.length > 0 && items.every(({ state }: { state: string }) => state === 'cancelled'), subject)
  }
  const decline = await act(keys.agencies[0] as string, `/v1/awards/${award.id}`, '/decline', { reason: '放弃' })
  t.match(decline, { status: 409, body: { code: 'award_not_in_state' } })
  t.match((await act(keys.host, round, '/cancellation', REASON)).body, { code: 'round_not_in_state' })

  const draft = ok(
    await call(keys.host, 'POST', '/v1/rounds', {
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
    }),
  )
  const carried = ok(await act(keys.host, `/v1/rounds/${draft.id}`, '/carried-needs', { fromRoundId: roundId }))
  t.same(
    new Set(carried.needs.map(({ needId, reason }: { needId: string; reason: string }) => `${needId} ${reason}`)),
    new Set([`${needIds.visits} round_cancelled`, `${needIds.mediation} round_cancelled`]),
  )
})

t.test('a round that is cancelled before its notice never tells its bidders an outcome', async (t) => {
  const county = await proposedCounty(t)
  const { act, call, keys, roundId } = county
  const [first, second] = keys.agencies as [string, string]
  ok(await act(keys.host, `/v1/rounds/${roundId}`, '/cancellation', REASON))
  t.ok((await county.pools()).every(({ allocated }) => allocated === '0.00'))
  for (const key of [first, second]) {
    t.equal((await call(key, 'GET', '/v1/bids')).body.items[0].state, 'accepted')
    for (const state of ['cancelled', 'not_funded', 'reserve'])
      t.same((await call(key, 'GET', `/v1/bids?state=${state}`)).body.items, [])
    t.same((await call(key, 'GET', '/v1/awards')).body.items, [])
  }
  const { id } = await county.awardOf(0)
  t.equal((await call(first, 'GET', `/v1/awards/${id}`)).status, 404)
})
