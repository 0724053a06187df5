import t from 'tap'
import { atHour } from '../../../src/kernel/days.ts'
import type { Decision } from '../../../src/kernel/decision.ts'
import { finalStates } from '../../../src/kernel/transitions.ts'
import { calendarFrom } from '../../../src/kernel/workdays.ts'
import {
  checkIndependence,
  EVALUATION_STATES,
  EVALUATION_TRANSITIONS,
  type Evaluation,
  type EvaluationCommand,
  evaluationActions,
  midConsequence,
  type Plan,
  planEvaluation,
  publish,
  receiveSelfReport,
  recordMissingReport,
  resultsToAnnounce,
  score,
  selfReportStanding,
  standingForScores,
  VISIT_METHODS,
  visit,
} from '../../../src/modules/evaluations/rules/evaluations.ts'
import { type PostponementFacts, postpone } from '../../../src/modules/evaluations/rules/postponements.ts'
import {
  advanceRectification,
  issueRectification,
  RECTIFICATION_STATES,
  RECTIFICATION_TRANSITIONS,
  type Rectification,
  type RectificationCommand,
  rectificationActions,
  submitRectification,
} from '../../../src/modules/evaluations/rules/rectifications.ts'

const CALENDAR = calendarFrom(
  new Map([
    [
      2026,
      {
        // Mid-Autumn and National Day of 2026 with their make-up weekends.
        holidays: new Set(['2026-09-25', ...['01', '02', '05', '06', '07'].map((day) => `2026-10-${day}`)]),
        makeupWorkdays: new Set(['2026-09-20', '2026-10-10']),
      },
    ],
  ]),
)
const PASSED = { result: 'pass', isFail: false, decidedBy: 'score' } as const
const FAILED = { result: 'fail', isFail: true, decidedBy: 'score' } as const
const VISIT = { visitedOn: '2026-09-10', methods: [...VISIT_METHODS], opinion: '现场服务有序' }
const VISIT_DAYS = { effectiveOn: '2026-06-01', today: '2026-09-10' }

const evaluation = (facts: Partial<Evaluation> = {}): Evaluation => ({
  id: 'evl_1',
  version: 1,
  hostId: 'org_host',
  roundId: 'rnd_1',
  projectId: 'prj_5',
  organizationId: 'org_agency',
  kind: 'mid',
  attempt: 1,
  state: 'scheduled',
  rectificationId: null,
  evaluatorOrganizationId: null,
  selfReportId: null,
  selfReportStanding: null,
  visit: null,
  scores: null,
  totalHundredths: null,
  verdict: null,
  satisfaction: null,
  opinion: null,
  feedback: null,
  scoredAt: null,
  publishedAt: null,
  resultNoticeId: null,
  createdAt: new Date(0),
  ...facts,
})
const rectification = (facts: Partial<Rectification> = {}): Rectification => ({
  id: 'rct_1',
  version: 1,
  hostId: 'org_host',
  roundId: 'rnd_1',
  projectId: 'prj_5',
  organizationId: 'org_agency',
  evaluationId: 'evl_1',
  items: ['补齐服务记录', '增加入户活动'],
  issuedOn: '2026-09-18',
  due: {
    startOn: '2026-09-18',
    period: { amount: 15, basis: 'working' },
    nominalOn: '2026-10-09',
    effectiveOn: '2026-10-15',
    rolledBecause: 'holiday',
  },
  dueAt: atHour('2026-10-15', '24:00'),
  state: 'issued',
  report: null,
  submittedAt: null,
  createdAt: new Date(0),
  ...facts,
})
const code = (decision: Decision<unknown>) => (decision.accepted ? 'accepted' : decision.refusal.problem.code)
const value = <Value>(decision: Decision<Value>) => (decision.accepted ? decision.value : decision.refusal.problem.code)

t.test('every evaluation command in every state', async (t) => {
  const lawful: Record<EvaluationCommand, string> = {
    receiveSelfReport: 'scheduled',
    visit: 'scheduled self_assessed',
    recordMissingReport: 'scheduled self_assessed',
    score: 'visited scored',
    publish: 'scored',
  }
  const NOW = atHour('2026-09-10', '12:00')
  const tries: Record<EvaluationCommand, (facts: Evaluation) => Decision<string>> = {
    receiveSelfReport: (facts) => receiveSelfReport(facts, 'late'),
    visit: (facts) => visit(facts, VISIT, VISIT_DAYS),
    recordMissingReport: (facts) =>
      recordMissingReport(facts, { standing: 'missing', dueAt: NOW, material: { missingIsFail: true }, now: NOW }),
    score: (facts) => score({ ...facts, visit: VISIT }),
    publish,
  }
  for (const state of EVALUATION_STATES) {
    for (const [command, run] of Object.entries(tries) as [EvaluationCommand, (typeof tries)[EvaluationCommand]][]) {
      const expected = lawful[command].split(' ').includes(state)
        ? EVALUATION_TRANSITIONS[state][command]
        : 'evaluation_not_in_state'
      t.equal(value(run(evaluation({ state }))), expected, `${command} of a ${state} evaluation`)
    }
  }
  t.same(finalStates(EVALUATION_TRANSITIONS), ['published'])
  t.equal(code(score(evaluation({ state: 'scored' }))), 'evaluation_not_in_state', 'no scores without a visit')
  t.same(evaluationActions(evaluation({ state: 'scored' })), ['publish'])
  t.same(evaluationActions(evaluation({ state: 'scored', visit: VISIT })), ['score', 'publish'])
})

t.test('every rectification command in every state', async (t) => {
  const commands: RectificationCommand[] = ['submit', 'miss', 'accept', 'fail']
  const lawful: Record<string, string> = {
    'issued submit': 'submitted',
    'issued miss': 'failed',
    'submitted accept': 'accepted',
    'submitted fail': 'failed',
  }
  for (const state of RECTIFICATION_STATES) {
    for (const command of commands) {
      const expected = lawful[`${state} ${command}`] ?? 'rectification_not_in_state'
      t.equal(value(advanceRectification({ state }, command)), expected, `${command} of a ${state} rectification`)
    }
  }
  t.same(finalStates(RECTIFICATION_TRANSITIONS), ['accepted', 'failed'])
  t.same(
    RECTIFICATION_STATES.map((state) => rectificationActions({ state }).length),
    [1, 0, 0, 0],
  )
})

t.test('a project gets one mid-term and one final evaluation, in that order', async (t) => {
  const plan = (facts: Partial<Plan>) =>
    planEvaluation({
      kind: 'mid',
      rectification: undefined,
      projectId: 'prj_5',
      projectState: 'active',
      earlier: [],
      paysForMidTerm: true,
      ...facts,
    })
  const published = (verdict: typeof PASSED | typeof FAILED) => evaluation({ state: 'published', verdict })
  t.same(value(plan({})), { attempt: 1, state: 'scheduled' })
  t.equal(code(plan({ earlier: [evaluation()] })), 'evaluation_exists')
  t.equal(code(plan({ earlier: [published(FAILED)] })), 'evaluation_exists', 'a fail leads to a rectification')
  t.equal(code(plan({ kind: 'final' })), 'mid_term_unsettled')
  t.equal(code(plan({ kind: 'final', paysForMidTerm: false })), 'accepted')
  t.equal(
    code(plan({ kind: 'final', earlier: [evaluation({ state: 'scored', verdict: PASSED })] })),
    'mid_term_unsettled',
  )
  t.equal(code(plan({ kind: 'final', paysForMidTerm: false, earlier: [published(FAILED)] })), 'mid_term_unsettled')
  t.equal(code(plan({ kind: 'final', earlier: [published(PASSED)] })), 'accepted')
  const second = evaluation({ id: 'evl_2', attempt: 2, state: 'published', verdict: PASSED })
  t.equal(code(plan({ kind: 'final', earlier: [published(FAILED), second] })), 'accepted', 'the latest result counts')
  t.equal(code(plan({ kind: 'final', earlier: [evaluation({ kind: 'final' })] })), 'evaluation_exists')

  const states = 'pending_agreement active suspended closing closed terminated settled'.split(' ')
  const allowed = (facts: Partial<Plan>) =>
    states.filter((projectState) => code(plan({ ...facts, projectState })) !== 'project_not_evaluable')
  t.same(allowed({}), ['active'])
  t.same(allowed({ kind: 'final' }), ['active', 'closing'])
  t.same(allowed({ rectification: rectification({ state: 'submitted' }) }), ['active', 'suspended'])
})

t.test('a re-evaluation judges the latest failed mid-term, once its rectification was reported', async (t) => {
  const failed = evaluation({ state: 'published', verdict: FAILED })
  const again = (facts: Partial<Plan> & { of?: Partial<Rectification> }) =>
    planEvaluation({
      kind: 'mid',
      rectification: rectification({ state: 'submitted', ...facts.of }),
      projectId: 'prj_5',
      projectState: 'active',
      earlier: [failed],
      paysForMidTerm: true,
      ...facts,
    })
  t.same(value(again({})), { attempt: 2, state: 'self_assessed' })
  t.equal(code(again({ of: { state: 'issued' } })), 'rectification_not_in_state')
  t.equal(code(again({ of: { state: 'failed' } })), 'rectification_not_in_state')
  t.equal(code(again({ of: { projectId: 'prj_other' } })), 'rectification_mismatch')
  t.equal(code(again({ kind: 'final' })), 'rectification_mismatch')
  t.equal(code(again({ earlier: [failed, evaluation({ id: 'evl_2', attempt: 2 })] })), 'evaluation_exists')
})

t.test('who runs the project does not judge it', async (t) => {
  t.equal(code(checkIndependence(evaluation(), 'org_agency')), 'evaluator_not_independent')
  t.equal(value(checkIndependence(evaluation(), 'org_evaluator')), 'org_evaluator')
  t.equal(value(checkIndependence(evaluation(), null)), null)
})

t.test('a report is on time until the last moment of its day, and late from then on', async (t) => {
  const dueAt = atHour('2026-09-07', '24:00')
  t.equal(selfReportStanding(null, dueAt), 'missing')
  t.equal(selfReportStanding(new Date(dueAt.getTime() - 1), dueAt), 'on_time')
  t.equal(selfReportStanding(dueAt, dueAt), 'late')
  t.equal(selfReportStanding(dueAt, null), 'on_time', 'without a duty nothing is late')
  t.equal(code(receiveSelfReport(evaluation(), 'missing')), 'self_report_missing')
})

t.test(
  'missing material fails a mid-term evaluation only once it is overdue and where the policy says so',
  async (t) => {
    const dueAt = atHour('2026-09-07', '24:00')
    const facts = { standing: 'missing', dueAt, material: { missingIsFail: true }, now: dueAt } as const
    t.equal(value(recordMissingReport(evaluation(), facts)), 'scored')
    t.equal(
      value(recordMissingReport(evaluation({ state: 'self_assessed' }), { ...facts, standing: 'late' })),
      'scored',
    )
    const early = { ...facts, now: new Date(dueAt.getTime() - 1) }
    t.equal(code(recordMissingReport(evaluation(), early)), 'self_report_not_overdue')
    t.equal(code(recordMissingReport(evaluation(), { ...facts, standing: 'on_time' })), 'self_report_not_overdue')
    t.equal(code(recordMissingReport(evaluation(), { ...facts, dueAt: null })), 'self_report_not_overdue')
    const tolerant = { ...facts, material: { missingIsFail: false } }
    t.equal(code(recordMissingReport(evaluation(), tolerant)), 'missing_report_tolerated')
    const forgiving = { ...facts, material: { missingIsFail: true, lateIsFail: false } }
    t.equal(code(recordMissingReport(evaluation(), { ...forgiving, standing: 'late' })), 'missing_report_tolerated')
    t.equal(value(recordMissingReport(evaluation(), forgiving)), 'scored')
    t.equal(code(recordMissingReport(evaluation({ kind: 'final' }), facts)), 'missing_report_tolerated')
  },
)

t.test('nobody scores a mid-term evaluation while a decisive report is awaited', async (t) => {
  const dueAt = atHour('2026-09-07', '24:00')
  const early = new Date(dueAt.getTime() - 1)
  const facts = { kind: 'mid', standing: 'missing', dueAt, missingIsFail: true, now: early } as const
  t.equal(code(standingForScores(facts)), 'self_report_missing')
  t.equal(value(standingForScores({ ...facts, now: dueAt })), 'missing', 'overdue: the score will not help')
  t.equal(value(standingForScores({ ...facts, standing: 'on_time' })), 'on_time')
  t.equal(value(standingForScores({ ...facts, missingIsFail: false })), 'missing')
  t.equal(value(standingForScores({ ...facts, kind: 'final' })), 'missing')
})

t.test('the host may agree to a later day, before the present one has passed and within the policy', async (t) => {
  const granted = (dueOn: string, more: Partial<PostponementFacts> = {}) => {
    const now = atHour('2026-09-07', '23:59')
    const rules = { maxDays: 30, times: 2 }
    return postpone({ rules, originalOn: '2026-09-07', earlier: [], now, ...more }, dueOn)
  }
  t.same(granted('2026-10-07'), { accepted: true, value: { postponedFrom: '2026-09-07' } }, 'the thirtieth day counts')
  t.equal(code(granted('2026-10-08')), 'postponement_beyond_rules')
  t.equal(code(granted('2026-09-07')), 'postponement_beyond_rules', 'no earlier and no equal day')
  t.equal(code(granted('2026-09-20', { now: atHour('2026-09-07', '24:00') })), 'postponement_too_late')
  t.equal(code(granted('2026-09-20', { rules: undefined })), 'postponement_not_in_policy')
  t.equal(code(granted('2026-09-20', { originalOn: null })), 'postponement_not_in_policy')
  const once = { earlier: [{ dueOn: '2026-09-20' }], now: atHour('2026-09-20', '12:00') }
  t.same(granted('2026-10-01', once), { accepted: true, value: { postponedFrom: '2026-09-20' } })
  t.equal(code(granted('2026-09-19', once)), 'postponement_beyond_rules')
  const twice = { ...once, earlier: [{ dueOn: '2026-09-20' }, { dueOn: '2026-09-25' }] }
  t.equal(code(granted('2026-10-01', twice)), 'postponement_beyond_rules')
})

t.test('a site visit uses the four methods of D2-18 and is not recorded in advance', async (t) => {
  t.equal(code(visit(evaluation(), VISIT, VISIT_DAYS)), 'accepted')
  t.equal(code(visit(evaluation(), VISIT, { ...VISIT_DAYS, today: '2026-09-09' })), 'site_visit_in_future')
  const later = { ...VISIT_DAYS, effectiveOn: '2026-09-11' }
  t.equal(code(visit(evaluation(), VISIT, later)), 'site_visit_too_early')
  for (const left of VISIT_METHODS) {
    const methods = VISIT_METHODS.filter((method) => method !== left)
    t.match(visit(evaluation(), { ...VISIT, methods }, VISIT_DAYS), { refusal: { parameters: { missing: left } } })
    const published = evaluation({ state: 'published' })
    t.equal(code(visit(published, { ...VISIT, methods }, VISIT_DAYS)), 'evaluation_not_in_state')
  }
})

t.test('a rectification of fifteen working days from 2026-09-18 is due on 2026-10-15', async (t) => {
  const facts: Parameters<typeof issueRectification>[0] = {
    evaluation: evaluation({ state: 'published', verdict: FAILED }),
    isLatest: true,
    earlier: [],
    times: 1,
    period: { amount: 15, basis: 'working' },
    calendar: CALENDAR,
    now: atHour('2026-09-18', '10:00'),
  }
  t.match(issueRectification(facts), {
    value: {
      issuedOn: '2026-09-18',
      due: { nominalOn: '2026-10-09', effectiveOn: '2026-10-15', rolledBecause: 'holiday' },
      dueAt: atHour('2026-10-15', '24:00'),
    },
  })
  const passed = evaluation({ state: 'published', verdict: PASSED })
  const unpublished = evaluation({ state: 'scored', verdict: FAILED })
  const failedFinal = evaluation({ kind: 'final', state: 'published', verdict: FAILED })
  for (const other of [passed, unpublished, failedFinal])
    t.equal(code(issueRectification({ ...facts, evaluation: other })), 'evaluation_not_failed')
  t.equal(code(issueRectification({ ...facts, isLatest: false })), 'evaluation_not_failed')
  t.equal(code(issueRectification({ ...facts, earlier: [rectification()] })), 'rectification_exists')
  const other = rectification({ evaluationId: 'evl_0' })
  t.equal(code(issueRectification({ ...facts, earlier: [other] })), 'rectification_used_up')
  t.equal(code(issueRectification({ ...facts, earlier: [other], times: 2 })), 'accepted')
  t.equal(code(issueRectification({ ...facts, now: atHour('2026-12-25', '10:00') })), 'calendar_year_missing')
})

t.test('the report on a rectification answers every item before the window closes', async (t) => {
  const report = { answers: ['已补齐', '已入户 12 次'], documentIds: [] }
  const lastMoment = new Date(atHour('2026-10-15', '24:00').getTime() - 1)
  t.equal(value(submitRectification(rectification(), report, lastMoment)), 'submitted')
  t.equal(
    code(submitRectification(rectification(), report, atHour('2026-10-15', '24:00'))),
    'rectification_window_closed',
  )
  const short = { ...report, answers: ['已补齐'] }
  t.equal(code(submitRectification(rectification(), short, lastMoment)), 'rectification_report_incomplete')
  t.equal(
    code(submitRectification(rectification({ state: 'submitted' }), report, lastMoment)),
    'rectification_not_in_state',
  )
})

t.test('a pass pays, a fail holds, and a fail without a rectification left stops the project', async (t) => {
  t.equal(midConsequence(false, 0), 'pay')
  t.equal(midConsequence(false, 1), 'pay')
  t.equal(midConsequence(true, 1), 'hold')
  t.equal(midConsequence(true, 0), 'suspend')
})

t.test('a result notice announces published final results once, unless it replaces a withdrawn notice', async (t) => {
  const one = evaluation({ id: 'evl_a', kind: 'final', state: 'published' })
  const two = evaluation({ id: 'evl_b', kind: 'final', state: 'published' })
  const told = evaluation({ id: 'evl_c', kind: 'final', state: 'published', resultNoticeId: 'ntc_1' })
  const others = [evaluation({ id: 'evl_d', state: 'published' }), evaluation({ id: 'evl_e', kind: 'final' })]
  const ids = (...wanted: Parameters<typeof resultsToAnnounce>) => {
    const decision = resultsToAnnounce(...wanted)
    return decision.accepted ? decision.value.map(({ id }) => id) : decision.refusal.problem.code
  }
  const all = [one, two, told, ...others]
  t.same(ids(all, undefined, undefined), ['evl_a', 'evl_b'])
  t.same(ids(all, ['evl_b'], undefined), ['evl_b'])
  t.same(ids(all, undefined, 'ntc_1'), ['evl_a', 'evl_b', 'evl_c'])
  t.equal(ids(all, ['evl_c'], undefined), 'nothing_to_announce')
  t.equal(ids(all, ['evl_a', 'evl_d'], undefined), 'nothing_to_announce', 'a mid-term result is not announced')
  t.equal(ids([told, ...others], undefined, undefined), 'nothing_to_announce')
})
