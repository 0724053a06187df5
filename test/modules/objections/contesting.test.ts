import t from 'tap'
import { type CountyPolicy, ok, proposedCounty } from '../notices/county.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' })

/** The award of the first agency was objected to by the second and the host has upheld it; a superior bureau reviews. */
async function upheldCounty(t: { teardown(handler: () => Promise<void>): void }, awardedMayAppeal = true) {
  let superiorId = ''
  const policy: CountyPolicy = async (app) => {
    superiorId = await app.newOrganization('测试市民政局', { type: 'government' })
    const appeal = { window: workdays(3), decision: workdays(10) }
    const objection = { reply: workdays(5), anonymous: 'log_only', appeal, reviewerId: superiorId, awardedMayAppeal }
    return { objection }
  }
  const county = await proposedCounty(t, policy)
  const { call, keys, roundId, act, awardOf } = county
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const { id: awardId } = await awardOf(0)
  const [awarded = '', objector = ''] = keys.agencies
  const filing = { noticeId: notice.id, awardId, grounds: '业绩材料不实' }
  const path = `/v1/objections/${ok(await call(objector, 'POST', '/v1/objections', filing)).id}`
  ok(await act(keys.operator, path, '/acceptance'))
  ok(await act(keys.host, path, '/decision', { outcome: 'upheld', reasons: '属实' }))
  const superior = await county.keyFor('host', { hostId: superiorId, organizationId: superiorId })
  const appeal = (key = awarded) => act(key, path, '/appeal', { grounds: '材料真实,见原件' })
  const decide = async (review: string, outcome: string) => {
    ok(await act(superior, review, '/acceptance'))
    return ok(await act(superior, review, '/decision', { outcome, reasons: '经核查' }))
  }
  const states = async () => (await county.awards()).map(({ state }) => state).reverse()
  const successor = async () => ok(await call(keys.host, 'GET', path)).successorAwardId
  return { ...county, path, awarded, objector, superior, appeal, decide, states, successor }
}

t.test('without a word of the policy an upheld objection takes effect at once', async (t) => {
  const { states, appeal, successor, awardOf } = await upheldCounty(t, false)
  t.same(await states(), ['cancelled', 'noticed', 'proposed'])
  t.equal(await successor(), (await awardOf(1)).id)
  t.match(await appeal(), { status: 409, body: { code: 'appeal_not_open' } })
})

t.test(
  'an upheld objection waits for the appeal of whose award it ends, and takes effect when none comes',
  async (t) => {
    const county = await upheldCounty(t)
    const { call, keys, act, path, objector, awarded, states, appeal, advanceTo, successor, awardOf, roundId } = county
    t.same(await states(), ['suspended', 'noticed'], 'nothing is taken back, nobody steps in')
    t.match(await appeal(objector), { status: 409, body: { code: 'appeal_not_open' } }, 'the filer got what it asked')
    const notice = ok(await call(keys.host, 'GET', `/v1/notices?roundId=${roundId}`)).items[0]
    t.match(await act(keys.host, `/v1/notices/${notice.id}`, '/withdrawal', { reason: '金额有误' }), {
      body: { code: 'notice_under_objection' },
    })
    await advanceTo('2026-05-08T15:59:59Z')
    t.same(await states(), ['suspended', 'noticed'])
    await advanceTo('2026-05-08T16:00:00Z')
    t.same(await states(), ['cancelled', 'noticed', 'proposed'])
    t.equal(await successor(), (await awardOf(1)).id)
    t.equal(ok(await call(awarded, 'GET', path)).successorAwardId, null)
    t.match(await appeal(), { status: 409, body: { code: 'appeal_not_open' } }, 'too late')
  },
)

t.test('an appeal in time holds the effect past its day; granted, the award goes on', async (t) => {
  const { states, appeal, decide, advanceTo, successor, call, keys, roundId, superior } = await upheldCounty(t)
  const filed = ok(await appeal())
  t.match(filed, { kind: 'appeal', state: 'filed' })
  t.match(await appeal(), { status: 409, body: { code: 'appeal_exists' } })
  await advanceTo('2026-05-11T16:00:00Z')
  t.same(await states(), ['suspended', 'noticed'], 'the appeal decides')
  const review = `/v1/objections/${filed.id}`
  t.match(await decide(review, 'upheld'), { state: 'upheld', successorAwardId: null })
  t.same(await states(), ['noticed', 'noticed'])
  t.equal(await successor(), null)
  await advanceTo('2026-05-18T02:00:00Z')
  const minutes = { heldOn: '2026-05-18', minutes: '同意立项' }
  ok(await call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, minutes))
  t.same(await states(), ['confirmed', 'confirmed'])
  t.equal((await call(superior, 'GET', review)).status, 200)
})

t.test('an appeal that is dismissed, turned away or taken back lets the effect come', async (t) => {
  for (const end of ['dismissed', 'rejection', 'withdrawal'] as const) {
    const { states, appeal, decide, successor, awardOf, act, superior, awarded } = await upheldCounty(t)
    const review = `/v1/objections/${ok(await appeal()).id}`
    if (end === 'dismissed') await decide(review, 'dismissed')
    else if (end === 'withdrawal') ok(await act(awarded, review, '/withdrawal', { reason: '不再主张' }))
    else ok(await act(superior, review, '/rejection', { because: 'no_facts', reasons: '未提供依据' }))
    t.same(await states(), ['cancelled', 'noticed', 'proposed'], end)
    t.equal(await successor(), (await awardOf(1)).id)
  }
})
