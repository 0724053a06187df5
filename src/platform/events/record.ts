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
}

/**
 * Writes an event in the caller's transaction. Nobody sees it in the feed before the sealer has numbered it.
 * @throws Error when the data has no canonical JSON (NaN, Infinity, bigint, a lone surrogate): found here it fails one
 * request, found by the sealer it would stop the feed.
 */
export async function insertEvent(sql: Sql, event: NewEvent): Promise<void> {
  await sql.insert(eventTable).values({
    id: newId(EVENT_ID_PREFIX),
    transactionId: statement`pg_current_xact_id()`,
    at: event.at,
    recordedAt: statement`clock_timestamp()`,
    hostId: event.hostId,
    type: event.type,
    subject: event.subject,
    actor: event.actor,
    requestId: event.requestId,
    data: statement`${canonicalize(event.data)}::jsonb`,
  })
}
