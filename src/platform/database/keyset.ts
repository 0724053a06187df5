import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

/**
 * The condition of a page that goes on after the given keyset values, newest first: `(created_at, id) < (…)`.
 * Written as a row comparison so that one index scan serves it. The values come from a signed cursor; without an id
 * (`createdTo`) the page begins before that moment.
 */
export function keysetBefore(
  sortColumn: AnyColumn,
  idColumn: AnyColumn,
  after: unknown[] | undefined,
): SQL | undefined {
  if (after === undefined) return undefined
  if (after[1] === null) return sql`${sortColumn} < ${sortValue(sortColumn, after[0])}`
  return sql`(${sortColumn}, ${idColumn}) < (${sortValue(sortColumn, after[0])}, ${sql.param(after[1], idColumn)})`
}

/** The same for lists that rise: `(due_at, id) > (…)`. */
export function keysetAfter(sortColumn: AnyColumn, idColumn: AnyColumn, after: unknown[] | undefined): SQL | undefined {
  if (after === undefined) return undefined
  return sql`(${sortColumn}, ${idColumn}) > (${sortValue(sortColumn, after[0])}, ${sql.param(after[1], idColumn)})`
}

/** Instants travel through a cursor as text. */
function sortValue(column: AnyColumn, value: unknown) {
  return sql.param(column.dataType === 'date' && typeof value === 'string' ? new Date(value) : value, column)
}
