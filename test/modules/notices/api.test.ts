import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { publishNotice } from '../../../src/modules/notices/index.ts'
import { sqlState } from '../../../src/platform/database/database.ts'
import { ok, proposeAwards, proposedCounty, rankedCounty, unknownId, yuan } from './county.ts'

t.test('an award notice is published, read by everybody, closed by the clock', async (t) => {
  const county = await proposedCounty(t)
  const { call, keys, roundId, hostId, agencyIds, needIds, advanceTo, awards, database } = county
  const publish = (body: object = {}, key: string | null = keys.host) =>
    call(key, 'POST', '/v1/notices', { roundId, kind: 'award', ...body })

  await t.test('publishing is the host’s alone', async (t) => {
    t.equal((await publish({}, null)).status, 401)
    for (const key of [keys.operator, keys.agencies[0] as string, keys.auditor])
      t.equal((await publish({}, key)).status, 403)
    const otherHostId = await county.newOrganization('邻县民政局', { type: 'government' })
    const otherHost = await county.keyFor('host', { hostId: otherHostId, organizationId: otherHostId })
    t.equal((await publish({}, otherHost)).status, 403)
    t.equal((await publish({ roundId: unknownId('rnd') })).status, 404)
    t.equal((await publish({ kind: 'evaluation_result' })).status, 400, 'results are published with the evaluations')
    t.equal((await publish({ awardIds: [] })).status, 400)
  })

  await t.test('an award that the round does not have cannot be announced', async (t) => {
    const refused = await publish({ awardIds: [unknownId('awd')] })
    t.match(refused, { status: 409, body: { code: 'award_not_proposed' } })
  })

  const published = await publish()
  await t.test('the answer tells window, digest and every line', async (t) => {
    t.equal(published.status, 201, JSON.stringify(published.body))
    t.equal(published.headers.location, `/v1/notices/${published.body.id}`)
    t.equal(published.headers.etag, '"1"')
    t.match(published.body, {
      roundId,
      hostId,
      kind: 'award',
      number: 1,
      state: 'open',
      publishedAt: '2026-04-30T02:00:00.000Z',
      publishedOn: '2026-04-30',
      window: { startOn: '2026-04-30', nominalOn: '2026-05-07', effectiveOn: '2026-05-11', rolledBecause: 'holiday' },
      closesAt: '2026-05-11T16:00:00.000Z',
      supersedesId: null,
      actions: ['withdraw'],
    })
    const lines = published.body.snapshot.items
    t.equal(lines.length, 2)
    t.match(
      lines.find((line: { needId: string }) => line.needId === needIds.visits),
      {
        subject: /^awd_/,
        organizationId: agencyIds[0],
        organizationName: '云汀县暖汀社会工作服务中心',
        needTitle: '独居高龄老人定期探访',
        approved: yuan('95000.00'),
        sources: [{ source: 'welfare_lottery', amount: yuan('95000.00') }],
        isSingleBid: false,
      },
    )
    t.match(
      lines.find((line: { needId: string }) => line.needId === needIds.mediation),
      { approved: yuan('85000.00'), sources: [{ source: 'fiscal' }], isSingleBid: true },
    )
  })

  await t.test('whoever holds the published words can recompute the digest', async (t) => {
    const { body } = await call(null, 'GET', `/v1/notices/${published.body.id}`)
    const digest = createHash('sha256')
      .update(canonicalize(body.snapshot) ?? '')
      .digest('hex')
    t.equal(body.digest, digest)
    t.equal(body.snapshot.noticeId, published.body.id)
  })

  await t.test('the awards are noticed, the round is in its notice, the alarm is set', async (t) => {
    t.same(
      (await awards()).map(({ state }) => state),
      ['noticed', 'noticed'],
    )
    t.equal((await call(null, 'GET', `/v1/rounds/${roundId}`)).body.state, 'notice')
    const waiting = await call(keys.host, 'GET', `/v1/deadlines?subject=${published.body.id}`)
    t.match(waiting.body.items, [{ kind: 'notice.closes', dueAt: '2026-05-11T16:00:00.000Z', state: 'waiting' }])
  })

  await t.test('what was announced is not announced again', async (t) => {
    t.match(await publish(), { status: 422, body: { code: 'notice_empty' } })
  })

  await t.test('everybody reads notices without a credential', async (t) => {
    const read = await call(null, 'GET', `/v1/notices/${published.body.id}`)
    t.same(read.body, published.body)
    const again = await call(null, 'GET', `/v1/notices/${published.body.id}`, undefined, {
      headers: { 'if-none-match': '"1"' },
    })
    t.equal(again.status, 304)
    t.equal((await call(null, 'GET', `/v1/notices/${unknownId('ntc')}`)).status, 404)
    const list = async (query: string) =>
      (await call(null, 'GET', `/v1/notices?${query}`)).body.items.map(({ id }: { id: string }) => id)
    const all = [published.body.id]
    t.same(await list(''), all)
    t.same(await list(`roundId=${roundId}&hostId=${hostId}&kind=award&state=open`), all)
    t.same(await list('state=closed'), [])
    t.same(await list(`roundId=${unknownId('rnd')}`), [])
    t.equal((await call(null, 'GET', '/v1/notices?state=late')).status, 400)
  })

  await t.test('not even the database rewrites or deletes what the public has read', async (t) => {
    for (const attempt of [
      sql`update notice set digest = ${'0'.repeat(64)}`,
      sql`update notice set snapshot = '{}'`,
      sql`update notice set closes_at = closes_at + interval '1 day'`,
      sql`delete from notice`,
    ]) {
      const error = await database.sql.execute(attempt).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      t.equal(sqlState(error), '42501')
    }
  })

  await t.test('the notice closes at 24:00 of its last day and cannot be withdrawn any more', async (t) => {
    await advanceTo('2026-05-11T15:59:59Z')
    t.equal((await call(null, 'GET', `/v1/notices/${published.body.id}`)).body.state, 'open')
    await advanceTo('2026-05-11T16:00:00Z')
    const closed = await call(null, 'GET', `/v1/notices/${published.body.id}`)
    t.match(closed.body, { state: 'closed', actions: [], digest: published.body.digest })
    const late = await county.act(keys.host, `/v1/notices/${published.body.id}`, '/withdrawal', { reason: '有误' })
    t.match(late, { status: 409, body: { code: 'notice_not_in_state' } })
  })

  await t.test('a notice of evaluation results takes its lines as the evaluations hand them in', async (t) => {
    const award = await county.awardOf(0)
    const line = published.body.snapshot.items.find((item: { subject: string }) => item.subject === award.id)
    const { projectId, projectTitle, organizationId, organizationName } = line
    const subject = unknownId('evl')
    const result = await county.asSystem((work) =>
      publishNotice(work, {
        roundId,
        kind: 'evaluation_result',
        items: [
          { subject, projectId, projectTitle, organizationId, organizationName, total: '93.00', grade: 'excellent' },
        ],
      }),
    )
    const read = await call(null, 'GET', `/v1/notices/${result.id}`)
    t.match(read.body, { kind: 'evaluation_result', number: 2, snapshot: { items: [{ subject, total: '93.00' }] } })
    t.notOk('approved' in read.body.snapshot.items[0], 'what does not apply is absent')
    t.equal((await call(null, 'GET', `/v1/rounds/${roundId}`)).body.state, 'notice', 'the round goes nowhere by it')
  })
})

t.test('a notice with a mistake is withdrawn and a new one takes its place', async (t) => {
  const county = await proposedCounty(t)
  const { call, keys, roundId, act, advanceTo, awards, awardOf } = county
  const publish = (body: object = {}) => call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award', ...body })
  const first = ok(await publish())
  const path = `/v1/notices/${first.id}`
  const withdraw = (key: string | null, ifMatch?: number, body: unknown = { reason: '金额有误' }) =>
    call(key, 'POST', `${path}/withdrawal`, body, ifMatch === undefined ? {} : { ifMatch })

  await t.test('withdrawing is the host’s alone, with the version it read', async (t) => {
    t.equal((await withdraw(null, 1)).status, 401)
    t.equal((await withdraw(keys.operator, 1)).status, 403)
    t.equal((await withdraw(keys.host)).status, 428)
    t.equal((await withdraw(keys.host, 7)).status, 412)
    t.equal((await withdraw(keys.host, 1, {})).status, 400)
    t.equal(
      (await call(keys.host, 'POST', `/v1/notices/${unknownId('ntc')}/withdrawal`, { reason: '无' }, { ifMatch: 1 }))
        .status,
      404,
    )
  })

  await t.test('an open notice cannot be superseded', async (t) => {
    const award = await awardOf(0)
    t.equal(award.state, 'noticed')
    t.match(await publish({ supersedesId: first.id }), { status: 422, body: { code: 'notice_empty' } })
  })

  await t.test('while an objection suspends one of its awards it stays', async (t) => {
    const award = await awardOf(0)
    const objector = keys.agencies[1] as string
    const objection = ok(
      await call(objector, 'POST', '/v1/objections', { noticeId: first.id, awardId: award.id, grounds: '评分有误' }),
    )
    t.match(await withdraw(keys.host, 1), { status: 409, body: { code: 'notice_under_objection' } })
    ok(await act(keys.operator, `/v1/objections/${objection.id}`, '/acceptance'))
    ok(await act(keys.host, `/v1/objections/${objection.id}`, '/decision', { outcome: 'dismissed', reasons: '无误' }))
  })

  await t.test('once withdrawn it stays readable with its reason, and the awards wait again', async (t) => {
    const withdrawn = await withdraw(keys.host, 1)
    t.equal(withdrawn.status, 200, JSON.stringify(withdrawn.body))
    t.match(withdrawn.body, { state: 'withdrawn', withdrawalReason: '金额有误', actions: [], digest: first.digest })
    t.equal(withdrawn.body.withdrawnAt, '2026-04-30T02:00:00.000Z')
    t.same((await call(null, 'GET', path)).body, withdrawn.body)
    t.same(
      (await awards()).map(({ state }) => state),
      ['proposed', 'proposed'],
    )
    t.match(await withdraw(keys.host, 2), { status: 409, body: { code: 'notice_not_in_state' } })
    const deadlines = await call(keys.host, 'GET', `/v1/deadlines?subject=${first.id}`)
    t.match(deadlines.body.items, [{ state: 'cancelled' }])
  })

  await t.test('nobody objects to a withdrawn notice', async (t) => {
    const award = await awardOf(0)
    const refused = await call(keys.agencies[1] as string, 'POST', '/v1/objections', {
      noticeId: first.id,
      awardId: award.id,
      grounds: '评分有误',
    })
    t.match(refused, { status: 409, body: { code: 'notice_withdrawn' } })
  })

  await t.test('the new notice names the old one, which has one successor only', async (t) => {
    await advanceTo('2026-05-06T02:00:00Z')
    const award = await awardOf(0)
    t.match(await publish({ supersedesId: unknownId('ntc') }), { status: 422, body: { code: 'notice_not_superseded' } })
    const second = await publish({ supersedesId: first.id, awardIds: [award.id] })
    t.equal(second.status, 201, JSON.stringify(second.body))
    t.match(second.body, {
      number: 2,
      supersedesId: first.id,
      window: { effectiveOn: '2026-05-12' },
      snapshot: { supersedesId: first.id },
    })
    t.match(await publish({ supersedesId: first.id }), { status: 422, body: { code: 'notice_not_superseded' } })
  })

  await t.test('a window that reaches into a year without a calendar is refused until somebody loads it', async (t) => {
    await advanceTo('2026-12-30T02:00:00Z')
    t.match(await publish(), { status: 422, body: { code: 'calendar_year_missing' } })
  })
})

t.test('a cut award holds up the list until its budget is there, and no notice that leaves it out', async (t) => {
  const county = await rankedCounty(t)
  const { call, keys, roundId, awardOf, act } = county
  const publish = (body: object = {}) => call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award', ...body })
  t.match(await publish(), { status: 422, body: { code: 'notice_empty' } }, 'nothing is proposed yet')
  await proposeAwards(county, { 2: '80000.00' })
  const cut = await awardOf(2)
  t.equal(cut.state, 'awaiting_budget')
  t.match(await publish(), { status: 409, body: { code: 'award_budget_missing' } })
  t.match(await publish({ awardIds: [cut.id] }), { status: 409, body: { code: 'award_budget_missing' } })
  const others = await publish({ awardIds: [(await awardOf(0)).id] })
  t.equal(others.status, 201, JSON.stringify(others.body))
  ok(
    await act(keys.agencies[2] as string, `/v1/awards/${cut.id}`, '/budget', {
      matchingCash: yuan('25000.00'),
      matchingInKind: yuan('0.00'),
      budgetLines: [{ category: 'service_activity', amount: yuan('80000.00') }],
    }),
  )
  const second = await publish()
  t.match(second, { status: 201, body: { number: 2, snapshot: { items: [{ approved: yuan('80000.00') }] } } })
})
