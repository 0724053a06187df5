import type { FastifyInstance } from 'fastify'
import secureJson from 'secure-json-parse'
import { problem } from '../../kernel/problem.ts'
import { InvalidRequest, UnsupportedMediaType } from '../problems.ts'
import { flawOfJson } from './validator.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON bodies, read strictly: broken UTF-8, prototype keys, absurd depth and text that a database cannot hold are
 * refused with a sentence instead of being mended in silence. Routes that take files add a parser of their own scope.
 */
export function useStrictBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, buffer, done) => {
      try {
        requireUtf8(request.headers['content-type'])
        // Nothing at all is not JSON, but many clients say so of a request without a body; the route decides.
        done(null, buffer.length === 0 ? undefined : parseStrictly(buffer as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
}

/** JSON is UTF-8 (RFC 8259); a client that says otherwise would be misread. */
function requireUtf8(contentType: string | undefined): void {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(contentType ?? '')?.[1]
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw problem(UnsupportedMediaType, { expected: 'application/json (UTF-8)' })
  }
}

/** An action that takes no body gets none, or the empty object. Anything else was meant for something else. */
export function requireNoBody(body: unknown): void {
  const isEmptyObject =
    typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0
  if (body === undefined || isEmptyObject) return
  throw problem(InvalidRequest, { reason: 'this action takes no body; send none, or {}' })
}

export function parseStrictly(buffer: Buffer): unknown {
  const refuse = (reason: string) => problem(InvalidRequest, { reason })
  let text: string
  try {
    text = utf8.decode(buffer)
  } catch {
    throw refuse('the body is not valid UTF-8')
  }
  let value: unknown
  try {
    value = secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' })
  } catch (error) {
    throw refuse(`the body is not valid JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  const flaw = flawOfJson(value)
  if (flaw !== null) throw refuse(flaw)
  return value
}
