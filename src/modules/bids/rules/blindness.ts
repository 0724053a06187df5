import { checkCreditCode, creditCodeWarnings } from '../../../kernel/creditCode.ts'
import type { IdentityMarks, NameMark } from './identity.ts'
import { type Spelled, spell, wordFit } from './spelling.ts'

/** The first five are the bidder's own; a `…_pattern` is anybody's, which has no place in a blind bid either. */
export const LEAK_CODES = [
  'agency_name',
  'credit_code',
  'phone',
  'staff_name',
  'email',
  'phone_pattern',
  'credit_code_pattern',
  'email_pattern',
] as const
export type LeakCode = (typeof LEAK_CODES)[number]

export interface InspectedText {
  /** A JSON pointer into the bid, or a file's part: never words of the file itself. */
  readonly where: string
  readonly text: string
}

export interface Leak {
  readonly code: LeakCode
  readonly where: string
  /** Its first characters, then stars: enough to find it, too little to tell it. */
  readonly excerpt: string
  /** How often it stands there. */
  readonly count: number
}

interface Hit {
  readonly code: LeakCode
  /** In {@link Spelled.plain}; `end` is behind the last character. */
  readonly start: number
  readonly end: number
}

/** What betrays the bidder, by text and then by place. Equal hits in one text are counted, not repeated. */
export function findLeaks(texts: readonly InspectedText[], marks: IdentityMarks): Leak[] {
  return texts.flatMap(({ where, text }) => {
    const spelled = spell(text)
    const leaks = new Map<string, Leak>()
    for (const { code, start, end } of hitsIn(spelled, marks)) {
      const excerpt = mask(code, spelled.plain.slice(start, end))
      const key = `${code} ${excerpt}`
      leaks.set(key, { code, where, excerpt, count: (leaks.get(key)?.count ?? 0) + 1 })
    }
    return [...leaks.values()]
  })
}

/** A text with more is a list of addresses; nobody reads on, and each hit is compared with those before it. */
const HITS_MAX = 1000

function hitsIn(spelled: Spelled, marks: IdentityMarks): Hit[] {
  const { plain } = spelled
  const spared = marks.allowed.flatMap((phrase) => occurrences(spelled, phrase))
  const found: Hit[] = []
  const add = (hits: Iterable<Hit>) => {
    for (const hit of hits) {
      if (found.length >= HITS_MAX) return
      const covers = ({ start, end }: { start: number; end: number }) => start <= hit.start && end >= hit.end
      const overlaps = ({ start, end }: Hit) => start < hit.end && end > hit.start
      if (!spared.some(covers) && !found.some(overlaps)) found.push(hit)
    }
  }
  // The bidder's own before the patterns, an address before the names within it.
  for (const email of marks.emails) add(literals(plain, 'email', email))
  for (const domain of marks.domains) add(literals(plain, 'email', domain))
  for (const code of marks.creditCodes) add(spacedOut(plain, 'credit_code', code, '[0-9a-z]'))
  for (const phone of marks.phones) add(spacedOut(plain, 'phone', phone, '\\d'))
  for (const mark of marks.names) add(nameHits(spelled, mark))
  add(patternHits(plain, 'email_pattern', EMAIL))
  add([...patternHits(plain, 'credit_code_pattern', CREDIT_CODE)].filter((hit) => isCreditCode(plain, hit)))
  for (const pattern of PHONES)
    add([...patternHits(plain, 'phone_pattern', pattern)].filter((hit) => !isAmount(plain, hit)))
  return found.sort((a, b) => a.start - b.start)
}

/** Where the letters and digits of `compact` follow each other, whatever stands between them. */
function occurrences({ compact, places }: Spelled, text: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = []
  for (let at = compact.indexOf(text); at >= 0; at = compact.indexOf(text, at + 1)) {
    found.push({ start: places[at] ?? 0, end: (places[at + text.length - 1] ?? 0) + 1 })
  }
  return found
}

function nameHits(spelled: Spelled, mark: NameMark): Hit[] {
  return occurrences(spelled, mark.text)
    .filter((place) => isTogether(spelled.plain.slice(place.start, place.end), mark.text.length))
    .filter((place) => isName(spelled.plain, place, mark))
    .map((place) => ({ code: mark.code, ...place }))
}

/** Short names are spread out with spaces (张 伟) or dots, long ones with anything; in neither does much stand between. */
function isTogether(hit: string, letters: number): boolean {
  const gaps = hit.split(/[\p{L}\p{N}]+/u).slice(1, -1)
  if (letters <= 3) return gaps.every((gap) => /^[\s·•・.*_~-]{0,3}$/.test(gap))
  return gaps.every((gap) => gap.length <= 4)
}

const CONTEXT_LETTERS = 10
const TITLES =
  '老师|社工|主任|同志|先生|女士|督导|理事长|会长|秘书长|总干事|院长|站长|组长|经理|主管|助理|顾问|会计|出纳|讲师|专员'
const LABELS = '姓名|联系人?|负责人|代表人?|法人|成员|团队|人员|志愿者|教师|编制|制表|填表人?|作者|签名|签字|我是|我叫'
/** What only people do: 由于佳负责, 徐成为组长, though 由于 and 成为 are words. */
const ACTS =
  '负责|担任|牵头|带领|主持|主讲|带队|从事|为(?:项目|组长|队长|负责)|任(?:项目|组长|队长|主任)|等\\d?[人名位]'
const LABEL_BEFORE = new RegExp(`(?:${LABELS}|${TITLES})[\\s:]*$`)
const TITLE_BEHIND = new RegExp(`^\\s*(?:${TITLES}|${ACTS})`)
const CELL_BEFORE = /(?:^|[\n\t|])\s*$/
const CELL_BEHIND = /^\s*(?:$|[\n\t|])/

function isName(
  plain: string,
  { start, end }: { start: number; end: number },
  { code, text, test }: NameMark,
): boolean {
  const before = plain.slice(Math.max(0, start - CONTEXT_LETTERS), start)
  const behind = plain.slice(end, end + CONTEXT_LETTERS)
  if (/^[\p{Script=Latin}\d]+$/u.test(text)) return !/[a-z0-9]$/.test(before) && !/^[a-z0-9]/.test(behind)
  if (test === 'anywhere') return true
  const isLabelled = LABEL_BEFORE.test(before) || TITLE_BEHIND.test(behind)
  const isCell = CELL_BEFORE.test(before) && CELL_BEHIND.test(behind)
  const isPerson = code === 'staff_name' && (isLabelled || isCell)
  if (test === 'person') return isPerson
  if (text.length === 2 && (/\d$/.test(before) || /^\d/.test(behind))) return isPerson
  // 与田 is a word of the segmenter, and more often 与 before a name.
  const fit = wordFit(before.replace(/与$/, ' '), text, behind)
  if (fit.cutsStart && fit.cutsEnd) return false
  if (!fit.cutsStart && !fit.cutsEnd) return true
  // 方向明 in 方向明确 is chance, 王明华 in 王明华为 is the name.
  return isPerson || (text.length > 2 && !fit.holdsWord)
}

function* literals(plain: string, code: LeakCode, literal: string): Generator<Hit> {
  const isWordAt = (at: number) => /[a-z0-9]/.test(plain.charAt(at))
  for (let start = plain.indexOf(literal); start >= 0; start = plain.indexOf(literal, start + 1)) {
    const end = start + literal.length
    if (!isWordAt(start - 1) && !isWordAt(end)) yield { code, start, end }
  }
}

/** The digits or letters with up to three spaces, dashes or brackets between any two; `neighbour` must not adjoin them. */
function* spacedOut(plain: string, code: LeakCode, text: string, neighbour: string): Generator<Hit> {
  const spaced = [...text].join('[\\s().·_*/\\-–—]{0,3}')
  const country = code === 'phone' ? '(?:(?:\\+|00)?86[\\s-]*)?' : ''
  yield* patternHits(plain, code, new RegExp(`(?<!${neighbour})${country}${spaced}(?!${neighbour})`, 'g'))
}

function* patternHits(plain: string, code: LeakCode, pattern: RegExp): Generator<Hit> {
  for (const { 0: text, index } of plain.matchAll(pattern)) yield { code, start: index, end: index + text.length }
}

/** The bounds keep a hostile text from costing more than its length. */
const EMAIL = /(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64} ?(?:@|[([]at[)\]]) ?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/g
const CREDIT_CODE = /(?<![0-9a-z])[0-9a-hj-npqrtuwxy](?:[ -]?[0-9a-hj-npqrtuwxy]){17}(?![0-9a-z])/g
const PHONES = [
  // Mobile: 138 1234 5678, 138-1234-5678, +86 13812345678. After a hex digit or a point it is part of something else.
  /(?<![0-9a-f.])(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d|\.\d|[a-f][0-9a-f])/g,
  // Fixed: the area code is set off, or the number might be any.
  /(?<![0-9a-z.-])(?:(?:\+|00)86[ -]?)?\(?0(?:10|2\d|[3-9]\d{2})(?:\)| ?[-–—] ?|\) ?)\d{4} ?\d{3,4}(?!\d|-\d{2}\b)/g,
  /(?<![0-9a-z.-])[48]00[ -]\d{3}[ -]?\d{4}(?!\d)/g,
]

/** 13812345678 元 is money. */
function isAmount(plain: string, { start, end }: Hit): boolean {
  return (
    /^\s?(?:元|万|亿|分|人|次|户)/.test(plain.slice(end, end + 2)) ||
    /[¥￥$]\s?$/.test(plain.slice(Math.max(0, start - 2), start))
  )
}

/** Both check characters and the category must fit, so that one of some 5,000 ordinary numbers of 18 digits is taken for a code. */
function isCreditCode(plain: string, { start, end }: Hit): boolean {
  const code = plain.slice(start, end).replace(/[ -]/g, '').toUpperCase()
  return checkCreditCode(code).accepted && creditCodeWarnings(code).length === 0 && !isIdentityNumber(code)
}

/** The number of a person's identity card (GB 11643): a birthday in its middle and its own check character. */
function isIdentityNumber(code: string): boolean {
  if (!/^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$/.test(code)) return false
  const sum = [...code].reduce((sum, digit, index) => sum + (digit === 'X' ? 10 : Number(digit)) * 2 ** (17 - index), 0)
  return sum % 11 === 1
}

function mask(code: LeakCode, text: string): string {
  const letters = [...text.replace(/\s+/g, '')]
  const shown = code === 'agency_name' || code === 'staff_name' || letters.length < 9 ? 1 : 3
  return letters.map((letter, index) => (index < shown ? letter : '*')).join('')
}
