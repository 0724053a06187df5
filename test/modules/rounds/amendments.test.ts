import t from 'tap'
import { deadlinesOf } from '../../../src/modules/deadlines/index.ts'
import { confirmationDeadlineOf, lockRound, requiredPolicyVersionOf } from '../../../src/modules/rounds/index.ts'
import { testApp } from '../../support/app.ts'
import { BIDDING, county, expecting, money, TIMETABLE } from './fixtures.ts'

type Found = { code: string; pointer: string; severity: string; detail: string }

t.test('a round is checked as its publication would, and nothing changes by it', async (t) => {
  const app = await testApp(t)
  const { call, keyFor, newOrganization, setClock } = app
  const { hostKey, newNeed, newRound, publishedRound } = await county(app)
  await setClock('2026-03-26T01:00:00.000Z')
  const need = await newNeed()
  const flawed = await newRound([need], {
    pools: [{ source: 'fiscal', name: '财政资金', size: money('600000.00'), fields: ['governance'] }],
    policy: { passLine: '101', tieBreak: ['lower_request'] },
  })
  const path = `/v1/rounds/${flawed.body.id}`

  t.test('all findings come at once, errors and warnings', async (t) => {
    const checked = await call(hostKey, 'POST', `${path}/check`)
    t.equal(checked.status, 200, JSON.stringify(checked.body))
    t.equal(checked.body.isPublishable, false)
    const found = checked.body.findings.map(({ pointer, code, severity }: Found) => `${severity} ${pointer} ${code}`)
    t.same(found, [
      'warning #/timetable/cycleEndsOn calendar_year_missing_later',
      'error #/pools/0 pool_useless',
      'error #/needIds/0 need_unfunded',
      'warning #/policy/panel/dropExtremesMinSheets drop_extremes_never',
      'error #/policy/passLine pass_line_unreachable',
      'warning #/policy/tieBreak tie_break_may_not_decide',
      'warning #/hostId stage_unmanned',
      'warning #/hostId stage_unmanned',
      'warning #/hostId stage_unmanned',
      'warning #/hostId stage_unmanned',
    ])
    const refused = await call(hostKey, 'POST', `${path}/publication`, undefined, { ifMatch: 1 })
    t.match([refused.status, refused.body.code], [422, 'round_not_publishable'])
    t.same(
      refused.body.errors.map(({ pointer, code }: Found) => `error ${pointer} ${code}`),
      found.filter((one: string) => one.startsWith('error')),
      'the publication refuses the errors, and they alone',
    )
    t.equal((await call(hostKey, 'GET', path)).headers['etag'], '"1"')
  })

  t.test('in the language of the caller', async (t) => {
    const sentences = async (language: string) => {
      const options = { headers: { 'accept-language': language } }
      const { body } = await call(hostKey, 'POST', `${path}/check`, undefined, options)
      const refused = await call(hostKey, 'POST', `${path}/publication`, undefined, { ...options, ifMatch: 1 })
      return [body.findings[1].detail, refused.body.errors[0].detail]
    }
    t.match(await sentences('en'), [/No need may use the pool/, /No need may use the pool/])
    t.match(await sentences('zh-CN'), [/没有任何需求可以使用资金池/, /没有任何需求可以使用资金池/])
  })

  t.test('credentials make the stages manned and the openers enough', async (t) => {
    const sound = await newRound([need], {
      policy: {
        panel: { size: 5, quorum: 5, recusalLookbackMonths: 24, dropExtremesMinSheets: 5, outlierGap: null },
        sealing: { mode: 'server', keyHolder: 'file', openersRequired: 2, officers: [], sharesRequired: 1 },
      },
    })
    const check = async () => (await call(hostKey, 'POST', `/v1/rounds/${sound.body.id}/check`)).body
    t.match((await check()).findings[1], { code: 'openers_too_few', severity: 'error' })
    for (const role of ['operator', 'finance', 'evaluator', 'auditor'] as const) await keyFor(role)
    await keyFor('expert', { expertId: 'exp_01jd0000000000000000000000' })
    t.same(await check(), {
      isPublishable: true,
      findings: [
        {
          code: 'calendar_year_missing_later',
          pointer: '#/timetable/cycleEndsOn',
          severity: 'warning',
          detail: '2027 年的工作日历尚未载入,项目周期内和结项时的期限要等载入后才能计算。',
        },
      ],
    })
  })

  t.test('a key holder that this service does not have is found by the check as by the publication', async (t) => {
    const sealing = { mode: 'server', keyHolder: 'kms', openersRequired: 1, officers: [], sharesRequired: 1 }
    const draft = await newRound([need], { policy: { sealing } })
    const { body } = await call(hostKey, 'POST', `/v1/rounds/${draft.body.id}/check`)
    const errors = body.findings.filter(({ severity }: Found) => severity === 'error')
    t.equal(body.isPublishable, false)
    t.match(errors, [{ pointer: '#/policy/sealing/keyHolder', code: 'key_holder_unknown', detail: /file, officers/ }])
    const path = `/v1/rounds/${draft.body.id}/publication`
    const refused = await call(hostKey, 'POST', path, undefined, { ifMatch: 1 })
    t.match([refused.status, refused.body.code], [422, 'round_not_publishable'])
    t.match(refused.body.errors, [{ pointer: '#/policy/sealing/keyHolder', code: 'key_holder_unknown' }])
  })

  t.test('by its host and operator alone', async (t) => {
    t.equal((await call(await keyFor('operator'), 'POST', `${path}/check`)).status, 200)
    t.equal((await call(await keyFor('agency'), 'POST', `${path}/check`)).status, 403)
    t.equal((await call(null, 'POST', `${path}/check`)).status, 401)
    const stranger = await keyFor('host', { hostId: await newOrganization('邻县民政局') })
    t.equal((await call(stranger, 'POST', `${path}/check`)).status, 404)
    const published = await publishedRound([need])
    const { body } = await call(hostKey, 'POST', `/v1/rounds/${published.body.id}/check`)
    t.equal(body.isPublishable, false, 'a published round is not published again')
  })
})

t.test('a published round is amended as its next version', async (t) => {
  const app = await testApp(t)
  const { asSystem, call, keyFor, setClock } = app
  const { hostKey, newNeed, publishedRound } = await county(app)
  const { body: round } = await publishedRound([await newNeed()])
  const path = `/v1/rounds/${round.id}`
  await setClock(BIDDING)
  const amend = (change: object, version: number, key = hostKey) =>
    call(
      key,
      'POST',
      `${path}/amendments`,
      { reason: '预算调整', confirmation: 'required', ...change },
      { ifMatch: version },
    )
  const cap = { cap: money('90000.00') }

  t.test('by its host alone, and for a reason', async (t) => {
    t.equal((await amend({ policy: cap }, 2, await keyFor('operator'))).status, 403)
    t.equal((await amend({ policy: cap, reason: '  ' }, 2)).status, 400)
    t.equal((await amend({ policy: cap, needIds: [] }, 2)).status, 400, 'needs are not part of it')
    t.equal((await amend({ policy: cap }, 1)).status, 412)
  })

  t.test('everybody may read what changed and why', async (t) => {
    const timetable = { ...TIMETABLE, closesAt: '2026-04-20T09:00:00.000Z' }
    const confirmBy = '2026-04-18T09:00:00.000Z'
    const amended = await amend({ policy: cap, timetable, confirmBy }, 2)
    t.equal(amended.status, 201, JSON.stringify(amended.body))
    t.equal(amended.headers['etag'], '"3"', 'the version of the round')
    t.equal(amended.headers['location'], `${path}/amendments/2`)
    t.match(amended.body, {
      policyVersion: 2,
      reason: '预算调整',
      confirmation: 'required',
      confirmBy,
      changed: ['#/policy/cap', '#/timetable/closesAt'],
      policy: { ...cap, floor: round.policy.floor },
      timetable,
      publishedAt: BIDDING,
    })
    t.same((await call(null, 'GET', `${path}/amendments`)).body.items, [amended.body])
    t.same((await call(null, 'GET', `${path}/amendments/2`)).body, amended.body)
    t.equal((await call(null, 'GET', `${path}/amendments/3`)).status, 404)
    const { body } = await call(null, 'GET', path)
    t.match(body, { policy: cap, policyVersion: 2, requiredPolicyVersion: 2, confirmBy, timetable })
    const due = await asSystem((work) => deadlinesOf(work, round.id))
    t.same(
      due.map(({ kind, dueAt }) => [kind, dueAt.toISOString()]),
      [
        ['round.opens', TIMETABLE.opensAt],
        ['round.closes', timetable.closesAt],
        ['round.formal_check_due', '2026-04-27T16:00:00.000Z'],
      ],
      'the deadlines move with the timetable',
    )
    const locked = await asSystem((work) => lockRound(work, round.id))
    t.equal(requiredPolicyVersionOf(locked), 2)
    t.equal(confirmationDeadlineOf(locked).toISOString(), confirmBy)
  })

  t.test('what was published first stays readable', async (t) => {
    const { status, body } = await call(null, 'GET', `${path}/amendments/1`)
    t.equal(status, 200, JSON.stringify(body))
    t.same(body, {
      roundId: round.id,
      policyVersion: 1,
      reason: null,
      confirmation: 'not_required',
      confirmBy: null,
      changed: [],
      policy: round.policy,
      timetable: TIMETABLE,
      publishedAt: round.publishedAt,
    })
    t.equal((await call(null, 'GET', `${path}/amendments/0`)).status, 400)
  })

  t.test('a later version need not be confirmed; the earlier demand stays', async (t) => {
    const pools = [{ position: 2, size: money('200000.00') }]
    const amended = await amend({ pools, confirmation: 'not_required' }, 3)
    t.match(
      amended.body,
      { policyVersion: 3, changed: ['#/pools/1/size'], confirmBy: null },
      JSON.stringify(amended.body),
    )
    const { body } = await call(null, 'GET', path)
    t.match(body, { policyVersion: 3, requiredPolicyVersion: 2, pools: [{}, { size: money('200000.00') }] })
    const pages = await call(null, 'GET', `${path}/amendments?limit=1`)
    t.match(pages.body.items, [{ policyVersion: 3 }], 'newest first')
    const rest = await call(null, 'GET', `${path}/amendments?limit=1&cursor=${pages.body.nextCursor}`)
    t.match(rest.body, { items: [{ policyVersion: 2 }], nextCursor: null })
  })

  t.test('what bidders rely on stays', async (t) => {
    const sealing = { ...round.policy.sealing, openersRequired: 2 }
    const pools = [
      { position: 1, size: money('1.00') },
      { position: 3, size: money('1.00') },
    ]
    const timetable = { ...TIMETABLE, opensAt: '2026-03-27T16:00:00.000Z', closesAt: '2026-04-20T09:00:00.000Z' }
    const refused = await amend({ policy: { sealing }, pools, timetable }, 4)
    t.match([refused.status, refused.body.code], [422, 'amendment_frozen'])
    t.same(
      refused.body.errors.map(({ pointer, code }: Found) => `${pointer} ${code}`),
      [
        '#/policy/sealing sealing_fixed',
        '#/timetable/opensAt opening_passed',
        '#/pools/0/size pool_shrinks',
        '#/pools/1/position pool_unknown',
      ],
    )
  })

  t.test('an amendment that says nothing, surprises or contradicts is refused', async (t) => {
    const codeOf = async (change: object) => (await amend(change, 4)).body.code
    t.equal(await codeOf({ policy: cap }), 'amendment_empty')
    const soon = { ...TIMETABLE, closesAt: '2026-04-03T02:00:00.000Z' }
    t.equal(await codeOf({ timetable: soon }), 'amendment_too_sudden', 'two days are not three')
    t.equal(await codeOf({ timetable: { ...soon, closesAt: '2026-03-31T02:00:00.000Z' } }), 'amendment_too_sudden')
    t.equal(await codeOf({ policy: { passLine: '71' }, confirmBy: BIDDING }), 'amendment_confirm_by_unfit')
    const flawed = await amend({ policy: { passLine: '101', tieBreak: ['luck'] } }, 4)
    t.match([flawed.status, flawed.body.code], [422, 'amendment_flawed'])
    t.same(
      flawed.body.errors.map(({ pointer, code }: Found) => `${pointer} ${code}`),
      ['#/policy/passLine pass_line_unreachable', '#/policy/tieBreak/0 tie_break_unknown'],
    )
    const { body } = await call(null, 'GET', path)
    t.equal(body.policyVersion, 3, 'nothing of it is kept')
  })

  t.test('the database keeps every version and lets no policy change without one', async (t) => {
    const { pool } = app.database
    const versions = await pool.query('select version from round_policy_version order by version')
    t.same(
      versions.rows.map(({ version }) => version),
      [1, 2, 3],
    )
    await t.rejects(pool.query(`update round_policy_version set reason = 'x'`), /never changes/)
    await t.rejects(pool.query('delete from round_policy_version'), /never changes/)
    await t.rejects(
      pool.query(`update round set policy = '{}', policy_version = policy_version + 1`),
      /except as its next version that was announced/,
    )
  })

  t.test('after the closing nothing is amended', async (t) => {
    await setClock('2026-04-20T09:00:00.000Z')
    const late = await amend({ policy: { passLine: '71' } }, 4)
    t.match([late.status, late.body.code], [409, 'amendment_too_late'])
  })

  t.test('a draft is changed, not amended', async (t) => {
    const draft = expecting(
      201,
      await call(hostKey, 'POST', '/v1/rounds', {
        code: 'D',
        title: '草稿',
        needIds: [],
        pools: [],
        timetable: TIMETABLE,
      }),
    )
    const change = { reason: '调整', confirmation: 'required', policy: cap }
    const refused = await call(hostKey, 'POST', `/v1/rounds/${draft.body.id}/amendments`, change, { ifMatch: 1 })
    t.match([refused.status, refused.body.code], [409, 'round_not_in_state'])
    t.equal((await call(null, 'GET', `/v1/rounds/${draft.body.id}/amendments`)).status, 404)
    t.equal(
      (await call(hostKey, 'GET', `/v1/rounds/${draft.body.id}/amendments/1`)).status,
      404,
      'it has no version yet',
    )
  })
})
