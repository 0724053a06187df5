import { sql } from 'drizzle-orm'
import { bigint, boolean, customType, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { DrawCandidate, DrawnSeat, Quota } from '../../kernel/draw.ts'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import { encrypted } from '../../platform/database/encrypted.ts'
import { idOfUuid, uuidOf } from '../../platform/ids.ts'
import type { Relation } from './rules/conflicts.ts'
import type { DrawConflict, DrawState, DropOut } from './rules/draw.ts'
import type { LevelRecordKind, LevelState } from './rules/levels.ts'
import type { RankingEntry } from './rules/ranking.ts'
import type { RequestState } from './rules/requests.ts'
import type { ScoreResult } from './rules/results.ts'
import type { Employment, MemberKind, RecusalReason, SeatState } from './rules/seating.ts'
import type { ItemState, Outcome, Tally } from './rules/session.ts'
import type { SheetItem, Vote } from './rules/sheets.ts'
import type { RankingWithdrawal } from './rules/withdrawal.ts'

/** Identifiers in a `uuid[]` column. */
function typeIds(name: string, prefix: string) {
  return customType<{ data: readonly string[]; driverData: unknown }>({
    dataType: () => 'uuid[]',
    toDriver: (ids) => {
      const uuids = ids.map((id) => uuidOf(id, prefix))
      return sql`${`{${uuids.join(',')}}`}::uuid[]`
    },
    fromDriver: (uuids) => (uuids as string[]).map((uuid) => idOfUuid(uuid, prefix)),
  })(name)
}

export const expert = pgTable('expert', {
  id: typeId('id', 'exp').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  code: text('code').notNull(),
  fields: text('fields').array().notNull(),
  employments: jsonb('employments').$type<readonly Employment[]>().notNull(),
  relations: jsonb('relations').$type<readonly Relation[]>().notNull(),
  conflictOrganizationIds: typeIds('conflict_organization_ids', 'org').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const reviewPanel = pgTable('review_panel', {
  id: typeId('id', 'pnl').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  reviewOn: legalDate('review_on').notNull(),
  size: integer('size').notNull(),
  quorum: integer('quorum').notNull(),
  rankingWithdrawals: jsonb('ranking_withdrawals').$type<readonly RankingWithdrawal[]>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const panelMember = pgTable('panel_member', {
  panelId: typeId('panel_id', 'pnl').notNull(),
  expertId: typeId('expert_id', 'exp').notNull(),
  position: integer('position').notNull(),
  kind: text('kind').$type<MemberKind>().notNull(),
})

export const panelSeat = pgTable('panel_seat', {
  panelId: typeId('panel_id', 'pnl').notNull(),
  bidId: typeId('bid_id', 'bid').notNull(),
  expertId: typeId('expert_id', 'exp').notNull(),
  position: integer('position').notNull(),
  state: text('state').$type<SeatState>().notNull(),
  reason: text('reason').$type<RecusalReason>(),
  remark: text('remark'),
  absence: text('absence'),
})

export const scoreSheet = pgTable('score_sheet', {
  id: typeId('id', 'sht').primaryKey(),
  bidId: typeId('bid_id', 'bid').notNull(),
  expertId: typeId('expert_id', 'exp').notNull(),
  panelId: typeId('panel_id', 'pnl').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  signingNumber: bigint('signing_number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  items: jsonb('items').$type<readonly SheetItem[]>().notNull(),
  totalHundredths: integer('total_hundredths').notNull(),
  vote: text('vote').$type<Vote>(),
  recommendedFen: fen('recommended_fen'),
  remark: text('remark'),
  correctsId: typeId('corrects_id', 'sht'),
  correctionReason: text('correction_reason'),
  outlierReason: text('outlier_reason'),
  signedAt: instant('signed_at').notNull(),
  voidedAt: instant('voided_at'),
  createdAt: instant('created_at').notNull(),
})

export const expertDraw = pgTable('expert_draw', {
  id: typeId('id', 'edr').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  number: integer('number').notNull(),
  state: text('state').$type<DrawState>().notNull(),
  reviewOn: legalDate('review_on').notNull(),
  size: integer('size').notNull(),
  quotas: jsonb('quotas').$type<readonly Quota[]>().notNull(),
  candidates: jsonb('candidates').$type<readonly DrawCandidate[]>().notNull(),
  conflicts: jsonb('conflicts').$type<readonly DrawConflict[]>().notNull(),
  termsDigest: text('terms_digest').notNull(),
  hostCommitment: text('host_commitment'),
  serviceCommitment: text('service_commitment').notNull(),
  serviceSeedSealed: encrypted('service_seed_sealed').notNull(),
  hostSeed: text('host_seed'),
  serviceSeed: text('service_seed'),
  dropOuts: jsonb('drop_outs').$type<readonly DropOut[]>().notNull(),
  seats: jsonb('seats').$type<readonly DrawnSeat[]>().notNull(),
  abandonmentReason: text('abandonment_reason'),
  revealedAt: instant('revealed_at'),
  createdAt: instant('created_at').notNull(),
})

export const recusalRequest = pgTable('recusal_request', {
  id: typeId('id', 'rcq').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  bidId: typeId('bid_id', 'bid').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  expertCode: text('expert_code').notNull(),
  reason: text('reason').notNull(),
  state: text('state').$type<RequestState>().notNull(),
  decisionReason: text('decision_reason'),
  decidedBy: text('decided_by'),
  decidedAt: instant('decided_at'),
  createdAt: instant('created_at').notNull(),
})

export const lotDrawing = pgTable('lot_drawing', {
  id: typeId('id', 'lot').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  bidIds: typeIds('bid_ids', 'bid').notNull(),
  place: text('place').notNull(),
  witnesses: text('witnesses').array().notNull(),
  drawnAt: instant('drawn_at').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const ranking = pgTable('ranking', {
  id: typeId('id', 'rnk').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  entries: jsonb('entries').$type<readonly RankingEntry[]>().notNull(),
  withoutResult: typeIds('without_result', 'bid').notNull(),
  computedAt: instant('computed_at').notNull(),
})

export const scoreResultBatch = pgTable('score_result_batch', {
  id: typeId('id', 'scb').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  source: text('source').notNull(),
  number: integer('number').notNull(),
  results: jsonb('results').$type<readonly ScoreResult[]>().notNull(),
  statement: text('statement').notNull(),
  recordedBy: text('recorded_by').notNull(),
  recordedAt: instant('recorded_at').notNull(),
})

export const reviewSession = pgTable('review_session', {
  id: typeId('id', 'rvs').primaryKey(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  number: integer('number').notNull(),
  heldOn: legalDate('held_on').notNull(),
  place: text('place').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const reviewItem = pgTable('review_item', {
  bidId: typeId('bid_id', 'bid').primaryKey(),
  version: integer('version').notNull(),
  sessionId: typeId('session_id', 'rvs').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  position: integer('position').notNull(),
  state: text('state').$type<ItemState>().notNull(),
  bidderPresent: boolean('bidder_present'),
  statement: text('statement'),
  statedAt: instant('stated_at'),
})

export const reviewQuestion = pgTable('review_question', {
  bidId: typeId('bid_id', 'bid').notNull(),
  number: integer('number').notNull(),
  question: text('question').notNull(),
  expertId: typeId('expert_id', 'exp'),
  askedBy: text('asked_by').notNull(),
  askedAt: instant('asked_at').notNull(),
  answer: text('answer'),
  answeredBy: text('answered_by'),
  answeredAt: instant('answered_at'),
})

export const reviewOpinion = pgTable('review_opinion', {
  bidId: typeId('bid_id', 'bid').notNull(),
  number: integer('number').notNull(),
  opinion: text('opinion').notNull(),
  outcome: text('outcome').$type<Outcome>(),
  tally: jsonb('tally').$type<Tally>(),
  publishedBy: text('published_by').notNull(),
  publishedAt: instant('published_at').notNull(),
  reopenedAt: instant('reopened_at'),
  reopenReason: text('reopen_reason'),
})

export const levelReview = pgTable('level_review', {
  bidId: typeId('bid_id', 'bid').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationIds: typeIds('organization_ids', 'org').notNull(),
  position: integer('position').notNull(),
  reached: integer('reached').notNull(),
  state: text('state').$type<LevelState>().notNull(),
  dueOn: legalDate('due_on'),
  createdAt: instant('created_at').notNull(),
})

export const levelDecision = pgTable('level_decision', {
  bidId: typeId('bid_id', 'bid').notNull(),
  number: integer('number').notNull(),
  position: integer('position').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  decision: text('decision').$type<LevelRecordKind>().notNull(),
  reason: text('reason'),
  decidedBy: text('decided_by').notNull(),
  decidedAt: instant('decided_at').notNull(),
})
