import { sql } from 'drizzle-orm'
import type { Sql } from './database.ts'

/**
 * A statement for the few readings that everybody does all day. PostgreSQL parses and plans it once per connection, this
 * process builds it once per handle, and its rows come as the driver reads them, without a look at every column: for a
 * page of fifty projects that look took as long as the query.
 */
export interface Reading<Row extends object> {
  /** Unique in the service; the name of the statement on every connection. */
  readonly name: string
  /** Numbered parameters `$1`, `$2` … in the order of the values. Times and dates come as text. */
  readonly text: string
  /** Never there; ties the type of the rows to the reading. */
  readonly row?: Row
}

type Statement = ReturnType<Sql['_']['session']['prepareQuery']>

/** By handle and not by process: several applications with databases of their own may live in one process. */
const statements = new WeakMap<Sql, Map<string, Statement>>()

/** Runs a reading; the rows are the caller's own to change. */
export async function readPrepared<Row extends object>(
  handle: Sql,
  reading: Reading<Row>,
  values: readonly unknown[],
): Promise<Row[]> {
  let known = statements.get(handle)
  if (known === undefined) {
    known = new Map()
    statements.set(handle, known)
  }
  let statement = known.get(reading.name)
  if (statement === undefined) {
    const params = values.map((_, index) => sql.placeholder(String(index)))
    statement = handle._.session.prepareQuery({ sql: reading.text, params }, undefined, reading.name, false)
    known.set(reading.name, statement)
  }
  const { rows } = (await statement.execute({ ...values })) as { rows: Row[] }
  return rows
}
