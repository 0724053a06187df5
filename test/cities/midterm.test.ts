import t from 'tap'
import { implementation } from '../modules/evaluations/arrange.ts'
import { expecting } from '../modules/rounds/fixtures.ts'
import { testApp } from '../support/app.ts'
import { HAISHU } from './policies/haishu.ts'
import { SUZHOU_2012 } from './policies/suzhou2012.ts'

const SOURCES = { welfare_lottery: '40000.00' }

t.test('Suzhou 2012: bonus and deductions, a score above 100, and a project that is granted a later day', async (t) => {
  const app = await testApp(t)
  const stage = await implementation(app, SUZHOU_2012)
  const { act, advanceTo, keys, project, publish, report, schedule, score, visit } = stage
  const [early, slow] = [await project(SOURCES), await project(SOURCES)]
  const duties = expecting(200, await app.call(keys.agency, 'GET', `/v1/report-duties?projectId=${slow}`)).body.items
  const duty = duties.find(({ kind }: { kind: string }) => kind === 'mid_self_assessment')
  t.equal(duty.due.effectiveOn, '2026-09-07')

  await advanceTo('2026-09-04T02:00:00Z')
  const postpone = (dueOn: string, key = keys.operator) =>
    app.call(key, 'POST', '/v1/postponements', { projectId: slow, dueOn, reason: '服务对象招募较慢' })
  t.equal((await postpone('2026-10-31', keys.agency)).status, 403, 'nobody postpones its own day')
  t.match((await postpone('2026-11-07')).body, { code: 'postponement_beyond_rules' }, '61 days are one too many')
  t.match(expecting(201, await postpone('2026-10-31')).body, { postponedFrom: '2026-09-07', dueOn: '2026-10-31' })
  t.match((await postpone('2026-11-01')).body, { code: 'postponement_beyond_rules' }, 'once')
  t.equal((await app.call(keys.agency, 'GET', `/v1/postponements?projectId=${slow}`)).body.items.length, 1)
  await report(early, 'mid_self_assessment')

  await advanceTo('2026-09-14T02:00:00Z')
  const first = await schedule(early, 'mid')
  expecting(200, await visit(first, '2026-09-10'))
  t.match((await score(first, ['40', '15', '25', '18'], { bonus: '10.5' })).body, {
    errors: [{ code: 'bonus_above_maximum' }],
  })
  expecting(200, await score(first, ['40', '15', '25', '18'], { bonus: '10', deduction: '3.5' }))
  t.match(expecting(200, await publish(first)).body, { total: '104.50', result: 'pass' })

  const second = await schedule(slow, 'mid')
  t.match((await act(keys.operator, second, '/missing-report')).body, { code: 'self_report_not_overdue' })
  await advanceTo('2026-10-31T15:59:59Z')
  await report(slow, 'mid_self_assessment')
  const handedIn = await app.call(keys.agency, 'GET', `/v1/reports?projectId=${slow}&kind=mid_self_assessment`)
  t.match(handedIn.body.items, [{ isLate: false }], 'the agreed day counts for the report itself')
  const later = await app.call(keys.agency, 'GET', `/v1/report-duties?projectId=${slow}&kind=mid_self_assessment`)
  t.match(later.body.items, [{ due: { effectiveOn: '2026-09-07' }, dueOn: '2026-10-31', state: 'submitted' }])
  expecting(200, await visit(second, '2026-10-30'))
  expecting(200, await score(second, ['30', '10', '20', '10'], { deduction: '10' }))
  t.match(
    expecting(200, await publish(second)).body,
    { total: '60.00', result: 'pass', selfReport: { standing: 'on_time' } },
    'handed in on the agreed day: on time, and 60 passes',
  )
})

t.test('Haishu: material that comes a day late fails the mid-term, and nothing can be mended', async (t) => {
  const app = await testApp(t)
  const stage = await implementation(app, HAISHU)
  const { advanceTo, keys, project, publish, report, schedule, score, visit } = stage
  const projectId = await project(SOURCES)
  await advanceTo('2026-09-08T02:00:00Z')
  await report(projectId, 'mid_self_assessment')
  const path = await schedule(projectId, 'mid')
  expecting(200, await visit(path, '2026-09-08'))
  expecting(200, await score(path, ['40', '15', '25', '20']))
  t.match(expecting(200, await publish(path)).body, {
    total: '100.00',
    result: 'fail',
    decidedBy: 'missing_report',
    selfReport: { standing: 'late' },
  })
  const evaluationId = path.split('/').at(-1)
  const rectification = { evaluationId, items: ['按时提交材料'] }
  t.equal(
    (await app.call(keys.operator, 'POST', '/v1/rectifications', rectification)).body.code,
    'rectification_used_up',
  )
  t.equal((await app.call(keys.host, 'GET', `/v1/projects/${projectId}`)).body.state, 'suspended', 'payment stops')
})
