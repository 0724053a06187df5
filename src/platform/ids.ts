import { TypeID, typeid } from 'typeid-js'

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

/** A new identifier such as `need_01j…`: a UUIDv7 behind a prefix, so identifiers sort by the time of their making. */
export function newId(prefix: string): string {
  return typeid(prefix).toString()
}

/**
 * The UUID inside an identifier.
 * @throws TypeError when the text is no identifier with this prefix; schemas refuse such a text long before.
 */
export function uuidOf(id: string, prefix: string): string {
  if (!isTypeId(id, prefix)) throw new TypeError(`Not an identifier with the prefix ${prefix}_.`)
  return TypeID.fromString(id, prefix).toUUID()
}

/** The identifier that shows a stored UUID under this prefix. */
export function idOfUuid(uuid: string, prefix: string): string {
  return TypeID.fromUUID(prefix, uuid).toString()
}
