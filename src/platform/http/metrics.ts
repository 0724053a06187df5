import { hash, timingSafeEqual } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../database/database.ts'
import { readUnsealed } from '../events/rows.ts'
import { ownKey } from './guard.ts'
import { measureProcess } from './processMetrics.ts'

export interface MetricsOptions {
  /** Whoever shows it may read the metrics. */
  readonly token: string
  readonly database: Database
  /** The most connections of the pool. */
  readonly poolSize: number
  /** Deadlines of all hosts together that are due and wait, and how many of them have failed before. */
  readonly readDeadlines: () => Promise<{ readonly due: number; readonly failing: number }>
}

export interface Metrics {
  /** Requests to the routes of this scope leave no trace in any metric; call before they are declared. */
  leaveOut(scope: FastifyInstance, isMeant?: (url: string) => boolean): void
}

const PATH = '/metrics'
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** Long enough for every scrape to see it. */
const FAILURE_TOLD_MS = 5 * 60_000
/** Prometheus gives up after 10 s; a database that is slow must not take the other metrics with it. */
const DATABASE_PATIENCE_MS = 3_000

/**
 * `GET /metrics` in the text format of Prometheus. Call before the routes that it is to measure.
 *
 * It must not tell how many bids there are before an opening: what has to do with them is left out by the scope
 * ({@link Metrics.leaveOut}; that one of them failed is told, not how many), not found addresses are not counted (one may be a mistyped bid), withheld events are not
 * waiting, of the pool only the present moment is shown, and nothing is told host by host.
 */
export function useMetrics(app: FastifyInstance, options: MetricsOptions): Metrics {
  const registry = new Registry()
  const endProcess = measureProcess(registry)
  app.addHook('onClose', async () => endProcess())
  const leftOut = new Set<string>([PATH])
  measureRequests(app, registry, leftOut)
  tellOfFailures(app, registry)
  const readState = measureState(registry, options)
  const wanted = digest(options.token)
  app.get(
    PATH,
    {
      config: {
        policy: ownKey('Prometheus is nobody of the access table', (shown) => timingSafeEqual(digest(shown), wanted)),
      },
      // It exists only where METRICS_TOKEN is set, so the one document of all installations does not name it.
      schema: { hide: true } as object,
    },
    async (request, reply) => {
      await readState(request.log)
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )
  return {
    leaveOut(scope, isMeant = () => true) {
      // By address, not by route: the routes that answer 405 for other methods are declared elsewhere, later.
      scope.addHook('onRoute', ({ url }) => {
        if (isMeant(url)) leftOut.add(url)
      })
    },
  }
}

function measureRequests(app: FastifyInstance, registry: Registry, leftOut: ReadonlySet<string>): void {
  const durations = new Histogram({
    name: 'sandan_http_request_duration_seconds',
    help: 'Answered requests and how long they took; nothing about bids, receipts, documents and sealing keys.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions
    if (route !== undefined && !leftOut.has(route)) {
      const status = `${Math.trunc(reply.statusCode / 100)}xx`
      durations.observe({ method: request.method, route, status }, reply.elapsedTime / 1000)
    }
    done()
  })
}

/**
 * Has any request been answered with 5xx lately, those that are left out everywhere else included? Yes or no, never how
 * many: while submissions fail, their number would be one of bids.
 */
function tellOfFailures(app: FastifyInstance, registry: Registry): void {
  let failedAtMs = Number.NEGATIVE_INFINITY
  new Gauge({
    name: 'sandan_http_failing',
    help: '1 when this process has answered some request, of whatever route, with 5xx within five minutes; else 0.',
    registers: [registry],
    collect() {
      this.set(performance.now() - failedAtMs < FAILURE_TOLD_MS ? 1 : 0)
    },
  })
  app.addHook('onResponse', (_request, reply, done) => {
    if (reply.statusCode >= 500) failedAtMs = performance.now()
    done()
  })
}

/** What waits in the database and for it. The function returned reads it anew. */
function measureState(registry: Registry, { database, poolSize, readDeadlines }: MetricsOptions) {
  const gauge = (name: string, help: string) => new Gauge({ name: `sandan_${name}`, help, registers: [registry] })
  const isUp = gauge('database_up', '1 when the database answered in time; the figures read from it are NaN otherwise.')
  const used = gauge('database_connections_used', 'Connections of this process that are at work just now.')
  const waiting = gauge('database_connections_awaited', 'Who waits for a connection of this process just now.')
  gauge('database_connections_max', 'The most connections of this process.').set(poolSize)
  const unsealed = gauge(
    'events_unsealed',
    'Events that wait for their number in the chain; withheld ones do not wait.',
  )
  const unsealedAge = gauge('events_unsealed_oldest_seconds', 'How long the oldest of them has waited; 0 for none.')
  const due = gauge('deadlines_due', 'Deadlines that are due and wait for the worker.')
  const failing = gauge('deadlines_failing', 'Those of them that have failed before and are tried again.')

  async function readDatabase() {
    const [events, deadlines] = await Promise.all([readUnsealed(database.sql), readDeadlines()])
    return { events, deadlines }
  }

  return async (log: FastifyBaseLogger): Promise<void> => {
    const { totalCount, idleCount, waitingCount } = database.pool
    used.set(totalCount - idleCount)
    waiting.set(waitingCount)
    const state = await inTime(readDatabase()).catch((error: unknown) => {
      log.warn({ err: error }, 'the metrics are told without what the database knows')
      return undefined
    })
    isUp.set(state === undefined ? 0 : 1)
    unsealed.set(state?.events.events ?? Number.NaN)
    unsealedAge.set((state?.events.oldestMs ?? Number.NaN) / 1000)
    due.set(state?.deadlines.due ?? Number.NaN)
    failing.set(state?.deadlines.failing ?? Number.NaN)
  }
}

async function inTime<Result>(reading: Promise<Result>): Promise<Result> {
  const ended = new AbortController()
  const late = async () => {
    await pause(DATABASE_PATIENCE_MS, undefined, { signal: ended.signal })
    throw new Error(`the database did not answer within ${DATABASE_PATIENCE_MS} ms`)
  }
  try {
    return await Promise.race([reading, late()])
  } finally {
    ended.abort()
  }
}

/** Of one length whatever was shown, so that it can be compared in constant time. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
