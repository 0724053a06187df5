import canonicalize from 'canonicalize'
import { sql as statement } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { newId } from '../ids.ts'
import { EVENT_ID_PREFIX, eventTable } from './tables.ts'

export interface NewEvent {
  /** The host organization whose feed shows the event; null for the platform itself. */
  readonly hostId: string | null
  /** `<noun>.<past participle>`, such as `round.published`. */
  readonly type: string
  /** The identifier of what it happened to. */
  readonly subject: string
  /** The identifier of who did it; `system` and `anonymous` for those two. */
  readonly actor: string
  readonly requestId: string
  /** When it happened by the clock that decided, which in a sandbox is the host's own. */
  readonly at: Date
  /** Ids, states, hashes and amounts. Never personal data: the row cannot be changed when a person asks for deletion. */
  readonly data: Readonly<Record<string, unknown>>
  /**
   * What must be opened first, such as the identifier of a round: until {@link releaseEvents} is called with it, the event
   * is in no feed, no chain and no count. Left out: numbered at once.
   */
  readonly withheldBy?: string | undefined
}

/**
 * Writes an event in the caller's transaction. Nobody sees it in the feed before the sealer has numbered it.
 * @returns the event's identifier.
 * @throws Error when the data has no canonical JSON (NaN, Infinity, bigint, a lone surrogate): found here it fails one
 * request, found by the sealer it would stop the feed.
 */
export async function insertEvent(sql: Sql, event: NewEvent): Promise<string> {
  const id = newId(EVENT_ID_PREFIX)
  await sql.insert(eventTable).values({
    id,
    transactionId: statement`pg_current_xact_id()`,
    at: event.at,
    recordedAt: statement`clock_timestamp()`,
    hostId: event.hostId,
    type: event.type,
    subject: event.subject,
    actor: event.actor,
    requestId: event.requestId,
    data: statement`${canonicalize(event.data)}::jsonb`,
    withheldBy: event.withheldBy ?? null,
  })
  return id
}

/**
 * Hands the events that were withheld by `key` to the sealer, in the caller's transaction. Call it under the lock that
 * writers of such events respect: one that is withheld afterwards waits for the next call.
 * @returns how many were released.
 */
export async function releaseEvents(sql: Sql, key: string): Promise<number> {
  const { rowCount } = await sql.execute(statement`
    update event set withheld_by = null, released_at = clock_timestamp() where withheld_by = ${key}`)
  return rowCount ?? 0
}
