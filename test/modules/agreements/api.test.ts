import { sql } from 'drizzle-orm'
import t from 'tap'
import { completeAgreement } from '../../../src/modules/agreements/index.ts'
import { ok, proposedCounty, unknownId, yuan } from '../notices/county.ts'
import { approvedCounty, signedAgreement } from './arrange.ts'

t.test('an agreement is drawn up, signed by its parties, and starts the project', async (t) => {
  const county = await approvedCounty(t)
  const { call, keys, keyFor, act, awardId, projectId, roundId, asSystem } = county
  const [agency, otherAgency] = keys.agencies as [string, string]
  const finance = await keyFor('finance')

  await t.test('createAgreement is the host’s side’s, for a confirmed award, once', async (t) => {
    const draw = (key: string | null, body: object = {}) => call(key, 'POST', '/v1/agreements', { awardId, ...body })
    t.equal((await draw(null)).status, 401)
    for (const key of [agency, finance, keys.town]) t.equal((await draw(key)).status, 403)
    const stranger = await keyFor('host', { hostId: await county.newOrganization('别县民政局') })
    t.equal((await draw(stranger)).status, 404)
    t.equal((await draw(keys.host, { awardId: unknownId('awd') })).status, 404)
    t.equal((await draw(keys.host, { parties: ['host', 'operator'] })).status, 400, 'the agency always signs')
    t.equal((await draw(keys.host, { startsOn: '2026-02-30' })).status, 400)
    t.match(await draw(keys.host, { midPointOn: '2026-12-01' }), {
      status: 422,
      body: { code: 'agreement_period_invalid' },
    })
    t.match(await draw(keys.host, { endsOn: '2026-05-01' }), {
      status: 422,
      body: { code: 'agreement_period_invalid' },
    })
    const cancelled = (await county.awards()).find(({ state }) => state === 'reserve' || state === 'cancelled')
    t.equal(cancelled, undefined, 'the reserve bid has no award that could be signed')
    const drawn = await draw(keys.operator)
    t.match(drawn, {
      status: 201,
      body: {
        awardId,
        projectId,
        roundId,
        approved: yuan('95000.00'),
        startsOn: '2026-06-01',
        endsOn: '2026-11-30',
        midPointOn: '2026-08-31',
        parties: ['host', 'agency'],
        signatures: [],
        state: 'draft',
        actions: ['sign', 'terminate'],
      },
    })
    t.equal(drawn.headers.location, `/v1/agreements/${drawn.body.id}`)
    t.match(await draw(keys.host), { status: 409, body: { code: 'agreement_exists' } })
  })

  const [drawn] = ok(await call(keys.host, 'GET', `/v1/agreements?projectId=${projectId}`)).items
  const path = `/v1/agreements/${drawn.id}`
  const sign = (key: string, party: string, more: object = {}) => act(key, path, '/signatures', { party, ...more })

  await t.test('signAgreement: each party for itself, once, between the meeting and today', async (t) => {
    t.equal((await sign(agency, 'host')).status, 403)
    t.equal((await sign(keys.operator, 'host')).status, 403)
    t.equal((await sign(keys.host, 'agency')).status, 403)
    t.equal((await call(otherAgency, 'POST', `${path}/signatures`, { party: 'agency' }, { ifMatch: 1 })).status, 404)
    t.equal((await sign(keys.operator, 'operator')).body.code, 'party_not_expected')
    for (const signedOn of ['2026-05-28', '2026-05-17'])
      t.equal((await sign(keys.host, 'host', { signedOn })).body.code, 'signature_day_invalid', signedOn)
    t.equal((await call(keys.host, 'POST', `${path}/signatures`, { party: 'host' })).status, 428)
    t.match(await sign(keys.host, 'host', { signedOn: '2026-05-26' }), {
      status: 200,
      body: { state: 'partly_signed', effectiveOn: null, signatures: [{ party: 'host', signedOn: '2026-05-26' }] },
    })
    t.equal((await sign(keys.host, 'host')).body.code, 'party_has_signed')
    t.same(ok(await call(keys.host, 'GET', `/v1/tranches?projectId=${projectId}`)).items, [], 'nothing is planned yet')
  })

  await t.test('the last signature plans tranches and reports, and starts project and round', async (t) => {
    t.match(await sign(agency, 'agency'), {
      status: 200,
      body: { state: 'effective', effectiveOn: '2026-05-27', actions: ['terminate'] },
    })
    const tranches = ok(await call(agency, 'GET', `/v1/tranches?projectId=${projectId}`)).items
    t.match(
      tranches.sort((a: { number: number }, b: { number: number }) => a.number - b.number),
      [
        { state: 'due', scheduled: yuan('47500.00'), due: { effectiveOn: '2026-06-17' } },
        { state: 'planned', scheduled: yuan('28500.00'), due: null },
        { state: 'planned', scheduled: yuan('19000.00'), due: null },
      ],
    )
    const duties = ok(await call(agency, 'GET', `/v1/report-duties?projectId=${projectId}`)).items
    t.same(
      new Map(duties.map((duty: { kind: string; due: { effectiveOn: string } }) => [duty.kind, duty.due.effectiveOn])),
      new Map([
        ['mid_self_assessment', '2026-09-07'],
        ['closing', '2026-12-07'],
      ]),
    )
    t.equal(ok(await call(keys.host, 'GET', `/v1/projects/${projectId}`)).state, 'active')
    t.equal(ok(await call(keys.host, 'GET', `/v1/rounds/${roundId}`)).state, 'implementing')
    t.equal((await sign(agency, 'agency')).body.code, 'agreement_not_in_state')
  })

  await t.test('readAgreement and listAgreements show it to its parties', async (t) => {
    for (const key of [agency, keys.host, keys.operator, finance]) {
      t.equal((await call(key, 'GET', path)).status, 200)
      t.equal(ok(await call(key, 'GET', `/v1/agreements?roundId=${roundId}&state=effective`)).items.length, 1)
    }
    t.equal((await call(otherAgency, 'GET', path)).status, 404)
    t.same(ok(await call(otherAgency, 'GET', '/v1/agreements')).items, [])
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/agreements/${unknownId('agr')}`)).status, 404)
  })

  await t.test('terminateAgreement stops money and reports, and ends the project', async (t) => {
    const termination = { kind: 'breach', reason: '挪用资金' }
    t.equal((await act(keys.operator, path, '/termination', termination)).status, 403)
    t.equal((await act(agency, path, '/termination', termination)).status, 403)
    t.match(await act(keys.host, path, '/termination', termination), {
      status: 200,
      body: { state: 'terminated', terminatedOn: '2026-05-27', terminationKind: 'breach', actions: [] },
    })
    t.equal((await act(keys.host, path, '/termination', termination)).body.code, 'agreement_not_in_state')
    const states = async (list: string) =>
      new Set(
        ok(await call(agency, 'GET', `/v1/${list}?projectId=${projectId}`)).items.map(
          (one: { state: string }) => one.state,
        ),
      )
    t.same(await states('tranches'), new Set(['cancelled']))
    t.same(await states('report-duties'), new Set(['cancelled']))
    t.equal(ok(await call(keys.host, 'GET', `/v1/projects/${projectId}`)).state, 'terminated')
    await asSystem((work) => completeAgreement(work, projectId))
    t.equal(ok(await call(keys.host, 'GET', path)).state, 'terminated', 'a terminated agreement is never completed')
    const { id, organizationId } = ok(await call(keys.host, 'GET', path))
    const bans = ok(await call(keys.host, 'GET', `/v1/organizations/${organizationId}/bans`)).items
    const ban = { cause: 'breach', subject: id, startsOn: '2026-05-27', endsOn: '2029-05-27' }
    t.match(bans, [ban], 'a breach bans for the 36 months of the policy')
  })

  await t.test('one that is not signed takes its award with it, and its money goes back', async (t) => {
    const { id: mediationId } = await county.awardOf(2)
    const { id } = ok(
      await call(keys.host, 'POST', '/v1/agreements', {
        awardId: mediationId,
        parties: ['agency', 'host', 'operator'],
      }),
    )
    const before = await county.pools()
    t.match(await act(keys.host, `/v1/agreements/${id}`, '/termination', { kind: 'mutual', reason: '机构放弃' }), {
      status: 200,
      body: { state: 'terminated', effectiveOn: null },
    })
    t.equal((await county.awardOf(2)).state, 'cancelled')
    t.equal(
      ok(await call(null, 'GET', `/v1/needs/${county.needIds.mediation}`)).state,
      'published',
      'and its need waits again',
    )
    t.notSame(await county.pools(), before)
    const again = await call(keys.host, 'POST', '/v1/agreements', { awardId: mediationId })
    t.match(again, { status: 409, body: { code: 'award_not_confirmed' } })
  })
})

t.test('at a signing ceremony several agreements become effective at once', async (t) => {
  const county = await approvedCounty(t)
  const { call, keys, act, awardId, roundId } = county
  const awardIds = [awardId, (await county.awardOf(2)).id]
  const paths = []
  for (const id of awardIds)
    paths.push(`/v1/agreements/${ok(await call(keys.host, 'POST', '/v1/agreements', { awardId: id })).id}`)
  for (const path of paths) ok(await act(keys.host, path, '/signatures', { party: 'host' }))
  const agencies = [keys.agencies[0] as string, keys.agencies[2] as string]
  const answers = await Promise.all(
    paths.map((path, index) => act(agencies[index] as string, path, '/signatures', { party: 'agency' })),
  )
  t.same(
    answers.map(({ status, body }) => [status, body.state]),
    [
      [200, 'effective'],
      [200, 'effective'],
    ],
  )
  t.equal(ok(await call(keys.host, 'GET', `/v1/tranches?roundId=${roundId}&state=due`)).items.length, 2)
})

t.test('an agreement signed when the next year’s calendar is missing is refused, not guessed', async (t) => {
  const county = await approvedCounty(t, '2026-12-28T02:00:00Z')
  const { call, keys, act, awardId, projectId } = county
  const { id } = ok(await call(keys.host, 'POST', '/v1/agreements', { awardId }))
  const path = `/v1/agreements/${id}`
  ok(await act(keys.host, path, '/signatures', { party: 'host' }))
  const refused = await act(keys.agencies[0] as string, path, '/signatures', { party: 'agency' })
  t.match(refused, { status: 422, body: { code: 'calendar_year_missing' } })
  t.equal(ok(await call(keys.host, 'GET', path)).state, 'partly_signed', 'the signature is not kept')
  t.equal(ok(await call(keys.host, 'GET', `/v1/projects/${projectId}`)).state, 'pending_agreement')
  const backdated = { party: 'agency', signedOn: '2026-05-27' }
  t.equal((await act(keys.agencies[0] as string, path, '/signatures', backdated)).status, 422, 'the later day counts')
})

t.test(
  'a project that runs into a year without a calendar can be signed; its late reports are resolved later',
  async (t) => {
    const county = await approvedCounty(t)
    await signedAgreement(county, { endsOn: '2027-03-31' })
    const duties = ok(await county.call(county.keys.host, 'GET', '/v1/report-duties?kind=closing')).items
    t.match(duties, [{ countsFrom: '2027-03-31', due: null, state: 'waiting' }])
  },
)

t.test('an award that falls with its unsigned agreement takes along what is open about it', async (t) => {
  const appeal = { window: { amount: 5, basis: 'working' }, decision: { amount: 10, basis: 'working' } }
  const county = await proposedCounty(t, {
    objection: { reply: { amount: 5, basis: 'working' }, anonymous: 'log_only', appeal },
  })
  const { call, keys, act, advanceTo, roundId } = county
  const [, objector = ''] = keys.agencies
  const { id: awardId } = await county.awardOf(0)
  const { id: noticeId } = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await advanceTo('2026-05-11T02:00:00Z')
  const filing = { noticeId, awardId, grounds: '业绩材料不实' }
  const objection = `/v1/objections/${ok(await call(objector, 'POST', '/v1/objections', filing)).id}`
  ok(await act(keys.operator, objection, '/acceptance'))
  ok(await act(keys.operator, objection, '/decision', { outcome: 'dismissed', reasons: '与材料一致' }))
  await advanceTo('2026-05-18T02:00:00Z')
  const minutes = { heldOn: '2026-05-18', minutes: '同意立项' }
  ok(await act(keys.host, `/v1/rounds/${roundId}`, '/decision-meetings', minutes))
  const appealed = `/v1/objections/${ok(await act(objector, objection, '/appeal', { grounds: '不服' })).id}`
  ok(await act(keys.host, appealed, '/acceptance'))
  t.equal((await county.awardOf(0)).state, 'confirmed', 'an appeal does not hold what a meeting has confirmed')
  const { id } = ok(await call(keys.host, 'POST', '/v1/agreements', { awardId }))
  ok(await act(keys.host, `/v1/agreements/${id}`, '/termination', { kind: 'mutual', reason: '逾期未签' }))
  t.equal((await county.awardOf(0)).state, 'cancelled')
  t.match(ok(await call(keys.host, 'GET', appealed)), { state: 'dismissed', decisionReasons: /已取消或放弃/ })
  const subject = appealed.split('/').at(-1)
  t.same(ok(await call(keys.host, 'GET', `/v1/deadlines?state=waiting&subject=${subject}`)).items, [])
  const { rows } = await county.database.sql.execute(
    sql`select data ->> 'state' as state from event where subject = ${subject} and type = 'objection.settled'`,
  )
  t.same(rows, [{ state: 'dismissed' }])
})
