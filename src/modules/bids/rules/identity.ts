import { placeBefore } from './places.ts'
import { compactOf, wordsOf } from './spelling.ts'

/** What would tell a reviewer who the bidder is. */
export interface IdentityFacts {
  /** The registered name, former and foreign names, and the name of a sponsored group (代申报). */
  readonly organizationNames: readonly string[]
  readonly creditCodes: readonly string[]
  readonly phones: readonly string[]
  /** Addresses such as `office@nuanting.org.cn`, and bare domains of own web sites. */
  readonly emails: readonly string[]
  readonly domains: readonly string[]
  /** Representatives, contacts and staff. */
  readonly people: readonly string[]
  /** What every bidder may write although it resembles a mark: the county, the need's title, the host and its telephone. */
  readonly allowedPhrases: readonly string[]
}

/**
 * How a hit is told from chance: `anywhere` it is one; `word` if it does not lie across other words; `person` only beside
 * a title or alone in its cell, because the name is a word of the language.
 */
export type MarkTest = 'anywhere' | 'word' | 'person'

export interface NameMark {
  readonly code: 'agency_name' | 'staff_name'
  /** In the spelling of `compactOf`. */
  readonly text: string
  readonly test: MarkTest
}

export interface IdentityMarks {
  /** Longest first, so that a short name within a long one is not counted again. */
  readonly names: readonly NameMark[]
  readonly creditCodes: readonly string[]
  /** Digits alone, without the country code; a fixed line also without its area code. */
  readonly phones: readonly string[]
  /** Lower case. */
  readonly emails: readonly string[]
  readonly domains: readonly string[]
  /** Letters and digits alone. */
  readonly allowed: readonly string[]
}

/** 县, 市 … at the end of a division's name; 社区, 园区 … are places of another kind. */
const REGION =
  /^(?:\p{Script=Han}{2,7}?(?:自治区|自治州|自治县|工业园区|开发区|省|市|州|盟|县|(?<![社园小校景厂片街])区|旗|镇|乡|街道))+/u

/** What names of organizations are made of besides the part that is their own. The longest fitting word counts. */
const GENERIC_WORDS = (
  '社会工作 社工 社会组织 社会 社区 志愿者 志愿 公益 慈善 助残 助老 助学 为老 养老 ' +
  '老年人 老年 残疾人 青少年 儿童 少年 妇女 家庭 心理 健康 教育 文化 艺术 救援 应急 ' +
  '法律 援助 关爱 关怀 互助 康复 托养 照料 护理 创新 创业 创投 孵化 培育 指导 评估 ' +
  '综合 促进 支持 发展 服务 咨询 培训 管理 居家 生活 事业 民间 群众 爱心 专业 项目 ' +
  '科技 信息 环保 生态'
).split(' ')
const ORGANIZATION_NOUNS = (
  '中心 协会 服务社 服务站 服务队 服务部 基金会 促进会 联合会 学会 商会 研究院 研究会 ' +
  '研究所 工作室 事务所 工作站 总站 总队 大队 分队 救援队 志愿队 团队 小组 学校 机构 ' +
  '公司 有限公司 有限责任公司 合作社 理事会 委员会 俱乐部 联盟 之家 驿站 社 站 会 所 ' +
  '院 队'
).split(' ')
const SUFFIX_WORDS = [...GENERIC_WORDS, ...ORGANIZATION_NOUNS].sort((a, b) => b.length - a.length)

/** Anybody may have a mailbox there, so the domain says nothing. */
const PUBLIC_MAIL =
  /^(?:(?:vip\.)?(?:qq|163|126|yeah|sina|sohu|foxmail|aliyun|139|189|wo|tom|21cn|gmail|outlook|hotmail|live|icloud|yahoo)\.(?:com|cn|net|com\.cn))$/
/** A shorter part before the @ may be any word, such as `office`. */
const MAILBOX_LETTERS_MIN = 8
/** Words of every day that the segmenter does not know or that organizations like to be called by. */
const COMMON = new Set(
  '携手 同心 暖心 手拉手 心连心 一家亲 夕阳红 协作者 同路人 有爱 益起 童心 童乐 邻里 睦邻'.split(' '),
)
/** Before 社工 or 协会 these mean many, not one: 同行社工 may be anybody of the trade, 同行助残中心 is a name. */
const PEERS = new Set('同行 同业 同伴 同仁 同道 伙伴 专业 邻里'.split(' '))
const MARK_LETTERS_MIN = 2

export function identityMarks(facts: IdentityFacts): IdentityMarks {
  const allowed = unique(
    facts.allowedPhrases.map(compactOf).flatMap((phrase) => [phrase, ...divisionStem(phrase)]),
  ).filter((phrase) => phrase.length >= MARK_LETTERS_MIN)
  const names = [
    ...facts.organizationNames.flatMap((name) => agencyMarks(name, allowed)),
    ...facts.people.flatMap(personMarks),
  ]
  const addresses = facts.emails.map((email) => email.normalize('NFKC').trim().toLowerCase())
  return {
    names: uniqueMarks(names.filter(({ text }) => !allowed.includes(text))).sort(
      (a, b) => b.text.length - a.text.length,
    ),
    creditCodes: unique(facts.creditCodes.map(compactOf).filter((code) => code.length >= 15)),
    phones: unique(facts.phones.flatMap(phoneMarks)),
    emails: unique(addresses.flatMap(mailMarks)),
    domains: unique(
      [...facts.domains.map(domainOf), ...addresses.map(domainOf)].filter((domain) => isOwnDomain(domain)),
    ),
    allowed,
  }
}

/**
 * 云汀县暖汀社会工作服务中心 → itself, 暖汀社会工作服务中心, 暖汀, 暖汀社工, 暖汀服务中心 …. Where the own part is made of
 * ordinary words (同行助残服务中心), only its combinations count: everybody writes 同行.
 */
export function agencyMarks(name: string, regions: readonly string[] = []): NameMark[] {
  const whole = compactOf(name)
  if (whole.length < MARK_LETTERS_MIN || splitSuffix(whole).core.length === 0) return []
  return uniqueMarks([
    nameMark('agency_name', whole),
    ...ownNames(dropRegion(whole, regions)).flatMap((own) => {
      const { core, suffix } = splitSuffix(own)
      return core.length === 0 ? [] : ownMarks(own, core, suffix)
    }),
  ])
}

function ownMarks(own: string, core: string, suffix: readonly string[]): NameMark[] {
  const isOrdinary = isOfWords(core)
  const shorter = [own, ...shortenings(core, suffix)]
    .filter((short) => !isOrdinary || isTelling(core, short))
    .map((short) => nameMark('agency_name', short))
  const isMark = core.length >= MARK_LETTERS_MIN && !isOrdinary
  return isMark ? [...shorter, nameMark('agency_name', core)] : shorter
}

function personMarks(name: string): NameMark[] {
  const text = compactOf(name)
  return text.length < MARK_LETTERS_MIN ? [] : [nameMark('staff_name', text)]
}

/** From four characters on a name is no chance any more. */
function nameMark(code: NameMark['code'], text: string): NameMark {
  if (text.length > 3) return { code, text, test: 'anywhere' }
  return { code, text, test: code === 'staff_name' && wordsOf(text).length === 1 ? 'person' : 'word' }
}

/** Whether a name that begins with an ordinary word is still nobody else's. */
function isTelling(core: string, short: string): boolean {
  return short.length > 3 && !(PEERS.has(core) && /^.{2}(?:[^金]会|机构|队|社工|社会工作)$/.test(short))
}

/** The name without the divisions before it, the known ones first: 云汀县松坪镇和邻社区服务社 → 和邻社区服务社. */
function dropRegion(name: string, regions: readonly string[]): string {
  const known = regions.filter((region) => name.startsWith(region)).sort((a, b) => b.length - a.length)[0]
  return name.slice(known?.length ?? 0).replace(REGION, '')
}

/**
 * The name, and what is left of it without the places that stand before it as bare names: 昆山暖汀社工 is 暖汀社工 as well.
 * The longer ones stay, because the own part may begin like a place. Only the last one for 昆山社会工作协会, which names a
 * place and nothing else.
 */
function ownNames(name: string): string[] {
  const names = [name]
  for (let rest = name; ; ) {
    const place = placeBefore(rest, { isBehind: names.length > 1 })
    if (place === null) return names
    rest = rest.slice(place.length).replace(REGION, '')
    const { core } = splitSuffix(rest)
    if (core.length === 0) return [rest]
    if (core.length < MARK_LETTERS_MIN) return names
    names.push(rest)
  }
}

/** The own part at the front, and the generic words behind it in their order. */
function splitSuffix(name: string): { readonly core: string; readonly suffix: readonly string[] } {
  const suffix: string[] = []
  let core = name
  for (;;) {
    const word = SUFFIX_WORDS.find((word) => core.endsWith(word))
    if (word === undefined) return { core, suffix }
    suffix.unshift(word)
    core = core.slice(0, -word.length)
  }
}

/** What people say for short: some of the generic words, the last among them, or 社工 for 社会工作. */
function shortenings(core: string, suffix: readonly string[]): string[] {
  const last = suffix.at(-1)
  if (last === undefined) return []
  const middles = suffix.slice(0, -1)
  const tails = [...middles.map((_, from) => middles.slice(from).join('')), ...middles, '']
  const shorter = tails.map((words) => `${core}${words}${last}`)
  const isSocialWork = suffix.includes('社会工作') || suffix.includes('社工')
  return isSocialWork ? [...shorter, `${core}社工`, `${core}社会工作`] : shorter
}

/** 云汀县 is called 云汀 as well. Nothing for a phrase that is no division. */
function divisionStem(phrase: string): string[] {
  return phrase.replace(REGION, '') === '' ? [phrase.replace(/(?:自治)?(?:区|州|县|省|市|盟|旗|镇|乡|街道)$/, '')] : []
}

/** Whether words of the dictionary make up all of it: 同行, 阳光家园. Names as 暖汀 fall apart into characters. */
function isOfWords(text: string): boolean {
  return COMMON.has(text) || (text.length < 5 && wordsOf(text).every((word) => word.length > 1))
}

/** The digits that identify a line. A mobile number has 11; a fixed line has an area code of 3 or 4 and 7 or 8 of its own. */
function phoneMarks(phone: string): string[] {
  const digits = compactOf(phone.replace(/(?:转|分机|ext\.?|x).*$/i, ''))
    .replace(/\D/g, '')
    .replace(/^(?:00)?86(?=1\d{10}$|0\d{9,11}$|[1-9]\d{8,10}$)/, '')
  if (digits.length < 7) return []
  if (/^[48]00\d{7}$/.test(digits)) return [digits]
  const fixed = /^0?(10|2\d|[3-9]\d{2})(\d{7,8})$/.exec(digits)
  if (fixed?.[2] === undefined || /^1\d{10}$/.test(digits)) return [digits]
  return [`0${fixed[1]}${fixed[2]}`, fixed[2]]
}

function mailMarks(address: string): string[] {
  const [mailbox = '', domain] = address.split('@')
  if (domain === undefined) return []
  const isTelling = /\d/.test(mailbox) ? mailbox.length >= 6 : mailbox.length >= MAILBOX_LETTERS_MIN
  return isTelling ? [address, mailbox] : [address]
}

function domainOf(address: string): string {
  const host = address
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^.*@/, '')
    .replace(/^[a-z]+:\/\//, '')
  return (host.split(/[/:?#]/)[0] ?? '').replace(/^www\./, '')
}

function isOwnDomain(domain: string): boolean {
  return /^[^\s.]+(?:\.[^\s.]+)+$/.test(domain) && !PUBLIC_MAIL.test(domain)
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)]
}

function uniqueMarks(marks: readonly NameMark[]): NameMark[] {
  return [...new Map(marks.map((mark) => [`${mark.code} ${mark.text}`, mark])).values()]
}
