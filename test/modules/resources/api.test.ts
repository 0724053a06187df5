import t from 'tap'
import { testApp } from '../../support/app.ts'
import { arrangeDivisions, publishedNeed } from '../needs/arrange.ts'
import { listedProject, PROJECT } from '../projects/arrange.ts'

const VENUE = { kind: 'venue', description: '老年大学教室', quantity: 2, unit: '间' }
const MONEY = { kind: 'money', description: '定向捐赠', amount: { amount: '5000.00', currency: 'CNY' } }

t.test('the resource list through the API', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, hostId, newOrganization } = app
  await arrangeDivisions(app)
  const [host, operator, town] = [await keyFor('host'), await keyFor('operator'), await keyFor('town')]
  const finance = await keyFor('finance')
  const otherHostId = await newOrganization('邻县民政局')
  const otherHost = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
  const giverId = await newOrganization('云汀县慈善总会')
  const giver = await keyFor('provider', { organizationId: giverId })
  const stranger = await keyFor('provider')
  const agencyId = await newOrganization('云汀县同行助残服务中心')
  const agency = await keyFor('agency', { organizationId: agencyId })
  const projectId = await listedProject(app, agency, [await publishedNeed(app, host)])
  const post = (key: string | null, url: string, body?: object, ifMatch?: number) =>
    call(key, 'POST', `/v1${url}`, body, ifMatch === undefined ? {} : { ifMatch })
  const outcome = async (answer: ReturnType<typeof post>) => {
    const { status, body } = await answer
    return [status, body.code]
  }
  const idOf = async (answer: ReturnType<typeof post>): Promise<string> => {
    const { status, body } = await answer
    if (status !== 201) throw new Error(JSON.stringify(body))
    return body.id
  }
  const providerId = await idOf(
    post(town, '/resource-providers', { kind: 'organization', name: '云汀县慈善总会', organizationId: giverId }),
  )
  const personId = await idOf(post(town, '/resource-providers', { kind: 'person', name: '李阿姨' }))
  const offer = (content: object = VENUE, provider = providerId) =>
    idOf(post(town, '/resource-offers', { providerId: provider, ...content }))
  const propose = (offerId: string, undertakerId = agencyId) =>
    post(town, '/resource-matches', { offerId, undertakerId, projectId })

  await t.test('createResourceProvider', async (t) => {
    const organizationId = await newOrganization('云汀县青年企业家协会')
    const wanted = { kind: 'organization', name: '云汀县青年企业家协会', organizationId }
    const created = await post(operator, '/resource-providers', wanted)
    t.match(created, { status: 201, body: { ...wanted, hostId } })
    t.equal(created.headers.location, `/v1/resource-providers/${created.body.id}`)
    t.same(await outcome(post(host, '/resource-providers', wanted)), [409, 'provider_taken'])
    t.equal((await post(otherHost, '/resource-providers', wanted)).status, 201, 'each host has its own list')
    const person = { kind: 'person', name: '王先生', organizationId }
    t.same(await outcome(post(town, '/resource-providers', person)), [422, 'provider_organization_unfit'])
    t.same(await outcome(post(town, '/resource-providers', { ...wanted, hostId: otherHostId })), [403, 'forbidden'])
    t.same(await outcome(post(giver, '/resource-providers', wanted)), [403, 'forbidden'])
    t.same(await outcome(post(null, '/resource-providers', wanted)), [401, 'unauthenticated'])
    t.same(await outcome(post(town, '/resource-providers', { kind: 'person' })), [400, 'invalid_request'])
  })

  await t.test(
    'readResourceProvider and listResourceProviders name organizations, and persons only to the host',
    async (t) => {
      const status = async (key: string | null, id: string) =>
        (await call(key, 'GET', `/v1/resource-providers/${id}`)).status
      for (const key of [null, agency, giver, otherHost, host]) t.equal(await status(key, providerId), 200)
      for (const key of [null, agency, giver, otherHost]) t.equal(await status(key, personId), 404)
      for (const key of [host, operator, town, finance]) t.equal(await status(key, personId), 200)
      const listed = async (key: string | null, query: string) => {
        const { status, body } = await call(key, 'GET', `/v1/resource-providers?${query}`)
        t.equal(status, 200)
        return body.items.map((item: { id: string }) => item.id)
      }
      t.same(await listed(null, 'kind=person'), [])
      t.same(await listed(otherHost, 'kind=person'), [])
      t.same(await listed(town, `kind=person&hostId=${hostId}`), [personId])
      t.ok((await listed(null, 'limit=200')).includes(providerId))
      const first = await call(null, 'GET', '/v1/resource-providers?limit=1')
      const second = await call(null, 'GET', `/v1/resource-providers?limit=1&cursor=${first.body.nextCursor}`)
      t.not(second.body.items[0].id, first.body.items[0].id)
    },
  )

  await t.test('createResourceOffer: the town for every provider, a provider for itself', async (t) => {
    const made = await post(giver, '/resource-offers', { providerId, ...MONEY })
    t.match(made, {
      status: 201,
      body: { ...MONEY, quantity: null, unit: null, hostId, state: 'open', actions: ['withdraw'] },
    })
    t.match((await post(town, '/resource-offers', { providerId, ...VENUE })).body, { ...VENUE, amount: null })
    t.equal((await post(town, '/resource-offers', { providerId: personId, ...VENUE })).status, 201)
    const refused = (key: string | null, content: object) =>
      outcome(post(key, '/resource-offers', { providerId, ...VENUE, ...content }))
    t.same(await refused(town, { unit: null }), [422, 'offer_unmeasured'])
    t.same(await refused(town, { kind: 'money' }), [422, 'offer_unmeasured'])
    t.same(await refused(town, { quantity: 0 }), [400, 'invalid_request'])
    t.same(await refused(stranger, {}), [403, 'forbidden'])
    t.same(await refused(giver, { providerId: personId }), [404, 'not_found'], 'a person is hidden')
    t.same(await refused(otherHost, {}), [403, 'forbidden'])
    t.same(await refused(agency, {}), [403, 'forbidden'])
    t.same(await refused(null, {}), [401, 'unauthenticated'])
    t.same(await refused(town, { providerId: 'rpv_00000000000000000000000000' }), [404, 'not_found'])
  })

  await t.test('withdrawResourceOffer', async (t) => {
    const url = `/resource-offers/${await offer()}/withdrawal`
    t.equal((await post(giver, url)).status, 428)
    t.equal((await post(giver, url, undefined, 2)).status, 412)
    t.equal((await post(stranger, url, undefined, 1)).status, 403)
    t.equal((await post(agency, url, undefined, 1)).status, 403)
    t.equal((await post(null, url, undefined, 1)).status, 401)
    t.match(await post(giver, url, undefined, 1), { status: 200, body: { state: 'withdrawn', actions: [] } })
    t.same(await outcome(post(giver, url, undefined, 2)), [409, 'offer_not_in_state'])
    t.equal((await post(town, '/resource-offers/rof_00000000000000000000000000/withdrawal', undefined, 1)).status, 404)
  })

  await t.test('readResourceOffer and listResourceOffers are public, and tell a person’s name to nobody', async (t) => {
    const id = await offer(VENUE, personId)
    const read = await call(null, 'GET', `/v1/resource-offers/${id}`)
    t.equal(read.status, 200)
    t.notMatch(JSON.stringify(read.body), '李阿姨')
    t.equal((await call(null, 'GET', '/v1/resource-offers/rof_00000000000000000000000000')).status, 404)
    const page = await call(
      null,
      'GET',
      `/v1/resource-offers?providerId=${personId}&kind=venue&state=open&hostId=${hostId}`,
    )
    t.equal(page.body.items[0].id, id)
    t.same((await call(null, 'GET', `/v1/resource-offers?providerId=${personId}&kind=money`)).body.items, [])
  })

  await t.test('proposeResourceMatch brings provider, undertaker and project together (D1-16)', async (t) => {
    const offerId = await offer()
    const wanted = { offerId, undertakerId: agencyId, projectId }
    const refused = (content: object, key: string | null = town) =>
      outcome(post(key, '/resource-matches', { ...wanted, ...content }))
    t.same(await refused({ undertakerId: giverId }), [422, 'provider_is_undertaker'])
    t.same(await refused({ undertakerId: undefined }), [400, 'invalid_request'], 'both sides are required')
    t.same(await refused({ undertakerId: 'org_00000000000000000000000000' }), [422, 'undertaker_unknown'])
    const draft = await post(agency, '/projects', { ...PROJECT, needIds: [await publishedNeed(app, host)] })
    t.same(await refused({ projectId: draft.body.id }), [422, 'project_not_matchable'])
    t.same(await refused({ offerId: 'rof_00000000000000000000000000' }), [404, 'not_found'])
    t.same(await refused({}, otherHost), [403, 'forbidden'])
    t.same(await refused({}, giver), [403, 'forbidden'])
    t.same(await refused({}, null), [401, 'unauthenticated'])
    const proposed = await propose(offerId)
    t.match(proposed, {
      status: 201,
      body: { ...wanted, providerId, hostId, state: 'proposed', actions: ['confirm', 'cancel'] },
    })
    t.same(await refused({}), [409, 'match_exists'])
    const gone = await offer()
    await post(town, `/resource-offers/${gone}/withdrawal`, undefined, 1)
    t.same(await refused({ offerId: gone }), [409, 'offer_not_in_state'])
  })

  await t.test('confirmResourceMatch takes the offer, and the second of two proposals finds it taken', async (t) => {
    const offerId = await offer()
    const otherUndertaker = await newOrganization('云汀县众苗志愿服务协会')
    const first = `/resource-matches/${await idOf(propose(offerId))}`
    const second = `/resource-matches/${await idOf(propose(offerId, otherUndertaker))}`
    t.equal((await post(town, `${first}/confirmation`)).status, 428)
    t.equal((await post(town, `${first}/confirmation`, undefined, 3)).status, 412)
    t.equal((await post(otherHost, `${first}/confirmation`, undefined, 1)).status, 404)
    t.equal((await post(agency, `${first}/confirmation`, undefined, 1)).status, 403)
    t.equal((await post(null, `${first}/confirmation`, undefined, 1)).status, 401)
    const confirmed = await post(town, `${first}/confirmation`, undefined, 1)
    t.match(confirmed, { status: 200, body: { state: 'confirmed', actions: ['cancel'] } })
    t.match((await call(null, 'GET', `/v1/resource-offers/${offerId}`)).body, { state: 'matched', actions: [] })
    t.same(await outcome(post(town, `${first}/confirmation`, undefined, 2)), [409, 'match_not_in_state'])
    t.same(await outcome(post(town, `${second}/confirmation`, undefined, 1)), [409, 'offer_not_in_state'])
    t.same(await outcome(post(giver, `/resource-offers/${offerId}/withdrawal`, undefined, 2)), [
      409,
      'offer_not_in_state',
    ])

    await t.test('cancelResourceMatch gives the offer back', async (t) => {
      const cancel = (url: string, key: string | null, ifMatch?: number) =>
        post(key, `${url}/cancellation`, undefined, ifMatch)
      t.equal((await cancel(first, town)).status, 428)
      t.equal((await cancel(first, town, 1)).status, 412)
      t.equal((await cancel(first, otherHost, 2)).status, 403, 'a confirmed match is known')
      t.equal((await cancel(first, agency, 2)).status, 403)
      t.equal((await cancel(first, null, 2)).status, 401)
      t.match(await cancel(first, town, 2), { status: 200, body: { state: 'cancelled', actions: [] } })
      t.equal((await call(null, 'GET', `/v1/resource-offers/${offerId}`)).body.state, 'open')
      t.same(await outcome(cancel(first, town, 3)), [409, 'match_not_in_state'])
      t.equal((await post(town, `${second}/confirmation`, undefined, 1)).status, 200, 'now the other may have it')
    })
  })

  await t.test(
    'readResourceMatch and listResourceMatches: public once confirmed, before that for both sides',
    async (t) => {
      const id = await idOf(propose(await offer()))
      const url = `/v1/resource-matches/${id}`
      const listed = async (key: string | null) => {
        const page = await call(key, 'GET', `/v1/resource-matches?projectId=${projectId}&hostId=${hostId}&limit=200`)
        return page.body.items.some((match: { id: string }) => match.id === id)
      }
      for (const key of [town, host, finance, agency, giver]) {
        t.equal((await call(key, 'GET', url)).status, 200)
        t.ok(await listed(key))
      }
      for (const key of [null, stranger, otherHost]) {
        t.equal((await call(key, 'GET', url)).status, 404)
        t.notOk(await listed(key))
      }
      await post(operator, `/resource-matches/${id}/confirmation`, undefined, 1)
      for (const key of [null, stranger, otherHost]) {
        t.equal((await call(key, 'GET', url)).status, 200)
        t.ok(await listed(key))
      }
      const { body } = await call(
        null,
        'GET',
        `/v1/resource-matches?state=confirmed&offerId=${(await call(null, 'GET', url)).body.offerId}`,
      )
      t.same(
        body.items.map((match: { id: string }) => match.id),
        [id],
      )
    },
  )
})
