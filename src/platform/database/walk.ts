import type { Sql } from './database.ts'

/** Reads everything page by page, each from the last row of the one before, until a page is empty. */
export async function* walk<Row>(
  read: (after: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let page = await read(undefined); page.length > 0; page = await read(page.at(-1))) yield page
}

/** Runs some readings that all see the database as it was at one moment. */
export function readAtOneMoment<Result>(sql: Sql, run: (sql: Sql) => Promise<Result>): Promise<Result> {
  return sql.transaction(run, { isolationLevel: 'repeatable read', accessMode: 'read only' })
}
