import t from 'tap'
import {
  advanceProject,
  indicatorsOf,
  lockProject,
  projectOf,
  withholdFromPublic,
} from '../../../src/modules/projects/index.ts'
import { testApp } from '../../support/app.ts'
import { arrangeDivisions, publishedNeed } from '../needs/arrange.ts'
import { listedProject, PROJECT } from './arrange.ts'

interface Created {
  readonly id: string
  readonly createdAt: string
}

const UNKNOWN = 'prj_00000000000000000000000000'
const NO_NEED = 'need_00000000000000000000000000'

t.test('the project list through the API', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, hostId, asSystem, newOrganization, database } = app
  await arrangeDivisions(app)
  const otherHostId = await newOrganization('邻县民政局')
  const otherHost = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
  const host = await keyFor('host')
  const agencyId = await newOrganization('云汀县暖汀社会工作服务中心')
  const agency = await keyFor('agency', { organizationId: agencyId })
  const otherAgency = await keyFor('agency')
  const expert = await keyFor('expert', { expertId: 'exp_00000000000000000000000001' })
  const [n1, n2] = [await publishedNeed(app, host), await publishedNeed(app, host)]
  const otherNeed = await publishedNeed(app, otherHost)
  const create = async (content: object = {}) =>
    (await call(agency, 'POST', '/v1/projects', { ...PROJECT, needIds: [n1], ...content })).body.id

  await t.test('createProject', async (t) => {
    const created = await call(agency, 'POST', '/v1/projects', { ...PROJECT, needIds: [n2, n1] })
    t.equal(created.status, 201)
    t.equal(created.headers.etag, '"1"')
    t.equal(created.headers.location, `/v1/projects/${created.body.id}`)
    t.match(created.body, {
      ...PROJECT,
      needIds: [n2, n1],
      hostId,
      organizationId: agencyId,
      sponsoredGroupId: null,
      state: 'draft',
      listedAt: null,
      actions: ['change', 'list', 'withdraw'],
    })
    t.notOk('target' in created.body.indicators[4], 'what is not known is absent')
    const read = await call(agency, 'GET', `/v1/projects/${created.body.id}`)
    t.same(read.body, created.body, 'what is read is what was answered')

    const refused = async (content: object, key: string | null = agency) => {
      const { status, body } = await call(key, 'POST', '/v1/projects', { ...PROJECT, needIds: [n1], ...content })
      return [status, body.code]
    }
    t.same(await refused({ needIds: [] }), [400, 'invalid_request'], 'a project answers a need (D1-15)')
    t.same(await refused({ needIds: [n1, n1] }), [400, 'invalid_request'])
    t.same(await refused({ needIds: [n1, NO_NEED] }), [422, 'project_need_not_published'])
    t.same(await refused({ needIds: [n1, otherNeed] }), [422, 'project_needs_of_several_hosts'])
    t.same(await refused({ startsOn: '2026-12-01' }), [422, 'project_dates_reversed'])
    t.same(await refused({ startsOn: '2026-02-30' }), [400, 'invalid_request'])
    t.same(await refused({ startsOn: '0000-01-01' }), [400, 'invalid_request'], 'a year that no calendar has')
    t.same(await refused({ indicators: [{ name: '满意', kind: 'count', unit: '%' }] }), [422, 'indicator_target_unfit'])
    t.same(await refused({ sponsoredGroupId: hostId }), [422, 'sponsored_group_unknown'])
    t.same(await refused({ state: 'listed' }), [400, 'invalid_request'])
    t.same(await refused({ organizationId: hostId }), [403, 'forbidden'], 'nobody designs for another organization')
    t.same(await refused({}, host), [403, 'forbidden'])
    t.same(await refused({}, null), [401, 'unauthenticated'])
  })

  await t.test('an agency applies in the place of a filed group that it sponsors', async (t) => {
    const sponsorId = agencyId
    const filed = { type: 'filed_community_org', creditCode: null, sponsorId }
    const groupId = await newOrganization('松坪社区邻里互助队', filed)
    const created = await call(agency, 'POST', '/v1/projects', {
      ...PROJECT,
      needIds: [n1],
      sponsoredGroupId: groupId,
    })
    t.match(created, { status: 201, body: { sponsoredGroupId: groupId, organizationId: agencyId } })
    const other = await call(otherAgency, 'POST', '/v1/projects', {
      ...PROJECT,
      needIds: [n1],
      sponsoredGroupId: groupId,
    })
    t.match(other, { status: 422, body: { code: 'sponsored_group_unknown' } })
  })

  await t.test('readProject: a draft is its agency’s alone, a listed project everybody’s', async (t) => {
    const id = await create()
    const url = `/v1/projects/${id}`
    t.equal((await call(agency, 'GET', url)).status, 200)
    for (const key of [null, host, otherAgency, expert]) t.equal((await call(key, 'GET', url)).status, 404)
    await call(agency, 'POST', `${url}/listing`, undefined, { ifMatch: 1 })
    for (const key of [null, agency, host, otherAgency, expert]) t.equal((await call(key, 'GET', url)).status, 200)
    const again = { headers: { 'if-none-match': '"2"' } }
    t.equal((await call(null, 'GET', url, undefined, again)).status, 304)
    t.equal((await call(agency, 'GET', `/v1/projects/${UNKNOWN}`)).status, 404)
    t.equal((await call(agency, 'GET', '/v1/projects/x')).status, 400)
  })

  await t.test('changeProject', async (t) => {
    const url = `/v1/projects/${await create()}`
    const patch = { title: '银龄守望(修订)', needIds: [n2], indicators: [{ ...PROJECT.indicators[0], target: 65 }] }
    const changed = await call(agency, 'PATCH', url, patch, { ifMatch: 1 })
    t.equal(changed.status, 200)
    t.equal(changed.headers.etag, '"2"')
    t.match(changed.body, { ...patch, summary: PROJECT.summary })
    t.equal(changed.body.indicators.length, 1)
    t.same((await call(agency, 'GET', url)).body, changed.body)
    const dates = await call(agency, 'PATCH', url, { endsOn: '2026-12-31' }, { ifMatch: 2 })
    t.same(dates.body.indicators, changed.body.indicators, 'what is not sent stays as it is')
    const moved = await call(agency, 'PATCH', url, { needIds: [otherNeed] }, { ifMatch: 3 })
    t.match(moved.body, { needIds: [otherNeed], hostId: otherHostId })

    const refused = async (body: object, ifMatch: number | undefined = 4, key: string | null = agency) => {
      const answer = await call(key, 'PATCH', url, body, ifMatch === 0 ? {} : { ifMatch })
      return [answer.status, answer.body.code]
    }
    t.same(await refused({ startsOn: '2027-01-01' }), [422, 'project_dates_reversed'])
    t.same(await refused({ needIds: [NO_NEED] }), [422, 'project_need_not_published'])
    t.same(await refused({ needIds: [n1, otherNeed] }), [422, 'project_needs_of_several_hosts'])
    t.same(await refused({ sponsoredGroupId: hostId }), [422, 'sponsored_group_unknown'])
    t.same(await refused({ indicators: [{ name: '款', kind: 'money', unit: '元', target: 5 }] }), [
      422,
      'indicator_target_unfit',
    ])
    t.same(await refused({}), [400, 'invalid_request'])
    t.same(await refused({ title: null }), [400, 'invalid_request'])
    t.same(await refused(patch, 0), [428, 'precondition_required'])
    t.same(await refused(patch, 1), [412, 'precondition_failed'])
    t.same(await refused(patch, 4, otherAgency), [404, 'not_found'])
    t.same(await refused(patch, 4, host), [403, 'forbidden'])
    t.same(await refused(patch, 4, null), [401, 'unauthenticated'])
    t.match((await call(agency, 'GET', url)).headers, { etag: '"4"' }, 'nothing of a refusal was written')
  })

  await t.test('listProject puts a draft on the list while its needs are published', async (t) => {
    const url = `/v1/projects/${await create()}`
    const list = async (key: string | null, ifMatch?: number) =>
      (await call(key, 'POST', `${url}/listing`, undefined, ifMatch === undefined ? {} : { ifMatch })).status
    t.equal(await list(agency), 428)
    t.equal(await list(agency, 5), 412)
    t.equal(await list(otherAgency, 1), 404)
    t.equal(await list(host, 1), 403)
    t.equal(await list(null, 1), 401)
    const listed = await call(agency, 'POST', `${url}/listing`, undefined, { ifMatch: 1 })
    t.match(listed, { status: 200, body: { state: 'listed', actions: ['change', 'withdraw'] } })
    t.type(listed.body.listedAt, 'string')
    t.equal(await list(agency, 2), 409)
    t.equal(await list(otherAgency, 2), 403, 'now it is known')

    const gone = await publishedNeed(app, host)
    const late = `/v1/projects/${await create({ needIds: [gone] })}`
    await call(host, 'POST', `/v1/needs/${gone}/withdrawal`, undefined, { ifMatch: 3 })
    const refused = await call(agency, 'POST', `${late}/listing`, undefined, { ifMatch: 1 })
    t.match(refused, { status: 422, body: { code: 'project_need_not_published' } })
  })

  await t.test('withdrawProject ends a project before anything has come of it', async (t) => {
    const draft = `/v1/projects/${await create()}`
    const withdraw = (url: string, key: string | null, ifMatch: number) =>
      call(key, 'POST', `${url}/withdrawal`, undefined, { ifMatch })
    t.equal((await call(agency, 'POST', `${draft}/withdrawal`)).status, 428)
    t.equal((await withdraw(draft, otherAgency, 1)).status, 404)
    t.equal((await withdraw(draft, host, 1)).status, 403)
    t.equal((await withdraw(draft, null, 1)).status, 401)
    t.equal((await withdraw(draft, agency, 3)).status, 412)
    t.match((await withdraw(draft, agency, 1)).body, { state: 'withdrawn', actions: [] })
    t.equal((await call(host, 'GET', draft)).status, 404, 'a withdrawn draft was never known')
    t.match(await withdraw(draft, agency, 2), { status: 409, body: { code: 'project_not_in_state' } })
    const listed = `/v1/projects/${await listedProject(app, agency, [n1])}`
    t.equal((await withdraw(listed, agency, 2)).status, 200)
    t.match(await call(null, 'GET', listed), { status: 200, body: { state: 'withdrawn' } })
  })

  await t.test('later stages lock, read and advance a project without asking permission again', async (t) => {
    const id = await listedProject(app, agency, [n1])
    const steps = [
      ['selectForAward', 'pending_agreement'],
      ['release', 'listed'],
      ['selectForAward', 'pending_agreement'],
      ['activate', 'active'],
      ['suspend', 'suspended'],
      ['resume', 'active'],
      ['startClosing', 'closing'],
      ['terminate', 'terminated'],
      ['settle', 'settled'],
    ] as const
    for (const [index, [command, state]] of steps.entries()) {
      const after = await asSystem((work) => advanceProject(work, id, command))
      t.match(after, { state, version: 3 + index })
    }
    await t.rejects(
      asSystem((work) => advanceProject(work, id, 'close')),
      { message: /^project_not_in_state:/ },
    )
    await t.rejects(
      asSystem((work) => advanceProject(work, UNKNOWN, 'close')),
      { message: /^not_found:/ },
    )
    const late = await call(agency, 'PATCH', `/v1/projects/${id}`, { title: '晚了' }, { ifMatch: 11 })
    t.match(late, { status: 409, body: { code: 'project_not_in_state' } })
    const [read, locked] = await asSystem(async (work) => [await projectOf(work, id), await lockProject(work, id)])
    t.same(read, locked)
    t.match(read, { id, hostId, organizationId: agencyId, needIds: [n1], startsOn: '2026-06-01', state: 'settled' })
    const indicators = await asSystem((work) => indicatorsOf(work, id))
    t.same(indicators, read?.indicators)
    t.same(
      indicators.map(({ kind, target }) => [kind, target]),
      [
        ['persons', 60n],
        ['person_times', 720n],
        ['count', 12n],
        ['money', 2_000_000n],
        ['count', null],
      ],
    )
    t.equal(await asSystem((work) => projectOf(work, UNKNOWN)), undefined)
    t.equal(await asSystem((work) => lockProject(work, UNKNOWN)), undefined)
  })

  await t.test('what a notice did not tell, the project list tells the agency and the host alone', async (t) => {
    const group = await newOrganization('张三志愿队', {
      ...{ type: 'filed_community_org', creditCode: null, sponsorId: agencyId },
    })
    const url = `/v1/projects/${await listedProject(app, agency, [n2, n1], { sponsoredGroupId: group })}`
    const id = url.slice('/v1/projects/'.length)
    const before = await call(null, 'GET', url)
    t.match(before.body, { sponsoredGroupId: group, needIds: [n2, n1] })
    await asSystem((work) => withholdFromPublic(work, id, []))
    t.same((await call(null, 'GET', url)).headers.etag, before.headers.etag, 'nothing withheld changes nothing')
    await asSystem((work) => withholdFromPublic(work, id, ['sponsoredGroupId']))
    const after = await call(null, 'GET', url)
    t.match(after.body, { sponsoredGroupId: null, needIds: [n2, n1], withheld: ['sponsoredGroupId'] })
    t.not(after.headers.etag, before.headers.etag, 'whoever holds a copy reads it again')
    await asSystem((work) => withholdFromPublic(work, id, ['needIds']))
    for (const key of [null, otherAgency, otherHost, expert]) {
      const withheld = { sponsoredGroupId: null, needIds: [], withheld: ['sponsoredGroupId', 'needIds'] }
      t.match((await call(key, 'GET', url)).body, withheld)
      const { items } = (await call(key, 'GET', `/v1/projects?organizationId=${agencyId}&limit=1`)).body
      t.match(items, [{ id, ...withheld }])
    }
    for (const key of [agency, host, await keyFor('finance')]) {
      const { body } = await call(key, 'GET', url)
      t.match(body, { sponsoredGroupId: group, needIds: [n2, n1] })
      t.notOk('withheld' in body)
    }
  })

  await t.test('listProjects shows the project list, and an agency its own drafts in their place', async (t) => {
    const ownDraft = await create()
    const listed = await listedProject(app, agency, [n1])
    const foreign = await listedProject(app, otherAgency, [otherNeed])
    const foreignDraft = (await call(otherAgency, 'POST', '/v1/projects', { ...PROJECT, needIds: [n2] })).body
    const newest = await listedProject(app, agency, [n2])
    const walk = async (key: string | null, query: string, limit: number) => {
      const ids: string[] = []
      let cursor = ''
      do {
        const { status, body, headers } = await call(key, 'GET', `/v1/projects?limit=${limit}${query}${cursor}`)
        t.equal(status, 200)
        t.ok(body.items.length <= limit)
        t.equal(headers.link === undefined, body.nextCursor === null)
        ids.push(...body.items.map((project: { id: string }) => project.id))
        cursor = body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`
      } while (cursor !== '')
      return ids
    }
    const viewers = [
      [null, [newest, foreign, listed]],
      [host, [newest, foreign, listed]],
      [agency, [newest, foreign, listed, ownDraft]],
      [otherAgency, [newest, foreignDraft.id, foreign, listed]],
    ] as const
    for (const [key, first] of viewers) {
      const all = await walk(key, '', 200)
      t.same(all.slice(0, first.length), first, 'newest first')
      t.equal(new Set(all).size, all.length)
      for (const limit of [1, 3]) t.same(await walk(key, '', limit), all, `the same in pages of ${limit}`)
    }
    const filtered = async (key: string | null, query: string) => walk(key, query, 5)
    t.ok((await filtered(agency, `&organizationId=${agencyId}`)).includes(ownDraft))
    t.notOk((await filtered(agency, `&organizationId=${agencyId}`)).includes(foreign))
    t.notOk((await filtered(otherAgency, `&organizationId=${agencyId}`)).includes(ownDraft))
    t.notOk((await filtered(null, `&organizationId=${agencyId}`)).includes(ownDraft))
    t.same(await filtered(host, '&state=draft'), [], 'nobody lists drafts of others')
    t.ok((await filtered(agency, '&state=draft')).includes(ownDraft))
    t.notOk((await filtered(agency, '&state=draft')).includes(foreignDraft.id))
    t.same(await filtered(null, `&hostId=${otherHostId}&state=listed`), [foreign])
    t.same(await filtered(agency, `&hostId=${otherHostId}&state=listed&organizationId=${agencyId}`), [])
    const whole = (await call(null, 'GET', `/v1/projects?hostId=${otherHostId}`)).body.items[0]
    t.same(whole, (await call(null, 'GET', `/v1/projects/${foreign}`)).body, 'an item is the whole project')
    const created = (await call(agency, 'GET', '/v1/projects?limit=200&sort=-createdAt')).body.items as Created[]
    for (const { createdAt } of created.slice(0, 5)) {
      const instant = encodeURIComponent(createdAt)
      const ids = (wanted: (at: string) => boolean) =>
        created.filter((one) => wanted(one.createdAt)).map(({ id }) => id)
      for (const limit of [1, 3, 200]) {
        t.same(
          await walk(agency, `&createdFrom=${instant}`, limit),
          ids((at) => at >= createdAt),
          'then or later',
        )
        t.same(
          await walk(agency, `&createdTo=${instant}`, limit),
          ids((at) => at < createdAt),
          'before then',
        )
        t.same(await walk(agency, `&createdFrom=${instant}&createdTo=${instant}`, limit), [])
      }
    }
    t.equal((await call(null, 'GET', '/v1/projects?sort=createdAt')).status, 400)
    t.equal((await call(null, 'GET', '/v1/projects?createdFrom=2027-01-01')).status, 400)
    t.equal((await call(null, 'GET', '/v1/projects?state=unheard')).status, 400)
    t.equal((await call(null, 'GET', '/v1/projects?limit=201')).status, 400)
    t.match((await call(null, 'GET', '/v1/projects?cursor=abc')).body, { code: 'invalid_cursor' })
  })

  await t.test('two applications on two databases in one process keep their statements apart', async (t) => {
    const second = await testApp(t)
    const url = '/v1/projects?limit=50'
    t.same((await second.call(null, 'GET', url)).body.items, [])
    t.not((await call(null, 'GET', url)).body.items.length, 0)
    t.not(second.database.url, database.url)
  })
})
