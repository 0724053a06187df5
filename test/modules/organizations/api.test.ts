import t from 'tap'
import { testApp } from '../../support/app.ts'

const AGENCY = {
  name: '云汀县暖汀社会工作服务中心',
  type: 'social_service_org',
  creditCode: '52990421MJ99001A21',
  registeredOn: '2018-03-01',
  grade: { level: '4A', validTo: '2029-11-30' },
  annualChecks: [{ year: 2025, result: 'passed' }],
  staff: { fullTime: 18, assistantSocialWorkers: 6, socialWorkers: 5, seniorSocialWorkers: 1 },
}
const UNKNOWN = 'org_00000000000000000000000000'

t.test('an organization is put on record, read, changed and listed', async (t) => {
  const { call, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const created = await call(admin, 'POST', '/v1/organizations', AGENCY)
  t.equal(created.status, 201)
  t.equal(created.headers.etag, '"1"')
  t.equal(created.headers.location, `/v1/organizations/${created.body.id}`)
  t.match(created.body, AGENCY)

  await t.test('createOrganization refuses what a register would refuse', async (t) => {
    const refused = async (body: object) => {
      const answer = await call(admin, 'POST', '/v1/organizations', body)
      return [answer.status, answer.body.code]
    }
    t.same(await refused({ ...AGENCY, name: '同号机构' }), [409, 'credit_code_taken'])
    t.same(await refused({ ...AGENCY, creditCode: '52990421MJ99001A22' }), [422, 'credit_code_invalid'])
    t.same(await refused({ ...AGENCY, creditCode: null }), [422, 'credit_code_missing'])
    const group = { name: '松坪社区邻里互助队', type: 'filed_community_org' }
    t.same(await refused({ ...group, creditCode: '52990421MJ99001A21', sponsorId: created.body.id }), [
      422,
      'credit_code_unexpected',
    ])
    t.same(await refused(group), [422, 'sponsor_missing'])
    const twice = [
      { year: 2025, result: 'passed' },
      { year: 2024, result: 'passed' },
      { year: 2025, result: 'failed' },
    ]
    t.same(await refused({ ...AGENCY, creditCode: null, annualChecks: twice }), [422, 'annual_check_repeated'])
    t.same(await refused({ ...group, sponsorId: UNKNOWN }), [422, 'sponsor_unknown'])
    t.same(await refused({ ...AGENCY, nickname: '暖汀' }), [400, 'invalid_request'])
    const filed = await call(admin, 'POST', '/v1/organizations', { ...group, sponsorId: created.body.id })
    t.equal(filed.status, 201, 'a filed group with its sponsor is welcome')
  })

  await t.test('readOrganization answers anybody, and 304 to who has it already', async (t) => {
    const url = `/v1/organizations/${created.body.id}`
    t.equal((await call(null, 'GET', url)).status, 200)
    t.equal((await call(null, 'GET', url, undefined, { headers: { 'if-none-match': '"1"' } })).status, 304)
    t.equal((await call(null, 'GET', `/v1/organizations/${UNKNOWN}`)).status, 404)
    t.equal((await call(null, 'GET', '/v1/organizations/need_00000000000000000000000000')).status, 400)
  })

  await t.test('changeOrganization needs the version that was read, and the right to change', async (t) => {
    const url = `/v1/organizations/${created.body.id}`
    const patch = { grade: { level: '5A', validTo: '2030-12-31' } }
    const own = await keyFor('agency', { organizationId: created.body.id })
    const other = await keyFor('agency')
    t.equal((await call(own, 'PATCH', url, patch)).status, 428)
    t.equal((await call(own, 'PATCH', url, patch, { ifMatch: 7 })).body.code, 'precondition_failed')
    t.equal((await call(other, 'PATCH', url, patch, { ifMatch: 1 })).status, 403, 'others know of it, but may not')
    t.equal((await call(null, 'PATCH', url, patch, { ifMatch: 1 })).status, 401)
    const annualChecks = [...AGENCY.annualChecks, { year: 2025, result: 'failed' }]
    t.match((await call(own, 'PATCH', url, { annualChecks }, { ifMatch: 1 })).body, {
      status: 422,
      code: 'annual_check_repeated',
      errors: [{ pointer: '#/annualChecks/1/year' }],
    })
    const changed = await call(own, 'PATCH', url, patch, { ifMatch: 1 })
    t.equal(changed.status, 200)
    t.equal(changed.headers.etag, '"2"')
    t.match(changed.body.grade, patch.grade)
  })

  await t.test('listOrganizations goes page by page without repeating or losing one', async (t) => {
    const seen: string[] = []
    let url = '/v1/organizations?limit=1&type=social_service_org'
    for (;;) {
      const page = await call(null, 'GET', url)
      t.equal(page.status, 200)
      seen.push(...page.body.items.map((item: { id: string }) => item.id))
      if (page.body.nextCursor === null) break
      t.match(page.headers.link, /rel="next"/)
      url = `/v1/organizations?limit=1&type=social_service_org&cursor=${encodeURIComponent(page.body.nextCursor)}`
    }
    t.equal(new Set(seen).size, seen.length)
    t.ok(seen.includes(created.body.id))
  })

  await t.test('who has no business creating organizations is told so', async (t) => {
    t.equal((await call(null, 'POST', '/v1/organizations', AGENCY)).status, 401)
    t.equal((await call(await keyFor('finance'), 'POST', '/v1/organizations', AGENCY)).status, 403)
  })
})
