import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from '../../platform/database/columns.ts'
import type { CommunityKind, DivisionLevel } from './rules.ts'

export const division = pgTable('division', {
  code: text('code').primaryKey(),
  version: integer('version').notNull(),
  name: text('name').notNull(),
  level: text('level').$type<DivisionLevel>().notNull(),
  parentCode: text('parent_code'),
  communityKind: text('community_kind').$type<CommunityKind>(),
  households: integer('households'),
  premisesSquareMetres: integer('premises_square_metres'),
  createdAt: instant('created_at').notNull(),
})
