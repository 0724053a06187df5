import t from 'tap'
import { divisionOf } from '../../../src/modules/divisions/index.ts'
import { testApp } from '../../support/app.ts'

/** The demo county: code, name, households, premises, and what the standards make of them. */
const COMMUNITIES = [
  ['990421101001', '望溪社区', 2350, 640, 600, true, '235000.00'],
  ['990421101201', '石埠村', 610, 520, 500, true, null],
  ['990421102001', '鹭洲社区', 3120, 900, 936, false, '312000.00'],
  ['990421102201', '荷塘村', 540, 500, 500, true, null],
  ['990421103001', '松坪社区', 2500, 760, 750, true, '250000.00'],
  ['990421103201', '青岩村', 480, 460, 500, false, null],
] as const

t.test('divisions are put on record, read, changed and listed', async (t) => {
  const { call, keyFor, asSystem } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const create = (body: object, key: string | null = admin) => call(key, 'POST', '/v1/divisions', body)

  await t.test('createDivision shows the communities of the demo county with their standards', async (t) => {
    const county = await create({ code: '990421000000', name: '云汀县' })
    t.equal(county.status, 201)
    t.equal(county.headers.location, '/v1/divisions/990421000000')
    t.match(county.body, { level: 'county', parentCode: '990400000000', premises: null, yearlyWorkFund: null })
    for (const [
      code,
      name,
      households,
      premisesSquareMetres,
      requiredSquareMetres,
      isSufficient,
      fund,
    ] of COMMUNITIES) {
      const { status, body } = await create({ code, name, households, premisesSquareMetres })
      t.equal(status, 201)
      t.same(body.premises, { squareMetres: premisesSquareMetres, requiredSquareMetres, isSufficient }, name)
      t.same(body.yearlyWorkFund, fund === null ? null : { amount: fund, currency: 'CNY' }, name)
    }
  })

  await t.test('createDivision refuses what is wrong or known', async (t) => {
    const refused = async (body: object) => {
      const answer = await create(body)
      return [answer.status, answer.body.code]
    }
    t.same(await refused({ code: '990421000000', name: '云汀县' }), [409, 'division_exists'])
    t.same(await refused({ code: '990021000000', name: '无' }), [422, 'division_code_invalid'])
    t.same(await refused({ code: '990421101400', name: '无' }), [422, 'community_kind_wrong'])
    t.same(await refused({ code: '990421104000', name: '无', households: 5 }), [422, 'community_figures_unexpected'])
    t.same(await refused({ code: '9904', name: '无' }), [400, 'invalid_request'])
    t.equal((await create({ code: '990421104000', name: '无' }, await keyFor('host'))).status, 403)
    t.equal((await create({ code: '990421104000', name: '无' }, null)).status, 401)
  })

  await t.test('changeDivision changes name and figures', async (t) => {
    const url = '/v1/divisions/990421102001'
    const patch = { premisesSquareMetres: 936 }
    t.equal((await call(admin, 'PATCH', url, patch)).status, 428)
    t.equal((await call(admin, 'PATCH', url, patch, { ifMatch: 2 })).status, 412)
    const changed = await call(admin, 'PATCH', url, patch, { ifMatch: 1 })
    t.equal(changed.headers.etag, '"2"')
    t.match(changed.body, { households: 3120, premises: { isSufficient: true } })
    t.equal((await call(admin, 'PATCH', url, { households: null }, { ifMatch: 2 })).body.premises.isSufficient, null)
    const county = '/v1/divisions/990421000000'
    t.match(await call(admin, 'PATCH', county, { households: 1 }, { ifMatch: 1 }), {
      status: 422,
      body: { code: 'community_figures_unexpected' },
    })
    t.equal((await call(admin, 'PATCH', url, { code: '990421102002' }, { ifMatch: 3 })).status, 400)
    t.equal((await call(admin, 'PATCH', '/v1/divisions/990499000000', patch, { ifMatch: 1 })).status, 404)
    t.equal((await call(await keyFor('town'), 'PATCH', url, patch, { ifMatch: 3 })).status, 403)
  })

  await t.test('readDivision and listDivisions answer anybody', async (t) => {
    t.equal((await call(null, 'GET', '/v1/divisions/990421101001')).body.name, '望溪社区')
    t.equal((await call(null, 'GET', '/v1/divisions/990499000000')).status, 404)
    const names = async (query: string) =>
      (await call(null, 'GET', `/v1/divisions${query}`)).body.items.map((item: { name: string }) => item.name)
    t.same(await names('?parentCode=990421101000'), ['望溪社区', '石埠村'])
    t.same(await names('?level=county'), ['云汀县'])
    const page = (await call(null, 'GET', '/v1/divisions?limit=4')).body
    const next = (await call(null, 'GET', `/v1/divisions?limit=4&cursor=${page.nextCursor}`)).body
    t.same(
      [...page.items, ...next.items].map(({ code }: { code: string }) => code),
      ['990421000000', ...COMMUNITIES.map(([code]) => code)],
    )
    t.equal(next.nextCursor, null)
  })

  await t.test('later modules look a division up by its code', async (t) => {
    t.match(await asSystem((work) => divisionOf(work, '990421101001')), { name: '望溪社区', level: 'community' })
    t.equal(await asSystem((work) => divisionOf(work, '990499000000')), undefined)
  })
})
