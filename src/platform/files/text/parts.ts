/**
 * Why something of a file could not be read, so that its author has to look at it: `picture` and `no_text_layer` show
 * what only eyes can read, `reader_failed` is our fault, the others are locked, broken, foreign or too big.
 */
export const UNREAD_REASONS = [
  'picture',
  'no_text_layer',
  'some_pages_without_text',
  'encrypted',
  'malformed',
  'embedded_object',
  'nested_archive',
  'unsupported_type',
  'too_large',
  'timed_out',
  'reader_failed',
] as const
export type UnreadReason = (typeof UNREAD_REASONS)[number]

/** `where` is made of our own words and numbers (`page/3`, `metadata/creator`, `entry/2/sheet/1`), never of the file's. */
export interface TextPart {
  readonly where: string
  readonly text: string
}

export interface UnreadPart {
  /** Empty for the file as a whole. */
  readonly where: string
  readonly reason: UnreadReason
}

export interface Extraction {
  readonly parts: readonly TextPart[]
  /** Empty if everything that can hold text was read. */
  readonly unread: readonly UnreadPart[]
}

/** 4 million characters are some 4,000 pages; what is longer is no bid. */
const TEXT_CHARACTERS_MAX = 4_000_000

/** Gathers what is read of one file, and stops when it is too much. */
export class Collector {
  readonly parts: TextPart[] = []
  readonly unread: UnreadPart[] = []
  #characters = 0

  add(where: string, text: string): void {
    if (text.trim() === '' || this.#characters >= TEXT_CHARACTERS_MAX) return
    const room = TEXT_CHARACTERS_MAX - this.#characters
    if (text.length > room) this.miss('', 'too_large')
    this.parts.push({ where, text: text.slice(0, room) })
    this.#characters += Math.min(text.length, room)
  }

  miss(where: string, reason: UnreadReason): void {
    if (!this.unread.some((part) => part.where === where && part.reason === reason)) this.unread.push({ where, reason })
  }
}

/** `entry/2` and `page/3` → `entry/2/page/3`. */
export function within(outer: string, inner: string): string {
  return outer === '' ? inner : inner === '' ? outer : `${outer}/${inner}`
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })
const GB18030 = new TextDecoder('gb18030')

/** Text of unknown encoding: UTF-8 if it can be, otherwise what Chinese systems write. A byte order mark decides. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return UTF8.decode(bytes)
  } catch {
    return GB18030.decode(bytes)
  }
}
