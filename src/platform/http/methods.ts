import type { FastifyInstance, HTTPMethods } from 'fastify'
import { Problem, problem } from '../../kernel/problem.ts'
import { MethodNotAllowed, NotFound } from '../problems.ts'
import { anyone } from './guard.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * Answers 405 with `Allow` where the address exists under other methods. Call `watch` before the modules, `close` after
 * them: only then is it known which methods an address has.
 */
export function methodWatch(app: FastifyInstance): { close(): void } {
  const methodsOf = new Map<string, Set<string>>()
  let watching = true
  app.addHook('onRoute', (route) => {
    if (!watching) return
    const known = methodsOf.get(route.url) ?? new Set<string>()
    for (const method of [route.method].flat()) known.add(method)
    methodsOf.set(route.url, known)
  })
  app.setNotFoundHandler(() => {
    throw problem(NotFound)
  })
  return {
    close() {
      watching = false
      for (const [url, known] of methodsOf) {
        const missing = METHODS.filter((method) => !known.has(method))
        if (url.includes('*') || missing.length === 0) continue
        const allow = [...known, 'OPTIONS'].join(', ')
        app.route({
          method: missing as HTTPMethods[],
          url,
          config: { policy: anyone('only says which methods exist') },
          schema: { hide: true } as object,
          // Before the body is read: a wrong method must not be told about its content type.
          onRequest: async () => {
            throw new Problem({ problem: MethodNotAllowed, parameters: { allow }, errors: [] }, { allow })
          },
          handler: async () => undefined,
        })
      }
    },
  }
}
