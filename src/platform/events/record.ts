import canonicalize from 'canonicalize'
import { sql as statement } from 'drizzle-orm'
import { textArray, uuidArray } from '../database/arrays.ts'
import type { Sql } from '../database/database.ts'
import { runPrepared } from '../database/prepared.ts'
import { newId, uuidOf } from '../ids.ts'
import { EVENT_ID_PREFIX } from './tables.ts'

export interface NewEvent {
  /** A new identifier unless told. */
  readonly id?: string | undefined
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
  const { id = newId(EVENT_ID_PREFIX), at, type, subject, actor, requestId } = event
  await runPrepared(sql, INSERT, [
    uuidOf(id, EVENT_ID_PREFIX),
    at,
    event.hostId === null ? null : uuidOf(event.hostId, 'org'),
    type,
    subject,
    actor,
    requestId,
    canonicalize(event.data),
    event.withheldBy ?? null,
  ])
  return id
}

/** Writes several events at once, as {@link insertEvent} writes one. @returns their identifiers, in order. */
export async function insertEvents(sql: Sql, events: readonly NewEvent[]): Promise<string[]> {
  const ids = events.map(({ id = newId(EVENT_ID_PREFIX) }) => id)
  await runPrepared(sql, INSERT_MANY, [
    uuidArray(ids.map((id) => uuidOf(id, EVENT_ID_PREFIX))),
    events.map(({ at }) => at.toISOString()),
    uuidArray(events.map(({ hostId }) => (hostId === null ? null : uuidOf(hostId, 'org')))),
    textArray(events.map(({ type }) => type)),
    textArray(events.map(({ subject }) => subject)),
    textArray(events.map(({ actor }) => actor)),
    textArray(events.map(({ requestId }) => requestId)),
    textArray(events.map(({ data }) => canonicalize(data) ?? null)),
    textArray(events.map(({ withheldBy }) => withheldBy ?? null)),
  ])
  return ids
}

const INSERT_MANY = {
  name: 'event_insert_many',
  text: `insert into event (id, transaction_id, at, recorded_at, host_id, type, subject, actor, request_id, data,
      withheld_by)
    select id, pg_current_xact_id(), at, clock_timestamp(), host_id, type, subject, actor, request_id, data::jsonb,
      withheld_by
    from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[]) as given (id, at, host_id, type, subject, actor, request_id, data, withheld_by)`,
}

/** Every write of the service has one of these at least. */
const INSERT = {
  name: 'event_insert',
  text: `insert into event (id, transaction_id, at, recorded_at, host_id, type, subject, actor, request_id, data,
      withheld_by)
    values ($1, pg_current_xact_id(), $2, clock_timestamp(), $3, $4, $5, $6, $7, $8, $9)`,
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
