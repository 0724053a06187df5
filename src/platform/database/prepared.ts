import pg from 'pg'
import type { Sql } from './database.ts'

/**
 * A statement for the few readings that everybody does all day. PostgreSQL parses and plans it once per connection, and
 * its rows come as the driver reads them, without a look at every column: for a page of fifty projects that look took
 * as long as the query. drizzle is gone round altogether, because its own way takes 17 µs of the 580 of a small read.
 */
export interface Reading<Row extends object> {
  /** Unique in the service; the name of the statement on every connection. */
  readonly name: string
  /** Numbered parameters `$1`, `$2` … in the order of the values. Times and dates come as text. */
  readonly text: string
  /** Never there; ties the type of the rows to the reading. */
  readonly row?: Row
}

const TEXTS: ReadonlySet<number> = new Set([
  pg.types.builtins.DATE,
  pg.types.builtins.TIMESTAMP,
  pg.types.builtins.TIMESTAMPTZ,
])
const asText = (value: string) => value
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (TEXTS.has(oid) ? asText : pg.types.getTypeParser(oid, format)),
}

/** Runs a reading; the rows are the caller's own to change. */
export async function readPrepared<Row extends object>(
  handle: Sql,
  { name, text }: Reading<Row>,
  values: unknown[],
): Promise<Row[]> {
  return (await driverOf(handle).query<Row>({ name, text, values, types })).rows
}

/** Runs a statement that writes and gives nothing back. @returns how many rows it has written. */
export async function runPrepared(
  handle: Sql,
  { name, text }: Pick<Reading<object>, 'name' | 'text'>,
  values: unknown[],
): Promise<number> {
  return (await driverOf(handle).query({ name, text, values })).rowCount ?? 0
}

/**
 * What was asked of one transaction at once, in the order in which the database does it. When one fails, all that follow
 * in the transaction do too, and perhaps say so earlier: the failure that is thrown is the first in this order, because
 * that one tells whether to try again.
 */
export async function inOneTrip<const Asked extends readonly Promise<unknown>[]>(
  ...asked: Asked
): Promise<{ -readonly [Place in keyof Asked]: Awaited<Asked[Place]> }> {
  const ended = await Promise.allSettled(asked)
  const values = ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
  return values as { -readonly [Place in keyof Asked]: Awaited<Asked[Place]> }
}

/** The pool, or the connection of a running transaction, under a handle of drizzle, whose types do not show it. */
function driverOf(handle: Sql): pg.Pool | pg.PoolClient {
  return (handle._.session as unknown as { readonly client: pg.Pool | pg.PoolClient }).client
}
