import fc from 'fast-check'
import t from 'tap'
import { atHour, endOfDay } from '../../../src/kernel/days.ts'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import type { ProblemDefinition } from '../../../src/kernel/problem.ts'
import { CalendarYearMissing, calendarFrom } from '../../../src/kernel/workdays.ts'
import {
  NoticeWithdrawn,
  ObjectionFilerMissing,
  ObjectionNotInState,
  ObjectionTargetUnknown,
} from '../../../src/modules/objections/problems.ts'
import {
  acceptObjection,
  answerDueAt,
  awardConsequence,
  decideObjection,
  type Filing,
  fileObjection,
  isAwaitingAnswer,
  type NoticeFacts,
  OBJECTION_STATES,
  type Objection,
  type ObjectionCommand,
  type ObjectionState,
  settleObjection,
} from '../../../src/modules/objections/rules.ts'

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
const reply = { amount: 5, basis: 'working' as const }
const notice: NoticeFacts = {
  id: 'ntc_1',
  state: 'open',
  closesAt: endOfDay('2026-05-11'),
  subjects: ['awd_1', 'awd_2'],
}
const filing: Filing = {
  grounds: '评分项计算有误',
  requestedRemedy: null,
  isAnonymous: false,
  organizationId: 'org_2',
  subject: 'awd_1',
  awardedOrganizationIds: ['org_awarded', 'org_group'],
  openObjectionId: null,
}
const saturday = atHour('2026-05-09', '15:30')

function file(change: Partial<Filing> = {}, now = saturday, facts: Partial<NoticeFacts> = {}) {
  return fileObjection({ ...filing, ...change }, { ...notice, ...facts }, reply, calendar, now)
}

function codeOf(decision: Decision<unknown>): string | undefined {
  return decision.accepted ? undefined : decision.refusal.problem.code
}

t.test('an objection of the make-up Saturday 9 May is to be answered by Friday 15 May', async (t) => {
  const filed = orThrow(file())
  t.equal(filed.state, 'filed')
  t.equal(filed.filedByOrganizationId, 'org_2')
  t.same(filed.answerDue, {
    startOn: '2026-05-09',
    period: reply,
    nominalOn: '2026-05-15',
    effectiveOn: '2026-05-15',
    rolledBecause: null,
  })
  t.same(filed.answerDue && answerDueAt(filed.answerDue), endOfDay('2026-05-15'))
})

t.test('a make-up Saturday between filing and answer counts as a working day', async (t) => {
  const filed = orThrow(file({}, atHour('2026-05-06', '09:00')))
  t.equal(filed.answerDue?.effectiveOn, '2026-05-12', '7, 8, 9 (Saturday), 11, 12 May')
  t.equal(filed.answerDue?.nominalOn, '2026-05-13')
})

t.test('the last millisecond of the window is in time; the closing moment and a second later are late', async (t) => {
  const closesAtMs = notice.closesAt.getTime()
  t.equal(orThrow(file({}, new Date(closesAtMs - 1))).state, 'filed')
  for (const lateMs of [0, 1000]) {
    const late = orThrow(file({}, new Date(closesAtMs + lateMs)))
    t.equal(late.state, 'rejected_as_late')
    t.equal(late.answerDue, null, 'it gets no further answer')
    t.equal(late.filedByOrganizationId, 'org_2', 'it is on record with its filer')
  }
})

t.test('a late filer is told when the window closed and when the filing came, in both languages', async (t) => {
  const { decisionReasons } = orThrow(file({}, new Date(notice.closesAt.getTime() + 1000)))
  t.match(decisionReasons, /2026-05-12 00:00:00 届满.*2026-05-12 00:00:01 提出/)
  t.match(decisionReasons, /closed at 2026-05-11T16:00:00\.000Z; this objection was filed at 2026-05-11T16:00:01\.000Z/)
})

t.test(
  'the clock decides and not the state of the notice: a late filing is late before the alarm has rung, and after',
  async (t) => {
    const late = new Date(notice.closesAt.getTime() + 1000)
    t.equal(orThrow(file({}, late, { state: 'open' })).state, 'rejected_as_late')
    t.equal(orThrow(file({}, late, { state: 'closed' })).state, 'rejected_as_late')
  },
)

t.test(
  'an anonymous filing is a lead: logged, without filer and without a day of answer, in time or not',
  async (t) => {
    for (const now of [saturday, new Date(notice.closesAt.getTime() + 1000)]) {
      const lead = orThrow(file({ isAnonymous: true }, now))
      t.match(lead, { state: 'logged', filedByOrganizationId: null, answerDue: null, isAnonymous: true })
    }
  },
)

t.test('a named filing needs somebody whose name it bears', async (t) => {
  t.equal(codeOf(file({ organizationId: null })), ObjectionFilerMissing.code)
  t.equal(orThrow(file({ organizationId: null, isAnonymous: true })).state, 'logged')
})

t.test('what the notice does not list cannot be objected to', async (t) => {
  t.equal(codeOf(file({ subject: 'awd_9' })), ObjectionTargetUnknown.code)
  for (const organizationId of ['org_awarded', 'org_group'])
    t.equal(codeOf(file({ organizationId })), 'objection_to_own_award', 'who is proposed declines instead')
  t.ok(file({ organizationId: 'org_awarded', awardedOrganizationIds: [] }).accepted, 'an evaluation is no award')
})

t.test(
  'one organization has one open objection to one thing; a late one and a lead are kept all the same',
  async (t) => {
    const second = { openObjectionId: 'obj_1' }
    t.equal(codeOf(file(second)), 'objection_exists')
    t.equal(orThrow(file(second, notice.closesAt)).state, 'rejected_as_late')
    t.equal(orThrow(file({ ...second, isAnonymous: true })).state, 'logged')
  },
)

t.test('nothing is filed against a withdrawn notice', async (t) => {
  t.equal(codeOf(file({}, saturday, { state: 'withdrawn' })), NoticeWithdrawn.code)
  t.equal(codeOf(file({ isAnonymous: true }, saturday, { state: 'withdrawn' })), NoticeWithdrawn.code)
})

t.test('an answer due in a year without a calendar is refused, not guessed', async (t) => {
  const december = { closesAt: endOfDay('2026-12-31') }
  t.equal(codeOf(file({}, atHour('2026-12-30', '09:00'), december)), CalendarYearMissing.code)
})

const filed: Objection = {
  ...orThrow(file()),
  id: 'obj_1',
  version: 1,
  noticeId: 'ntc_1',
  roundId: 'rnd_1',
  hostId: 'org_1',
  subject: 'awd_1',
  awardId: 'awd_1',
  acceptedAt: null,
  decidedAt: null,
  successorAwardId: null,
  overdueAt: null,
  createdAt: saturday,
}
const decidedOn = atHour('2026-05-14', '10:00')
const COMMANDS: Record<ObjectionCommand, (objection: Objection) => Decision<Objection>> = {
  accept: (objection) => acceptObjection(objection, decidedOn),
  uphold: (objection) => decideObjection(objection, { outcome: 'upheld', reasons: '复核属实' }, decidedOn),
  dismiss: (objection) => decideObjection(objection, { outcome: 'dismissed', reasons: '复核无误' }, decidedOn),
  settle: (objection) => settleObjection(objection, decidedOn),
}

t.test('every state decides about every command', async (t) => {
  const no = ObjectionNotInState
  const expected: Record<ObjectionState, Record<ObjectionCommand, string | ProblemDefinition>> = {
    filed: { accept: 'accepted', uphold: no, dismiss: no, settle: 'dismissed' },
    accepted: { accept: no, uphold: 'upheld', dismiss: 'dismissed', settle: 'dismissed' },
    rejected_as_late: { accept: no, uphold: no, dismiss: no, settle: no },
    upheld: { accept: no, uphold: no, dismiss: no, settle: no },
    dismissed: { accept: no, uphold: no, dismiss: no, settle: no },
    logged: { accept: no, uphold: no, dismiss: no, settle: no },
  }
  for (const state of OBJECTION_STATES) {
    for (const command of ['accept', 'uphold', 'dismiss', 'settle'] as const) {
      const decision = COMMANDS[command]({ ...filed, state })
      const outcome = decision.accepted ? decision.value.state : decision.refusal.problem
      t.equal(outcome, expected[state][command], `${command} in ${state}`)
    }
  }
})

t.test('a decision keeps its moment and its reasons, also when it is overdue', async (t) => {
  const overdue = { ...filed, state: 'accepted' as const, overdueAt: endOfDay('2026-05-15') }
  const decided = orThrow(COMMANDS.dismiss(overdue))
  t.same([decided.decidedAt, decided.decisionReasons, decided.overdueAt], [decidedOn, '复核无误', overdue.overdueAt])
})

t.test('an answer is awaited until the decision, and only for what gets one', async (t) => {
  t.same(
    OBJECTION_STATES.filter((state) => isAwaitingAnswer({ state })),
    ['filed', 'accepted'],
  )
})

t.test('an upheld objection cancels a suspended award, other objections or not', async (t) => {
  t.equal(awardConsequence('upheld', { awardState: 'suspended', otherOpenObjections: 0 }), 'cancel')
  t.equal(awardConsequence('upheld', { awardState: 'suspended', otherOpenObjections: 2 }), 'cancel')
})

t.test('a dismissed objection sets the award free once no other one holds it', async (t) => {
  t.equal(awardConsequence('dismissed', { awardState: 'suspended', otherOpenObjections: 0 }), 'restore')
  t.equal(awardConsequence('dismissed', { awardState: 'suspended', otherOpenObjections: 1 }), 'none')
})

t.test('an award that was declined or cancelled meanwhile is left as it is', async (t) => {
  for (const awardState of ['declined', 'cancelled']) {
    for (const outcome of ['upheld', 'dismissed'] as const)
      t.equal(awardConsequence(outcome, { awardState, otherOpenObjections: 0 }), 'none')
  }
})

t.test('whatever the order of decisions, an award is free in the end just if no objection was upheld', async (t) => {
  const outcomes = fc.array(fc.constantFrom('upheld' as const, 'dismissed' as const), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(outcomes, (decisions) => {
      let awardState = 'suspended'
      decisions.forEach((outcome, index) => {
        const otherOpenObjections = decisions.length - index - 1
        const consequence = awardConsequence(outcome, { awardState, otherOpenObjections })
        if (consequence === 'cancel') awardState = 'cancelled'
        if (consequence === 'restore') awardState = 'noticed'
      })
      return awardState === (decisions.includes('upheld') ? 'cancelled' : 'noticed')
    }),
  )
  t.pass('for all sequences of up to six')
})
