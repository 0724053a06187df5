/**
 * A text as a reader sees it, whatever bytes spell it: full width, compatibility forms, invisible characters, and the
 * radicals that PDF programs write instead of the characters that look the same.
 */
export interface Spelled {
  /** Half width, lower case, without invisible characters; spaces, punctuation and line breaks are kept. */
  readonly plain: string
  /** The letters and digits of {@link plain} alone, so that 云 汀-县 reads 云汀县. */
  readonly compact: string
  /** Where in {@link plain} each character of {@link compact} stands. */
  readonly places: Uint32Array
}

/** Radicals of U+2E80–2EFF that NFKC leaves alone. Text taken out of PDF is full of them. */
const RADICALS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    '⺠民 ⻄西 ⻅见 ⻆角 ⻉贝 ⻋车 ⻓长 ⻔门 ⻘青 ⻚页 ⻛风 ⻜飞 ⻝食 ⻢马 ⻣骨 ⻤鬼 ' +
    '⻥鱼 ⻦鸟 ⻨麦 ⻩黄 ⻬齐 ⻮齿 ⻰龙 ⻳龟 ⺟母 ⺒巳 ⺎兀 ⺁厂 ⺆冂 ⺝月 ⺫目 ⺷羊 ' +
    '⺼肉 ⻌辶 ⻖阝'
  )
    .split(' ')
    .map((pair) => [...pair] as [string, string]),
)
const RADICAL = new RegExp(`[${Object.keys(RADICALS).join('')}]`, 'g')
/** Zero-width characters, soft hyphens, directions, variation selectors: nobody sees them. */
const INVISIBLE = /\p{Cf}|\p{Variation_Selector}|\u034F|[\u115F\u1160\u3164]/gu
/** A telephone number in words has at least seven digits; fewer are a quantity. */
const DIGITS_IN_WORDS = /[〇零一二三四五六七八九幺]{7,}/g
const DIGIT_WORDS = '〇一二三四五六七八九'

export function spell(text: string): Spelled {
  const plain = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(RADICAL, (radical) => RADICALS[radical] ?? radical)
    .replace(DIGITS_IN_WORDS, (words) => words.replace(/./g, digitOfWord))
    .toLowerCase()
  const kept: string[] = []
  const places = new Uint32Array(plain.length)
  let length = 0
  for (const { 0: run, index } of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
    kept.push(run)
    for (let offset = 0; offset < run.length; offset++) places[length++] = index + offset
  }
  return { plain, compact: kept.join(''), places: places.subarray(0, length) }
}

/** The letters and digits alone, in the spelling that {@link spell} gives a text. */
export function compactOf(text: string): string {
  return spell(text).compact
}

function digitOfWord(word: string): string {
  if (word === '零') return '0'
  return word === '幺' ? '1' : String(DIGIT_WORDS.indexOf(word))
}

/** Splits Chinese text into words by a dictionary; what it does not know, such as most names, falls into single characters. */
const WORDS = new Intl.Segmenter('zh', { granularity: 'word' })

/** The words of a text, in order and without gaps. */
export function wordsOf(text: string): string[] {
  return Array.from(WORDS.segment(text), ({ segment }) => segment)
}

/** How a stretch of a text lies on the words around it. */
export interface WordFit {
  /** The stretch begins or ends in the middle of a word, as 高明 does at both ends in 提高明显. */
  readonly cutsStart: boolean
  readonly cutsEnd: boolean
  /** It holds a whole word of two characters or more: 方向 in 方向明. */
  readonly holdsWord: boolean
  /** It is one word of the dictionary itself: 高峰. */
  readonly isWord: boolean
}

/** The fit of `hit` between what stands before and after it; some ten characters on each side are enough. */
export function wordFit(before: string, hit: string, after: string): WordFit {
  const start = before.length
  const end = start + hit.length
  const fit = { cutsStart: false, cutsEnd: false, holdsWord: false, isWord: false }
  let from = 0
  for (const word of wordsOf(before + hit + after)) {
    const to = from + word.length
    if (from < start && to > start) fit.cutsStart = true
    if (from < end && to > end) fit.cutsEnd = true
    if (from >= start && to <= end && word.length > 1) fit.holdsWord = true
    if (from === start && to === end && word.length > 1) fit.isWord = true
    from = to
  }
  return fit
}
