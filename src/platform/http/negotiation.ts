import type { FastifyInstance, FastifyRequest } from 'fastify'
import { problem } from '../../kernel/problem.ts'
import { malformed } from '../malformed.ts'
import { NotAcceptable, UnsupportedMediaType } from '../problems.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Does the operation answer JSON and nothing else? Then a caller who refuses JSON is told before anything happens. */
    answersJson?: boolean
  }
}

/** What client and server agree on before a body is read. A disagreement is refused, never guessed away. */
export function useNegotiation(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(disagreement(request))
  })
}

function disagreement(request: FastifyRequest) {
  const { headers, method, raw } = request
  if (headers.host === undefined && raw.httpVersion === '1.1')
    return malformed('HTTP/1.1 请求必须带 Host', 'a request of HTTP/1.1 names its Host')
  const encoding = headers['content-encoding']?.trim().toLowerCase()
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    return problem(UnsupportedMediaType, { expected: 'Content-Encoding: identity' })
  const isPatchType = /^\s*application\/merge-patch\+json\s*(;|$)/i.test(headers['content-type'] ?? '')
  if (isPatchType && method !== 'PATCH') return problem(UnsupportedMediaType, { expected: 'application/json' })
  if (request.routeOptions.config.answersJson === true && !takesJson(headers.accept)) return problem(NotAcceptable)
  return undefined
}

/** Does `Accept` leave room for JSON? The most specific range decides (RFC 9110, 12.5.1). */
function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true
  const ranges = accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    return { range, isWanted: quality === undefined || Number(quality.slice(2)) > 0 }
  })
  for (const range of ['application/json', 'application/*', '*/*']) {
    const found = ranges.find((candidate) => candidate.range === range)
    if (found !== undefined) return found.isWanted
  }
  return false
}
