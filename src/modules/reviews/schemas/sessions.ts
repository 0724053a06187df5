import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text, Word } from '../../../platform/http/schemas.ts'
import { ITEM_STATES, OUTCOMES } from '../rules/session.ts'
import { Actions, BIDS_MAX } from './words.ts'

export const NewSession = closed(
  {
    heldOn: Day,
    place: Text(200),
    bidIds: Type.Optional(
      ListOf(Id('bid'), BIDS_MAX, {
        minItems: 1,
        description: 'In the order in which they are heard. Absent: all that wait, earliest submission first.',
      }),
    ),
  },
  { title: 'NewReviewSession' },
)
const ItemHead = closed(
  { bidId: Id('bid'), position: Count(BIDS_MAX, 1), state: Word(ITEM_STATES) },
  { title: 'ReviewItemHead' },
)
export const SessionBody = closed(
  {
    id: Id('rvs'),
    roundId: Id('rnd'),
    number: Count(1_000_000, 1),
    heldOn: Day,
    place: Text(200),
    items: ListOf(ItemHead, BIDS_MAX),
    createdAt: Instant,
  },
  { title: 'ReviewSession' },
)
export const ItemParams = closed({ bidId: Id('bid') })
export const NewStatement = closed(
  { bidderPresent: Type.Boolean(), statement: Text(10_000, 'What was stated; that nobody came, where nobody did.') },
  { title: 'NewStatement' },
)
export const NewQuestion = closed({ question: Text(2000) }, { title: 'NewReviewQuestion' })
export const NewAnswer = closed(
  { answer: Text(10_000, 'What was answered, or that no answer was given.') },
  { title: 'NewReviewAnswer' },
)
export const QuestionParams = closed({ bidId: Id('bid'), number: Count(10_000, 1) })
export const QuestionBody = closed(
  {
    number: Count(10_000, 1),
    question: Text(2000),
    byExpert: Type.Boolean({
      description: 'Asked by an expert, else by who presides. Which expert stays with the host.',
    }),
    askedAt: Instant,
    answer: Nullable(Text(10_000)),
    answeredAt: Nullable(Instant),
  },
  { title: 'ReviewQuestion' },
)
const Votes = Count(50)
const OPINION = {
  bidId: Id('bid'),
  number: Count(1_000, 1),
  opinion: Text(10_000),
  outcome: Nullable(Word(OUTCOMES, 'Of a vote; null where the panel scores.')),
  tally: Nullable(closed({ yes: Votes, no: Votes, abstain: Votes }, { title: 'VoteTally' })),
  publishedAt: Instant,
}
export const OpinionBody = closed(OPINION, { title: 'ReviewOpinion' })
const RecordedOpinion = closed(
  { ...OPINION, reopenedAt: Nullable(Instant), reopenReason: Nullable(Text(2000)) },
  { title: 'RecordedReviewOpinion' },
)
export const ItemBody = closed(
  {
    bidId: Id('bid'),
    sessionId: Id('rvs'),
    roundId: Id('rnd'),
    position: Count(BIDS_MAX, 1),
    state: Word(ITEM_STATES),
    bidderPresent: Nullable(Type.Boolean()),
    statement: Nullable(Text(10_000)),
    statedAt: Nullable(Instant),
    questions: ListOf(QuestionBody, 10_000),
    opinions: Type.Optional(
      ListOf(RecordedOpinion, 1_000, {
        description:
          'For host, operator and auditor: every opinion that was published, the latest last; one that was taken back says when and why.',
      }),
    ),
    actions: Actions,
  },
  { title: 'ReviewItem' },
)
export const NewOpinion = closed({ opinion: Text(10_000) }, { title: 'NewReviewOpinion' })
export const NewReopening = closed({ reason: Text(2000) }, { title: 'NewReopening' })
