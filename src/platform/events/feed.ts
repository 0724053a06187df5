import { and, asc, eq, gt, not, or, type SQL, sql as statement } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { eventTable } from './tables.ts'

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
