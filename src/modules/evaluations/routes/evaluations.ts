import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { legalDateOf } from '../../../kernel/days.ts'
import { formatPoints, parsePoints } from '../../../kernel/points.ts'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import {
  AnnounceResults,
  ListEvaluations,
  PublishEvaluation,
  ReadEvaluation,
  ReceiveSelfReport,
  RecordMissingReport,
  ScheduleEvaluation,
  ScoreProject,
  VisitSite,
} from '../policy.ts'
import * as problems from '../problems.ts'
import { type Evaluation, evaluationActions } from '../rules/evaluations.ts'
import {
  EvaluationBody,
  EvaluationFilterQuery,
  EvaluationParams,
  EvaluationPublication,
  EvaluationScoresBody,
  NewEvaluation,
  NewResultNotice,
  ResultNoticeBody,
  RoundParams,
  SiteVisitBody,
} from '../schemas.ts'
import {
  failForMissingReport,
  readEvaluation,
  readEvaluations,
  scheduleEvaluation,
  scoreProject,
  takeSelfReport,
  visitSite,
} from '../service/evaluating.ts'
import { announceResults, publishEvaluation, type ResultNotice } from '../service/publishing.ts'

const tag = 'Evaluations'
const target = { tag, params: EvaluationParams, status: 200, answer: EvaluationBody, present, ifMatch: true } as const

export function evaluationRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/evaluations',
    operationId: 'scheduleEvaluation',
    summary: 'Schedule an evaluation',
    tag,
    description:
      'One mid-term and one final evaluation per funded project; with `rectificationId` the re-evaluation after a ' +
      'rectification whose report was handed in. There is no final one before the mid-term is passed, where the ' +
      'policy pays a tranche for it. A report of the agency that is there already counts as received.',
    allow: ScheduleEvaluation,
    body: NewEvaluation,
    status: 201,
    answer: EvaluationBody,
    problems: [
      problems.ProjectNotEvaluable,
      problems.EvaluationExists,
      problems.MidTermUnsettled,
      problems.RectificationMismatch,
      problems.RectificationNotInState,
    ],
    location: (evaluation) => `/evaluations/${evaluation.id}`,
    run: (work, { body }) => scheduleEvaluation(work, body),
    present,
  })
  commandRoute(app, {
    ...target,
    method: 'POST',
    url: '/evaluations/:evaluationId/self-assessment',
    operationId: 'receiveSelfAssessment',
    summary: "Take note of the agency's report",
    description:
      "For a scheduled evaluation: looks for the agency's mid-term self-assessment or closing report (D2-17) and notes " +
      'whether it came in time. A site visit does the same by itself.',
    allow: ReceiveSelfReport,
    problems: [problems.EvaluationNotInState, problems.SelfReportMissing],
    run: (work, { params }) => takeSelfReport(work, params.evaluationId),
  })
  commandRoute(app, {
    ...target,
    method: 'POST',
    url: '/evaluations/:evaluationId/missing-report',
    operationId: 'recordMissingReport',
    summary: 'Fail a mid-term evaluation for missing material',
    description:
      'Late or missing mid-term material counts as a fail where the policy says so (`mid.missingIsFail`): the ' +
      'evaluation is scored 0 and failed without a visit. Possible once the day of the report has passed.',
    allow: RecordMissingReport,
    problems: [problems.EvaluationNotInState, problems.MissingReportTolerated, problems.SelfReportNotOverdue],
    run: (work, { params }) => failForMissingReport(work, params.evaluationId),
  })
  commandRoute(app, {
    ...target,
    method: 'POST',
    url: '/evaluations/:evaluationId/site-visit',
    operationId: 'recordSiteVisit',
    summary: 'Record the site visit',
    description:
      'D2-18: the visit uses four methods (hearing the presentation, reading documents, inspecting the place, judging ' +
      'the outcome) and ends with a written opinion. Only evaluators independent of the agency.',
    allow: VisitSite,
    body: SiteVisitBody,
    problems: [
      problems.EvaluationNotInState,
      problems.EvaluatorNotIndependent,
      problems.SiteVisitIncomplete,
      problems.SiteVisitInFuture,
      problems.SiteVisitTooEarly,
    ],
    run: (work, { params, body }) => visitSite(work, params.evaluationId, body),
  })
  commandRoute(app, {
    ...target,
    method: 'POST',
    url: '/evaluations/:evaluationId/scores',
    operationId: 'scoreEvaluation',
    summary: 'Give the scores',
    description:
      "Exactly the items of the policy's sheet, with bonus and deduction; a bonus may lift the total above the sheet's " +
      'maximum. The result follows by the policy: pass line or grade bands (lower bound inclusive), a red line ' +
      '(`vetoes`) fails whatever the score, a project that was rectified gets at most the policy’s cap. Satisfaction ' +
      'below its minimum is reported and changes no grade. Scores may be mended until they are published.',
    allow: ScoreProject,
    body: EvaluationScoresBody,
    problems: [
      problems.EvaluationNotInState,
      problems.EvaluatorNotIndependent,
      problems.EvaluationScoresInvalid,
      problems.SelfReportMissing,
      problems.SatisfactionInvalid,
    ],
    run: (work, { params, body }) => scoreProject(work, params.evaluationId, givenScores(body)),
  })
  commandRoute(app, {
    ...target,
    method: 'POST',
    url: '/evaluations/:evaluationId/publication',
    operationId: 'publishEvaluation',
    summary: 'Publish the result to the agency',
    description:
      'A passed mid-term sets its tranche off: the due day counts from today. A failed one holds it; then a ' +
      'rectification follows, or, when none is left, the project is suspended. A re-evaluation also accepts or fails ' +
      'its rectification. Feedback to the agency may go along (D2-19).',
    allow: PublishEvaluation,
    body: EvaluationPublication,
    problems: [problems.EvaluationNotInState, CalendarYearMissing],
    run: (work, { params, body }) => publishEvaluation(work, params.evaluationId, body),
  })
  readRoute(app, {
    url: '/evaluations/:evaluationId',
    operationId: 'readEvaluation',
    summary: 'Read an evaluation',
    description: 'For the host’s side and the agency of the project; the agency sees the judgement once published.',
    tag,
    allow: ReadEvaluation,
    params: EvaluationParams,
    answer: EvaluationBody,
    run: (work, { params }) => readEvaluation(work, params.evaluationId),
    present,
  })
  listRoute(app, {
    url: '/evaluations',
    operationId: 'listEvaluations',
    summary: 'List evaluations, newest first',
    description: 'Those of the own host; for an agency those of its own projects.',
    tag,
    allow: ListEvaluations,
    query: EvaluationFilterQuery,
    item: EvaluationBody,
    pageTitle: 'EvaluationPage',
    run: (work, { query, limit, after }) => readEvaluations(work, query, limit, after),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/result-notices',
    operationId: 'announceResults',
    summary: 'Announce final results by a public notice',
    tag,
    description:
      'Publishes a notice of kind `evaluation_result` with total and grade of every published final evaluation that ' +
      'was not announced before, or of the named ones. With `supersedesId` it takes the place of a withdrawn notice.',
    allow: AnnounceResults,
    params: RoundParams,
    body: NewResultNotice,
    status: 201,
    answer: ResultNoticeBody,
    problems: [problems.NothingToAnnounce, CalendarYearMissing],
    location: ({ notice }) => `/notices/${notice.id}`,
    run: (work, { params, body }) => announceResults(work, params.roundId, body),
    present: presentResultNotice,
  })
}

function givenScores({ items, bonus, deduction, vetoes, ...rest }: Static<typeof EvaluationScoresBody>) {
  return {
    ...rest,
    scores: {
      items: items.map(({ code, points }) => ({ code, hundredths: parsePoints(points) })),
      bonusHundredths: parsePoints(bonus ?? '0'),
      deductionHundredths: parsePoints(deduction ?? '0'),
      vetoes: vetoes ?? [],
    },
  }
}

function present(evaluation: Evaluation): Static<typeof EvaluationBody> {
  const { version: _version, selfReportId, selfReportStanding, scores, totalHundredths, verdict, ...rest } = evaluation
  const { visit, scoredAt, publishedAt, createdAt } = rest
  return {
    ...rest,
    selfReport: selfReportStanding === null ? null : { reportId: selfReportId, standing: selfReportStanding },
    visit: visit === null ? null : { ...visit, methods: [...visit.methods] },
    scores:
      scores === null
        ? null
        : {
            items: scores.items.map(({ code, hundredths }) => ({ code, points: formatPoints(hundredths) })),
            bonus: formatPoints(scores.bonusHundredths),
            deduction: formatPoints(scores.deductionHundredths),
            vetoes: [...scores.vetoes],
          },
    total: totalHundredths === null ? null : formatPoints(totalHundredths),
    result: verdict?.result ?? null,
    isFail: verdict?.isFail ?? null,
    decidedBy: verdict?.decidedBy ?? null,
    scoredAt: scoredAt?.toISOString() ?? null,
    publishedAt: publishedAt?.toISOString() ?? null,
    publishedOn: publishedAt === null ? null : legalDateOf(publishedAt),
    actions: evaluationActions(evaluation),
    createdAt: createdAt.toISOString(),
  }
}

function presentResultNotice({ notice, evaluationIds }: ResultNotice): Static<typeof ResultNoticeBody> {
  const { id, roundId, number, digest, publishedAt, window, closesAt } = notice
  return {
    noticeId: id,
    roundId,
    number,
    digest,
    publishedAt: publishedAt.toISOString(),
    window,
    closesAt: closesAt.toISOString(),
    evaluationIds: [...evaluationIds],
  }
}
