import { setTimeout as pause } from 'node:timers/promises'
import { drizzle, type NodePgQueryResultHKT, NodePgTransaction } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import pg from 'pg'

/** What a store takes: the pool's handle or a running transaction. */
export type Sql = PgDatabase<NodePgQueryResultHKT>

/** The few words of a logger that the database layer needs; pino and Fastify's log fit. */
export interface DatabaseLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  readonly url: string
  /** The most connections that this process opens. */
  readonly poolSize: number
  /** Shown in `pg_stat_activity`, so that an operator sees whose connection waits. */
  readonly applicationName: string
  readonly log?: DatabaseLog
  /** The longest a statement may run; 5,000 ms unless told. The runner of migrations needs more. */
  readonly statementTimeoutMs?: number
  /** Numbers in [0, 1) for the pauses between attempts; `Math.random` unless told. */
  readonly random?: () => number
}

export interface Database {
  /** For what drizzle cannot say: LISTEN, advisory locks that outlive a transaction, the queue. */
  readonly pool: pg.Pool
  /** Single statements outside a transaction. */
  readonly sql: Sql
  /**
   * Runs the work in one transaction (read committed) and commits it; any error rolls back and is thrown on.
   * After a deadlock or a serialization failure the whole work is run again, up to 5 attempts in all: it must have no
   * effect outside the transaction.
   */
  transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T>
  /**
   * Runs the work while no other process does so under this name; returns false, and runs nothing, when one does. The
   * lock is that of a connection of its own, not of a transaction, so the work may take long; a process that dies lets go.
   */
  exclusively(name: string, run: () => Promise<void>): Promise<boolean>
  close(): Promise<void>
}

const DATE = pg.types.builtins.DATE
const STATEMENT_TIMEOUT_MS = 5_000
/** An open writing transaction holds back the sealing of all events, so an idle one is ended soon. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000
const CONNECT_TIMEOUT_MS = 10_000
const ATTEMPTS = 5
const PAUSE_MS = 20
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'

/** Opens a pool; connections are made when they are needed, so a database that is down is noticed at the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const { log, random = Math.random } = options
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    options: '-c timezone=UTC',
    types: { getTypeParser: typeParser },
    // Statements that are asked for at once go to the server at once, which does them in that order.
    pipeline: true,
  })
  // Without these two handlers a server that dies takes this process with it: the first covers idle connections, the
  // second those in use, whose running query is rejected as well.
  // What is lost while the pool is being closed is nobody's loss.
  const lost = (message: string) => (error: Error) => {
    if (!pool.ending) log?.warn({ error: error.message }, message)
  }
  pool.on('error', lost('an idle database connection was lost'))
  pool.on('connect', (client) => client.on('error', lost('a database connection was lost')))

  return {
    pool,
    sql: drizzle(pool),
    async transaction(run) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await attemptTransaction(pool, run)
        } catch (error) {
          const state = sqlState(error)
          const mayRepeat = state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
          if (!mayRepeat || attempt === ATTEMPTS) throw error
          log?.info({ attempt, sqlState: state }, 'a transaction is run again')
          await pause(PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random()))
        }
      }
    },
    async exclusively(name, run) {
      const client = await pool.connect()
      let isClean = false
      try {
        const lock = await client.query<{ taken: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
          [name],
        )
        if (lock.rows[0]?.taken === true) {
          try {
            await run()
          } finally {
            await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name])
          }
        }
        isClean = true
        return lock.rows[0]?.taken === true
      } finally {
        client.release(!isClean)
      }
    },
    close: () => pool.end(),
  }
}

/** Days stay texts: the driver's own parser would make them midnight in the time zone of this machine. */
function typeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === DATE) return (value: string) => value
  return pg.types.getTypeParser(oid, format ?? 'text')
}

async function attemptTransaction<T>(pool: pg.Pool, run: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let failure: { readonly error: unknown } | undefined
  let isClean = false
  try {
    await client.query('begin')
    const result = await run(handleOf(client)).catch(async (error: unknown) => {
      failure = { error }
      await client.query('rollback')
      isClean = true
      throw error
    })
    await client.query('commit')
    isClean = true
    return result
  } catch (error) {
    // When the connection is gone the rollback fails too; the caller needs the error that came first.
    throw failure === undefined ? error : failure.error
  } finally {
    client.release(!isClean)
  }
}

/** Making a handle takes longer than a small statement, so each connection has one for good. */
const handles = new WeakMap<pg.PoolClient, Sql>()

function handleOf(client: pg.PoolClient): Sql {
  const known = handles.get(client)
  if (known !== undefined) return known
  // One whose own transactions are savepoints of ours. drizzle's types hide the two parts that it is made of.
  const parts = drizzle(client) as unknown as ConstructorParameters<typeof NodePgTransaction> extends [
    infer Dialect,
    infer Session,
    ...unknown[],
  ]
    ? { readonly dialect: Dialect; readonly session: Session }
    : never
  const made: Sql = new NodePgTransaction(parts.dialect, parts.session, undefined)
  handles.set(client, made)
  return made
}

/** The SQLSTATE behind an error, such as `23505` for a broken uniqueness; drizzle wraps the driver's error. */
export function sqlState(error: unknown): string | undefined {
  return databaseError(error)?.code
}

/** The name of the constraint that a statement broke. */
export function brokenConstraint(error: unknown): string | undefined {
  return databaseError(error)?.constraint
}

function databaseError(error: unknown): pg.DatabaseError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof pg.DatabaseError) return cause
  }
  return undefined
}
