import { sql as statement } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { type ChainHead, link } from './chain.ts'
import { CHAINED_COLUMNS, type ChainedRow, readHead, readUnsealed } from './rows.ts'

/** The few words of a logger that the sealer needs; pino and Fastify's log fit. */
export interface SealerLog {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface SealerOptions {
  /** The pause between two looks at the table, in milliseconds; 20 to 200 is sensible. */
  readonly intervalMs: number
  /** Events numbered in one transaction; 500 unless told. */
  readonly batchSize?: number
  readonly log: SealerLog
  /** Called after each commit that numbered something, for whoever reads the feed in this process. */
  readonly onSealed?: (events: number) => void
}

export interface Sealer {
  /** Looks at once instead of after the pause; called after a commit, so that the feed follows within milliseconds. */
  wake(): void
  /** Finishes the batch under way. */
  stop(): Promise<void>
}

const BATCH_SIZE = 500
/** Any constant does, as long as nothing else in the database locks it. */
const SEALER_LOCK = 0x5ea1_e7e7
/**
 * For this transaction only: take the batch from the front of the index of unsealed events, and find the rows again by
 * key. Statistics say that next to nothing is unsealed, so after an outage the planner would read and sort the whole
 * backlog for each batch.
 */
const WALK_INDEXES = statement.join(
  ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'enable_hashjoin', 'enable_mergejoin'].map(
    (setting) => statement`set_config(${setting}, 'off', true)`,
  ),
  statement`, `,
)
const ALARM_AFTER_MS = 5_000
const CHECK_EVERY_MS = 1_000
const ALARM_EVERY_MS = 10_000
const PAUSE_AFTER_FAILURE_MS = 1_000

/**
 * Numbers and chains the next events, one transaction, one sealer at a time over all processes. Withheld events are
 * passed over until they are released; then they are the next, because their transactions are older.
 *
 * Only rows are taken whose transaction is older than every transaction still open (`pg_snapshot_xmin`): nothing that
 * commits later can belong before them, so `seq` never has to be re-ordered and a reader of `seq > n` misses nothing.
 * The price: a writing transaction left open in *any* database of the cluster holds the sealing of all events back until
 * it ends. Hence the timeouts on every connection, the alarm below, and no long batch writers in the same cluster.
 *
 * @returns how many were numbered: 0 when nothing is ready or another process is sealing.
 */
export async function sealEvents(database: Database, { batchSize = BATCH_SIZE } = {}): Promise<number> {
  return database.transaction(async (sql) => {
    const lock = await sql.execute<{ taken: boolean }>(
      statement`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as taken, ${WALK_INDEXES}`,
    )
    if (lock.rows[0]?.taken !== true) return 0
    const { rows } = await sql.execute<ChainedRow>(statement`
      select ${CHAINED_COLUMNS} from event
      where seq is null and withheld_by is null and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      order by event.transaction_id, event.id
      limit ${batchSize}`)
    if (rows.length === 0) return 0

    const ids: string[] = []
    const previousHashes: Buffer[] = []
    const links: ChainHead[] = []
    let head = await readHead(sql)
    for (const row of rows) {
      ids.push(row.id)
      previousHashes.push(head.hash)
      head = link(head, row)
      links.push(head)
    }
    const seqs = links.map(({ seq }) => seq.toString())
    const hashes = links.map(({ hash }) => hash)
    const update = await sql.execute(statement`
      update event set seq = sealed.seq, previous_hash = sealed.previous_hash, hash = sealed.hash
      from unnest(
        ${statement.param(ids)}::uuid[], ${statement.param(seqs)}::bigint[],
        ${statement.param(previousHashes)}::bytea[], ${statement.param(hashes)}::bytea[]
      ) as sealed (id, seq, previous_hash, hash)
      where event.id = sealed.id and event.seq is null and event.withheld_by is null`)
    if (update.rowCount !== rows.length)
      throw new Error(`${rows.length} events to seal, ${update.rowCount} found again`)
    return rows.length
  })
}

/** Seals until stopped. Several processes may run one: the lock lets one at a time work, the others take over. */
export function startSealer(database: Database, options: SealerOptions): Sealer {
  const { intervalMs, batchSize = BATCH_SIZE, log, onSealed } = options
  let isStopped = false
  let isWoken = false
  let endPause = () => {}
  let nextCheck = 0

  const pause = (durationMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function checkAge(): Promise<void> {
    if (performance.now() < nextCheck) return
    const { events, oldestMs } = await readUnsealed(database.sql)
    const isLate = oldestMs > ALARM_AFTER_MS
    if (isLate) {
      log.error(
        { events, oldestMs: Math.round(oldestMs) },
        'events wait for their seal: a writing transaction is open somewhere in the cluster, or sealing fails',
      )
    }
    nextCheck = performance.now() + (isLate ? ALARM_EVERY_MS : CHECK_EVERY_MS)
  }

  async function round(): Promise<number> {
    try {
      const sealed = await sealEvents(database, { batchSize })
      if (sealed > 0) onSealed?.(sealed)
      await checkAge()
      return sealed === batchSize ? 0 : intervalMs
    } catch (error) {
      log.warn({ err: error }, 'sealing failed and is tried again')
      return Math.max(intervalMs, PAUSE_AFTER_FAILURE_MS)
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false
      const pauseMs = await round()
      if (pauseMs > 0 && !isWoken && !isStopped) await pause(pauseMs)
    }
  }

  const running = run()
  return {
    wake() {
      isWoken = true
      endPause()
    },
    async stop() {
      isStopped = true
      endPause()
      await running
    },
  }
}
