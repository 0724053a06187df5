import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { testApp } from '../../support/app.ts'

const ORGANIZATION = {
  name: '云汀县青禾社会工作服务中心',
  type: 'social_service_org',
  creditCode: '52990421MJ99002B77',
}

t.test('bad input meets a problem with its code, and nothing is written', async (t) => {
  const { app, call, keyFor, database } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const count = async () => (await database.pool.query('select count(*)::int as n from organization')).rows[0].n
  const before = await count()
  const raw = async (payload: string | Buffer, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/organizations',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
      payload,
    })
    const body = JSON.parse(answer.body)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(body, {
      type: String,
      title: String,
      status: answer.statusCode,
      detail: String,
      code: String,
      requestId: String,
    })
    return [answer.statusCode, body.code, body.errors?.[0]?.code]
  }

  t.same(await raw(JSON.stringify({ ...ORGANIZATION, colour: 'red' })), [400, 'invalid_request', 'unknown_property'])
  t.same(await raw(JSON.stringify({ ...ORGANIZATION, name: 7 })), [400, 'invalid_request', 'wrong_type'])
  t.same(await raw(JSON.stringify({ ...ORGANIZATION, name: null })), [400, 'invalid_request', 'wrong_type'])
  t.same(await raw(JSON.stringify({ type: 'social_group' })), [400, 'invalid_request', 'missing'])
  t.same(await raw('null'), [400, 'invalid_request', 'wrong_type'])
  t.same(await raw(''), [400, 'invalid_request', 'wrong_type'], 'nothing at all')
  t.same(await raw(JSON.stringify(ORGANIZATION), { 'content-type': 'application/json; charset=utf-16' }), [
    415,
    'unsupported_media_type',
    undefined,
  ])
  t.same(await raw('{"name":'), [400, 'invalid_request', undefined])
  t.same(await raw('{"__proto__":{"admin":true}}'), [400, 'invalid_request', undefined])
  t.same(await raw(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), [400, 'invalid_request', undefined])
  t.same(
    await raw(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])),
    [400, 'invalid_request', undefined],
    'broken UTF-8',
  )
  t.same(await raw('{"name":"a\\u0000b","type":"social_group"}'), [400, 'invalid_request', undefined], 'NUL')
  t.same(
    await raw('{"name":"\\ud800","type":"social_group"}'),
    [400, 'invalid_request', undefined],
    'half a surrogate pair',
  )
  t.same(await raw('x'.repeat(10 * 1024 * 1024)), [413, 'payload_too_large', undefined])
  t.same(await raw('name=x', { 'content-type': 'application/x-www-form-urlencoded' }), [
    415,
    'unsupported_media_type',
    undefined,
  ])
  t.equal((await call(admin, 'GET', '/v1/organizations?limit=0')).status, 400)
  t.equal((await call(admin, 'GET', '/v1/organizations?colour=red')).status, 400)
  t.equal((await call(admin, 'GET', '/v1/organizations?cursor=abc')).body.code, 'invalid_cursor')
  t.equal((await call(admin, 'GET', '/v1/nowhere')).body.code, 'not_found')
  const wrongMethod = await call(admin, 'DELETE', '/v1/organizations')
  t.same([wrongMethod.status, wrongMethod.body.code], [405, 'method_not_allowed'])
  t.match(wrongMethod.headers.allow, /GET.*POST|POST.*GET/)
  t.equal((await call('gk_test_000000000000_0000000000000000000000000000000000000000000', 'GET', '/v1/me')).status, 401)
  t.equal((await call(null, 'GET', '/v1/me')).body.code, 'unauthenticated')
  const noVersion = await call(admin, 'PATCH', '/v1/organizations/org_00000000000000000000000000', { name: 'x' })
  t.same([noVersion.status, noVersion.body.code], [428, 'precondition_required'])
  t.equal((await app.inject({ url: '/v1/organizations/%E0%A4%A' })).statusCode, 400)
  t.equal(await count(), before, 'nothing was written')
})

t.test('an action without a body takes none, and no write takes a query', async (t) => {
  const { app, call, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const fresh = async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    return (await call(admin, 'POST', '/v1/api-keys', { label: 'x', roles: ['platform_admin'], expiresAt })).body.id
  }
  const id = await fresh()
  const url = `/v1/api-keys/${id}/revocation`
  for (const body of [{ junk: 1 }, [], null, 'text', 7]) {
    const refused = await call(admin, 'POST', url, body, { ifMatch: 1 })
    t.same([refused.status, refused.body.code], [400, 'invalid_request'], JSON.stringify(body))
  }
  t.equal((await call(admin, 'POST', `${url}?foo=1`, undefined, { ifMatch: 1 })).status, 400)
  t.equal((await call(admin, 'GET', `/v1/api-keys/${id}`)).body.revokedAt, null, 'nothing was written')
  const headers = { authorization: `Bearer ${admin}`, 'if-match': '"1"', 'content-type': 'application/json' }
  t.equal((await app.inject({ method: 'POST', url, headers })).statusCode, 200, 'a content type without content')
  t.equal((await call(admin, 'POST', `/v1/api-keys/${await fresh()}/revocation`, {}, { ifMatch: 1 })).status, 200)
})

t.test('what is no HTTP at all is refused in the same format', async (t) => {
  const { app } = await testApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const talk = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('end', () => resolve(answer)).on('error', reject)
    })
  const overlong = await talk(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
  t.match(overlong, /^HTTP\/1.1 431 /)
  t.match(overlong, /application\/problem\+json/)
  t.match(JSON.parse(overlong.split('\r\n\r\n')[1] ?? ''), { code: 'invalid_request', status: 431 })
  const homeless = await talk('GET /v1/organizations HTTP/1.1\r\nConnection: close\r\n\r\n')
  t.match(homeless, /^HTTP\/1.1 400 .*application\/problem\+json.*Host/s)
  const expecting = await talk('GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n')
  t.match(expecting, /^HTTP\/1.1 417 .*application\/problem\+json.*expectation_failed/s)
  t.match(await talk('BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1.1 400 .*invalid_request/s)
  const options = await app.inject({ method: 'OPTIONS', url: '/v1/organizations' })
  t.ok(options.statusCode < 300)
})

t.test('a repeated request repeats its answer, not its effect', async (t) => {
  const { call, keyFor, database } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const send = (body: object, idempotencyKey: string) =>
    call(admin, 'POST', '/v1/organizations', body, { idempotencyKey })
  const first = await send(ORGANIZATION, 'once')
  const again = await send(ORGANIZATION, 'once')
  t.equal(again.status, 201)
  t.same(again.body, first.body)
  t.equal(again.headers.etag, first.headers.etag)
  t.equal(again.headers.location, first.headers.location)
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.same((await send({ ...ORGANIZATION, name: '另一家' }, 'once')).body.code, 'idempotency_key_reused')
  const refused = await send(ORGANIZATION, 'twice')
  t.equal(refused.body.code, 'credit_code_taken')
  const refusedAgain = await send(ORGANIZATION, 'twice')
  t.equal(refusedAgain.headers['idempotent-replayed'], 'true', 'a refusal is repeated as well')
  t.equal(refusedAgain.body.code, 'credit_code_taken')
  t.equal((await send(ORGANIZATION, 'space in it')).body.code, 'idempotency_key_invalid')
  const noKey = await call(
    admin,
    'POST',
    '/v1/api-keys',
    { label: 'x', roles: ['platform_admin'], expiresAt: '2026-12-01T00:00:00Z' },
    { idempotencyKey: null },
  )
  t.equal(noKey.body.code, 'idempotency_key_required')

  await t.test('twenty at the same moment are one', async (t) => {
    const body = { name: '云汀县众苗志愿服务协会', type: 'social_group', creditCode: '51990421MJ99005E0Q' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body, 'rush')))
    const created = answers.filter((answer) => answer.status === 201)
    t.ok(created.length >= 1)
    t.ok(answers.every((answer) => answer.status === 201 || answer.body.code === 'idempotency_in_progress'))
    for (const { status, headers } of answers) if (status === 409) t.equal(headers['retry-after'], '1')
    t.equal(new Set(created.map((answer) => answer.body.id)).size, 1)
    const rows = await database.pool.query(
      "select count(*)::int as n from organization where credit_code = '51990421MJ99005E0Q'",
    )
    t.equal(rows.rows[0].n, 1)
  })
})

t.test('every answer carries its request id, the security headers and the caller’s language', async (t) => {
  const { app } = await testApp(t)
  const english = await app.inject({
    url: '/v1/nowhere',
    headers: { 'accept-language': 'fr, en;q=0.8, zh;q=0.1', 'x-request-id': 'trace-1' },
  })
  t.equal(english.headers['x-request-id'], 'trace-1')
  t.equal(english.headers['content-language'], 'en')
  t.equal(english.json().title, 'Not found')
  const secured = {
    'x-request-id': /^[A-Za-z0-9._-]{1,64}$/,
    'strict-transport-security': /max-age=31536000/,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': /default-src 'none'/,
  }
  t.match(english.headers, secured)
  const stopped = await app.inject({ url: '/v1/organizations', headers: { authorization: 'Bearer nobody' } })
  t.equal(stopped.statusCode, 401)
  t.match(stopped.headers, secured, 'also when the guard stops the request')
  const unroutable = await app.inject({ url: '/v1/%ff' })
  t.equal(unroutable.statusCode, 400)
  t.match(unroutable.headers, secured, 'also when there is no route to run hooks of')
  const chinese = await app.inject({ url: '/v1/nowhere', headers: { 'x-request-id': 'not safe!' } })
  t.equal(chinese.json().title, '未找到')
  t.not(chinese.headers['x-request-id'], 'not safe!')
})

t.test('only the named origins may be read from in a browser', async (t) => {
  const preflight = { origin: 'https://portal.example', 'access-control-request-method': 'GET' }
  const { app } = await testApp(t, { env: { CORS_ORIGINS: 'https://portal.example' } })
  const allowed = await app.inject({ method: 'OPTIONS', url: '/v1/organizations', headers: preflight })
  t.equal(allowed.statusCode, 204)
  t.equal(allowed.headers['access-control-allow-origin'], 'https://portal.example')
  const read = await app.inject({ url: '/v1/organizations', headers: { origin: 'https://portal.example' } })
  t.equal(read.headers['access-control-allow-origin'], 'https://portal.example')
  t.match(read.headers['access-control-expose-headers'], /ETag/)
  for (const method of ['PATCH', 'PUT', 'POST']) {
    const asked = { ...preflight, 'access-control-request-method': method }
    const { headers } = await app.inject({ method: 'OPTIONS', url: '/v1/organizations', headers: asked })
    t.ok(headers['access-control-allow-methods']?.split(', ').includes(method), method)
  }
  const foreign = await app.inject({ url: '/v1/organizations', headers: { origin: 'https://elsewhere.example' } })
  t.notOk(foreign.headers['access-control-allow-origin'])
  t.match(foreign.headers.vary, /Origin/)

  const closed = await testApp(t)
  const refused = await closed.app.inject({ method: 'OPTIONS', url: '/v1/organizations', headers: preflight })
  t.equal(refused.statusCode, 204)
  t.notOk(refused.headers['access-control-allow-origin'], 'without a list there is no other origin')
})

t.test('a credential beyond its quota waits, others do not', async (t) => {
  const { call, keyFor } = await testApp(t, { env: { RATE_LIMIT_READS: '3' } })
  const [busy, calm] = [await keyFor('auditor'), await keyFor('auditor')]
  for (let n = 0; n < 3; n++) t.equal((await call(busy, 'GET', '/v1/me')).status, 200)
  const refused = await call(busy, 'GET', '/v1/me')
  t.same([refused.status, refused.body.code], [429, 'too_many_requests'])
  t.match(refused.headers['retry-after'], /^\d+$/)
  t.equal(refused.headers['ratelimit-policy'], '"read";q=3;w=60')
  t.equal((await call(calm, 'GET', '/v1/me')).status, 200)
})

t.test('probes take nothing of the quota of their address', async (t) => {
  const { call } = await testApp(t, { env: { RATE_LIMIT_READS: '1' } })
  for (let n = 0; n < 3; n++)
    for (const path of ['/health/live', '/health/ready']) t.equal((await call(null, 'GET', path)).status, 200)
  t.equal((await call(null, 'GET', '/v1/needs')).status, 200)
  t.equal((await call(null, 'GET', '/v1/needs')).status, 429)
})

t.test('who sends a body that is too long to its end, and only then reads, reads the refusal', async (t) => {
  const { app, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.pause()
  const length = 10 * 1024 * 1024
  socket.write(
    `POST /v1/organizations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${admin}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
  )
  for (let sent = 0; sent < length; sent += 65_536)
    if (!socket.write(Buffer.alloc(65_536, 'x'))) await once(socket, 'drain')
  const answers: Buffer[] = []
  socket.on('data', (chunk) => answers.push(chunk)).resume()
  // The connection is whole: it takes a second request.
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  await once(socket, 'close')
  const text = Buffer.concat(answers).toString()
  t.match(text, /^HTTP\/1.1 413 .*payload_too_large.*HTTP\/1.1 200 .*live/s)
})

t.test('failed and forbidden requests count as well, and say how many are left', async (t) => {
  const { call, app, keyFor } = await testApp(t, { env: { RATE_LIMIT_FAILURES: '3', RATE_LIMIT_WRITES: '2' } })
  const agency = await keyFor('agency')
  const forbidden = () => call(agency, 'POST', '/v1/rounds', {})
  const first = await forbidden()
  t.same([first.status, first.headers['ratelimit']], [403, '"write";r=1;t=60'])
  t.equal((await forbidden()).status, 403)
  t.equal((await forbidden()).status, 429, 'by credential')

  const guess = (authorization: string | undefined, remoteAddress = '192.0.2.1') =>
    app.inject({ url: '/v1/me', remoteAddress, headers: authorization === undefined ? {} : { authorization } })
  const failed = await guess('Bearer gk_test_000000000000_0000000000000000000000000000000000000000000')
  t.equal(failed.statusCode, 401)
  t.equal(failed.headers['ratelimit-policy'], '"failure";q=3;w=60')
  t.equal(failed.headers['ratelimit'], '"failure";r=2;t=60')
  t.equal((await guess('Basic eDp5')).statusCode, 401)
  t.equal((await guess(undefined)).statusCode, 401)
  const refused = await guess('Bearer nobody')
  t.same([refused.statusCode, refused.json().code], [429, 'too_many_requests'])
  t.match(refused.headers['retry-after'], /^\d+$/)
  t.equal((await guess('Bearer nobody', '192.0.2.2')).statusCode, 401, 'another address')
  t.equal((await guess(`Bearer ${agency}`)).statusCode, 200, 'who holds a key is not locked out by a neighbour')
})

t.test('a client and the service agree on types before anything happens', async (t) => {
  const { app, call, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const send = async (headers: Record<string, string>, method: 'POST' | 'GET' = 'POST') => {
    const answer = await app.inject({
      method,
      url: '/v1/organizations',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
      ...(method === 'GET' ? {} : { payload: JSON.stringify(ORGANIZATION) }),
    })
    return [answer.statusCode, answer.json().code]
  }
  t.same(await send({ 'content-encoding': 'gzip' }), [415, 'unsupported_media_type'])
  t.same(await send({ 'content-type': 'application/merge-patch+json' }), [415, 'unsupported_media_type'])
  t.same(await send({ accept: 'application/xml' }), [406, 'not_acceptable'])
  t.same(await send({ accept: 'application/json;q=0, */*' }), [406, 'not_acceptable'])
  t.same((await call(admin, 'GET', '/v1/organizations')).body.items.length, 1, 'nothing was written')
  for (const accept of ['*/*', 'application/*;q=0.1', 'text/html, application/json;q=0.9', ''])
    t.same((await send({ accept }, 'GET'))[0], 200, accept)
  t.same(await send({ 'content-encoding': 'identity' }), [201, undefined])
  const path = '/v1/organizations/org_00000000000000000000000000'
  const patch = await call(
    admin,
    'PATCH',
    path,
    { name: 'x' },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  )
  t.equal(patch.status, 428, 'a PATCH takes it')
})

t.test('one name stands once in an object, however it is written', async (t) => {
  const { app, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const send = async (payload: string) => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }
    const { detail } = (await app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })).json()
    return /出现两次/.test(detail)
  }
  t.ok(await send('{"name":"a","name":"b"}'))
  t.ok(await send('{"name":"a","n\\u0061me":"b"}'))
  t.ok(await send('{"type":{"a":[{"b":1,"c":{},"b":2}]}}'))
  t.notOk(await send('{"name":"\\"name\\":","type":{"name":[{"a":1},{"a":2},"a","a"]},"a\\\\":{"a":"{"}}'))
})

t.test('a malformed request is explained in the caller’s language', async (t) => {
  const { app, keyFor } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const send = async (payload: object, language: string) => {
    const headers = {
      authorization: `Bearer ${admin}`,
      'content-type': 'application/json',
      'accept-language': language,
    }
    return (await app.inject({ method: 'POST', url: '/v1/organizations', headers, payload })).json()
  }
  const chinese = await send({ ...ORGANIZATION, name: 7 }, 'zh-CN')
  t.match(chinese, { detail: 'body #/name:应为文本', errors: [{ pointer: '#/name', detail: '应为文本' }] })
  const english = await send({ ...ORGANIZATION, name: 7 }, 'en')
  t.match(english, { detail: 'body #/name: must be string', errors: [{ detail: 'must be string' }] })
  t.notMatch(JSON.stringify(await send({ name: ' ', type: 'club' }, 'zh-CN')), /must /)
  t.match((await send({}, 'zh-CN')).detail, /缺少/)
})

t.test('a service without its database says so, and that a retry may help', async (t) => {
  const { deps, config } = await testApp(t)
  // Nobody listens on port 1.
  const database = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    poolSize: 1,
    applicationName: 'unreachable',
  })
  const app = await buildApp(config, { ...deps, database })
  t.teardown(async () => {
    await app.close()
    await database.close()
  })
  t.equal((await app.inject({ url: '/health/live' })).statusCode, 200)
  for (const url of ['/health/ready', '/v1/organizations']) {
    const answer = await app.inject({ url })
    t.same([answer.statusCode, answer.json().code], [503, 'service_unavailable'], url)
    t.match(answer.headers['retry-after'], /^[0-9]+$/)
  }
})
