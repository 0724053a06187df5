import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { NoticeKind, NoticeSnapshot, NoticeState } from './rules/notice.ts'
import type { ExtensionDocument, ProbeWay } from './rules/reachability.ts'

export const notice = pgTable('notice', {
  id: typeId('id', 'ntc').primaryKey(),
  version: integer('version').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  kind: text('kind').$type<NoticeKind>().notNull(),
  number: integer('number').notNull(),
  versionNumber: integer('version_number').notNull(),
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

export const noticeExtension = pgTable(
  'notice_extension',
  {
    noticeId: typeId('notice_id', 'ntc').notNull(),
    number: integer('number').notNull(),
    document: jsonb('document').$type<ExtensionDocument>().notNull(),
    digest: text('digest').notNull(),
    addedAt: instant('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.noticeId, table.number] })],
)

export const noticeProbe = pgTable(
  'notice_probe',
  {
    noticeId: typeId('notice_id', 'ntc').notNull(),
    at: instant('at').notNull(),
    isReachable: boolean('is_reachable').notNull(),
    via: text('via').$type<ProbeWay>().notNull(),
    status: integer('status'),
    durationMs: integer('duration_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.noticeId, table.at] })],
)
