import t from 'tap'
import { type Answer, type TestApp, testApp } from '../../support/app.ts'
import { expecting } from '../rounds/fixtures.ts'
import { type Expert, newExpert, smallRound } from './fixtures.ts'

const UNKNOWN_BID = 'bid_00000000000000000000000000'
const UNKNOWN_ROUND = 'rnd_00000000000000000000000000'
const PANEL = { size: 3, quorum: 2, recusalLookbackMonths: 24, dropExtremesMinSheets: null, outlierGap: null }
const HALL = { heldOn: '2026-04-28', place: '云汀县民政局三楼会议室' }

/** A round whose policy holds a session, with its panel convened and everybody who may or may not look on. */
async function heldRound(app: TestApp, names: readonly string[], review: object, more: object = {}) {
  const round = await smallRound(app, names, {
    panel: PANEL,
    review: { session: 'full', method: 'scores', vote: null, opinionFor: 'bidder', levels: [], ...review },
    ...more,
  })
  const experts: Expert[] = []
  for (const code of ['E1', 'E2', 'E3', 'E4']) experts.push(await newExpert(app, round.hostKey, code))
  const [e1, e2, e3, e4] = experts as [Expert, Expert, Expert, Expert]
  const panel = expecting(201, await round.convene([e1, e2, e3], [e4])).body
  const strangers = await app.newOrganization('邻县民政局', { type: 'government' })
  const keys = {
    operator: await app.keyFor('operator'),
    auditor: await app.keyFor('auditor'),
    finance: await app.keyFor('finance'),
    otherHost: await app.keyFor('host', { hostId: strangers, organizationId: strangers }),
    otherAgency: await app.keyFor('agency'),
  }
  const open = (body: object = HALL, key: string = round.hostKey) =>
    app.call(key, 'POST', `/v1/rounds/${round.roundId}/review-sessions`, body)
  const item = (bidId: string, key: string | null = round.hostKey) => app.call(key, 'GET', `/v1/review-items/${bidId}`)
  /** A step of who presides, with the version as it is. */
  const step = async (bidId: string, command: string, body?: object, key: string = round.hostKey): Promise<Answer> => {
    const { headers } = await item(bidId)
    return app.call(key, 'POST', `/v1/review-items/${bidId}/${command}`, body, { ifMatch: String(headers['etag']) })
  }
  const hear = async (bidId: string) => {
    const statement = { bidderPresent: true, statement: '负责人介绍了服务对象与实施步骤。' }
    expecting(200, await step(bidId, 'statement', statement))
    expecting(200, await step(bidId, 'cross-examination'))
    expecting(200, await step(bidId, 'scoring'))
  }
  const bid = (name: string) => round.bids[name] ?? name
  return { ...round, e1, e2, e3, e4, panel, keys, open, item, step, hear, bid }
}

t.test('a bid is stated, cross-examined, scored, and has its opinion: in this order and no other', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const county = await heldRound(app, ['甲', '乙', '丙'], { opinionFor: 'public' }, { awardsPerNeedMax: 2 })
  const { hostKey, roundId, agencies, e1, e2, e3, e4, keys, open, item, step, sign, rank, bid } = county
  const own = agencies['甲']?.key ?? ''
  const rival = agencies['乙']?.key ?? ''
  const statement = { bidderPresent: true, statement: '负责人介绍了服务对象与实施步骤。' }

  await t.test('openReviewSession calls bids that wait, each once', async (t) => {
    t.match((await sign(e1, '甲', '80')).body, { code: 'scoring_not_open', status: 409 }, 'a sheet before the session')
    t.equal((await open(HALL, own)).status, 403)
    t.equal((await open(HALL, keys.auditor)).status, 403)
    t.equal((await open(HALL, keys.otherHost)).status, 403, 'the round is public, its review not theirs')
    t.equal((await call(hostKey, 'POST', `/v1/rounds/${UNKNOWN_ROUND}/review-sessions`, HALL)).status, 404)
    const opened = await open({ ...HALL, bidIds: [bid('乙'), bid('甲')] })
    t.equal(opened.status, 201, JSON.stringify(opened.body))
    t.match(opened.body, {
      ...HALL,
      number: 1,
      items: [
        { bidId: bid('乙'), position: 1, state: 'called' },
        { bidId: bid('甲'), position: 2, state: 'called' },
      ],
    })
    const wrong = await open({ ...HALL, bidIds: [bid('甲'), bid('丙'), bid('丙'), UNKNOWN_BID] })
    t.match([wrong.status, wrong.body.code], [422, 'review_session_bids_invalid'])
    t.same(
      wrong.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
      [
        ['#/bidIds/0', 'called_already'],
        ['#/bidIds/2', 'twice'],
        ['#/bidIds/3', 'bid_not_judged'],
      ],
    )
    t.match((await open()).body.items, [{ bidId: bid('丙') }], 'the rest in another session')
    t.match((await open()).body.errors, [{ code: 'nothing_to_hear' }])
    const list = `/v1/rounds/${roundId}/review-sessions`
    t.same(
      (await call(keys.auditor, 'GET', list)).body.items.map(({ number }: { number: number }) => number),
      [2, 1],
    )
    t.equal((await call(keys.finance, 'GET', list)).status, 403)
    t.equal((await call(keys.otherHost, 'GET', list)).status, 403)
  })

  await t.test('who attends reads the hearing: the host’s side, seated experts, the bidder', async (t) => {
    for (const key of [hostKey, keys.operator, keys.auditor, e1.key, own])
      t.equal((await item(bid('甲'), key)).status, 200)
    for (const key of [e4.key, rival, keys.otherAgency, keys.otherHost])
      t.equal((await item(bid('甲'), key)).status, 404)
    t.equal((await item(bid('甲'), null)).status, 401)
    t.equal((await item(bid('甲'), keys.finance)).status, 403)
    t.equal((await item(UNKNOWN_BID)).status, 404)
  })

  await t.test('each stage opens the next one, and only that', async (t) => {
    const url = `/v1/review-items/${bid('甲')}`
    t.equal((await call(hostKey, 'POST', `${url}/statement`, statement)).status, 428)
    t.equal((await call(hostKey, 'POST', `${url}/statement`, statement, { ifMatch: 9 })).status, 412)
    t.equal((await step(bid('甲'), 'statement', statement, own)).status, 403)
    t.equal((await step(bid('甲'), 'statement', statement, keys.otherHost)).status, 404)
    for (const early of ['cross-examination', 'scoring'])
      t.match((await step(bid('甲'), early)).body, { code: 'review_item_not_in_state', status: 409 }, early)
    t.equal((await step(bid('甲'), 'opinion', { opinion: '可行' })).body.code, 'review_item_not_in_state')
    t.equal((await step(bid('甲'), 'reopening', { reason: '误操作' })).body.code, 'review_item_not_in_state')

    const stated = await step(bid('甲'), 'statement', statement)
    t.match(stated.body, { ...statement, state: 'statement', statedAt: '2026-04-28T06:00:00.000Z' })
    t.equal((await step(bid('甲'), 'scoring')).body.code, 'cross_examination_required')
    const early = await sign(e1, '甲', '80')
    t.match([early.status, early.body.code], [409, 'scoring_not_open'], 'a sheet before the cross-examination')
    const ask = { question: '志愿者如何招募?' }
    t.equal((await call(e1.key, 'POST', `${url}/questions`, ask)).body.code, 'review_item_not_in_state')
    t.equal((await step(bid('甲'), 'cross-examination')).body.state, 'cross_examination')
  })

  await t.test('questions and answers are recorded, by whom and when, and do not change', async (t) => {
    const url = `/v1/review-items/${bid('甲')}/questions`
    const ask = (key: string, question: string) => call(key, 'POST', url, { question })
    const [first, second] = await Promise.all([ask(e1.key, '志愿者如何招募?'), ask(e2.key, '如何评估成效?')])
    t.same([first.status, second.status], [201, 201], 'two experts at once')
    t.same([first.body.number, second.body.number].sort(), [1, 2])
    t.match((await ask(hostKey, '是否已有场地?')).body, { number: 3, byExpert: false, answer: null })
    t.equal((await ask(e4.key, '?')).status, 404, 'not seated here')
    t.equal((await ask(own, '?')).status, 403)
    t.equal((await ask(keys.auditor, '?')).status, 403)

    const answer = (key: string, number: number) =>
      call(key, 'POST', `${url}/${number}/answer`, { answer: '通过社区公开招募。' })
    t.equal((await answer(rival, 1)).status, 404)
    t.equal((await answer(e1.key, 1)).status, 403)
    t.match(await answer(own, 1), { status: 200, body: { answer: '通过社区公开招募。', byExpert: true } })
    t.match((await answer(hostKey, 1)).body, { code: 'review_question_answered', status: 409 })
    t.equal((await answer(own, 9)).status, 404)
    t.match((await step(bid('甲'), 'scoring')).body, { code: 'review_questions_unanswered', status: 409 })
    t.equal((await answer(hostKey, 2)).status, 200, 'the minutes of what was said')
    t.equal((await answer(own, 3)).status, 200)
    t.equal((await step(bid('甲'), 'scoring')).body.state, 'scoring')
    t.equal((await answer(own, 3)).body.code, 'review_item_not_in_state')
    const { questions } = (await item(bid('甲'), own)).body
    t.equal(questions.length, 3)
    t.notOk(JSON.stringify(questions).includes(e1.id), 'which expert asked stays with the host')
    await t.rejects(
      app.database.pool.query("update review_question set answer = '另一个答复'"),
      /never changes/,
      'and the database keeps it so',
    )
  })

  await t.test('the opinion waits for the sheets, and the ranking for the opinions', async (t) => {
    const opinion = { opinion: '目标清楚,预算合理,建议立项。' }
    t.equal((await sign(e1, '甲', '90')).status, 201)
    t.equal((await sign(e2, '甲', '84')).status, 201)
    t.match((await step(bid('甲'), 'opinion', opinion)).body, { code: 'score_sheets_missing', status: 409 })
    t.equal((await sign(e3, '甲', '81')).status, 201)
    t.equal((await step(bid('甲'), 'opinion', opinion, keys.otherHost)).status, 404)
    const published = await step(bid('甲'), 'opinion', opinion)
    t.match(published, { status: 201, body: { ...opinion, number: 1, outcome: null, tally: null } })
    t.equal(published.headers['location'], `/v1/review-items/${bid('甲')}/opinion`)
    t.match((await sign(e1, '甲', '90')).body, { code: 'scoring_not_open' })
    for (const [name, points] of [
      ['乙', '70'],
      ['丙', '60'],
    ] as const) {
      await county.hear(bid(name))
      for (const expert of [e1, e2, e3]) expecting(201, await sign(expert, name, points))
    }
    const early = await rank()
    t.match([early.status, early.body.code], [409, 'review_opinions_missing'])
    t.match(early.body.errors, [{ code: 'scoring' }, { code: 'scoring' }])
    for (const name of ['乙', '丙'])
      expecting(201, await step(bid(name), 'opinion', { opinion: `${name}:需求论证不足。` }))
    t.match((await rank()).body.entries, [
      { bidId: bid('甲'), sum: '255.00' },
      { bidId: bid('乙') },
      { bidId: bid('丙') },
    ])
  })

  await t.test('a recusal found late opens the scoring again, and the opinion that was stays on record', async (t) => {
    const seat = { bidId: bid('甲'), expertId: e3.id, remark: '曾任该机构理事。' }
    const { headers } = await call(hostKey, 'GET', `/v1/review-panels/${county.panel.id}`)
    const ifMatch = String(headers['etag'])
    expecting(200, await call(hostKey, 'POST', `/v1/review-panels/${county.panel.id}/voidings`, seat, { ifMatch }))
    const remarks = async (key: string) => {
      const { seats } = (await call(key, 'GET', `/v1/review-panels/${county.panel.id}`)).body
      return seats.flatMap(({ remark }: { remark: string | null }) => remark ?? [])
    }
    for (const key of [hostKey, keys.operator, keys.auditor, e3.key]) t.same(await remarks(key), [seat.remark])
    for (const key of [e1.key, e2.key, e4.key]) t.same(await remarks(key), [], 'what was said is about a person')
    t.match((await sign(e4, '甲', '87')).body, { code: 'scoring_not_open' })
    t.match((await step(bid('甲'), 'reopening', { reason: '一名专家应当回避。' })).body, { state: 'scoring' })
    t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 404, 'the ranking is void')
    t.equal((await call(hostKey, 'GET', `/v1/review-items/${bid('甲')}/opinion`)).status, 404, 'and so is the opinion')
    expecting(201, await sign(e4, '甲', '87'))
    t.match((await step(bid('甲'), 'opinion', { opinion: '复议后仍建议立项。' })).body, { number: 2 })
    t.match((await rank()).body.entries[0], { bidId: bid('甲'), sum: '261.00' })
    for (const key of [hostKey, keys.operator, keys.auditor])
      t.match((await item(bid('甲'), key)).body.opinions, [
        {
          ...{ number: 1, opinion: '目标清楚,预算合理,建议立项。', reopenReason: '一名专家应当回避。' },
          reopenedAt: '2026-04-28T06:00:00.000Z',
        },
        { number: 2, opinion: '复议后仍建议立项。', reopenReason: null, reopenedAt: null },
      ])
    for (const key of [e1.key, own]) t.notOk('opinions' in (await item(bid('甲'), key)).body, 'nobody else')
  })

  await t.test('a ranking is withdrawn with a reason on record before the scoring opens again', async (t) => {
    const reason = { reason: '计票有误。' }
    t.match((await step(bid('甲'), 'reopening', reason)).body, { code: 'review_item_ranked', status: 409 })
    t.notOk((await item(bid('甲'))).body.actions.includes('reopen'))
    t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/ranking`)).status, 200, 'the ranking stands')
    const withdrawal = { ground: 'sheet_error', reason: '计票有误。' }
    expecting(200, await call(hostKey, 'POST', `/v1/rounds/${roundId}/ranking-withdrawal`, withdrawal))
    t.same((await item(bid('甲'))).body.actions, ['reopen'])
    expecting(200, await rank())
  })

  await t.test(
    'the opinion is the host’s until the notice, then the bidder’s, and everybody’s where the policy says so',
    async (t) => {
      const read = (key: string | null, name = '甲') => call(key, 'GET', `/v1/review-items/${bid(name)}/opinion`)
      for (const key of [hostKey, keys.auditor]) t.equal((await read(key)).status, 200)
      for (const key of [null, own, e1.key, rival, keys.otherHost]) t.equal((await read(key)).status, 404)
      const made = expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {})).body
      t.match((await step(bid('甲'), 'reopening', { reason: '太迟' })).body, { code: 'review_settled', status: 409 })
      const [first, second] = made.awards.map(({ id }: { id: string }) => id)
      const announce = (awardId: string) =>
        call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award', awardIds: [awardId] })
      expecting(201, await announce(first))
      for (const name of ['乙', '丙'])
        for (const key of [null, rival]) t.equal((await read(key, name)).status, 404, 'no notice has named it yet')
      t.equal((await read(hostKey, '乙')).status, 200)
      expecting(201, await announce(second))
      for (const name of ['乙', '丙'])
        t.equal((await read(null, name)).status, 200, 'nobody waits for a notice any more')
      for (const key of [null, own, e1.key, rival]) t.match((await read(key)).body, { opinion: '复议后仍建议立项。' })
      t.equal((await step(bid('甲'), 'reopening', { reason: '太迟' })).body.code, 'round_not_in_state')
      t.equal((await open()).body.code, 'round_not_in_state')
    },
  )
})

t.test('a panel that votes: quorum, majority, recommended or not', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const vote = { quorumBasisPoints: 6_666, majorityBasisPoints: 6_666, majorityOf: 'cast' }
  const county = await heldRound(
    app,
    ['甲', '乙'],
    { method: 'vote', vote },
    { tieBreak: ['panel_points', 'lower_request', 'earlier_submission', 'lot'] },
  )
  const { hostKey, roundId, agencies, e1, e2, e3, keys, open, hear, step, rank, bid } = county
  const cast = (expert: Expert, name: string, vote: string, more: object = {}) =>
    call(expert.key, 'POST', '/v1/score-sheets', { bidId: bid(name), vote, ...more })
  expecting(201, await open())
  const early = await cast(e1, '甲', 'yes')
  t.match([early.status, early.body.code], [409, 'scoring_not_open'], 'a vote before the cross-examination')
  for (const name of ['甲', '乙']) await hear(bid(name))

  const items = [{ criterion: 'merit', points: '80' }]
  t.match((await cast(e1, '甲', 'yes', { items })).body.errors, [{ code: 'points_not_asked' }])
  t.match((await call(e1.key, 'POST', '/v1/score-sheets', { bidId: bid('甲'), items })).body.errors, [
    { code: 'vote_missing' },
    { code: 'points_not_asked' },
  ])
  t.match(await cast(e1, '甲', 'yes'), { status: 201, body: { vote: 'yes', total: '100.00', items: [] } })
  t.match((await cast(e1, '甲', 'no')).body, { code: 'score_sheet_signed', status: 409 }, 'a second signature')
  const few = await step(bid('甲'), 'opinion', { opinion: '同意' })
  t.match([few.status, few.body.code, few.body.errors.length], [409, 'votes_missing', 2])
  t.match((await rank()).body, { code: 'votes_missing', status: 409 })
  t.equal((await cast(e2, '甲', 'abstain')).status, 201)
  t.equal((await cast(e3, '甲', 'yes')).status, 201)
  t.equal((await cast(e1, '乙', 'yes')).status, 201)
  t.equal((await cast(e2, '乙', 'no')).status, 201)
  t.match(
    (await step(bid('乙'), 'opinion', { opinion: '暂不推荐。' })).body,
    { code: 'votes_missing', errors: [{ detail: e3.id }] },
    'two of three are the quorum, and the third is waited for',
  )

  await t.test('recordAbsence: who did not come is waited for no longer, and the quorum decides', async (t) => {
    const url = `/v1/review-panels/${county.panel.id}`
    const absent = (expert: Expert, name: string, ifMatch = 1, key = hostKey) => {
      const body = { bidId: bid(name), expertId: expert.id, reason: '因病未到场。' }
      return call(key, 'POST', `${url}/absences`, body, { ifMatch })
    }
    t.equal((await absent(e3, '乙', 9)).status, 412)
    t.equal((await absent(e3, '乙', 1, e3.key)).status, 403)
    t.equal((await absent(e3, '乙', 1, keys.otherHost)).status, 404)
    t.match((await absent(county.e4, '乙')).body, { code: 'not_on_panel', status: 422 }, 'an alternate without a seat')
    t.match((await absent(e2, '乙')).body, { code: 'score_sheet_signed', status: 409 }, 'who has voted was there')
    const recorded = await absent(e3, '乙')
    t.equal(recorded.status, 200, JSON.stringify(recorded.body))
    t.match((await absent(e3, '乙', 2)).body, { code: 'absence_recorded', status: 409 })
    const told = async (key: string) => {
      const { seats } = (await call(key, 'GET', url)).body
      return seats.flatMap(({ absence }: { absence: string | null }) => absence ?? [])
    }
    t.same([await told(hostKey), await told(e3.key), await told(e1.key)], [['因病未到场。'], ['因病未到场。'], []])
  })

  t.match((await step(bid('甲'), 'opinion', { opinion: '同意推荐。' })).body, {
    outcome: 'recommended',
    tally: { yes: 2, no: 0, abstain: 1 },
  })
  t.match((await step(bid('乙'), 'opinion', { opinion: '暂不推荐。' })).body, {
    outcome: 'not_recommended',
    tally: { yes: 1, no: 1, abstain: 0 },
  })
  const ranked = await rank()
  t.match(
    ranked.body.entries,
    [
      { bidId: bid('甲'), isAboveLine: true, total: { exact: '200/3' }, count: 3 },
      { bidId: bid('乙'), isAboveLine: false, total: { exact: '50' }, count: 2 },
    ],
    JSON.stringify(ranked.body),
  )
  t.equal((await call(hostKey, 'GET', `/v1/rounds/${roundId}/robustness`)).status, 200)
  expecting(201, await call(hostKey, 'POST', `/v1/rounds/${roundId}/award-proposals`, {}))
  expecting(201, await call(hostKey, 'POST', '/v1/notices', { roundId, kind: 'award' }))
  const read = (key: string | null) => call(key, 'GET', `/v1/review-items/${bid('乙')}/opinion`)
  t.match((await read(agencies['乙']?.key ?? '')).body, { outcome: 'not_recommended' }, 'the bidder reads its own')
  for (const key of [null, agencies['甲']?.key ?? '', keys.otherAgency]) t.equal((await read(key)).status, 404)
})

t.test('without a session nothing is called; with a statement alone, scoring follows it', async (t) => {
  const app = await testApp(t)
  const silent = await heldRound(app, ['甲'], { session: 'none' })
  t.match((await silent.open()).body, { code: 'review_session_not_held', status: 409 })
  t.equal((await silent.sign(silent.e1, '甲', '80')).status, 201)
  t.match((await silent.sign(silent.e2, '甲', '80')).body, { vote: null, corrects: null, outlierReason: null })
  const url = `/v1/review-panels/${silent.panel.id}`
  const absence = { bidId: silent.bid('甲'), expertId: silent.e3.id, reason: '因病未到场。' }
  const unused = await app.call(silent.hostKey, 'POST', `${url}/absences`, absence, { ifMatch: 1 })
  t.match([unused.status, unused.body.code], [409, 'absence_not_used'], 'this panel scores')
  const recuse = (key: string, command: string, expertId: string, remark: string, ifMatch: number) =>
    app.call(key, 'POST', `${url}/${command}`, { bidId: silent.bid('甲'), expertId, remark }, { ifMatch })
  expecting(200, await recuse(silent.hostKey, 'voidings', silent.e3.id, '与负责人系夫妻。', 1))
  const stated = expecting(200, await recuse(silent.e2.key, 'recusals', silent.e2.id, '因病。', 2)).body
  const remarks = stated.seats.flatMap(({ remark }: { remark: string | null }) => remark ?? [])
  t.same(remarks, ['因病。'], 'an expert who steps aside does not read what was said of others')
})

t.test('a session with a statement alone goes on to the scoring, also of a bidder who did not come', async (t) => {
  const app = await testApp(t)
  const county = await heldRound(app, ['甲'], { session: 'statement_scoring' })
  const { open, step, sign, bid, e1 } = county
  expecting(201, await open())
  const absent = { bidderPresent: false, statement: '申报单位未到场。' }
  t.match((await step(bid('甲'), 'statement', absent)).body, absent)
  t.equal((await step(bid('甲'), 'scoring')).body.state, 'scoring')
  t.equal((await sign(e1, '甲', '80')).status, 201)
})
