import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { instant, legalDate, typeId } from '../../platform/database/columns.ts'
import { blindIndex, encrypted } from '../../platform/database/encrypted.ts'
import type { ContactField } from './rules/contacts.ts'
import type { AnnualCheckResult, EvaluationGrade, OrganizationType, Staff } from './rules/organization.ts'
import type { BanCause, CreditListingKind } from './rules/standing.ts'

export const organization = pgTable('organization', {
  id: typeId('id', 'org').primaryKey(),
  version: integer('version').notNull(),
  name: text('name').notNull(),
  type: text('type').$type<OrganizationType>().notNull(),
  creditCode: text('credit_code'),
  divisionCode: text('division_code'),
  registeredOn: legalDate('registered_on'),
  deregisteredOn: legalDate('deregistered_on'),
  gradeLevel: text('grade_level').$type<EvaluationGrade>(),
  gradeValidFrom: legalDate('grade_valid_from'),
  gradeValidTo: legalDate('grade_valid_to'),
  annualChecks: jsonb('annual_checks').$type<{ year: number; result: AnnualCheckResult }[]>().notNull(),
  staff: jsonb('staff').$type<Staff>(),
  sponsorId: typeId('sponsor_id', 'org'),
  createdAt: instant('created_at').notNull(),
})

export const organizationContact = pgTable('organization_contact', {
  organizationId: typeId('organization_id', 'org').primaryKey(),
  legalRepresentative: encrypted('legal_representative'),
  legalRepresentativeIndex: blindIndex('legal_representative_index'),
  address: encrypted('address'),
  addressIndex: blindIndex('address_index'),
  phone: encrypted('phone'),
  phoneIndex: blindIndex('phone_index'),
  bankAccount: encrypted('bank_account'),
  bankAccountIndex: blindIndex('bank_account_index'),
  updatedAt: instant('updated_at').notNull(),
})

export const contactReveal = pgTable('contact_reveal', {
  id: typeId('id', 'rvl').primaryKey(),
  organizationId: typeId('organization_id', 'org').notNull(),
  fields: text('fields').array().$type<ContactField[]>().notNull(),
  reason: text('reason').notNull(),
  actor: text('actor').notNull(),
  revealedAt: instant('revealed_at').notNull(),
})

export const creditListing = pgTable('credit_listing', {
  id: typeId('id', 'lst').primaryKey(),
  version: integer('version').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<CreditListingKind>().notNull(),
  listedOn: legalDate('listed_on').notNull(),
  source: text('source').notNull(),
  removedOn: legalDate('removed_on'),
  removalSource: text('removal_source'),
  isAnnulled: boolean('is_annulled').notNull(),
  recordedBy: text('recorded_by').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const organizationBan = pgTable('organization_ban', {
  id: typeId('id', 'ban').primaryKey(),
  version: integer('version').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  cause: text('cause').$type<BanCause>().notNull(),
  subject: text('subject'),
  startsOn: legalDate('starts_on').notNull(),
  endsOn: legalDate('ends_on').notNull(),
  reason: text('reason').notNull(),
  liftedOn: legalDate('lifted_on'),
  liftReason: text('lift_reason'),
  recordedBy: text('recorded_by').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const overdueRefund = pgTable('overdue_refund', {
  subject: text('subject').primaryKey(),
  organizationId: typeId('organization_id', 'org').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  dueOn: legalDate('due_on').notNull(),
  clearedOn: legalDate('cleared_on'),
})
