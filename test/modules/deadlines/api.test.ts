import t from 'tap'
import { cancelDeadline, deadlinesOf, setDeadline } from '../../../src/modules/deadlines/index.ts'
import { testApp } from '../../support/app.ts'

const UNKNOWN = 'org_00000000000000000000000000'

t.test('deadlines are set by the use cases of other modules and listed for the host side', async (t) => {
  const { call, keyFor, hostId, asSystem, newOrganization } = await testApp(t)
  const host = await keyFor('host')
  const otherHostId = await newOrganization('别县民政局', { type: 'government' })
  const set = (subject: string, dueAt: string, owner = hostId) =>
    asSystem((work) => setDeadline(work, { kind: 'round.closes', hostId: owner, subject, dueAt: new Date(dueAt) }))
  const list = async (query = '', key: string | null = host) => call(key, 'GET', `/v1/deadlines${query}`)

  await t.test('setting a deadline again moves it, cancelling ends it, and a new one may follow', async (t) => {
    const first = await set('rnd_a', '2027-05-01T00:00:00Z')
    const moved = await set('rnd_a', '2027-06-01T00:00:00Z')
    t.equal(moved.id, first.id)
    t.equal(moved.version, 2)
    await asSystem((work) => cancelDeadline(work, 'round.closes', 'rnd_a'))
    await asSystem((work) => cancelDeadline(work, 'round.closes', 'rnd_a'))
    await set('rnd_a', '2027-07-01T00:00:00Z')
    const all = await asSystem((work) => deadlinesOf(work, 'rnd_a'))
    t.same(
      all.map(({ state, dueAt }) => [state, dueAt.toISOString()]),
      [
        ['cancelled', '2027-06-01T00:00:00.000Z'],
        ['waiting', '2027-07-01T00:00:00.000Z'],
      ],
    )
  })

  await t.test(
    'of two transactions that set the same deadline at once both succeed and one deadline waits',
    async (t) => {
      await Promise.all(['2027-08-01', '2027-08-02', '2027-08-03'].map((day) => set('rnd_b', `${day}T00:00:00Z`)))
      t.equal((await list('?subject=rnd_b&state=waiting')).body.items.length, 1)
    },
  )

  await t.test('listDeadlines shows the own host’s deadlines, soonest first, page by page', async (t) => {
    await set('rnd_c', '2027-01-01T00:00:00Z')
    await set('rnd_d', '2027-01-01T00:00:00Z', otherHostId)
    const resolved = {
      startOn: '2026-12-22',
      period: { amount: 15, basis: 'working' as const },
      nominalOn: '2027-01-12',
      effectiveOn: '2027-01-13',
      rolledBecause: 'holiday',
    }
    await asSystem((work) =>
      setDeadline(work, {
        kind: 'refund.due',
        hostId,
        subject: 'rfc_a',
        dueAt: new Date('2027-01-13T16:00:00Z'),
        resolved,
      }),
    )
    const all = (await list()).body.items
    t.same(
      all.map((item: { subject: string }) => item.subject),
      ['rnd_c', 'rfc_a', 'rnd_a', 'rnd_a', 'rnd_b'],
    )
    t.same(all[1].resolved, resolved)
    t.equal((await list('?dueBefore=2027-01-13T16:00:00Z')).body.items.length, 1, 'before means before')
    t.equal((await list('?state=cancelled')).body.items.length, 1)
    const page = (await list('?limit=2')).body
    const next = (await list(`?limit=2&cursor=${page.nextCursor}`)).body
    t.same([...page.items, ...next.items], all.slice(0, 4))
    t.equal((await list('?limit=2&state=done')).body.nextCursor, null)
  })

  await t.test('listDeadlines is for the host, its operator, finance and auditor', async (t) => {
    for (const role of ['operator', 'finance', 'auditor'] as const)
      t.equal((await list('', await keyFor(role))).status, 200)
    for (const role of ['agency', 'evaluator', 'town', 'platform_admin'] as const)
      t.equal((await list('', await keyFor(role))).status, 403, role)
    t.equal((await list('', null)).status, 401)
    t.equal((await list('?state=late')).status, 400)
    const other = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
    t.same(
      (await list('', other)).body.items.map((item: { subject: string }) => item.subject),
      ['rnd_d'],
    )
  })
})

t.test('the test clock of a host', async (t) => {
  const { call, keyFor, hostId, asSystem, newOrganization } = await testApp(t)
  const host = await keyFor('host')
  const move = async (advanceTo: string, key: string | null = host, id = hostId) =>
    call(key, 'POST', '/v1/sandbox/clock', { hostId: id, advanceTo })
  const read = async (key: string | null = host, id = hostId) => call(key, 'GET', `/v1/sandbox/clock?hostId=${id}`)

  await t.test('readSandboxClock tells the clock of the database until one is set', async (t) => {
    const before = (await read()).body
    t.match(before, { hostId, isFrozen: false, pendingDeadlines: 0, failingDeadlines: 0 })
    t.ok(Math.abs(Date.parse(before.now) - Date.now()) < 60_000)
    t.equal((await read(await keyFor('agency'))).status, 200, 'an agency that tests needs the time too')
    t.equal((await read(null)).status, 401)
    t.equal((await read(host, UNKNOWN)).status, 404)
  })

  await t.test('advanceSandboxClock begins anywhere with a new host and then moves forward only', async (t) => {
    const first = await move('2026-03-26T01:00:00Z')
    t.equal(first.status, 200)
    t.match(first.body, { now: '2026-03-26T01:00:00.000Z', isFrozen: true, pendingDeadlines: 0 })
    t.equal((await move('2026-03-26T01:00:00Z')).status, 200, 'standing still is not going back')
    const back = await move('2026-03-26T00:59:59.999Z')
    t.match(back, { status: 422, body: { code: 'clock_moves_forward_only' } })
    t.match(back.body.detail, /2026-03-26T01:00:00.000Z/)
    const now = await asSystem((work) => work.now(hostId))
    t.equal(now.toISOString(), '2026-03-26T01:00:00.000Z', 'every use case of the host sees it')
    t.ok(Math.abs((await asSystem((work) => work.now(null))).getTime() - Date.now()) < 60_000, 'the platform does not')
  })

  await t.test('of many moves at once the furthest stays', async (t) => {
    const days = ['05', '03', '07', '04', '06'].map((day) => `2026-04-${day}T00:00:00Z`)
    const answers = await Promise.all(days.map((instant) => move(instant)))
    t.ok(answers.every(({ status }) => status === 200 || status === 422))
    t.equal((await read()).body.now, '2026-04-07T00:00:00.000Z')
  })

  await t.test('the clock tells how many deadlines are due and not done', async (t) => {
    for (const day of ['10', '11', '12'])
      await asSystem((work) =>
        setDeadline(work, { kind: 'round.closes', hostId, subject: `rnd_${day}`, dueAt: new Date(`2026-04-${day}`) }),
      )
    t.equal((await read()).body.pendingDeadlines, 0)
    t.equal((await move('2026-04-11T00:00:00Z')).body.pendingDeadlines, 2, 'due at the very instant counts')
    t.equal((await read()).body.pendingDeadlines, 2)
  })

  await t.test('a host that has deadlines but no clock cannot begin in the past', async (t) => {
    const newHost = await newOrganization('新县民政局', { type: 'government' })
    const admin = await keyFor('platform_admin')
    await asSystem((work) =>
      setDeadline(work, { kind: 'round.closes', hostId: newHost, subject: 'rnd_x', dueAt: new Date('2030-01-01') }),
    )
    t.equal((await move('2020-01-01T00:00:00Z', admin, newHost)).body.code, 'clock_moves_forward_only')
    t.equal((await move('2031-01-01T00:00:00Z', admin, newHost)).body.pendingDeadlines, 1)
  })

  await t.test('only the host itself and the platform move it', async (t) => {
    const other = await newOrganization('别县民政局', { type: 'government' })
    t.equal(
      (await move('2026-05-01T00:00:00Z', await keyFor('host', { hostId: other, organizationId: other }))).status,
      403,
    )
    t.equal((await move('2026-05-01T00:00:00Z', await keyFor('operator'))).status, 403)
    t.equal((await move('2026-05-01T00:00:00Z', null)).status, 401)
    t.equal((await move('2026-05-01T00:00:00Z', await keyFor('platform_admin'))).status, 200)
    t.equal((await move('2026-05-01T00:00:00Z', await keyFor('platform_admin'), UNKNOWN)).status, 404)
    const agency = await newOrganization('云汀县青禾社会工作服务中心')
    const refused = await move('2026-05-01T00:00:00Z', await keyFor('platform_admin'), agency)
    t.match(refused, { status: 422, body: { code: 'clock_needs_host' } })
    t.equal((await move('soon')).status, 400)
  })
})

t.test('outside sandbox mode there is no test clock', async (t) => {
  const { call, keyFor, hostId, asSystem, setClock } = await testApp(t, { env: { SANDBOX: 'false' } })
  const host = await keyFor('host')
  const body = { hostId, advanceTo: '2030-01-01T00:00:00Z' }
  t.match(await call(host, 'POST', '/v1/sandbox/clock', body), { status: 404, body: { code: 'sandbox_only' } })
  t.match(await call(host, 'GET', `/v1/sandbox/clock?hostId=${hostId}`), {
    status: 404,
    body: { code: 'sandbox_only' },
  })
  await setClock('2030-01-01T00:00:00Z')
  const now = await asSystem((work) => work.now(hostId))
  t.ok(Math.abs(now.getTime() - Date.now()) < 60_000, 'a clock left over from a sandbox counts for nothing')
})
