import type { JobsOptions, Processor, WorkerOptions } from 'bullmq'

/** The few words of a logger that the queue needs; pino and Fastify's log fit. */
export interface QueueLog {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** What we use of a BullMQ queue; its own type names the storage, ours is any of the two. */
export interface BullQueue {
  readonly name: string
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}

/** What we use of a BullMQ worker. */
export interface BullWorker {
  waitUntilReady(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'stalled', listener: (jobId: string) => void): unknown
  close(force?: boolean): Promise<void>
}

/** What differs between PostgreSQL and Redis: how connections are made and ended. */
export interface Backend {
  readonly kind: 'postgres' | 'redis'
  /** Does the storage answer just now? Nobody waits for a farewell from one that does not. */
  isReachable(): boolean
  queue(name: string): BullQueue
  /** `release` frees the connections once the worker is closed. */
  worker(
    name: string,
    processor: Processor,
    options: Omit<WorkerOptions, 'connection'>,
  ): {
    readonly worker: BullWorker
    release(): Promise<void>
  }
  /** After all queues and workers are closed. */
  close(): Promise<void>
}

const DAY_SECONDS = 86_400

/** Attempts over about four minutes; finished jobs stay for a look, but never without bound. */
export const DEFAULT_JOB_OPTIONS: JobsOptions = {
  attempts: 9,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: DAY_SECONDS, count: 1_000 },
  removeOnFail: { age: 30 * DAY_SECONDS, count: 10_000 },
}
