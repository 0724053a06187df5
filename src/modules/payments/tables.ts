import { integer, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import type { Period, ResolvedDate } from '../../kernel/workdays.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { AccountKind, LedgerKind } from './rules/ledger.ts'
import type { RefundClaimState } from './rules/refunds.ts'
import type { HoldReason, TrancheState, TrancheTrigger } from './rules/tranches.ts'

export const projectGrant = pgTable('project_grant', {
  projectId: typeId('project_id', 'prj').primaryKey(),
  version: integer('version').notNull(),
  awardId: typeId('award_id', 'awd').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  approvedFen: fen('approved_fen').notNull(),
  paidFen: fen('paid_fen').notNull(),
  refundedFen: fen('refunded_fen').notNull(),
  eligibleFen: fen('eligible_fen'),
  settledOn: legalDate('settled_on'),
  createdAt: instant('created_at').notNull(),
})

export const projectGrantSource = pgTable(
  'project_grant_source',
  {
    projectId: typeId('project_id', 'prj').notNull(),
    poolId: typeId('pool_id', 'pool').notNull(),
    position: smallint('position').notNull(),
    source: text('source').notNull(),
    approvedFen: fen('approved_fen').notNull(),
    paidFen: fen('paid_fen').notNull(),
    refundedFen: fen('refunded_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.poolId] })],
)

export const tranche = pgTable('tranche', {
  id: typeId('id', 'trn').primaryKey(),
  version: integer('version').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  awardId: typeId('award_id', 'awd').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  number: smallint('number').notNull(),
  trigger: text('trigger').$type<TrancheTrigger>().notNull(),
  duePeriod: jsonb('due_period').$type<Period>().notNull(),
  scheduledFen: fen('scheduled_fen').notNull(),
  payableFen: fen('payable_fen'),
  triggeredOn: legalDate('triggered_on'),
  due: jsonb('due_resolved').$type<ResolvedDate>(),
  state: text('state').$type<TrancheState>().notNull(),
  holdReason: text('hold_reason').$type<HoldReason>(),
  holdNote: text('hold_note'),
  requestedBy: text('requested_by'),
  requestedAt: instant('requested_at'),
  approvedBy: text('approved_by'),
  approvedAt: instant('approved_at'),
  paidBy: text('paid_by'),
  paidOn: legalDate('paid_on'),
  voucher: text('voucher'),
  createdAt: instant('created_at').notNull(),
})

export const trancheSource = pgTable(
  'tranche_source',
  {
    trancheId: typeId('tranche_id', 'trn').notNull(),
    poolId: typeId('pool_id', 'pool').notNull(),
    position: smallint('position').notNull(),
    source: text('source').notNull(),
    scheduledFen: fen('scheduled_fen').notNull(),
    payableFen: fen('payable_fen'),
  },
  (table) => [primaryKey({ columns: [table.trancheId, table.poolId] })],
)

export const refundClaim = pgTable('refund_claim', {
  id: typeId('id', 'rfc').primaryKey(),
  version: integer('version').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  amountFen: fen('amount_fen').notNull(),
  receivedFen: fen('received_fen').notNull(),
  issuedOn: legalDate('issued_on').notNull(),
  due: jsonb('due_resolved').$type<ResolvedDate>().notNull(),
  dueAt: instant('due_at').notNull(),
  state: text('state').$type<RefundClaimState>().notNull(),
  referralNote: text('referral_note'),
  createdAt: instant('created_at').notNull(),
})

export const refundClaimSource = pgTable(
  'refund_claim_source',
  {
    claimId: typeId('claim_id', 'rfc').notNull(),
    poolId: typeId('pool_id', 'pool').notNull(),
    position: smallint('position').notNull(),
    source: text('source').notNull(),
    amountFen: fen('amount_fen').notNull(),
    receivedFen: fen('received_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.claimId, table.poolId] })],
)

export const refundReceipt = pgTable('refund_receipt', {
  id: typeId('id', 'rcp').primaryKey(),
  claimId: typeId('claim_id', 'rfc').notNull(),
  amountFen: fen('amount_fen').notNull(),
  receivedOn: legalDate('received_on').notNull(),
  voucher: text('voucher').notNull(),
  recordedBy: text('recorded_by').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const ledgerAccount = pgTable('ledger_account', {
  id: typeId('id', 'lac').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  poolId: typeId('pool_id', 'pool').notNull(),
  source: text('source').notNull(),
  projectId: typeId('project_id', 'prj'),
  kind: text('kind').$type<AccountKind>().notNull(),
  balanceFen: fen('balance_fen').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const ledgerTransaction = pgTable('ledger_transaction', {
  id: typeId('id', 'ltx').primaryKey(),
  kind: text('kind').$type<LedgerKind>().notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  trancheId: typeId('tranche_id', 'trn'),
  happenedOn: legalDate('happened_on').notNull(),
  recordedBy: text('recorded_by').notNull(),
  recordedAt: instant('recorded_at').notNull(),
})

export const ledgerEntry = pgTable(
  'ledger_entry',
  {
    transactionId: typeId('transaction_id', 'ltx').notNull(),
    accountId: typeId('account_id', 'lac').notNull(),
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.transactionId, table.accountId] })],
)
