import { type Static, Type } from 'typebox'
import {
  BasisPoints,
  Count,
  closed,
  ListOf,
  Money,
  Nullable,
  Period,
  Points,
  Word,
} from '../../platform/http/schemas.ts'
import { AWARD_LANGUAGE } from './awardDocument.ts'
import { AllocationRules, RobustnessRules } from './fairnessDocument.ts'
import { Code, LANGUAGE, PostponementRules, ReviewCriterion } from './languageDocument.ts'
import { NoticeRules, ObjectionRules } from './publicityDocument.ts'
import { ReviewRules } from './reviewDocument.ts'
import { EligibilityRules, Officer, RatioRule, Tranche } from './ruleDocument.ts'

export { Code } from './languageDocument.ts'
export { RATIO_BASES, RATIO_OPERATORS, type RatioRule, TRANCHE_TRIGGERS, type TrancheTrigger } from './ruleDocument.ts'

export const PARTIAL_AWARDS = ['offer_rest', 'skip', 'stop'] as const
export const SEALING_MODES = ['server', 'client'] as const
export const KEY_HOLDERS = ['file', 'officers', 'kms'] as const
export const SINGLE_BID_POLICIES = ['judge_on_merit', 'reopen', 'convert'] as const

const Criterion = closed({ code: Code, max: Points }, { title: 'Criterion' })
const Dimensions = ListOf(Criterion, 40, { minItems: 1 })
/**
 * The numbers a city chooses for one round (process.md section 7). Frozen at publication; every decision of the round
 * reads it. Inside the service it is the same document as on the wire: amounts are Money, points are text.
 */
export const RoundPolicySchema = closed(
  {
    cap: Money,
    floor: Money,
    ratioRules: ListOf(RatioRule, 30),
    inKindMatchingMaxBasisPoints: Type.Integer({
      ...BasisPoints,
      description: 'In-kind matching counts up to this share of the counted matching.',
    }),
    budgetCategories: ListOf(Code, 40, { minItems: 1, uniqueItems: true }),
    forbiddenCategories: ListOf(Code, 40, { uniqueItems: true }),
    requiredAttachments: ListOf(Code, 30, { uniqueItems: true }),
    bidsPerOrganizationMax: Count(100, 1),
    awardsPerOrganizationMax: Count(100, 1),
    awardsPerNeedMax: Count(20, 1),
    eligibility: EligibilityRules,
    panel: closed(
      {
        size: Count(50, 1),
        quorum: Count(50, 1),
        recusalLookbackMonths: Count(240),
        dropExtremesMinSheets: Nullable(
          Count(50, 1, 'From this number of sheets on the highest and the lowest are dropped; null: never.'),
        ),
        outlierGap: Nullable(Points),
      },
      { title: 'PanelRules' },
    ),
    criteria: ListOf(ReviewCriterion, 40, { minItems: 1 }),
    passLine: Points,
    sheetTotal: Nullable(
      Type.String({
        ...Points,
        description:
          'What the maxima of the criteria must add up to; those of the mid-term and of the final sheet add up to 100 or to the same. Null: anything.',
      }),
    ),
    tieBreak: ListOf(
      Type.String({
        pattern: '^[a-z][a-z0-9_]{0,49}$',
        maxLength: 50,
        description:
          '`<criterion>_mean`, `panel_points`, `<source>_points`, `lower_request`, `earlier_submission` or `lot`.',
      }),
      20,
      { uniqueItems: true },
    ),
    singleBidPolicy: Word(SINGLE_BID_POLICIES),
    reallocateAfterNotice: Type.Boolean(),
    poolOrder: Nullable(
      ListOf(Count(20, 1), 20, {
        uniqueItems: true,
        description: 'Positions of the pools in the order in which they are drawn; null: most restricted first.',
      }),
    ),
    partialAward: Word(PARTIAL_AWARDS, 'What happens when the eligible pools cannot cover an approved amount.'),
    notice: NoticeRules,
    objection: ObjectionRules,
    statutory: Nullable(
      closed(
        { query: Period, reply: Period, complaint: Period, decision: Period },
        {
          title: 'StatutoryPeriods',
          description:
            'Procurement by law: time for a query (质疑), its reply, a complaint (投诉) and its decision. Null outside it.',
        },
      ),
    ),
    formalCheck: Period,
    correction: closed({ period: Period, times: Count(10) }, { title: 'CorrectionRules' }),
    sealing: closed(
      {
        mode: Word(SEALING_MODES, '`server`: the service checks a bid and seals it; `client`: the bidder seals it.'),
        keyHolder: Word(KEY_HOLDERS, 'Who keeps the private round key until the opening.'),
        openersRequired: Count(20, 1, 'How many different people must ask for the opening.'),
        officers: ListOf(Officer, 20, { description: 'Holders of key shares; empty unless keyHolder is `officers`.' }),
        sharesRequired: Count(20, 1, 'How many shares restore the key; only read when keyHolder is `officers`.'),
      },
      { title: 'SealingRules', description: 'How bids are kept unreadable until the opening.' },
    ),
    blindReview: Type.Boolean({
      description: 'Experts must not learn who bids; leaks are reported before submission.',
    }),
    awardBudget: Nullable(Period),
    selfReport: Period,
    monthlyReportDay: Nullable(Count(31, 1)),
    closingReport: Period,
    refund: Period,
    tranches: ListOf(Tranche, 20, { minItems: 1 }),
    mid: closed(
      {
        dimensions: Dimensions,
        bonusMax: Points,
        deductionMax: Points,
        passLine: Points,
        missingIsFail: Type.Boolean(),
        lateIsFail: Type.Optional(
          Type.Boolean({ description: 'Does late material fail? Absent: as `missingIsFail` says.' }),
        ),
        postponement: Type.Optional(PostponementRules),
      },
      { title: 'MidTermRules' },
    ),
    rectification: closed(
      { period: Period, times: Count(10), finalGradeCap: Nullable(Code) },
      { title: 'RectificationRules' },
    ),
    final: closed(
      {
        dimensions: Dimensions,
        bonusMax: Points,
        deductionMax: Points,
        bands: ListOf(closed({ min: Points, grade: Code }, { title: 'GradeBand' }), 20, {
          minItems: 1,
          description: 'From best to worst, lower bound inclusive; the last one starts at 0 and is the failing grade.',
        }),
        satisfactionMinBasisPoints: BasisPoints,
        satisfactionSampleMin: Count(1_000_000),
        vetoes: ListOf(Code, 40, { uniqueItems: true }),
      },
      { title: 'FinalRules' },
    ),
    change: closed(
      { minorMaxBasisPointsOfLine: BasisPoints, extensionMaxDays: Count(3660), extensionTimes: Count(10) },
      { title: 'ChangeRules' },
    ),
    banMonths: closed({ breach: Count(240), finalFail: Count(240) }, { title: 'BanMonths' }),
    matchingEnforcedAtClose: Type.Boolean(),
    ...LANGUAGE,
    review: ReviewRules,
    ...AWARD_LANGUAGE,
    allocation: Type.Optional(AllocationRules),
    robustness: Type.Optional(RobustnessRules),
    sourceSplit: Word(['pro_rata'] as const),
    rounding: Word(['half_up_display_exact_compare'] as const),
    timeZone: Word(['Asia/Shanghai'] as const),
  },
  { title: 'RoundPolicy', description: 'All numbers a round runs by; frozen at publication.' },
)
export type RoundPolicy = Static<typeof RoundPolicySchema>
export type Criterion = Static<typeof Criterion>

/** What a caller sends: the fields that differ from the default (creation) or from the draft (change). */
export const RoundPolicyInput = Type.Partial(RoundPolicySchema, {
  title: 'RoundPolicyInput',
  description: 'Top-level fields of the policy; what is absent keeps the default (on creation) or its present value.',
  additionalProperties: false,
})
export type RoundPolicyInput = Static<typeof RoundPolicyInput>
