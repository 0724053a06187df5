import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { testApp } from '../../support/app.ts'

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

t.test('API keys are issued once, listed without their secret, and revoked', async (t) => {
  const { call, keyFor, hostId, database, newOrganization } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const host = await keyFor('host')
  const created = await call(admin, 'POST', '/v1/api-keys', {
    label: '审计',
    roles: ['auditor'],
    hostId,
    expiresAt: inDays(30),
  })
  t.equal(created.status, 201)
  t.match(created.body.secret, /^gk_test_[0-9a-z]{12}_[A-Za-z0-9_-]{43}$/)
  t.same((await call(created.body.secret, 'GET', '/v1/me')).body.roles, ['auditor'])
  const read = await call(host, 'GET', `/v1/api-keys/${created.body.id}`)
  t.equal(read.status, 200)
  t.notOk('secret' in read.body)
  const listed = await call(host, 'GET', '/v1/api-keys')
  t.ok(listed.body.items.some((item: { id: string }) => item.id === created.body.id))
  t.notOk(JSON.stringify(listed.body).includes(created.body.secret.slice(-20)))

  await t.test('a repeated creation gives the same secret, and the database holds it nowhere in clear', async (t) => {
    const body = { label: '重试', roles: ['auditor'], hostId, expiresAt: inDays(30) }
    const first = await call(admin, 'POST', '/v1/api-keys', body, { idempotencyKey: 'once' })
    const again = await call(admin, 'POST', '/v1/api-keys', body, { idempotencyKey: 'once' })
    t.same([again.status, again.headers['idempotent-replayed']], [201, 'true'])
    t.same(again.body, first.body)
    const kept = await database.pool.query('select body from idempotency_key')
    t.ok(kept.rows.length > 0)
    t.notOk(JSON.stringify(kept.rows).includes(first.body.secret.slice(-43)))
  })

  await t.test('createApiKey refuses standings that do not fit', async (t) => {
    const code = async (key: string, body: object) =>
      (await call(key, 'POST', '/v1/api-keys', { label: 'x', expiresAt: inDays(1), ...body })).body.code
    t.equal(await code(admin, { roles: ['host'] }), 'host_missing')
    t.equal(await code(admin, { roles: ['agency'] }), 'organization_missing')
    t.equal(await code(admin, { roles: ['expert'] }), 'expert_missing')
    t.equal(await code(admin, { roles: ['auditor', 'host'], hostId }), 'roles_exclusive')
    t.equal(await code(admin, { roles: ['host'], hostId: 'org_00000000000000000000000000' }), 'standing_unknown')
    t.equal(await code(admin, { roles: ['platform_admin'], expiresAt: inDays(400) }), 'key_lifetime_invalid')
    t.equal(await code(host, { roles: ['platform_admin'] }), 'standing_not_yours', 'a host cannot raise itself')
    t.equal(await code(host, { roles: ['town'], hostId: await newOrganization('邻县民政局') }), 'forbidden')
  })

  await t.test('a host makes keys of its staff, an agency more of its own, and neither those of others', async (t) => {
    const organizationId = await newOrganization('云汀县暖汀社会工作服务中心')
    const agency = await keyFor('agency', { organizationId })
    const issue = (key: string, body: object) =>
      call(key, 'POST', '/v1/api-keys', { label: 'x', expiresAt: inDays(1), ...body })
    const refused = { status: 403, body: { code: 'standing_not_yours' } }
    t.equal((await issue(host, { roles: ['town'], hostId })).status, 201)
    t.match(await issue(host, { roles: ['agency'], organizationId }), refused)
    t.match(await issue(host, { roles: ['operator'], organizationId, hostId }), refused)
    t.match(await issue(host, { roles: ['expert'], expertId: 'exp_00000000000000000000000000' }), refused)
    t.match(await issue(agency, { roles: ['agency'], organizationId: hostId }), refused)
    const second = await issue(agency, { roles: ['agency', 'provider'], organizationId })
    t.equal(second.status, 201)
    const listed = await call(agency, 'GET', '/v1/api-keys')
    t.ok(listed.body.items.some((item: { id: string }) => item.id === second.body.id))
    t.ok(listed.body.items.every((item: { organizationId: string }) => item.organizationId === organizationId))
    t.equal((await call(await keyFor('agency'), 'GET', `/v1/api-keys/${second.body.id}`)).status, 404)
    t.equal((await call(agency, 'POST', `/v1/api-keys/${second.body.id}/revocation`, {}, { ifMatch: 1 })).status, 200)
    const user = { issuer: 'https://idp.example', subject: 'x', label: 'x', roles: ['agency'], organizationId }
    t.match(await call(host, 'POST', '/v1/users', user), refused)
  })

  await t.test('a credential for an expert names one that is on record, and of no other host', async (t) => {
    const expertId = (await call(await keyFor('operator'), 'POST', '/v1/experts', { code: 'E1' })).body.id
    const otherHostId = await newOrganization('远汀县民政局', { type: 'government' })
    const countOf = async () =>
      (await database.pool.query('select from api_key union all select from app_user')).rowCount
    const before = await countOf()
    const key = { label: 'x', expiresAt: inDays(1), roles: ['expert'] }
    const user = { issuer: 'https://idp.example', subject: 'expert-1', label: 'x', roles: ['expert'] }
    for (const named of [{ expertId: 'exp_00000000000000000000000000' }, { expertId, hostId: otherHostId }]) {
      const refused = { status: 422, body: { code: 'expert_unknown' } }
      t.match(await call(admin, 'POST', '/v1/api-keys', { ...key, ...named }), refused)
      t.match(await call(admin, 'POST', '/v1/users', { ...user, ...named }), refused)
    }
    t.equal(await countOf(), before, 'nothing is written')
    t.equal((await call(admin, 'POST', '/v1/api-keys', { ...key, expertId })).status, 201)
    t.equal((await call(admin, 'POST', '/v1/api-keys', { ...key, expertId, hostId })).status, 201)
    t.equal((await call(admin, 'POST', '/v1/users', { ...user, expertId })).status, 201)
  })

  await t.test('revokeApiKey ends it, and only who may', async (t) => {
    const url = `/v1/api-keys/${created.body.id}/revocation`
    t.equal((await call(await keyFor('agency'), 'POST', url, {}, { ifMatch: 1 })).status, 404)
    t.equal((await call(null, 'POST', url, {}, { ifMatch: 1 })).status, 401)
    const revoked = await call(host, 'POST', url, {}, { ifMatch: 1 })
    t.equal(revoked.status, 200)
    t.type(revoked.body.revokedAt, 'string')
    t.equal((await call(host, 'POST', url, {}, { ifMatch: 2 })).body.code, 'key_revoked')
  })

  await t.test('a revoked key opens no door, however lately it was used here', async (t) => {
    const short = await call(admin, 'POST', '/v1/api-keys', {
      label: 'y',
      roles: ['auditor'],
      hostId,
      expiresAt: inDays(1),
    })
    t.equal((await call(short.body.secret, 'GET', '/v1/me')).status, 200)
    await call(admin, 'POST', `/v1/api-keys/${short.body.id}/revocation`, {}, { ifMatch: 1 })
    t.equal((await call(short.body.secret, 'GET', '/v1/me')).status, 401)
  })
})

t.test('access tokens of the identity provider are read by its key set', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const stranger = await generateKeyPair('ES256')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] })
  const provider = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(jwks),
  )
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  t.teardown(() => provider.close())
  const issuer = 'https://idp.example'
  const audience = 'sandan'
  const { call, keyFor, hostId, newOrganization, database } = await testApp(t, {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_AUDIENCE: audience,
      OIDC_JWKS_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`,
    },
  })
  const admin = await keyFor('platform_admin')
  const user = await call(admin, 'POST', '/v1/users', {
    issuer,
    subject: 'officer-1',
    label: '王科长',
    roles: ['host'],
    hostId,
  })
  t.equal(user.status, 201)
  t.equal(
    (await call(admin, 'POST', '/v1/users', { issuer, subject: 'officer-1', label: '重复', roles: ['host'], hostId }))
      .body.code,
    'user_taken',
  )

  const token = (claims: { sub?: string; iss?: string; aud?: string; exp?: string } = {}, key = privateKey) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setSubject(claims.sub ?? 'officer-1')
      .setIssuer(claims.iss ?? issuer)
      .setAudience(claims.aud ?? audience)
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '5m')
      .sign(key)
  const self = await call(await token(), 'GET', '/v1/me')
  t.equal(self.status, 200)
  t.match(self.body, { kind: 'user', roles: ['host'], hostId })

  const refused = {
    'an unknown subject': await token({ sub: 'nobody' }),
    'another issuer': await token({ iss: 'https://evil.example' }),
    'another audience': await token({ aud: 'other' }),
    'an expired one': await token({ exp: '-5m' }),
    'a foreign signature': await token({}, stranger.privateKey),
    'no signature at all': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"sub":"officer-1","iss":"${issuer}","aud":"sandan"}`).toString('base64url')}.`,
    'our own public key as an HMAC secret': await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setSubject('officer-1')
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(jwks)),
    nonsense: 'abc.def.ghi',
  }
  for (const [what, credential] of Object.entries(refused))
    t.equal((await call(credential, 'GET', '/v1/me')).status, 401, what)

  const path = `/v1/users/${user.body.id}`
  const host = await keyFor('host')
  await t.test('readUser and listUsers show a standing to whoever may hand out such a one', async (t) => {
    const organizationId = await newOrganization('云汀县暖汀社会工作服务中心')
    const agency = await keyFor('agency', { organizationId })
    const ofAgency = { issuer, subject: 'worker-1', label: '李社工', roles: ['agency'], organizationId }
    const worker = await call(agency, 'POST', '/v1/users', ofAgency)
    t.match(worker, { status: 201, headers: { etag: '"1"', location: `/v1/users/${worker.body.id}` } })
    const read = await call(host, 'GET', path)
    t.match(read, { status: 200, headers: { etag: '"1"' }, body: user.body })
    t.equal((await call(host, 'GET', path, undefined, { headers: { 'if-none-match': '"1"' } })).status, 304)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(agency, 'GET', path)).status, 404)
    t.equal((await call(admin, 'GET', '/v1/users/usr_00000000000000000000000000')).status, 404)
    t.equal((await call(admin, 'GET', '/v1/users/nobody')).status, 400)
    const ids = async (key: string) =>
      (await call(key, 'GET', '/v1/users')).body.items.map(({ id }: { id: string }) => id)
    t.same(await ids(admin), [worker.body.id, user.body.id], 'newest first')
    t.same(await ids(host), [user.body.id])
    t.same(await ids(agency), [worker.body.id])
    const first = (await call(admin, 'GET', '/v1/users?limit=1')).body
    const next = await call(admin, 'GET', `/v1/users?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)
    t.match(next.body, { items: [{ id: user.body.id }], nextCursor: null })
    t.equal((await call(null, 'GET', '/v1/users')).status, 401)
    t.equal((await call(await keyFor('town'), 'GET', '/v1/users')).status, 403)
    t.equal((await call(agency, 'POST', `${path}/disabling`, {}, { ifMatch: 1 })).status, 404)
  })

  await t.test('disableUser shuts the door at once, and a new standing opens it again', async (t) => {
    const opened = await token()
    t.equal((await call(opened, 'GET', '/v1/me')).status, 200)
    t.equal((await call(null, 'POST', `${path}/disabling`, undefined, { ifMatch: 1 })).status, 401)
    t.equal((await call(host, 'POST', `${path}/disabling`)).status, 428)
    t.equal((await call(host, 'POST', `${path}/disabling`, undefined, { ifMatch: 2 })).status, 412)
    const disabled = await call(host, 'POST', `${path}/disabling`, undefined, { ifMatch: 1 })
    t.match(disabled, { status: 200, headers: { etag: '"2"' }, body: { id: user.body.id, disabledAt: String } })
    t.equal((await call(opened, 'GET', '/v1/me')).status, 401, 'although the token was good a moment ago')
    const again = await call(host, 'POST', `${path}/disabling`, undefined, { ifMatch: 2 })
    t.match(again, { status: 409, body: { code: 'user_disabled' } })
    const { rows } = await database.pool.query("select host_id from event where type = 'user.disabled'")
    t.equal(rows.length, 1)
    const returned = { issuer, subject: 'officer-1', label: '王科长', roles: ['auditor'], hostId }
    t.equal((await call(admin, 'POST', '/v1/users', returned)).status, 201)
    t.match((await call(opened, 'GET', '/v1/me')).body, { kind: 'user', roles: ['auditor'] })
    t.type((await call(host, 'GET', path)).body.disabledAt, 'string', 'the old standing stays on record as ended')
  })
})
