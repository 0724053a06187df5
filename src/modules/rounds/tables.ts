import { integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { RoundPolicy } from './policyDocument.ts'
import type { Confirmation, FundSource, ProcurementMode, RoundState } from './rules.ts'

export const round = pgTable('round', {
  id: typeId('id', 'rnd').primaryKey(),
  version: integer('version').notNull(),
  code: text('code').notNull(),
  title: text('title').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  operatorId: typeId('operator_id', 'org'),
  procurementMode: text('procurement_mode').$type<ProcurementMode>().notNull(),
  policy: jsonb('policy').$type<RoundPolicy>().notNull(),
  policyVersion: integer('policy_version').notNull(),
  requiredPolicyVersion: integer('required_policy_version').notNull(),
  confirmBy: instant('confirm_by'),
  opensAt: instant('opens_at').notNull(),
  closesAt: instant('closes_at').notNull(),
  cycleStartsOn: legalDate('cycle_starts_on').notNull(),
  cycleEndsOn: legalDate('cycle_ends_on').notNull(),
  state: text('state').$type<RoundState>().notNull(),
  publishedAt: instant('published_at'),
  formalCheckDue: jsonb('formal_check_due').$type<ResolvedDate>(),
  openedAt: instant('opened_at'),
  cancelReason: text('cancel_reason'),
  cancelledFrom: text('cancelled_from').$type<RoundState>(),
  createdAt: instant('created_at').notNull(),
})

export const fundPool = pgTable('fund_pool', {
  id: typeId('id', 'pool').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  position: integer('position').notNull(),
  source: text('source').$type<FundSource>().notNull(),
  name: text('name').notNull(),
  sizeFen: fen('size_fen').notNull(),
  allocatedFen: fen('allocated_fen').notNull(),
  purposes: text('purposes').array(),
  fields: text('fields').array(),
})

export const roundNeed = pgTable(
  'round_need',
  {
    roundId: typeId('round_id', 'rnd').notNull(),
    needId: typeId('need_id', 'need').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.needId] })],
)

export const roundPolicyVersion = pgTable(
  'round_policy_version',
  {
    roundId: typeId('round_id', 'rnd').notNull(),
    version: integer('version').notNull(),
    policy: jsonb('policy').$type<RoundPolicy>().notNull(),
    opensAt: instant('opens_at').notNull(),
    closesAt: instant('closes_at').notNull(),
    cycleStartsOn: legalDate('cycle_starts_on').notNull(),
    cycleEndsOn: legalDate('cycle_ends_on').notNull(),
    changed: text('changed').array().notNull(),
    reason: text('reason'),
    confirmation: text('confirmation').$type<Confirmation>().notNull(),
    confirmBy: instant('confirm_by'),
    publishedAt: instant('published_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.version] })],
)
