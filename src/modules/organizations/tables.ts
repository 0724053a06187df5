import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { AnnualCheckResult, EvaluationGrade, OrganizationType, Staff } from './rules.ts'

export const organization = pgTable('organization', {
  id: typeId('id', 'org').primaryKey(),
  version: integer('version').notNull(),
  name: text('name').notNull(),
  type: text('type').$type<OrganizationType>().notNull(),
  creditCode: text('credit_code'),
  divisionCode: text('division_code'),
  registeredOn: legalDate('registered_on'),
  gradeLevel: text('grade_level').$type<EvaluationGrade>(),
  gradeValidTo: legalDate('grade_valid_to'),
  annualChecks: jsonb('annual_checks').$type<{ year: number; result: AnnualCheckResult }[]>().notNull(),
  staff: jsonb('staff').$type<Staff>(),
  sponsorId: typeId('sponsor_id', 'org'),
  createdAt: instant('created_at').notNull(),
})
