import t from 'tap'
import { testApp } from '../../support/app.ts'
import { type Implementation, implementation, money } from '../evaluations/arrange.ts'
import { ok, proposedCounty } from '../notices/county.ts'
import { listedProject } from '../projects/arrange.ts'
import { expecting } from '../rounds/fixtures.ts'

const SIGNING = '2026-05-27T02:00:00Z'
const UNKNOWN = '00000000000000000000000000'

interface Row {
  readonly sources: Readonly<Record<string, string>>
  readonly points: readonly string[]
  readonly grade: string
  readonly eligible: string
  readonly finalTranche: string
  readonly refund: string
}

/** The projects of demo-round.md 5.11, which all passed their mid-term here. */
const ROWS: readonly Row[] = [
  {
    sources: { welfare_lottery: '95000.00' },
    points: ['28.5', '23', '14.2', '18.5', '9'],
    grade: 'excellent',
    eligible: '94310.50',
    finalTranche: '18310.50',
    refund: '0.00',
  },
  {
    sources: { welfare_lottery: '80000.00' },
    points: ['25.5', '20.5', '13.1', '17', '8.5'],
    grade: 'good',
    eligible: '80000.00',
    finalTranche: '16000.00',
    refund: '0.00',
  },
  {
    sources: { welfare_lottery: '90000.00' },
    points: ['23', '19', '12.5', '16', '7.5'],
    grade: 'good',
    eligible: '87420.00',
    finalTranche: '15420.00',
    refund: '0.00',
  },
  {
    sources: { welfare_lottery: '70000.00' },
    points: ['27.5', '22.5', '14', '18', '9'],
    grade: 'excellent',
    eligible: '70000.00',
    finalTranche: '14000.00',
    refund: '0.00',
  },
  {
    sources: { fiscal: '85000.00' },
    points: ['22', '17.5', '12.4', '14', '6.5'],
    grade: 'pass',
    eligible: '83000.00',
    finalTranche: '15000.00',
    refund: '0.00',
  },
  {
    sources: { welfare_lottery: '85000.00', fiscal: '15000.00' },
    points: ['14', '13', '11.5', '12', '8'],
    grade: 'fail',
    eligible: '61240.00',
    finalTranche: '0.00',
    refund: '18760.00',
  },
]

/** Projects that were paid twice and finally evaluated; it is 2026-12-11 and nothing is audited. */
async function delivered(place: Implementation, rows: readonly Row[]): Promise<string[]> {
  const { advanceTo, evaluate, pay, project, report } = place
  const ids: string[] = []
  await advanceTo(SIGNING)
  for (const row of rows) ids.push(await project(row.sources))
  await advanceTo('2026-06-10T02:00:00Z')
  for (const id of ids) await pay(id, 1, '2026-06-10')
  await advanceTo('2026-09-04T02:00:00Z')
  for (const id of ids) await report(id, 'mid_self_assessment')
  await advanceTo('2026-09-17T02:00:00Z')
  for (const id of ids) await evaluate(id, 'mid', '2026-09-16', ['33', '12', '21', '16'])
  await advanceTo('2026-09-24T02:00:00Z')
  for (const id of ids) await pay(id, 2, '2026-09-24')
  await advanceTo('2026-12-11T02:00:00Z')
  for (const [index, row] of rows.entries()) await evaluate(ids[index] ?? '', 'final', '2026-12-09', row.points)
  return ids
}

t.test('the settlement of the demonstration round (5.11) to the fen', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const place = await implementation(app)
  const { act, advanceTo, keys, pay, roundId, tranche } = place
  const projects = await delivered(place, ROWS)
  const [p1 = '', , , , , p6 = ''] = projects
  const audit = (key: string | null, projectId: string, eligible: string, more: object = {}) =>
    call(key, 'POST', '/v1/audits', { projectId, eligible: money(eligible), auditedOn: '2026-12-10', ...more })
  const settle = (key: string | null, projectId: string) => call(key, 'POST', '/v1/settlements', { projectId })

  await t.test('recordAudit is for auditors, evaluators and the host, and names what was struck off', async (t) => {
    t.equal((await audit(null, p1, '1.00')).status, 401)
    t.equal((await audit(keys.finance, p1, '1.00')).status, 403)
    t.equal((await audit(keys.agency, p1, '1.00')).status, 403)
    t.equal((await audit(keys.foreign, p1, '1.00')).status, 404)
    t.equal((await audit(keys.auditor, `prj_${UNKNOWN}`, '1.00')).status, 404)
    t.equal((await audit(keys.auditor, p1, '1.00', { auditedOn: '2026-12-12' })).body.code, 'audit_in_future')
    const related = { auditorOrganizationId: place.organizationId }
    t.equal((await audit(keys.host, p1, '1.00', related)).body.code, 'auditor_not_independent')
    const unknown = { auditorOrganizationId: `org_${UNKNOWN}` }
    t.equal((await audit(keys.host, p1, '1.00', unknown)).body.code, 'auditor_unknown')
    const disallowed = [{ category: 'karaoke', amount: money('300.00'), reasonCode: 'private' }]
    t.equal((await audit(keys.host, p1, '1.00', { disallowed })).body.code, 'audit_category_unknown')
    const bogus = { documentIds: [`doc_${UNKNOWN}`] }
    t.equal((await audit(keys.host, p1, '1.00', bogus)).body.code, 'document_not_usable')
    const first = await audit(keys.auditor, p1, '94000.00')
    t.match(first, { status: 201, body: { state: 'accepted', eligible: money('94000.00'), acceptedOn: '2026-12-11' } })
    const struck = [{ category: 'publicity', amount: money('689.50'), reasonCode: 'no_invoice' }]
    const second = await audit(keys.auditor, p1, '94310.50', { disallowed: struck })
    t.match(second.body, { state: 'accepted', disallowed: struck })
    const replaced = await call(keys.agency, 'GET', String(first.headers.location))
    t.equal(replaced.body.state, 'superseded', 'a corrected audit takes the place of the first')
    t.equal((await call(keys.otherAgency, 'GET', String(first.headers.location))).status, 404)
    t.equal((await call(keys.town, 'GET', String(first.headers.location))).status, 403)
    t.equal((await call(null, 'GET', String(first.headers.location))).status, 401)
    t.equal((await call(keys.auditor, 'GET', `/v1/audits?projectId=${p1}`)).body.items.length, 2)
    t.same((await call(keys.otherAgency, 'GET', '/v1/audits')).body.items, [])
    t.equal((await call(keys.town, 'GET', '/v1/audits')).status, 403)
  })

  await t.test('settleProject waits for the audit, and is the host’s and finance’s', async (t) => {
    t.equal((await settle(null, p6)).status, 401)
    t.equal((await settle(keys.auditor, p6)).status, 403)
    t.equal((await settle(keys.foreign, p6)).status, 404)
    t.match(await settle(keys.finance, p6), { status: 422, body: { code: 'audit_missing' } })
    const unkeyed = await call(keys.finance, 'POST', '/v1/settlements', { projectId: p6 }, { idempotencyKey: null })
    t.equal(unkeyed.body.code, 'idempotency_key_required')
  })

  await t.test('final tranches, refunds and net grants are those of the demonstration', async (t) => {
    for (const [index, row] of ROWS.entries()) {
      const projectId = projects[index] ?? ''
      expecting(201, await audit(keys.auditor, projectId, row.eligible))
      const settled = await settle(keys.finance, projectId)
      t.match(
        settled,
        {
          status: 201,
          body: {
            kind: 'completion',
            grade: row.grade,
            eligible: money(row.eligible),
            finalTranche: money(row.finalTranche),
            refund: money(row.refund),
            net: money(row.eligible),
            settledOn: '2026-12-11',
            carriesOver: false,
          },
        },
        `P${index + 1}`,
      )
      const last = await tranche(projectId, 3)
      if (row.finalTranche === '0.00') t.match(last, { state: 'cancelled' })
      else t.match(last, { state: 'due', payable: money(row.finalTranche), due: { effectiveOn: '2026-12-25' } })
      t.equal((await call(keys.host, 'GET', `/v1/projects/${projectId}`)).body.state, 'closed')
    }
    t.match(await settle(keys.finance, p1), { status: 409, body: { code: 'settlement_exists' } })
    t.match(await audit(keys.auditor, p1, '95000.00'), { status: 409, body: { code: 'audit_already_used' } })
  })

  await t.test('readRoundStatement shows what is assessed and not paid yet (已评未拨)', async (t) => {
    const { body } = await call(keys.auditor, 'GET', `/v1/rounds/${roundId}/statement`)
    t.match(body.totals, { assessedUnpaid: money('78730.50'), paid: money('416000.00'), net: money('397240.00') })
  })

  await t.test('the round ends with the sums of the demonstration, by source and in the books', async (t) => {
    for (const projectId of projects.slice(0, 5)) await pay(projectId, 3, '2026-12-11')
    const url = `/v1/rounds/${roundId}/statement`
    const { body } = await call(keys.host, 'GET', url)
    t.match(body.sources, [
      {
        source: 'welfare_lottery',
        approved: money('420000.00'),
        refund: money('15946.00'),
        net: money('383784.50'),
        unallocated: money('0.00'),
      },
      {
        source: 'fiscal',
        approved: money('100000.00'),
        refund: money('2814.00'),
        net: money('92186.00'),
        unallocated: money('80000.00'),
      },
    ])
    t.match(body.totals, {
      approved: money('520000.00'),
      paid: money('494730.50'),
      refund: money('18760.00'),
      received: money('0.00'),
      net: money('475970.50'),
      assessedUnpaid: money('0.00'),
      unallocated: money('80000.00'),
    })
    t.equal(body.executionRate, '91.53')
    t.equal(body.projects.length, 6)
    const own = body.projects.find((item: { projectId: string }) => item.projectId === p6)
    t.match(own, { grade: 'fail', paid: money('80000.00'), refund: money('18760.00'), net: money('61240.00') })
    const ledger = (await call(keys.host, 'GET', `/v1/rounds/${roundId}/ledger`)).body
    t.match(ledger.totals, { paid: body.totals.paid }, 'paid is what the ledger says')
    t.equal((await call(keys.agency, 'GET', url)).status, 403)
    t.equal((await call(null, 'GET', url)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/rounds/rnd_${UNKNOWN}/statement`)).status, 404)
  })

  await t.test('claimRefund refuses to guess a working day of a year without a calendar', async (t) => {
    await advanceTo('2026-12-22T02:00:00Z')
    const [settlement] = (await call(keys.host, 'GET', `/v1/settlements?projectId=${p6}`)).body.items
    t.match(settlement, {
      actions: ['claimRefund'],
      sources: [
        { source: 'welfare_lottery', paid: money('68000.00'), refund: money('15946.00') },
        { source: 'fiscal', paid: money('12000.00'), refund: money('2814.00') },
      ],
    })
    const path = `/v1/settlements/${settlement.id}`
    t.equal((await act(keys.auditor, path, '/refund-claim')).status, 403)
    t.equal((await act(keys.foreign, path, '/refund-claim')).status, 404)
    t.equal((await call(null, 'POST', `${path}/refund-claim`, undefined, { ifMatch: 1 })).status, 401)
    t.equal((await call(keys.finance, 'POST', `${path}/refund-claim`)).status, 428)
    t.equal((await call(keys.finance, 'POST', `${path}/refund-claim`, undefined, { ifMatch: 9 })).status, 412)
    t.match(await act(keys.finance, path, '/refund-claim'), { status: 422, body: { code: 'calendar_year_missing' } })

    const holidays = ['2027-01-01', '2027-01-02', '2027-01-03']
    const year = { year: 2027, holidays, makeupWorkdays: [], source: '试用日历' }
    expecting(201, await call(await app.keyFor('platform_admin'), 'POST', '/v1/calendar-years', year))
    const claim = await act(keys.finance, path, '/refund-claim')
    t.match(claim, {
      status: 201,
      body: {
        amount: money('18760.00'),
        issuedOn: '2026-12-22',
        due: { effectiveOn: '2027-01-13' },
        sources: [{ amount: money('15946.00') }, { amount: money('2814.00') }],
      },
    })
    t.equal((await act(keys.finance, path, '/refund-claim')).body.code, 'refund_claim_exists')
    const settled = (await call(keys.agency, 'GET', path)).body
    t.match(settled, { refundClaimId: claim.body.id, actions: [] })
    const [other] = (await call(keys.host, 'GET', `/v1/settlements?projectId=${p1}`)).body.items
    t.equal((await act(keys.host, `/v1/settlements/${other.id}`, '/refund-claim')).body.code, 'nothing_to_refund')
    t.equal((await call(keys.otherAgency, 'GET', path)).status, 404)
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(keys.otherAgency, 'GET', '/v1/settlements')).body.items.length, 0)
    t.equal((await call(keys.agency, 'GET', `/v1/settlements?roundId=${roundId}`)).body.items.length, 6)
  })

  await t.test('what comes back shows in the account', async (t) => {
    const [claim] = (await call(keys.finance, 'GET', `/v1/refund-claims?projectId=${p6}`)).body.items
    const receipt = { amount: money('18760.00'), receivedOn: '2026-12-22', voucher: '退-1' }
    expecting(200, await act(keys.finance, `/v1/refund-claims/${claim.id}`, '/receipts', receipt))
    const { body } = await call(keys.host, 'GET', `/v1/rounds/${roundId}/statement`)
    t.match(body.totals, { received: money('18760.00'), net: money('475970.50') })
  })
})

t.test('a settlement waits for result and payments, and enforces matching where the policy says so', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const place = await implementation(app, { matchingEnforcedAtClose: true })
  const { advanceTo, evaluate, keys, pay, project, report } = place
  await advanceTo(SIGNING)
  const projectId = await project({ welfare_lottery: '85000.00', fiscal: '15000.00' })
  const audit = (more: object) =>
    call(keys.host, 'POST', '/v1/audits', {
      projectId,
      eligible: money('61240.00'),
      auditedOn: '2026-05-27',
      ...more,
    })
  const settle = () => call(keys.finance, 'POST', '/v1/settlements', { projectId })
  t.match(await audit({}), { status: 422, body: { code: 'own_matching_missing' } })
  expecting(201, await audit({ ownMatching: money('15000.00') }))
  t.match(await settle(), { status: 422, body: { code: 'final_evaluation_missing' } })
  await pay(projectId, 1, '2026-05-27')
  await advanceTo('2026-09-04T02:00:00Z')
  await report(projectId, 'mid_self_assessment')
  await evaluate(projectId, 'mid', '2026-09-04', ['33', '12', '21', '16'])
  await advanceTo('2026-12-25T02:00:00Z')
  await evaluate(projectId, 'final', '2026-12-25', ['22', '17.5', '12.4', '14', '6.5'])
  t.match(await settle(), { status: 409, body: { code: 'tranche_in_progress' } }, 'the second tranche is not paid')
  await pay(projectId, 2, '2026-12-25')
  const settled = await settle()
  t.match(settled, {
    status: 201,
    body: {
      audited: money('61240.00'),
      eligible: money('60000.00'),
      refund: money('20000.00'),
      net: money('60000.00'),
    },
  })

  await t.test('a project that never got money is neither audited nor settled', async (t) => {
    const needId = await place.newNeed()
    const listed = await listedProject(app, keys.agency, [needId])
    const body = { projectId: listed, eligible: money('1.00'), auditedOn: '2026-12-01' }
    t.equal((await call(keys.host, 'POST', '/v1/audits', body)).body.code, 'project_not_auditable')
    const answer = await call(keys.host, 'POST', '/v1/settlements', { projectId: listed })
    t.equal(answer.body.code, 'project_not_settleable')
  })
})

t.test('a final tranche that falls due after the year is carried over (6.14)', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const place = await implementation(app)
  const { advanceTo, evaluate, keys, pay, project, report } = place
  await advanceTo(SIGNING)
  const projectId = await project({ welfare_lottery: '80000.00' })
  await pay(projectId, 1, '2026-05-27')
  await advanceTo('2026-09-04T02:00:00Z')
  await report(projectId, 'mid_self_assessment')
  await evaluate(projectId, 'mid', '2026-09-04', ['33', '12', '21', '16'])
  await pay(projectId, 2, '2026-09-04')
  await advanceTo('2026-12-24T02:00:00Z')
  await evaluate(projectId, 'final', '2026-12-24', ['25.5', '20.5', '13.1', '17', '8.5'])
  const body = { projectId, eligible: money('80000.00'), auditedOn: '2026-12-24' }
  expecting(201, await call(keys.auditor, 'POST', '/v1/audits', body))
  const settle = () => call(keys.host, 'POST', '/v1/settlements', { projectId })
  t.match(await settle(), { status: 422, body: { code: 'calendar_year_missing' } })
  t.equal((await call(keys.host, 'GET', `/v1/projects/${projectId}`)).body.state, 'active', 'nothing was written')
  const year = { year: 2027, holidays: ['2027-01-01'], makeupWorkdays: [], source: '试用日历' }
  expecting(201, await call(await app.keyFor('platform_admin'), 'POST', '/v1/calendar-years', year))
  t.match(await settle(), { status: 201, body: { carriesOver: true, finalTranche: money('16000.00') } })
})

t.test(
  'a round is closed when each of its projects is settled, and a terminated one is settled by its audit',
  async (t) => {
    const place = await proposedCounty(t)
    const { act, advanceTo, agencyIds, awards, call, keys, roundId, keyFor } = place
    const finance = await keyFor('finance')
    const round = `/v1/rounds/${roundId}`
    t.equal((await act(keys.operator, round, '/closure')).status, 403)
    t.equal((await call(keys.host, 'POST', `${round}/closure`)).status, 428)
    t.equal((await call(keys.host, 'POST', `${round}/closure`, undefined, { ifMatch: 99 })).status, 412)
    t.equal((await call(keys.host, 'POST', `/v1/rounds/rnd_${UNKNOWN}/closure`, undefined, { ifMatch: 1 })).status, 404)
    t.match(await act(keys.host, round, '/closure'), { status: 409, body: { code: 'round_not_settled' } })

    ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
    await advanceTo('2026-05-18T02:00:00Z')
    ok(await act(keys.host, round, '/decision-meetings', { heldOn: '2026-05-18', minutes: '同意' }))
    const projectIds: string[] = []
    for (const award of (await awards()).filter(({ state }) => state === 'confirmed')) {
      const agreement = ok(await call(keys.host, 'POST', '/v1/agreements', { awardId: award.id }))
      const path = `/v1/agreements/${agreement.id}`
      const agency = keys.agencies[agencyIds.indexOf(award.organizationId)] ?? ''
      ok(await act(keys.host, path, '/signatures', { party: 'host' }))
      ok(await act(agency, path, '/signatures', { party: 'agency' }))
      ok(await act(keys.host, path, '/termination', { kind: 'mutual', reason: '双方协商一致' }))
      projectIds.push(agreement.projectId)
    }
    t.equal(projectIds.length, 2)
    for (const projectId of projectIds) {
      t.equal((await act(keys.host, round, '/closure')).body.code, 'round_not_settled')
      const audit = { projectId, eligible: money('0.00'), auditedOn: '2026-05-18' }
      ok(await call(keys.auditor, 'POST', '/v1/audits', audit))
      t.match(ok(await call(finance, 'POST', '/v1/settlements', { projectId })), {
        kind: 'termination',
        grade: null,
        evaluationId: null,
        finalTranche: money('0.00'),
        refund: money('0.00'),
        net: money('0.00'),
      })
      t.equal(ok(await call(keys.host, 'GET', `/v1/projects/${projectId}`)).state, 'settled')
    }
    t.equal(ok(await call(keys.host, 'GET', round)).state, 'closing', 'nothing is left to settle')
    t.match(await act(keys.host, round, '/closure'), { status: 200, body: { state: 'closed', settledProjects: 2 } })
    t.equal(ok(await call(keys.host, 'GET', round)).state, 'closed')
    t.equal((await act(keys.host, round, '/closure')).body.code, 'round_not_in_state')
  },
)
