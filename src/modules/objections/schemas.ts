import { Type } from 'typebox'
import {
  Count,
  closed,
  Id,
  Instant,
  ListOf,
  Nullable,
  ResolvedDate,
  Sha256,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import {
  GROUND_CODES,
  INADMISSIBLE_REASONS,
  OBJECTION_KINDS,
  OBJECTION_STATES,
  OFFERED,
  OUTCOMES,
  PAUSE_REASONS,
} from './rules/objection.ts'

const Grounds = Text(5000, 'What is wrong with the announced result, and what shows it.')
const RequestedRemedy = Text(2000)
const GroundCodes = ListOf(Word(GROUND_CODES), GROUND_CODES.length, { minItems: 1, uniqueItems: true })
const DocumentIds = ListOf(Id('doc'), 20, { uniqueItems: true })
const words = {
  groundCodes: Type.Optional(GroundCodes),
  grounds: Grounds,
  requestedRemedy: Type.Optional(Nullable(RequestedRemedy)),
  evidenceIds: Type.Optional(DocumentIds),
}

export const NewObjection = closed(
  {
    noticeId: Id('ntc'),
    awardId: Type.Optional(Id('awd')),
    evaluationId: Type.Optional(Id('evl')),
    noticeDigest: Type.Optional(Sha256),
    ...words,
    anonymous: Type.Optional(
      Type.Boolean({ default: false, description: 'An anonymous filing is logged as a lead and gets no answer.' }),
    ),
  },
  {
    title: 'NewObjection',
    description:
      'Names the award or the evaluation that is objected to, as the notice lists it. `noticeDigest`, if sent, must be that of the notice. Evidence are stored documents of the filer’s organization.',
  },
)
export const NewReview = closed(words, {
  title: 'NewReview',
  description: 'An appeal, or in procurement by law a complaint, about the answer.',
})
export const ObjectionRejection = closed(
  { because: Word(INADMISSIBLE_REASONS), reasons: Text(5000, 'The written answer to the filer.') },
  { title: 'ObjectionRejection' },
)
export const ObjectionWithdrawal = closed({ reason: Text(2000) }, { title: 'ObjectionWithdrawal' })
export const NewPause = closed({ reasonCode: Word(PAUSE_REASONS), reason: Text(2000) }, { title: 'NewPause' })
export const NewCooperationRequest = closed({ request: Text(2000) }, { title: 'NewCooperationRequest' })
export const NewStatement = closed(
  { statement: Text(5000), documentIds: Type.Optional(DocumentIds) },
  { title: 'NewObjectionStatement' },
)
const PauseBody = closed(
  {
    number: Count(1_000, 1),
    reasonCode: Word(PAUSE_REASONS),
    reason: Text(2000),
    pausedAt: Instant,
    remainingDays: Count(3_660, 0, 'Days of the reply’s basis that were left after the day of the pause.'),
    dueBefore: ResolvedDate,
    resumedAt: Nullable(Instant),
    dueAfter: Nullable(ResolvedDate),
  },
  { title: 'ObjectionPause', description: 'The clock of the answer stood still.' },
)
const CooperationBody = closed(
  {
    organizationId: Id('org'),
    request: Text(2000),
    requestedAt: Instant,
    due: ResolvedDate,
    state: Word(['waiting', 'answered', 'refused'] as const, '`refused`: no statement had come by the day.'),
    settledAt: Nullable(Instant),
  },
  { title: 'ObjectionCooperation' },
)
const StatementBody = closed(
  { organizationId: Id('org'), statement: Text(5000), statedAt: Instant, documentIds: DocumentIds },
  { title: 'ObjectionStatement' },
)
export const ObjectionDecision = closed(
  { outcome: Word(OUTCOMES), reasons: Text(5000, 'The written answer to the filer.') },
  { title: 'ObjectionDecision' },
)
export const ObjectionBody = closed(
  {
    id: Id('obj'),
    kind: Word(
      OBJECTION_KINDS,
      '`query` (质疑) and `complaint` (投诉) in procurement by law, `objection` and `appeal` elsewhere.',
    ),
    noticeId: Id('ntc'),
    noticeDigest: Sha256,
    roundId: Id('rnd'),
    hostId: Id('org'),
    subject: Type.String({ maxLength: 40, description: 'TypeID of the announced award or evaluation.' }),
    awardId: Nullable(Id('awd')),
    awardedOrganizationId: Nullable(Id('org')),
    appealsId: Nullable(Id('obj')),
    reviewedById: Nullable(Id('org')),
    filedByOrganizationId: Nullable(Id('org')),
    isFilerHidden: Type.Boolean({
      description: 'Read by who holds the award: the filer and the evidence are not shown.',
    }),
    isAnonymous: Type.Boolean(),
    groundCodes: GroundCodes,
    grounds: Grounds,
    requestedRemedy: Nullable(RequestedRemedy),
    evidenceIds: DocumentIds,
    filedAt: Instant,
    state: Word(OBJECTION_STATES),
    answerDue: Nullable(ResolvedDate),
    isOverdue: Type.Boolean({ description: 'The day of answer passed before a decision was made.' }),
    acceptedAt: Nullable(Instant),
    inadmissibleBecause: Nullable(Word(INADMISSIBLE_REASONS)),
    pauses: ListOf(PauseBody, 1_000),
    cooperation: Nullable(CooperationBody),
    statement: Nullable(StatementBody),
    decidedAt: Nullable(Instant),
    decisionReasons: Nullable(Text(5000, 'The written answer; for a late filing, why it is late.')),
    successorAwardId: Nullable(Id('awd')),
    actions: ListOf(Word(OFFERED), 10),
    createdAt: Instant,
  },
  { title: 'Objection', description: 'An objection (异议) to an announced result.' },
)
export const ObjectionParams = closed({ objectionId: Id('obj') })
export const ObjectionFilterQuery = closed({
  noticeId: Type.Optional(Id('ntc')),
  awardId: Type.Optional(Id('awd')),
  roundId: Type.Optional(Id('rnd')),
  kind: Type.Optional(Word(OBJECTION_KINDS)),
  state: Type.Optional(Word(OBJECTION_STATES)),
})
