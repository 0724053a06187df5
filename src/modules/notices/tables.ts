import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { NoticeKind, NoticeSnapshot, NoticeState } from './rules.ts'

export const notice = pgTable('notice', {
  id: typeId('id', 'ntc').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  kind: text('kind').$type<NoticeKind>().notNull(),
  number: integer('number').notNull(),
  snapshot: jsonb('snapshot').$type<NoticeSnapshot>().notNull(),
  digest: text('digest').notNull(),
  publishedAt: instant('published_at').notNull(),
  window: jsonb('window_resolved').$type<ResolvedDate>().notNull(),
  closesAt: instant('closes_at').notNull(),
  state: text('state').$type<NoticeState>().notNull(),
  supersedesId: typeId('supersedes_id', 'ntc'),
  withdrawnAt: instant('withdrawn_at'),
  withdrawalReason: text('withdrawal_reason'),
  createdAt: instant('created_at').notNull(),
})
