import { Type } from 'typebox'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Nullable,
  Points,
  Text,
  VISIBLE,
  Word,
} from '../../platform/http/schemas.ts'
import { BidContentBody } from '../bids/index.ts'
import { RELATION_KINDS } from './rules/conflicts.ts'
import { REQUEST_STATES } from './rules/requests.ts'
import { MEMBER_KINDS, RECUSAL_REASONS, SEAT_STATES } from './rules/seating.ts'

const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A word of the policy.' })
/** A round with more bids than this is judged in several rounds. */
const BIDS_MAX = 2_000
const SEATS_MAX = 50 * BIDS_MAX

const Employment = closed(
  { organizationId: Id('org'), from: Day, to: Nullable(Day) },
  { title: 'Employment', description: 'Where the expert works or worked; `to` is the last day, null while it lasts.' },
)
const Relation = closed(
  { organizationId: Id('org'), kind: Word(RELATION_KINDS), from: Day, to: Nullable(Day) },
  {
    title: 'ExpertRelation',
    description:
      'A declared relation with an organization, or with somebody who runs it (`kinship`); `to` is the last day, null while it lasts.',
  },
)
const expertContent = {
  code: Type.String({
    minLength: 1,
    maxLength: 40,
    pattern: VISIBLE,
    description: 'The name in the service, such as `E1`; who stands behind it is kept elsewhere.',
  }),
  fields: ListOf(Code, 20, { uniqueItems: true }),
  employments: ListOf(Employment, 100),
  relations: ListOf(Relation, 100),
  conflictOrganizationIds: ListOf(Id('org'), 100, {
    uniqueItems: true,
    description: 'Organizations with any other relation that may affect fairness.',
  }),
}
export const NewExpert = closed(
  {
    code: expertContent.code,
    fields: Type.Optional(expertContent.fields),
    employments: Type.Optional(expertContent.employments),
    relations: Type.Optional(expertContent.relations),
    conflictOrganizationIds: Type.Optional(expertContent.conflictOrganizationIds),
  },
  { title: 'NewExpert' },
)
export const ExpertPatch = Type.Partial(closed(expertContent), {
  title: 'ExpertPatch',
  additionalProperties: false,
  minProperties: 1,
})
export const ExpertBody = closed(
  { id: Id('exp'), hostId: Id('org'), ...expertContent, createdAt: Instant },
  { title: 'Expert' },
)
export const ExpertParams = closed({ expertId: Id('exp') })

export const NewPanelBody = closed(
  {
    roundId: Id('rnd'),
    reviewOn: Type.String({ ...Day, description: 'The day of the review: recusal looks back from it.' }),
    members: ListOf(Id('exp'), 50, {
      minItems: 1,
      description: 'Regular members, at most the size of the policy; with the alternates at least that many.',
    }),
    alternates: Type.Optional(ListOf(Id('exp'), 50, { description: 'In the order in which they step in.' })),
  },
  { title: 'NewReviewPanel' },
)
export const NewAlternate = closed({ expertId: Id('exp') }, { title: 'NewAlternate' })
export const NewRecusal = closed(
  { bidId: Id('bid'), expertId: Id('exp'), remark: Text(2000) },
  { title: 'NewRecusal', description: 'Why the expert steps aside from the bid.' },
)
const requestContent = {
  bidId: Id('bid'),
  expertCode: Type.String({ minLength: 1, maxLength: 40, pattern: VISIBLE, description: 'As the agency heard it.' }),
  reason: Text(2000),
}
export const NewRecusalRequest = closed(requestContent, { title: 'NewRecusalRequest' })
export const RecusalDecision = closed(
  { isGranted: Type.Boolean(), reason: Text(2000, 'What the agency reads.') },
  { title: 'RecusalDecision' },
)
export const RecusalRequestBody = closed(
  {
    id: Id('rcq'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    organizationId: Id('org'),
    ...requestContent,
    state: Word(REQUEST_STATES),
    decisionReason: Nullable(Text(2000)),
    decidedAt: Nullable(Instant),
    createdAt: Instant,
  },
  { title: 'RecusalRequest' },
)
export const RequestParams = closed({ requestId: Id('rcq') })
const Member = closed(
  { expertId: Id('exp'), position: Count(1_000, 1), kind: Word(MEMBER_KINDS) },
  { title: 'PanelMember' },
)
const Seat = closed(
  {
    bidId: Id('bid'),
    expertId: Id('exp'),
    state: Word(SEAT_STATES),
    reason: Nullable(Word(RECUSAL_REASONS)),
    remark: Nullable(Text(2000)),
  },
  { title: 'PanelSeat', description: 'Who judges the bid, and who stepped aside and why.' },
)
const panelHead = {
  id: Id('pnl'),
  roundId: Id('rnd'),
  hostId: Id('org'),
  reviewOn: Day,
  size: Count(50, 1),
  quorum: Count(50, 1),
  createdAt: Instant,
}
export const PanelBody = closed(
  {
    ...panelHead,
    members: ListOf(Member, 1_000),
    seats: ListOf(Seat, SEATS_MAX),
    belowQuorum: ListOf(Id('bid'), BIDS_MAX, { description: 'Bids that cannot be scored before an alternate joins.' }),
  },
  { title: 'ReviewPanel' },
)
export const PanelHeadBody = closed(panelHead, { title: 'ReviewPanelHead' })
export const PanelParams = closed({ panelId: Id('pnl') })
export const PanelFilter = closed({ roundId: Type.Optional(Id('rnd')) })

export const AssignmentBody = closed(
  {
    bidId: Id('bid'),
    panelId: Id('pnl'),
    roundId: Id('rnd'),
    reviewOn: Day,
    state: Word(SEAT_STATES),
    sheetId: Nullable(Id('sht')),
  },
  { title: 'AssignedBidHead' },
)
export const AssignedBidParams = closed({ bidId: Id('bid') })
const Titled = <Prefix extends string>(prefix: Prefix, title: string) =>
  closed({ id: Id(prefix), title: Text(200), text: Type.String({ maxLength: 20_000 }) }, { title })
export const AssignedBidBody = closed(
  {
    bidId: Id('bid'),
    roundId: Id('rnd'),
    organizationId: Id('org'),
    sponsoredGroupId: Nullable(Id('org')),
    need: Titled('need', 'AssignedNeed'),
    project: Titled('prj', 'AssignedProject'),
    content: Nullable(BidContentBody),
    criteria: ListOf(closed({ code: Code, max: Points }, { title: 'ScoreCriterion' }), 40),
  },
  { title: 'AssignedBid' },
)

const Item = closed({ criterion: Code, points: Points }, { title: 'ScoreItem' })
export const NewScoreSheet = closed(
  {
    bidId: Id('bid'),
    items: ListOf(Item, 40, { minItems: 1, description: 'Exactly the criteria of the policy.' }),
    remark: Type.Optional(Nullable(Text(2000, 'Opinion; an expert far from the others gives the reason here.'))),
  },
  { title: 'NewScoreSheet' },
)
export const ScoreSheetBody = closed(
  {
    id: Id('sht'),
    bidId: Id('bid'),
    expertId: Id('exp'),
    roundId: Id('rnd'),
    items: ListOf(Item, 40),
    total: Points,
    remark: Nullable(Text(2000)),
    signedAt: Instant,
    voidedAt: Nullable(Instant),
  },
  { title: 'ScoreSheet' },
)
export const ScoreSheetParams = closed({ sheetId: Id('sht') })
export const ScoreSheetFilter = closed({ roundId: Type.Optional(Id('rnd')), bidId: Type.Optional(Id('bid')) })

const LeaveOut = Type.Optional(
  ListOf(Id('bid'), BIDS_MAX, {
    uniqueItems: true,
    description: 'Bids below the quorum that shall have no result. Without it such a bid stops the ranking.',
  }),
)
export const NewRanking = closed({ leaveOut: LeaveOut }, { title: 'NewRanking' })
const ExactPoints = {
  points: Type.String({
    maxLength: 40,
    pattern: '^[0-9]+\\.[0-9]{2}$',
    description: 'To show, two decimals, half up; never used for comparing.',
  }),
  exact: Type.String({
    maxLength: 2000,
    pattern: '^[0-9]+(/[0-9]+)?$',
    description: 'The same in full: points as a fraction in lowest terms, such as `272/3`.',
  }),
}
const ScorePart = closed(
  {
    code: Type.String({ ...Code, description: '`panel`, a price criterion, or a source of the policy.' }),
    ...ExactPoints,
  },
  { title: 'ScoreComponent', description: 'One part of a total, its weight applied.' },
)
const Entry = closed(
  {
    bidId: Id('bid'),
    needId: Id('need'),
    rank: Count(BIDS_MAX, 1),
    rankInNeed: Count(BIDS_MAX, 1, 'Among the bids for the same need: the result of the lot.'),
    total: closed(ExactPoints, {
      title: 'ScoreTotal',
      description: 'What the bids are ordered by: the sum of its components.',
    }),
    components: ListOf(ScorePart, 70, { description: 'How the total was made.' }),
    sum: Type.String({ ...Points, description: 'Sum of the kept sheets’ totals; sum and count are the exact mean.' }),
    count: Count(50, 1, 'Kept sheets.'),
    mean: Type.String({ ...Points, description: 'To show, two decimals, half up; never used for comparing.' }),
    decidedBy: Nullable(
      Type.String({
        maxLength: 50,
        description: 'The tie-break step that separated this bid from those of the same total, else null.',
      }),
    ),
    isAboveLine: Type.Boolean(),
    droppedExpertIds: ListOf(Id('exp'), 50),
    outlierExpertIds: ListOf(Id('exp'), 50, {
      description: 'Experts further from the mean of the others than the policy’s gap; their sheets count.',
    }),
  },
  { title: 'RankingEntry' },
)
export const RankingBody = closed(
  {
    id: Id('rnk'),
    roundId: Id('rnd'),
    entries: ListOf(Entry, BIDS_MAX),
    withoutResult: ListOf(Id('bid'), BIDS_MAX),
    computedAt: Instant,
  },
  { title: 'Ranking' },
)
export const RoundParams = closed({ roundId: Id('rnd') })

const resultBatch = {
  results: ListOf(
    closed(
      {
        bidId: Id('bid'),
        value: Type.String({
          pattern: '^(0|[1-9][0-9]{0,12})(\\.[0-9]{1,2})?$',
          maxLength: 16,
          description: 'Votes, yuan or points, as the policy counts this source.',
        }),
        reason: Nullable(Text(2000)),
      },
      { title: 'ScoreResult' },
    ),
    BIDS_MAX,
    { minItems: 1 },
  ),
  statement: Text(2000, 'How it was counted, by whom, and where the evidence lies.'),
}
export const NewScoreResults = closed(resultBatch, { title: 'NewScoreResults' })
export const ScoreResultsBody = closed(
  {
    id: Id('scb'),
    roundId: Id('rnd'),
    source: Code,
    number: Count(1_000_000, 1, 'The latest of a source counts; the earlier ones stay on record.'),
    ...resultBatch,
    recordedBy: Type.String({ maxLength: 64, description: 'The credential that vouches for it.' }),
    recordedAt: Instant,
  },
  { title: 'ScoreResultBatch' },
)
export const SourceParams = closed({ roundId: Id('rnd'), source: Code })

const lot = {
  bidIds: ListOf(Id('bid'), 100, {
    minItems: 2,
    uniqueItems: true,
    description: 'In the order in which they were drawn.',
  }),
  place: Text(200),
  witnesses: ListOf(Text(100), 20, { minItems: 1 }),
  drawnAt: Instant,
}
export const NewLotDrawing = closed({ ...lot, leaveOut: LeaveOut }, { title: 'NewLotDrawing' })
export const LotDrawingBody = closed({ id: Id('lot'), roundId: Id('rnd'), ...lot }, { title: 'LotDrawing' })
