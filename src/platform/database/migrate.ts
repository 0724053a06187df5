import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { DatabaseLog } from './database.ts'

/** One file `migrations/NNNN_what_it_does.sql`. */
export interface Migration {
  readonly number: number
  /** The file name without `.sql`. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of the text in hexadecimal; line ends do not count, because git may change them. */
  readonly checksum: string
  /** Why it cannot run in a transaction, from its header; such a file holds one statement. */
  readonly noTransaction: string | undefined
}

/** The migrations and the database do not fit together, or a migration failed; the message says which and why. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

export const MIGRATIONS_DIRECTORY = path.resolve(import.meta.dirname, '../../../migrations')

const FILE_NAME = /^(\d{4})_[a-z0-9]+(_[a-z0-9]+)*\.sql$/
const NO_TRANSACTION = /^-- no-transaction: *(.+)$/
/** Any number, the same in every runner: the bytes of "sandan m". */
const LOCK = '8314047764513038445'
const LOCK_POLL_MS = 100

const LEDGER = `
  create table if not exists migration (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz(3) not null default clock_timestamp()
  );
  comment on table migration is 'Which migrations this database has seen, with the SHA-256 of each file.'`

/**
 * Applies all migrations that the database has not seen, in the order of their numbers, each in its own transaction.
 * Of two runners at once the second waits and finds nothing to do.
 * @returns the names of those applied now.
 * @throws MigrationError when a file was edited or came late, or when the database is newer than the files.
 */
export async function migrate(
  pool: pg.Pool,
  { directory = MIGRATIONS_DIRECTORY, log }: { readonly directory?: string; readonly log?: DatabaseLog } = {},
): Promise<readonly string[]> {
  const migrations = await readMigrations(directory)
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    await waitForLock(client, log)
    await createLedger(client)
    const { rows } = await client.query<Applied>('select number, name, checksum from migration order by number')
    const pending = pendingMigrations(migrations, rows)
    for (const migration of pending) {
      const startedAt = performance.now()
      await apply(client, migration)
      const milliseconds = Math.round(performance.now() - startedAt)
      log?.info({ migration: migration.name, milliseconds }, 'a migration was applied')
    }
    return pending.map((migration) => migration.name)
  } finally {
    // The connection carries the lock and the lifted time limit; both end with it.
    client.release(true)
  }
}

/**
 * Reads and checks the folder: every `.sql` but schema.sql is a migration, numbered from 1 without gaps.
 * @throws MigrationError
 */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql') && file !== 'schema.sql').sort()
  const migrations: Migration[] = []
  for (const [index, file] of files.entries()) {
    const number = Number(FILE_NAME.exec(file)?.[1])
    if (Number.isNaN(number)) throw new MigrationError(`${file} is not named NNNN_what_it_does.sql.`)
    if (number !== index + 1) {
      throw new MigrationError(
        number <= index ? `${file}: the number ${number} is taken twice.` : `${file}: number ${index + 1} is missing.`,
      )
    }
    const sql = (await readFile(path.join(directory, file), 'utf8')).replaceAll('\r\n', '\n')
    migrations.push({
      number,
      name: file.slice(0, -'.sql'.length),
      sql,
      checksum: createHash('sha256').update(sql).digest('hex'),
      noTransaction: headerLines(sql)
        .map((line) => NO_TRANSACTION.exec(line)?.[1])
        .find((reason) => reason !== undefined),
    })
  }
  return migrations
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

/**
 * What is left to apply, or the reason why nothing may be.
 * @throws MigrationError
 */
export function pendingMigrations(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const latest = applied.reduce((highest, row) => Math.max(highest, row.number), 0)
  const byNumber = new Map(applied.map((row) => [row.number, row]))
  const newest = migrations.at(-1)?.number ?? 0
  if (latest > newest) {
    throw new MigrationError(
      `The database is newer than this program: it has seen ${byNumber.get(latest)?.name}, the program ends with number ${newest}. Start a newer version.`,
    )
  }
  for (const migration of migrations) {
    const row = byNumber.get(migration.number)
    if (row === undefined && migration.number < latest) {
      throw new MigrationError(
        `${migration.name} comes too late: the database has already seen ${byNumber.get(latest)?.name}. Give it the next free number.`,
      )
    }
    if (row !== undefined && (row.name !== migration.name || row.checksum !== migration.checksum)) {
      throw new MigrationError(
        `${migration.name} was edited after it had been applied as ${row.name}. Migrations are final: restore the file and write a new one.`,
      )
    }
  }
  return migrations.filter((migration) => !byNumber.has(migration.number))
}

/**
 * Asks again and again instead of waiting inside the server: a waiting statement would hold a snapshot, and a
 * `create index concurrently` of the runner that has the lock would wait for that snapshot for ever.
 */
async function waitForLock(client: pg.PoolClient, log: DatabaseLog | undefined): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${LOCK}) as locked`)
    if (rows[0]?.locked === true) return
    if (attempt === 0) log?.info({}, 'another process applies migrations; waiting for it')
    await pause(LOCK_POLL_MS)
  }
}

/** Made only when it is missing, so that a role that may not create tables can still start an up-to-date database. */
async function createLedger(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('migration') is not null as there`)
  if (rows[0]?.there !== true) await client.query(LEDGER)
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  const inTransaction = migration.noTransaction === undefined
  try {
    if (inTransaction) await client.query('begin')
    await client.query(migration.sql)
    await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ])
    if (inTransaction) await client.query('commit')
  } catch (error) {
    // No rollback: the caller closes the connection, which rolls back whatever was begun.
    throw new MigrationError(`${migration.name} failed${place(migration.sql, error)}: ${reason(error)}`, {
      cause: error,
    })
  }
}

function place(sql: string, error: unknown): string {
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return ''
  return ` at line ${sql.slice(0, Number(error.position) - 1).split('\n').length}`
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The comment lines before the first statement. */
function headerLines(sql: string): readonly string[] {
  const lines = sql.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--'))
  return lines.slice(0, end === -1 ? lines.length : end)
}
