import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { ObjectionState } from './rules.ts'

export const objection = pgTable('objection', {
  id: typeId('id', 'obj').primaryKey(),
  version: integer('version').notNull(),
  noticeId: typeId('notice_id', 'ntc').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  subject: text('subject').notNull(),
  awardId: typeId('award_id', 'awd'),
  filedByOrganizationId: typeId('filed_by_organization_id', 'org'),
  isAnonymous: boolean('is_anonymous').notNull(),
  grounds: text('grounds').notNull(),
  requestedRemedy: text('requested_remedy'),
  filedAt: instant('filed_at').notNull(),
  state: text('state').$type<ObjectionState>().notNull(),
  answerDue: jsonb('answer_due_resolved').$type<ResolvedDate>(),
  acceptedAt: instant('accepted_at'),
  decidedAt: instant('decided_at'),
  decisionReasons: text('decision_reasons'),
  successorAwardId: typeId('successor_award_id', 'awd'),
  overdueAt: instant('overdue_at'),
  createdAt: instant('created_at').notNull(),
})
