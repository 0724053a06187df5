import { setTimeout as pause } from 'node:timers/promises'
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  DEFAULT_SCHEMA,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  PostgresConnection,
  PostgresQueueBackend,
  Queue,
  runMigrations,
  SchemaMigrationRequiredError,
  Worker,
} from 'bullmq'
import pg from 'pg'
import { type Backend, DEFAULT_JOB_OPTIONS, type QueueLog } from './backend.ts'

const PRODUCER_CONNECTIONS = 4
/** One for LISTEN, the others to fetch, finish and renew locks. */
const WORKER_CONNECTIONS = 4
const PRODUCER_TIMEOUT_MS = 2_000
const WORKER_TIMEOUT_MS = 10_000
/** BullMQ would trust its LISTEN connection for up to an hour; a half-open one would then cost us that hour. */
const LOOK_AGAIN_SECONDS = 5
/** Without it a worker asks a database that is just starting as fast as it can. */
const PAUSE_AFTER_FAILURE_MS = 500

/** Queues in the schema `bullmq` of the business database. Creates or upgrades the schema when needed. */
export async function openPostgresBackend(databaseUrl: string, log: QueueLog): Promise<Backend> {
  const pool = openPool(databaseUrl, PRODUCER_CONNECTIONS, PRODUCER_TIMEOUT_MS, log)
  await migrate(databaseUrl, log)
  // One connection object for all producers, ready before the first use: BullMQ remembers a failed start for ever.
  const producers = createPostgresBackend('producers', { connection: forBull(pool) })
  producers.on('error', (error: Error) => {
    if (!pool.ending) log.warn({ err: error }, 'the queue lost a database connection')
  })
  await producers.waitUntilReady()

  return {
    kind: 'postgres',
    // A database that is gone refuses its connections at once; closing does not hang on it.
    isReachable: () => true,
    queue: (name) =>
      new Queue(name, { connection: forBull(pool), defaultJobOptions: DEFAULT_JOB_OPTIONS }, () =>
        producers.forQueue(name),
      ),
    worker(name, processor, options) {
      const workerPool = openPool(databaseUrl, WORKER_CONNECTIONS, WORKER_TIMEOUT_MS, log)
      const backend = (queueName: string, backendOptions: ConstructorParameters<typeof PostgresQueueBackend>[2]) =>
        new PatientBackend(new PostgresConnection(forBull(workerPool)), queueName, backendOptions, true, queueName)
      const worker = new Worker(name, processor, { ...options, connection: forBull(workerPool) }, backend)
      return { worker, release: () => workerPool.end() }
    },
    async close() {
      await producers.close()
      await pool.end()
    },
  }
}

class PatientBackend extends PostgresQueueBackend {
  override get maximumBlockTimeout(): number {
    return LOOK_AGAIN_SECONDS
  }

  override async moveToActive(token: string, name?: string) {
    try {
      return await super.moveToActive(token, name)
    } catch (error) {
      await pause(PAUSE_AFTER_FAILURE_MS)
      throw error
    }
  }
}

function openPool(databaseUrl: string, max: number, timeoutMs: number, log: QueueLog): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    application_name: 'sandan queue',
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs,
    keepAlive: true,
  })
  // A connection in use whose server dies emits `error` on itself; without a listener that ends the process. What is lost
  // while the pool is being closed is nobody's loss.
  const lost = (message: string) => (error: Error) => {
    if (!pool.ending) log.warn({ err: error }, message)
  }
  pool.on('connect', (client) => client.on('error', lost('the queue lost a database connection')))
  pool.on('error', lost('the queue lost an idle database connection'))
  return pool
}

/** BullMQ describes a pool by its own, narrower words; the two types of `query` do not match, the pool does. */
function forBull(pool: pg.Pool): PgPool {
  return pool as unknown as PgPool
}

/** Asks first, because a role that may not create schemas can still use a schema that is there. */
async function migrate(databaseUrl: string, log: QueueLog): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'sandan queue migration' })
  client.on('error', (error) => log.warn({ err: error }, 'the queue lost a database connection'))
  await client.connect()
  try {
    if ((await schemaVersion(client)) < LATEST_SCHEMA_VERSION) await runMigrations(client)
  } finally {
    await client.end()
  }
}

async function schemaVersion(client: pg.Client): Promise<number> {
  try {
    return await assertSchemaCompatibility(client)
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0
    throw error
  }
}
