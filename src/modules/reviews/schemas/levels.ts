import { Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Nullable, Text, Word } from '../../../platform/http/schemas.ts'
import { LEVEL_DECISIONS, LEVEL_RECORDS, LEVEL_STATES } from '../rules/levels.ts'
import { AssignedBidBody } from './scoring.ts'
import { Actions, BIDS_MAX } from './words.ts'

const Level = Count(10, 1, 'Position of the level in the policy.')
const head = {
  bidId: Id('bid'),
  roundId: Id('rnd'),
  state: Word(LEVEL_STATES, '`pending` at a level, `returned` to the bidder, `forwarded` to the panel.'),
  position: Level,
  reached: Count(10, 1, 'The highest level that has had the bid.'),
  dueOn: Nullable({ ...Day, description: 'The last day of the level that has the bid; null where none is set.' }),
  organizationIds: ListOf(Id('org'), 10, { description: 'Who reviews the bid, level by level.' }),
  createdAt: Instant,
}
export const LevelHeadBody = closed(head, { title: 'LevelReviewHead' })
export const LevelsStarted = closed(
  { roundId: Id('rnd'), started: ListOf(LevelHeadBody, BIDS_MAX) },
  { title: 'LevelReviewsStarted' },
)
const Decision = closed(
  {
    number: Count(1_000_000, 1),
    position: Level,
    organizationId: Id('org'),
    decision: Word(LEVEL_RECORDS, '`silence`: the level let its last day pass, and the bid went up without its word.'),
    reason: Nullable(Text(2000)),
    decidedAt: Instant,
  },
  { title: 'LevelDecision' },
)
export const LevelReviewBody = closed(
  { ...head, decisions: ListOf(Decision, 1_000), bid: AssignedBidBody, actions: Actions },
  { title: 'LevelReview' },
)
export const NewLevelDecision = closed(
  {
    decision: Word(LEVEL_DECISIONS, '`resume`: the first level takes up again what it had returned to the bidder.'),
    reason: Type.Optional(Nullable(Text(2000, 'Needed unless the bid is forwarded.'))),
  },
  { title: 'NewLevelDecision' },
)
export const NewSilence = closed(
  { reason: Text(2000, 'What was done to have the level decide.') },
  { title: 'NewLevelSilence' },
)
