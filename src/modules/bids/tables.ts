import { customType, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { BidManifest, ReceiptKind } from '../../kernel/receipt.ts'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { BidContent, BidState } from './rules/bid.ts'
import type { Finding } from './rules/budget.ts'
import type { EligibilityFacts } from './rules/eligibility.ts'
import type { BidFlagCode, BidFlagState } from './rules/flags.ts'
import type { OpeningOutcome, OpeningState } from './rules/opening.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const bid = pgTable('bid', {
  id: typeId('id', 'bid').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  needId: typeId('need_id', 'need').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  sponsoredGroupId: typeId('sponsored_group_id', 'org'),
  state: text('state').$type<BidState>().notNull(),
  currentVersion: integer('current_version').notNull(),
  requestedFen: fen('requested_fen'),
  submittedAt: instant('submitted_at'),
  confirmedPolicyVersion: integer('confirmed_policy_version'),
  openedAt: instant('opened_at'),
  openingOutcome: text('opening_outcome').$type<OpeningOutcome>(),
  openingVersion: integer('opening_version'),
  openingReason: text('opening_reason'),
  checkedAt: instant('checked_at'),
  findings: jsonb('findings').$type<readonly Finding[]>().notNull(),
  remarks: text('remarks'),
  correctionsUsed: integer('corrections_used').notNull(),
  correctionDue: jsonb('correction_due').$type<ResolvedDate>(),
  toldAt: instant('told_at'),
  createdAt: instant('created_at').notNull(),
})

export const bidVersion = pgTable(
  'bid_version',
  {
    bidId: typeId('bid_id', 'bid').notNull(),
    number: integer('number').notNull(),
    content: jsonb('content').$type<BidContent>(),
    sealed: bytes('sealed'),
    manifest: jsonb('manifest').$type<BidManifest>(),
    salt: bytes('salt').notNull(),
    commitment: text('commitment').notNull(),
    projectVersion: integer('project_version').notNull(),
    submittedAt: instant('submitted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bidId, table.number] })],
)

export const receipt = pgTable('receipt', {
  id: typeId('id', 'rcp').primaryKey(),
  bidId: typeId('bid_id', 'bid').notNull(),
  number: integer('number').notNull(),
  kind: text('kind').$type<ReceiptKind>().notNull(),
  eventId: typeId('event_id', 'evt').notNull(),
  commitment: text('commitment').notNull(),
  receivedAt: instant('received_at').notNull(),
  jws: text('jws').notNull(),
})

export const bidOpening = pgTable('bid_opening', {
  roundId: typeId('round_id', 'rnd').primaryKey(),
  hostId: typeId('host_id', 'org').notNull(),
  state: text('state').$type<OpeningState>().notNull(),
  openers: text('openers').array().notNull(),
  requestedAt: instant('requested_at').notNull(),
  finishedAt: instant('finished_at'),
})

export const bidEligibility = pgTable(
  'bid_eligibility',
  {
    bidId: typeId('bid_id', 'bid').notNull(),
    number: integer('number').notNull(),
    day: legalDate('day').notNull(),
    facts: jsonb('facts').$type<EligibilityFacts>().notNull(),
    findings: jsonb('findings').$type<readonly Finding[]>().notNull(),
    takenAt: instant('taken_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bidId, table.number] })],
)

export const bidFlag = pgTable('bid_flag', {
  id: typeId('id', 'flg').primaryKey(),
  version: integer('version').notNull(),
  bidId: typeId('bid_id', 'bid').notNull(),
  code: text('code').$type<BidFlagCode>().notNull(),
  otherBidId: typeId('other_bid_id', 'bid'),
  detail: text('detail').notNull(),
  state: text('state').$type<BidFlagState>().notNull(),
  decidedBy: text('decided_by'),
  decidedAt: instant('decided_at'),
  reason: text('reason'),
  raisedAt: instant('raised_at').notNull(),
})

export const bidDocument = pgTable('bid_document', {
  documentId: typeId('document_id', 'doc').primaryKey(),
  bidId: typeId('bid_id', 'bid').notNull(),
  findings: jsonb('findings').$type<readonly { readonly code: string; readonly where: string }[]>().notNull(),
})

export const toldResult = pgTable('told_result', {
  bidId: typeId('bid_id', 'bid').primaryKey(),
  toldAt: instant('told_at').notNull(),
})
