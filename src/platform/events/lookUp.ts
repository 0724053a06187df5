import { and, asc, gt, inArray } from 'drizzle-orm'
import type { Sql } from '../database/database.ts'
import { eventTable } from './tables.ts'

/** What an event says of its subject, numbered or not, withheld or not. */
export interface RecordedEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly at: Date
  /** By the clock of the database, whatever clock has decided. */
  readonly recordedAt: Date
  readonly data: Readonly<Record<string, unknown>>
}

const { id, type, subject, at, recordedAt, data } = eventTable

/** All events of these types with these subjects, in the order in which they were recorded. */
export async function eventsOfSubjects(
  sql: Sql,
  subjects: readonly string[],
  types: readonly string[],
): Promise<RecordedEvent[]> {
  if (subjects.length === 0) return []
  return sql
    .select({ id, type, subject, at, recordedAt, data })
    .from(eventTable)
    .where(and(inArray(subject, [...subjects]), inArray(type, [...types])))
    .orderBy(asc(recordedAt), asc(id))
}

/** A page of the events of these types by their identifiers, to be walked to the end. */
export async function pageOfEvents(
  sql: Sql,
  types: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<{ readonly id: string; readonly subject: string }[]> {
  return sql
    .select({ id, subject })
    .from(eventTable)
    .where(and(inArray(type, [...types]), after === undefined ? undefined : gt(id, after)))
    .orderBy(asc(id))
    .limit(limit)
}
