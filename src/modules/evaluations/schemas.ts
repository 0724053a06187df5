import { Type } from 'typebox'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Nullable,
  Points,
  ResolvedDate,
  Sha256,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import { EVALUATION_KINDS, EVALUATION_STATES, VISIT_METHODS } from './rules/evaluations.ts'
import { RECTIFICATION_STATES } from './rules/rectifications.ts'

const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A word of the policy.' })
const VETOES = ListOf(Code, 40, {
  uniqueItems: true,
  description: 'Red lines crossed (一票否决), words of the policy.',
})

export const NewEvaluation = closed(
  {
    projectId: Id('prj'),
    kind: Word(EVALUATION_KINDS),
    rectificationId: Type.Optional(Id('rct')),
  },
  { title: 'NewEvaluation', description: 'With `rectificationId` it is the re-evaluation after a rectification.' },
)
const SiteVisit = closed(
  {
    visitedOn: Day,
    methods: ListOf(Word(VISIT_METHODS), 4, {
      uniqueItems: true,
      description: 'D2-18: 听取介绍、查阅资料、实地考察、成果评估; all four are needed.',
    }),
    opinion: Text(5000, 'The written opinion of the visiting group.'),
  },
  { title: 'SiteVisit' },
)
export const SiteVisitBody = SiteVisit

const ScoreItem = closed({ code: Code, points: Points }, { title: 'EvaluationScoreItem' })
const SatisfactionCount = closed(
  { validAnswers: Count(10_000_000), satisfied: Count(10_000_000) },
  { title: 'SatisfactionCount', description: 'Satisfied among valid answers.' },
)
export const EvaluationScoresBody = closed(
  {
    items: ListOf(ScoreItem, 40, { minItems: 1, description: "Exactly the items of the policy's sheet." }),
    bonus: Type.Optional(Points),
    deduction: Type.Optional(Points),
    vetoes: Type.Optional(VETOES),
    satisfaction: Type.Optional(SatisfactionCount),
    opinion: Type.Optional(Text(5000)),
  },
  { title: 'EvaluationScores' },
)
export const EvaluationPublication = closed(
  { feedback: Type.Optional(Text(5000, 'The feedback letter to the agency (D2-19).')) },
  { title: 'EvaluationPublication' },
)

const SelfReport = closed(
  {
    reportId: Nullable(Id('rpt')),
    standing: Word(['on_time', 'late', 'missing'] as const),
  },
  { title: 'SelfReportStanding', description: 'How the report of the agency stood when it was last looked at.' },
)
const Satisfaction = closed(
  {
    validAnswers: Count(10_000_000),
    satisfied: Count(10_000_000),
    percent: Nullable(Type.String({ maxLength: 10, description: 'Two decimals, half up.' })),
    isBelowMinimum: Type.Boolean({ description: "Below the policy's minimum share; reported, never a grade (D2-11)." }),
    isSampleTooSmall: Type.Boolean(),
  },
  { title: 'EvaluationSatisfaction' },
)
const Scores = closed(
  { items: ListOf(ScoreItem, 40), bonus: Points, deduction: Points, vetoes: VETOES },
  { title: 'GivenScores' },
)

export const EvaluationBody = closed(
  {
    id: Id('evl'),
    hostId: Id('org'),
    roundId: Id('rnd'),
    projectId: Id('prj'),
    organizationId: Id('org'),
    kind: Word(EVALUATION_KINDS),
    attempt: Count(100, 1, 'Counts the evaluations of this kind for the project; the earlier ones stay on record.'),
    state: Word(EVALUATION_STATES),
    rectificationId: Nullable(Id('rct')),
    evaluatorOrganizationId: Nullable(Id('org')),
    selfReport: Nullable(SelfReport),
    visit: Nullable(SiteVisit),
    scores: Nullable(Scores),
    total: Nullable(Points),
    result: Nullable(Type.String({ maxLength: 40, description: '`pass` or `fail` at mid-term, else a grade.' })),
    isFail: Nullable(Type.Boolean()),
    decidedBy: Nullable(
      Word(
        ['score', 'missing_report', 'veto', 'rectification_cap'] as const,
        'What settled the result: the score, or what overruled it.',
      ),
    ),
    satisfaction: Nullable(Satisfaction),
    opinion: Nullable(Text(5000)),
    feedback: Nullable(Text(5000)),
    scoredAt: Nullable(Instant),
    publishedAt: Nullable(Instant),
    publishedOn: Nullable(Day),
    resultNoticeId: Nullable(Id('ntc')),
    actions: ListOf(Word(['receiveSelfReport', 'visit', 'recordMissingReport', 'score', 'publish'] as const), 10),
    createdAt: Instant,
  },
  {
    title: 'Evaluation',
    description: 'A mid-term or final evaluation. Before publication the agency sees no scores and no result.',
  },
)
export const EvaluationParams = closed({ evaluationId: Id('evl') })
export const EvaluationFilterQuery = closed({
  projectId: Type.Optional(Id('prj')),
  roundId: Type.Optional(Id('rnd')),
  kind: Type.Optional(Word(EVALUATION_KINDS)),
  state: Type.Optional(Word(EVALUATION_STATES)),
})

const Items = ListOf(Text(2000), 50, { minItems: 1, description: 'What must be mended, item by item.' })
export const NewRectification = closed({ evaluationId: Id('evl'), items: Items }, { title: 'NewRectification' })
const RectificationReport = closed(
  {
    answers: ListOf(Text(2000), 50, {
      minItems: 1,
      description: 'What was done, one answer per item, in the order of the items.',
    }),
    documentIds: ListOf(Id('doc'), 20, { uniqueItems: true }),
  },
  { title: 'RectificationReport' },
)
export const RectificationReportBody = closed(
  {
    answers: RectificationReport.properties.answers,
    documentIds: Type.Optional(RectificationReport.properties.documentIds),
  },
  { title: 'NewRectificationReport' },
)
export const RectificationBody = closed(
  {
    id: Id('rct'),
    hostId: Id('org'),
    roundId: Id('rnd'),
    projectId: Id('prj'),
    organizationId: Id('org'),
    evaluationId: Id('evl'),
    items: Items,
    issuedOn: Day,
    due: ResolvedDate,
    dueAt: Type.String({
      format: 'date-time',
      maxLength: 30,
      description: 'The first moment at which a report is late.',
    }),
    state: Word(RECTIFICATION_STATES),
    report: Nullable(RectificationReport),
    submittedAt: Nullable(Instant),
    actions: ListOf(Word(['submit'] as const), 5),
    createdAt: Instant,
  },
  { title: 'Rectification', description: '整改: what an agency must mend after a failed mid-term evaluation.' },
)
export const RectificationParams = closed({ rectificationId: Id('rct') })
export const RectificationFilterQuery = closed({
  projectId: Type.Optional(Id('prj')),
  state: Type.Optional(Word(RECTIFICATION_STATES)),
})

const postponement = {
  projectId: Id('prj'),
  dueOn: Type.String({ ...Day, description: 'The last day that is on time.' }),
  reason: Text(2000),
}
export const NewPostponement = closed(postponement, { title: 'NewPostponement' })
export const PostponementBody = closed(
  {
    id: Id('ppn'),
    hostId: Id('org'),
    roundId: Id('rnd'),
    organizationId: Id('org'),
    ...postponement,
    postponedFrom: Type.String({ ...Day, description: 'The day that counted before.' }),
    dueAt: Type.String({ ...Instant, description: 'The first moment at which the material is late.' }),
    grantedAt: Instant,
  },
  { title: 'Postponement', description: '延期: mid-term material that the host agreed to wait for.' },
)
export const PostponementFilterQuery = closed({ projectId: Type.Optional(Id('prj')) })

export const RoundParams = closed({ roundId: Id('rnd') })
export const NewResultNotice = closed(
  {
    evaluationIds: Type.Optional(
      ListOf(Id('evl'), 1000, {
        minItems: 1,
        uniqueItems: true,
        description: 'The final results to announce; all that were not announced before unless given.',
      }),
    ),
    supersedesId: Type.Optional(Id('ntc')),
  },
  { title: 'NewResultNotice' },
)
export const ResultNoticeBody = closed(
  {
    noticeId: Id('ntc'),
    roundId: Id('rnd'),
    number: Count(1_000_000, 1),
    digest: Sha256,
    publishedAt: Instant,
    window: ResolvedDate,
    closesAt: Instant,
    evaluationIds: ListOf(Id('evl'), 1000, { minItems: 1 }),
  },
  { title: 'ResultNotice', description: 'The public notice that announced final results; GET /notices has its words.' },
)
