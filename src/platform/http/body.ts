import type { FastifyInstance } from 'fastify'
import secureJson from 'secure-json-parse'
import { problem } from '../../kernel/problem.ts'
import { InvalidRequest } from '../problems.ts'
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
    (_request, buffer, done) => {
      try {
        done(null, parseStrictly(buffer as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
}

export function parseStrictly(buffer: Buffer): unknown {
  const refuse = (reason: string) => problem(InvalidRequest, { reason })
  if (buffer.length === 0) throw refuse('the body is empty; send JSON')
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
