import fc from 'fast-check'
import t from 'tap'
import { atHour, endOfDay } from '../../../src/kernel/days.ts'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import { lawfulCommands } from '../../../src/kernel/transitions.ts'
import { CalendarYearMissing, calendarFrom, resolvePeriod } from '../../../src/kernel/workdays.ts'
import {
  NoticeWithdrawn,
  ObjectionFilerMissing,
  ObjectionNotInState,
  ObjectionTargetUnknown,
} from '../../../src/modules/objections/problems.ts'
import {
  type Filing,
  fileObjection,
  fileReview,
  type NoticeFacts,
  queryClosesAt,
} from '../../../src/modules/objections/rules/filing.ts'
import {
  acceptObjection,
  awardConsequence,
  daysLeft,
  decideObjection,
  pauseObjection,
  rejectObjection,
  resumeObjection,
  settleObjection,
  upholdByDefault,
  withdrawObjection,
} from '../../../src/modules/objections/rules/handling.ts'
import {
  isOpen,
  OBJECTION_STATES,
  OBJECTION_TRANSITIONS,
  type Objection,
  type ObjectionCommand,
  overdueFrom,
} from '../../../src/modules/objections/rules/objection.ts'

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
  digest: 'a'.repeat(64),
  closesAt: endOfDay('2026-05-11'),
  subjects: ['awd_1', 'awd_2'],
  current: null,
}
const filing: Filing = {
  groundCodes: ['scoring_error'],
  noticeDigest: null,
  evidenceCount: 0,
  grounds: '评分项计算有误',
  requestedRemedy: null,
  isAnonymous: false,
  organizationId: 'org_2',
  isOfHost: false,
  subject: 'awd_1',
  awardedOrganizationIds: ['org_awarded', 'org_group'],
  openObjectionId: null,
  withdrawnObjectionId: null,
  repeatedObjectionId: null,
  isStanding: true,
}
const saturday = atHour('2026-05-09', '15:30')

function file(change: Partial<Filing> = {}, now = saturday, facts: Partial<NoticeFacts> = {}) {
  return fileObjection({ ...filing, ...change }, { ...notice, ...facts }, { kind: 'objection', reply }, calendar, now)
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
  t.same(filed.answerDue && overdueFrom(filed.answerDue), endOfDay('2026-05-15'))
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

t.test('what was taken back is not filed again, and an award that has ended is not objected to', async (t) => {
  t.equal(codeOf(file({ withdrawnObjectionId: 'obj_1' })), 'objection_taken_back')
  t.equal(
    orThrow(file({ withdrawnObjectionId: 'obj_1', isAnonymous: true })).state,
    'logged',
    'a lead suspends nothing',
  )
  t.equal(codeOf(file({ isStanding: false })), 'objection_target_ended')
  t.equal(orThrow(file({ isStanding: false }, notice.closesAt)).state, 'rejected_as_late', 'late it is on record')
  t.equal(orThrow(file({ isStanding: false, isAnonymous: true })).state, 'logged')
})

t.test(
  'what was found to repeat an earlier objection is not filed once more; a lead and a late one are kept',
  async (t) => {
    const repeated = { repeatedObjectionId: 'obj_1' }
    t.equal(codeOf(file(repeated)), 'objection_repeated')
    t.equal(orThrow(file({ ...repeated, isAnonymous: true })).state, 'logged')
    t.equal(orThrow(file(repeated, notice.closesAt)).state, 'rejected_as_late')
  },
)

t.test('who works for the host that decides sends a lead, and objects to nothing', async (t) => {
  t.equal(codeOf(file({ isOfHost: true })), 'objection_from_host')
  t.equal(codeOf(file({ isOfHost: true }, notice.closesAt)), 'objection_from_host', 'late or not')
  t.equal(orThrow(file({ isOfHost: true, isAnonymous: true })).state, 'logged')
})

t.test('nothing is filed against a withdrawn notice', async (t) => {
  t.equal(codeOf(file({}, saturday, { state: 'withdrawn' })), NoticeWithdrawn.code)
  t.equal(codeOf(file({ isAnonymous: true }, saturday, { state: 'withdrawn' })), NoticeWithdrawn.code)
})

t.test('a filing goes to the words that stand, and to no others', async (t) => {
  const current = { id: 'ntc_2', versionNumber: 2 }
  const superseded = file({}, saturday, { state: 'withdrawn', current })
  t.match(superseded, { refusal: { parameters: { currentId: 'ntc_2', versionNumber: 2 } } })
  t.equal(codeOf(superseded), 'notice_superseded')
  t.equal(codeOf(file({ noticeDigest: 'b'.repeat(64) })), 'objection_notice_differs')
  t.ok(file({ noticeDigest: notice.digest }).accepted)
})

t.test('evidence would name who files a lead', async (t) => {
  t.equal(codeOf(file({ isAnonymous: true, evidenceCount: 1 })), 'evidence_names_filer')
  t.ok(file({ evidenceCount: 1 }).accepted)
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
  noticeDigest: notice.digest,
  roundId: 'rnd_1',
  hostId: 'org_1',
  subject: 'awd_1',
  awardId: 'awd_1',
  awardedOrganizationId: 'org_awarded',
  appealsId: null,
  reviewedById: null,
  appealedToId: null,
  acceptedAt: null,
  inadmissibleBecause: null,
  decidedAt: null,
  successorAwardId: null,
  overdueAt: null,
  createdAt: saturday,
}
const decidedOn = atHour('2026-05-14', '10:00')
const decide = (outcome: 'upheld' | 'partly_upheld' | 'dismissed') => (objection: Objection) =>
  decideObjection(objection, { outcome, reasons: '复核无误' }, decidedOn)
const pause = { dueBefore: orThrow(resolvePeriod(calendar, '2026-05-09', reply)), remainingDays: 2 }
const COMMANDS: Record<ObjectionCommand, (objection: Objection) => Decision<{ readonly state: string }>> = {
  accept: (objection) => acceptObjection(objection, decidedOn),
  reject: (objection) => rejectObjection(objection, { because: 'no_facts', reasons: '无事实依据' }, decidedOn),
  pause: (objection) => {
    const paused = pauseObjection(objection, calendar, decidedOn)
    return paused.accepted ? { accepted: true, value: paused.value.objection } : paused
  },
  resume: (objection) => resumeObjection(objection, pause, calendar, decidedOn),
  uphold: decide('upheld'),
  upholdPartly: decide('partly_upheld'),
  dismiss: decide('dismissed'),
  withdraw: (objection) => withdrawObjection(objection, '已核实', decidedOn),
  settle: (objection) => settleObjection(objection, decidedOn),
  default: (objection) => upholdByDefault(objection, decidedOn),
}

t.test('every state decides about every command, by the table', async (t) => {
  for (const state of OBJECTION_STATES) {
    for (const [command, run] of Object.entries(COMMANDS) as [ObjectionCommand, (typeof COMMANDS)['accept']][]) {
      const decision = run({ ...filed, state })
      const outcome = decision.accepted ? decision.value.state : decision.refusal.problem
      t.equal(outcome, OBJECTION_TRANSITIONS[state][command] ?? ObjectionNotInState, `${command} in ${state}`)
    }
  }
})

t.test('what is open can always be ended, and what has ended can be left by nothing', async (t) => {
  for (const state of OBJECTION_STATES) {
    const commands = lawfulCommands(OBJECTION_TRANSITIONS, state)
    t.equal(commands.length > 0, isOpen({ state }), state)
    if (isOpen({ state })) t.ok(commands.includes('withdraw') && commands.includes('settle'))
  }
})

t.test('the clock of an answer stands still from the day of the pause to the day of the resumption', async (t) => {
  const accepted = { ...filed, state: 'accepted' as const }
  const paused = orThrow(pauseObjection(accepted, calendar, atHour('2026-05-12', '09:00')))
  t.equal(paused.remainingDays, 3, '13, 14, 15 May')
  const resumed = orThrow(resumeObjection(paused.objection, paused, calendar, atHour('2026-05-20', '17:00')))
  t.match(resumed, { state: 'accepted', answerDue: { startOn: '2026-05-20', effectiveOn: '2026-05-25' } })
  const late = pauseObjection(accepted, calendar, endOfDay('2026-05-15'))
  t.equal(codeOf(late), 'objection_answer_overdue', 'a pause does not hide that an answer is late')
  t.ok(pauseObjection(accepted, calendar, new Date(endOfDay('2026-05-15').getTime() - 1)).accepted)
})

t.test('pauses of one answer last together what the policy allows, and no longer', async (t) => {
  const accepted = { ...filed, state: 'accepted' as const }
  const pausedAt = atHour('2026-05-12', '09:00')
  const pause = (amount: number, basis: 'working' | 'calendar', ...earlier: [from: string, to: string][]) =>
    pauseObjection(accepted, calendar, pausedAt, {
      pauseMax: { amount, basis },
      earlier: earlier.map(([from, to]) => ({ pausedAt: atHour(from, '09:00'), resumedAt: atHour(to, '09:00') })),
    })
  t.equal(orThrow(pause(3, 'working')).endsBy?.effectiveOn, '2026-05-15')
  t.equal(orThrow(pause(3, 'working', ['2026-05-08', '2026-05-11'])).endsBy?.effectiveOn, '2026-05-13', 'two are used')
  t.equal(orThrow(pause(3, 'calendar', ['2026-05-08', '2026-05-10'])).endsBy?.effectiveOn, '2026-05-13')
  t.equal(codeOf(pause(3, 'calendar', ['2026-05-07', '2026-05-10'])), 'objection_pause_used_up')
  t.equal(codeOf(pause(0, 'working')), 'objection_pause_used_up', 'no time at all: no pause')
  t.equal(orThrow(pauseObjection(accepted, calendar, pausedAt)).endsBy, null, 'the policy sets none')
})

t.test('a pause that ends on its own day changes nothing, and every day of waiting moves the answer', async (t) => {
  const day = fc.integer({ min: 1, max: 30 })
  const basis = fc.constantFrom('working' as const, 'calendar' as const)
  const on = (date: number) => atHour(`2026-06-${String(date).padStart(2, '0')}`, '09:00')
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 1, max: 15 }),
      basis,
      fc.nat(20),
      fc.nat(20),
      (start, amount, basis, after, wait) => {
        const period = { amount, basis }
        const startOn = `2026-06-${String(start).padStart(2, '0')}`
        const answerDue = orThrow(resolvePeriod(calendar, startOn, period))
        const accepted = { ...filed, state: 'accepted' as const, answerDue }
        const pausedAt = new Date(on(start).getTime() + after * 86_400_000)
        const paused = pauseObjection(accepted, calendar, pausedAt)
        if (!paused.accepted) return codeOf(paused) === 'objection_answer_overdue' && pausedAt >= overdueFrom(answerDue)
        const resume = (days: number) => {
          const now = new Date(pausedAt.getTime() + days * 86_400_000)
          return orThrow(resumeObjection(paused.value.objection, paused.value, calendar, now)).answerDue
        }
        const later = resume(wait)
        // With no day left a clock that starts on a rest day ends on the next working day (民法典 203), which is then one.
        const { remainingDays } = paused.value
        const endsAfterRest = basis === 'working' && remainingDays === 0 && !calendar.isWorkday(later.startOn)
        const isUsedUp = orThrow(daysLeft(calendar, later.startOn, later)) === (endsAfterRest ? 1 : remainingDays)
        return resume(0).effectiveOn === answerDue.effectiveOn && later.effectiveOn >= answerDue.effectiveOn && isUsedUp
      },
    ),
    { examples: [[1, 2, 'working', 2, 3]] },
  )
  t.pass('whatever the basis')
})

const decided: Objection = { ...filed, state: 'dismissed', acceptedAt: saturday, decidedAt: decidedOn }
const APPEAL = { kind: 'appeal' as const, window: { amount: 3, basis: 'working' as const }, decision: reply }
const review = (
  change: Partial<Objection>,
  facts: Partial<Parameters<typeof fileReview>[2]> = {},
  now = atHour('2026-05-19', '23:59'),
) => {
  const words = { groundCodes: ['procedure' as const], grounds: '未听取陈述', requestedRemedy: null }
  return fileReview(
    { ...decided, ...change },
    words,
    { rules: APPEAL, earlierId: null, isStanding: true, unpausedDue: decided.answerDue, contest: null, ...facts },
    calendar,
    now,
  )
}

t.test('an answer that did not grant what was asked is reviewed once, within the days of the policy', async (t) => {
  const taken = orThrow(review({}))
  t.match(taken, {
    kind: 'appeal',
    state: 'filed',
    filedByOrganizationId: 'org_2',
    answerDue: { effectiveOn: '2026-05-26' },
  })
  t.match(orThrow(review({}, {}, endOfDay('2026-05-19'))), { state: 'rejected_as_late', answerDue: null })
  for (const state of ['partly_upheld', 'inadmissible'] as const) t.ok(review({ state }).accepted)
  for (const state of ['filed', 'accepted', 'paused', 'upheld', 'withdrawn', 'rejected_as_late'] as const)
    t.equal(codeOf(review({ state })), 'appeal_not_open', state)
  t.equal(codeOf(review({ appealsId: 'obj_0' })), 'appeal_not_open', 'the decision on an appeal is the last one')
  t.equal(codeOf(review({}, { isStanding: false })), 'appeal_not_open', 'nothing is left to decide')
  t.equal(codeOf(review({}, { rules: null })), 'appeal_not_provided')
  t.equal(codeOf(review({}, { earlierId: 'obj_2' })), 'appeal_exists')
})

t.test('a complaint is counted from the end of the time for the reply, and may be about silence', async (t) => {
  const rules = { ...APPEAL, kind: 'complaint' as const, window: { amount: 15, basis: 'working' as const } }
  const lastMoment = new Date(endOfDay('2026-06-05').getTime() - 1)
  t.equal(orThrow(review({}, { rules }, lastMoment)).state, 'filed', '15 working days after 15 May')
  t.equal(orThrow(review({}, { rules }, endOfDay('2026-06-05'))).state, 'rejected_as_late')
  const unanswered = { state: 'accepted' as const, decidedAt: null, overdueAt: endOfDay('2026-05-15') }
  t.equal(orThrow(review(unanswered, { rules })).kind, 'complaint')
  const inTime = { ...unanswered, overdueAt: null }
  const onLastDay = new Date(endOfDay('2026-05-15').getTime() - 1)
  t.equal(codeOf(review(inTime, { rules }, onLastDay)), 'appeal_not_open')
  t.equal(orThrow(review(unanswered)).kind, 'appeal', 'an overdue answer opens the appeal too')
  t.equal(codeOf(review(inTime)), 'appeal_not_open')
})

t.test('a pause does not put off the complaint about silence', async (t) => {
  const rules = { ...APPEAL, kind: 'complaint' as const }
  const paused = { state: 'paused' as const, decidedAt: null }
  t.equal(codeOf(review(paused, { rules }, new Date(endOfDay('2026-05-15').getTime() - 1))), 'appeal_not_open')
  t.equal(orThrow(review(paused, { rules }, endOfDay('2026-05-15'))).state, 'filed')
  t.equal(orThrow(review(paused, { rules }, atHour('2026-10-15', '09:00'))).state, 'filed', 'five months later too')
  t.equal(codeOf(review(paused)), 'appeal_not_open', 'by the round’s own rules an investigation may take its time')
})

t.test('a query is in time until the days of the law after the last day of the notice', async (t) => {
  const query = { amount: 7, basis: 'working' as const }
  t.same(orThrow(queryClosesAt(calendar, '2026-05-11', query)), endOfDay('2026-05-20'))
})

t.test('a decision keeps its moment and its reasons, also when it is overdue', async (t) => {
  const overdue = { ...filed, state: 'accepted' as const, overdueAt: endOfDay('2026-05-15') }
  const late = orThrow(decide('dismissed')(overdue))
  t.same([late.decidedAt, late.decisionReasons, late.overdueAt], [decidedOn, '复核无误', overdue.overdueAt])
})

t.test('an upheld objection cancels a suspended award, other objections or not', async (t) => {
  t.equal(awardConsequence(true, { awardState: 'suspended', otherOpenObjections: 0, isReleasable: true }), 'cancel')
  t.equal(awardConsequence(true, { awardState: 'suspended', otherOpenObjections: 2, isReleasable: true }), 'cancel')
})

t.test('a dismissed objection sets the award free once no other one holds it', async (t) => {
  t.equal(awardConsequence(false, { awardState: 'suspended', otherOpenObjections: 0, isReleasable: true }), 'restore')
  t.equal(awardConsequence(false, { awardState: 'suspended', otherOpenObjections: 1, isReleasable: true }), 'none')
})

t.test('an award that was declined or cancelled meanwhile is left as it is', async (t) => {
  for (const awardState of ['declined', 'cancelled']) {
    for (const isUpheld of [true, false])
      t.equal(awardConsequence(isUpheld, { awardState, otherOpenObjections: 0, isReleasable: true }), 'none')
  }
})

t.test('a confirmed award falls only while its project awaits the agreement', async (t) => {
  const facts = { awardState: 'confirmed', otherOpenObjections: 0 }
  t.equal(awardConsequence(true, { ...facts, isReleasable: true }), 'cancel')
  t.equal(awardConsequence(true, { ...facts, isReleasable: false }), 'none')
  t.equal(awardConsequence(false, { ...facts, isReleasable: true }), 'none')
})

t.test('whatever the order of decisions, an award is free in the end just if no objection was upheld', async (t) => {
  const outcomes = fc.array(fc.constantFrom('upheld' as const, 'dismissed' as const), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(outcomes, (decisions) => {
      let awardState = 'suspended'
      decisions.forEach((outcome, index) => {
        const otherOpenObjections = decisions.length - index - 1
        const consequence = awardConsequence(outcome === 'upheld', {
          awardState,
          otherOpenObjections,
          isReleasable: false,
        })
        if (consequence === 'cancel') awardState = 'cancelled'
        if (consequence === 'restore') awardState = 'noticed'
      })
      return awardState === (decisions.includes('upheld') ? 'cancelled' : 'noticed')
    }),
  )
  t.pass('for all sequences of up to six')
})

t.test('whose award an upheld objection ends appeals as long as that waits, once, in its own name', async (t) => {
  const upheld = { state: 'upheld' as const, filedByOrganizationId: 'org_filer' }
  const contest = { organizationId: 'org_awarded', isWaiting: true }
  t.match(review(upheld, { contest }), {
    accepted: true,
    value: { kind: 'appeal', state: 'filed', filedByOrganizationId: 'org_awarded' },
  })
  const notOpen = { refusal: { problem: { code: 'appeal_not_open' } } }
  t.match(review(upheld, { contest: { ...contest, isWaiting: false } }), notOpen, 'it has taken effect')
  t.match(review({ state: 'dismissed' }, { contest }), notOpen, 'nothing was taken from it')
  t.match(review(upheld), notOpen, 'the filer got what it asked')
  t.match(review(upheld, { contest: { ...contest, isWaiting: false }, earlierId: 'obj_1' }), {
    refusal: { problem: { code: 'appeal_exists' } },
  })
})
