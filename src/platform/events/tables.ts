import { bigint, customType, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { instant, typeId } from '../database/columns.ts'

/** Prefix of an event's identifier. A UUIDv7 is behind it, so that identifiers of one transaction sort as they were made. */
export const EVENT_ID_PREFIX = 'evt'
/** A host organization is an organization. */
const HOST_ID_PREFIX = 'org'

const transactionId = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'xid8',
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => value.toString(),
})

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Audit log, outbox and change feed in one append-only table; its triggers are in the migrations 0001 and 0010. */
export const eventTable = pgTable('event', {
  id: typeId('id', EVENT_ID_PREFIX).primaryKey(),
  transactionId: transactionId('transaction_id').notNull(),
  at: instant('at').notNull(),
  recordedAt: instant('recorded_at').notNull(),
  hostId: typeId('host_id', HOST_ID_PREFIX),
  type: text('type').notNull(),
  subject: text('subject').notNull(),
  actor: text('actor').notNull(),
  requestId: text('request_id'),
  data: jsonb('data').$type<Record<string, unknown>>().notNull(),
  seq: bigint('seq', { mode: 'bigint' }),
  previousHash: bytes('previous_hash'),
  hash: bytes('hash'),
  withheldBy: text('withheld_by'),
  releasedAt: instant('released_at'),
  salt: uuid('salt'),
})

/** Complete subtrees of the Merkle tree over the chain. */
export const merkleNodeTable = pgTable(
  'merkle_node',
  {
    level: smallint('level').notNull(),
    index: bigint('index', { mode: 'bigint' }).notNull(),
    hash: bytes('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
)

/** Signed states of the chain. */
export const checkpointTable = pgTable('checkpoint', {
  size: bigint('size', { mode: 'bigint' }).primaryKey(),
  root: bytes('root').notNull(),
  hash: bytes('hash').notNull(),
  at: instant('at').notNull(),
  jws: text('jws').notNull(),
})
