import t from 'tap'
import { advanceNeed, needOf, needsOf } from '../../../src/modules/needs/index.ts'
import { testApp } from '../../support/app.ts'
import { arrangeDivisions, COMMUNITY, NEED, publishedNeed } from './arrange.ts'

const [TOWN, COUNTY, PROVINCE] = ['990421101000', '990421000000', '990000000000'] as const
const NOTHING = { amount: '0.00', currency: 'CNY' }
const UNKNOWN = 'need_00000000000000000000000000'

t.test('the needs list through the API', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, hostId, asSystem, newOrganization } = app
  await arrangeDivisions(app, [COMMUNITY, '990421101201', '990421102001', TOWN, COUNTY, PROVINCE])
  const [host, operator, town] = [await keyFor('host'), await keyFor('operator'), await keyFor('town')]
  const [agency, finance] = [await keyFor('agency'), await keyFor('finance')]
  const otherHostId = await newOrganization('邻县民政局')
  const otherHost = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
  const create = async (content: object = {}) =>
    (await call(town, 'POST', '/v1/needs', { ...NEED, ...content })).body.id

  await t.test('createNeed', async (t) => {
    const created = await call(town, 'POST', '/v1/needs', { ...NEED, code: 'N1', source: '96345' })
    t.equal(created.status, 201)
    t.equal(created.headers.etag, '"1"')
    t.equal(created.headers.location, `/v1/needs/${created.body.id}`)
    t.match(created.body, {
      ...NEED,
      code: 'N1',
      source: '96345',
      hostId,
      state: 'draft',
      publishedAt: null,
      actions: ['change', 'verify', 'withdraw'],
    })
    t.equal((await call(operator, 'POST', '/v1/needs', { ...NEED, hostId })).status, 201, 'the host may be named')
    const refused = async (key: string | null, content: object) => {
      const { status, body } = await call(key, 'POST', '/v1/needs', { ...NEED, ...content })
      return [status, body.code]
    }
    t.same(await refused(town, { code: 'N1' }), [409, 'need_code_taken'])
    t.same(await refused(town, { divisionCode: '990421999999' }), [422, 'need_division_unknown'])
    t.equal(
      (await call(town, 'POST', '/v1/needs', { ...NEED, divisionCode: TOWN })).status,
      201,
      'a town has needs too',
    )
    for (const divisionCode of [COUNTY, PROVINCE])
      t.same(await refused(town, { divisionCode }), [422, 'need_division_too_wide'])
    t.same(await refused(town, { referenceBudget: NOTHING }), [422, 'need_budget_zero'])
    t.same(await refused(town, { hostId: otherHostId }), [403, 'forbidden'])
    t.same(await refused(agency, {}), [403, 'forbidden'])
    t.same(await refused(null, {}), [401, 'unauthenticated'])
    t.same(await refused(town, { beneficiaryCount: 0 }), [400, 'invalid_request'], 'a need has a headcount (D1-14)')
    t.same(await refused(town, { beneficiaryGroup: null }), [400, 'invalid_request'], 'and a group')
    t.same(await refused(town, { divisionCode: undefined }), [400, 'invalid_request'], 'and a community')
    t.same(await refused(town, { referenceBudget: 100_000 }), [400, 'invalid_request'])
    t.same(await refused(town, { urgency: 'high' }), [400, 'invalid_request'])
    t.equal((await call(otherHost, 'POST', '/v1/needs', { ...NEED, code: 'N1' })).status, 201, 'codes are of one host')
  })

  await t.test('readNeed hides what is not yet published from everybody outside', async (t) => {
    const url = `/v1/needs/${await create()}`
    for (const key of [host, operator, town, finance]) t.equal((await call(key, 'GET', url)).status, 200)
    for (const key of [null, agency, otherHost]) t.equal((await call(key, 'GET', url)).status, 404)
    const published = `/v1/needs/${await publishedNeed(app, host)}`
    for (const key of [null, agency, otherHost]) t.equal((await call(key, 'GET', published)).status, 200)
    const again = { headers: { 'if-none-match': '"3"' } }
    t.equal((await call(null, 'GET', published, undefined, again)).status, 304)
    t.equal((await call(host, 'GET', `/v1/needs/${UNKNOWN}`)).status, 404)
    t.equal((await call(host, 'GET', '/v1/needs/1')).status, 400)
  })

  await t.test('changeNeed', async (t) => {
    const url = `/v1/needs/${await create({ code: 'N2' })}`
    const patch = {
      beneficiaryCount: 62,
      referenceBudget: { amount: '90000.50', currency: 'CNY' },
      lotteryPurpose: null,
    }
    const changed = await call(town, 'PATCH', url, patch, { ifMatch: 1 })
    t.equal(changed.status, 200)
    t.equal(changed.headers.etag, '"2"')
    t.match(changed.body, { ...patch, title: NEED.title, code: 'N2' })
    await call(town, 'POST', `${url}/verification`, undefined, { ifMatch: 2 })
    const again = await call(town, 'PATCH', url, { code: null }, { ifMatch: 3 })
    t.match(again.body, { state: 'draft', code: null }, 'other words need another verification')
    t.equal((await call(town, 'PATCH', url, patch)).status, 428)
    t.equal((await call(town, 'PATCH', url, patch, { ifMatch: 1 })).status, 412)
    t.equal((await call(town, 'PATCH', url, {}, { ifMatch: 4 })).status, 400)
    t.same((await call(town, 'PATCH', url, { code: 'N1' }, { ifMatch: 4 })).body.code, 'need_code_taken')
    t.same(
      (await call(town, 'PATCH', url, { divisionCode: '990421999999' }, { ifMatch: 4 })).body.code,
      'need_division_unknown',
    )
    t.equal(
      (await call(otherHost, 'PATCH', url, patch, { ifMatch: 4 })).status,
      404,
      'another host knows nothing of it',
    )
    t.equal((await call(agency, 'PATCH', url, patch, { ifMatch: 4 })).status, 403)
    t.equal((await call(null, 'PATCH', url, patch, { ifMatch: 4 })).status, 401)
    const wide = await call(town, 'PATCH', url, { divisionCode: COUNTY }, { ifMatch: 4 })
    t.match(wide.body, { code: 'need_division_too_wide', errors: [{ pointer: '#/divisionCode' }] })
    const free = await call(town, 'PATCH', url, { referenceBudget: NOTHING }, { ifMatch: 4 })
    t.match(free.body, { code: 'need_budget_zero', errors: [{ pointer: '#/referenceBudget' }] })
    const published = `/v1/needs/${await publishedNeed(app, host)}`
    const late = await call(town, 'PATCH', published, patch, { ifMatch: 3 })
    t.match(late, { status: 409, body: { code: 'need_not_in_state' } })
    t.equal((await call(otherHost, 'PATCH', published, patch, { ifMatch: 3 })).status, 403, 'known, but not theirs')
  })

  for (const [noun, state, key, may] of [
    ['verification', 'verified', town, 'a town'],
    ['publication', 'published', host, 'the host'],
    ['withdrawal', 'withdrawn', operator, 'an operator'],
  ] as const) {
    await t.test(`${noun}: ${may} moves the need to ${state}`, async (t) => {
      const url = `/v1/needs/${await create()}`
      if (noun === 'publication') await call(town, 'POST', `${url}/verification`, undefined, { ifMatch: 1 })
      const ifMatch = noun === 'publication' ? 2 : 1
      t.equal((await call(key, 'POST', `${url}/${noun}`)).status, 428)
      t.equal((await call(key, 'POST', `${url}/${noun}`, undefined, { ifMatch: 9 })).status, 412)
      t.equal((await call(null, 'POST', `${url}/${noun}`, undefined, { ifMatch })).status, 401)
      t.equal((await call(agency, 'POST', `${url}/${noun}`, undefined, { ifMatch })).status, 403)
      t.equal((await call(otherHost, 'POST', `${url}/${noun}`, undefined, { ifMatch })).status, 404)
      const done = await call(key, 'POST', `${url}/${noun}`, undefined, { ifMatch })
      t.match(done, { status: 200, body: { state } })
      t.equal(done.body.publishedAt === null, noun !== 'publication')
      const again = await call(key, 'POST', `${url}/${noun}`, undefined, { ifMatch: ifMatch + 1 })
      t.match(again, { status: 409, body: { code: 'need_not_in_state' } })
    })
  }

  await t.test('a town collects and verifies, but only the host publishes', async (t) => {
    const url = `/v1/needs/${await create()}`
    await call(town, 'POST', `${url}/verification`, undefined, { ifMatch: 1 })
    t.equal((await call(town, 'POST', `${url}/publication`, undefined, { ifMatch: 2 })).status, 403)
  })

  await t.test('a need that was public stays so when it is withdrawn', async (t) => {
    const url = `/v1/needs/${await publishedNeed(app, host)}`
    t.equal((await call(host, 'POST', `${url}/withdrawal`, undefined, { ifMatch: 3 })).status, 200)
    t.match(await call(null, 'GET', url), { status: 200, body: { state: 'withdrawn' } })
  })

  await t.test('rounds advance needs, and one without award goes back on the list', async (t) => {
    const needId = await publishedNeed(app, host)
    const url = `/v1/needs/${needId}`
    const closed = await asSystem((work) => advanceNeed(work, needId, 'closeWithoutAward'))
    t.match(closed, { state: 'no_award', version: 4 })
    t.equal((await call(town, 'POST', `${url}/reopening`, undefined, { ifMatch: 4 })).status, 403)
    t.equal((await call(otherHost, 'POST', `${url}/reopening`, undefined, { ifMatch: 4 })).status, 403)
    t.equal((await call(host, 'POST', `${url}/reopening`)).status, 428)
    const reopened = await call(host, 'POST', `${url}/reopening`, undefined, { ifMatch: 4 })
    t.match(reopened, { status: 200, body: { state: 'published' } })
    t.match(await asSystem((work) => advanceNeed(work, needId, 'match')), { state: 'matched', version: 6 })
    t.match(await call(host, 'POST', `${url}/reopening`, undefined, { ifMatch: 6 }), { status: 409 })
    await t.rejects(
      asSystem((work) => advanceNeed(work, needId, 'match')),
      { message: /^need_not_in_state:/ },
    )
    await t.rejects(
      asSystem((work) => advanceNeed(work, UNKNOWN, 'match')),
      { message: /^not_found:/ },
    )
    const second = await publishedNeed(app, host)
    const found = await asSystem((work) => needsOf(work, [second, needId, UNKNOWN]))
    t.same(
      found.map((need) => need.id),
      [needId, second],
    )
    t.equal(await asSystem((work) => needOf(work, UNKNOWN)), undefined)
    t.same(await asSystem((work) => needsOf(work, [])), [])
  })

  await t.test('listNeeds goes page by page and shows each viewer what is meant for it', async (t) => {
    const village = await publishedNeed(app, host, { divisionCode: '990421101201', serviceField: 'child_youth' })
    const other = await publishedNeed(app, host, { divisionCode: '990421102001' })
    const draft = await create({ divisionCode: '990421101201' })
    const all = async (key: string | null, query: string) => {
      const ids: string[] = []
      let cursor = ''
      do {
        const { status, body } = await call(key, 'GET', `/v1/needs?limit=2${query}${cursor}`)
        t.equal(status, 200)
        ids.push(...body.items.map((need: { id: string }) => need.id))
        cursor = body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`
      } while (cursor !== '')
      t.equal(new Set(ids).size, ids.length, 'none comes twice')
      return ids
    }
    const inTown = '&divisionCode=990421101000'
    t.same(await all(null, '&divisionCode=990421101201'), [village])
    t.same(await all(host, '&divisionCode=990421101201'), [draft, village], 'newest first')
    t.same(await all(null, '&serviceField=child_youth'), [village])
    t.ok((await all(null, inTown)).includes(village), 'a town holds its villages')
    t.notOk((await all(null, inTown)).includes(other), 'but not those of the next town')
    t.ok((await all(null, '&divisionCode=990421000000')).includes(other), 'a county holds its towns')
    t.ok((await all(null, '&divisionCode=990000000000')).includes(other), 'a province holds its counties')
    t.same(await all(null, '&state=draft'), [])
    t.ok((await all(host, `&state=draft&hostId=${hostId}`)).includes(draft))
    t.notOk((await all(otherHost, '')).includes(draft))
    t.same(await all(null, `&hostId=${otherHostId}`), [])
    t.equal((await call(null, 'GET', '/v1/needs?state=unheard')).status, 400)
  })
})
