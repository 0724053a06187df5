import t from 'tap'
import { testApp } from '../../support/app.ts'

const UNKNOWN = 'cal_00000000000000000000000000'
/** An assumption of the demonstration: no official notice of 2027 exists. */
const YEAR_2027 = {
  year: 2027,
  holidays: ['2027-01-01', '2027-01-02', '2027-01-03'],
  makeupWorkdays: [],
  source: '演示假设,无官方通知',
}

t.test('calendars are loaded, corrected, listed and reckoned with', async (t) => {
  const { call, keyFor, hostId, newOrganization } = await testApp(t)
  const admin = await keyFor('platform_admin')
  const host = await keyFor('host')
  const load = (body: object, key: string | null = admin) => call(key, 'POST', '/v1/calendar-years', body)
  const count = async (startOn: string, workdays: number, extra = '') =>
    call(null, 'GET', `/v1/working-days?startOn=${startOn}&workdays=${workdays}${extra}`)
  let nationalId = ''

  await t.test('previewWorkingDays counts as the demonstration does', async (t) => {
    t.match((await count('2026-04-30', 5)).body, {
      nominalOn: '2026-05-07',
      effectiveOn: '2026-05-11',
      rolledBecause: 'holiday',
    })
    t.equal((await count('2026-09-17', 10)).body.effectiveOn, '2026-10-08')
    t.same((await count('2026-09-18', 1)).body, {
      startOn: '2026-09-18',
      period: { amount: 1, basis: 'working' },
      nominalOn: '2026-09-21',
      effectiveOn: '2026-09-20',
      rolledBecause: 'makeup_workday',
    })
    t.equal((await count('2026-02-30', 5)).status, 400)
    t.equal((await count('2026-04-30', -1)).status, 400)
  })

  await t.test('previewWorkingDays refuses to guess a year that nobody loaded', async (t) => {
    const refused = await count('2026-12-22', 15)
    t.match(refused, { status: 422, body: { code: 'calendar_year_missing' } })
    t.match(refused.body.detail, /2027/)
  })

  await t.test('loadCalendarYear makes the refund of the demonstration due on 13 January', async (t) => {
    const loaded = await load(YEAR_2027)
    t.equal(loaded.status, 201)
    nationalId = loaded.body.id
    t.equal(loaded.headers.location, `/v1/calendar-years/${nationalId}`)
    t.match(loaded.body, { ...YEAR_2027, hostId: null })
    t.equal((await count('2026-12-22', 15)).body.effectiveOn, '2027-01-13')
  })

  await t.test('loadCalendarYear refuses faulty days, known years and strangers', async (t) => {
    t.match(await load(YEAR_2027), { status: 409, body: { code: 'calendar_year_exists' } })
    const faulty = await load({ ...YEAR_2027, year: 2028, makeupWorkdays: ['2028-01-03'] })
    t.match(faulty, { status: 422, body: { code: 'calendar_days_invalid' } })
    t.equal(faulty.body.errors.length, 4)
    t.equal((await load({ ...YEAR_2027, year: 2028, holidays: [] }, host)).status, 403, 'the nation is not the host’s')
    t.equal((await load({ ...YEAR_2027, hostId }, admin)).status, 403, 'and the host’s own year is not the platform’s')
    const otherHostId = await newOrganization('别县民政局', { type: 'government' })
    t.equal((await load({ ...YEAR_2027, hostId: otherHostId }, host)).status, 403)
    t.equal((await load(YEAR_2027, await keyFor('agency'))).status, 403)
    t.equal((await load(YEAR_2027, null)).status, 401)
  })

  await t.test('a built-in national year is replaced only by whoever says so', async (t) => {
    const may = { year: 2026, holidays: ['2026-05-01'], makeupWorkdays: [], source: '演示:整年替换' }
    const silent = await load(may)
    t.match(silent, { status: 409, body: { code: 'calendar_year_exists', errors: [{ pointer: '#/replacesBuiltIn' }] } })
    t.equal((await count('2026-04-30', 5)).body.effectiveOn, '2026-05-11', 'nothing has changed')
    t.equal((await load({ ...may, replacesBuiltIn: false })).status, 409)
    const said = await load({ ...may, replacesBuiltIn: true })
    t.equal(said.status, 201, JSON.stringify(said.body))
    t.notOk('replacesBuiltIn' in said.body, 'it is a word to the service and not part of the year')
    t.equal((await count('2026-04-30', 5)).body.effectiveOn, '2026-05-08')
    t.equal(
      (await load({ ...may, hostId }, await keyFor('operator'))).status,
      201,
      'a host’s own year needs no such word',
    )
  })

  await t.test('a host’s own year counts for that host alone', async (t) => {
    const own = { ...YEAR_2027, hostId, holidays: [...YEAR_2027.holidays, '2027-01-11'] }
    const neighbour = await newOrganization('邻县民政局', { type: 'government' })
    const operator = await keyFor('operator', { hostId: neighbour })
    t.equal((await load(own, operator)).status, 403, 'an operator of another host')
    t.equal((await load(own, await keyFor('operator'))).status, 201, 'who runs the rounds keeps their calendar')
    t.equal((await load(own, host)).body.code, 'calendar_year_exists')
    t.equal((await count('2026-12-22', 15, `&hostId=${hostId}`)).body.effectiveOn, '2027-01-14')
    t.equal((await count('2026-12-22', 15)).body.effectiveOn, '2027-01-13')
  })

  await t.test('changeCalendarYear corrects what was loaded', async (t) => {
    const url = `/v1/calendar-years/${nationalId}`
    const patch = { holidays: ['2027-01-01'] }
    t.equal((await call(admin, 'PATCH', url, patch)).status, 428)
    t.equal((await call(admin, 'PATCH', url, patch, { ifMatch: 4 })).status, 412)
    t.equal((await call(host, 'PATCH', url, patch, { ifMatch: 1 })).status, 403)
    t.match(await call(admin, 'PATCH', url, { holidays: ['2026-01-01'] }, { ifMatch: 1 }), {
      status: 422,
      body: { code: 'calendar_days_invalid' },
    })
    const changed = await call(admin, 'PATCH', url, patch, { ifMatch: 1 })
    t.match(changed, { status: 200, headers: { etag: '"2"' }, body: { holidays: ['2027-01-01'] } })
    t.equal((await call(admin, 'PATCH', `/v1/calendar-years/${UNKNOWN}`, patch, { ifMatch: 1 })).status, 404)
  })

  await t.test('readCalendarYear and listCalendarYears answer anybody', async (t) => {
    t.equal((await call(null, 'GET', `/v1/calendar-years/${nationalId}`)).body.year, 2027)
    t.equal((await call(null, 'GET', `/v1/calendar-years/${UNKNOWN}`)).status, 404)
    t.equal((await call(null, 'GET', '/v1/calendar-years?year=2027')).body.items.length, 2)
    t.equal((await call(null, 'GET', '/v1/calendar-years?year=2025')).body.items.length, 0, 'built in, not loaded')
    const own = (await call(null, 'GET', `/v1/calendar-years?hostId=${hostId}`)).body.items
    t.equal(own.length, 2)
    const page = (await call(null, 'GET', '/v1/calendar-years?limit=1')).body
    t.equal(page.items[0].id, own[0].id)
    const next = (await call(null, 'GET', `/v1/calendar-years?limit=1&cursor=${page.nextCursor}`)).body
    t.equal(next.items[0].id, own[1].id)
  })
})
