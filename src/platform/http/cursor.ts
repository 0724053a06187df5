import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { problem } from '../../kernel/problem.ts'
import { InvalidCursor } from '../problems.ts'

type KeyValue = string | number | boolean | null

/**
 * Keyset cursors: the sort values of the last item, bound to the list and its filters and signed, so that a client can
 * neither forge one nor carry it over to another list. Format: base64url of `["1", scope, …values]` + `.` + HMAC.
 */
export interface CursorCodec {
  encode(scope: string, values: readonly KeyValue[]): string
  /** Throws `invalid_cursor`. */
  decode(scope: string, cursor: string): KeyValue[]
}

const VERSION = '1'

export function cursorCodec(secret: Buffer): CursorCodec {
  const sign = (payload: string) => createHmac('sha256', secret).update(payload).digest().subarray(0, 16)
  return {
    encode(scope, values) {
      const payload = Buffer.from(JSON.stringify([VERSION, scopeHash(scope), ...values])).toString('base64url')
      return `${payload}.${sign(payload).toString('base64url')}`
    },
    decode(scope, cursor) {
      const [payload = '', signature = ''] = cursor.split('.')
      const given = Buffer.from(signature, 'base64url')
      const wanted = sign(payload)
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw problem(InvalidCursor)
      const [version, boundTo, ...values] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as KeyValue[]
      if (version !== VERSION || boundTo !== scopeHash(scope)) throw problem(InvalidCursor)
      return values
    },
  }
}

function scopeHash(scope: string): string {
  return hash('sha256', scope, 'base64url').slice(0, 11)
}
