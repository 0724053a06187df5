import Fastify from 'fastify'
import t from 'tap'
import { readConfig } from '../../../src/config.ts'
import { MODULES } from '../../../src/modules.ts'
import { record } from '../../../src/platform/work.ts'
import { type Agency, biddingCounty, fiftyBidders } from '../../modules/bids/fixtures.ts'
import { expecting } from '../../modules/rounds/fixtures.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { sealAll } from '../events/events.ts'

const TOKEN = 'a token of tests, 32 or more'.replaceAll(' ', '-').padEnd(40, '0')
const WITH_TOKEN = { env: { METRICS_TOKEN: TOKEN } }

async function scrape({ app }: TestApp): Promise<string> {
  const answer = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.body
}

/** Without what the process says of itself. */
const ofSandan = (text: string) => text.split('\n').filter((line) => /^(# \w+ )?sandan_/.test(line))

const routesIn = (text: string) => new Set([...text.matchAll(/route="([^"]+)"/g)].map((match) => match[1] ?? ''))

/** The value of the one line that begins so. */
function figureOf(text: string, name: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length))
}

/** Every route of each module, as Fastify knows it. */
async function routesByModule({ deps, config }: TestApp): Promise<Map<string, { url: string; method: string }[]>> {
  const all = new Map<string, { url: string; method: string }[]>()
  const { sandbox, production } = config
  const credentials = { forget: () => undefined }
  for (const { name, routes } of MODULES) {
    const own: { url: string; method: string }[] = []
    const probe = Fastify()
    probe.addHook('onRoute', ({ url, method }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') own.push({ url, method: one })
    })
    await probe.register(async (scope) => routes?.(scope, { ...deps, credentials, sandbox, production }), {
      prefix: '/v1',
    })
    all.set(name, own)
  }
  return all
}

t.test('without a token there is no such address', async (t) => {
  const { app, call, keyFor } = await testApp(t)
  const nowhere = await call(null, 'GET', '/nowhere')
  for (const key of [null, await keyFor('platform_admin')]) {
    const { status, body } = await call(key, 'GET', '/metrics')
    t.equal(status, 404)
    t.same({ ...body, instance: '', requestId: '' }, { ...nowhere.body, instance: '', requestId: '' })
  }
  t.equal((await call(null, 'POST', '/metrics')).status, 404)
  t.notOk(app.hasRoute({ method: 'GET', url: '/metrics' }))
})

t.test('a token that could be guessed, or not be shown in a header, is no configuration', async (t) => {
  const environment = (token: string) => ({ SANDAN_SECRET: TOKEN, METRICS_TOKEN: token })
  t.throws(() => readConfig(environment('short')), /METRICS_TOKEN/)
  t.throws(() => readConfig(environment(`${TOKEN} ${TOKEN}`)), /METRICS_TOKEN/)
  t.equal(readConfig(environment(TOKEN)).metricsToken, TOKEN)
  t.equal(readConfig(environment('')).metricsToken, undefined)
})

t.test('only who shows the token reads the metrics', async (t) => {
  const { app, call, keyFor } = await testApp(t, { env: { METRICS_TOKEN: TOKEN, RATE_LIMIT_FAILURES: '20' } })
  const admin = await keyFor('platform_admin')
  const wrong = [undefined, admin, TOKEN.slice(0, -1), `${TOKEN}0`, `${TOKEN.slice(0, -1)}1`].map((shown) =>
    shown === undefined ? undefined : `Bearer ${shown}`,
  )
  for (const authorization of [...wrong, TOKEN, `Basic ${TOKEN}`, 'Bearer']) {
    const headers = authorization === undefined ? {} : { authorization }
    const refused = await app.inject({ url: '/metrics', headers })
    t.equal(refused.statusCode, 401)
    t.equal(refused.headers['www-authenticate'], 'Bearer')
    t.match(refused.headers['content-type'], /^application\/problem\+json/)
    t.equal(refused.json().code, 'unauthenticated')
    t.notOk(refused.body.includes('sandan_'))
  }
  const headers = { authorization: `Bearer ${TOKEN}` }
  const read = await app.inject({ url: '/metrics', headers })
  t.equal(read.statusCode, 200)
  t.match(read.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  t.equal(read.headers['cache-control'], 'no-store')
  t.equal((await call(TOKEN, 'GET', '/v1/me')).status, 401, 'the token opens nothing else')
  t.equal((await call(null, 'POST', '/metrics')).status, 405)

  const guesses: number[] = []
  for (let guess = 0; guess < 20; guess += 1) guesses.push((await call(`guess-${guess}`, 'GET', '/metrics')).status)
  t.equal(guesses.at(-1), 429, 'nobody tries tokens at leisure')
  t.equal((await app.inject({ url: '/metrics', headers })).statusCode, 200, 'and nobody locks the reader out by trying')

  t.notOk(JSON.stringify(app.swagger()).includes('/metrics'), 'the document is that of every installation')
})

t.test('requests are counted and timed by template, method and class of the answer', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  const { call } = app
  for (const id of ['org_01k00000000000000000000001', 'org_01k00000000000000000000002'])
    t.equal((await call(null, 'GET', `/v1/organizations/${id}`)).status, 404)
  await call(null, 'GET', '/v1/organizations?limit=1')
  await call(null, 'POST', '/v1/organizations', {})
  await call(null, 'GET', '/v1/nowhere')
  await call(null, 'GET', '/health/live')
  const text = await scrape(app)
  const counted = (method: string, route: string, status: string) =>
    figureOf(text, `sandan_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`)
  t.equal(counted('GET', '/v1/organizations/:organizationId', '4xx'), 2)
  t.equal(counted('GET', '/v1/organizations', '2xx'), 1)
  t.equal(counted('POST', '/v1/organizations', '4xx'), 1)
  t.equal(counted('GET', '/health/live', '2xx'), 1)
  t.notOk(/org_|nowhere|metrics"/.test(text), 'no identifier, no unknown address, no scrape')
  t.notOk(text.includes(app.hostId), 'nothing by host')
  const sum = figureOf(
    text,
    'sandan_http_request_duration_seconds_sum{method="GET",route="/v1/organizations",status="2xx"}',
  )
  t.ok(sum !== undefined && sum > 0 && sum < 60, `${sum} seconds`)
})

t.test('what waits in the database is told, and what is withheld is not', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  await sealAll(app.database)
  const { pool } = app.database
  const figures = async () => {
    const text = await scrape(app)
    return ['events_unsealed', 'deadlines_due', 'deadlines_failing', 'database_up'].map((name) =>
      figureOf(text, `sandan_${name}`),
    )
  }
  t.same(await figures(), [0, 0, 0, 1])
  const text = await scrape(app)
  t.equal(figureOf(text, 'sandan_events_unsealed_oldest_seconds'), 0)
  t.equal(figureOf(text, 'sandan_database_connections_max'), 20)
  t.equal(figureOf(text, 'sandan_database_connections_used'), 0)
  t.equal(figureOf(text, 'sandan_database_connections_awaited'), 0)
  for (const name of ['process_resident_memory_bytes', 'nodejs_heap_size_total_bytes', 'process_start_time_seconds'])
    t.ok((figureOf(text, name) ?? 0) > 1e6, name)
  t.equal((figureOf(text, 'process_cpu_seconds_total') ?? 1) % 60, 0, 'processor time in whole minutes')
  t.type(figureOf(text, 'nodejs_eventloop_lag_p99_seconds'), 'number')

  await app.newOrganization('青禾社')
  t.same(await figures(), [1, 0, 0, 1])
  t.ok((figureOf(await scrape(app), 'sandan_events_unsealed_oldest_seconds') ?? 0) > 0)
  await sealAll(app.database)
  const withheldBy = 'rnd_01k00000000000000000000001'
  const quiet = { type: 'bid.submitted', subject: withheldBy, hostId: null, at: new Date(), data: {}, withheldBy }
  await app.asSystem((work) => record(work, quiet))
  t.same(await figures(), [0, 0, 0, 1])

  const insert = (dueAt: string, attempts: number, state = 'waiting') =>
    pool.query(
      `insert into deadline (id, version, kind, host_id, subject, due_at, state, attempts, created_at, done_at)
       select uuidv7(), 1, 'test.happens', id, uuidv7()::text, $1::timestamptz, $2, $3, now(), case when $2 = 'done' then now() end
       from organization where type = 'government'`,
      [dueAt, state, attempts],
    )
  await insert('2020-01-01T00:00:00Z', 0)
  await insert('2020-01-01T00:00:00Z', 3)
  await insert('2020-01-01T00:00:00Z', 1, 'done')
  await insert('2900-01-01T00:00:00Z', 0)
  t.same(await figures(), [0, 2, 1, 1], 'due and not done; what is far off waits for nobody')
  await app.setClock('2019-01-01T00:00:00Z')
  t.same(await figures(), [0, 0, 0, 1], 'by the clock of the host')
})

t.test('a database that fails or is too slow leaves the rest to be read', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  const { pool } = app.database
  const unread = async () => {
    const text = await scrape(app)
    t.equal(figureOf(text, 'sandan_database_up'), 0)
    for (const name of ['events_unsealed', 'events_unsealed_oldest_seconds', 'deadlines_due', 'deadlines_failing'])
      t.ok(Number.isNaN(figureOf(text, `sandan_${name}`)), name)
    t.ok((figureOf(text, 'process_resident_memory_bytes') ?? 0) > 0)
    return text
  }
  await pool.query('alter table deadline rename to elsewhere')
  await unread()
  await pool.query('alter table elsewhere rename to deadline')

  const client = await pool.connect()
  await client.query('begin')
  await client.query('lock table event in access exclusive mode')
  t.equal(figureOf(await unread(), 'sandan_database_connections_used'), 1)
  await client.query('rollback')
  client.release()
  t.equal(figureOf(await scrape(app), 'sandan_database_up'), 1)
})

/** The session of a panel and the level above it judge bids that lie open. */
const AFTER_OPENING = /^\/v1\/(?:review-items|level-reviews)\/:bidId(?:\/|$)/

t.test('no request about bids, receipts, documents or sealing keys leaves a trace', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  const modules = await routesByModule(app)
  for (const { url, method } of [...modules.values()].flat()) {
    const path = url.replaceAll(/:\w+/g, 'x')
    for (const one of [method, 'HEAD', 'PATCH', 'DELETE']) await app.app.inject({ method: one as 'GET', url: path })
  }
  const measured = routesIn(await scrape(app))
  const urlsOf = (name: string) => (modules.get(name) ?? []).map(({ url }) => url)
  for (const name of ['bids', 'documents', 'sealing']) {
    t.ok(urlsOf(name).length > 0)
    for (const url of urlsOf(name)) t.notOk(measured.has(url), `${name}: ${url}`)
  }
  const about = /bid|receipt|document|key-share|sealing|opening/
  t.same(
    [...measured].filter((url) => about.test(url) && !AFTER_OPENING.test(url)).sort(),
    [
      // Assigned to experts once they are open.
      '/v1/assigned-bids',
      '/v1/assigned-bids/:bidId',
      // Of money that came back after the end of a project.
      '/v1/refund-claims/:claimId/receipts',
      // Verified needs that are offered once more; before any round.
      '/v1/needs/:needId/reopening',
    ].sort(),
    'a new address about bids is left out, or listed here with the reason why it tells nothing',
  )
  // What others than `bids` tell of one bid.
  const unmeasured = new Set([...['bids', 'documents', 'sealing'].flatMap(urlsOf), '/v1/bids/:bidId/result'])
  const forgotten = [...modules.keys()].flatMap(urlsOf).filter((url) => !measured.has(url) && !unmeasured.has(url))
  t.same(forgotten, [], 'everything else is measured')
})

t.test('that submissions fail is told, and not how many', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  const { biddingRound, draftBid, newAgency, newNeed, submit } = await biddingCounty(app)
  const need = await newNeed()
  const roundId = await biddingRound([need])
  const bidders: [Agency, string][] = []
  for (const name of ['甲社', '乙社']) {
    const agency = await newAgency(name)
    bidders.push([agency, (await draftBid(agency, roundId, need)).body.id])
  }
  await sealAll(app.database)
  const metrics = async () => ofSandan(await scrape(app))
  const well = await metrics()
  t.ok(well.includes('sandan_http_failing 0'))
  await app.database.pool.query('alter table bid_version rename to elsewhere')
  const failing: string[][] = []
  for (const [agency, bidId] of bidders) {
    t.match(await submit(agency, bidId, 1).catch(String), /answered 500/)
    failing.push(await metrics())
  }
  t.same(failing[0], well.with(well.indexOf('sandan_http_failing 0'), 'sandan_http_failing 1'))
  t.same(failing[1], failing[0], 'the second changes nothing')
  await app.database.pool.query('alter table elsewhere rename to bid_version')
  const later = performance.now() + 5 * 60_000
  t.intercept(performance, 'now', { value: () => later })
  t.same(await metrics(), well, 'over after five minutes')
})

t.test('the metrics are the same with 0, 1 and 50 bids', async (t) => {
  const app = await testApp(t, WITH_TOKEN)
  const { asSystem, call } = app
  const county = await biddingCounty(app)
  const { biddingRound, draftBid, hostKey, submit } = county
  const { bidders, needs } = await fiftyBidders(county)
  const roundId = await biddingRound(needs, { policy: { bidsPerOrganizationMax: 2 } })
  const metrics = async () => {
    await sealAll(app.database)
    return ofSandan(await scrape(app))
  }
  expecting(200, await call(hostKey, 'GET', `/v1/rounds/${roundId}`))
  const none = await metrics()
  t.ok(none.some((line) => line.includes('route="/v1/rounds/:roundId"')))
  let submitted = 0
  for (const count of [1, 50]) {
    for (; submitted < count; submitted += 1) {
      const { agency, need, projectId } = bidders[submitted] as (typeof bidders)[number]
      const { id } = (await draftBid(agency, roundId, need, {}, projectId)).body
      const file = { fileName: '申报书.pdf', mediaType: 'application/pdf', byteSize: 10, sha256: '0'.repeat(64) }
      if (submitted < 3) expecting(201, await call(agency.key, 'POST', `/v1/bids/${id}/documents`, file))
      const unfinished = ofSandan(await scrape(app))
      if (unfinished.join('\n') !== none.join('\n')) t.same(unfinished, none, `in the middle of bid ${submitted}`)
      expecting(201, await submit(agency, id, 1))
      expecting(200, await call(agency.key, 'GET', `/v1/bids/${id}`))
      expecting(200, await call(agency.key, 'GET', `/v1/bids/${id}/receipts`))
      expecting(200, await call(agency.key, 'GET', `/v1/rounds/${roundId}/sealing-key`))
    }
    t.same(await metrics(), none, `${count} bids`)
  }
  t.equal(await asSystem(async (work) => (await work.sql.execute('select 1 from bid')).rowCount), 50)
})
