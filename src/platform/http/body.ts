import type { FastifyInstance } from 'fastify'
import secureJson from 'secure-json-parse'
import { problem } from '../../kernel/problem.ts'
import { malformed } from '../malformed.ts'
import { UnsupportedMediaType } from '../problems.ts'
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
  throw malformed('此操作不带请求体;请不要发送,或发送 {}', 'this action takes no body; send none, or {}')
}

/**
 * The first name that stands twice in one object, as written, or null. JSON.parse would silently take the last one, and
 * another reader the first. The text is known to be valid JSON.
 */
export function repeatedName(text: string): string | null {
  // A set of names for each open object, null for each open array.
  const open: (Set<string> | null)[] = []
  let isName = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) {
      const end = endOfString(text, at)
      const names = open.at(-1)
      if (isName && names !== null && names !== undefined) {
        const written = text.slice(at, end + 1)
        const name = written.includes('\\') ? JSON.stringify(JSON.parse(written)) : written
        if (names.has(name)) return name.slice(0, 100)
        names.add(name)
        isName = false
      }
      at = end
    } else if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      isName = character === OPEN_OBJECT
      open.push(isName ? new Set() : null)
    } else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) {
      open.pop()
      isName = false
    } else if (character === COMMA) {
      isName = open.at(-1) instanceof Set
    }
  }
  return null
}

const [QUOTE, BACKSLASH, COMMA, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = Array.from('"\\,{}[]', (one) =>
  one.charCodeAt(0),
) as [number, number, number, number, number, number, number]

/** Where the string that begins at `start` ends: at the next quote that an even number of backslashes precedes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}

export function parseStrictly(buffer: Buffer): unknown {
  let text: string
  try {
    text = utf8.decode(buffer)
  } catch {
    throw malformed('请求体不是有效的 UTF-8', 'the body is not valid UTF-8')
  }
  let value: unknown
  try {
    value = mayHoldPrototypeKeys(buffer)
      ? secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' })
      : JSON.parse(text)
  } catch (error) {
    const what = (error as Error).message.slice(0, 200)
    throw malformed(`请求体不是有效的 JSON:${what}`, `the body is not valid JSON: ${what}`)
  }
  const flaw = flawOfJson(value, { isTextSound: !mayHoldEscapes(buffer) })
  if (flaw !== null) throw malformed(flaw['zh-CN'], flaw.en)
  const twice = repeatedName(text)
  if (twice !== null)
    throw malformed(`同一对象中名称 ${twice} 出现两次`, `the name ${twice} stands twice in one object`)
  return value
}

/** Names may be written with escapes. Without either word and without escapes there are none, and no need to look further. */
function mayHoldPrototypeKeys(json: Buffer): boolean {
  return mayHoldEscapes(json) || json.includes('__proto__') || json.includes('constructor')
}

/** Looked for in the bytes, which takes a fifth of the time that it takes in a text that is not ASCII. */
function mayHoldEscapes(json: Buffer): boolean {
  return json.includes('\\u')
}
