import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../kernel/problem.ts'
import { TooManyRequests } from '../problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    rate: { name: string; quota: number; remaining: number; resetSeconds: number } | null
  }
}

const WINDOW_SECONDS = 60
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface RateLimits {
  readonly readsPerMinute: number
  readonly writesPerMinute: number
  /** Requests without a good credential where one is needed, per address. */
  readonly failuresPerMinute: number
}

/** What the guard tells the limiter. Both throw `too_many_requests` beyond the quota. */
export interface RateCounter {
  /** A request of somebody the guard knows, or of nobody on an open route; before it asks what that one may do. */
  request(request: FastifyRequest): Promise<void>
  /** A request that shows no good credential: counted by address, so that nobody tries keys at leisure. */
  failure(request: FastifyRequest): Promise<void>
}

/**
 * Quotas per credential (or address, when there is none), counted by @fastify/rate-limit. Its own headers follow an old
 * draft, so the two headers of the current one (RateLimit-Policy, RateLimit) are written here. A quota of 0 is none.
 */
export async function useRateLimit(app: FastifyInstance, limits: RateLimits): Promise<RateCounter> {
  app.decorateRequest('rate', null)
  await app.register(fastifyRateLimit, { global: false })
  const quota = (name: string, max: number, keyOf: (request: FastifyRequest) => string) => {
    const count = app.createRateLimit({
      max,
      timeWindow: WINDOW_SECONDS * 1000,
      keyGenerator: (request) => `${name}:${keyOf(request)}`,
    })
    return async (request: FastifyRequest): Promise<void> => {
      if (max === 0) return
      const counted = await count(request)
      if (counted.isAllowed) return
      const { remaining, ttlInSeconds } = counted
      request.rate = { name, quota: max, remaining, resetSeconds: ttlInSeconds }
      if (!counted.isExceeded) return
      throw new Problem(
        { problem: TooManyRequests, parameters: { seconds: ttlInSeconds }, errors: [] },
        { 'retry-after': String(ttlInSeconds) },
      )
    }
  }
  const caller = ({ actor, ip }: FastifyRequest) => (actor.kind === 'anonymous' ? ip : actor.id)
  const read = quota('read', limits.readsPerMinute, caller)
  const write = quota('write', limits.writesPerMinute, caller)
  const failure = quota('failure', limits.failuresPerMinute, ({ ip }) => ip)
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.rate !== null) {
      const { name, quota, remaining, resetSeconds } = request.rate
      reply.header('ratelimit-policy', `"${name}";q=${quota};w=${WINDOW_SECONDS}`)
      reply.header('ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`)
    }
    return payload
  })
  return {
    failure,
    request: (request) => (READS.has(request.method) ? read(request) : write(request)),
  }
}
