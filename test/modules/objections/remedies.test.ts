import { sql } from 'drizzle-orm'
import t from 'tap'
import type { TestApp } from '../../support/app.ts'
import { announced, download, PDF, put } from '../documents/arrange.ts'
import { type CountyPolicy, ok, proposedCounty, unknownId } from '../notices/county.ts'

const workdays = (amount: number) => ({ amount, basis: 'working' })
const PLAIN = { reply: workdays(5), anonymous: 'log_only' }

/** Two awards announced on 30 April until 11 May; the second agency may object to the award of the first. */
async function announcedCounty(t: { teardown(handler: () => Promise<void>): void }, policy: CountyPolicy = {}) {
  const county = await proposedCounty(t, policy)
  const { call, keys, roundId, act } = county
  const notice = ok(await call(keys.host, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const awardId = (await county.awardOf(0)).id
  const [awarded = '', objector = '', other = ''] = keys.agencies
  const file = (body: object = {}, key = objector) =>
    call(key, 'POST', '/v1/objections', { noticeId: notice.id, awardId, grounds: '业绩材料不实', ...body })
  const filed = async (body: object = {}) => `/v1/objections/${ok(await file(body)).id}`
  const accepted = async (body: object = {}) => {
    const path = await filed(body)
    ok(await act(keys.operator, path, '/acceptance'))
    return path
  }
  const read = async (path: string, key = keys.host) => ok(await call(key, 'GET', path))
  const stateOf = async (agency: number) => (await county.awardOf(agency)).state
  const waiting = async (path: string) =>
    ok(await call(keys.host, 'GET', `/v1/deadlines?state=waiting&subject=${path.split('/').at(-1)}`)).items.map(
      ({ kind, dueAt }: { kind: string; dueAt: string }) => `${kind} ${dueAt}`,
    )
  return {
    ...county,
    noticeId: notice.id,
    digest: notice.digest,
    awardId,
    awarded,
    objector,
    other,
    file,
    filed,
    accepted,
    read,
    stateOf,
    waiting,
  }
}

async function stored(app: TestApp, key: string): Promise<string> {
  const id = ok(await app.call(key, 'POST', '/v1/documents', announced(PDF))).id
  ok(await put(app, key, id, PDF))
  return id
}

/** A county whose appeals a superior bureau decides. */
async function reviewedCounty(t: { teardown(handler: () => Promise<void>): void }) {
  let superior = ''
  const county = await announcedCounty(t, async (app) => {
    superior = await app.newOrganization('测试市民政局', { type: 'government' })
    return { objection: { ...PLAIN, appeal: { window: workdays(3), decision: workdays(10) }, reviewerId: superior } }
  })
  return {
    ...county,
    superiorId: superior,
    superior: await county.keyFor('host', { hostId: superior, organizationId: superior }),
  }
}

t.test('who holds the award is heard once an objection is admitted, and does not learn who filed', async (t) => {
  const county = await announcedCounty(t)
  const { call, keys, act, awarded, objector, other, file, filed, read, stateOf, waiting, digest, agencyIds } = county
  const evidence = await stored(county, objector)

  await t.test('evidence of another organization, or of nobody, is refused and nothing is written', async (t) => {
    for (const evidenceIds of [[await stored(county, other)], [unknownId('doc')]])
      t.match(await file({ evidenceIds }), { status: 422, body: { code: 'document_not_usable' } })
    t.match(await file({ anonymous: true, evidenceIds: [evidence] }), {
      status: 422,
      body: { code: 'evidence_names_filer' },
    })
    t.match(await file({ noticeDigest: '0'.repeat(64) }), { status: 422, body: { code: 'objection_notice_differs' } })
    t.equal((await file({ groundCodes: ['envy'] })).status, 400)
    t.equal(await stateOf(0), 'noticed')
    t.same((await call(keys.host, 'GET', '/v1/objections')).body.items, [])
  })

  const path = await filed({ evidenceIds: [evidence], groundCodes: ['false_material'], noticeDigest: digest })
  await t.test('before admission there is nothing for the awarded organization', async (t) => {
    t.match(await read(path), {
      kind: 'objection',
      evidenceIds: [evidence],
      groundCodes: ['false_material'],
      noticeDigest: digest,
    })
    t.equal((await call(awarded, 'GET', path)).status, 404)
    t.match(await act(keys.operator, path, '/cooperation-request', { request: '请说明' }), {
      status: 409,
      body: { code: 'cooperation_not_possible' },
    })
    const { etag } = (await call(keys.host, 'GET', path)).headers
    const hidden = await call(awarded, 'POST', `${path}/statement`, { statement: '属实' }, { ifMatch: String(etag) })
    t.equal(hidden.status, 404)
  })

  ok(await act(keys.operator, path, '/acceptance'))
  await t.test('admitted it is there to read, without filer and evidence', async (t) => {
    const seen = await read(path, awarded)
    t.match(seen, { state: 'accepted', filedByOrganizationId: null, isFilerHidden: true, evidenceIds: [] })
    t.equal(seen.grounds, '业绩材料不实')
    t.match(await read(path, objector), {
      filedByOrganizationId: agencyIds[1],
      isFilerHidden: false,
      evidenceIds: [evidence],
    })
    t.equal((await call(other, 'GET', path)).status, 404)
    const { body } = await call(awarded, 'GET', '/v1/objections')
    t.match(body.items, [{ filedByOrganizationId: null }])
    t.notOk(JSON.stringify(body).includes(agencyIds[1] as string), 'nor does the list tell')
    t.equal((await download(county, objector, evidence)).statusCode, 200)
    t.equal((await download(county, keys.host, evidence)).statusCode, 200)
    t.equal((await download(county, awarded, evidence)).statusCode, 404)
    for (const role of ['finance', 'evaluator'] as const) {
      const thirdParty = await county.keyFor(role)
      t.equal((await call(thirdParty, 'GET', `/v1/documents/${evidence}`)).status, 404, role)
      t.equal((await download(county, thirdParty, evidence)).statusCode, 404, role)
    }
    t.equal((await download(county, keys.auditor, evidence)).statusCode, 200)
  })

  await t.test('asked for a statement by a day, it gives one with documents of its own, once', async (t) => {
    const request = { request: '请就业绩材料作出说明' }
    t.equal((await act(objector, path, '/cooperation-request', request)).status, 403)
    const asked = ok(await act(keys.operator, path, '/cooperation-request', request))
    t.match(asked.cooperation, { state: 'waiting', due: { effectiveOn: '2026-05-08' } })
    t.match(await act(keys.operator, path, '/cooperation-request', request), { status: 409 })
    t.same(await waiting(path), [
      'objection.cooperation_due 2026-05-08T16:00:00.000Z',
      'objection.answer_due 2026-05-11T16:00:00.000Z',
    ])
    const document = await stored(county, awarded)
    t.equal((await act(objector, path, '/statement', { statement: '不属实' })).status, 403)
    t.match(await act(awarded, path, '/statement', { statement: '属实', documentIds: [evidence] }), {
      status: 422,
      body: { code: 'document_not_usable' },
    })
    const stated = ok(await act(awarded, path, '/statement', { statement: '材料属实', documentIds: [document] }))
    t.match(stated, {
      statement: { statement: '材料属实', documentIds: [document] },
      cooperation: { state: 'answered' },
    })
    t.match(await act(awarded, path, '/statement', { statement: '补充' }), {
      status: 409,
      body: { code: 'statement_not_possible' },
    })
    t.same(await waiting(path), ['objection.answer_due 2026-05-11T16:00:00.000Z'])
    t.equal((await read(path, objector)).statement.statement, '材料属实')
    t.equal((await download(county, keys.operator, document)).statusCode, 200)
    t.equal((await download(county, objector, document)).statusCode, 404, 'each side reads its own papers')
  })

  await t.test('upheld in part the award goes on, with the reasons on record', async (t) => {
    const decision = { outcome: 'partly_upheld', reasons: '材料有笔误,不影响结果' }
    const decided = ok(await act(keys.host, path, '/decision', decision))
    t.match(decided, { state: 'partly_upheld', actions: [], successorAwardId: null })
    t.equal(await stateOf(0), 'noticed')
    t.match(await act(keys.host, path, '/decision', decision), {
      status: 409,
      body: { code: 'objection_not_in_state' },
    })
    t.match(await act(awarded, path, '/statement', { statement: '补充' }), { status: 409 })
    t.match(await act(objector, path, '/appeal', { grounds: '不服' }), {
      status: 409,
      body: { code: 'appeal_not_provided' },
    })
  })
})

t.test('an investigation stops the clock of the answer, and only running time makes it overdue', async (t) => {
  const { keys, act, advanceTo, accepted, read, waiting, objector, call, asSystem } = await announcedCounty(t)
  await advanceTo('2026-05-06T02:00:00Z')
  const path = await accepted()
  const pause = { reasonCode: 'investigation', reason: '赴社区核查' }
  t.same(await waiting(path), ['objection.answer_due 2026-05-12T16:00:00.000Z'])
  await advanceTo('2026-05-08T02:00:00Z')

  await t.test('who answers stops it, with a coded reason and the version that was read', async (t) => {
    t.equal((await act(objector, path, '/pause', pause)).status, 403)
    t.equal((await act(keys.host, path, '/pause', { reasonCode: 'holiday', reason: '放假' })).status, 400)
    t.equal((await call(keys.host, 'POST', `${path}/pause`, pause)).status, 428)
    t.match(await act(keys.host, path, '/resumption'), { status: 409, body: { code: 'objection_not_in_state' } })
    const paused = ok(await act(keys.host, path, '/pause', pause))
    t.match(paused, {
      state: 'paused',
      actions: ['resume', 'withdraw'],
      pauses: [{ number: 1, remainingDays: 3, resumedAt: null }],
    })
    t.same(await waiting(path), [])
    t.match(await act(keys.host, path, '/pause', pause), { status: 409 })
    t.match(await act(keys.host, path, '/decision', { outcome: 'dismissed', reasons: '无误' }), { status: 409 })
  })

  await t.test('a week later the three working days that were left begin anew', async (t) => {
    await advanceTo('2026-05-15T02:00:00Z')
    t.match(await read(path), { isOverdue: false, state: 'paused' })
    const resumed = ok(await act(keys.operator, path, '/resumption'))
    t.match(resumed, {
      state: 'accepted',
      answerDue: { startOn: '2026-05-15', effectiveOn: '2026-05-20' },
      pauses: [
        {
          resumedAt: '2026-05-15T02:00:00.000Z',
          dueBefore: { effectiveOn: '2026-05-12' },
          dueAfter: { effectiveOn: '2026-05-20' },
        },
      ],
    })
    t.same(await waiting(path), ['objection.answer_due 2026-05-20T16:00:00.000Z'])
    await advanceTo('2026-05-20T15:59:59Z')
    t.match(await read(path), { isOverdue: false })
    await advanceTo('2026-05-20T16:00:00Z')
    t.match(await read(path), { isOverdue: true })
    t.match(await act(keys.host, path, '/pause', pause), { status: 409, body: { code: 'objection_answer_overdue' } })
  })

  await t.test('events tell of the pause without its words', async (t) => {
    const id = path.split('/').at(-1)
    const { rows } = await asSystem((work) =>
      work.sql.execute<{ type: string; data: object }>(
        sql`select type, data from event where subject = ${id} and type in ('objection.paused', 'objection.resumed') order by id`,
      ),
    )
    t.match(rows, [
      { data: { reasonCode: 'investigation', remainingDays: 3 } },
      { data: { answerDueOn: '2026-05-20' } },
    ])
    t.notMatch(JSON.stringify(rows), /核查/)
  })
})

t.test('a pause ends by itself when the policy’s time for pauses is used up', async (t) => {
  const county = await announcedCounty(t, { objection: { ...PLAIN, pauseMax: workdays(2) } })
  const { keys, act, advanceTo, accepted, read, waiting } = county
  const pause = { reasonCode: 'investigation', reason: '赴社区核查' }
  await advanceTo('2026-05-06T02:00:00Z')
  const path = await accepted()
  await advanceTo('2026-05-08T02:00:00Z')
  ok(await act(keys.host, path, '/pause', pause))
  t.same(await waiting(path), ['objection.pause_ends 2026-05-11T16:00:00.000Z'], 'Saturday is worked, and Monday')
  await advanceTo('2026-05-09T02:00:00Z')
  ok(await act(keys.host, path, '/resumption'))
  t.same(await waiting(path), ['objection.answer_due 2026-05-13T16:00:00.000Z'])
  ok(await act(keys.host, path, '/pause', pause))
  t.same(await waiting(path), ['objection.pause_ends 2026-05-11T16:00:00.000Z'], 'one day is used')
  await advanceTo('2026-05-11T15:59:59Z')
  t.match(await read(path), { state: 'paused' })
  await advanceTo('2026-05-11T16:00:00Z')
  t.match(await read(path), {
    state: 'accepted',
    answerDue: { startOn: '2026-05-11', effectiveOn: '2026-05-14' },
    pauses: [{}, { resumedAt: '2026-05-11T16:00:00.000Z' }],
  })
  t.match(await act(keys.host, path, '/pause', pause), { status: 409, body: { code: 'objection_pause_used_up' } })
  await advanceTo('2026-05-14T16:00:00Z')
  t.match(await read(path), { isOverdue: true }, 'and silence is overdue')
})

t.test('silence of the awarded organization counts as the policy says', async (t) => {
  for (const nonCooperation of ['none', 'counts_as_upheld']) {
    const county = await announcedCounty(t, { objection: { ...PLAIN, cooperation: workdays(2), nonCooperation } })
    const { keys, act, advanceTo, accepted, read, stateOf } = county
    const path = await accepted()
    ok(await act(keys.operator, path, '/cooperation-request', { request: '请说明' }))
    await advanceTo('2026-05-07T15:59:59Z')
    t.match(await read(path), { state: 'accepted', cooperation: { state: 'waiting' } })
    await advanceTo('2026-05-07T16:00:00Z')
    const after = await read(path)
    t.equal(after.cooperation.state, 'refused')
    if (nonCooperation === 'none') {
      t.match(after, { state: 'accepted' }, 'on record, and nothing else')
      t.equal(await stateOf(0), 'suspended')
    } else {
      t.match(after, { state: 'upheld', decidedAt: '2026-05-07T16:00:00.000Z', decisionReasons: /视为异议成立/ })
      t.equal(await stateOf(0), 'cancelled')
      t.equal(after.successorAwardId, (await county.awardOf(1)).id, 'the next bid is proposed')
    }
  }
})

t.test('while the clock of the answer stands still, so does the day of the statement', async (t) => {
  const policy = { objection: { ...PLAIN, cooperation: workdays(2), nonCooperation: 'counts_as_upheld' } }
  const pause = { reasonCode: 'hearing', reason: '等待听证' }
  for (const isAskedInPause of [false, true]) {
    const { keys, act, advanceTo, accepted, read, waiting, stateOf } = await announcedCounty(t, policy)
    const path = await accepted()
    const ask = async () => ok(await act(keys.operator, path, '/cooperation-request', { request: '请说明' }))
    if (!isAskedInPause) t.match((await ask()).cooperation, { due: { effectiveOn: '2026-05-07' } })
    ok(await act(keys.host, path, '/pause', pause))
    await advanceTo('2026-05-06T02:00:00Z')
    if (isAskedInPause) t.match((await ask()).cooperation, { due: { effectiveOn: '2026-05-08' } })
    t.same(await waiting(path), [])
    await advanceTo('2026-05-09T02:00:00Z')
    t.match(await read(path), { state: 'paused', cooperation: { state: 'waiting' } })
    const resumed = ok(await act(keys.operator, path, '/resumption'))
    t.match(resumed.cooperation, { state: 'waiting', due: { startOn: '2026-05-09', effectiveOn: '2026-05-12' } })
    t.same(await waiting(path), [
      'objection.cooperation_due 2026-05-12T16:00:00.000Z',
      'objection.answer_due 2026-05-15T16:00:00.000Z',
    ])
    await advanceTo('2026-05-12T15:59:59Z')
    t.match(await read(path), { state: 'accepted' }, 'both working days that were left are there')
    await advanceTo('2026-05-12T16:00:00Z')
    t.match(await read(path), { state: 'upheld', cooperation: { state: 'refused' } })
    t.equal(await stateOf(0), 'cancelled')
  }
})

t.test('who repeats what was inadmissible holds the award once more, and then no longer', async (t) => {
  const { keys, act, file, filed, stateOf, other } = await announcedCounty(t)
  const turnAway = async (because: string) => {
    const path = await filed()
    t.equal(await stateOf(0), 'suspended')
    ok(await act(keys.operator, path, '/rejection', { because, reasons: '未提供新的事实' }))
    t.equal(await stateOf(0), 'noticed')
  }
  await turnAway('no_facts')
  await turnAway('repeated')
  t.match(await file(), { status: 409, body: { code: 'objection_repeated' } })
  t.equal(await stateOf(0), 'noticed', 'and nothing is suspended again')
  t.match(ok(await file({ anonymous: true })), { state: 'logged' })
  t.match(ok(await file({}, other)), { state: 'filed' }, 'others are free to object')
})

t.test('an upheld objection re-opens the need where the policy wants no successor', async (t) => {
  const county = await announcedCounty(t, { objection: { ...PLAIN, afterUpheld: 'reopen_need' } })
  const { keys, act, accepted, stateOf, call, needIds, awards } = county
  const path = await accepted()
  const upheld = ok(await act(keys.host, path, '/decision', { outcome: 'upheld', reasons: '属实' }))
  t.equal(upheld.successorAwardId, null)
  t.equal(await stateOf(0), 'cancelled')
  t.equal((await awards()).length, 2, 'nobody steps in')
  t.equal(ok(await call(keys.host, 'GET', `/v1/needs/${needIds.visits}`)).state, 'published')
})

t.test('what is inadmissible is answered, and reviewed once by the superior', async (t) => {
  const county = await reviewedCounty(t)
  const { call, keys, act, file, filed, read, stateOf, superior, objector, awarded, other, advanceTo } = county
  const evidence = await stored(county, objector)
  const path = await filed({ evidenceIds: [evidence] })
  const rejection = { because: 'no_facts', reasons: '未提供事实依据' }

  await t.test('the admissibility decision needs its code, and sets the award free', async (t) => {
    t.equal((await act(objector, path, '/rejection', rejection)).status, 403)
    t.equal((await act(keys.host, path, '/rejection', { because: 'too_late', reasons: '逾期' })).status, 400)
    t.match(await act(objector, path, '/appeal', { grounds: '不服' }), {
      status: 409,
      body: { code: 'appeal_not_open' },
    })
    t.match(ok(await act(keys.host, path, '/rejection', rejection)), {
      state: 'inadmissible',
      inadmissibleBecause: 'no_facts',
    })
    t.equal(await stateOf(0), 'noticed')
    t.match(await act(keys.host, path, '/acceptance'), { status: 409 })
  })

  await t.test('its filer alone appeals; the superior alone handles it', async (t) => {
    const award = `/v1/awards/${county.awardId}`
    for (const there of [path, award])
      t.equal((await call(superior, 'GET', there)).status, 404, 'nothing is there for the superior before')
    t.equal((await act(keys.host, path, '/appeal', { grounds: '不服' })).status, 403)
    const { etag } = (await call(keys.host, 'GET', path)).headers
    t.equal((await call(other, 'POST', `${path}/appeal`, { grounds: '不服' }, { ifMatch: String(etag) })).status, 404)
    const appeal = ok(await act(objector, path, '/appeal', { grounds: '事实依据见附件', groundCodes: ['procedure'] }))
    const review = `/v1/objections/${appeal.id}`
    t.match(appeal, {
      kind: 'appeal',
      state: 'filed',
      appealsId: path.split('/').at(-1),
      answerDue: { period: { amount: 10 } },
    })
    t.equal(await stateOf(0), 'suspended', 'the award waits again')
    t.match(await act(objector, path, '/appeal', { grounds: '再次' }), { status: 409, body: { code: 'appeal_exists' } })
    t.equal((await act(keys.host, review, '/acceptance')).status, 403, 'the host does not judge its own answer')
    t.equal((await download(county, superior, evidence)).statusCode, 200)
    t.match(await read(path, superior), {
      ...{ state: 'inadmissible', inadmissibleBecause: 'no_facts', decisionReasons: '未提供事实依据' },
      ...{ evidenceIds: [evidence], filedByOrganizationId: county.agencyIds[1], isFilerHidden: false },
    })
    t.match(await read(award, superior), { id: county.awardId, state: 'suspended' })
    t.equal((await call(superior, 'GET', `/v1/notices/${county.noticeId}`)).status, 200)
    t.equal(
      (await act(superior, path, '/decision', { outcome: 'upheld', reasons: '属实' })).status,
      403,
      'reads it only',
    )
    t.equal((await act(superior, award, '/cancellation', { reason: '属实' })).status, 403)
    t.equal((await call(superior, 'GET', `/v1/awards/${(await county.awardOf(2)).id}`)).status, 404, 'no other award')
    const finance = await county.keyFor('finance', { hostId: county.superiorId, organizationId: county.superiorId })
    t.equal((await call(finance, 'GET', award)).status, 404, 'nor anybody else of the superior')
    ok(await act(superior, review, '/acceptance'))
    t.match(
      (await call(superior, 'GET', '/v1/objections')).body.items.map(({ id }: { id: string }) => id),
      [appeal.id, path.split('/').at(-1)],
    )
    t.match(await read(review, awarded), { isFilerHidden: true, filedByOrganizationId: null })
    const upheld = ok(await act(superior, review, '/decision', { outcome: 'upheld', reasons: '应予受理,且属实' }))
    t.equal(upheld.successorAwardId, (await county.awardOf(1)).id)
    t.equal(await stateOf(0), 'cancelled')
    t.match(await act(objector, review, '/appeal', { grounds: '再上诉' }), {
      status: 409,
      body: { code: 'appeal_not_open' },
    })
  })

  await t.test('an appeal after its days is kept, and told so', async (t) => {
    const mediation = await county.awardOf(2)
    const second = `/v1/objections/${ok(await file({ awardId: mediation.id })).id}`
    ok(await act(keys.operator, second, '/acceptance'))
    ok(await act(keys.host, second, '/decision', { outcome: 'dismissed', reasons: '无误' }))
    await advanceTo('2026-05-08T16:00:00Z')
    const late = ok(await act(objector, second, '/appeal', { grounds: '不服' }))
    t.match(late, { state: 'rejected_as_late', kind: 'appeal', decisionReasons: /2026-05-09 00:00:00 届满/ })
    t.equal(await stateOf(2), 'noticed')
    t.equal((await call(superior, 'GET', second)).status, 404, 'nobody reviews it')
  })
})

t.test('an objection ends by its filer, or with the award, at once', async (t) => {
  const county = await announcedCounty(t)
  const { keys, act, call, file, filed, read, stateOf, waiting, objector, other, awarded, awardId, awardOf } = county
  const fourth = await county.keyFor('agency')
  const first = await filed()
  t.equal((await call(other, 'POST', `${first}/withdrawal`, { reason: '误会' }, { ifMatch: 1 })).status, 404)
  t.equal((await act(keys.host, first, '/withdrawal', { reason: '误会' })).status, 403)
  t.match(ok(await act(objector, first, '/withdrawal', { reason: '已与机构核实' })), {
    state: 'withdrawn',
    actions: [],
  })
  t.equal(await stateOf(0), 'noticed')
  t.same(await waiting(first), [])
  t.match(await file(), { status: 409, body: { code: 'objection_taken_back' } })
  t.equal(await stateOf(0), 'noticed', 'and nothing is suspended again')

  const second = `/v1/objections/${ok(await file({}, fourth)).id}`
  ok(await act(keys.operator, second, '/acceptance'))
  ok(await act(keys.operator, second, '/cooperation-request', { request: '请说明' }))
  const third = `/v1/objections/${ok(await file({}, other)).id}`
  ok(await act(awarded, `/v1/awards/${awardId}`, '/decline', { reason: '不再承接' }))
  for (const path of [second, third]) {
    t.match(await read(path), { state: 'dismissed', decisionReasons: /已取消或放弃/ })
    t.same(await waiting(path), [])
  }
  t.equal((await awardOf(1)).state, 'proposed')
  t.match(await act(fourth, second, '/decision', { outcome: 'upheld', reasons: '属实' }), { status: 403 })
  t.match(await act(keys.host, second, '/decision', { outcome: 'upheld', reasons: '属实' }), { status: 409 })
  t.equal(
    (await call(awarded, 'POST', `/v1/awards/${awardId}/decline`, { reason: '重复' }, { ifMatch: 99 })).status,
    412,
  )
  t.match(await file({}, fourth), { status: 409, body: { code: 'objection_target_ended' } })
  t.match(ok(await file({ anonymous: true }, fourth)), { state: 'logged' })
  t.match(await file({ evaluationId: unknownId('evl') }, fourth), {
    status: 422,
    body: { code: 'objection_target_unknown', errors: [{ pointer: '#/evaluationId' }] },
  })
})

t.test('who works for the host that answers does not object to its notice; others’ towns may', async (t) => {
  const county = await announcedCounty(t)
  const { file, stateOf } = county
  for (const role of ['town', 'evaluator', 'auditor'] as const) {
    const insider = await county.keyFor(role)
    t.match(await file({}, insider), { status: 422, body: { code: 'objection_from_host' } }, role)
    t.match(ok(await file({ anonymous: true }, insider)), { state: 'logged', filedByOrganizationId: null })
  }
  t.equal(await stateOf(0), 'noticed')
  const elsewhere = await county.newOrganization('邻县民政局', { type: 'government' })
  const town = await county.keyFor('town', { hostId: elsewhere, organizationId: elsewhere })
  t.match(ok(await file({}, town)), { state: 'filed', filedByOrganizationId: elsewhere })
})
