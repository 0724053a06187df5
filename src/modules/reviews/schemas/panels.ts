import { Type } from 'typebox'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Nullable,
  Text,
  VISIBLE,
  Word,
} from '../../../platform/http/schemas.ts'
import { RELATION_KINDS } from '../rules/conflicts.ts'
import { REQUEST_STATES } from '../rules/requests.ts'
import { MEMBER_KINDS, RECUSAL_REASONS, SEAT_STATES } from '../rules/seating.ts'
import { WithdrawnRankings } from './ranking.ts'
import { Actions, BIDS_MAX, Code, SEATS_MAX } from './words.ts'

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
export const NewAbsence = closed(
  { bidId: Id('bid'), expertId: Id('exp'), reason: Text(2000) },
  { title: 'NewAbsence', description: 'Why the vote of the expert on the bid is waited for no longer.' },
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
    state: Word(REQUEST_STATES, 'To the agency `open` until the notice of the round.'),
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
    absence: Nullable(Text(2000, 'Of a vote: why it is waited for no longer.')),
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
    rankingWithdrawals: WithdrawnRankings,
    actions: Actions,
  },
  { title: 'ReviewPanel' },
)
export const PanelHeadBody = closed(panelHead, { title: 'ReviewPanelHead' })
export const PanelParams = closed({ panelId: Id('pnl') })
export const PanelFilter = closed({ roundId: Type.Optional(Id('rnd')) })
