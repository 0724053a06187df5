import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { AdviceDocument, WrittenDeparture } from './rules/adviceDocument.ts'
import type { PassedOverReason } from './rules/allocation.ts'
import type { AwardBudget, AwardSource, AwardState } from './rules/award.ts'
import type { CarryReason } from './rules/carrying.ts'
import type { Rejection } from './rules/meeting.ts'

export const award = pgTable('award', {
  id: typeId('id', 'awd').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  bidId: typeId('bid_id', 'bid').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  needId: typeId('need_id', 'need').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  sponsoredGroupId: typeId('sponsored_group_id', 'org'),
  sequence: integer('sequence').notNull(),
  requestedFen: fen('requested_fen').notNull(),
  approvedFen: fen('approved_fen').notNull(),
  state: text('state').$type<AwardState>().notNull(),
  isSingleBid: boolean('is_single_bid').notNull(),
  revisedBudget: jsonb('revised_budget').$type<AwardBudget>(),
  budgetDue: jsonb('budget_due').$type<ResolvedDate>(),
  noticeClosesAt: instant('notice_closes_at'),
  noticeId: typeId('notice_id', 'ntc'),
  decisionId: typeId('decision_id', 'dec'),
  endReason: text('end_reason'),
  reviewedById: typeId('reviewed_by_id', 'org'),
  createdAt: instant('created_at').notNull(),
})

export const awardSource = pgTable('award_source', {
  awardId: typeId('award_id', 'awd').notNull(),
  poolId: typeId('pool_id', 'pool').notNull(),
  position: integer('position').notNull(),
  source: text('source').$type<AwardSource['source']>().notNull(),
  amountFen: fen('amount_fen').notNull(),
})

export const fixedAmount = pgTable('fixed_amount', {
  bidId: typeId('bid_id', 'bid').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  approvedFen: fen('approved_fen').notNull(),
  fixedAt: instant('fixed_at').notNull(),
})

export const allocationAdvice = pgTable('allocation_advice', {
  id: typeId('id', 'adv').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  number: integer('number').notNull(),
  digest: text('digest').notNull(),
  document: jsonb('document').$type<AdviceDocument>().notNull(),
  computedAt: instant('computed_at').notNull(),
})

export const adviceDeparture = pgTable('advice_departure', {
  roundId: typeId('round_id', 'rnd').notNull(),
  number: integer('number').notNull(),
  adviceId: typeId('advice_id', 'adv').notNull(),
  departures: jsonb('departures').$type<readonly WrittenDeparture[]>().notNull(),
  reason: text('reason'),
  recordedAt: instant('recorded_at').notNull(),
})

export const decisionMeeting = pgTable('decision_meeting', {
  id: typeId('id', 'dec').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  heldOn: legalDate('held_on').notNull(),
  minutes: text('minutes').notNull(),
  attendees: integer('attendees'),
  rejections: jsonb('rejections').$type<readonly Rejection[]>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const meetingCorrection = pgTable('meeting_correction', {
  id: typeId('id', 'dmc').primaryKey(),
  meetingId: typeId('meeting_id', 'dec').notNull(),
  number: integer('number').notNull(),
  minutes: text('minutes').notNull(),
  reason: text('reason').notNull(),
  correctedAt: instant('corrected_at').notNull(),
})

export const reserveList = pgTable('reserve_list', {
  roundId: typeId('round_id', 'rnd').primaryKey(),
  expires: jsonb('expires').$type<ResolvedDate>().notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export const carriedNeed = pgTable('carried_need', {
  roundId: typeId('round_id', 'rnd').notNull(),
  needId: typeId('need_id', 'need').notNull(),
  fromRoundId: typeId('from_round_id', 'rnd').notNull(),
  reason: text('reason').$type<CarryReason>().notNull(),
  carriedAt: instant('carried_at').notNull(),
})

export const passedOver = pgTable('passed_over', {
  bidId: typeId('bid_id', 'bid').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  reason: text('reason').$type<PassedOverReason>().notNull(),
})
