import { customType, integer, pgTable, pgView, text } from 'drizzle-orm/pg-core'
import type { Role } from '../../kernel/actor.ts'
import { instant, typeId } from '../../platform/database/columns.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const apiKey = pgTable('api_key', {
  id: typeId('id', 'key').primaryKey(),
  version: integer('version').notNull(),
  publicPart: text('public_part').notNull(),
  secretHash: bytes('secret_hash').notNull(),
  label: text('label').notNull(),
  roles: text('roles').array().$type<Role[]>().notNull(),
  organizationId: typeId('organization_id', 'org'),
  hostId: typeId('host_id', 'org'),
  expertId: typeId('expert_id', 'exp'),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
  createdAt: instant('created_at').notNull(),
})

export const appUser = pgTable('app_user', {
  id: typeId('id', 'usr').primaryKey(),
  version: integer('version').notNull(),
  issuer: text('issuer').notNull(),
  subject: text('subject').notNull(),
  label: text('label').notNull(),
  roles: text('roles').array().$type<Role[]>().notNull(),
  organizationId: typeId('organization_id', 'org'),
  hostId: typeId('host_id', 'org'),
  expertId: typeId('expert_id', 'exp'),
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull(),
})

/** Experts come later in the order of modules; of them a credential asks no more than this. */
export const expertHost = pgView('expert_host', {
  id: typeId('id', 'exp').notNull(),
  hostId: typeId('host_id', 'org').notNull(),
}).existing()
