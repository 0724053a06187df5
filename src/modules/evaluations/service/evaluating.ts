import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { partyScope } from '../../../kernel/parties.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { effectiveDayOf } from '../../agreements/index.ts'
import { paidOf } from '../../payments/index.ts'
import { lockProject } from '../../projects/index.ts'
import {
  ListEvaluations,
  ReadEvaluation,
  ReceiveSelfReport,
  RecordMissingReport,
  ScheduleEvaluation,
  ScoreProject,
  seesJudgement,
  VisitSite,
} from '../policy.ts'
import { ProjectNotEvaluable } from '../problems.ts'
import {
  checkIndependence,
  type Evaluation,
  type EvaluationKind,
  planEvaluation,
  receiveSelfReport,
  recordMissingReport,
  type SiteVisit,
  score,
  standingForScores,
  visit,
} from '../rules/evaluations.ts'
import { checkScores, judgeSatisfaction, type SatisfactionCount, type Scores } from '../rules/grading.ts'
import {
  type EvaluationFilter,
  evaluationsOfProject,
  findEvaluation,
  insertEvaluation,
  listEvaluations,
  lockStoredEvaluation,
  lockStoredRectification,
  rectificationsOfProject,
  updateEvaluation,
} from '../store.ts'
import { selfReportOf } from './selfReport.ts'
import { policyOf, sheetOf, verdictOf } from './sheet.ts'

export interface NewEvaluation {
  readonly projectId: string
  readonly kind: EvaluationKind
  /** The rectification whose outcome is to be judged. */
  readonly rectificationId?: string | undefined
}

/**
 * Schedules an evaluation of a funded project; with a rectification, the re-evaluation after it. A report that is there
 * already counts as received. Refused: a second one of the kind, a project that is not under way, a final one before the
 * mid-term is passed, a rectification that is not ready.
 */
export async function scheduleEvaluation(work: Work, wanted: NewEvaluation): Promise<Evaluation> {
  const project = authorize(work, ScheduleEvaluation, await lockProject(work, wanted.projectId))
  const { hostId, organizationId } = project
  const { projectId, kind, rectificationId } = wanted
  const rectification =
    rectificationId === undefined ? undefined : await lockStoredRectification(work.sql, rectificationId)
  if (rectificationId !== undefined && rectification?.hostId !== hostId) throw problem(NotFound)
  const grant = await paidOf(work, projectId)
  if (grant === undefined) throw problem(ProjectNotEvaluable, { state: project.state, kind })
  const policy = await policyOf(work, grant.roundId)
  const plan = orThrow(
    planEvaluation({
      kind,
      rectification,
      projectId,
      projectState: project.state,
      earlier: await evaluationsOfProject(work.sql, projectId),
      paysForMidTerm: policy.tranches.some(({ trigger }) => trigger === 'mid_passed'),
    }),
  )
  const now = await work.now(hostId)
  const scheduled: Evaluation = {
    ...BLANK,
    id: newId('evl'),
    version: 1,
    hostId,
    organizationId,
    roundId: grant.roundId,
    projectId,
    kind,
    attempt: plan.attempt,
    state: plan.state,
    rectificationId: rectification?.id ?? null,
    selfReportStanding: rectification === undefined ? null : 'on_time',
    createdAt: now,
  }
  const evaluation = rectification === undefined ? await withReport(work, scheduled) : scheduled
  await insertEvaluation(work.sql, evaluation)
  await recordEvaluation(work, 'evaluation.scheduled', evaluation, now)
  return evaluation
}

/** Takes note of the agency's report. Refused while there is none. */
export async function takeSelfReport(work: Work, evaluationId: string): Promise<Evaluation> {
  const before = authorize(work, ReceiveSelfReport, await lockStoredEvaluation(work.sql, evaluationId))
  expectVersion(work, before)
  const report = await selfReportOf(work, before)
  const state = orThrow(receiveSelfReport(before, report.standing))
  const after = await updateEvaluation(work.sql, {
    ...before,
    state,
    selfReportId: report.reportId,
    selfReportStanding: report.standing,
  })
  await recordEvaluation(work, 'evaluation.self_assessed', after, await work.now(after.hostId))
  return after
}

/** Records the site visit of independent evaluators by all four methods, with their opinion. */
export async function visitSite(work: Work, evaluationId: string, siteVisit: SiteVisit): Promise<Evaluation> {
  const before = authorize(work, VisitSite, await lockStoredEvaluation(work.sql, evaluationId))
  expectVersion(work, before)
  const evaluatorOrganizationId = orThrow(checkIndependence(before, work.actor.organizationId))
  const now = await work.now(before.hostId)
  const effectiveOn = await effectiveDayOf(work, before.projectId)
  const state = orThrow(visit(before, siteVisit, { effectiveOn, today: legalDateOf(now) }))
  const noted = await withReport(work, before)
  const after = await updateEvaluation(work.sql, { ...noted, state, visit: siteVisit, evaluatorOrganizationId })
  await recordEvaluation(work, 'evaluation.visited', after, now)
  return after
}

/** Fails a mid-term evaluation whose report did not come in time, without visit and scores. */
export async function failForMissingReport(work: Work, evaluationId: string): Promise<Evaluation> {
  const before = authorize(work, RecordMissingReport, await lockStoredEvaluation(work.sql, evaluationId))
  expectVersion(work, before)
  const policy = await policyOf(work, before.roundId)
  const report = await selfReportOf(work, before)
  const now = await work.now(before.hostId)
  const { standing, dueAt } = report
  const state = orThrow(recordMissingReport(before, { standing, dueAt, material: policy.mid, now }))
  const after = await updateEvaluation(work.sql, {
    ...before,
    state,
    selfReportId: report.reportId,
    selfReportStanding: standing,
    totalHundredths: 0,
    verdict: { result: 'fail', isFail: true, decidedBy: 'missing_report' },
    scoredAt: now,
  })
  await recordEvaluation(work, 'evaluation.scored', after, now)
  return after
}

export interface GivenScores {
  readonly scores: Scores
  /** The evaluators' own survey; the report's count stands without it. */
  readonly satisfaction?: SatisfactionCount | undefined
  readonly opinion?: string | undefined
}

/** Gives or mends the scores of a visited project; the result follows from them and from the policy alone. */
export async function scoreProject(work: Work, evaluationId: string, given: GivenScores): Promise<Evaluation> {
  const before = authorize(work, ScoreProject, await lockStoredEvaluation(work.sql, evaluationId))
  expectVersion(work, before)
  const evaluatorOrganizationId = orThrow(checkIndependence(before, work.actor.organizationId))
  const state = orThrow(score(before))
  const policy = await policyOf(work, before.roundId)
  const scores = orThrow(checkScores(sheetOf(policy, before.kind), given.scores))
  const now = await work.now(before.hostId)
  const report = await selfReportOf(work, before)
  const { missingIsFail } = policy.mid
  const selfReport = orThrow(standingForScores({ kind: before.kind, ...report, missingIsFail, now }))
  const counted = given.satisfaction ?? report.satisfaction
  const minimum = { basisPoints: policy.final.satisfactionMinBasisPoints, sample: policy.final.satisfactionSampleMin }
  const wasRectified = (await rectificationsOfProject(work.sql, before.projectId)).some(isAccepted)
  const after = await updateEvaluation(work.sql, {
    ...before,
    ...verdictOf(policy, { kind: before.kind, scores, selfReport, wasRectified }),
    state,
    scores,
    evaluatorOrganizationId,
    selfReportId: report.reportId,
    selfReportStanding: selfReport,
    satisfaction: counted === null ? null : orThrow(judgeSatisfaction(counted, minimum)),
    opinion: given.opinion ?? null,
    scoredAt: now,
  })
  await recordEvaluation(work, 'evaluation.scored', after, now)
  return after
}

export async function readEvaluation(work: Work, evaluationId: string): Promise<Evaluation> {
  return shownTo(work, authorize(work, ReadEvaluation, await findEvaluation(work.sql, evaluationId)))
}

/** The evaluations of the actor's host, or of the actor's own organization. */
export async function readEvaluations(
  work: Work,
  filter: EvaluationFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Evaluation>> {
  authorize(work, ListEvaluations, {})
  const scope = partyScope(work.actor)
  if (scope === undefined) return { items: [], next: null }
  const page = await listEvaluations(work.sql, scope, filter, limit, after)
  return { ...page, items: page.items.map((item) => shownTo(work, item)) }
}

/** The event of a step; what was given and found stays in the row until it is published. */
export async function recordEvaluation(work: Work, type: string, evaluation: Evaluation, at: Date): Promise<void> {
  const { id, hostId, projectId, kind, attempt, state, verdict, totalHundredths } = evaluation
  const isPublic = state === 'published'
  await record(work, {
    type,
    subject: id,
    hostId,
    at,
    data: {
      projectId,
      kind,
      attempt,
      state,
      ...(isPublic ? { result: verdict?.result, decidedBy: verdict?.decidedBy, totalHundredths } : {}),
    },
  })
}

function shownTo(work: Work, evaluation: Evaluation): Evaluation {
  if (seesJudgement(work.actor, evaluation)) return evaluation
  return {
    ...evaluation,
    visit: null,
    scores: null,
    totalHundredths: null,
    verdict: null,
    satisfaction: null,
    opinion: null,
  }
}

/** Notes a report that has come meanwhile; a scheduled evaluation then counts as self-assessed. */
async function withReport(work: Work, evaluation: Evaluation): Promise<Evaluation> {
  if (evaluation.state !== 'scheduled') return evaluation
  const { standing, reportId } = await selfReportOf(work, evaluation)
  if (standing === 'missing') return evaluation
  return { ...evaluation, state: 'self_assessed', selfReportId: reportId, selfReportStanding: standing }
}

function isAccepted({ state }: { readonly state: string }): boolean {
  return state === 'accepted'
}

const BLANK = {
  evaluatorOrganizationId: null,
  selfReportId: null,
  visit: null,
  scores: null,
  totalHundredths: null,
  verdict: null,
  satisfaction: null,
  opinion: null,
  feedback: null,
  scoredAt: null,
  publishedAt: null,
  resultNoticeId: null,
} as const
