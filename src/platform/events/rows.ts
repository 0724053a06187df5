import { sql as statement } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { uuidOf } from '../ids.ts'
import { type ChainedEvent, type ChainHead, canonicalEvent, GENESIS } from './chain.ts'
import { EVENT_ID_PREFIX } from './tables.ts'

/** Milliseconds are all that `timestamptz(3)` holds, so nothing of the row stays outside the hash. */
const INSTANT = statement.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)

/** The columns of a {@link ChainedEvent}, spelled the way the hash takes them. */
export const CHAINED_COLUMNS = statement`
  id, transaction_id::text as "transactionId",
  to_char(at at time zone 'UTC', ${INSTANT}) as at, to_char(recorded_at at time zone 'UTC', ${INSTANT}) as "recordedAt",
  host_id as "hostId", type, subject, actor, request_id as "requestId", data, salt`

export type ChainedRow = ChainedEvent & Record<string, unknown>

/** A sealed event with what the sealer wrote; `seq` in decimal digits, as the driver hands out a bigint. */
export type SealedRow = ChainedRow & {
  readonly seq: string
  readonly previousHash: Buffer | null
  readonly hash: Buffer
}

/** The last sealed event's place and hash; {@link GENESIS} while there is none. */
export async function readHead(sql: Sql): Promise<ChainHead> {
  const { rows } = await sql.execute<{ seq: string; hash: Buffer }>(
    statement`select seq, hash from event where seq is not null order by seq desc limit 1`,
  )
  const row = rows[0]
  return row === undefined ? GENESIS : { seq: BigInt(row.seq), hash: row.hash }
}

/**
 * What waits for its number: how many events, and how long the oldest has waited by the clock of the database. Withheld
 * events are not waiting, and no number may tell that they are there.
 */
export async function readUnsealed(sql: Sql): Promise<{ readonly events: number; readonly oldestMs: number }> {
  const { rows } = await sql.execute<{ events: string; oldestMs: number }>(statement`
    select count(*) as events,
      coalesce(extract(epoch from clock_timestamp() - min(coalesce(released_at, recorded_at))) * 1000, 0)::float8 as "oldestMs"
    from event where seq is null and withheld_by is null`)
  const row = rows[0]
  if (row === undefined) throw new Error('an aggregate query returned no row')
  return { events: Number(row.events), oldestMs: row.oldestMs }
}

/** Where the chain holds an event; null until it is sealed, and for an event that does not exist. */
export async function placeOfEvent(sql: Sql, eventId: string): Promise<ChainHead | null> {
  const preimage = await preimageOfEvent(sql, eventId)
  return preimage === null ? null : { seq: preimage.seq, hash: preimage.hash }
}

/** What it takes to compute an event's hash: SHA-256(previousHash ‖ seq as 8 bytes ‖ canonical in UTF-8). */
export interface EventPreimage extends ChainHead {
  readonly previousHash: Buffer
  /** Canonical JSON (RFC 8785) of everything that the event says, the salt included. */
  readonly canonical: string
}

/**
 * An event as whoever may see all of it can prove it; null until it is sealed. It holds the transaction number, so it is
 * for those alone whom the event concerns.
 */
export async function preimageOfEvent(sql: Sql, eventId: string): Promise<EventPreimage | null> {
  const { rows } = await sql.execute<SealedRow & { previousHash: Buffer }>(statement`
    select ${CHAINED_COLUMNS}, seq, previous_hash as "previousHash", hash
    from event where id = ${uuidOf(eventId, EVENT_ID_PREFIX)} and seq is not null`)
  const row = rows[0]
  if (row === undefined) return null
  return { seq: BigInt(row.seq), hash: row.hash, previousHash: row.previousHash, canonical: canonicalEvent(row) }
}
