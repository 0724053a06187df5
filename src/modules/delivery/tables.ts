import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { Period, ResolvedDate } from '../../kernel/workdays.ts'
import { instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { DutyState, MilestoneKind, ReportKind } from './rules.ts'

export const milestone = pgTable('milestone', {
  id: typeId('id', 'mst').primaryKey(),
  projectId: typeId('project_id', 'prj').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<MilestoneKind>().notNull(),
  fallsOn: legalDate('falls_on').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const reportDuty = pgTable('report_duty', {
  id: typeId('id', 'rdt').primaryKey(),
  version: integer('version').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<ReportKind>().notNull(),
  month: text('month'),
  countsFrom: legalDate('counts_from').notNull(),
  duePeriod: jsonb('due_period').$type<Period>().notNull(),
  due: jsonb('due_resolved').$type<ResolvedDate>(),
  dueAt: instant('due_at'),
  state: text('state').$type<DutyState>().notNull(),
  createdAt: instant('created_at').notNull(),
})

/** Amounts inside JSON are text: JSON numbers end at 2^53. */
export interface StoredValue {
  readonly indicatorId: string
  readonly value: number | null
  readonly amountFen: string | null
}

export const report = pgTable('report', {
  id: typeId('id', 'rpt').primaryKey(),
  version: integer('version').notNull(),
  dutyId: typeId('duty_id', 'rdt').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<ReportKind>().notNull(),
  indicatorValues: jsonb('indicator_values').$type<StoredValue[]>().notNull(),
  validAnswers: integer('valid_answers'),
  satisfied: integer('satisfied'),
  narrative: text('narrative').notNull(),
  documentIds: text('document_ids').array().notNull(),
  isLate: boolean('is_late').notNull(),
  submittedBy: text('submitted_by').notNull(),
  submittedAt: instant('submitted_at').notNull(),
  createdAt: instant('created_at').notNull(),
})
