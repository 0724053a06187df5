import fc from 'fast-check'
import t from 'tap'
import { addDays, atHour, endOfDay, startOfDay } from '../../../src/kernel/days.ts'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import type { ProblemDefinition } from '../../../src/kernel/problem.ts'
import { CalendarYearMissing, calendarFrom } from '../../../src/kernel/workdays.ts'
import {
  AwardBudgetMissing,
  AwardNotProposed,
  NoticeEmpty,
  NoticeNotInState,
  NoticeNotSuperseded,
} from '../../../src/modules/notices/problems.ts'
import {
  awardsToAnnounce,
  bySource,
  checkSuperseded,
  closeNotice,
  extendNotice,
  isWithin,
  NOTICE_STATES,
  type Notice,
  type NoticeCommand,
  noticeActions,
  noticeWindow,
  predecessorOf,
  withdrawNotice,
} from '../../../src/modules/notices/rules/notice.ts'

/** The parts of the official calendar of 2026 that the demonstration round touches. */
const calendar = calendarFrom(
  new Map([
    [
      2026,
      {
        holidays: new Set(['2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05']),
        makeupWorkdays: new Set(['2026-05-09']),
      },
    ],
  ]),
)
const fiveWorkdays = { amount: 5, basis: 'working' as const }
const published = atHour('2026-04-30', '10:00')
const window = orThrow(noticeWindow({ window: fiveWorkdays, excludeStartDay: true }, calendar, published))

const open: Notice = {
  id: 'ntc_1',
  version: 1,
  roundId: 'rnd_1',
  hostId: 'org_1',
  kind: 'award',
  number: 1,
  versionNumber: 1,
  snapshot: {
    noticeId: 'ntc_1',
    kind: 'award',
    number: 1,
    roundId: 'rnd_1',
    roundCode: 'YT-2026-01',
    roundTitle: '云汀县第一届社区公益创投',
    hostId: 'org_1',
    hostName: '云汀县民政局',
    supersedesId: null,
    publishedAt: published.toISOString(),
    window: window.resolved,
    closesAt: window.closesAt.toISOString(),
    items: [],
  },
  digest: '0'.repeat(64),
  publishedAt: published,
  window: window.resolved,
  closesAt: window.closesAt,
  state: 'open',
  supersedesId: null,
  withdrawnAt: null,
  withdrawalReason: null,
  createdAt: published,
}

function codeOf(decision: Decision<unknown>): string | undefined {
  return decision.accepted ? undefined : decision.refusal.problem.code
}

t.test(
  'a notice of 30 April with five working days runs to 11 May: the make-up Saturday counts, the holidays do not',
  async (t) => {
    t.same(window, {
      resolved: {
        startOn: '2026-04-30',
        period: fiveWorkdays,
        nominalOn: '2026-05-07',
        effectiveOn: '2026-05-11',
        rolledBecause: 'holiday',
      },
      closesAt: endOfDay('2026-05-11'),
    })
  },
)

t.test('a city that counts the day of publication ends one working day earlier', async (t) => {
  const counted = orThrow(noticeWindow({ window: fiveWorkdays, excludeStartDay: false }, calendar, published))
  t.equal(counted.resolved.effectiveOn, '2026-05-09')
  t.equal(counted.resolved.startOn, '2026-04-29')
})

t.test(
  'the printed range of Futian 2021 counts both ends: five days from 18 August are over on the 24th',
  async (t) => {
    const year = { holidays: new Set<string>(), makeupWorkdays: new Set<string>() }
    const futian = calendarFrom(new Map([[2021, year]]))
    const { resolved } = orThrow(
      noticeWindow({ window: fiveWorkdays, excludeStartDay: false }, futian, startOfDay('2021-08-18')),
    )
    t.equal(resolved.effectiveOn, '2021-08-24')
  },
)

t.test('a window of no days ends with the day of publication, whichever way the city counts', async (t) => {
  for (const excludeStartDay of [true, false]) {
    const none = orThrow(
      noticeWindow({ window: { amount: 0, basis: 'calendar' }, excludeStartDay }, calendar, published),
    )
    t.same(none.closesAt, endOfDay('2026-04-30'))
  }
})

t.test('a window that reaches into a year without a calendar is refused, not guessed', async (t) => {
  const late = noticeWindow({ window: fiveWorkdays, excludeStartDay: true }, calendar, atHour('2026-12-30', '10:00'))
  t.equal(codeOf(late), CalendarYearMissing.code)
})

t.test('the last moment of the last day is inside the window, 24:00 is not', async (t) => {
  const closesAtMs = window.closesAt.getTime()
  t.ok(isWithin(open, published), 'from the moment of publication')
  t.ok(isWithin(open, new Date(closesAtMs - 1)))
  t.notOk(isWithin(open, new Date(closesAtMs)))
  t.notOk(isWithin(open, new Date(closesAtMs + 1000)))
  t.notOk(isWithin(open, new Date(published.getTime() - 1)))
})

t.test('every window is open when it is published and closes at the end of a working day', async (t) => {
  const dayOfYear = fc.integer({ min: 0, max: 330 })
  const minute = fc.integer({ min: 0, max: 1439 })
  fc.assert(
    fc.property(
      dayOfYear,
      minute,
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom('working' as const, 'calendar' as const),
      fc.boolean(),
      (days, minutes, amount, basis, excludeStartDay) => {
        const at = new Date(startOfDay(addDays('2026-01-02', days)).getTime() + minutes * 60_000)
        const decided = noticeWindow({ window: { amount, basis }, excludeStartDay }, calendar, at)
        if (!decided.accepted) return true
        const { resolved, closesAt } = decided.value
        return closesAt.getTime() > at.getTime() && calendar.isWorkday(resolved.effectiveOn) === true
      },
    ),
  )
  t.pass('for all days of the year')
})

t.test('every state decides about every command', async (t) => {
  const inside = atHour('2026-05-06', '09:00')
  const commands: Record<NoticeCommand, (notice: Notice) => Decision<Notice>> = {
    extend: (notice) => extendNotice(notice, new Date(notice.closesAt.getTime() + 1)),
    close: closeNotice,
    withdraw: (notice) => withdrawNotice(notice, '金额有误', inside),
  }
  const expected: Record<string, Record<NoticeCommand, string | ProblemDefinition>> = {
    open: { extend: 'open', close: 'closed', withdraw: 'withdrawn' },
    closed: { extend: NoticeNotInState, close: NoticeNotInState, withdraw: NoticeNotInState },
    withdrawn: { extend: NoticeNotInState, close: NoticeNotInState, withdraw: NoticeNotInState },
  }
  for (const state of NOTICE_STATES) {
    for (const command of ['close', 'withdraw'] as const) {
      const decision = commands[command]({ ...open, state })
      const wanted = expected[state]?.[command]
      const outcome = decision.accepted ? decision.value.state : decision.refusal.problem
      t.equal(outcome, wanted, `${command} in ${state}`)
    }
  }
})

t.test('a withdrawn notice keeps when and why', async (t) => {
  const at = atHour('2026-05-06', '09:00')
  const withdrawn = orThrow(withdrawNotice(open, '金额有误', at))
  t.same([withdrawn.withdrawnAt, withdrawn.withdrawalReason], [at, '金额有误'])
})

t.test('once the window has passed a notice stands, even if the alarm has not rung', async (t) => {
  t.equal(codeOf(withdrawNotice(open, '金额有误', window.closesAt)), NoticeNotInState.code)
})

t.test('only an open notice offers its withdrawal', async (t) => {
  t.same(
    NOTICE_STATES.map((state) => noticeActions({ state })),
    [['withdraw'], [], []],
  )
})

const awards = [
  { id: 'awd_1', state: 'proposed' },
  { id: 'awd_2', state: 'noticed' },
  { id: 'awd_3', state: 'cancelled' },
  { id: 'awd_4', state: 'proposed' },
]

t.test('without names the notice announces all that is proposed', async (t) => {
  t.same(
    orThrow(awardsToAnnounce(awards, undefined)).map(({ id }) => id),
    ['awd_1', 'awd_4'],
  )
})

t.test('with names it announces just those', async (t) => {
  t.same(
    orThrow(awardsToAnnounce(awards, ['awd_4'])).map(({ id }) => id),
    ['awd_4'],
  )
})

t.test('an award that awaits its revised budget holds up the list, but not a notice that leaves it out', async (t) => {
  const withCut = [...awards, { id: 'awd_5', state: 'awaiting_budget' }]
  t.equal(codeOf(awardsToAnnounce(withCut, undefined)), AwardBudgetMissing.code)
  t.equal(codeOf(awardsToAnnounce(withCut, ['awd_1', 'awd_5'])), AwardBudgetMissing.code)
  t.ok(awardsToAnnounce(withCut, ['awd_1']).accepted)
})

t.test('what is announced, cancelled or of another round cannot be named', async (t) => {
  t.equal(codeOf(awardsToAnnounce(awards, ['awd_1', 'awd_2'])), AwardNotProposed.code)
  t.equal(codeOf(awardsToAnnounce(awards, ['awd_3'])), AwardNotProposed.code)
  t.equal(codeOf(awardsToAnnounce(awards, ['awd_9'])), AwardNotProposed.code)
})

t.test('a round with nothing proposed has nothing to announce', async (t) => {
  t.equal(codeOf(awardsToAnnounce(awards.slice(1, 3), undefined)), NoticeEmpty.code)
  t.equal(codeOf(awardsToAnnounce([], undefined)), NoticeEmpty.code)
})

t.test('a notice takes the place of a withdrawn one of its round and kind, and of no other', async (t) => {
  const wanted = { supersedesId: 'ntc_1', roundId: 'rnd_1', kind: 'award' as const }
  const withdrawn = { ...open, state: 'withdrawn' as const }
  t.equal(orThrow(checkSuperseded(withdrawn, wanted)).id, 'ntc_1')
  const others = [
    undefined,
    open,
    { ...open, state: 'closed' as const },
    { ...withdrawn, roundId: 'rnd_2' },
    { ...withdrawn, kind: 'evaluation_result' as const },
  ]
  for (const other of others) t.equal(codeOf(checkSuperseded(other, wanted)), NoticeNotSuperseded.code)
})

t.test('what a withdrawn notice announced comes again as its next version, named or not', async (t) => {
  const line = (subject: string, projectId: string) => ({
    ...{ subject, projectId, projectTitle: '长者探访', organizationId: 'org_2', organizationName: '和风社工' },
  })
  const withdrawn = (number: number, ...items: ReturnType<typeof line>[]): Notice => ({
    ...open,
    ...{ id: `ntc_${number}`, number, state: 'withdrawn', snapshot: { ...open.snapshot, items } },
  })
  const earlier = [
    withdrawn(1, line('awd_1', 'prj_1'), line('awd_2', 'prj_2')),
    withdrawn(2, line('awd_1', 'prj_1')),
    withdrawn(3, line('awd_3', 'prj_3')),
  ]
  const of = (kind: 'award' | 'evaluation_result', ...items: ReturnType<typeof line>[]) =>
    predecessorOf(earlier, { kind, items })?.id
  t.equal(of('award', line('awd_1', 'prj_1')), 'ntc_2', 'the latest')
  t.equal(of('award', line('awd_9', 'prj_2')), 'ntc_1', 'another award of the project, after a new review')
  t.equal(of('award', line('awd_4', 'prj_4')), undefined, 'who was never announced begins with version 1')
  t.equal(of('evaluation_result', line('evl_9', 'prj_2')), undefined, 'two evaluations of a project are two things')
})

t.test('two pools of one source are one line for the public', async (t) => {
  const parts = [
    { source: 'welfare_lottery', amountFen: 5_000_000n },
    { source: 'fiscal', amountFen: 1_500_000n },
    { source: 'welfare_lottery', amountFen: 3_500_000n },
  ]
  t.same(bySource(parts), [
    { source: 'welfare_lottery', amountFen: 8_500_000n },
    { source: 'fiscal', amountFen: 1_500_000n },
  ])
})
