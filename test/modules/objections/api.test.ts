import t from 'tap'
import { type County, ok, proposedCounty, unknownId, yuan } from '../notices/county.ts'

/** A county whose two awards were announced on 30 April; the window closes on 11 May at 24:00. */
async function announcedCounty(t: { teardown(handler: () => Promise<void>): void }) {
  const county = await proposedCounty(t)
  const { call, keys, roundId } = county
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const awardId = (await county.awardOf(0)).id
  const file = (key: string | null, body: object = {}) =>
    call(key, 'POST', '/v1/objections', { noticeId: notice.id, awardId, grounds: '评分项计算有误', ...body })
  const decide = async (objectionId: string, outcome: 'upheld' | 'dismissed') => {
    ok(await county.act(keys.operator, `/v1/objections/${objectionId}`, '/acceptance'))
    const body = { outcome, reasons: '经复核' }
    return ok(await county.act(keys.host, `/v1/objections/${objectionId}`, '/decision', body))
  }
  return { ...county, noticeId: notice.id as string, awardId, file, decide }
}

const stateOf = async (county: County, agency: number) => (await county.awardOf(agency)).state

t.test('an objection is filed, taken up and dismissed, and the award goes on', async (t) => {
  const county = await announcedCounty(t)
  const { call, keys, keyFor, noticeId, awardId, file, act, advanceTo, agencyIds, hostId } = county
  const objector = keys.agencies[1] as string
  await advanceTo('2026-05-09T07:30:00Z')

  await t.test('who handles objections files none, and nobody files without a credential', async (t) => {
    t.equal((await file(null)).status, 401)
    for (const key of [keys.host, keys.operator, await keyFor('finance'), await keyFor('platform_admin')])
      t.equal((await file(key)).status, 403)
  })

  await t.test('a filing that fits nothing is refused', async (t) => {
    t.equal((await file(objector, { noticeId: unknownId('ntc') })).status, 404)
    t.equal((await file(objector, { grounds: ' ' })).status, 400)
    t.equal((await file(objector, { grounds: '错'.repeat(5001) })).status, 400)
    const unknown = await file(objector, { awardId: unknownId('awd') })
    t.match(unknown, { status: 422, body: { code: 'objection_target_unknown' } })
    const missing = await call(objector, 'POST', '/v1/objections', { noticeId, grounds: '评分有误' })
    t.match(missing, { status: 422, body: { code: 'objection_target_unknown', errors: [{ pointer: '#/awardId' }] } })
    const own = await file(keys.agencies[0] as string)
    t.match(own, { status: 422, body: { code: 'objection_to_own_award' } })
    t.equal(await stateOf(county, 0), 'noticed', 'and suspends nothing')
    const nameless = await file(keys.expert)
    t.match(nameless, { status: 422, body: { code: 'objection_filer_missing' } })
  })

  const filed = await file(objector, { requestedRemedy: '重新评分' })
  const path = `/v1/objections/${filed.body.id}`
  await t.test('filed on the make-up Saturday 9 May it is to be answered by 15 May', async (t) => {
    t.equal(filed.status, 201, JSON.stringify(filed.body))
    t.equal(filed.headers.location, path)
    t.match(filed.body, {
      noticeId,
      hostId,
      awardId,
      subject: awardId,
      filedByOrganizationId: agencyIds[1],
      isAnonymous: false,
      requestedRemedy: '重新评分',
      filedAt: '2026-05-09T07:30:00.000Z',
      state: 'filed',
      answerDue: { startOn: '2026-05-09', effectiveOn: '2026-05-15' },
      isOverdue: false,
      decisionReasons: null,
      actions: ['accept', 'reject', 'withdraw'],
    })
    const due = await call(keys.host, 'GET', `/v1/deadlines?subject=${filed.body.id}`)
    t.match(due.body.items, [{ kind: 'objection.answer_due', dueAt: '2026-05-15T16:00:00.000Z' }])
  })

  await t.test('it suspends the award it names and no other', async (t) => {
    t.equal(await stateOf(county, 0), 'suspended')
    t.equal(await stateOf(county, 2), 'noticed')
  })

  await t.test('its filer and the host’s staff read it, for everybody else it does not exist', async (t) => {
    for (const key of [objector, keys.host, keys.operator, keys.auditor])
      t.equal((await call(key, 'GET', path)).status, 200)
    t.equal((await call(keys.agencies[0] as string, 'GET', path)).status, 404, 'the agency objected to')
    t.equal((await call(await keyFor('finance'), 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/objections/${unknownId('obj')}`)).status, 404)
    const otherHostId = await county.newOrganization('邻县民政局', { type: 'government' })
    const otherHost = await keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
    t.equal((await call(otherHost, 'GET', path)).status, 404)
    t.equal((await call(otherHost, 'POST', `${path}/acceptance`, undefined, { ifMatch: 1 })).status, 404)
  })

  await t.test('a list shows everything to those who answer, and to others their own', async (t) => {
    const list = async (key: string, query = '') => {
      const { body } = await call(key, 'GET', `/v1/objections?${query}`)
      return body.items.map(({ id }: { id: string }) => id)
    }
    t.same(await list(keys.host, `noticeId=${noticeId}&awardId=${awardId}&state=filed`), [filed.body.id])
    t.same(await list(keys.auditor), [filed.body.id])
    t.same(await list(objector), [filed.body.id])
    t.same(await list(keys.agencies[0] as string), [])
    t.same(await list(keys.expert), [])
    t.same(await list(keys.host, 'state=upheld'), [])
    t.equal((await call(null, 'GET', '/v1/objections')).status, 401)
  })

  await t.test('it is taken up before it is decided, by host or operator with the version they read', async (t) => {
    const decision = { outcome: 'dismissed', reasons: '经复核,评分无误' }
    t.match(await act(keys.host, path, '/decision', decision), {
      status: 409,
      body: { code: 'objection_not_in_state' },
    })
    t.equal((await act(objector, path, '/acceptance')).status, 403)
    t.equal((await call(keys.operator, 'POST', `${path}/acceptance`)).status, 428)
    t.equal((await call(keys.operator, 'POST', `${path}/acceptance`, undefined, { ifMatch: 9 })).status, 412)
    const accepted = await act(keys.operator, path, '/acceptance')
    t.match(accepted, {
      status: 200,
      body: { state: 'accepted', actions: ['pause', 'uphold', 'upholdPartly', 'dismiss', 'withdraw'] },
    })
    t.match(await act(keys.operator, path, '/acceptance'), { status: 409, body: { code: 'objection_not_in_state' } })
    t.equal((await act(objector, path, '/decision', decision)).status, 403)
    t.equal((await act(keys.host, path, '/decision', { outcome: 'ignored', reasons: '无' })).status, 400)
    t.equal((await act(keys.host, path, '/decision', { outcome: 'dismissed' })).status, 400)
    t.equal((await call(keys.host, 'POST', `${path}/decision`, decision)).status, 428)
    t.equal((await call(keys.host, 'POST', `${path}/decision`, decision, { ifMatch: 1 })).status, 412)
  })

  await t.test('dismissed on 14 May the award goes on where it was', async (t) => {
    await advanceTo('2026-05-14T02:00:00Z')
    const decision = { outcome: 'dismissed', reasons: '经复核,评分无误' }
    const dismissed = await act(keys.host, path, '/decision', decision)
    t.match(dismissed, {
      status: 200,
      body: {
        state: 'dismissed',
        decidedAt: '2026-05-14T02:00:00.000Z',
        decisionReasons: '经复核,评分无误',
        successorAwardId: null,
        actions: [],
      },
    })
    t.equal(await stateOf(county, 0), 'noticed')
    t.match(await act(keys.host, path, '/decision', decision), { status: 409 })
    const due = await call(keys.host, 'GET', `/v1/deadlines?subject=${filed.body.id}`)
    t.match(due.body.items, [{ state: 'cancelled' }])
  })
})

t.test('what is late, nameless or overdue is kept for everybody to see', async (t) => {
  const county = await announcedCounty(t)
  const { call, keys, file, decide, advanceTo, asSystem } = county
  const objector = keys.agencies[1] as string

  await t.test('an anonymous filing is logged as a lead that names nobody', async (t) => {
    const lead = await file(objector, { anonymous: true })
    t.equal(lead.status, 201)
    t.match(lead.body, {
      state: 'logged',
      isAnonymous: true,
      filedByOrganizationId: null,
      answerDue: null,
      actions: [],
    })
    t.equal(await stateOf(county, 0), 'noticed')
    t.equal((await call(objector, 'GET', `/v1/objections/${lead.body.id}`)).status, 404, 'not even its sender')
    t.equal((await call(keys.operator, 'GET', `/v1/objections/${lead.body.id}`)).status, 200)
    const { rows } = await asSystem((work) =>
      work.sql.execute<{ actor: string }>(`select actor from event where subject = '${lead.body.id}'`),
    )
    t.same(rows, [{ actor: 'anonymous' }], 'the event tells nothing either')
    t.equal((await file(keys.expert, { anonymous: true })).status, 201)
  })

  await t.test('an award under two objections is free once both are dismissed', async (t) => {
    const first = ok(await file(keys.agencies[1] as string))
    t.match(await file(keys.agencies[1] as string), { status: 409, body: { code: 'objection_exists' } })
    const second = ok(await file(keys.agencies[2] as string))
    await decide(first.id, 'dismissed')
    t.equal(await stateOf(county, 0), 'suspended')
    await decide(second.id, 'dismissed')
    t.equal(await stateOf(county, 0), 'noticed')
  })

  const mediation = await county.awardOf(2)
  const slow = ok(await file(objector, { awardId: mediation.id }))
  const readSlow = async () => (await call(keys.host, 'GET', `/v1/objections/${slow.id}`)).body
  await t.test('filed on 30 April it is to be answered by 11 May', async (t) => {
    t.equal(slow.answerDue.effectiveOn, '2026-05-11', '6, 7, 8, 9 (make-up Saturday), 11 May')
    await advanceTo('2026-05-11T15:59:59Z')
    t.match(await readSlow(), { isOverdue: false, state: 'filed' })
  })

  await t.test(
    'the last second of the window is in time, a second later is late and the filer is told why',
    async (t) => {
      t.equal((await file(objector)).body.state, 'filed')
      await advanceTo('2026-05-11T16:00:00Z')
      t.equal((await file(objector)).body.state, 'rejected_as_late', 'the closing moment itself is late')
      await advanceTo('2026-05-11T16:00:01Z')
      const late = await file(objector, { awardId: mediation.id })
      t.equal(late.status, 201)
      t.match(late.body, { state: 'rejected_as_late', answerDue: null, actions: [] })
      t.match(late.body.decisionReasons, /2026-05-12 00:00:00 届满/)
      t.same((await call(objector, 'GET', `/v1/objections/${late.body.id}`)).body, late.body, 'it stays on record')
    },
  )

  await t.test('an answer that does not come in time is marked, and still possible', async (t) => {
    t.match(await readSlow(), { isOverdue: true, state: 'filed' })
    t.match(await decide(slow.id, 'dismissed'), { state: 'dismissed', isOverdue: true })
    t.equal(await stateOf(county, 2), 'noticed')
  })
})

t.test('an objection that is upheld brings the next bid, which needs a notice of its own', async (t) => {
  const county = await announcedCounty(t)
  const { call, keys, roundId, noticeId, agencyIds, needIds, file, decide, act, advanceTo, pools } = county
  const round = `/v1/rounds/${roundId}`
  await advanceTo('2026-05-09T07:30:00Z')
  const objection = ok(await file(keys.agencies[1] as string))
  const other = ok(await file(keys.agencies[2] as string))
  t.same(await pools(), [
    { source: 'welfare_lottery', allocated: '95000.00' },
    { source: 'fiscal', allocated: '85000.00' },
  ])
  await advanceTo('2026-05-12T02:00:00Z')
  t.equal((await call(null, 'GET', `/v1/notices/${noticeId}`)).body.state, 'closed')

  const upheld = await decide(objection.id, 'upheld')
  await t.test('the award is cancelled, its money released, the next bid proposed', async (t) => {
    const successor = await county.awardOf(1)
    t.match(upheld, { state: 'upheld', successorAwardId: successor.id })
    for (const key of keys.agencies.slice(0, 2))
      t.equal(ok(await call(key, 'GET', `/v1/objections/${objection.id}`)).successorAwardId, null, 'its notice tells')
    t.equal(await stateOf(county, 0), 'cancelled')
    t.equal(successor.state, 'proposed')
    t.same(await pools(), [
      { source: 'welfare_lottery', allocated: '88000.00' },
      { source: 'fiscal', allocated: '85000.00' },
    ])
  })

  await t.test(
    'a second objection to the cancelled award is closed with it, and has no second successor',
    async (t) => {
      const closed = ok(await call(keys.agencies[2] as string, 'GET', `/v1/objections/${other.id}`))
      t.match(closed, { state: 'dismissed', decisionReasons: /已取消或放弃/, successorAwardId: null })
      const due = await call(keys.host, 'GET', `/v1/deadlines?subject=${other.id}`)
      t.match(due.body.items, [{ state: 'cancelled' }])
      t.equal((await county.awards()).length, 3)
    },
  )

  const fresh = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  await t.test('the fresh notice announces the successor alone, with a window of its own', async (t) => {
    t.match(fresh, { number: 2, state: 'open', supersedesId: null, window: { effectiveOn: '2026-05-19' } })
    t.match(fresh.snapshot.items, [
      { organizationId: agencyIds[1], needId: needIds.visits, approved: yuan('88000.00'), isSingleBid: false },
    ])
    t.equal(fresh.snapshot.items.length, 1)
  })

  await t.test(
    'it holds nobody else up: the meeting of 18 May confirms the award whose notice has passed',
    async (t) => {
      await advanceTo('2026-05-18T02:00:00Z')
      ok(await act(keys.host, round, '/decision-meetings', { heldOn: '2026-05-18', minutes: '同意立项' }))
      t.equal(await stateOf(county, 2), 'confirmed')
      t.equal(await stateOf(county, 1), 'noticed')
      t.equal((await call(null, 'GET', round)).body.state, 'approved')
    },
  )

  await t.test('an objection to the fresh notice is in time by its own window', async (t) => {
    const successor = await county.awardOf(1)
    const body = { noticeId: fresh.id, awardId: successor.id, grounds: '材料不实' }
    const again = ok(await call(keys.agencies[2] as string, 'POST', '/v1/objections', body))
    t.equal(again.state, 'filed')
    const { successorAwardId } = await decide(again.id, 'upheld')
    t.equal(successorAwardId, null, 'nobody is left for this need')
    t.equal(await stateOf(county, 1), 'cancelled')
    t.match(await pools(), [{ allocated: '0.00' }, { allocated: '85000.00' }])
  })
})
