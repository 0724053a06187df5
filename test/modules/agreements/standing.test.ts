import t from 'tap'
import { ok, proposedCounty } from '../notices/county.ts'
import { approvedCounty } from './arrange.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' })
const STATUTORY = {
  notice: { window: workdays(5), excludeStartDay: true },
  statutory: { query: workdays(7), reply: workdays(7), complaint: workdays(15), decision: workdays(30) },
}
const BAN = { endsOn: '2027-04-29', reason: '骗取资金' }

t.test('a ban after the notice stops the meeting; the award is rejected and the reserve steps in', async (t) => {
  const county = await proposedCounty(t)
  const { call, keys, roundId, advanceTo, agencyIds, awardOf } = county
  ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  ok(await call(keys.host, 'POST', `/v1/organizations/${agencyIds[0]}/bans`, BAN))
  await advanceTo('2026-05-18T02:00:00Z')
  const awardId = (await awardOf(0)).id
  const meet = (more: object = {}) =>
    call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, {
      ...{ heldOn: '2026-05-18', minutes: '同意立项' },
      ...more,
    })
  const refused = await meet()
  t.match(refused, { status: 409, body: { code: 'bidder_barred', errors: [{ code: 'banned' }] } })
  t.match(refused.body.errors[0].detail, new RegExp(awardId))
  t.equal((await awardOf(0)).state, 'noticed', 'nothing was written')
  ok(await meet({ rejections: [{ awardId, reason: '公示后被禁止申报' }] }))
  t.equal((await awardOf(0)).state, 'cancelled')
  t.equal((await awardOf(1)).state, 'proposed')
  t.equal((await awardOf(2)).state, 'confirmed')
})

t.test('a ban after the meeting that came first stops the confirmation; the host gives the award up', async (t) => {
  const county = await proposedCounty(t, { decision: { beforeNotice: true, attendeesMin: 0 } })
  const { call, act, keys, roundId, advanceTo, agencyIds, awardOf } = county
  const path = `/v1/rounds/${roundId}`
  const minutes = { heldOn: '2026-04-30', minutes: '同意立项' }
  ok(await call(keys.host, 'POST', `${path}/decision-meetings`, minutes))
  ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const award = `/v1/awards/${(await awardOf(0)).id}`
  const giveUp = () => act(keys.host, award, '/cancellation', { reason: '公示后被禁止申报' })
  t.match(await giveUp(), { status: 409, body: { code: 'award_not_in_state' } }, 'nothing is against it')
  ok(await call(keys.host, 'POST', `/v1/organizations/${agencyIds[0]}/bans`, BAN))
  await advanceTo('2026-05-18T02:00:00Z')
  const confirm = () => call(keys.host, 'POST', `${path}/award-confirmation`)
  t.match(await confirm(), { status: 409, body: { code: 'bidder_barred' } })
  t.match(ok(await giveUp()), { state: 'cancelled', endReason: '公示后被禁止申报' })
  ok(await confirm())
  t.equal((await awardOf(1)).state, 'proposed')
  t.equal((await awardOf(2)).state, 'confirmed')
})

t.test('a ban before the signing stops it; the award is given up, and the agreement ends with it', async (t) => {
  const county = await approvedCounty(t)
  const { call, act, keys, agencyIds, awardId, advanceTo, awardOf, pools } = county
  const path = `/v1/agreements/${ok(await call(keys.host, 'POST', '/v1/agreements', { awardId })).id}`
  ok(await act(keys.agencies[0] as string, path, '/signatures', { party: 'agency' }))
  ok(await call(keys.host, 'POST', `/v1/organizations/${agencyIds[0]}/bans`, BAN))
  const refused = await act(keys.host, path, '/signatures', { party: 'host' })
  t.match(refused, { status: 409, body: { code: 'bidder_barred', errors: [{ code: 'banned' }] } })
  ok(await act(keys.host, `/v1/awards/${awardId}`, '/cancellation', { reason: '签约前被禁止申报' }))
  t.equal((await awardOf(1)).state, 'proposed')
  t.match(await pools(), [{ source: 'welfare_lottery', allocated: '88000.00' }])
  t.match(await act(keys.host, path, '/signatures', { party: 'host' }), {
    status: 409,
    body: { code: 'award_not_confirmed' },
  })
  await advanceTo('2026-05-27T02:00:01Z')
  t.match(ok(await call(keys.host, 'GET', path)), {
    state: 'terminated',
    terminationKind: 'award_cancelled',
    terminationReason: '签约前被禁止申报',
    actions: [],
  })
  const { rows } = await county.database.pool.query(
    `select data from event where type = 'agreement.terminated' and data ->> 'kind' = 'award_cancelled'`,
  )
  t.match(rows, [{ data: { from: 'partly_signed', state: 'terminated' } }])
})

t.test('in procurement by law nobody signs until queries are late, nor while one is open', async (t) => {
  const county = await proposedCounty(t, STATUTORY)
  const { call, act, keys, roundId, advanceTo, awardOf } = county
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await advanceTo('2026-05-18T02:00:00Z')
  const minutes = { heldOn: '2026-05-18', minutes: '同意立项' }
  ok(await call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, minutes))
  const { id: awardId } = await awardOf(0)
  const path = `/v1/agreements/${ok(await call(keys.host, 'POST', '/v1/agreements', { awardId })).id}`
  const sign = () => act(keys.host, path, '/signatures', { party: 'host' })
  t.match(await sign(), { status: 409, body: { code: 'query_window_open' } })
  const query = { noticeId: notice.id, awardId, grounds: '评分有误' }
  const filed = `/v1/objections/${ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', query)).id}`
  t.match(await sign(), { status: 409, body: { code: 'remedy_open' } })
  await advanceTo('2026-05-21T02:00:00Z')
  t.match(await sign(), { status: 409, body: { code: 'remedy_open' } }, 'late queries come no more, this one is open')
  ok(await act(keys.operator, filed, '/acceptance'))
  ok(await act(keys.host, filed, '/decision', { outcome: 'dismissed', reasons: '计分无误' }))
  t.match(ok(await sign()), { state: 'partly_signed' })
})

t.test('an agreement that one party has signed ends when a query against its award is upheld', async (t) => {
  const county = await proposedCounty(t, STATUTORY)
  const { call, act, keys, roundId, advanceTo, awardOf } = county
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await advanceTo('2026-05-18T02:00:00Z')
  const minutes = { heldOn: '2026-05-18', minutes: '同意立项' }
  ok(await call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, minutes))
  const { id: awardId } = await awardOf(0)
  const path = `/v1/agreements/${ok(await call(keys.host, 'POST', '/v1/agreements', { awardId })).id}`
  const query = { noticeId: notice.id, awardId, grounds: '业绩材料不实' }
  const filed = `/v1/objections/${ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', query)).id}`
  ok(await act(keys.operator, filed, '/acceptance'))
  ok(await act(keys.host, filed, '/decision', { outcome: 'upheld', reasons: '属实' }))
  t.equal((await awardOf(0)).state, 'cancelled')
  await advanceTo('2026-05-18T02:00:01Z')
  t.match(ok(await call(keys.host, 'GET', path)), { state: 'terminated', terminationKind: 'award_cancelled' })
})
