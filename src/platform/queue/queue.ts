import { setTimeout as pause } from 'node:timers/promises'
import { DelayedError, type Job, type JobsOptions } from 'bullmq'
import type { Backend, BullQueue, BullWorker, QueueLog } from './backend.ts'
import { openPostgresBackend } from './postgres.ts'
import { openRedisBackend } from './redis.ts'

export interface QueuesOptions {
  /** Queues run on Redis when given, otherwise in the schema `bullmq` of the database. */
  readonly redisUrl?: string | undefined
  readonly databaseUrl: string
  /** Redis only: what all keys begin with; `{sandan}` unless told. */
  readonly prefix?: string
  readonly log: QueueLog
  /** How long a killed worker's job stays its own, and how often such jobs are looked for: 10 s and 5 s unless told. */
  readonly lockMs?: number
  readonly stalledMs?: number
}

export interface QueuedJob {
  /** The same id is not queued again while its job is waiting, running or kept. Without colons. */
  readonly id: string
  /** Ids only: it is stored in clear text. */
  readonly data: Readonly<Record<string, string>>
  /** Milliseconds until it may run; at once unless told. */
  readonly delayMs?: number
  /** Tried once and forgotten when done or failed, for work that a sweep repeats anyway. */
  readonly isRepeated?: boolean
}

export interface JobQueue {
  /**
   * Queues the jobs after a commit. Never throws because the queue is down, and takes 2 s at most: it answers false,
   * logs, and leaves the work to the sweep.
   * @throws TypeError when an id holds a colon.
   */
  add(jobs: readonly QueuedJob[]): Promise<boolean>
}

export interface RunningJob {
  readonly id: string
  readonly data: Readonly<Record<string, string>>
  /** 1 for the first try. */
  readonly attempt: number
}

/** May run twice for one job, also at the same moment: it reads the row under a lock and asks what is still to do. */
export type JobHandler = (job: RunningJob) => Promise<void>

/** Thrown by a handler that was called before its time; the job comes again later and no attempt is counted. */
export class TooEarly extends Error {
  readonly againInMs: number

  constructor(againInMs: number) {
    super(`too early by ${againInMs} ms`)
    this.againInMs = againInMs
  }
}

export interface RunningWorker {
  /** Resolves once the worker takes jobs. */
  ready(): Promise<void>
  /** Lets running jobs finish; `force` leaves them to another worker, as a crash would. */
  close(force?: boolean): Promise<void>
}

export interface Queues {
  readonly kind: Backend['kind']
  queue(name: string): JobQueue
  worker(name: string, handler: JobHandler, options: { readonly concurrency: number }): RunningWorker
  close(): Promise<void>
}

const ADD_LIMIT_MS = 2_000
const RETRY_ADD_MS = 50
/** After a failure nobody waits for the queue again until this has passed. */
const REST_MS = 5_000
const LOCK_MS = 10_000
const STALLED_MS = 5_000
/** The default of 1 gives a job up after two crashes; our own count of attempts decides. */
const STALLED_COUNT_MAX = 1_000
const RETRY_MS = 1_000
const CLOSE_LIMIT_MS = 20_000
/** Redis is down: what waits for its answer is left behind, so that the process ends within seconds. */
const UNREACHABLE_CLOSE_LIMIT_MS = 500
const LOG_EVERY_MS = 1_000
/** BullMQ turns a bulk into one statement or one pipeline. */
const BULK_SIZE = 1_000

/** Opens the queues. On PostgreSQL it creates their schema first and fails if the database is down; Redis may be down. */
export async function openQueues(options: QueuesOptions): Promise<Queues> {
  const { redisUrl, databaseUrl, prefix = '{sandan}', log, lockMs = LOCK_MS, stalledMs = STALLED_MS } = options
  const backend =
    redisUrl === undefined ? await openPostgresBackend(databaseUrl, log) : openRedisBackend(redisUrl, prefix, log)
  const queues = new Map<string, { readonly bull: BullQueue; readonly jobs: JobQueue }>()
  const workers = new Set<RunningWorker>()
  const breaker = { restUntil: 0 }

  return {
    kind: backend.kind,
    queue(name) {
      const known = queues.get(name)
      if (known !== undefined) return known.jobs
      const bull = backend.queue(name)
      const logError = throttled((error) => log.warn({ err: error, queue: name }, 'the queue reports an error'))
      bull.on('error', logError)
      const jobs = jobQueue(bull, breaker, log)
      queues.set(name, { bull, jobs })
      return jobs
    },
    worker(name, handler, { concurrency }) {
      const worker = keepWorker(backend, name, handler, { concurrency, lockMs, stalledMs, log })
      workers.add(worker)
      return worker
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.close()))
      const limitMs = backend.isReachable() ? ADD_LIMIT_MS : UNREACHABLE_CLOSE_LIMIT_MS
      await Promise.all([...queues.values()].map(({ bull }) => settledWithin(limitMs, bull.close())))
      await backend.close()
    },
  }
}

function jobQueue(bull: BullQueue, breaker: { restUntil: number }, log: QueueLog): JobQueue {
  return {
    async add(jobs) {
      for (const { id } of jobs) if (id.includes(':')) throw new TypeError(`A job id holds no colon: ${id}`)
      if (performance.now() < breaker.restUntil) return false
      try {
        await within(
          ADD_LIMIT_MS,
          submit(bull, jobs).catch(() => submitAgain(bull, jobs)),
        )
        return true
      } catch (error) {
        breaker.restUntil = performance.now() + REST_MS
        log.warn({ err: error, queue: bull.name, jobs: jobs.length }, 'jobs were not queued; the sweep will find them')
        return false
      }
    },
  }
}

/** A lost connection shows itself in the first statement that uses it; the next one gets another connection. */
async function submitAgain(bull: BullQueue, jobs: readonly QueuedJob[]): Promise<void> {
  await pause(RETRY_ADD_MS)
  await submit(bull, jobs)
}

async function submit(bull: BullQueue, jobs: readonly QueuedJob[]): Promise<void> {
  for (let first = 0; first < jobs.length; first += BULK_SIZE) {
    const bulk = jobs.slice(first, first + BULK_SIZE)
    await bull.addBulk(bulk.map((job) => ({ name: bull.name, data: job.data, opts: jobOptions(job) })))
  }
}

function jobOptions({ id, delayMs, isRepeated = false }: QueuedJob): JobsOptions {
  return {
    jobId: id,
    ...(delayMs !== undefined && delayMs > 0 && { delay: delayMs }),
    ...(isRepeated && { attempts: 1, removeOnComplete: true, removeOnFail: true }),
  }
}

interface WorkerSettings {
  readonly concurrency: number
  readonly lockMs: number
  readonly stalledMs: number
  readonly log: QueueLog
}

/** A worker that is started anew while it cannot start: BullMQ remembers a failed first connection for ever. */
function keepWorker(backend: Backend, name: string, handler: JobHandler, settings: WorkerSettings): RunningWorker {
  const { concurrency, lockMs, stalledMs, log } = settings
  const closing = new AbortController()

  function launch() {
    const launched = backend.worker(name, processorOf(name, handler, log), {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledMs,
      maxStalledCount: STALLED_COUNT_MAX,
      runRetryDelay: RETRY_MS,
    })
    report(launched.worker, name, log, closing.signal)
    return launched
  }

  async function end({ worker, release }: typeof current, force: boolean): Promise<void> {
    const isReachable = backend.isReachable()
    await settledWithin(isReachable ? CLOSE_LIMIT_MS : UNREACHABLE_CLOSE_LIMIT_MS, worker.close(force || !isReachable))
    await settledWithin(isReachable ? ADD_LIMIT_MS : UNREACHABLE_CLOSE_LIMIT_MS, release())
  }

  async function start(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await current.worker.waitUntilReady()
        return
      } catch (error) {
        if (closing.signal.aborted) return
        log.warn({ err: error, queue: name }, 'a worker could not start and is started again')
        await end(current, true)
        await pause(RETRY_MS)
        if (!closing.signal.aborted) current = launch()
      }
    }
  }

  let current = launch()
  const started = start()
  return {
    ready: () => started,
    async close(force = false) {
      closing.abort()
      await end(current, force)
    },
  }
}

function processorOf(name: string, handler: JobHandler, log: QueueLog) {
  return async (job: Job, token?: string): Promise<void> => {
    try {
      await handler({ id: job.id ?? '', data: job.data, attempt: job.attemptsMade + 1 })
    } catch (error) {
      if (error instanceof TooEarly) {
        await job.moveToDelayed(Date.now() + error.againInMs, token)
        throw new DelayedError()
      }
      log.error({ err: error, queue: name, job: job.id, attempt: job.attemptsMade + 1 }, 'a job failed')
      throw error
    }
  }
}

/** What a worker says while it is being closed (its connection goes with the server) is no news. */
function report(worker: BullWorker, name: string, log: QueueLog, closing: AbortSignal): void {
  const logError = throttled((error) => log.warn({ err: error, queue: name }, 'a worker reports an error'))
  worker.on('error', (error) => {
    if (!closing.aborted) logError(error)
  })
  worker.on('stalled', (job) => log.warn({ queue: name, job }, 'a job lost its worker and is given to another'))
}

/** A database or Redis that is down makes the same error many times a second. */
function throttled(write: (error: Error) => void): (error: Error) => void {
  let silentUntil = 0
  return (error) => {
    if (performance.now() < silentUntil) return
    silentUntil = performance.now() + LOG_EVERY_MS
    write(error)
  }
}

async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for the end of something that is being closed anyway: whether it fails or hangs, closing goes on. */
async function settledWithin(limitMs: number, work: Promise<unknown>): Promise<void> {
  await within(limitMs, Promise.allSettled([work])).catch(() => {})
}
