import { date, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { instant, typeId } from '../../platform/database/columns.ts'

export const calendarYear = pgTable('calendar_year', {
  id: typeId('id', 'cal').primaryKey(),
  version: integer('version').notNull(),
  year: integer('year').notNull(),
  hostId: typeId('host_id', 'org'),
  holidays: date('holidays', { mode: 'string' }).array().notNull(),
  makeupWorkdays: date('makeup_workdays', { mode: 'string' }).array().notNull(),
  source: text('source').notNull(),
  createdAt: instant('created_at').notNull(),
})
