import { integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant, typeId } from '../../platform/database/columns.ts'
import type { PublicJwk, SealingPublicKey } from '../../platform/keys/sealing.ts'
import type { KeyHolderName } from './rules.ts'

export const sealingKey = pgTable('sealing_key', {
  roundId: typeId('round_id', 'rnd').primaryKey(),
  hostId: typeId('host_id', 'org').notNull(),
  keyHolder: text('key_holder').$type<KeyHolderName>().notNull(),
  kid: text('kid').notNull(),
  publicJwk: jsonb('public_jwk').$type<PublicJwk>().notNull(),
  ageRecipient: text('age_recipient').notNull(),
  escrow: jsonb('escrow').$type<SealingPublicKey>(),
  sharesRequired: integer('shares_required'),
  protectedKey: text('protected_key').notNull(),
  releasedKey: text('released_key'),
  releasedAt: instant('released_at'),
  createdAt: instant('created_at').notNull(),
})

export const keyShare = pgTable(
  'key_share',
  {
    roundId: typeId('round_id', 'rnd').notNull(),
    position: integer('position').notNull(),
    officerName: text('officer_name').notNull(),
    officerJwk: jsonb('officer_jwk').$type<PublicJwk>().notNull(),
    sealedShare: text('sealed_share').notNull(),
    shareHash: text('share_hash').notNull(),
    handedIn: text('handed_in'),
    handedInBy: text('handed_in_by'),
    handedInAt: instant('handed_in_at'),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.position] })],
)
