import t from 'tap'
import { cancelAward, proposeNext } from '../../../src/modules/awards/index.ts'
import { testApp } from '../../support/app.ts'
import { newExpert, smallRound } from '../reviews/fixtures.ts'
import { expecting } from '../rounds/fixtures.ts'

const NAMES = ['甲', '乙', '丙']

/** 甲 before 乙 before 丙 for one need, all above the line, in the hands of the host; nothing is ranked yet. */
async function judged(t: Parameters<typeof testApp>[0], policy: object = {}) {
  const app = await testApp(t)
  const round = await smallRound(app, NAMES, policy)
  const { call } = app
  const { hostKey, roundId, bids, agencies } = round
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  await round.convene(experts)
  for (const [name, points] of Object.entries({ 甲: '90', 乙: '80', 丙: '75' }))
    for (const expert of experts) expecting(201, await round.sign(expert, name, points))
  const own = (name: string, path: string) => call(agencies[name]?.key ?? null, 'GET', path)
  return {
    ...app,
    ...round,
    own,
    propose: async () => expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})).body,
    meet: async (rejections: object[] = []) =>
      expecting(
        201,
        await call(hostKey, 'POST', `/v1/rounds/${roundId}/decision-meetings`, {
          ...{ heldOn: '2026-04-28', minutes: '局长办公会审定。', attendees: 5, rejections },
        }),
      ).body,
    announce: async (more: object = {}) =>
      expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award', ...more })).body,
    results: () => Promise.all(NAMES.map(async (name) => (await own(name, `/v1/bids/${bids[name]}/result`)).status)),
    /** What each bidder reads of its own bid, told by nothing but what it may see. */
    etags: () =>
      Promise.all(NAMES.map(async (name) => String((await own(name, `/v1/bids/${bids[name]}`)).headers['etag']))),
    states: () => Promise.all(NAMES.map(async (name) => (await own(name, `/v1/bids/${bids[name]}`)).body.state)),
  }
}

t.test('no ETag of its own bid tells a bidder before the notice what came of it', async (t) => {
  const county = await judged(t, { decision: { beforeNotice: true, attendeesMin: 0 } })
  const { call, hostKey, bids, agencies, own } = county
  const accepted = await county.etags()
  await county.rank()
  t.same(await county.etags(), accepted, 'scored')
  const made = await county.propose()
  t.same(await county.etags(), accepted, 'proposed')
  await county.meet([{ awardId: made.awards[0].id, reason: '重复资助。' }])
  t.same(await county.etags(), accepted, 'rejected by the meeting, and the next stepped in')
  t.same(await county.states(), ['accepted', 'accepted', 'accepted'])
  await county.meet()
  t.same(await county.etags(), accepted, 'decided')
  for (const [index, name] of NAMES.entries()) {
    const withdrawal = await call(agencies[name]?.key ?? null, 'POST', `/v1/bids/${bids[name]}/withdrawal`, undefined, {
      ifMatch: accepted[index] ?? '',
    })
    t.match(withdrawal, { status: 409, body: { code: 'bid_not_in_state' } }, 'what was read still matches')
  }
  t.equal((await own('甲', `/v1/awards/${made.awards[0].id}`)).status, 404)

  await t.test('the notice tells whom the meeting rejected, and why', async (t) => {
    await county.announce()
    for (const [index, etag] of (await county.etags()).entries()) t.not(etag, accepted[index])
    t.same(await county.states(), ['cancelled', 'proposed', 'reserve'])
    const award = { state: 'cancelled', endReason: '重复资助。' }
    t.match((await own('甲', `/v1/bids/${bids['甲']}/result`)).body, { outcome: 'cancelled', award })
    t.match(await own('甲', `/v1/awards/${made.awards[0].id}`), { status: 200, body: award })
  })

  await t.test('who steps in later reads the same ETag as before, until its own notice', async (t) => {
    const told = await county.etags()
    const second = (await call(hostKey, 'GET', `/v1/awards?state=noticed`)).body.items[0].id
    await county.asSystem(async (work) => {
      await cancelAward(work, second, '异议成立')
      await proposeNext(work, county.roundId, county.need)
    })
    t.match((await call(hostKey, 'GET', `/v1/bids/${bids['丙']}`)).body, { state: 'proposed' })
    const [first, , last] = await county.etags()
    t.same([first, last], [told[0], told[2]])
    t.same(await county.states(), ['cancelled', 'cancelled', 'reserve'])
    await county.meet()
    await county.announce()
    t.not((await county.etags())[2], told[2])
    t.same(await county.states(), ['cancelled', 'cancelled', 'proposed'])
  })
})

t.test('awards taken back after a notice move the ETags of all bids alike, and before it none', async (t) => {
  const county = await judged(t)
  const { call, hostKey, roundId } = county
  const retract = async () =>
    expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-retraction`, { reason: '专家应回避' }))
  await county.rank()
  const accepted = await county.etags()
  await county.propose()
  await retract()
  t.same(await county.etags(), accepted)
  await county.rank()
  await county.propose()
  const notice = await county.announce()
  const told = await county.etags()
  const ifMatch = String((await call(hostKey, 'GET', `/v1/notices/${notice.id}`)).headers['etag'])
  const withdrawal = { reason: '金额有误' }
  expecting(200, await call(hostKey, 'POST', `/v1/notices/${notice.id}/withdrawal`, withdrawal, { ifMatch }))
  await retract()
  t.same(
    await county.etags(),
    told.map((etag) => `"${Number(etag.slice(1, -1)) + 1}"`),
  )
  t.same(await county.states(), ['accepted', 'accepted', 'accepted'])
})

t.test('a notice of some awards tells nothing of the others, and nobody can tell by what is missing', async (t) => {
  const county = await judged(t, { awardsPerNeedMax: 3 })
  const { call, hostKey } = county
  await county.rank()
  const { awards } = await county.propose()
  t.equal(awards.length, 3, 'all of them are proposed')
  const names = NAMES.map((name) => county.bids[name])
  t.same(
    awards.map(({ bidId }: { bidId: string }) => bidId),
    names,
  )
  const notice = await county.announce({ awardIds: [awards[0].id] })
  t.same(await county.results(), [200, 404, 404])
  t.same(await county.states(), ['proposed', 'reserve', 'reserve'])
  t.equal((await call(hostKey, 'GET', `/v1/bids/${names[1]}/result`)).status, 200, 'the host reads all')

  await county.announce({ awardIds: [awards[1].id] })
  t.same(await county.results(), [200, 200, 404])
  const path = `/v1/awards/${awards[1].id}`
  const ifMatch = String((await call(hostKey, 'GET', path)).headers['etag'])
  const own = county.agencies['乙']?.key ?? null
  expecting(200, await call(own, 'POST', `${path}/decline`, { reason: '放弃' }, { ifMatch }))
  t.same(await county.results(), [200, 200, 404], 'one still waits for its notice')
  await county.announce({ awardIds: [awards[2].id] })
  t.same(await county.results(), [200, 200, 200])

  const noticeTag = String((await call(hostKey, 'GET', `/v1/notices/${notice.id}`)).headers['etag'])
  const reason = { reason: '金额有误' }
  expecting(200, await call(hostKey, 'POST', `/v1/notices/${notice.id}/withdrawal`, reason, { ifMatch: noticeTag }))
  t.same(await county.results(), [200, 200, 200], 'what its bidder was told stays told')
})

t.test('results that were told stay told when somebody steps in untold', async (t) => {
  const county = await judged(t)
  await county.rank()
  const { awards } = await county.propose()
  await county.announce()
  t.same(await county.results(), [200, 200, 200])
  await county.asSystem(async (work) => {
    await cancelAward(work, awards[0].id, '异议成立')
    await proposeNext(work, county.roundId, county.need)
  })
  t.same(await county.results(), [200, 200, 200])
  t.same(await county.states(), ['cancelled', 'reserve', 'reserve'])
})
