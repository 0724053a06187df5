import { and, asc, eq, gt, not, or, type SQL, sql as statement } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { uuidOf } from '../ids.ts'
import { type ChainHead, canonicalEvent } from './chain.ts'
import { CHAINED_COLUMNS, type SealedRow } from './rows.ts'
import { EVENT_ID_PREFIX, eventTable } from './tables.ts'

export interface FeedEvent {
  readonly id: string
  /** Place in the feed: from 1, without gaps, never changed. */
  readonly seq: bigint
  readonly at: Date
  readonly recordedAt: Date
  readonly hostId: string | null
  readonly type: string
  readonly subject: string
  readonly actor: string
  readonly requestId: string | null
  readonly data: Readonly<Record<string, unknown>>
  /** With `transactionId`, `salt` and the fields above, what it takes to recompute the chain elsewhere; neither is shown. */
  readonly transactionId: bigint
  /** A plain UUID; null in events from before there was one. */
  readonly salt: string | null
  readonly hash: Buffer
}

export interface FeedFilter {
  /** Only events with a greater `seq`; 0 reads from the beginning. */
  readonly after: bigint
  readonly limit: number
  /** Only these types; `bid.*` stands for every type that begins with `bid.`. */
  readonly types?: readonly string[] | undefined
  /** None of these types, in the same spelling. */
  readonly exceptTypes?: readonly string[] | undefined
  /** Only the events of this host organization. */
  readonly hostId?: string | undefined
}

/**
 * The next events in the order of the chain. Who remembers the last `seq` it worked on sees each committed event once and
 * misses none, however late a transaction committed.
 */
export async function readFeed(sql: Sql, filter: FeedFilter): Promise<FeedEvent[]> {
  const { after, limit, types, exceptTypes, hostId } = filter
  const rows = await sql
    .select()
    .from(eventTable)
    .where(
      and(
        gt(eventTable.seq, after),
        types === undefined ? undefined : isOneOf(types),
        exceptTypes === undefined ? undefined : not(isOneOf(exceptTypes)),
        hostId === undefined ? undefined : eq(eventTable.hostId, hostId),
      ),
    )
    .orderBy(asc(eventTable.seq))
    .limit(limit)
  return rows.flatMap(({ seq, hash, previousHash: _, withheldBy: __, releasedAt: ___, ...event }) =>
    seq === null || hash === null ? [] : [{ ...event, seq, hash }],
  )
}

function isOneOf(types: readonly string[]): SQL {
  const conditions = types.map((type) =>
    type.endsWith('.*') ? statement`starts_with(${eventTable.type}, ${type.slice(0, -1)})` : eq(eventTable.type, type),
  )
  return or(...conditions) ?? statement`false`
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
