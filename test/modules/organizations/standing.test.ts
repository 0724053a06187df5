import { randomBytes } from 'node:crypto'
import t from 'tap'
import {
  banOrganization,
  clearOverdueRefund,
  recordOverdueRefund,
  sharedContactsAmong,
  standingOf,
} from '../../../src/modules/organizations/index.ts'
import { testApp } from '../../support/app.ts'

const TODAY = '2026-04-20T01:00:00.000Z'
const UNKNOWN = 'org_00000000000000000000000000'

t.test('credit listings are recorded with day and source, and removed without a trace being lost', async (t) => {
  const { call, hostId, keyFor, newOrganization, setClock, asSystem } = await testApp(t)
  await setClock(TODAY)
  const host = await keyFor('host')
  const organizationId = await newOrganization('暖汀社会工作服务中心')
  const agency = await keyFor('agency', { organizationId })
  const path = `/v1/organizations/${organizationId}/credit-listings`
  const listing = { kind: 'abnormal', listedOn: '2026-01-10', source: '中国社会组织政务服务平台 2026-01-12' }
  const created = await call(host, 'POST', path, listing)
  t.equal(created.status, 201, JSON.stringify(created.body))
  t.match(created.body, { ...listing, organizationId, removedOn: null, isAnnulled: false })

  t.test('by hosts and the platform, for a day that has come, once', async (t) => {
    t.equal((await call(agency, 'POST', path, listing)).status, 403)
    t.equal((await call(null, 'POST', path, listing)).status, 401)
    t.equal((await call(host, 'POST', `/v1/organizations/${UNKNOWN}/credit-listings`, listing)).status, 404)
    t.equal((await call(host, 'POST', path, { ...listing, source: ' ' })).status, 400)
    const refused = async (body: object) => (await call(host, 'POST', path, body)).body.code
    t.equal(await refused(listing), 'credit_listing_exists')
    t.equal(await refused({ ...listing, listedOn: '2026-04-21' }), 'standing_day_invalid')
  })

  t.test('and everybody may read them', async (t) => {
    const read = await call(null, 'GET', String(created.headers['location']))
    t.match([read.status, read.body.id], [200, created.body.id])
    t.same((await call(null, 'GET', path)).body.items.length, 1)
    t.equal((await call(null, 'GET', `/v1/organizations/${UNKNOWN}/credit-listings`)).status, 404)
    t.equal((await call(null, 'GET', `/v1/organizations/${hostId}/credit-listings/${created.body.id}`)).status, 404)
  })

  t.test('a removal says when and where it was read, once', async (t) => {
    const removal = { removedOn: '2026-03-01', source: '移出公告 2026-03-01' }
    const url = `${path}/${created.body.id}/removal`
    t.equal((await call(host, 'POST', url, removal)).status, 428)
    t.equal((await call(host, 'POST', url, removal, { ifMatch: 9 })).status, 412)
    t.equal((await call(agency, 'POST', url, removal, { ifMatch: 1 })).status, 403)
    const early = await call(host, 'POST', url, { ...removal, removedOn: '2026-01-09' }, { ifMatch: 1 })
    t.equal(early.body.code, 'standing_day_invalid')
    const removed = await call(host, 'POST', url, removal, { ifMatch: 1 })
    t.match(removed, { status: 200, body: { removedOn: '2026-03-01', removalSource: removal.source } })
    t.equal((await call(host, 'POST', url, removal, { ifMatch: 2 })).body.code, 'credit_listing_removed')
    const standing = await asSystem((work) => standingOf(work, { organizationId, hostId, day: '2026-02-28' }))
    t.match(standing.listings, [{ listedOn: '2026-01-10', removedOn: null }], 'on that day it was still listed')
  })

  t.test('an organization cannot say of itself whether it is deregistered', async (t) => {
    const url = `/v1/organizations/${organizationId}`
    const version = Number(String((await call(null, 'GET', url)).headers['etag']).replaceAll('"', ''))
    const patch = { deregisteredOn: '2026-04-01' }
    t.equal((await call(agency, 'PATCH', url, patch, { ifMatch: version })).status, 403)
    const gone = await call(host, 'PATCH', url, patch, { ifMatch: version })
    t.match(gone.body, { deregisteredOn: '2026-04-01', state: 'deregistered' })
    t.equal((await call(agency, 'PATCH', url, { deregisteredOn: null }, { ifMatch: version + 1 })).status, 403)
  })
})

t.test('a host bans from its own rounds', async (t) => {
  const { call, hostId, keyFor, newOrganization, setClock, asSystem } = await testApp(t)
  await setClock(TODAY)
  const host = await keyFor('host')
  const otherHostId = await newOrganization('河口县民政局', { type: 'government' })
  const otherHost = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
  const organizationId = await newOrganization('暖汀社会工作服务中心')
  const own = await keyFor('agency', { organizationId })
  const path = `/v1/organizations/${organizationId}/bans`
  const wanted = { endsOn: '2027-04-19', reason: '虚报服务记录' }
  const created = await call(host, 'POST', path, wanted)
  t.equal(created.status, 201, JSON.stringify(created.body))
  t.match(created.body, { hostId, startsOn: '2026-04-20', cause: 'host_decision', subject: null, liftedOn: null })

  t.test('from today on and not backwards', async (t) => {
    const refused = async (body: object) => (await call(host, 'POST', path, { ...wanted, ...body })).body.code
    t.equal(await refused({ startsOn: '2026-04-19' }), 'standing_day_invalid')
    t.equal(await refused({ startsOn: '2026-05-01', endsOn: '2026-04-30' }), 'standing_day_invalid')
    t.equal(await refused({ endsOn: '2999-01-01' }), 'standing_day_invalid')
    t.equal((await call(own, 'POST', path, wanted)).status, 403)
    t.equal((await call(null, 'POST', path, wanted)).status, 401)
  })

  t.test('it counts for this host alone', async (t) => {
    const bansOf = (host: string, day: string) =>
      asSystem(async (work) => (await standingOf(work, { organizationId, hostId: host, day })).bans.length)
    t.same(
      [await bansOf(hostId, '2026-04-20'), await bansOf(hostId, '2027-04-19'), await bansOf(hostId, '2027-04-20')],
      [1, 1, 0],
    )
    t.equal(await bansOf(otherHostId, '2026-04-20'), 0)
  })

  t.test('the banned see it, other hosts and agencies do not', async (t) => {
    const read = (key: string | null) => call(key, 'GET', `${path}/${created.body.id}`)
    t.equal((await read(own)).status, 200)
    t.equal((await read(host)).status, 200)
    t.equal((await read(otherHost)).status, 404)
    t.equal((await read(await keyFor('agency'))).status, 403)
    t.equal((await read(null)).status, 401)
    t.equal((await call(own, 'GET', path)).body.items.length, 1)
    t.equal((await call(otherHost, 'GET', path)).body.items.length, 0)
    t.equal((await call(await keyFor('platform_admin'), 'GET', path)).body.items.length, 1)
  })

  t.test('and may be lifted by who made it', async (t) => {
    const url = `${path}/${created.body.id}/lifting`
    t.equal((await call(otherHost, 'POST', url, { reason: '误判' }, { ifMatch: 1 })).status, 404)
    const lifted = await call(host, 'POST', url, { reason: '已整改' }, { ifMatch: 1 })
    t.match(lifted, { status: 200, body: { liftedOn: '2026-04-20', liftReason: '已整改' } })
    t.equal((await call(host, 'POST', url, { reason: '已整改' }, { ifMatch: 2 })).body.code, 'ban_not_in_force')
  })

  t.test('a breach or a failed evaluation bans once, for the months of the policy', async (t) => {
    const ban = {
      organizationId,
      hostId,
      cause: 'breach',
      subject: 'agr_1',
      startsOn: '2026-04-20',
      months: 36,
    } as const
    await asSystem((work) => banOrganization(work, { ...ban, reason: '违约终止协议' }))
    await asSystem((work) => banOrganization(work, { ...ban, reason: '违约终止协议' }))
    await asSystem((work) => banOrganization(work, { ...ban, subject: 'agr_2', months: 0, reason: '不禁入' }))
    const bans = (await call(host, 'GET', path)).body.items
    t.match(
      bans.filter((one: { cause: string }) => one.cause === 'breach'),
      [{ subject: 'agr_1', endsOn: '2029-04-20' }],
    )
    t.equal(bans.length, 2)
  })
})

t.test('an overdue refund is known until its money has come', async (t) => {
  const { asSystem, hostId, newOrganization } = await testApp(t)
  const organizationId = await newOrganization('青禾社会工作服务中心')
  const overdueOn = (day: string) =>
    asSystem(async (work) =>
      (await standingOf(work, { organizationId, hostId, day })).overdueRefunds.map(({ subject }) => subject),
    )
  const overdue = { organizationId, hostId, subject: 'rfc_1', dueOn: '2026-04-16' }
  await asSystem((work) => recordOverdueRefund(work, overdue))
  await asSystem((work) => recordOverdueRefund(work, overdue))
  t.same([await overdueOn('2026-04-16'), await overdueOn('2026-04-17')], [[], ['rfc_1']])
  await asSystem((work) => clearOverdueRefund(work, { subject: 'rfc_1', clearedOn: '2026-05-06' }))
  t.same([await overdueOn('2026-05-05'), await overdueOn('2026-05-06')], [['rfc_1'], []])
  await asSystem((work) => recordOverdueRefund(work, { ...overdue, subject: 'rfc_2' }))
  await asSystem((work) => clearOverdueRefund(work, { subject: 'rfc_2', clearedOn: '2026-04-16' }))
  t.same(await overdueOn('2026-04-18'), ['rfc_1'], 'money of the due day, booked late, was in time')
})

t.test('personal data is kept sealed, shown behind masks, and revealed for a reason', async (t) => {
  const { asSystem, call, database, keyFor, newOrganization } = await testApp(t)
  const serial = String(randomBytes(4).readUInt32BE()).padStart(10, '0')
  const CONTACTS = {
    legalRepresentative: '欧阳晓汀',
    address: `云汀县松坪路12号${serial}室`,
    phone: `1${serial}`,
    bankAccount: `622202${serial}`,
  }
  const organizationId = await newOrganization('暖汀社会工作服务中心')
  const own = await keyFor('agency', { organizationId })
  const host = await keyFor('host')
  const path = `/v1/organizations/${organizationId}/contacts`

  t.test('an agency sets its own', async (t) => {
    t.equal((await call(host, 'PUT', path, CONTACTS, { ifMatch: 1 })).status, 403)
    t.equal((await call(await keyFor('agency'), 'PUT', path, CONTACTS, { ifMatch: 1 })).status, 403)
    t.equal((await call(own, 'PUT', path, { ...CONTACTS, wechat: 'x' }, { ifMatch: 1 })).status, 400)
    t.equal((await call(own, 'PUT', path, CONTACTS)).status, 428)
    t.equal((await call(own, 'PUT', path, CONTACTS, { ifMatch: 4 })).status, 412)
    const set = await call(own, 'PUT', path, CONTACTS, { ifMatch: 1 })
    t.equal(set.status, 200, JSON.stringify(set.body))
    t.equal(set.headers['etag'], '"2"')
    t.match(set.body, { legalRepresentative: '欧***', phone: `${CONTACTS.phone.slice(0, 3)}****${serial.slice(-4)}` })
  })

  t.test('the side of a host and the agency read the masks, nobody else reads anything', async (t) => {
    for (const key of [own, host]) {
      const read = await call(key, 'GET', path)
      t.match(read.body, { organizationId, legalRepresentative: '欧***' })
      t.notMatch(JSON.stringify(read.body), new RegExp(serial))
    }
    t.equal((await call(await keyFor('agency'), 'GET', path)).status, 403)
    t.equal(
      (await call(await keyFor('expert', { expertId: 'exp_00000000000000000000000001' }), 'GET', path)).status,
      403,
    )
    t.equal((await call(null, 'GET', path)).status, 401)
    t.notMatch(JSON.stringify((await call(null, 'GET', `/v1/organizations/${organizationId}`)).body), /欧/)
  })

  t.test('a host gives a reason and sees what it asked for', async (t) => {
    const url = `/v1/organizations/${organizationId}/reveal`
    const wanted = { reason: '核对收款账户', fields: ['bankAccount'] }
    t.equal((await call(own, 'POST', url, wanted)).status, 403)
    t.equal((await call(await keyFor('operator'), 'POST', url, wanted)).status, 403)
    t.equal((await call(host, 'POST', url, { fields: ['phone'] })).status, 400, 'no reason, no answer')
    t.equal((await call(host, 'POST', url, { ...wanted, fields: [] })).status, 400)
    const revealed = await call(host, 'POST', url, wanted, { idempotencyKey: 'reveal-1' })
    t.match(revealed, { status: 200, body: { bankAccount: CONTACTS.bankAccount } })
    t.notOk('phone' in revealed.body)
    const again = await call(host, 'POST', url, wanted, { idempotencyKey: 'reveal-1' })
    t.same(again.body, revealed.body, 'a repeated request is answered the same, without a second record')
    const { rows } = await database.pool.query('select fields, reason from contact_reveal')
    t.same(rows, [{ fields: ['bankAccount'], reason: '核对收款账户' }])
    const events = await database.pool.query("select data from event where type = 'organization.contacts_revealed'")
    t.same(events.rows, [{ data: { revealId: revealed.body.revealId, fields: ['bankAccount'] } }])
  })

  t.test('no table holds a value in clear', async (t) => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    for (const { name } of rows) {
      const found = await database.pool.query(
        `select count(*)::integer as count from "${name}" as one where one::text like any ($1)`,
        [[`%${serial}%`, '%欧阳晓汀%']],
      )
      t.equal(found.rows[0].count, 0, name)
    }
  })

  t.test('whoever shares a contact is found without opening it', async (t) => {
    const others = [await newOrganization('青禾'), await newOrganization('同行'), await newOrganization('和邻')]
    const admin = await keyFor('platform_admin')
    const none = { legalRepresentative: null, address: null, phone: null, bankAccount: null }
    const set = (id: string | undefined, contacts: object) =>
      call(admin, 'PUT', `/v1/organizations/${id}/contacts`, { ...none, ...contacts }, { ifMatch: 1 })
    await set(others[0], { legalRepresentative: '欧阳 晓汀', phone: `+86 ${CONTACTS.phone}` })
    await set(others[1], { bankAccount: CONTACTS.phone })
    const [first = '', second = ''] = [organizationId, others[0] ?? ''].sort()
    const shared = await asSystem((work) => sharedContactsAmong(work, [organizationId, ...others]))
    t.same(shared, [{ organizationId: first, otherId: second, kinds: ['legal_representative', 'phone'] }])
    t.same(await asSystem((work) => sharedContactsAmong(work, [organizationId])), [])
  })

  t.test('a column that is named like personal data holds nothing but sealed values', async (t) => {
    const { rows } = await database.pool.query<{ place: string; type: string }>(
      `select table_name || '.' || column_name as place, data_type as type from information_schema.columns
       where table_schema = 'public'
         and column_name ~ '(^|_)(phone|mobile|address|bank_account|representative|id_number|id_card|email)(_|$)'`,
    )
    t.not(rows.length, 0)
    for (const { place, type } of rows) {
      const [table, column] = place.split('.')
      if (type === 'bytea' && column?.endsWith('_index')) continue
      const { rows: checks } = await database.pool.query(
        `select 1 from pg_constraint where conrelid = $1::regclass and pg_get_constraintdef(oid) like '%' || $2 || ' ~ ''^v1%'`,
        [table, column],
      )
      t.equal(checks.length, 1, place)
    }
  })
})
