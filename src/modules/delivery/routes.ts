import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { DocumentNotUsable } from '../documents/index.ts'
import { ListMilestones, ListReportDuties, ListReports, ReadReport, SubmitReport } from './policy.ts'
import { IndicatorUnknown, ProjectNotUnderWay, ReportClosed, ReportNotDue, SatisfactionImpossible } from './problems.ts'
import {
  contentOf,
  MilestoneBody,
  MilestoneFilter,
  NewReport,
  presentDuty,
  presentMilestone,
  presentReport,
  ReportBody,
  ReportDutyBody,
  ReportDutyFilter,
  ReportFilter,
  ReportParams,
} from './schemas.ts'
import { handInReport, readMilestones, readReport, readReportDuties, readReports } from './service.ts'

const tag = 'Delivery'

export function deliveryRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/reports',
    operationId: 'submitReport',
    summary: 'Hand in a report',
    description:
      'The agency reports on a month, half way (自评) or at the end (结项报告) of a project under way. Until 24:00 of the due day a newer report replaces it; a late one is taken and marked, and the duty stays missed (D2-17).',
    tag,
    allow: SubmitReport,
    body: NewReport,
    status: 201,
    answer: ReportBody,
    problems: [
      ReportNotDue,
      ReportClosed,
      ProjectNotUnderWay,
      IndicatorUnknown,
      SatisfactionImpossible,
      DocumentNotUsable,
    ],
    location: (report) => `/reports/${report.id}`,
    run: (work, { body }) =>
      handInReport(work, {
        ...contentOf(body),
        projectId: body.projectId,
        kind: body.kind,
        month: body.month ?? null,
      }),
    present: presentReport,
  })
  readRoute(app, {
    url: '/reports/:reportId',
    operationId: 'readReport',
    summary: 'Read a report',
    tag,
    allow: ReadReport,
    params: ReportParams,
    answer: ReportBody,
    run: (work, { params }) => readReport(work, params.reportId),
    present: presentReport,
  })
  listRoute(app, {
    url: '/reports',
    operationId: 'listReports',
    summary: 'List reports, newest first',
    description: 'The host’s side sees those of its host, an agency its own.',
    tag,
    allow: ListReports,
    query: ReportFilter,
    item: ReportBody,
    pageTitle: 'ReportPage',
    run: (work, { query, limit, after }) => readReports(work, query, limit, after),
    present: presentReport,
  })
  listRoute(app, {
    url: '/report-duties',
    operationId: 'listReportDuties',
    summary: 'List what has to be reported',
    description: 'Each report that a project owes, with its due day and how that came about.',
    tag,
    allow: ListReportDuties,
    query: ReportDutyFilter,
    item: ReportDutyBody,
    pageTitle: 'ReportDutyPage',
    run: (work, { query, limit, after }) => readReportDuties(work, query, limit, after),
    present: presentDuty,
  })
  listRoute(app, {
    url: '/milestones',
    operationId: 'listMilestones',
    summary: 'List milestones',
    description: 'The mid-point and the end of projects under agreement.',
    tag,
    allow: ListMilestones,
    query: MilestoneFilter,
    item: MilestoneBody,
    pageTitle: 'MilestonePage',
    run: (work, { query, limit, after }) => readMilestones(work, query, limit, after),
    present: presentMilestone,
  })
}
