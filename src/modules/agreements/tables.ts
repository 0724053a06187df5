import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { fen, instant, legalDate, typeId } from '../../platform/database/columns.ts'
import type { AgreementState, Party, Signature, TerminationKind } from './rules.ts'

export const agreement = pgTable('agreement', {
  id: typeId('id', 'agr').primaryKey(),
  version: integer('version').notNull(),
  awardId: typeId('award_id', 'awd').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  roundId: typeId('round_id', 'rnd').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  organizationId: typeId('organization_id', 'org').notNull(),
  approvedFen: fen('approved_fen').notNull(),
  startsOn: legalDate('starts_on').notNull(),
  endsOn: legalDate('ends_on').notNull(),
  midPointOn: legalDate('mid_point_on').notNull(),
  parties: text('parties').array().$type<Party[]>().notNull(),
  signatures: jsonb('signatures').$type<Signature[]>().notNull(),
  state: text('state').$type<AgreementState>().notNull(),
  effectiveOn: legalDate('effective_on'),
  terminatedOn: legalDate('terminated_on'),
  terminationKind: text('termination_kind').$type<TerminationKind>(),
  terminationReason: text('termination_reason'),
  createdAt: instant('created_at').notNull(),
})
