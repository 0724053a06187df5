import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { IssueRectification, ListRectifications, ReadRectification, ReportRectification } from '../policy.ts'
import {
  EvaluationNotFailed,
  RectificationExists,
  RectificationNotInState,
  RectificationReportIncomplete,
  RectificationUsedUp,
  RectificationWindowClosed,
} from '../problems.ts'
import { type Rectification, rectificationActions } from '../rules/rectifications.ts'
import {
  NewRectification,
  RectificationBody,
  RectificationFilterQuery,
  RectificationParams,
  RectificationReportBody,
} from '../schemas.ts'
import {
  DocumentNotUsable,
  demandRectification,
  readRectification,
  readRectifications,
  reportRectification,
} from '../service/rectifying.ts'

const tag = 'Evaluations'

export function rectificationRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rectifications',
    operationId: 'issueRectification',
    summary: 'Demand a rectification',
    tag,
    description:
      'After a mid-term evaluation was published as failed: says item by item what must be mended. The window is the ' +
      "policy's period, counted in working days from today; without a report by its end the rectification fails by itself.",
    allow: IssueRectification,
    body: NewRectification,
    status: 201,
    answer: RectificationBody,
    problems: [EvaluationNotFailed, RectificationExists, RectificationUsedUp, CalendarYearMissing],
    location: (rectification) => `/rectifications/${rectification.id}`,
    run: (work, { body }) => demandRectification(work, body),
    present,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rectifications/:rectificationId/report',
    operationId: 'reportRectification',
    summary: 'Hand in the report on a rectification',
    tag,
    description:
      'The agency answers every item in its order (D2-19), before 24:00 of the last day. Then the operator schedules ' +
      'the re-evaluation.',
    allow: ReportRectification,
    params: RectificationParams,
    body: RectificationReportBody,
    ifMatch: true,
    status: 200,
    answer: RectificationBody,
    problems: [RectificationNotInState, RectificationWindowClosed, RectificationReportIncomplete, DocumentNotUsable],
    run: (work, { params, body }) => reportRectification(work, params.rectificationId, { documentIds: [], ...body }),
    present,
  })
  readRoute(app, {
    url: '/rectifications/:rectificationId',
    operationId: 'readRectification',
    summary: 'Read a rectification',
    description: 'For the host’s side and the agency that must mend.',
    tag,
    allow: ReadRectification,
    params: RectificationParams,
    answer: RectificationBody,
    run: (work, { params }) => readRectification(work, params.rectificationId),
    present,
  })
  listRoute(app, {
    url: '/rectifications',
    operationId: 'listRectifications',
    summary: 'List rectifications, newest first',
    description: 'Those of the own host; for an agency those of its own projects.',
    tag,
    allow: ListRectifications,
    query: RectificationFilterQuery,
    item: RectificationBody,
    pageTitle: 'RectificationPage',
    run: (work, { query, limit, after }) => readRectifications(work, query, limit, after),
    present,
  })
}

function present(rectification: Rectification): Static<typeof RectificationBody> {
  const { version: _version, items, report, ...rest } = rectification
  return {
    ...rest,
    items: [...items],
    report: report === null ? null : { answers: [...report.answers], documentIds: [...report.documentIds] },
    dueAt: rest.dueAt.toISOString(),
    submittedAt: rest.submittedAt?.toISOString() ?? null,
    actions: rectificationActions(rectification),
    createdAt: rest.createdAt.toISOString(),
  }
}
