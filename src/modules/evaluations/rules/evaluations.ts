import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { lawfulCommands, type Transitions, transition } from '../../../kernel/transitions.ts'
import {
  EvaluationExists,
  EvaluationNotInState,
  EvaluatorNotIndependent,
  MidTermUnsettled,
  MissingReportTolerated,
  NothingToAnnounce,
  ProjectNotEvaluable,
  RectificationMismatch,
  RectificationNotInState,
  SelfReportMissing,
  SelfReportNotOverdue,
  SiteVisitIncomplete,
  SiteVisitInFuture,
  SiteVisitTooEarly,
} from '../problems.ts'
import {
  failsByMaterial,
  type MaterialRules,
  type Satisfaction,
  type Scores,
  type SelfReportStanding,
  type Verdict,
} from './grading.ts'

export type { DecidedBy, Satisfaction, ScoreItem, Scores, SelfReportStanding } from './grading.ts'

export const EVALUATION_KINDS = ['mid', 'final'] as const
export type EvaluationKind = (typeof EVALUATION_KINDS)[number]

export const EVALUATION_STATES = ['scheduled', 'self_assessed', 'visited', 'scored', 'published'] as const
export type EvaluationState = (typeof EVALUATION_STATES)[number]
export type EvaluationCommand = 'receiveSelfReport' | 'visit' | 'recordMissingReport' | 'score' | 'publish'

/** A visit may take place although the report is missing; scores may be mended until they are published. */
export const EVALUATION_TRANSITIONS: Transitions<EvaluationState, EvaluationCommand> = {
  scheduled: { receiveSelfReport: 'self_assessed', visit: 'visited', recordMissingReport: 'scored' },
  self_assessed: { visit: 'visited', recordMissingReport: 'scored' },
  visited: { score: 'scored' },
  scored: { score: 'scored', publish: 'published' },
  published: {},
}

/** The four methods of a site visit (D2-18): 听取介绍, 查阅资料, 实地考察, 成果评估. */
export const VISIT_METHODS = ['presentation', 'document_review', 'field_inspection', 'outcome_assessment'] as const
export type VisitMethod = (typeof VISIT_METHODS)[number]

export interface SiteVisit {
  readonly visitedOn: LegalDate
  readonly methods: readonly VisitMethod[]
  readonly opinion: string
}

export interface Evaluation {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly roundId: string
  readonly projectId: string
  /** The agency that runs the project. */
  readonly organizationId: string
  readonly kind: EvaluationKind
  readonly attempt: number
  readonly state: EvaluationState
  /** The rectification that this re-evaluation judges. */
  readonly rectificationId: string | null
  readonly evaluatorOrganizationId: string | null
  readonly selfReportId: string | null
  /** Null until somebody looked for the report. */
  readonly selfReportStanding: SelfReportStanding | null
  readonly visit: SiteVisit | null
  readonly scores: Scores | null
  readonly totalHundredths: number | null
  readonly verdict: Verdict | null
  readonly satisfaction: Satisfaction | null
  readonly opinion: string | null
  readonly feedback: string | null
  readonly scoredAt: Date | null
  readonly publishedAt: Date | null
  /** The public notice that announced this final result. */
  readonly resultNoticeId: string | null
  readonly createdAt: Date
}

/** In which project states an evaluation may be scheduled; a suspended project may still prove that it was mended. */
const PROJECT_STATES = {
  mid: ['active'],
  re_evaluation: ['active', 'suspended'],
  final: ['active', 'closing'],
} as const

/** What planning a re-evaluation needs to know of the rectification that it judges. */
interface RectificationFacts {
  readonly id: string
  readonly projectId: string
  readonly evaluationId: string
  readonly state: string
}

export interface Plan {
  readonly kind: EvaluationKind
  readonly rectification: RectificationFacts | undefined
  readonly projectId: string
  readonly projectState: string
  /** All evaluations of the project. */
  readonly earlier: readonly Pick<Evaluation, 'id' | 'kind' | 'attempt' | 'state' | 'verdict'>[]
  /** Does the policy pay a tranche for a passed mid-term? Then there is no final evaluation without one. */
  readonly paysForMidTerm: boolean
}

/**
 * One mid-term and one final evaluation per project; another mid-term one only to judge a rectification whose report
 * was handed in. There is no final evaluation before the mid-term is passed.
 */
export function planEvaluation(plan: Plan): Decision<{ readonly attempt: number; readonly state: EvaluationState }> {
  const { kind, rectification, projectState } = plan
  const stage = rectification === undefined ? kind : 're_evaluation'
  if (!(PROJECT_STATES[stage] as readonly string[]).includes(projectState))
    return refuse(ProjectNotEvaluable, { state: projectState, kind })
  if (rectification !== undefined) return planReEvaluation(plan, rectification)
  const same = latestOf(plan.earlier, kind)
  if (same !== undefined) return refuse(EvaluationExists, { kind, evaluationId: same.id })
  const standing = midTermStanding(latestOf(plan.earlier, 'mid'))
  const isSettled = standing === 'passed' || (standing === 'none' && !plan.paysForMidTerm)
  if (kind === 'final' && !isSettled) return refuse(MidTermUnsettled, { standing })
  return accept({ attempt: 1, state: 'scheduled' })
}

function midTermStanding(mid: Plan['earlier'][number] | undefined): 'none' | 'unpublished' | 'failed' | 'passed' {
  if (mid === undefined) return 'none'
  if (mid.state !== 'published' || mid.verdict === null) return 'unpublished'
  return mid.verdict.isFail ? 'failed' : 'passed'
}

function planReEvaluation(
  { kind, projectId, earlier }: Plan,
  rectification: NonNullable<Plan['rectification']>,
): Decision<{ readonly attempt: number; readonly state: EvaluationState }> {
  if (kind !== 'mid' || rectification.projectId !== projectId)
    return refuse(RectificationMismatch, { rectificationId: rectification.id })
  if (rectification.state !== 'submitted')
    return refuse(RectificationNotInState, { state: rectification.state, command: 're-evaluate' })
  const latest = latestOf(earlier, 'mid')
  if (latest === undefined || latest.id !== rectification.evaluationId)
    return refuse(EvaluationExists, { kind, evaluationId: latest?.id ?? rectification.evaluationId })
  // The report on the rectification is the self-assessment of a re-evaluation.
  return accept({ attempt: latest.attempt + 1, state: 'self_assessed' })
}

export function latestOf<Some extends Pick<Evaluation, 'kind' | 'attempt'>>(
  evaluations: readonly Some[],
  kind: EvaluationKind,
): Some | undefined {
  return evaluations.filter((one) => one.kind === kind).toSorted((a, b) => b.attempt - a.attempt)[0]
}

/** Who judges must not be who is judged. */
export function checkIndependence(
  evaluation: Pick<Evaluation, 'organizationId'>,
  evaluatorOrganizationId: string | null,
): Decision<string | null> {
  return evaluatorOrganizationId === evaluation.organizationId
    ? refuse(EvaluatorNotIndependent)
    : accept(evaluatorOrganizationId)
}

/** A report that was handed in before the first late moment is on time; without a duty there is no late moment. */
export function selfReportStanding(submittedAt: Date | null, dueAt: Date | null): SelfReportStanding {
  if (submittedAt === null) return 'missing'
  return dueAt !== null && submittedAt.getTime() >= dueAt.getTime() ? 'late' : 'on_time'
}

export function receiveSelfReport(evaluation: Evaluation, standing: SelfReportStanding): Decision<EvaluationState> {
  if (standing === 'missing') return refuse(SelfReportMissing)
  return transition(EVALUATION_TRANSITIONS, evaluation.state, 'receiveSelfReport', EvaluationNotInState)
}

/** `effectiveOn` is the day from which the agreement binds. */
export function visit(
  evaluation: Evaluation,
  siteVisit: SiteVisit,
  { effectiveOn, today }: { readonly effectiveOn: LegalDate | null; readonly today: LegalDate },
): Decision<EvaluationState> {
  const next = transition(EVALUATION_TRANSITIONS, evaluation.state, 'visit', EvaluationNotInState)
  if (!next.accepted) return next
  const missing = VISIT_METHODS.filter((method) => !siteVisit.methods.includes(method))
  if (missing.length > 0) return refuse(SiteVisitIncomplete, { missing: missing.join(', ') })
  if (compareDates(siteVisit.visitedOn, today) > 0)
    return refuse(SiteVisitInFuture, { visitedOn: siteVisit.visitedOn, today })
  if (effectiveOn !== null && compareDates(siteVisit.visitedOn, effectiveOn) < 0)
    return refuse(SiteVisitTooEarly, { visitedOn: siteVisit.visitedOn, effectiveOn })
  return next
}

/** A mid-term evaluation whose report did not come in time fails without visit and scores, where the policy says so. */
export function recordMissingReport(
  evaluation: Evaluation,
  facts: {
    readonly standing: SelfReportStanding
    readonly dueAt: Date | null
    readonly material: MaterialRules
    readonly now: Date
  },
): Decision<EvaluationState> {
  const state = transition(EVALUATION_TRANSITIONS, evaluation.state, 'recordMissingReport', EvaluationNotInState)
  if (!state.accepted) return state
  // A report that came on time is answered below: nothing is overdue.
  const standing = facts.standing === 'on_time' ? 'missing' : facts.standing
  if (evaluation.kind !== 'mid' || !failsByMaterial(standing, facts.material)) return refuse(MissingReportTolerated)
  const isOverdue = facts.dueAt !== null && facts.now.getTime() >= facts.dueAt.getTime()
  return facts.standing !== 'on_time' && isOverdue ? state : refuse(SelfReportNotOverdue)
}

/**
 * The report's standing that scores are judged with. Where a missing report fails, nobody scores while the agency still
 * has time to hand it in.
 */
export function standingForScores(facts: {
  readonly kind: EvaluationKind
  readonly standing: SelfReportStanding
  readonly dueAt: Date | null
  readonly missingIsFail: boolean
  readonly now: Date
}): Decision<SelfReportStanding> {
  const isAwaited = facts.dueAt === null || facts.now.getTime() < facts.dueAt.getTime()
  const mustWait = facts.kind === 'mid' && facts.missingIsFail && facts.standing === 'missing' && isAwaited
  return mustWait ? refuse(SelfReportMissing) : accept(facts.standing)
}

export function score(evaluation: Evaluation): Decision<EvaluationState> {
  // A failure for missing material has no visit behind it, so there is nothing to score.
  const isScorable = evaluation.state !== 'scored' || evaluation.visit !== null
  if (!isScorable) return refuse(EvaluationNotInState, { state: evaluation.state, command: 'score' })
  return transition(EVALUATION_TRANSITIONS, evaluation.state, 'score', EvaluationNotInState)
}

export function publish(evaluation: Evaluation): Decision<EvaluationState> {
  return transition(EVALUATION_TRANSITIONS, evaluation.state, 'publish', EvaluationNotInState)
}

/** What a published mid-term result means for the money and the project. */
export type MidConsequence = 'pay' | 'hold' | 'suspend'

/** A pass sets its tranche off; a fail holds it, and stops the project when no rectification is left (process.md 2.7). */
export function midConsequence(isFail: boolean, rectificationsLeft: number): MidConsequence {
  if (!isFail) return 'pay'
  return rectificationsLeft > 0 ? 'hold' : 'suspend'
}

export function evaluationActions(evaluation: Pick<Evaluation, 'state' | 'visit'>): EvaluationCommand[] {
  const commands = lawfulCommands(EVALUATION_TRANSITIONS, evaluation.state)
  return commands.filter((command) => command !== 'score' || evaluation.visit !== null)
}

/**
 * The final results that a notice announces: the named ones, else all of the round. What was announced before comes
 * again only when the notice takes the place of that earlier, withdrawn one.
 */
export function resultsToAnnounce<Some extends Pick<Evaluation, 'id' | 'kind' | 'state' | 'resultNoticeId'>>(
  evaluations: readonly Some[],
  evaluationIds: readonly string[] | undefined,
  supersedesId: string | undefined,
): Decision<Some[]> {
  const announceable = evaluations.filter(
    ({ id, kind, state, resultNoticeId }) =>
      kind === 'final' &&
      state === 'published' &&
      (resultNoticeId === null || resultNoticeId === supersedesId) &&
      (evaluationIds === undefined || evaluationIds.includes(id)),
  )
  const expected = evaluationIds === undefined ? 1 : new Set(evaluationIds).size
  return announceable.length < expected ? refuse(NothingToAnnounce) : accept(announceable)
}
