import t from 'tap'
import { advanceProject } from '../../../src/modules/projects/index.ts'
import { testApp } from '../../support/app.ts'
import { implementation, METHODS, MID_CODES, money } from './arrange.ts'

const SIGNING = '2026-05-27T02:00:00Z'
const UNKNOWN = '00000000000000000000000000'
const LOTTERY = { welfare_lottery: '85000.00' }
const GOOD = ['33', '12', '21', '16']
const items = (points: readonly string[]) => MID_CODES.map((code, index) => ({ code, points: points[index] }))

t.test('a mid-term evaluation goes from the self-report to the tranche it sets off', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { act, advanceTo, keys, project, publish, report, score, schedule, tranche, visit, roundId } =
    await implementation(app)
  await advanceTo(SIGNING)
  const projectId = await project(LOTTERY)

  await t.test('scheduleEvaluation is for the host’s side, once per kind, mid-term first', async (t) => {
    const wanted = { projectId, kind: 'mid' }
    t.equal((await call(null, 'POST', '/v1/evaluations', wanted)).status, 401)
    t.equal((await call(keys.finance, 'POST', '/v1/evaluations', wanted)).status, 403)
    t.equal((await call(keys.agency, 'POST', '/v1/evaluations', wanted)).status, 403, 'not its own judge')
    const nowhere = { projectId: `prj_${UNKNOWN}`, kind: 'mid' }
    t.equal((await call(keys.evaluator, 'POST', '/v1/evaluations', nowhere)).status, 404)
    t.equal((await call(keys.foreign, 'POST', '/v1/evaluations', wanted)).status, 404)
    const final = await call(keys.evaluator, 'POST', '/v1/evaluations', { projectId, kind: 'final' })
    t.match(final, { status: 409, body: { code: 'mid_term_unsettled' } })
    const created = await call(keys.operator, 'POST', '/v1/evaluations', wanted)
    t.match(created, {
      status: 201,
      body: {
        kind: 'mid',
        attempt: 1,
        state: 'scheduled',
        selfReport: null,
        actions: ['receiveSelfReport', 'visit', 'recordMissingReport'],
      },
    })
    t.equal(created.headers.location, `/v1/evaluations/${created.body.id}`)
    t.equal((await call(keys.host, 'POST', '/v1/evaluations', wanted)).body.code, 'evaluation_exists')
    const lone = { ...wanted, rectificationId: `rct_${UNKNOWN}` }
    t.equal((await call(keys.host, 'POST', '/v1/evaluations', lone)).status, 404)
    t.equal((await call(keys.host, 'POST', '/v1/evaluations', { ...wanted, kind: 'yearly' })).status, 400)
  })

  const [{ id }] = (await call(keys.host, 'GET', `/v1/evaluations?projectId=${projectId}`)).body.items
  const path = `/v1/evaluations/${id}`

  await t.test('receiveSelfAssessment waits for the report and notes how it stands', async (t) => {
    await advanceTo('2026-09-04T02:00:00Z')
    t.match(await act(keys.operator, path, '/self-assessment'), { status: 422, body: { code: 'self_report_missing' } })
    await report(projectId, 'mid_self_assessment', { validAnswers: 45, satisfied: 42 })
    t.equal((await act(keys.finance, path, '/self-assessment')).status, 403)
    t.equal((await act(keys.agency, path, '/self-assessment')).status, 403)
    t.equal((await act(keys.foreign, path, '/self-assessment')).status, 404)
    const taken = await act(keys.operator, path, '/self-assessment')
    t.match(taken, { status: 200, body: { state: 'self_assessed', selfReport: { standing: 'on_time' } } })
    t.equal((await act(keys.operator, path, '/self-assessment')).body.code, 'evaluation_not_in_state')
    t.equal((await act(keys.operator, path, '/missing-report')).body.code, 'self_report_not_overdue')
  })

  await t.test('recordSiteVisit takes independent evaluators and all four methods (D2-18)', async (t) => {
    await advanceTo('2026-09-10T02:00:00Z')
    const done = { visitedOn: '2026-09-10', methods: METHODS, opinion: '服务有序' }
    t.equal((await act(keys.operator, path, '/site-visit', done)).status, 403)
    t.equal((await call(keys.evaluator, 'POST', `${path}/site-visit`, done)).status, 428)
    t.equal((await call(keys.evaluator, 'POST', `${path}/site-visit`, done, { ifMatch: 1 })).status, 412)
    const partial = { ...done, methods: METHODS.slice(0, 3) }
    t.equal((await act(keys.evaluator, path, '/site-visit', partial)).body.code, 'site_visit_incomplete')
    const future = { ...done, visitedOn: '2026-09-11' }
    t.equal((await act(keys.evaluator, path, '/site-visit', future)).body.code, 'site_visit_in_future')
    const { body } = await call(keys.host, 'GET', `/v1/projects/${projectId}`)
    const related = await app.keyFor('evaluator', { organizationId: body.organizationId })
    t.equal((await act(related, path, '/site-visit', done)).body.code, 'evaluator_not_independent')
    t.equal((await act(keys.evaluator, path, '/scores', { items: items(GOOD) })).body.code, 'evaluation_not_in_state')
    t.match(await visit(path, '2026-09-10'), {
      status: 200,
      body: { state: 'visited', visit: done, actions: ['score'] },
    })
    t.equal((await act(related, path, '/scores', { items: items(GOOD) })).body.code, 'evaluator_not_independent')
  })

  await t.test(
    'scoreEvaluation takes exactly the sheet, and scores can be mended until they are published',
    async (t) => {
      t.equal((await act(keys.host, path, '/scores', { items: items(GOOD) })).status, 403)
      const wrong = await act(keys.evaluator, path, '/scores', {
        items: items(['40.01', '12', '21', '16']),
        bonus: '6',
      })
      t.match(wrong, {
        status: 422,
        body: {
          code: 'evaluation_scores_invalid',
          errors: [{ pointer: '#/items/0', detail: '40.01 > 40.00' }, { pointer: '#/bonus' }],
        },
      })
      const impossible = { satisfaction: { validAnswers: 3, satisfied: 4 } }
      t.equal((await score(path, GOOD, impossible)).body.code, 'satisfaction_invalid')
      t.equal((await act(keys.operator, path, '/publication', {})).body.code, 'evaluation_not_in_state')
      const full = await score(path, ['40', '15', '25', '20'], { bonus: '2.5' })
      t.match(full.body, { total: '102.50', result: 'pass', decidedBy: 'score' }, 'a bonus goes beyond the sheet')
      const mended = await score(path, GOOD, { deduction: '1', opinion: '台账有缺项' })
      t.match(mended.body, {
        state: 'scored',
        total: '81.00',
        result: 'pass',
        isFail: false,
        scores: { items: [{ code: 'implementation', points: '33.00' }], deduction: '1.00' },
        satisfaction: { percent: '93.33', isBelowMinimum: false },
        actions: ['score', 'publish'],
      })
    },
  )

  await t.test('readEvaluation hides the judgement from the agency until it is published', async (t) => {
    const own = await call(keys.agency, 'GET', path)
    t.match(own.body, { state: 'scored', total: null, result: null, scores: null, opinion: null, visit: null })
    t.equal((await call(keys.auditor, 'GET', path)).body.total, '81.00')
    t.equal((await call(keys.otherAgency, 'GET', path)).status, 404)
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/evaluations/evl_${UNKNOWN}`)).status, 404)
  })

  await t.test('publishEvaluation of a pass sets the second tranche off on that day', async (t) => {
    await advanceTo('2026-09-17T02:00:00Z')
    t.equal((await act(keys.evaluator, path, '/publication', {})).status, 403, 'who judges does not publish')
    const published = await publish(path, { feedback: '请补齐服务台账' })
    t.match(published, { status: 200, body: { state: 'published', publishedOn: '2026-09-17', actions: [] } })
    t.match(await tranche(projectId, 2), {
      state: 'due',
      triggeredOn: '2026-09-17',
      payable: money('25500.00'),
      due: { startOn: '2026-09-17', effectiveOn: '2026-10-08' },
    })
    const seen = await call(keys.agency, 'GET', path)
    t.match(seen.body, { total: '81.00', result: 'pass', feedback: '请补齐服务台账' })
    t.equal((await publish(path)).body.code, 'evaluation_not_in_state')
  })

  await t.test('listEvaluations shows each what concerns it', async (t) => {
    const ids = async (key: string, query = '') => {
      const { body } = await call(key, 'GET', `/v1/evaluations${query}`)
      return body.items.map((item: { id: string }) => item.id)
    }
    t.same(await ids(keys.host, `?roundId=${roundId}&kind=mid&state=published`), [id])
    t.same(await ids(keys.agency), [id])
    t.same(await ids(keys.otherAgency), [])
    t.same(await ids(keys.host, '?state=scheduled'), [])
    t.equal((await call(keys.town, 'GET', '/v1/evaluations')).status, 403)
    t.equal((await call(null, 'GET', '/v1/evaluations')).status, 401)
  })

  await t.test('a project without a grant or not under way is not evaluated', async (t) => {
    await app.asSystem((work) => advanceProject(work, projectId, 'suspend'))
    const answer = await call(keys.operator, 'POST', '/v1/evaluations', { projectId, kind: 'final' })
    t.match(answer, { status: 409, body: { code: 'project_not_evaluable' } })
  })

  await t.test('a failed mid-term holds the tranche until a rectification has passed (P5: 54, then 71)', async (t) => {
    await advanceTo('2026-09-04T03:00:00Z')
    const p5 = await project({ fiscal: '85000.00' })
    await report(p5, 'mid_self_assessment')
    await advanceTo('2026-09-16T02:00:00Z')
    const failing = await schedule(p5, 'mid')
    t.equal((await call(keys.host, 'GET', failing)).body.state, 'self_assessed', 'the report was there')
    await visit(failing, '2026-09-14')
    await score(failing, ['18', '9', '17', '10'])
    const demanded = { evaluationId: failing.slice('/v1/evaluations/'.length), items: ['补齐服务记录', '增加活动'] }
    t.equal((await call(keys.operator, 'POST', '/v1/rectifications', demanded)).body.code, 'evaluation_not_failed')
    await advanceTo('2026-09-17T02:00:00Z')
    t.match(await publish(failing), { body: { total: '54.00', result: 'fail', isFail: true } })
    t.match(await tranche(p5, 2), { state: 'held', holdReason: 'evaluation_failed', triggeredOn: null })

    await advanceTo('2026-09-18T02:00:00Z')
    t.equal((await call(keys.evaluator, 'POST', '/v1/rectifications', demanded)).status, 403)
    t.equal((await call(keys.agency, 'POST', '/v1/rectifications', demanded)).status, 403)
    t.equal((await call(keys.otherAgency, 'POST', '/v1/rectifications', demanded)).status, 403)
    t.equal((await call(null, 'POST', '/v1/rectifications', demanded)).status, 401)
    const issued = await call(keys.operator, 'POST', '/v1/rectifications', demanded)
    t.match(issued, {
      status: 201,
      body: { state: 'issued', issuedOn: '2026-09-18', due: { effectiveOn: '2026-10-15' }, actions: ['submit'] },
    })
    t.equal((await call(keys.operator, 'POST', '/v1/rectifications', demanded)).body.code, 'rectification_exists')
    const rectificationId: string = issued.body.id
    const rectification = `/v1/rectifications/${rectificationId}`
    const again = { rectificationId }
    const early = await call(keys.evaluator, 'POST', '/v1/evaluations', { projectId: p5, kind: 'mid', ...again })
    t.equal(early.body.code, 'rectification_not_in_state')
    const final = await call(keys.evaluator, 'POST', '/v1/evaluations', { projectId: p5, kind: 'final' })
    t.equal(final.body.code, 'mid_term_unsettled')

    await advanceTo('2026-10-14T02:00:00Z')
    const answers = { answers: ['已补齐', '新增 12 场'] }
    t.equal((await act(keys.operator, rectification, '/report', answers)).status, 403)
    t.equal((await act(keys.otherAgency, rectification, '/report', answers)).status, 404)
    t.equal((await call(null, 'POST', `${rectification}/report`, answers)).status, 401)
    const short = await act(keys.agency, rectification, '/report', { answers: ['已补齐'] })
    t.equal(short.body.code, 'rectification_report_incomplete')
    const bogus = await act(keys.agency, rectification, '/report', { ...answers, documentIds: [`doc_${UNKNOWN}`] })
    t.equal(bogus.body.code, 'document_not_usable')
    t.match(await act(keys.agency, rectification, '/report', answers), {
      status: 200,
      body: { state: 'submitted', report: answers },
    })
    t.equal((await act(keys.agency, rectification, '/report', answers)).body.code, 'rectification_not_in_state')
    const mismatched = await call(keys.evaluator, 'POST', '/v1/evaluations', { projectId: p5, kind: 'final', ...again })
    t.equal(mismatched.status, 422)
    t.equal(mismatched.body.code, 'rectification_mismatch')

    await advanceTo('2026-10-16T02:00:00Z')
    const second = await schedule(p5, 'mid', again)
    t.match((await call(keys.host, 'GET', second)).body, { attempt: 2, state: 'self_assessed', rectificationId })
    await visit(second, '2026-10-16')
    await score(second, ['27', '11', '19', '14'])
    t.match(await publish(second), { body: { total: '71.00', result: 'pass' } })
    t.equal((await call(keys.agency, 'GET', rectification)).body.state, 'accepted')
    t.match(await tranche(p5, 2), { state: 'due', triggeredOn: '2026-10-16', due: { effectiveOn: '2026-10-30' } })
    t.match((await call(keys.host, 'GET', failing)).body, { total: '54.00', result: 'fail' }, 'the first result stays')

    await advanceTo('2026-12-11T02:00:00Z')
    const closing = await schedule(p5, 'final')
    await visit(closing, '2026-12-09')
    const capped = await score(closing, ['29', '24', '14', '19', '9.5'])
    t.match(capped.body, { total: '95.50', result: 'good', decidedBy: 'rectification_cap' })
    const vetoed = await score(closing, ['29', '24', '14', '19', '9.5'], { vetoes: ['misuse'] })
    t.match(vetoed.body, { total: '95.50', result: 'fail', isFail: true, decidedBy: 'veto' })
    const graded = await score(closing, ['22', '17.5', '12.4', '14', '6.5'], {
      satisfaction: { validAnswers: 60, satisfied: 53 },
    })
    t.match(graded.body, {
      total: '72.40',
      result: 'pass',
      decidedBy: 'score',
      satisfaction: { percent: '88.33', isBelowMinimum: true },
    })
  })
})

t.test('material that does not come fails the mid-term, and an unanswered rectification fails by itself', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { act, advanceTo, keys, project, publish, report, score, schedule, tranche, visit } = await implementation(app)
  await advanceTo(SIGNING)
  const [silent, late, early] = [await project(LOTTERY), await project(LOTTERY), await project(LOTTERY)]

  await t.test('nobody scores while the report may still come', async (t) => {
    await advanceTo('2026-09-02T02:00:00Z')
    const path = await schedule(early, 'mid')
    await visit(path, '2026-09-02')
    t.match(await score(path, GOOD), { status: 422, body: { code: 'self_report_missing' } })
  })

  await t.test('recordMissingReport fails a silent project once its report is overdue', async (t) => {
    const path = await schedule(silent, 'mid')
    t.equal((await act(keys.host, path, '/missing-report')).body.code, 'self_report_not_overdue')
    await advanceTo('2026-09-08T02:00:00Z')
    t.equal((await act(keys.agency, path, '/missing-report')).status, 403)
    t.equal((await act(keys.foreign, path, '/missing-report')).status, 404)
    t.match(await act(keys.host, path, '/missing-report'), {
      status: 200,
      body: {
        state: 'scored',
        total: '0.00',
        result: 'fail',
        decidedBy: 'missing_report',
        selfReport: { standing: 'missing' },
        actions: ['publish'],
      },
    })
    t.equal((await act(keys.evaluator, path, '/scores', { items: items(GOOD) })).body.code, 'evaluation_not_in_state')
    await publish(path)
    t.equal((await tranche(silent, 2)).state, 'held')
  })

  await t.test('a late report fails whatever the score', async (t) => {
    await report(late, 'mid_self_assessment')
    const path = await schedule(late, 'mid')
    t.match((await call(keys.host, 'GET', path)).body.selfReport, { standing: 'late' })
    await visit(path, '2026-09-08')
    const scored = await score(path, GOOD)
    t.match(scored.body, { total: '82.00', result: 'fail', decidedBy: 'missing_report' })
  })

  await t.test('a rectification without a report fails at its deadline and suspends the project', async (t) => {
    await advanceTo('2026-09-18T02:00:00Z')
    const [evaluation] = (await call(keys.host, 'GET', `/v1/evaluations?projectId=${silent}`)).body.items
    const wanted = { evaluationId: evaluation.id, items: ['补交自评报告'] }
    const issued = await call(keys.operator, 'POST', '/v1/rectifications', wanted)
    const path = `/v1/rectifications/${issued.body.id}`
    await app.setClock('2026-10-15T16:00:00Z')
    const report = { answers: ['现已补交'] }
    t.match(
      await act(keys.agency, path, '/report', report),
      {
        status: 422,
        body: { code: 'rectification_window_closed' },
      },
      'time decides, though nothing has rung',
    )
    await advanceTo('2026-10-15T16:00:00Z')
    t.equal((await call(keys.agency, 'GET', path)).body.state, 'failed')
    t.equal((await call(keys.host, 'GET', `/v1/projects/${silent}`)).body.state, 'suspended')
    t.equal((await tranche(silent, 2)).state, 'held', 'the money stays where it is')
    t.equal((await act(keys.agency, path, '/report', report)).body.code, 'rectification_not_in_state')
    const second = await call(keys.evaluator, 'POST', '/v1/evaluations', {
      projectId: silent,
      kind: 'mid',
      rectificationId: issued.body.id,
    })
    t.equal(second.body.code, 'rectification_not_in_state')
  })

  await t.test('rectifications are read and listed by those they concern', async (t) => {
    const { body } = await call(keys.host, 'GET', `/v1/rectifications?projectId=${silent}&state=failed`)
    t.equal(body.items.length, 1)
    const path = `/v1/rectifications/${body.items[0].id}`
    t.equal((await call(keys.agency, 'GET', '/v1/rectifications')).body.items.length, 1)
    t.same((await call(keys.otherAgency, 'GET', '/v1/rectifications')).body.items, [])
    t.equal((await call(keys.otherAgency, 'GET', path)).status, 404)
    t.equal((await call(keys.town, 'GET', path)).status, 403)
    t.equal((await call(null, 'GET', path)).status, 401)
    t.equal((await call(keys.host, 'GET', `/v1/rectifications/rct_${UNKNOWN}`)).status, 404)
    t.equal((await call(keys.town, 'GET', '/v1/rectifications')).status, 403)
  })
})

t.test('a policy may tolerate missing material, allow two rectifications and none for the year to come', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const mid = {
    dimensions: MID_CODES.map((code) => ({ code, max: '25' })),
    bonusMax: '0',
    deductionMax: '100',
    passLine: '60',
    missingIsFail: false,
  }
  const rectification = { period: { amount: 15, basis: 'working' }, times: 2, finalGradeCap: null }
  const { act, advanceTo, keys, project, publish, score, schedule, visit } = await implementation(app, {
    mid,
    rectification,
  })
  await advanceTo(SIGNING)
  const projectId = await project(LOTTERY)
  await advanceTo('2026-09-10T02:00:00Z')
  const first = await schedule(projectId, 'mid')
  t.match(await act(keys.host, first, '/missing-report'), { status: 422, body: { code: 'missing_report_tolerated' } })
  await visit(first, '2026-09-10')
  await score(first, ['10', '10', '10', '10'])
  await publish(first)

  const judgeAgain = async (rectificationId: string, points: string[], visitedOn: string) => {
    const path = await schedule(projectId, 'mid', { rectificationId })
    await visit(path, visitedOn)
    await score(path, points)
    return publish(path)
  }
  const demand = (evaluation: string) =>
    call(keys.operator, 'POST', '/v1/rectifications', {
      evaluationId: evaluation.slice('/v1/evaluations/'.length),
      items: ['补齐'],
    })

  await t.test('a failed re-evaluation fails its rectification; with one left the project goes on', async (t) => {
    const issued = await demand(first)
    await act(keys.agency, `/v1/rectifications/${issued.body.id}`, '/report', { answers: ['已补齐'] })
    const second = await judgeAgain(issued.body.id, ['10', '10', '10', '20'], '2026-09-10')
    t.match(second.body, { attempt: 2, result: 'fail' })
    t.equal((await call(keys.host, 'GET', `/v1/rectifications/${issued.body.id}`)).body.state, 'failed')
    t.equal((await call(keys.host, 'GET', `/v1/projects/${projectId}`)).body.state, 'active')
    t.equal((await demand(first)).body.code, 'rectification_exists')
    await advanceTo('2026-12-25T02:00:00Z')
    const next = await demand(`/v1/evaluations/${second.body.id}`)
    t.match(next, { status: 422, body: { code: 'calendar_year_missing' } })
  })

  await t.test('a second failed re-evaluation suspends the project, and no rectification is left', async (t) => {
    const national = { year: 2027, holidays: ['2027-01-01'], makeupWorkdays: [], source: '试用日历' }
    t.equal((await call(await app.keyFor('platform_admin'), 'POST', '/v1/calendar-years', national)).status, 201)
    const [latest] = (await call(keys.host, 'GET', `/v1/evaluations?projectId=${projectId}`)).body.items
    const issued = await demand(`/v1/evaluations/${latest.id}`)
    t.equal(issued.status, 201)
    await act(keys.agency, `/v1/rectifications/${issued.body.id}`, '/report', { answers: ['已补齐'] })
    const third = await judgeAgain(issued.body.id, ['10', '10', '10', '10'], '2026-12-25')
    t.match(third.body, { attempt: 3, result: 'fail' })
    t.equal((await call(keys.host, 'GET', `/v1/projects/${projectId}`)).body.state, 'suspended')
    t.equal((await demand(`/v1/evaluations/${third.body.id}`)).body.code, 'rectification_used_up')
  })
})

t.test('final results are announced by a public notice', async (t) => {
  const app = await testApp(t)
  const { call } = app
  const { act, advanceTo, evaluate, keys, project, report, roundId } = await implementation(app)
  await advanceTo(SIGNING)
  const projects = [await project(LOTTERY), await project(LOTTERY)]
  await advanceTo('2026-09-04T02:00:00Z')
  for (const projectId of projects) {
    await report(projectId, 'mid_self_assessment')
    await evaluate(projectId, 'mid', '2026-09-04', GOOD)
  }
  const url = `/v1/rounds/${roundId}/result-notices`
  await advanceTo('2026-12-14T02:00:00Z')
  t.match(await call(keys.host, 'POST', url, {}), { status: 422, body: { code: 'nothing_to_announce' } })
  const first = await evaluate(projects[0] ?? '', 'final', '2026-12-11', ['28.5', '23', '14.2', '18.5', '9'])
  t.match(first, { total: '93.20', result: 'excellent', selfReport: { standing: 'missing' } })

  await t.test('announceResults publishes total and grade of what was not announced before', async (t) => {
    t.equal((await call(null, 'POST', url, {})).status, 401)
    t.equal((await call(keys.operator, 'POST', url, {})).status, 403)
    t.equal((await call(keys.host, 'POST', `/v1/rounds/rnd_${UNKNOWN}/result-notices`, {})).status, 404)
    const announced = await call(keys.host, 'POST', url, {})
    t.match(announced, {
      status: 201,
      body: { roundId, evaluationIds: [first.id], window: { startOn: '2026-12-14', effectiveOn: '2026-12-21' } },
    })
    const notice = await call(null, 'GET', String(announced.headers.location))
    t.match(notice.body, {
      kind: 'evaluation_result',
      snapshot: { items: [{ subject: first.id, total: '93.20', grade: 'excellent' }] },
    })
    t.equal((await call(keys.agency, 'GET', `/v1/evaluations/${first.id}`)).body.resultNoticeId, notice.body.id)
    t.equal((await call(keys.host, 'POST', url, {})).body.code, 'nothing_to_announce')
  })

  await t.test('a withdrawn notice is replaced by one that announces its results again', async (t) => {
    const second = await evaluate(projects[1] ?? '', 'final', '2026-12-11', ['14', '13', '11.5', '12', '8'])
    t.match(second, { total: '58.50', result: 'fail' })
    const { items: bans } = (await call(keys.host, 'GET', `/v1/organizations/${second.organizationId}/bans`)).body
    const ban = { cause: 'final_fail', subject: second.id, startsOn: '2026-12-14', endsOn: '2027-12-14' }
    t.match(bans, [ban], 'for the 12 months of the policy; who passes is not banned')
    const [notice] = (await call(keys.host, 'GET', `/v1/notices?roundId=${roundId}`)).body.items
    await act(keys.host, `/v1/notices/${notice.id}`, '/withdrawal', { reason: '总分有误' })
    const replaced = await call(keys.host, 'POST', url, { supersedesId: notice.id })
    t.equal(replaced.status, 201)
    t.same(replaced.body.evaluationIds, [first.id, second.id])
  })
})
