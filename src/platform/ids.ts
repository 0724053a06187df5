import { randomFillSync } from 'node:crypto'

/** 26 characters of Crockford base32 hold 130 bits; a UUID has 128, so the first character is at most 7. */
const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}'

/** The regular expression of an identifier with this prefix, as a text for JSON schemas: `^need_[0-7]…{25}$`. */
export function typeIdPattern(prefix: string): string {
  return `^${prefix}_${SUFFIX}$`
}

const patterns = new Map<string, RegExp>()

/** Is the text an identifier with exactly this prefix, in its only (lower-case) spelling? */
export function isTypeId(text: string, prefix: string): boolean {
  let pattern = patterns.get(prefix)
  if (pattern === undefined) {
    pattern = new RegExp(typeIdPattern(prefix))
    patterns.set(prefix, pattern)
  }
  return pattern.test(text)
}

/**
 * A new identifier such as `need_01j…`: a UUIDv7 behind a prefix. Those of one process sort in the order of their making,
 * which the audit chain needs of the events of one transaction.
 */
export function newId(prefix: string): string {
  return idOfUuid(newUuid(), prefix)
}

/**
 * The 74 bits behind the time are drawn anew in every millisecond. A counter that went on would tell whoever gets two
 * identifiers how many were made between them, and so how many bids came in. Within a millisecond they grow by random
 * steps, so that the order is kept.
 */
function newUuid(): string {
  const now = Date.now()
  if (now > latest.ms) {
    latest.ms = now
    // One bit is left free, so that the steps of a millisecond never run over.
    latest.high = randomUint32() * 2 ** 9 + (randomUint32() >>> 23)
    latest.low = randomUint32()
  } else {
    latest.low += 1 + randomUint32()
    if (latest.low >= 2 ** 32) {
      latest.low -= 2 ** 32
      latest.high++
    }
  }
  const { ms, high, low } = latest
  const time = hex(ms, 12)
  const variant = hex(0x8000 + (Math.floor(high / 2 ** 16) % 2 ** 14), 4)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(Math.floor(high / 2 ** 30), 3)}-${variant}-${hex(high % 2 ** 16, 4)}${hex(low, 8)}`
}

/** Of the identifier made last: its time, the 42 bits after that, and the last 32. */
const latest = { ms: 0, high: 0, low: 0 }

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** Asking the system for four bytes at a time takes longer than all the rest. */
const pool = new Uint32Array(1024)
let taken = pool.length

function randomUint32(): number {
  if (taken === pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  const value = pool[taken] as number
  pool[taken++] = 0
  return value
}

// The conversions of typeid-js take 5 µs and 9 µs; a page of a list converts 400 identifiers. These take about a tenth.

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Two characters of base32 for every ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${ALPHABET[bits >> 5]}${ALPHABET[bits & 31]}`)
const VALUE_OF_CHARACTER = valuesByCode(ALPHABET)
const VALUE_OF_HEX = valuesByCode('0123456789abcdef')

function valuesByCode(digits: string): Uint8Array {
  const values = new Uint8Array(128)
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value
  return values
}

/**
 * The UUID inside an identifier.
 * @throws TypeError when the text is no identifier with this prefix; schemas refuse such a text long before.
 */
export function uuidOf(id: string, prefix: string): string {
  if (!isTypeId(id, prefix)) throw new TypeError(`Not an identifier with the prefix ${prefix}_.`)
  const start = prefix.length + 1
  const bits = (from: number, count: number) => {
    let value = 0
    for (let at = start + from; at < start + from + count; at++)
      value = (value << 5) | (VALUE_OF_CHARACTER[id.charCodeAt(at)] as number)
    return value
  }
  // 130 bits: two that are nothing, a byte, and six times four characters that are five hexadecimal digits each.
  let hex = (0x100 | bits(0, 2)).toString(16).slice(1)
  for (let from = 2; from < 26; from += 4) hex += (0x100000 | bits(from, 4)).toString(16).slice(1)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const UUID_LENGTH = 36

/**
 * The identifier that shows a stored UUID (lower case, as PostgreSQL writes it) under this prefix.
 * @throws TypeError when the text is not as long as a UUID.
 */
export function idOfUuid(uuid: string, prefix: string): string {
  if (uuid.length !== UUID_LENGTH) throw new TypeError('Not a UUID.')
  const digit = (at: number) => VALUE_OF_HEX[uuid.charCodeAt(at)] as number
  const five = (a: number, b: number, c: number, d: number, e: number) => {
    const value = (digit(a) << 16) | (digit(b) << 12) | (digit(c) << 8) | (digit(d) << 4) | digit(e)
    return `${PAIRS[value >> 10]}${PAIRS[value & 1023]}`
  }
  // The places of the 32 digits between the hyphens at 8, 13, 18 and 23.
  return `${prefix}_${PAIRS[(digit(0) << 4) | digit(1)]}${five(2, 3, 4, 5, 6)}${five(7, 9, 10, 11, 12)}${five(14, 15, 16, 17, 19)}${five(20, 21, 22, 24, 25)}${five(26, 27, 28, 29, 30)}${five(31, 32, 33, 34, 35)}`
}
