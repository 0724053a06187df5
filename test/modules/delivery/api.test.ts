import { createHash } from 'node:crypto'
import t from 'tap'
import { loadCalendarYear } from '../../../src/modules/calendar/service.ts'
import { cancelDelivery, latestReport, reportDuties } from '../../../src/modules/delivery/index.ts'
import { approvedCounty, signedAgreement } from '../agreements/arrange.ts'
import { ok, unknownId } from '../notices/county.ts'

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')

t.test('an agency reports in time, late, and on what it promised', async (t) => {
  const county = await approvedCounty(t)
  const { app, asSystem, call, keys, keyFor, advanceTo, projectId } = county
  const [agency, otherAgency] = keys.agencies as [string, string]
  const hand = (key: string | null, body: object) =>
    call(key, 'POST', '/v1/reports', { projectId, narrative: '进展顺利', ...body })
  const mid = { kind: 'mid_self_assessment', satisfaction: { validAnswers: 56, satisfied: 54 } }

  await t.test('before the agreement nothing is owed', async (t) => {
    t.match(await hand(agency, mid), { status: 409, body: { code: 'report_not_due' } })
  })
  await signedAgreement(county)

  await t.test('listMilestones names the mid-point and the end', async (t) => {
    const days = (items: { kind: string; fallsOn: string }[]) =>
      new Map(items.map(({ kind, fallsOn }) => [kind, fallsOn]))
    const { items } = ok(await call(agency, 'GET', `/v1/milestones?projectId=${projectId}`))
    t.same(
      days(items),
      new Map([
        ['mid_point', '2026-08-31'],
        ['end', '2026-11-30'],
      ]),
    )
    t.same(ok(await call(otherAgency, 'GET', '/v1/milestones')).items, [])
    t.equal((await call(keys.town, 'GET', '/v1/milestones')).status, 403)
  })

  await advanceTo('2026-09-07T15:59:59Z')
  await t.test('submitReport is the agency’s own and holds what can be', async (t) => {
    t.equal((await hand(null, mid)).status, 401)
    t.equal((await hand(keys.host, mid)).status, 403)
    t.equal((await hand(otherAgency, mid)).status, 404)
    t.equal((await hand(agency, { ...mid, projectId: unknownId('prj') })).status, 404)
    t.match(await hand(agency, { kind: 'monthly' }), { status: 409, body: { code: 'report_not_due' } })
    t.match(await hand(agency, { ...mid, satisfaction: { validAnswers: 5, satisfied: 6 } }), {
      status: 422,
      body: { code: 'satisfaction_impossible' },
    })
    t.match(await hand(agency, { ...mid, indicatorValues: [{ indicatorId: unknownId('ind'), value: 3 }] }), {
      status: 422,
      body: { code: 'indicator_unknown', errors: [{ pointer: '#/indicatorValues/0', code: 'unknown' }] },
    })
    t.equal((await hand(agency, { ...mid, documentIds: [unknownId('doc')] })).body.code, 'document_not_usable')
  })

  await t.test(
    'a report at the last second is in time, is replaced by a newer one, and opens its documents',
    async (t) => {
      const { id: documentId } = ok(
        await call(agency, 'POST', '/v1/documents', {
          fileName: '自评报告.pdf',
          mediaType: 'application/pdf',
          byteSize: PDF.length,
          sha256: createHash('sha256').update(PDF).digest('hex'),
        }),
      )
      await app.inject({
        method: 'PUT',
        url: `/v1/documents/${documentId}/content`,
        headers: { 'content-type': 'application/pdf', authorization: `Bearer ${agency}` },
        payload: PDF,
      })
      t.equal((await call(keys.host, 'GET', `/v1/documents/${documentId}`)).status, 404)
      const first = await hand(agency, mid)
      t.match(first, {
        status: 201,
        body: { projectId, isLate: false, satisfaction: { validAnswers: 56, satisfied: 54, percent: '96.43' } },
      })
      t.equal(first.headers.location, `/v1/reports/${first.body.id}`)
      const second = ok(await hand(agency, { ...mid, narrative: '更正', documentIds: [documentId] }))
      t.equal((await call(keys.host, 'GET', `/v1/documents/${documentId}`)).status, 200)
      await asSystem(async (work) => {
        t.equal((await latestReport(work, projectId, 'mid_self_assessment'))?.id, second.id)
        t.equal(await latestReport(work, projectId, 'closing'), undefined)
        t.same(
          (await reportDuties(work, projectId)).map(({ kind, state }) => [kind, state]),
          [
            ['mid_self_assessment', 'submitted'],
            ['closing', 'waiting'],
          ],
        )
      })
    },
  )

  await t.test('a second later it can no longer be replaced', async (t) => {
    await advanceTo('2026-09-07T16:00:00Z')
    t.match(await hand(agency, mid), { status: 409, body: { code: 'report_closed' } })
  })

  await t.test('readReport and listReports show reports to both sides', async (t) => {
    const evaluator = await keyFor('evaluator')
    for (const key of [agency, keys.host, evaluator]) {
      const { items } = ok(await call(key, 'GET', `/v1/reports?projectId=${projectId}&kind=mid_self_assessment`))
      t.equal(items.length, 2)
      t.equal((await call(key, 'GET', `/v1/reports/${items[0].id}`)).status, 200)
      t.equal((await call(otherAgency, 'GET', `/v1/reports/${items[0].id}`)).status, 404)
      t.equal((await call(keys.town, 'GET', `/v1/reports/${items[0].id}`)).status, 403)
    }
    t.same(ok(await call(otherAgency, 'GET', '/v1/reports')).items, [])
    t.equal((await call(null, 'GET', '/v1/reports')).status, 401)
    t.equal((await call(keys.town, 'GET', '/v1/reports')).status, 403)
  })

  await t.test('what does not come by its day is missed; a late report is taken and marked', async (t) => {
    const closing = async () => ok(await call(keys.host, 'GET', '/v1/report-duties?kind=closing')).items[0]
    await advanceTo('2026-12-07T15:59:59Z')
    t.equal((await closing()).state, 'waiting')
    await advanceTo('2026-12-07T16:00:00Z')
    t.equal((await closing()).state, 'missed')
    t.match(await hand(agency, { kind: 'closing' }), { status: 201, body: { isLate: true } })
    t.equal((await closing()).state, 'missed')
    t.same(ok(await call(otherAgency, 'GET', '/v1/report-duties')).items, [])
    t.equal((await call(keys.town, 'GET', '/v1/report-duties')).status, 403)
  })

  await t.test('after a termination nothing is owed and nothing is taken', async (t) => {
    const [agreement] = ok(await call(keys.host, 'GET', '/v1/agreements')).items
    ok(
      await county.act(keys.host, `/v1/agreements/${agreement.id}`, '/termination', { kind: 'mutual', reason: '停办' }),
    )
    t.match(await hand(agency, { kind: 'closing' }), { status: 409, body: { code: 'project_not_under_way' } })
    await asSystem((work) => cancelDelivery(work, projectId))
    t.equal(
      (await asSystem((work) => reportDuties(work, projectId)))[1]?.state,
      'missed',
      'what was missed stays missed',
    )
  })
})

t.test('indicators are reported by their kind; a due day of next year waits for its calendar', async (t) => {
  const county = await approvedCounty(t)
  const { asSystem, call, keys, advanceTo, projectId } = county
  await signedAgreement(county, { startsOn: '2026-12-01', endsOn: '2027-02-28', midPointOn: '2027-01-06' })
  const dueOf = async () => ok(await call(keys.host, 'GET', '/v1/report-duties?kind=mid_self_assessment')).items[0].due

  t.equal(await dueOf(), null)
  await advanceTo('2027-01-06T16:00:00Z')
  t.equal(await dueOf(), null, 'the alarm has rung, and nothing is guessed')
  await asSystem((work) =>
    loadCalendarYear(work, { year: 2027, hostId: null, holidays: ['2027-01-01'], makeupWorkdays: [], source: '假定' }),
  )
  const report = { projectId, kind: 'mid_self_assessment', narrative: '进展顺利' }
  t.match(await call(keys.agencies[0] as string, 'POST', '/v1/reports', report), {
    status: 201,
    body: { isLate: false },
  })
  t.match(await dueOf(), { startOn: '2027-01-06', effectiveOn: '2027-01-13' }, 'resolved when the report came')
})
