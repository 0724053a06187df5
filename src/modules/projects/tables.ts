import { bigint, boolean, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { IndicatorKind, ProjectState } from './rules.ts'

export const project = pgTable('project', {
  id: typeId('id', 'prj').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  sponsoredGroupId: typeId('sponsored_group_id', 'org'),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  startsOn: legalDate('starts_on').notNull(),
  endsOn: legalDate('ends_on').notNull(),
  state: text('state').$type<ProjectState>().notNull(),
  listedAt: instant('listed_at'),
  isGroupWithheld: boolean('is_group_withheld').notNull().default(false),
  areNeedsWithheld: boolean('are_needs_withheld').notNull().default(false),
  createdAt: instant('created_at').notNull(),
})

export const projectNeed = pgTable(
  'project_need',
  {
    projectId: typeId('project_id', 'prj').notNull(),
    position: integer('position').notNull(),
    needId: typeId('need_id', 'need').notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.position] })],
)

export const projectIndicator = pgTable('project_indicator', {
  id: typeId('id', 'ind').primaryKey(),
  projectId: typeId('project_id', 'prj').notNull(),
  position: integer('position').notNull(),
  name: text('name').notNull(),
  kind: text('kind').$type<IndicatorKind>().notNull(),
  unit: text('unit').notNull(),
  target: bigint('target', { mode: 'bigint' }),
  targetText: text('target_text'),
})
