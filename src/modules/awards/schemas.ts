import { Type } from 'typebox'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  ResolvedDate,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import { FUND_SOURCES } from '../rounds/index.ts'
import { PASSED_OVER_REASONS } from './rules/allocation.ts'
import { AWARD_STATES } from './rules/award.ts'

const BIDS_MAX = 2_000
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A word of the policy.' })

const budget = {
  matchingCash: Money,
  matchingInKind: Money,
  budgetLines: ListOf(closed({ category: Code, amount: Money }, { title: 'AwardBudgetLine' }), 60, {
    description: 'How the approved amount is shared out; the sum equals it.',
  }),
}
const Budget = closed(budget, { title: 'AwardBudget' })
export const NewAwardBudget = closed(
  {
    ...budget,
    matchingInKind: Type.Optional(Money),
    grant: Type.Optional(Money),
  },
  { title: 'NewAwardBudget', description: '`grant` may be left out; if sent it is the approved amount.' },
)
const Source = closed(
  { poolId: Id('pool'), source: Word(FUND_SOURCES), amount: Money },
  { title: 'AwardSource', description: 'Which pool pays which part.' },
)
export const AwardBody = closed(
  {
    id: Id('awd'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    bidId: Id('bid'),
    projectId: Id('prj'),
    needId: Id('need'),
    organizationId: Id('org'),
    sponsoredGroupId: Nullable(Id('org')),
    sequence: Count(BIDS_MAX, 1, 'Order of allocation within the round.'),
    requested: Money,
    approved: Money,
    sources: ListOf(Source, 20),
    state: Word(AWARD_STATES),
    isSingleBid: Type.Boolean({ description: 'No other bid for the need passed the formal check (单一申报).' }),
    revisedBudget: Nullable(Budget),
    budgetDue: Nullable(ResolvedDate),
    noticeClosesAt: Nullable(Instant),
    decisionMeetingId: Nullable(Id('dec')),
    endReason: Nullable(Text(2000)),
    createdAt: Instant,
    actions: ListOf(Type.String({ maxLength: 40 }), 20, { description: 'What the agency may do in this state.' }),
  },
  { title: 'Award' },
)
export const AwardParams = closed({ awardId: Id('awd') })
export const AwardFilter = closed({
  roundId: Type.Optional(Id('rnd')),
  projectId: Type.Optional(Id('prj')),
  state: Type.Optional(Word(AWARD_STATES)),
})
export const Decline = closed({ reason: Text(2000) }, { title: 'AwardDecline' })
export const RoundParams = closed({ roundId: Id('rnd') })

export const NewProposals = closed(
  {
    amounts: Type.Optional(
      ListOf(closed({ bidId: Id('bid'), approved: Money }, { title: 'FixedAmount' }), BIDS_MAX, {
        description: 'Amounts that the host fixes where they differ from what was asked.',
      }),
    ),
  },
  { title: 'NewAwardProposals' },
)
export const ProposalsBody = closed(
  {
    roundId: Id('rnd'),
    awards: ListOf(AwardBody, BIDS_MAX, { description: 'In the order of allocation.' }),
    passedOver: ListOf(
      closed({ bidId: Id('bid'), reason: Word(PASSED_OVER_REASONS) }, { title: 'PassedOverBid' }),
      BIDS_MAX,
      { description: 'Ranked bids without an award, best first, and why.' },
    ),
    unallocated: ListOf(Source, 20, { description: 'What the pools still hold.' }),
  },
  { title: 'AwardProposals' },
)

export const NewMeeting = closed({ heldOn: Day, minutes: Text(10_000) }, { title: 'NewDecisionMeeting' })
export const MeetingBody = closed(
  {
    id: Id('dec'),
    roundId: Id('rnd'),
    heldOn: Day,
    minutes: Text(10_000),
    awardIds: ListOf(Id('awd'), BIDS_MAX, { description: 'The awards that it confirmed.' }),
    createdAt: Instant,
  },
  { title: 'DecisionMeeting' },
)
