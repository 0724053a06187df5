import { type Static, Type } from 'typebox'
import { BasisPoints, closed, Id, ListOf, Nullable, Period, Text, Word } from '../../platform/http/schemas.ts'
import { Code } from './languageDocument.ts'

/** `none`: experts sign their sheets from the review day on. Else each bid is heard first. */
export const SESSION_KINDS = ['none', 'statement_scoring', 'full'] as const
export type SessionKind = (typeof SESSION_KINDS)[number]
export const REVIEW_METHODS = ['scores', 'vote'] as const
/** Of which votes a majority is taken: with or without abstentions. */
export const MAJORITY_BASES = ['cast', 'decisive'] as const
export const OPINION_READERS = ['bidder', 'public'] as const

const VoteRules = closed(
  {
    quorumBasisPoints: Type.Integer({
      ...BasisPoints,
      description: 'Least share of the seated experts who have voted, abstentions included.',
    }),
    majorityBasisPoints: Type.Integer({
      ...BasisPoints,
      minimum: 1,
      description: 'Least share of yes. More than half: 5001; two thirds: 6666.',
    }),
    majorityOf: Word(MAJORITY_BASES, '`cast`: of all votes; `decisive`: of yes and no, abstentions left out.'),
  },
  { title: 'VoteRules' },
)

const ReviewLevel = closed(
  {
    code: Code,
    name: Text(100),
    reviewers: ListOf(
      closed(
        {
          organizationId: Id('org'),
          divisionPrefix: Type.String({
            pattern: '^[0-9]{0,12}$',
            maxLength: 12,
            description:
              'First digits of the division of the needs it reviews; empty: all. The longest that fits counts.',
          }),
        },
        { title: 'LevelReviewer' },
      ),
      500,
      { minItems: 1 },
    ),
    decideWithin: Type.Optional(Nullable(Period)),
  },
  {
    title: 'ReviewLevel',
    description:
      'A level that forwards bids or returns them, such as town, city, province. `decideWithin`: its time once a bid has reached it; after that the host may record its silence, and the bid goes up. Absent or null: no end.',
  },
)

export const ReviewRules = closed(
  {
    session: Word(
      SESSION_KINDS,
      '`none`: sheets without a session. `statement_scoring`: each bid is stated, then scored. `full`: statement, cross-examination, scoring or vote, opinion.',
    ),
    method: Word(
      REVIEW_METHODS,
      '`scores`: by the criteria. `vote`: yes, no or abstain; the share of yes is the result.',
    ),
    vote: Nullable(VoteRules),
    opinionFor: Word(OPINION_READERS, 'Who reads a published opinion after the notice: the bidder, or everybody.'),
    levels: ListOf(ReviewLevel, 10, {
      description:
        'In the order in which bids pass them; only what the last one forwarded is judged. Empty: the panel alone.',
    }),
  },
  { title: 'ReviewRules', description: 'How the review is held (docs/guide/review.md).' },
)
export type ReviewRules = Static<typeof ReviewRules>

export const DEFAULT_REVIEW: ReviewRules = {
  session: 'none',
  method: 'scores',
  vote: null,
  opinionFor: 'bidder',
  levels: [],
}
