import t from 'tap'
import { finalStates } from '../../../src/kernel/transitions.ts'
import { calendarFrom, resolvePeriod } from '../../../src/kernel/workdays.ts'
import {
  checkContent,
  DUTY_STATES,
  DUTY_TRANSITIONS,
  type DutyState,
  dueOf,
  dueOnOf,
  dutyFor,
  midPoint,
  missReport,
  planDuties,
  postponeDuty,
  type ReportContent,
  type ReportDuty,
  submitReport,
} from '../../../src/modules/delivery/rules.ts'

/** The parts of the official calendar of 2026 that the demonstration round touches; nothing is known of 2027. */
const calendar = calendarFrom(
  new Map([
    [
      2026,
      {
        holidays: new Set([1, 2, 3, 4, 5, 6, 7].map((day) => `2026-10-0${day}`)),
        makeupWorkdays: new Set(['2026-09-20']),
      },
    ],
  ]),
)
const workdays = (amount: number) => ({ amount, basis: 'working' as const })
const RULES = { selfReport: workdays(5), closingReport: workdays(5), monthlyReportDay: null }

t.test('the mid-point is the day when half of the months, rounded up, have passed', (t) => {
  const cases: [string, string, string][] = [
    ['2026-06-01', '2026-11-30', '2026-08-31'],
    ['2026-06-01', '2026-10-31', '2026-08-31'],
    ['2026-01-01', '2026-12-31', '2026-06-30'],
    ['2026-03-01', '2027-02-28', '2026-08-31'],
    ['2026-06-15', '2026-12-14', '2026-09-14'],
    ['2026-06-01', '2026-06-30', '2026-06-15'],
    ['2026-06-01', '2026-06-01', '2026-06-01'],
  ]
  for (const [startsOn, endsOn, expected] of cases)
    t.equal(midPoint(startsOn, endsOn), expected, `${startsOn} ${endsOn}`)
  t.end()
})

t.test('the reports of the demonstration round are due on 09-07 and 12-07', (t) => {
  const duties = planDuties({ startsOn: '2026-06-01', endsOn: '2026-11-30', midPointOn: '2026-08-31' }, RULES)
  t.same(
    duties.map((duty) => {
      const { due } = dueOf(resolvePeriod(calendar, duty.countsFrom, duty.duePeriod))
      return [duty.kind, due?.effectiveOn]
    }),
    [
      ['mid_self_assessment', '2026-09-07'],
      ['closing', '2026-12-07'],
    ],
  )
  t.end()
})

t.test('monthly reports are due on their day of the next month, or its last one, moved off rest days', (t) => {
  const monthly = (monthlyReportDay: number, startsOn: string, endsOn: string) =>
    planDuties({ startsOn, endsOn, midPointOn: startsOn }, { ...RULES, monthlyReportDay })
      .filter(({ kind }) => kind === 'monthly')
      .map((duty) => [
        duty.month,
        duty.countsFrom,
        dueOf(resolvePeriod(calendar, duty.countsFrom, duty.duePeriod)).due?.effectiveOn,
      ])
  t.same(monthly(1, '2026-06-15', '2026-09-30'), [
    ['2026-06', '2026-07-01', '2026-07-01'],
    ['2026-07', '2026-08-01', '2026-08-03'],
    ['2026-08', '2026-09-01', '2026-09-01'],
    ['2026-09', '2026-10-01', '2026-10-08'],
  ])
  t.same(monthly(31, '2026-08-01', '2026-08-31'), [['2026-08', '2026-09-30', '2026-09-30']])
  t.same(monthly(5, '2026-12-01', '2026-12-31'), [['2026-12', '2027-01-05', undefined]], 'nothing is guessed of 2027')
  t.end()
})

function dutyIn(state: DutyState, change: Partial<ReportDuty> = {}): ReportDuty {
  return {
    id: 'rdt_1',
    version: 1,
    projectId: 'prj_1',
    hostId: 'org_1',
    organizationId: 'org_2',
    kind: 'mid_self_assessment',
    month: null,
    countsFrom: '2026-08-31',
    duePeriod: workdays(5),
    ...dueOf(resolvePeriod(calendar, '2026-08-31', workdays(5))),
    state,
    createdAt: new Date('2026-05-27T01:00:00Z'),
    ...change,
  }
}
const LAST_MOMENT = new Date('2026-09-07T15:59:59.999Z')
const TOO_LATE = new Date('2026-09-07T16:00:00Z')

t.test('a report is in time until 24:00 of the due day; later it is taken and marked where nothing came', (t) => {
  const outcome = (state: DutyState, now: Date) => {
    const decision = submitReport(dutyIn(state), 'active', now)
    return decision.accepted ? [decision.value.duty.state, decision.value.isLate] : decision.refusal.problem.code
  }
  const table: Record<DutyState, [unknown, unknown]> = {
    waiting: [
      ['submitted', false],
      ['missed', true],
    ],
    submitted: [['submitted', false], 'report_closed'],
    missed: [
      ['missed', false],
      ['missed', true],
    ],
    cancelled: ['report_duty_not_in_state', 'report_duty_not_in_state'],
  }
  for (const state of DUTY_STATES) {
    t.same(outcome(state, LAST_MOMENT), table[state][0], `${state}, in time`)
    t.same(outcome(state, TOO_LATE), table[state][1], `${state}, late`)
  }
  t.same(finalStates(DUTY_TRANSITIONS), ['cancelled'])
  t.end()
})

t.test('only a waiting report can be missed', (t) => {
  for (const state of DUTY_STATES) t.equal(missReport(dutyIn(state)).accepted, state === 'waiting', state)
  t.end()
})

t.test('a postponed report is in time until the agreed day; what was missed stays missed', (t) => {
  const agreed = (state: DutyState) => postponeDuty(dutyIn(state), '2026-10-31')
  t.equal(dueOnOf(dutyIn('waiting')), '2026-09-07')
  for (const state of ['waiting', 'submitted'] as const) {
    t.equal(dueOnOf(agreed(state)), '2026-10-31')
    t.match(submitReport(agreed(state), 'active', new Date('2026-10-31T15:59:59.999Z')), {
      value: { duty: { state: 'submitted', due: { effectiveOn: '2026-09-07' } }, isLate: false },
    })
  }
  t.match(submitReport(agreed('submitted'), 'active', new Date('2026-10-31T16:00:00Z')), {
    refusal: { problem: { code: 'report_closed' }, parameters: { dueOn: '2026-10-31' } },
  })
  for (const state of ['missed', 'cancelled'] as const) t.equal(dueOnOf(agreed(state)), '2026-09-07', state)
  t.equal(dueOnOf(postponeDuty(dutyIn('waiting'), '2026-09-06')), '2026-09-07', 'never an earlier day')
  const unknown = dutyIn('waiting', { due: null, dueAt: null })
  t.equal(dueOnOf(postponeDuty(unknown, '2026-10-31')), null)
  t.end()
})

t.test('a report whose due day cannot be told yet is in time', (t) => {
  const open = dutyIn('waiting', { due: null, dueAt: null })
  t.match(submitReport(open, 'active', TOO_LATE), { value: { duty: { state: 'submitted' }, isLate: false } })
  t.end()
})

t.test('reports are taken while a project is under way', (t) => {
  for (const state of ['active', 'suspended', 'closing'])
    t.ok(submitReport(dutyIn('waiting'), state, LAST_MOMENT).accepted, state)
  for (const state of ['pending_agreement', 'closed', 'terminated', 'settled'])
    t.match(submitReport(dutyIn('waiting'), state, LAST_MOMENT), {
      refusal: { problem: { code: 'project_not_under_way' } },
    })
  t.end()
})

t.test('a report goes to the named month, else to the earliest that is open, else to the last of its kind', (t) => {
  const monthly = (month: string, state: DutyState) => dutyIn(state, { id: month, kind: 'monthly', month })
  const duties = [monthly('2026-06', 'missed'), monthly('2026-07', 'waiting'), monthly('2026-08', 'waiting')]
  t.equal(dutyFor(duties, 'monthly', null)?.id, '2026-07')
  t.equal(dutyFor(duties, 'monthly', '2026-06')?.id, '2026-06')
  t.equal(dutyFor(duties, 'monthly', '2026-09'), undefined)
  t.equal(dutyFor([dutyIn('submitted')], 'mid_self_assessment', null)?.state, 'submitted')
  t.equal(dutyFor([dutyIn('cancelled')], 'mid_self_assessment', null), undefined)
  t.equal(dutyFor(duties, 'closing', null), undefined)
  t.end()
})

t.test(
  'values belong to indicators of the project, each once and of its kind; satisfaction is a part of the answers',
  (t) => {
    const indicators = [
      { id: 'ind_a', kind: 'persons' },
      { id: 'ind_b', kind: 'money' },
    ]
    const content: ReportContent = {
      indicatorValues: [
        { indicatorId: 'ind_a', value: 62, amountFen: null },
        { indicatorId: 'ind_b', value: null, amountFen: 2_340_000n },
      ],
      satisfaction: { validAnswers: 56, satisfied: 54 },
      narrative: '进展顺利',
      documentIds: [],
    }
    const errorOf = (change: Partial<ReportContent>) => {
      const decision = checkContent({ ...content, ...change }, indicators)
      return decision.accepted
        ? []
        : [decision.refusal.problem.code, ...decision.refusal.errors.map(({ code }) => code)]
    }
    t.same(errorOf({}), [])
    t.same(errorOf({ satisfaction: null, indicatorValues: [] }), [])
    const value = { indicatorId: 'ind_a', value: 1, amountFen: null }
    t.same(errorOf({ indicatorValues: [{ ...value, indicatorId: 'ind_x' }] }), ['indicator_unknown', 'unknown'])
    t.same(errorOf({ indicatorValues: [value, value] }), ['indicator_unknown', 'repeated'])
    t.same(errorOf({ indicatorValues: [{ ...value, indicatorId: 'ind_b' }] }), ['indicator_unknown', 'value_unfit'])
    t.same(errorOf({ indicatorValues: [{ ...value, value: null }] }), ['indicator_unknown', 'value_unfit'])
    t.same(errorOf({ satisfaction: { validAnswers: 10, satisfied: 11 } }), ['satisfaction_impossible'])
    t.end()
  },
)
