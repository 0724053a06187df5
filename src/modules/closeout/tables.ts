import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { AuditState, SettlementKind } from './rules/closeout.ts'

/** Money inside JSON is text: JSON numbers are floats. */
export interface StoredDisallowance {
  readonly category: string
  readonly amountFen: string
  readonly reasonCode: string
}

export const audit = pgTable('audit', {
  id: typeId('id', 'aud').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  auditorOrganizationId: typeId('auditor_organization_id', 'org'),
  eligibleFen: fen('eligible_fen').notNull(),
  ownMatchingFen: fen('own_matching_fen'),
  disallowed: jsonb('disallowed').$type<readonly StoredDisallowance[]>().notNull(),
  opinion: text('opinion'),
  documentIds: text('document_ids').array().notNull(),
  auditedOn: legalDate('audited_on').notNull(),
  acceptedOn: legalDate('accepted_on').notNull(),
  state: text('state').$type<AuditState>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const settlement = pgTable('settlement', {
  id: typeId('id', 'stl').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  kind: text('kind').$type<SettlementKind>().notNull(),
  evaluationId: typeId('evaluation_id', 'evl'),
  auditId: typeId('audit_id', 'aud').notNull(),
  grade: text('grade'),
  approvedFen: fen('approved_fen').notNull(),
  paidFen: fen('paid_fen').notNull(),
  auditedFen: fen('audited_fen').notNull(),
  eligibleFen: fen('eligible_fen').notNull(),
  scheduledFen: fen('scheduled_fen').notNull(),
  finalTrancheFen: fen('final_tranche_fen').notNull(),
  refundFen: fen('refund_fen').notNull(),
  netFen: fen('net_fen').notNull(),
  settledOn: legalDate('settled_on').notNull(),
  finalDue: jsonb('final_due_resolved').$type<ResolvedDate>(),
  carriesOver: boolean('carries_over').notNull(),
  refundClaimId: typeId('refund_claim_id', 'rfc'),
  createdAt: instant('created_at').notNull(),
})

export const settlementSource = pgTable(
  'settlement_source',
  {
    settlementId: typeId('settlement_id', 'stl').notNull(),
    poolId: typeId('pool_id', 'pool').notNull(),
    position: integer('position').notNull(),
    source: text('source').notNull(),
    approvedFen: fen('approved_fen').notNull(),
    paidFen: fen('paid_fen').notNull(),
    refundFen: fen('refund_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.poolId] })],
)
