import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { type Backend, DEFAULT_JOB_OPTIONS, type QueueLog } from './backend.ts'

const CONNECT_TIMEOUT_MS = 2_000
/** The longest pause between two attempts to reach Redis again. */
const RECONNECT_MS = 1_000
/** Commands wait until Redis is back; how long a caller waits for them is limited by the queue, not by the driver. */
const CONNECTION = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(attempts * 50, RECONNECT_MS),
}

/**
 * Queues on Redis. Redis may be down when the process starts, and later; it is never the only holder of anything. In a
 * cluster the braces of the prefix keep all keys of our queues in one slot.
 */
export function openRedisBackend(redisUrl: string, prefix: string, log: QueueLog): Backend {
  const producers = new Redis(redisUrl, CONNECTION)
  producers.on('error', (error) => log.warn({ err: error }, 'the queue does not reach Redis'))
  // Each queue listens on the one connection.
  producers.setMaxListeners(0)
  return {
    kind: 'redis',
    isReachable: () => producers.status === 'ready',
    queue: (name) => new Queue(name, { connection: producers, prefix, defaultJobOptions: DEFAULT_JOB_OPTIONS }),
    worker(name, processor, options) {
      const worker = new Worker(name, processor, { ...options, prefix, connection: { ...CONNECTION, url: redisUrl } })
      return { worker, release: async () => worker.disconnect() }
    },
    async close() {
      producers.disconnect()
    },
  }
}
