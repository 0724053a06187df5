import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { DeadlineState } from './rules.ts'

export const deadline = pgTable('deadline', {
  id: typeId('id', 'dln').primaryKey(),
  version: integer('version').notNull(),
  kind: text('kind').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  subject: text('subject').notNull(),
  dueAt: instant('due_at').notNull(),
  resolved: jsonb('resolved').$type<ResolvedDate>(),
  state: text('state').$type<DeadlineState>().notNull(),
  doneAt: instant('done_at'),
  attempts: integer('attempts').notNull().default(0),
  retryAt: instant('retry_at'),
  lastError: text('last_error'),
  createdAt: instant('created_at').notNull(),
})
