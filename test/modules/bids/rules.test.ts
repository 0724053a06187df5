import t from 'tap'
import { money } from '../../../src/kernel/money.ts'
import { finalStates } from '../../../src/kernel/transitions.ts'
import {
  advance,
  attachmentFindings,
  BID_STATES,
  BID_TRANSITIONS,
  type Bid,
  type BidCommand,
  type BidContent,
  type BidState,
  correct,
  formalCheck,
  recheck,
  requireBeforeClose,
  requireOpenWindow,
} from '../../../src/modules/bids/rules/bid.ts'
import type { Finding } from '../../../src/modules/bids/rules/budget.ts'
import { isStillBlind, keptFields } from '../../../src/modules/bids/rules/openingRecord.ts'
import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import { ROUND_STATES } from '../../../src/modules/rounds/rules.ts'

const LAWFUL: Record<BidState, Partial<Record<BidCommand, BidState>>> = {
  draft: { submit: 'submitted', withdraw: 'withdrawn' },
  submitted: {
    submit: 'submitted',
    withdraw: 'withdrawn',
    lapse: 'withdrawn',
    accept: 'accepted',
    reject: 'rejected',
    returnForCorrection: 'returned_for_correction',
  },
  returned_for_correction: { correct: 'submitted', reject: 'rejected' },
  accepted: { score: 'scored', passOver: 'not_funded', recheck: 'submitted' },
  rejected: { recheck: 'submitted' },
  scored: { score: 'scored', propose: 'proposed', reserve: 'reserve', passOver: 'not_funded' },
  proposed: { award: 'awarded', cancel: 'cancelled', decline: 'declined', retract: 'scored', reopenReview: 'accepted' },
  reserve: { propose: 'proposed', passOver: 'not_funded', retract: 'scored', reopenReview: 'accepted' },
  not_funded: { retract: 'scored', reopenReview: 'accepted' },
  awarded: { cancel: 'cancelled' },
  cancelled: {},
  declined: {},
  withdrawn: {},
}
const COMMANDS: readonly BidCommand[] = [
  'submit',
  'withdraw',
  'lapse',
  'accept',
  'reject',
  'returnForCorrection',
  'recheck',
  'correct',
  'score',
  'propose',
  'reserve',
  'passOver',
  'award',
  'cancel',
  'decline',
  'retract',
  'reopenReview',
]

t.test('for every state and command of a bid the table says what follows', async (t) => {
  for (const state of BID_STATES) {
    for (const command of COMMANDS) {
      const decision = advance({ state }, command)
      const expected = LAWFUL[state][command]
      if (expected === undefined) {
        t.equal(decision.accepted ? null : decision.refusal.problem.code, 'bid_not_in_state', `${command} in ${state}`)
      } else t.same(decision, { accepted: true, value: expected }, `${command} in ${state}`)
    }
  }
  t.same(finalStates(BID_TRANSITIONS), ['cancelled', 'declined', 'withdrawn'])
})

t.test('a closed or not yet open window refuses with the instant that matters', async (t) => {
  const round = {
    state: 'receiving',
    opensAt: new Date('2026-03-26T16:00:00Z'),
    closesAt: new Date('2026-04-16T09:00:00Z'),
  }
  t.same(requireOpenWindow('open', round), { accepted: true, value: 'open' })
  t.match(requireOpenWindow('not_open', round), {
    refusal: { problem: { code: 'bid_window_not_open' }, parameters: { opensAt: '2026-03-26T16:00:00.000Z' } },
  })
  t.match(requireOpenWindow('closed', round), {
    refusal: { problem: { code: 'bid_window_closed' }, parameters: { closesAt: '2026-04-16T09:00:00.000Z' } },
  })
  t.same(requireBeforeClose('not_open', round), { accepted: true, value: 'not_open' })
  const cancelled = { ...round, state: 'cancelled' }
  for (const require of [requireOpenWindow, requireBeforeClose])
    t.match(require('closed', cancelled), { refusal: { problem: { code: 'bid_round_cancelled' } } })
})

const CONTENT: BidContent = {
  grant: money(8_000_000n),
  matchingCash: money(2_000_000n),
  matchingInKind: money(0n),
  budgetLines: [{ category: 'service_activity', amount: money(8_000_000n) }],
  attachments: [
    { kind: 'application_form', documentId: null },
    { kind: 'commitment_letter', documentId: null },
  ],
  otherFunding: [],
  narrative: '',
  statement: null,
}
type Flag = Parameters<typeof formalCheck>[2]['flags'][number]
const check = (
  content: Partial<BidContent>,
  {
    correctionsUsed = 0,
    eligibility = [] as readonly Finding[],
    flags = [] as readonly Flag[],
    manual = [] as readonly Finding[],
    state = 'submitted' as BidState,
  } = {},
) =>
  formalCheck({ state, content: { ...CONTENT, ...content }, correctionsUsed }, DEFAULT_POLICY, {
    eligibility,
    flags,
    manual,
  })

t.test('a bid without findings is accepted', async (t) => {
  t.same(check({}), { accepted: true, value: { command: 'accept', state: 'accepted', findings: [] } })
})

t.test('a missing attachment sends the bid back, as often as the policy allows, and then rejects it', async (t) => {
  const attachments = CONTENT.attachments.slice(0, 1)
  const missing = { code: 'attachment_missing', detail: 'commitment_letter', isCurable: true }
  t.match(check({ attachments }), { value: { state: 'returned_for_correction', findings: [missing] } })
  t.match(check({ attachments }, { correctionsUsed: 1 }), { value: { state: 'rejected', findings: [missing] } })
})

t.test('a broken rule rejects even where something could be corrected, and every finding is told', async (t) => {
  const decision = check({ matchingCash: money(0n), attachments: [] })
  t.match(decision, {
    value: {
      state: 'rejected',
      findings: [{ code: 'matching_min' }, { code: 'attachment_missing' }, { code: 'attachment_missing' }],
    },
  })
})

t.test('what people found decides like what the service found', async (t) => {
  const found = { code: 'abnormal_list', detail: 'listed 2025-11', isCurable: false, attachment: null }
  t.match(check({}, { manual: [found] }), { value: { state: 'rejected' } })
  t.match(check({}, { manual: [{ ...found, isCurable: true }] }), { value: { state: 'returned_for_correction' } })
})

t.test(
  'a decided bid is checked again with a reason and before the ranking; a missed correction stays found',
  async (t) => {
    const missed = { code: 'correction_not_supplied', detail: '', isCurable: false, attachment: null }
    const bid = { state: 'rejected', findings: [{ ...missed, code: 'banned' }, missed] } as const
    const terms = { reason: '登记有误', isRanked: false }
    t.same(recheck(bid, terms), { accepted: true, value: { state: 'submitted', lasting: [missed] } })
    t.match(recheck({ ...bid, state: 'accepted' }, terms), { accepted: true, value: { state: 'submitted' } })
    t.match(recheck(bid, { ...terms, reason: null }), { refusal: { problem: { code: 'recheck_reason_missing' } } })
    t.match(recheck(bid, { ...terms, isRanked: true }), { refusal: { problem: { code: 'recheck_too_late' } } })
    t.match(recheck({ ...bid, state: 'scored' }, terms), { refusal: { problem: { code: 'bid_not_in_state' } } })
  },
)

t.test('only a submitted bid is checked', async (t) => {
  t.match(check({}, { state: 'accepted' }), { refusal: { problem: { code: 'bid_not_in_state' } } })
})

t.test('each required attachment that is missing is named', async (t) => {
  t.same(
    attachmentFindings(['a', 'b', 'c'], [{ kind: 'b', documentId: null }]).map(({ attachment }) => attachment),
    ['a', 'c'],
  )
})

t.test('what the policy has against the bidder rejects the bid', async (t) => {
  const banned = { code: 'banned', detail: '2026-01-01 to 2028-12-31: breach', isCurable: false, attachment: null }
  t.match(check({}, { eligibility: [banned] }), { value: { state: 'rejected', findings: [banned] } })
})

t.test('an open flag keeps a bid from being accepted, and from nothing else', async (t) => {
  const flag = { code: 'related_party', detail: 'shared: phone', state: 'open' } as const
  t.match(check({}, { flags: [flag, flag] }), {
    refusal: { problem: { code: 'bid_flag_open' }, parameters: { count: 2, codes: 'related_party' } },
  })
  t.match(check({ attachments: [] }, { flags: [flag] }), { value: { state: 'returned_for_correction' } })
  t.match(check({}, { flags: [{ ...flag, state: 'cleared' }] }), { value: { state: 'accepted', findings: [] } })
  t.match(check({}, { flags: [{ ...flag, state: 'confirmed' }] }), {
    value: { state: 'rejected', findings: [{ code: 'related_party', detail: 'shared: phone', isCurable: false }] },
  })
})

const RETURNED: Pick<Bid, 'state' | 'content' | 'findings' | 'correctionDue'> = {
  state: 'returned_for_correction',
  content: { ...CONTENT, attachments: CONTENT.attachments.slice(0, 1) },
  findings: [
    { code: 'attachment_missing', detail: 'commitment_letter', isCurable: true, attachment: 'commitment_letter' },
  ],
  correctionDue: {
    startOn: '2026-04-20',
    period: { amount: 3, basis: 'working' },
    nominalOn: '2026-04-23',
    effectiveOn: '2026-04-23',
    rolledBecause: null,
  },
}
const dueAt = new Date('2026-04-23T16:00:00Z')
const inTime = { now: new Date('2026-04-23T15:59:59.999Z'), dueAt }
const letter = { kind: 'commitment_letter', documentId: null }

t.test('a correction adds what was named and leaves the money alone', async (t) => {
  t.same(correct(RETURNED, { attachments: [letter], statement: '补交承诺书' }, inTime), {
    accepted: true,
    value: { state: 'submitted', content: { ...CONTENT, statement: '补交承诺书' } },
  })
})

t.test('a correction is taken until 24:00 of its due day and not a moment longer', async (t) => {
  t.match(correct(RETURNED, { attachments: [letter], statement: null }, { now: dueAt, dueAt }), {
    refusal: { problem: { code: 'correction_window_closed' }, parameters: { dueOn: '2026-04-23' } },
  })
})

t.test('a correction that brings what was not named is refused', async (t) => {
  const form = { kind: 'application_form', documentId: null }
  t.match(correct(RETURNED, { attachments: [letter, form], statement: null }, inTime), {
    refusal: { problem: { code: 'correction_beyond_scope' }, parameters: { kind: 'application_form' } },
  })
})

t.test('nothing is corrected that was not sent back', async (t) => {
  t.match(correct({ ...RETURNED, state: 'accepted' }, { attachments: [], statement: null }, inTime), {
    refusal: { problem: { code: 'bid_not_in_state' } },
  })
})

t.test('a blind round keeps its bidders until its review is over, whichever way it ends', async (t) => {
  const stillBlind = (blindReview: boolean) =>
    ROUND_STATES.filter((state) => isStillBlind({ state, policy: { blindReview } }))
  t.same(stillBlind(true), ['bids_closed', 'reviewing'])
  t.same(stillBlind(false), [])
  t.same(keptFields(true, []), ['organizationId', 'sponsoredGroupId'], 'also where there is no group: that would tell')
  t.same(keptFields(false, ['sponsoredGroupId', 'needIds']), ['sponsoredGroupId', 'needId'])
  t.same(keptFields(false, []), [])
})
