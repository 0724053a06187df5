import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type {
  DecidedBy,
  EvaluationKind,
  EvaluationState,
  Satisfaction,
  ScoreItem,
  SelfReportStanding,
  SiteVisit,
} from './rules/evaluations.ts'
import type { RectificationReport, RectificationState } from './rules/rectifications.ts'

export const postponement = pgTable('postponement', {
  id: typeId('id', 'ppn').primaryKey(),
  hostId: typeId('host_id', 'org').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  postponedFrom: legalDate('postponed_from').notNull(),
  dueOn: legalDate('due_on').notNull(),
  dueAt: instant('due_at').notNull(),
  reason: text('reason').notNull(),
  grantedAt: instant('granted_at').notNull(),
})

export const evaluation = pgTable('evaluation', {
  id: typeId('id', 'evl').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<EvaluationKind>().notNull(),
  attempt: integer('attempt').notNull(),
  state: text('state').$type<EvaluationState>().notNull(),
  rectificationId: typeId('rectification_id', 'rct'),
  evaluatorOrganizationId: typeId('evaluator_organization_id', 'org'),
  selfReportId: typeId('self_report_id', 'rpt'),
  selfReportStanding: text('self_report_standing').$type<SelfReportStanding>(),
  visit: jsonb('visit').$type<SiteVisit>(),
  items: jsonb('items').$type<readonly ScoreItem[]>(),
  bonusHundredths: integer('bonus_hundredths'),
  deductionHundredths: integer('deduction_hundredths'),
  vetoes: text('vetoes').array().notNull(),
  totalHundredths: integer('total_hundredths'),
  result: text('result'),
  isFail: boolean('is_fail'),
  decidedBy: text('decided_by').$type<DecidedBy>(),
  satisfaction: jsonb('satisfaction').$type<Satisfaction>(),
  opinion: text('opinion'),
  feedback: text('feedback'),
  scoredAt: instant('scored_at'),
  publishedAt: instant('published_at'),
  resultNoticeId: typeId('result_notice_id', 'ntc'),
  createdAt: instant('created_at').notNull(),
})

export const rectification = pgTable('rectification', {
  id: typeId('id', 'rct').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  evaluationId: typeId('evaluation_id', 'evl').notNull(),
  items: text('items').array().notNull(),
  issuedOn: legalDate('issued_on').notNull(),
  due: jsonb('due_resolved').$type<ResolvedDate>().notNull(),
  dueAt: instant('due_at').notNull(),
  state: text('state').$type<RectificationState>().notNull(),
  report: jsonb('report').$type<RectificationReport>(),
  submittedAt: instant('submitted_at'),
  createdAt: instant('created_at').notNull(),
})
