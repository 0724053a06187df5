import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { fen, instant, typeId } from '../../platform/database/columns.ts'
import type { BeneficiaryGroup, BeneficiaryUnit, LotteryPurpose, NeedState, ServiceField } from './rules.ts'

export const need = pgTable('need', {
  id: typeId('id', 'need').primaryKey(),
  version: integer('version').notNull(),
  code: text('code'),
  hostId: typeId('host_id', 'org').notNull(),
  divisionCode: text('division_code').notNull(),
  title: text('title').notNull(),
  description: text('description').notNull(),
  beneficiaryGroup: text('beneficiary_group').$type<BeneficiaryGroup>().notNull(),
  beneficiaryCount: integer('beneficiary_count').notNull(),
  beneficiaryUnit: text('beneficiary_unit').$type<BeneficiaryUnit>().notNull(),
  serviceField: text('service_field').$type<ServiceField>().notNull(),
  lotteryPurpose: text('lottery_purpose').$type<LotteryPurpose>(),
  referenceBudgetFen: fen('reference_budget_fen').notNull(),
  source: text('source'),
  state: text('state').$type<NeedState>().notNull(),
  publishedAt: instant('published_at'),
  createdAt: instant('created_at').notNull(),
})
