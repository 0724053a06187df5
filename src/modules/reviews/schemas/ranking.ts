import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Nullable, Points, Text, Word } from '../../../platform/http/schemas.ts'
import { WITHDRAWAL_GROUNDS } from '../rules/withdrawal.ts'
import { BIDS_MAX, Code } from './words.ts'

const LeaveOut = Type.Optional(
  ListOf(Id('bid'), BIDS_MAX, {
    uniqueItems: true,
    description: 'Bids below the quorum that shall have no result. Without it such a bid stops the ranking.',
  }),
)
export const NewRanking = closed({ leaveOut: LeaveOut }, { title: 'NewRanking' })
const withdrawal = {
  ground: Word(WITHDRAWAL_GROUNDS, 'A word and no sentence: it stands in the record that nobody can erase.'),
  reason: Text(2000, 'For those who read the panel; kept there and in no event.'),
}
export const NewWithdrawal = closed(withdrawal, { title: 'NewRankingWithdrawal' })
export const WithdrawalBody = closed(
  { roundId: Id('rnd'), ...withdrawal, withdrawnAt: Instant },
  { title: 'RankingWithdrawal' },
)
export const WithdrawnRankings = ListOf(
  closed({ ...withdrawal, withdrawnAt: Instant }, { title: 'WithdrawnRanking' }),
  10_000,
  { description: 'Rankings that the host took back, oldest first.' },
)
export const ExactPoints = {
  points: Type.String({
    maxLength: 40,
    pattern: '^-?[0-9]+\\.[0-9]{2}$',
    description: 'To show, two decimals, half up; never used for comparing.',
  }),
  exact: Type.String({
    maxLength: 2000,
    pattern: '^-?[0-9]+(/[0-9]+)?$',
    description: 'The same in full: points as a fraction in lowest terms, such as `272/3`.',
  }),
}
export const ScorePart = closed(
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
