import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { cancelAward, proposeNext } from '../../../src/modules/awards/index.ts'
import { noticeProber } from '../../../src/modules/notices/jobs.ts'
import { uuidOf } from '../../../src/platform/ids.ts'
import { type County, ok, proposedCounty, unknownId } from './county.ts'

const WINDOW = { window: { amount: 5, basis: 'working' }, excludeStartDay: true }
const REACHABILITY = {
  probeEveryMinutes: 30,
  toleranceMinutes: 60,
  extendWhenUnreachable: true,
  extensionWorkdaysMax: 5,
  unknownCountsAsDown: false,
}
const sha256 = (value: object) =>
  createHash('sha256')
    .update(canonicalize(value) as string)
    .digest('hex')

/** A prober that asks a fake public address: the page of the app itself, an error, or nothing at all. */
function proberOf({ app, deps, config }: County, publicUrl?: string) {
  const line: { answer: 'page' | 'error' | 'silence' | 'other page'; asked: string[] } = { answer: 'page', asked: [] }
  const fetch = async (address: string | URL | Request) => {
    line.asked.push(String(address))
    if (line.answer === 'silence') throw new TypeError('fetch failed')
    if (line.answer === 'error') return new Response('', { status: 502 })
    if (line.answer === 'other page') return new Response('<html>欢迎</html>')
    const { statusCode, body } = await app.inject(new URL(String(address)).pathname)
    return new Response(body, { status: statusCode })
  }
  const prober = noticeProber(
    { ...deps, sandbox: config.sandbox, publicUrl },
    { fetch: fetch as typeof globalThis.fetch },
  )
  return { prober, line }
}

t.test('the public page shows what the digest covers, escaped, without login and script', async (t) => {
  const county = await proposedCounty(t, { notice: { ...WINDOW, redactions: ['sources_omitted'] } })
  const { call, keys, roundId, agencyIds } = county
  await county.asSystem((work) =>
    work.sql.execute(
      sql`update organization set name = '<b>云汀"暖汀"&心</b>' where name = '云汀县暖汀社会工作服务中心'`,
    ),
  )
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const page = await call(null, 'GET', `/v1/notices/${notice.id}/page`)
  t.equal(page.status, 200)
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  t.match(String(page.headers['content-security-policy']), /default-src 'none'/)
  t.equal(page.headers.etag, '"1"')
  t.notMatch(page.body, /<script|<style|<b>/)
  for (const words of [
    notice.digest,
    '公示中',
    '&lt;b&gt;云汀&quot;暖汀&quot;&amp;心&lt;/b&gt;',
    '95000.00',
    '未载资金来源',
  ])
    t.ok(page.body.includes(words), words)
  t.notOk(page.body.includes('福彩公益金'), 'what is redacted is not on the page')
  t.same(notice.snapshot.redactions, ['sources_omitted'])
  t.notOk('sources' in notice.snapshot.items[0], 'nor in the snapshot')
  t.equal(notice.digest, sha256(notice.snapshot), 'the digest is that of what is published')
  t.notMatch(JSON.stringify(notice), /phone|legalRepresentative/, 'numbers and people are never in it')
  t.ok(agencyIds.includes(notice.snapshot.items[0].organizationId))
  t.equal((await call(null, 'GET', `/v1/notices/${unknownId('ntc')}/page`)).status, 404)
  const fresh = await call(null, 'GET', `/v1/notices/${notice.id}/page`, undefined, {
    headers: { 'if-none-match': '"1"' },
  })
  t.equal(fresh.status, 304)
})

t.test('a need that the notice leaves out is not told by the public project either', async (t) => {
  const county = await proposedCounty(t, { notice: { ...WINDOW, redactions: ['need_omitted'] } })
  const { call, keys, roundId, needIds } = county
  const { projectId } = await county.awardOf(0)
  const project = (key: string | null) => call(key, 'GET', `/v1/projects/${projectId}`)
  t.same((await project(null)).body.needIds, [needIds.visits], 'before the notice it is on the project list')
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  t.notOk('needId' in notice.snapshot.items[0])
  t.match((await project(null)).body, { needIds: [], withheld: ['needIds'] })
  t.same((await project(keys.host)).body.needIds, [needIds.visits])
  t.same((await project(keys.agencies[0] as string)).body.needIds, [needIds.visits])
})

t.test('what a notice leaves out of an award is not told by the record of the opening either', async (t) => {
  const redactions = ['need_omitted', 'group_name_omitted']
  const county = await proposedCounty(t, { notice: { ...WINDOW, redactions } })
  const { call, keys, roundId, needIds, newOrganization, agencyIds } = county
  const { id, bidId, projectId } = await county.awardOf(0)
  const second = await county.awardOf(2)
  const group = { type: 'filed_community_org', creditCode: null, sponsorId: agencyIds[0] }
  const sponsoredGroupId = await newOrganization('望溪社区邻里互助队', group)
  const groupRow = uuidOf(sponsoredGroupId, 'org')
  for (const [table, row] of [
    ['project', uuidOf(projectId, 'prj')],
    ['bid', uuidOf(bidId, 'bid')],
    ['award', uuidOf(id, 'awd')],
  ] as const)
    await county.asSystem((work) =>
      work.sql.execute(sql`update ${sql.raw(table)} set sponsored_group_id = ${groupRow} where id = ${row}`),
    )
  const line = async (key: string | null, of = bidId) =>
    ok(await call(key, 'GET', `/v1/rounds/${roundId}/opening`)).bids.find((one: { bidId: string }) => one.bidId === of)
  t.match(await line(null), { sponsoredGroupId, needId: needIds.visits }, 'before the notice it is public')
  ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award', awardIds: [id] }))
  const kept = { sponsoredGroupId: null, needId: null, withheld: ['sponsoredGroupId', 'needId'] }
  for (const key of [null, keys.agencies[1] as string, keys.expert]) t.match(await line(key), kept)
  t.equal((await line(null)).organizationId, agencyIds[0], 'who bids stays public')
  for (const key of [keys.host, keys.auditor, keys.agencies[0] as string]) {
    t.match(await line(key), { sponsoredGroupId, needId: needIds.visits })
    t.notOk('withheld' in (await line(key)))
  }
  t.match(await line(null, second.bidId), { needId: needIds.mediation }, 'no notice has told of this one yet')
})

t.test('a successor whose project was given up meanwhile is not announced; the host cancels its award', async (t) => {
  const county = await proposedCounty(t)
  const { call, keys, roundId, act, advanceTo, awardOf } = county
  const publish = () => call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' })
  ok(await publish())
  await advanceTo('2026-05-12T01:00:00Z')
  const meeting = { heldOn: '2026-05-12', minutes: '同意立项。' }
  ok(await call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, meeting))
  const fallen = await awardOf(0)
  await county.asSystem(async (work) => {
    await cancelAward(work, fallen.id, '拒绝签约')
    await proposeNext(work, roundId, county.needIds.visits)
  })
  const successor = await awardOf(1)
  t.equal(successor.state, 'proposed')
  const own = keys.agencies[1] as string
  const given = await act(own, `/v1/projects/${successor.projectId}`, '/withdrawal')
  t.equal(given.status, 200, 'as for everybody in reserve: a refusal would tell of the award')
  const errors = [{ pointer: '#/awardIds', code: 'award_project_withdrawn', detail: successor.id }]
  t.match(await publish(), { status: 409, body: { code: 'award_project_withdrawn', errors } })
  t.match(await publish(), { status: 409, body: { code: 'award_project_withdrawn' } }, 'however often')
  const cancelled = await act(keys.host, `/v1/awards/${successor.id}`, '/cancellation', { reason: '项目已撤回' })
  t.match(cancelled, { status: 200, body: { state: 'cancelled' } })
  t.match((await publish()).body.code, 'notice_empty')
})

t.test('a blind round names its bidders in the record of the opening from its first notice on', async (t) => {
  const county = await proposedCounty(t, { blindReview: true })
  const { call, keys, roundId, agencyIds } = county
  const named = async () =>
    ok(await call(null, 'GET', `/v1/rounds/${roundId}/opening`)).bids.map(
      ({ organizationId }: { organizationId: string | null }) => organizationId,
    )
  t.same(await named(), [null, null, null])
  ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  t.same(await named(), agencyIds)
})

t.test('a withdrawn notice and its new version name each other, and objections go to the new one', async (t) => {
  const county = await proposedCounty(t)
  const { call, keys, roundId, act, awardOf } = county
  const publish = (body: object = {}) => call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award', ...body })
  const first = ok(await publish())
  t.match(first, { versionNumber: 1, supersededById: null, extensions: [], snapshot: { versionNumber: 1 } })
  ok(await act(keys.host, `/v1/notices/${first.id}`, '/withdrawal', { reason: '金额有误' }))
  const withdrawn = await call(null, 'GET', `/v1/notices/${first.id}`)
  const second = ok(await publish({ supersedesId: first.id }))
  t.match(second, { versionNumber: 2, supersedesId: first.id, snapshot: { versionNumber: 2 } })

  const read = await call(null, 'GET', `/v1/notices/${first.id}`)
  t.match(read.body, { state: 'withdrawn', supersededById: second.id, digest: first.digest })
  t.not(read.headers.etag, withdrawn.headers.etag, 'whoever read it before reads it again')
  const oldPage = (await call(null, 'GET', `/v1/notices/${first.id}/page`)).body
  t.match(oldPage, /已于.*撤回,不再有效/)
  t.match(oldPage, /金额有误/)
  t.ok(oldPage.includes(`/v1/notices/${second.id}/page`))
  t.ok((await call(null, 'GET', `/v1/notices/${second.id}/page`)).body.includes(`/v1/notices/${first.id}/page`))

  const award = await awardOf(0)
  const objection = { noticeId: first.id, awardId: award.id, grounds: '评分有误' }
  const refused = await call(keys.agencies[1] as string, 'POST', '/v1/objections', objection)
  t.match(refused, { status: 409, body: { code: 'notice_superseded' } })
  t.ok(refused.body.detail.includes(second.id), 'it names the version that stands')
  t.equal((await awardOf(0)).state, 'noticed', 'and nothing is suspended')

  ok(await act(keys.host, `/v1/notices/${second.id}`, '/withdrawal', { reason: '名称有误' }))
  t.match(ok(await publish()), { versionNumber: 3, supersedesId: second.id, snapshot: { supersedesId: second.id } })
  t.equal(ok(await call(null, 'GET', `/v1/notices/${first.id}`)).supersededById, second.id, 'named or not')
})

t.test('a page that was not to be had lengthens its notice by what the policy says', async (t) => {
  const county = await proposedCounty(t, { notice: { ...WINDOW, reachability: REACHABILITY } })
  const { call, keys, roundId, setClock, advanceTo, awardOf, database } = county
  const { prober, line } = proberOf(county, 'https://sandan.example/')
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const path = `/v1/notices/${notice.id}`
  const read = async () => ok(await call(null, 'GET', path))
  const probeAt = async (instant: string, answer: typeof line.answer) => {
    await setClock(instant)
    line.answer = answer
    return prober.probeDue()
  }

  await t.test('a probe is made when it is due, over the public address', async (t) => {
    t.equal(await prober.probeDue(), 1)
    t.same(line.asked, [`https://sandan.example${path}/page`])
    t.equal(await prober.probeDue(), 0, 'half an hour has not passed')
    t.equal(await probeAt('2026-04-30T02:30:00Z', 'page'), 1)
    t.match(ok(await call(null, 'GET', `${path}/probes`)).items, [
      { at: '2026-04-30T02:00:00.000Z', isReachable: true, via: 'public_address', status: 200 },
      { at: '2026-04-30T02:30:00.000Z', isReachable: true },
    ])
  })

  await t.test('an hour of outage is tolerated, a minute more loses the day', async (t) => {
    await probeAt('2026-04-30T03:00:00Z', 'error')
    await probeAt('2026-04-30T03:30:00Z', 'silence')
    await probeAt('2026-04-30T04:00:00Z', 'other page')
    t.same((await read()).extensions, [])
    await probeAt('2026-04-30T04:31:00Z', 'page')
    const { items } = ok(await call(null, 'GET', `${path}/probes`))
    const first = ok(await call(null, 'GET', `${path}/probes?limit=4`))
    const rest = ok(await call(null, 'GET', `${path}/probes?limit=4&cursor=${first.nextCursor}`))
    t.same([...first.items, ...rest.items], items, 'page by page')
    t.match(items.slice(2), [
      { status: 502 },
      { status: null },
      { status: 200, isReachable: false },
      { isReachable: true },
    ])
    const extended = await read()
    t.match(extended, {
      state: 'open',
      closesAt: '2026-05-12T16:00:00.000Z',
      digest: notice.digest,
      snapshot: { closesAt: '2026-05-11T16:00:00.000Z' },
      extensions: [
        {
          number: 1,
          document: {
            noticeDigest: notice.digest,
            lostDays: [{ day: '2026-04-30', downMinutes: 91, unknownMinutes: 0 }],
            workdays: 1,
            formerLastOn: '2026-05-11',
            lastOn: '2026-05-12',
          },
        },
      ],
    })
    t.equal(extended.digest, sha256(extended.snapshot), 'the notice stays word for word')
    t.equal(extended.extensions[0].digest, sha256(extended.extensions[0].document), 'the addendum has its own digest')
    t.match((await call(null, 'GET', `${path}/page`)).body, /公示期由 2026-05-11 顺延 1 个工作日至 2026-05-12/)
    const deadlines = ok(await call(keys.host, 'GET', `/v1/deadlines?subject=${notice.id}`)).items
    t.match(deadlines, [{ kind: 'notice.closes', state: 'waiting', dueAt: '2026-05-12T16:00:00.000Z' }])
    const award = await awardOf(0)
    t.equal(ok(await call(keys.host, 'GET', `/v1/awards/${award.id}`)).noticeClosesAt, '2026-05-12T16:00:00.000Z')
    t.same((await probeAt('2026-04-30T05:01:00Z', 'page')) && (await read()).extensions.length, 1, 'once a day')
  })

  await t.test('a silent prober is no outage, and objections are in time until the later end', async (t) => {
    await advanceTo('2026-05-11T16:30:00Z')
    t.match(await read(), { state: 'open', extensions: [{}] })
    const award = await awardOf(0)
    const body = { noticeId: notice.id, awardId: award.id, grounds: '评分有误' }
    t.equal(ok(await call(keys.agencies[1] as string, 'POST', '/v1/objections', body)).state, 'filed')
    const meeting = { heldOn: '2026-05-11', minutes: '同意立项' }
    const { etag } = (await call(keys.host, 'GET', `/v1/rounds/${roundId}`)).headers
    const early = await call(keys.host, 'POST', `/v1/rounds/${roundId}/decision-meetings`, meeting, {
      ifMatch: String(etag),
    })
    t.match(early, { status: 409, body: { code: 'notice_still_open' } })
    await advanceTo('2026-05-12T16:00:00Z')
    t.equal((await read()).state, 'closed')
    t.equal(await prober.probeDue(), 0, 'a closed notice is probed no more')
  })

  await t.test('changes of reachability and the extension are events; records never change', async (t) => {
    const { rows } = await county.asSystem((work) =>
      work.sql.execute<{ type: string }>(
        sql`select type from event where subject = ${notice.id} and type <> 'notice.published' order by id`,
      ),
    )
    t.same(
      rows.map(({ type }) => type),
      ['notice.unreachable', 'notice.reachable_again', 'notice.extended', 'notice.closed'],
    )
    for (const statement of [
      sql`update notice_probe set is_reachable = true`,
      sql`delete from notice_extension`,
      sql`update notice set closes_at = closes_at - interval '1 day'`,
      sql`update notice set closes_at = closes_at + interval '1 day'`,
    ])
      await t.rejects(database.transaction((handle) => handle.execute(statement)))
  })
})

t.test(
  'without a public address the page is rendered in the service, and by default nothing is extended',
  async (t) => {
    const county = await proposedCounty(t)
    const { call, keys, roundId } = county
    const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
    t.equal(await proberOf(county).prober.probeDue(), 1)
    t.match(ok(await call(null, 'GET', `/v1/notices/${notice.id}/probes`)).items, [
      { isReachable: true, via: 'own_page', status: null },
    ])
    const { prober, line } = proberOf(county, 'http://down.example')
    line.answer = 'silence'
    for (const hour of ['03', '05', '07', '09']) {
      await county.setClock(`2026-04-30T${hour}:00:00Z`)
      await prober.probeDue()
    }
    t.same(ok(await call(null, 'GET', `/v1/notices/${notice.id}`)).extensions, [])
    t.equal((await call(null, 'GET', `/v1/notices/${unknownId('ntc')}/probes`)).status, 404)
  },
)

t.test(
  'while the test clock of a host stands still each notice is probed once, and what was skipped is unknown',
  async (t) => {
    const reachability = { ...REACHABILITY, unknownCountsAsDown: true }
    const county = await proposedCounty(t, { notice: { ...WINDOW, reachability } })
    const { call, keys, roundId } = county
    const path = `/v1/notices/${ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' })).id}`
    const { prober } = proberOf(county)
    t.same([await prober.probeDue(), await prober.probeDue()], [1, 0], 'a second one would be of the same moment')
    t.same(ok(await call(null, 'GET', path)).extensions, [], 'no time has passed')
    await county.setClock('2026-05-06T01:00:00Z')
    t.same([await prober.probeDue(), await prober.probeDue()], [1, 0])
    const probes = ok(await call(null, 'GET', `${path}/probes`)).items
    t.match(probes, [{ at: '2026-04-30T02:00:00.000Z' }, { at: '2026-05-06T01:00:00.000Z' }])
    const [early] = ok(await call(null, 'GET', path)).extensions
    t.match(early, { document: { addedAt: '2026-05-06T01:00:00.000Z', unknownCountsAsDown: true } }, 'told at once')
    await county.advanceTo('2026-05-11T16:00:00Z')
    const [{ document }] = ok(await call(null, 'GET', path)).extensions
    t.match(document.lostDays[0], { day: '2026-04-30', downMinutes: 0, unknownMinutes: 780 })
  },
)
