import { Type } from 'typebox'
import {
  Count,
  closed,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  ResolvedDate,
  Text,
  Word,
} from '../../../platform/http/schemas.ts'
import { BID_STATES } from '../../bids/index.ts'
import { ExactPoints, ScorePart } from '../../reviews/index.ts'
import { FUND_SOURCES } from '../../rounds/index.ts'
import { NO_AWARD_REASONS, PASSED_OVER_REASONS } from '../rules/allocation.ts'
import { AWARD_STATES } from '../rules/award.ts'
import { CARRY_REASONS } from '../rules/carrying.ts'

export const BIDS_MAX = 2_000
export const Code = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  maxLength: 40,
  description: 'A word of the policy.',
})

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
export const Source = closed(
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
    noticeId: Nullable(Id('ntc')),
    decisionMeetingId: Nullable(Id('dec')),
    endReason: Nullable(Text(2000)),
    createdAt: Instant,
    actions: ListOf(Type.String({ maxLength: 40 }), 20, {
      description: 'What the agency, or the host (`cancel`), may do in this state.',
    }),
  },
  { title: 'Award' },
)
export const AwardParams = closed({ awardId: Id('awd') })
export const AwardFilter = closed({
  roundId: Type.Optional(Id('rnd')),
  projectId: Type.Optional(Id('prj')),
  state: Type.Optional(Word(AWARD_STATES)),
})
export const Cancellation = closed({ reason: Text(2000) }, { title: 'AwardCancellation' })
export const Decline = closed({ reason: Text(2000) }, { title: 'AwardDecline' })
export const RoundParams = closed({ roundId: Id('rnd') })

export const NewProposals = closed(
  {
    amounts: Type.Optional(
      ListOf(closed({ bidId: Id('bid'), approved: Money }, { title: 'FixedAmount' }), BIDS_MAX, {
        description: 'Amounts that the host fixes where they differ from what was asked.',
      }),
    ),
    adviceReason: Type.Optional(
      Text(2000, 'Why the awards depart from the latest allocation advice; asked for where there is one and they do.'),
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
    departures: ListOf(
      closed({ bidId: Id('bid'), advised: Nullable(Money), proposed: Nullable(Money) }, { title: 'AdviceDeparture' }),
      BIDS_MAX,
      { description: 'Where the awards depart from the latest advice; null: no award. Empty without advice.' },
    ),
  },
  { title: 'AwardProposals' },
)

export const BidResultBody = closed(
  {
    bidId: Id('bid'),
    roundId: Id('rnd'),
    needId: Id('need'),
    outcome: Word(
      BID_STATES,
      'The state of the bid as its reader knows it; `reserve` until the notice of its own award.',
    ),
    reason: Nullable(Word(NO_AWARD_REASONS, 'Why it is not funded.')),
    rank: Nullable(Count(BIDS_MAX, 1, 'Null where the panel came to no result.')),
    rankInNeed: Nullable(Count(BIDS_MAX, 1)),
    isAboveLine: Nullable(Type.Boolean()),
    total: Nullable(closed(ExactPoints, { title: 'ResultTotal' })),
    components: ListOf(ScorePart, 70),
    criteria: ListOf(closed({ criterion: Code, ...ExactPoints }, { title: 'CriterionMean' }), 60, {
      description: 'The mean of the sheets that count, criterion by criterion; empty where the panel votes.',
    }),
    award: Nullable(
      closed(
        {
          ...{ awardId: Id('awd'), state: Word(AWARD_STATES), requested: Money, approved: Money },
          endReason: Nullable(Text(2000)),
        },
        { title: 'AwardOfBid' },
      ),
    ),
  },
  { title: 'BidResult' },
)
export const NewRetraction = closed({ reason: Text(2000) }, { title: 'NewAwardRetraction' })
export const ChangedAwardsBody = closed(
  { roundId: Id('rnd'), awards: ListOf(AwardBody, BIDS_MAX, { description: 'In the order of allocation.' }) },
  { title: 'ChangedAwards', description: 'The awards that the command changed.' },
)
export const ReserveBody = closed(
  {
    roundId: Id('rnd'),
    expires: Nullable(ResolvedDate),
    isExpired: Type.Boolean(),
    bids: ListOf(
      closed({ bidId: Id('bid'), needId: Id('need'), rank: Nullable(Count(BIDS_MAX, 1)) }, { title: 'ReserveBid' }),
      BIDS_MAX,
      { description: 'Best rank first.' },
    ),
  },
  {
    title: 'ReserveList',
    description:
      'Who may step in where an award falls away; `expires` is null before a notice and where the policy sets no end.',
  },
)
const NeedIds = ListOf(Id('need'), 1_000, { minItems: 1, uniqueItems: true })
export const NewCarriedNeeds = closed(
  { fromRoundId: Id('rnd'), needIds: Type.Optional(NeedIds) },
  { title: 'NewCarriedNeeds', description: 'Without `needIds`: all that the earlier round left without an award.' },
)
export const CarriedNeedsBody = closed(
  {
    roundId: Id('rnd'),
    needs: ListOf(
      closed(
        { needId: Id('need'), fromRoundId: Id('rnd'), reason: Word(CARRY_REASONS), carriedAt: Instant },
        { title: 'CarriedNeed' },
      ),
      1_000,
    ),
  },
  { title: 'CarriedNeeds' },
)
