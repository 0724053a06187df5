import t from 'tap'
import type { LegalDate } from '../../../src/kernel/days.ts'
import { type Decision, orThrow } from '../../../src/kernel/decision.ts'
import { fenOf } from '../../../src/kernel/money.ts'
import { calendarFrom } from '../../../src/kernel/workdays.ts'
import {
  AWARD_STATES,
  AWARD_TRANSITIONS,
  type Award,
  type AwardBudget,
  type AwardCommand,
  advance,
  ended,
  givenUp,
  noticed,
  submitBudget,
  unnoticed,
} from '../../../src/modules/awards/rules/award.ts'
import {
  awardsBefore,
  awardsToConfirm,
  checkMeeting,
  checkRejections,
  confirmed,
  decided,
  needOutcome,
} from '../../../src/modules/awards/rules/meeting.ts'
import { reserveEnd } from '../../../src/modules/awards/rules/reserve.ts'
import { awardsToRetract } from '../../../src/modules/awards/rules/retraction.ts'
import { budgetFindings } from '../../../src/modules/bids/index.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/index.ts'

const CLOSES_AT = new Date('2026-05-11T16:00:00Z')
const award = (extra: Partial<Award> = {}): Award => ({
  id: 'awd',
  version: 1,
  roundId: 'rnd',
  hostId: 'org',
  bidId: 'B07',
  projectId: 'P5',
  needId: 'N5',
  organizationId: 'A4',
  sponsoredGroupId: 'F1',
  sequence: 5,
  requestedFen: 9_500_000n,
  approvedFen: 8_500_000n,
  state: 'awaiting_budget',
  isSingleBid: true,
  budgetDue: null,
  sources: [{ poolId: 'pool', source: 'fiscal', amountFen: 8_500_000n }],
  revisedBudget: null,
  noticeClosesAt: null,
  noticeId: null,
  decisionId: null,
  endReason: null,
  reviewedById: null,
  createdAt: new Date(0),
  ...extra,
})
const refusal = (decision: Decision<unknown>) => {
  if (decision.accepted) throw new Error('it was accepted')
  return decision.refusal
}

t.test('for every state and command the table says what happens', async (t) => {
  const commands: AwardCommand[] = [
    'submitBudget',
    'decline',
    'notice',
    'withdrawNotice',
    'suspend',
    'restore',
    'confirm',
    'cancel',
    'decide',
    'retract',
  ]
  const expected: Record<string, string> = {
    awaiting_budget: 'proposed declined - - - - - cancelled - retracted',
    proposed: '- declined noticed - - - - cancelled proposed retracted',
    noticed: '- declined - proposed suspended - confirmed cancelled - retracted',
    suspended: '- declined - - - noticed - cancelled - -',
    confirmed: '- - - - - - - cancelled - -',
    cancelled: '- - - - - - - - - -',
    declined: '- - - - - - - - - -',
    retracted: '- - - - - - - - - -',
  }
  t.same(Object.keys(AWARD_TRANSITIONS), [...AWARD_STATES])
  for (const state of AWARD_STATES) {
    const found = commands.map((command) => {
      const decision = advance({ state }, command)
      if (!decision.accepted) t.equal(decision.refusal.problem.code, 'award_not_in_state')
      return decision.accepted ? decision.value : '-'
    })
    t.equal(found.join(' '), expected[state], state)
  }
})

const budget = (staff: string, activity: string): AwardBudget => ({
  matchingCash: { amount: '25000.00', currency: 'CNY' },
  matchingInKind: { amount: '0.00', currency: 'CNY' },
  budgetLines: Object.entries({
    staff_cost: staff,
    service_activity: activity,
    supervision_training: '6500.00',
    volunteer_subsidy: '7500.00',
    publicity: '2500.00',
    overhead: '3500.00',
    tax_audit: '1000.00',
  }).map(([category, amount]) => ({ category, amount: { amount, currency: 'CNY' } })),
})
const submit = (revised: AwardBudget, of = award()) => {
  const sum = revised.budgetLines.reduce((total, { amount }) => total + fenOf(amount), 0n)
  const grant = { amount: '85000.00', currency: 'CNY' as const }
  return submitBudget(of, revised, sum, budgetFindings(DEFAULT_POLICY, { ...revised, grant }))
}

t.test('B07’s first revised budget is refused at 30.59 %, the second accepted', async (t) => {
  const refused = refusal(submit(budget('26000.00', '38000.00')))
  t.equal(refused.problem.code, 'ratio_rule_broken')
  t.same(
    refused.errors.map(({ code, detail }) => [code, detail]),
    [['staff_max', '30.59 % > 30.00 %']],
  )
  const revised = budget('24000.00', '40000.00')
  t.match(orThrow(submit(revised)), { state: 'proposed', revisedBudget: revised })
})

t.test('a revised budget sums to the approved amount, and comes while it is awaited', async (t) => {
  const refused = refusal(submit(budget('24000.00', '40000.01')))
  t.equal(refused.problem.code, 'budget_sum_differs')
  t.same(refused.parameters, { sum: '85000.01', approved: '85000.00' })
  t.equal(
    refusal(submit(budget('24000.00', '40000.00'), award({ state: 'proposed' }))).problem.code,
    'award_not_in_state',
  )
})

t.test('a notice gives the award its closing moment, and a withdrawn notice takes it', async (t) => {
  const open = orThrow(noticed(award({ state: 'proposed' }), CLOSES_AT, 'ntc'))
  t.match(open, { state: 'noticed', noticeClosesAt: CLOSES_AT, noticeId: 'ntc' })
  t.match(orThrow(unnoticed(open)), { state: 'proposed', noticeClosesAt: null, noticeId: null })
  t.equal(refusal(unnoticed(award({ state: 'suspended' }))).problem.code, 'award_not_in_state')
  t.match(orThrow(ended(open, 'cancel', '异议成立')), { state: 'cancelled', endReason: '异议成立' })
  t.match(orThrow(confirmed(open, 'dec')), { state: 'confirmed', decisionId: 'dec' })
})

t.test('a meeting confirms what has passed its notice, and an objection stops nobody else', async (t) => {
  const open = award({ state: 'noticed', noticeClosesAt: CLOSES_AT })
  const suspended = award({ id: 'other', state: 'suspended', noticeClosesAt: CLOSES_AT })
  const later = award({ id: 'later', state: 'noticed', noticeClosesAt: new Date('2026-05-25T16:00:00Z') })
  const now = new Date('2026-05-18T01:00:00Z')
  t.same(
    orThrow(awardsToConfirm([open, suspended, later], '2026-05-18', now)).map(({ id }) => id),
    ['awd'],
  )
  const code = (awards: Award[], heldOn: string, at = now) => refusal(awardsToConfirm(awards, heldOn, at)).problem.code
  const terms = { beforeNotice: false, attendeesMin: 5 }
  const meeting = (heldOn: string, attendees: number | null) => checkMeeting({ heldOn, attendees }, terms, now)
  t.equal(refusal(meeting('2026-05-19', 5)).problem.code, 'meeting_in_future')
  t.equal(refusal(meeting('2026-05-18', 4)).problem.code, 'meeting_without_quorum')
  t.equal(refusal(meeting('2026-05-18', null)).problem.code, 'meeting_without_quorum')
  t.equal(orThrow(meeting('2026-05-18', 5)), true)
  t.equal(code([later], '2026-05-18'), 'notice_still_open')
  t.equal(code([open], '2026-05-11'), 'notice_still_open', 'a meeting on the last day of the notice is too early')
  t.equal(code([suspended], '2026-05-18'), 'nothing_to_approve')
  t.equal(code([award({ state: 'proposed' })], '2026-05-18'), 'nothing_to_approve', 'no award without a notice')
  const lastMillisecond = new Date(CLOSES_AT.getTime() - 1)
  t.equal(code([open], '2026-05-11', lastMillisecond), 'notice_still_open')
  t.equal(orThrow(awardsToConfirm([open], '2026-05-12', CLOSES_AT)).length, 1, 'midnight itself is past the window')
})

t.test('a need is matched by a confirmed award, waits for a standing one, and is closed without', async (t) => {
  const of = (state: Award['state'], needId = 'N') => ({ needId, state })
  t.equal(needOutcome('N', [of('cancelled'), of('confirmed')]), 'match')
  t.equal(needOutcome('N', [of('suspended')]), 'open')
  t.equal(needOutcome('N', [of('awaiting_budget')]), 'open')
  t.equal(needOutcome('N', [of('cancelled'), of('declined'), of('confirmed', 'M')]), 'closeWithoutAward')
  t.equal(needOutcome('N', []), 'closeWithoutAward')
})

t.test('where the meeting comes first, it decides about proposed awards once, and confirming keeps it', async (t) => {
  const terms = { beforeNotice: true, attendeesMin: 0 }
  const now = new Date('2026-05-18T01:00:00Z')
  const fresh = award({ state: 'proposed' })
  const known = orThrow(decided(award({ id: 'known', state: 'proposed' }), 'dec'))
  t.match(known, { state: 'proposed', decisionId: 'dec' })
  const before = orThrow(awardsBefore([fresh, known, award({ id: 'cut' })], '2026-05-18', terms, now))
  t.same(
    before.map(({ id }) => id),
    ['awd'],
    'what was decided and what awaits its budget is not before the meeting',
  )
  t.equal(refusal(awardsBefore([known], '2026-05-18', terms, now)).problem.code, 'nothing_to_approve')
  t.equal(refusal(decided(award(), 'dec')).problem.code, 'award_not_in_state')
  const open = orThrow(noticed(known, CLOSES_AT, 'ntc'))
  t.equal(orThrow(confirmed(open, 'other')).decisionId, 'dec')
  t.equal(orThrow(unnoticed(open)).decisionId, 'dec', 'a withdrawn notice does not undo the decision')
  t.same(orThrow(checkRejections(before, [{ awardId: 'awd', reason: '重复' }])).get('awd'), '重复')
  const twice = refusal(
    checkRejections(before, [
      { awardId: 'awd', reason: '一' },
      { awardId: 'awd', reason: '二' },
      { awardId: 'known', reason: '三' },
    ]),
  )
  t.equal(twice.problem.code, 'award_not_before_meeting')
  t.same(
    twice.errors.map(({ pointer }) => pointer),
    ['#/rejections/1/awardId', '#/rejections/2/awardId'],
  )
})

t.test('awards are taken back together, but not once one is confirmed, on notice or suspended', async (t) => {
  const proposed = award({ state: 'proposed' })
  const onNotice = award({ id: 'n', state: 'noticed', noticeClosesAt: CLOSES_AT, noticeId: 'ntc' })
  const gone = award({ id: 'gone', state: 'declined' })
  const before = new Date(CLOSES_AT.getTime() - 1)
  const code = (awards: Award[]) => refusal(awardsToRetract(awards, before)).problem.code
  t.same(
    orThrow(awardsToRetract([award(), proposed, gone], before)).map(({ id }) => id),
    ['awd', 'awd'],
  )
  t.equal(code([gone, award({ state: 'retracted' })]), 'nothing_to_retract')
  t.equal(code([onNotice, award({ state: 'confirmed' })]), 'awards_confirmed')
  t.equal(code([proposed, award({ state: 'suspended', noticeClosesAt: CLOSES_AT })]), 'awards_on_notice')
  t.match(refusal(awardsToRetract([onNotice], before)), {
    problem: { code: 'awards_on_notice' },
    parameters: { count: 1, noticeIds: 'ntc' },
  })
  t.equal(orThrow(awardsToRetract([onNotice], CLOSES_AT)).length, 1, 'a notice that has ended hinders nobody')
})

t.test('the reserve list ends with its period or its day, whichever is first', async (t) => {
  const calendar = calendarFrom(new Map([[2026, { holidays: new Set(), makeupWorkdays: new Set() }]]))
  const end = (validFor: number | null, until: string | null) => {
    const period = validFor === null ? null : { amount: validFor, basis: 'working' as const }
    return orThrow(reserveEnd({ validFor: period, until }, calendar, CLOSES_AT))?.expires.effectiveOn
  }
  t.equal(end(null, null), undefined)
  t.equal(end(5, null), '2026-05-18', 'five working days after 11 May, the last day of the notice')
  t.equal(end(null, '2026-05-16'), '2026-05-16', 'a day is meant as it is, a Saturday too')
  t.equal(end(5, '2026-05-16'), '2026-05-16')
  t.equal(end(5, '2026-12-31'), '2026-05-18')
  t.match(
    orThrow(reserveEnd({ validFor: null, until: '2026-05-16' }, calendar, CLOSES_AT))?.expiresAt.toISOString(),
    /^2026-05-16T16:00/,
  )
  t.equal(
    refusal(reserveEnd({ validFor: { amount: 300, basis: 'working' }, until: null }, calendar, CLOSES_AT)).problem.code,
    'calendar_year_missing',
  )
})

t.test(
  'a silent agency’s award is given up by the host once no day is left on which it may still answer',
  async (t) => {
    const effectiveOn = '2026-06-10' as LegalDate
    const budgetDue = { nominalOn: effectiveOn, effectiveOn, rollReason: null } as unknown as Award['budgetDue']
    const waiting = award({ state: 'awaiting_budget', budgetDue })
    const lastMoment = new Date('2026-06-10T15:59:59.999Z')
    const at = (now: Date) => ({ now, isBarred: false, isRunning: false, isInConflict: false })
    t.match(givenUp(waiting, '逾期未提交', at(lastMoment)), {
      refusal: { problem: { code: 'award_budget_not_due' }, parameters: { effectiveOn } },
    })
    const cancelled = { accepted: true, value: { state: 'cancelled', endReason: '逾期未提交' } }
    t.match(givenUp(waiting, '逾期未提交', at(new Date('2026-06-10T16:00:00Z'))), cancelled)
    t.match(givenUp(award({ state: 'awaiting_budget', budgetDue: null }), '逾期未提交', at(lastMoment)), cancelled)
    t.match(givenUp(award({ state: 'proposed' }), '逾期未提交', at(lastMoment)), {
      refusal: { problem: { code: 'award_not_in_state' } },
    })
  },
)

t.test('an award of a bidder that is kept out falls until its project runs, unless an objection decides', async (t) => {
  const facts = { now: new Date('2026-06-01T00:00:00Z'), isBarred: true, isRunning: false, isInConflict: false }
  const fallen = AWARD_STATES.filter((state) => givenUp(award({ state }), '已被禁止申报', facts).accepted)
  t.same(fallen, ['awaiting_budget', 'proposed', 'noticed', 'confirmed'])
  t.match(givenUp(award({ state: 'confirmed' }), '已被禁止申报', { ...facts, isRunning: true }), {
    refusal: { problem: { code: 'award_not_in_state' } },
  })
})

t.test('an award whose review has a conflict that cannot be mended falls until it is confirmed', async (t) => {
  const facts = { now: new Date('2026-06-01T00:00:00Z'), isBarred: false, isRunning: false, isInConflict: true }
  const fallen = AWARD_STATES.filter((state) => givenUp(award({ state }), '专家应当回避', facts).accepted)
  t.same(fallen, ['awaiting_budget', 'proposed', 'noticed'])
})
