import { Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Money, Nullable, Sha256, Word } from '../../../platform/http/schemas.ts'
import { CUT_LINES, FRAGILITIES } from '../../reviews/index.ts'
import { CONSTRAINT_KINDS, UNMET_REASONS } from '../rules/advice.ts'
import { BIDS_MAX, Code, Source } from './awards.ts'

const FixedAmounts = ListOf(closed({ bidId: Id('bid'), approved: Money }, { title: 'AdvisedFixedAmount' }), BIDS_MAX, {
  description: 'Amounts that the host means to fix where they differ from what was asked.',
})
export const NewAdvice = closed(
  {
    amounts: Type.Optional(FixedAmounts),
    prices: Type.Optional(
      Type.Boolean({ description: 'Also search what each constraint costs: up to 24 searches more. Default: no.' }),
    ),
  },
  { title: 'NewAllocationAdvice' },
)
const Weight = Count(1_000_000_000_000, 0)
export const AdviceBody = closed(
  {
    id: Id('adv'),
    roundId: Id('rnd'),
    number: Count(1_000_000, 1, 'The latest of a round is what the proposed awards are compared to.'),
    digest: Type.String({ ...Sha256, description: 'SHA-256 of `document` as canonical JSON (RFC 8785).' }),
    document: closed(
      {
        awards: ListOf(
          closed(
            { bidId: Id('bid'), needId: Id('need'), amount: Money, sources: ListOf(Source, 20) },
            { title: 'AdvisedAward' },
          ),
          BIDS_MAX,
          { description: 'Best rank first.' },
        ),
        coverage: Type.Integer({ ...Weight, description: 'Weight of the needs that the advised awards cover.' }),
        rankingCoverage: Type.Integer({ ...Weight, description: 'The same of the awards along the ranking.' }),
        wholeWeight: Type.Integer({ ...Weight, description: 'Of all needs of the round.' }),
        unmet: ListOf(
          closed({ needId: Id('need'), weight: Weight, reason: Word(UNMET_REASONS) }, { title: 'UnmetNeed' }),
          BIDS_MAX,
        ),
        prices: Nullable(
          ListOf(
            closed(
              {
                kind: Word(CONSTRAINT_KINDS),
                code: Type.String({
                  maxLength: 64,
                  description: 'The pool, the limit’s code, or the field of the policy.',
                }),
                price: Nullable(
                  Type.Integer({
                    ...Weight,
                    description:
                      'What could be covered besides if this constraint alone did not exist; null: not found in time.',
                  }),
                ),
              },
              { title: 'ConstraintPrice' },
            ),
            50,
            { description: 'Null: nobody asked for them.' },
          ),
        ),
        isProven: Type.Boolean({ description: 'No awards of whole amounts within the constraints cover more.' }),
      },
      { title: 'AllocationAdviceDocument' },
    ),
    computedAt: Instant,
  },
  { title: 'AllocationAdvice', description: 'Decides nothing: the ranking and the host do.' },
)

/** Hundredths become points; a difference may be negative. */
const ExactDifference = closed(
  {
    points: Type.String({ maxLength: 40, pattern: '^-?[0-9]+\\.[0-9]{2}$', description: 'To show, two decimals.' }),
    exact: Type.String({
      maxLength: 2000,
      pattern: '^-?[0-9]+(/[0-9]+)?$',
      description: 'As a fraction in lowest terms.',
    }),
  },
  { title: 'ExactDifference' },
)
const RankingComparison = closed(
  {
    crossings: ListOf(
      closed(
        { bidId: Id('bid'), line: Word(CUT_LINES), direction: Word(['up', 'down'] as const) },
        { title: 'LineCrossing' },
      ),
      2 * BIDS_MAX,
    ),
    moved: Count(BIDS_MAX, 0, 'Bids at another rank.'),
    furthest: Count(BIDS_MAX, 0, 'By how many ranks the furthest of them moved.'),
  },
  { title: 'RankingComparison' },
)
const SmallestChange = closed(
  {
    bidId: Nullable(Id('bid')),
    expertId: Nullable(Id('exp')),
    criterion: Nullable(Code),
    points: Nullable(Type.String({ maxLength: 10, pattern: '^-?[0-9]+\\.[0-9]{2}$' })),
    searchedPoints: Type.String({
      maxLength: 10,
      pattern: '^[0-9]+\\.[0-9]{2}$',
      description: 'No change up to this one was left out.',
    }),
    isComplete: Type.Boolean(),
  },
  { title: 'SmallestChange', description: 'Of one criterion on one sheet; null where none flips the line.' },
)
export const RobustnessBody = closed(
  {
    roundId: Id('rnd'),
    isFragile: Type.Boolean({ description: 'By the thresholds of the policy; nothing follows by itself.' }),
    fragilities: ListOf(Word(FRAGILITIES), 10),
    passLineChange: SmallestChange,
    awardLineChange: SmallestChange,
    reviewers: ListOf(
      closed(
        {
          expertId: Id('exp'),
          sheets: Count(BIDS_MAX),
          shared: Count(BIDS_MAX, 0, 'Bids that others judged as well.'),
          severity: Nullable(ExactDifference),
          spread: ExactDifference,
          without: RankingComparison,
        },
        { title: 'ReviewerFigures' },
      ),
      1_000,
    ),
    otherExtremes: closed(
      {
        dropped: Type.Boolean(),
        crossings: RankingComparison.properties.crossings,
        moved: Count(BIDS_MAX),
        furthest: Count(BIDS_MAX),
      },
      {
        title: 'OtherExtremes',
        description: 'With extremes dropped where the policy keeps them, kept where it drops them.',
      },
    ),
    ties: ListOf(
      closed(
        {
          bidIds: ListOf(Id('bid'), BIDS_MAX),
          steps: ListOf(Type.String({ maxLength: 50 }), 20),
          separatesAwards: Type.Boolean({ description: 'The tie-break decided about money.' }),
        },
        { title: 'TieDecision' },
      ),
      BIDS_MAX,
    ),
  },
  { title: 'Robustness' },
)
