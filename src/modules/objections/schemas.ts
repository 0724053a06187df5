import { Type } from 'typebox'
import { closed, Id, Instant, ListOf, Nullable, ResolvedDate, Text, Word } from '../../platform/http/schemas.ts'
import { OBJECTION_STATES, OUTCOMES } from './rules.ts'

const Grounds = Text(5000, 'What is wrong with the announced result, and what shows it.')
const RequestedRemedy = Text(2000)

export const NewObjection = closed(
  {
    noticeId: Id('ntc'),
    awardId: Type.Optional(Id('awd')),
    evaluationId: Type.Optional(Id('evl')),
    grounds: Grounds,
    requestedRemedy: Type.Optional(Nullable(RequestedRemedy)),
    anonymous: Type.Optional(
      Type.Boolean({ default: false, description: 'An anonymous filing is logged as a lead and gets no answer.' }),
    ),
  },
  {
    title: 'NewObjection',
    description: 'Names the award or the evaluation that is objected to, as the notice lists it.',
  },
)
export const ObjectionDecision = closed(
  { outcome: Word(OUTCOMES), reasons: Text(5000, 'The written answer to the filer.') },
  { title: 'ObjectionDecision' },
)
export const ObjectionBody = closed(
  {
    id: Id('obj'),
    noticeId: Id('ntc'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    subject: Type.String({ maxLength: 40, description: 'TypeID of the announced award or evaluation.' }),
    awardId: Nullable(Id('awd')),
    filedByOrganizationId: Nullable(Id('org')),
    isAnonymous: Type.Boolean(),
    grounds: Grounds,
    requestedRemedy: Nullable(RequestedRemedy),
    filedAt: Instant,
    state: Word(OBJECTION_STATES),
    answerDue: Nullable(ResolvedDate),
    isOverdue: Type.Boolean({ description: 'The day of answer passed before a decision was made.' }),
    acceptedAt: Nullable(Instant),
    decidedAt: Nullable(Instant),
    decisionReasons: Nullable(Text(5000, 'The written answer; for a late filing, why it is late.')),
    successorAwardId: Nullable(Id('awd')),
    actions: ListOf(Word(['accept', 'uphold', 'dismiss'] as const), 5),
    createdAt: Instant,
  },
  { title: 'Objection', description: 'An objection (异议) to an announced result.' },
)
export const ObjectionParams = closed({ objectionId: Id('obj') })
export const ObjectionFilterQuery = closed({
  noticeId: Type.Optional(Id('ntc')),
  awardId: Type.Optional(Id('awd')),
  state: Type.Optional(Word(OBJECTION_STATES)),
})
