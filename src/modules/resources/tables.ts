import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { fen, instant, typeId } from '../../platform/database/columns.ts'
import type { MatchState, OfferKind, OfferState, ProviderKind } from './rules.ts'

export const resourceProvider = pgTable('resource_provider', {
  id: typeId('id', 'rpv').primaryKey(),
  version: integer('version').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  kind: text('kind').$type<ProviderKind>().notNull(),
  name: text('name').notNull(),
  organizationId: typeId('organization_id', 'org'),
  createdAt: instant('created_at').notNull(),
})

export const resourceOffer = pgTable('resource_offer', {
  id: typeId('id', 'rof').primaryKey(),
  version: integer('version').notNull(),
  providerId: typeId('provider_id', 'rpv').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  kind: text('kind').$type<OfferKind>().notNull(),
  description: text('description').notNull(),
  quantity: integer('quantity'),
  unit: text('unit'),
  amountFen: fen('amount_fen'),
  state: text('state').$type<OfferState>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const resourceMatch = pgTable('resource_match', {
  id: typeId('id', 'rmt').primaryKey(),
  version: integer('version').notNull(),
  offerId: typeId('offer_id', 'rof').notNull(),
  providerId: typeId('provider_id', 'rpv').notNull(),
  undertakerId: typeId('undertaker_id', 'org').notNull(),
  projectId: typeId('project_id', 'prj').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
  state: text('state').$type<MatchState>().notNull(),
  createdAt: instant('created_at').notNull(),
})
