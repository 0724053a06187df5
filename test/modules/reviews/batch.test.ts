import t from 'tap'
import { type Answer, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Expert, newExpert, smallRound } from './fixtures.ts'

const UNKNOWN_BID = 'bid_00000000000000000000000000'
const merit = (points: string) => [{ criterion: 'merit', points }]

t.test('a batch takes each sheet whole or not at all, and says of each what became of it', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const { hostKey, bids, agencies, convene } = await smallRound(app, ['甲', '乙', '丙', '丁'])
  const tied = { conflictOrganizationIds: [agencies['丙']?.organizationId] }
  const e1 = await newExpert(app, hostKey, 'E1', tied)
  const [e2, e3] = [await newExpert(app, hostKey, 'E2'), await newExpert(app, hostKey, 'E3')]
  expecting(201, await convene([e1, e2], [e3]))
  const send = (key: string | null, sheets: readonly object[], idempotencyKey: string | null): Promise<Answer> =>
    call(key, 'POST', '/v1/score-sheets/batch', { sheets }, { idempotencyKey })
  const sheet = (name: string, points: string) => ({ bidId: bids[name] ?? name, items: merit(points) })
  const whole = [
    sheet('甲', '81.5'),
    sheet('乙', '100.01'),
    sheet('丙', '70'),
    sheet('甲', '99'),
    sheet(UNKNOWN_BID, '70'),
    { bidId: bids['丁'], items: [], vote: 'yes' },
  ]
  t.equal((await send(e1.key, whole, null)).body.code, 'idempotency_key_required')
  t.equal((await send(hostKey, whole, 'k0')).status, 403)
  t.equal((await send(null, whole, 'k0')).status, 401)
  t.equal((await send(e1.key, [], 'k0')).status, 400)
  const first = await send(e1.key, whole, 'k1')
  t.equal(first.status, 200, JSON.stringify(first.body))
  t.same(
    first.body.outcomes.map(({ status, total, problem }: Record<string, { code?: string }>) => [
      status,
      total,
      problem?.code ?? null,
    ]),
    [
      ['signed', '81.50', null],
      ['refused', null, 'score_sheet_invalid'],
      ['refused', null, 'expert_recused'],
      ['refused', null, 'score_sheet_signed'],
      ['refused', null, 'not_found'],
      ['refused', null, 'score_sheet_invalid'],
    ],
  )
  t.match(first.body.outcomes[1].problem, { detail: /1/, errors: [{ pointer: '#/items/0', code: 'points_above_max' }] })
  t.same((await send(e1.key, whole, 'k1')).body, first.body, 'again under its key: the same answer, and nothing twice')
  t.same((await call(e1.key, 'GET', '/v1/score-sheets')).body.items.length, 1, 'what was refused wrote nothing')
  const mended = await send(e1.key, [sheet('乙', '100')], 'k2')
  t.match(mended.body.outcomes, [{ status: 'signed', total: '100.00' }])

  const tooMany = { bidId: bids['甲'], items: Array.from({ length: 40 }, () => ({ criterion: 'merit', points: '1' })) }
  t.match(await send(e2.key, Array(26).fill(tooMany), 'k3'), { status: 422, body: { code: 'too_many_scores' } })
  t.equal(
    (await send(await keyFor('expert', { expertId: e3.id }), [sheet('甲', '80')], 'k4')).body.outcomes[0].problem.code,
    'not_found',
  )
})

t.test('a signed sheet is corrected with a reason until the ranking; the old values stay', async (t) => {
  const app = await testApp(t)
  const { call, keyFor } = app
  const { hostKey, roundId, bids, agencies, sign, convene, rank } = await smallRound(app, ['甲', '乙'])
  const [e1, e2] = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  const panel = `/v1/review-panels/${expecting(201, await convene([e1, e2])).body.id}`
  const signed = expecting(201, await sign(e1, '甲', '60')).body
  const correct = (key: string | null, sheetId: string, body: object) =>
    call(key, 'POST', `/v1/score-sheets/${sheetId}/correction`, body)
  const wanted = { items: merit('86'), reason: '笔误:86 分误录为 60 分。' }
  t.equal((await correct(e2.key, signed.id, wanted)).status, 404)
  t.equal((await correct(hostKey, signed.id, wanted)).status, 403, 'nobody corrects for an expert')
  t.equal((await correct(agencies['甲']?.key ?? '', signed.id, wanted)).status, 403)
  t.equal((await correct(e1.key, signed.id, { items: merit('86') })).status, 400, 'a reason is part of it')
  t.equal((await correct(e1.key, 'sht_00000000000000000000000000', wanted)).status, 404)
  t.match((await correct(e1.key, signed.id, { ...wanted, items: merit('101') })).body, { code: 'score_sheet_invalid' })
  t.match((await correct(e1.key, signed.id, { ...wanted, items: merit('60') })).body, {
    code: 'score_sheet_unchanged',
    status: 422,
  })

  const [one, other] = await Promise.all([correct(e1.key, signed.id, wanted), correct(e1.key, signed.id, wanted)])
  const [done, late] = one.status === 201 ? [one, other] : [other, one]
  t.match([done.status, late.status, late.body.code], [201, 409, 'score_sheet_void'], 'of two at once one corrects')
  t.match(done.body, { total: '86.00', corrects: { sheetId: signed.id, reason: wanted.reason }, voidedAt: null })
  t.equal(done.headers['location'], `/v1/score-sheets/${done.body.id}`)
  const auditor = await keyFor('auditor')
  t.match((await call(auditor, 'GET', `/v1/score-sheets/${signed.id}`)).body, { total: '60.00', voidedAt: /^2026/ })
  t.match((await sign(e1, '甲', '90')).body, { code: 'score_sheet_signed', status: 409 }, 'a second signature')
  const reason = { reason: '与其他专家看法不同。' }
  t.equal(
    (await call(e1.key, 'POST', `/v1/score-sheets/${signed.id}/outlier-reason`, reason)).body.code,
    'score_sheet_void',
  )

  for (const [expert, name] of [
    [e2, '甲'],
    [e1, '乙'],
    [e2, '乙'],
  ] as const)
    expecting(201, await sign(expert, name, '80'))
  t.match((await rank()).body.entries, [
    { bidId: bids['甲'], sum: '166.00' },
    { bidId: bids['乙'], sum: '160.00' },
  ])
  const tooLate = await correct(e1.key, done.body.id, wanted)
  t.match([tooLate.status, tooLate.body.code], [409, 'score_sheet_correction_too_late'])

  const withdraw = (key: string | null) =>
    call(key, 'POST', `/v1/rounds/${roundId}/ranking-withdrawal`, {
      ground: 'sheet_error',
      reason: '甲的评分表录入有误',
    })
  const strangers = await app.newOrganization('邻县民政局', { type: 'government' })
  t.equal((await withdraw(await keyFor('host', { hostId: strangers, organizationId: strangers }))).status, 403)
  for (const key of [auditor, e1.key, agencies['甲']?.key ?? '']) t.equal((await withdraw(key)).status, 403)
  t.equal(
    (
      await call(hostKey, 'POST', '/v1/rounds/rnd_00000000000000000000000000/ranking-withdrawal', {
        ground: 'sheet_error',
        reason: '录入有误',
      })
    ).status,
    404,
  )
  t.match(await withdraw(hostKey), {
    status: 200,
    body: { roundId, ground: 'sheet_error', reason: '甲的评分表录入有误' },
  })
  t.match((await withdraw(hostKey)).body, { code: 'nothing_to_withdraw', status: 409 })
  t.equal(
    (await call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking-withdrawal`, { ground: 'sheet_error' })).status,
    400,
    'a written reason is part of it',
  )
  t.same((await call(e1.key, 'GET', panel)).body.rankingWithdrawals, [], 'experts do not read why')
  for (const key of [hostKey, auditor])
    t.match((await call(key, 'GET', panel)).body.rankingWithdrawals, [
      { ground: 'sheet_error', reason: '甲的评分表录入有误', withdrawnAt: /^2026/ },
    ])
  t.equal((await call(agencies['甲']?.key ?? '', 'GET', panel)).status, 403)
  const { rows: voided } = await app.database.pool.query(`select data from event where type = 'ranking.voided'`)
  t.same(voided, [{ data: { ground: 'sheet_error' } }], 'the record that nobody can erase has the word alone')
  await t.rejects(app.database.pool.query(`update review_panel set ranking_withdrawals = '[]'`), /never changes/)
  t.equal((await correct(e1.key, done.body.id, { ...wanted, items: merit('88') })).status, 201)
  t.match((await rank()).body.entries[0], { sum: '168.00' })
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
  t.match((await withdraw(hostKey)).body, { code: 'review_settled', status: 409 })
  await t.rejects(app.database.pool.query('update score_sheet set total_hundredths = 1'), /never changes/)
})

t.test('a deduction that the host recorded with its reason lowers the total, also below zero', async (t) => {
  const app = await testApp(t)
  const late = { code: 'late', kind: 'deduction', normalization: 'as_is', max: '100', min: null, coverage: 'some' }
  const { hostKey, roundId, bids, sign, convene, rank } = await smallRound(app, ['甲', '乙'], {
    scoring: {
      ...{ scope: 'round', panelWeightBasisPoints: 10_000, passLineOn: 'total' },
      sources: [{ ...late, weightBasisPoints: 10_000 }],
    },
  })
  const experts = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  expecting(201, await convene(experts))
  for (const expert of experts) for (const name of ['甲', '乙']) expecting(201, await sign(expert, name, '80'))
  const record = (reason: string | null) =>
    app.call(hostKey, 'POST', `/v1/rounds/${roundId}/score-sources/late/results`, {
      results: [{ bidId: bids['甲'], value: '85', reason }],
      statement: '上一轮月报逾期情况由主办单位核对。',
    })
  t.match((await record(null)).body, { code: 'score_results_invalid', errors: [{ code: 'reason_missing' }] })
  expecting(201, await record('上一轮逾期报送月报'))
  t.match((await rank()).body.entries, [
    { bidId: bids['乙'], total: { points: '80.00' } },
    {
      ...{ bidId: bids['甲'], total: { points: '-5.00', exact: '-5' }, isAboveLine: false },
      components: [{ points: '80.00' }, { points: '-85.00', exact: '-85' }],
    },
  ])
})

t.test('experts recommend amounts where the policy asks for them, and the award is their median', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const amounts = { method: 'panel_median', fixed: null, grades: [] }
  const panel = { size: 3, quorum: 3, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
  const { hostKey, roundId, bids, convene, rank } = await smallRound(app, ['甲'], { amounts, panel })
  const experts = []
  for (const code of ['E1', 'E2', 'E3']) experts.push(await newExpert(app, hostKey, code))
  expecting(201, await convene(experts))
  const recommend = (expert: Expert | undefined, amount: string) =>
    call(expert?.key ?? '', 'POST', '/v1/score-sheets', {
      ...{ bidId: bids['甲'], items: merit('80') },
      recommendedAmount: { amount, currency: 'CNY' },
    })
  t.match((await recommend(experts[0], '80000.01')).body.errors, [{ code: 'amount_above_request' }])
  for (const [index, amount] of ['78000.00', '70000.00', '75000.00'].entries()) {
    const signed = await recommend(experts[index], amount)
    t.match(signed, { status: 201, body: { recommendedAmount: { amount } } })
  }
  expecting(200, await rank())
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
  const { body } = await call(hostKey, 'GET', `/v1/awards?roundId=${roundId}`)
  t.match(body.items, [{ bidId: bids['甲'], approved: { amount: '75000.00' } }])
})

t.test('an amount that nobody asked for is refused with the sheet', async (t) => {
  const app = await testApp(t)
  const { hostKey, bids, convene } = await smallRound(app, ['甲'])
  const [e1, e2] = [await newExpert(app, hostKey, 'E1'), await newExpert(app, hostKey, 'E2')]
  expecting(201, await convene([e1, e2]))
  const body = { bidId: bids['甲'], items: merit('80'), recommendedAmount: { amount: '1.00', currency: 'CNY' } }
  t.match((await app.call(e1.key, 'POST', '/v1/score-sheets', body)).body, {
    code: 'score_sheet_invalid',
    errors: [{ pointer: '#/recommendedAmount', code: 'amount_not_asked' }],
  })
})

t.test('35,000 scores in concurrent batches lose none, and totals are those of an independent sum', async (t) => {
  const [CRITERIA, EXPERTS, BIDS, AT_ONCE] = [40, 25, 35, 25]
  const app = await testApp(t)
  const { call } = app
  const names = Array.from({ length: BIDS }, (_, index) => `机构 ${index + 1}`)
  const codes = Array.from({ length: CRITERIA }, (_, index) => `c${index + 1}`)
  const { hostKey, bids, convene, rank } = await smallRound(app, names, {
    criteria: codes.map((code) => ({ code, max: '2.5' })),
    tieBreak: ['lower_request', 'earlier_submission', 'lot'],
    panel: { size: EXPERTS, quorum: EXPERTS, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null },
  })
  const experts: Expert[] = []
  for (let n = 1; n <= EXPERTS; n++) experts.push(await newExpert(app, hostKey, `E${n}`))
  expecting(201, await convene(experts))
  /** Hundredths by arithmetic on positions alone: 0 to 250 in steps that no two bids share. */
  const hundredths = (expert: number, bid: number, criterion: number) => (expert * 31 + bid * 17 + criterion * 7) % 251
  const batches = experts.flatMap((expert, e) =>
    Array.from({ length: Math.ceil(BIDS / AT_ONCE) }, (_, nth) => ({
      expert,
      nth,
      sheets: names.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE).map((name, offset) => ({
        bidId: bids[name],
        items: codes.map((criterion, c) => ({
          criterion,
          points: (hundredths(e, nth * AT_ONCE + offset, c) / 100).toFixed(2),
        })),
      })),
    })),
  )
  const scores = batches.reduce((sum, { sheets }) => sum + sheets.reduce((own, { items }) => own + items.length, 0), 0)
  t.equal(scores, 35_000)
  const started = performance.now()
  const answers = await Promise.all(
    batches.map(({ expert, nth, sheets }) =>
      call(expert.key, 'POST', '/v1/score-sheets/batch', { sheets }, { idempotencyKey: `${expert.id}-${nth}` }),
    ),
  )
  t.comment(`35,000 scores in ${batches.length} batches: ${Math.round(performance.now() - started)} ms`)
  const outcomes = answers.flatMap(({ body }) => body.outcomes)
  t.same(
    outcomes.filter(({ status }) => status !== 'signed'),
    [],
  )
  t.equal(outcomes.length, EXPERTS * BIDS)
  const { rows } = await app.database.pool.query(
    `select count(*)::int as sheets, sum(jsonb_array_length(items))::int as scores from score_sheet where voided_at is null`,
  )
  t.same(rows, [{ sheets: EXPERTS * BIDS, scores: 35_000 }])

  const ranked = expecting(200, await rank()).body
  const sums = new Map<string, string>(
    ranked.entries.map((entry: { bidId: string; sum: string }) => [entry.bidId, entry.sum]),
  )
  const recomputed = names.map((name, b) => {
    let sum = 0
    for (let e = 0; e < EXPERTS; e++) for (let c = 0; c < CRITERIA; c++) sum += hundredths(e, b, c)
    return [bids[name], (sum / 100).toFixed(2)]
  })
  t.same(
    recomputed.map(([bidId]) => [bidId, sums.get(bidId ?? '')]),
    recomputed,
  )
})
