import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../kernel/problem.ts'
import { TooManyRequests } from '../problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    rate: { name: string; quota: number; remaining: number; resetSeconds: number } | null
  }
}

const WINDOW_SECONDS = 60

/**
 * Quotas per credential (or address, when there is none), counted by @fastify/rate-limit. Its own headers follow an old
 * draft, so the two headers of the current one (RateLimit-Policy, RateLimit) are written here. A limiter that fails lets
 * the request pass: a bid must not be lost because a counter is down.
 */
export async function useRateLimit(
  app: FastifyInstance,
  limits: { readsPerMinute: number; writesPerMinute: number },
): Promise<void> {
  app.decorateRequest('rate', null)
  if (limits.readsPerMinute === 0 && limits.writesPerMinute === 0) return
  await app.register(fastifyRateLimit, { global: false })
  const keyGenerator = (request: { actor: { kind: string; id: string }; ip: string }) =>
    request.actor.kind === 'anonymous' ? request.ip : request.actor.id
  const quotas = {
    read: {
      max: limits.readsPerMinute,
      count: app.createRateLimit({
        max: limits.readsPerMinute,
        timeWindow: WINDOW_SECONDS * 1000,
        keyGenerator: (request) => `r:${keyGenerator(request)}`,
      }),
    },
    write: {
      max: limits.writesPerMinute,
      count: app.createRateLimit({
        max: limits.writesPerMinute,
        timeWindow: WINDOW_SECONDS * 1000,
        keyGenerator: (request) => `w:${keyGenerator(request)}`,
      }),
    },
  }
  app.addHook('onRequest', async (request) => {
    const name =
      request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS' ? 'read' : 'write'
    const quota = quotas[name]
    if (quota.max === 0) return
    const counted = await quota.count(request)
    if (counted.isAllowed) return
    request.rate = { name, quota: quota.max, remaining: counted.remaining, resetSeconds: counted.ttlInSeconds }
    if (counted.isExceeded) {
      throw new Problem(
        { problem: TooManyRequests, parameters: { seconds: counted.ttlInSeconds }, errors: [] },
        { 'retry-after': String(counted.ttlInSeconds) },
      )
    }
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.rate !== null) {
      const { name, quota, remaining, resetSeconds } = request.rate
      reply.header('ratelimit-policy', `"${name}";q=${quota};w=${WINDOW_SECONDS}`)
      reply.header('ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`)
    }
    return payload
  })
}
