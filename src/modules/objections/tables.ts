import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, typeId } from '../../platform/database/columns.ts'
import type {
  Cooperation,
  GroundCode,
  InadmissibleReason,
  ObjectionKind,
  ObjectionState,
  PauseReason,
} from './rules/objection.ts'

export const objection = pgTable('objection', {
  id: typeId('id', 'obj').primaryKey(),
  version: integer('version').notNull(),
  kind: text('kind').$type<ObjectionKind>().notNull(),
  noticeId: typeId('notice_id', 'ntc').notNull(),
  noticeDigest: text('notice_digest').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  subject: text('subject').notNull(),
  awardId: typeId('award_id', 'awd'),
  awardedOrganizationId: typeId('awarded_organization_id', 'org'),
  appealsId: typeId('appeals_id', 'obj'),
  reviewedById: typeId('reviewed_by_id', 'org'),
  appealedToId: typeId('appealed_to_id', 'org'),
  filedByOrganizationId: typeId('filed_by_organization_id', 'org'),
  isAnonymous: boolean('is_anonymous').notNull(),
  groundCodes: jsonb('ground_codes').$type<readonly GroundCode[]>().notNull(),
  grounds: text('grounds').notNull(),
  requestedRemedy: text('requested_remedy'),
  filedAt: instant('filed_at').notNull(),
  state: text('state').$type<ObjectionState>().notNull(),
  answerDue: jsonb('answer_due_resolved').$type<ResolvedDate>(),
  acceptedAt: instant('accepted_at'),
  inadmissibleBecause: text('inadmissible_because').$type<InadmissibleReason>(),
  decidedAt: instant('decided_at'),
  decisionReasons: text('decision_reasons'),
  successorAwardId: typeId('successor_award_id', 'awd'),
  overdueAt: instant('overdue_at'),
  createdAt: instant('created_at').notNull(),
})

export const objectionPause = pgTable(
  'objection_pause',
  {
    objectionId: typeId('objection_id', 'obj').notNull(),
    number: integer('number').notNull(),
    reasonCode: text('reason_code').$type<PauseReason>().notNull(),
    reason: text('reason').notNull(),
    pausedAt: instant('paused_at').notNull(),
    dueBefore: jsonb('due_before').$type<ResolvedDate>().notNull(),
    remainingDays: integer('remaining_days').notNull(),
    resumedAt: instant('resumed_at'),
    dueAfter: jsonb('due_after').$type<ResolvedDate>(),
  },
  (table) => [primaryKey({ columns: [table.objectionId, table.number] })],
)

export const objectionCooperation = pgTable('objection_cooperation', {
  objectionId: typeId('objection_id', 'obj').primaryKey(),
  organizationId: typeId('organization_id', 'org').notNull(),
  request: text('request').notNull(),
  requestedAt: instant('requested_at').notNull(),
  due: jsonb('due_resolved').$type<ResolvedDate>().notNull(),
  state: text('state').$type<Cooperation['state']>().notNull(),
  settledAt: instant('settled_at'),
})

export const objectionStatement = pgTable('objection_statement', {
  objectionId: typeId('objection_id', 'obj').primaryKey(),
  organizationId: typeId('organization_id', 'org').notNull(),
  statement: text('statement').notNull(),
  statedAt: instant('stated_at').notNull(),
})

export const objectionDocument = pgTable(
  'objection_document',
  {
    objectionId: typeId('objection_id', 'obj').notNull(),
    documentId: typeId('document_id', 'doc').notNull(),
    side: text('side').$type<'filer' | 'awarded'>().notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.objectionId, table.side, table.position] })],
)
