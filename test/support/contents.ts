import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database, Sql } from '../../src/platform/database/database.ts'
import { uuidOf } from '../../src/platform/ids.ts'

/** What a database holds, without identifiers and instants: two runs of one story leave the same. */
export interface Contents {
  /** Table → number of rows and, where rows have versions, their sum: an action done twice would raise it. */
  readonly tables: Readonly<Record<string, string>>
  /** Type of event → how many. */
  readonly events: Readonly<Record<string, number>>
  /** `<kind> <state>` → how many deadlines. */
  readonly deadlines: Readonly<Record<string, number>>
  /** Status → how many answers are kept for retries; `unanswered` would be a write that took effect without an answer. */
  readonly answers: Readonly<Record<string, number>>
}

interface Column extends Record<string, unknown> {
  readonly table: string
  readonly versioned: boolean
}

/** Reads the business tables; those of the queue are only alarm clocks. */
export async function contentsOf(database: Database): Promise<Contents> {
  return {
    tables: Object.fromEntries(
      await Promise.all((await businessTables(database.sql)).map((table) => summaryOf(database.sql, table))),
    ),
    events: await counts(database.sql, `select type as name, count(*)::int as count from event group by 1 order by 1`),
    deadlines: await counts(
      database.sql,
      `select kind || ' ' || state as name, count(*)::int as count from deadline group by 1 order by 1`,
    ),
    answers: await counts(
      database.sql,
      `select coalesce(status::text, 'unanswered') as name, count(*)::int as count from idempotency_key group by 1 order by 1`,
    ),
  }
}

/** Waits until the sealer has numbered every event. */
export async function whenSealed(database: Database): Promise<void> {
  for (;;) {
    const { rows } = await database.sql.execute<{ unsealed: number }>(
      sql`select count(*)::int as unsealed from event where seq is null`,
    )
    if (rows[0]?.unsealed === 0) return
    await pause(25)
  }
}

/** Which of these acknowledged states are not in the database: `<id> <version>`, the version from the ETag. */
export async function missingFrom(
  database: Database,
  acknowledged: readonly { readonly id: string; readonly version: number | null }[],
): Promise<string[]> {
  const stored = await storedVersions(database.sql)
  return acknowledged
    .filter(({ id, version }) => {
      const found = stored.get(uuidOf(id, id.slice(0, id.lastIndexOf('_'))))
      return found === undefined || (version !== null && found < version)
    })
    .map(({ id, version }) => `${id} ${version}`)
}

/** Ledger transactions whose entries do not add up to zero, and accounts whose balance is not the sum of their entries. */
export async function unbalanced(database: Database): Promise<unknown[]> {
  const { rows } = await database.sql.execute(sql`
    select 'transaction' as what, transaction_id as id from ledger_entry group by transaction_id having sum(amount_fen) <> 0
    union all
    select 'account', account.id from ledger_account account
    where balance_fen <> (select coalesce(sum(amount_fen), 0) from ledger_entry where account_id = account.id)`)
  return rows
}

async function businessTables(handle: Sql): Promise<Column[]> {
  const { rows } = await handle.execute<Column>(sql`
    select tables.table_name as table, exists (
      select from information_schema.columns where columns.table_schema = 'public'
        and columns.table_name = tables.table_name and column_name = 'version') as versioned
    from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
  return rows.filter(({ table }) => !MADE_BY_TIME.includes(table))
}

/** Checkpoints and their tree are made every so many seconds, so a play that takes longer leaves more of them. */
const MADE_BY_TIME: readonly string[] = ['checkpoint', 'merkle_node']

async function summaryOf(handle: Sql, { table, versioned }: Column): Promise<[string, string]> {
  const versions = versioned ? sql`, coalesce(sum(version), 0)::int as versions` : sql``
  const { rows } = await handle.execute<{ rows: number; versions?: number }>(
    sql`select count(*)::int as rows ${versions} from ${sql.identifier(table)}`,
  )
  return [table, `${rows[0]?.rows} rows${versioned ? `, versions ${rows[0]?.versions}` : ''}`]
}

async function counts(handle: Sql, query: string): Promise<Record<string, number>> {
  const { rows } = await handle.execute<{ name: string; count: number }>(sql.raw(query))
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}

async function storedVersions(handle: Sql): Promise<Map<string, number>> {
  const { rows: tables } = await handle.execute<Column>(sql`
    select columns.table_name as table, bool_or(column_name = 'version') as versioned
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE'
    group by 1 having bool_or(column_name = 'id' and data_type = 'uuid')`)
  const versions = new Map<string, number>()
  for (const { table, versioned } of tables) {
    const { rows } = await handle.execute<{ id: string; version: number }>(
      sql`select id, ${versioned ? sql`version` : sql`1`} as version from ${sql.identifier(table)}`,
    )
    for (const { id, version } of rows) versions.set(id, version)
  }
  return versions
}
