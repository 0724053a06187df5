import { type Static, Type } from 'typebox'
import { BasisPoints, Count, closed, ListOf, Money, Nullable, Points, Word } from '../../platform/http/schemas.ts'
import { LOTTERY_PURPOSES, SERVICE_FIELDS } from '../needs/index.ts'
import { EVALUATION_GRADES, ORGANIZATION_TYPES } from '../organizations/index.ts'

/** Where money of a round comes from. */
export const FUND_SOURCES = [
  'welfare_lottery',
  'fiscal',
  'foundation',
  'enterprise',
  'village_collective',
  'other',
] as const
export type FundSource = (typeof FUND_SOURCES)[number]

/** A short word of the policy's own vocabulary, such as `staff_cost` or `need_fit`. */
export const Code = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  maxLength: 40,
  description: 'A lower-case word such as `staff_cost`.',
})

/** Who gives a criterion its points: the experts, or the lowest price in proportion. */
export const CRITERION_KINDS = ['judged', 'price'] as const
export const SCORE_SOURCE_KINDS = ['jury', 'vote', 'donation', 'bonus', 'deduction'] as const
/** How what was counted becomes points. */
export const NORMALIZATIONS = ['as_is', 'share_of_highest', 'share_of_request', 'rank'] as const
export type Normalization = (typeof NORMALIZATIONS)[number]
export const COVERAGES = ['all', 'some'] as const
export const SCORING_SCOPES = ['round', 'need'] as const
export const PASS_LINE_MEASURES = ['total', 'panel'] as const

const Codes = Nullable(ListOf(Code, 20, { minItems: 1, uniqueItems: true }))

/** Narrows a ratio rule to classes; absent or null means any. */
export const RuleScope = closed(
  { applicantClasses: Type.Optional(Codes), projectClasses: Type.Optional(Codes) },
  { title: 'RuleScope', description: 'The rule binds only bids of these classes; absent or null: of any.' },
)

export const ReviewCriterion = closed(
  {
    code: Code,
    max: Points,
    kind: Type.Optional(
      Word(
        CRITERION_KINDS,
        '`judged` (also when absent): experts give the points. `price`: lowest request for the need ÷ this request × max, exactly; experts do not score it.',
      ),
    ),
  },
  { title: 'ReviewCriterion' },
)

const ApplicantClass = closed(
  {
    code: Code,
    organizationTypes: Nullable(ListOf(Word(ORGANIZATION_TYPES), 20, { minItems: 1, uniqueItems: true })),
    registeredMonthsMin: Nullable(Count(1200, 0, 'Registered for at least so many months on the last day for bids.')),
    registeredMonthsMax: Nullable(Count(1200, 0, 'Registered for at most so many months on the last day for bids.')),
    gradeMin: Nullable(Word(EVALUATION_GRADES)),
    requiredAttachments: ListOf(Code, 30, {
      uniqueItems: true,
      description: 'What this class hands in beyond the requiredAttachments of everybody.',
    }),
    cap: Nullable(Money),
  },
  {
    title: 'ApplicantClass',
    description:
      'A kind of bidder with conditions of its own. The first class whose conditions hold on the last day for bids is the bidder’s; null asks nothing.',
  },
)

const ProjectClass = closed(
  {
    code: Code,
    serviceFields: Nullable(ListOf(Word(SERVICE_FIELDS), 30, { minItems: 1, uniqueItems: true })),
    lotteryPurposes: Nullable(ListOf(Word(LOTTERY_PURPOSES), 20, { minItems: 1, uniqueItems: true })),
  },
  {
    title: 'ProjectClass',
    description: 'A kind of project, told by its need. The first class that fits counts; null asks nothing.',
  },
)

const BudgetGroup = closed(
  { code: Code, categories: ListOf(Code, 40, { minItems: 1, uniqueItems: true }) },
  { title: 'BudgetGroup', description: 'Budget categories that count together, as numerator of ratio rules.' },
)

const ScoreSource = closed(
  {
    code: Code,
    kind: Word(SCORE_SOURCE_KINDS),
    normalization: Word(
      NORMALIZATIONS,
      '`as_is`: the value is points. `share_of_highest`: value ÷ highest × max. `share_of_request`: value ÷ request × max, at most max. `rank`: of n bids the best gets max, each place below max ÷ n less, equals the same.',
    ),
    max: Points,
    min: Nullable(Points),
    weightBasisPoints: BasisPoints,
    coverage: Word(COVERAGES, '`all`: each judged bid has a result; `some`: a bid without one gets nothing.'),
  },
  {
    title: 'ScoreSource',
    description:
      'Points from outside the panel: public jurors, votes, donations, bonuses; a `deduction` is taken off the total. The host records the results; `min` and `max` bound what may be recorded when the normalization is `as_is`.',
  },
)

const Scoring = closed(
  {
    scope: Word(
      SCORING_SCOPES,
      '`round`: all bids compete in one order. `need`: each need is a lot; bids compete within it, and lots are served in the order of the round’s needs.',
    ),
    panelWeightBasisPoints: BasisPoints,
    sources: ListOf(ScoreSource, 20),
    passLineOn: Word(PASS_LINE_MEASURES, 'What must reach the pass line: the total, or the unweighted panel score.'),
  },
  { title: 'ScoringRules', description: 'Total = panel score × weight + the weighted points of each source.' },
)

const PoolMatch = closed(
  {
    pool: Count(20, 1, 'Position of the pool that matches.'),
    source: Word(FUND_SOURCES),
    basisPoints: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      format: 'int32',
      description: 'What it adds to each yuan of that source: 10000 is 1 : 1.',
    }),
  },
  {
    title: 'PoolMatch',
    description: 'A pool (配比资金) that pays a part of what pools of a source would pay, as far as its money goes.',
  },
)

/** Postponement of the mid-term evaluation that the host may grant. */
export const PostponementRules = closed({ maxDays: Count(366, 1), times: Count(10) }, { title: 'PostponementRules' })

/** The parts of the policy language that most rounds leave at their defaults (docs/guide/policy.md). */
const ExpertRules = closed(
  {
    conflictHopsMax: Count(
      2,
      1,
      '1: what links an expert with the bidder itself. 2: also over one organization that shares a representative, address, phone or account with the bidder.',
    ),
    rotation: Nullable(
      closed(
        { panelsMax: Count(100, 1), months: Count(240, 1) },
        {
          title: 'RotationRule',
          description: 'Who sat on so many panels of the host within so many months before the review is not drawn.',
        },
      ),
    ),
    drawRequired: Type.Optional(
      Type.Boolean({
        description: 'The panel is convened only as a standing draw names it. Absent: the host may name it.',
      }),
    ),
  },
  { title: 'ExpertRules', description: 'Who may judge, beyond size, quorum and look-back of the panel.' },
)

export const LANGUAGE = {
  applicantClasses: ListOf(ApplicantClass, 20, { description: 'Empty: everybody who is eligible may bid.' }),
  projectClasses: ListOf(ProjectClass, 20),
  budgetGroups: ListOf(BudgetGroup, 20),
  scoring: Scoring,
  validBidsPerNeedMin: Count(20, 1, 'A need with fewer bids through the formal check gets no award.'),
  poolMatches: ListOf(PoolMatch, 20),
  experts: ExpertRules,
}
export type RuleScope = Static<typeof RuleScope>
export type ReviewCriterion = Static<typeof ReviewCriterion>
export type ApplicantClass = Static<typeof ApplicantClass>
export type ProjectClass = Static<typeof ProjectClass>
export type BudgetGroup = Static<typeof BudgetGroup>
export type ScoreSource = Static<typeof ScoreSource>
export type Scoring = Static<typeof Scoring>
export type PoolMatch = Static<typeof PoolMatch>
export type ExpertRules = Static<typeof ExpertRules>

export const DEFAULT_LANGUAGE: {
  readonly applicantClasses: ApplicantClass[]
  readonly projectClasses: ProjectClass[]
  readonly budgetGroups: BudgetGroup[]
  readonly scoring: Scoring
  readonly validBidsPerNeedMin: number
  readonly poolMatches: PoolMatch[]
  readonly experts: ExpertRules
} = {
  applicantClasses: [],
  projectClasses: [],
  budgetGroups: [],
  scoring: { scope: 'round', panelWeightBasisPoints: 10_000, sources: [], passLineOn: 'total' },
  validBidsPerNeedMin: 1,
  poolMatches: [],
  experts: { conflictHopsMax: 1, rotation: null },
}
