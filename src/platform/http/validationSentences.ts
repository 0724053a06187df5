import type { Sentence } from '../../kernel/problem.ts'
import { DAY_PATTERN, INSTANT_PATTERN, VISIBLE } from './schemas.ts'

/** What Ajv reports of one flaw. */
export interface Flaw {
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}

const TYPES: Readonly<Record<string, string>> = {
  object: '对象',
  array: '数组',
  string: '文本',
  integer: '整数',
  number: '数字',
  boolean: '布尔值(true 或 false)',
  null: 'null',
}

/** The keywords that the schemas of this service use. ajv-i18n, the package for this, has not been released since 2021. */
const IN_CHINESE: Readonly<Record<string, (params: Flaw['params']) => string>> = {
  type: ({ type }) =>
    `应为${[type]
      .flat()
      .flatMap((one) => String(one).split(','))
      .map((one) => TYPES[one] ?? one)
      .join('或')}`,
  required: ({ missingProperty }) => `缺少 ${missingProperty}`,
  additionalProperties: ({ additionalProperty }) => `不允许有 ${additionalProperty}`,
  propertyNames: ({ propertyName }) => `名称 ${propertyName} 不符合规定`,
  minLength: ({ limit }) => `不得少于 ${limit} 个字符`,
  maxLength: ({ limit }) => `不得超过 ${limit} 个字符`,
  pattern: ({ pattern }) => PATTERNS[String(pattern)]?.['zh-CN'] ?? `须符合格式 ${pattern}`,
  format: ({ format }) => FORMATS[String(format)]?.['zh-CN'] ?? `须为有效的 ${format}`,
  enum: ({ allowedValues }) => `须为下列之一:${listed(allowedValues, '、')}`,
  const: ({ allowedValue }) => `须为 ${JSON.stringify(allowedValue)}`,
  minimum: ({ limit }) => `不得小于 ${limit}`,
  maximum: ({ limit }) => `不得大于 ${limit}`,
  exclusiveMinimum: ({ limit }) => `须大于 ${limit}`,
  exclusiveMaximum: ({ limit }) => `须小于 ${limit}`,
  multipleOf: ({ multipleOf }) => `须为 ${multipleOf} 的倍数`,
  minItems: ({ limit }) => `不得少于 ${limit} 项`,
  maxItems: ({ limit }) => `不得超过 ${limit} 项`,
  uniqueItems: ({ i, j }) => `各项不得重复(第 ${Number(j) + 1} 项与第 ${Number(i) + 1} 项相同)`,
  minProperties: ({ limit }) => `至少须有 ${limit} 个字段`,
  maxProperties: ({ limit }) => `不得超过 ${limit} 个字段`,
  anyOf: () => '不符合任何一种允许的形式',
  oneOf: () => '须恰好符合一种允许的形式',
}

/** Where Ajv's own English leaves out what is allowed. */
const IN_ENGLISH: Readonly<Record<string, (params: Flaw['params']) => string | undefined>> = {
  pattern: ({ pattern }) => PATTERNS[String(pattern)]?.en,
  format: ({ format }) => FORMATS[String(format)]?.en,
  enum: ({ allowedValues }) => `must be one of: ${listed(allowedValues, ', ')}`,
}

const A_DAY: Sentence = {
  'zh-CN': '须为存在的日期(年-月-日),例如 2026-03-01',
  en: 'must be a date (YYYY-MM-DD) such as 2026-03-01',
}
const AN_INSTANT: Sentence = {
  'zh-CN': '须为带时区的时刻,例如 2026-03-01T09:00:00Z 或 2026-03-01T17:00:00+08:00',
  en: 'must be an instant with its offset such as 2026-03-01T09:00:00Z or 2026-03-01T17:00:00+08:00',
}
/** What a value of a format looks like. */
const FORMATS: Readonly<Record<string, Sentence>> = { date: A_DAY, 'date-time': AN_INSTANT }
/** Patterns that say less to a reader than words do. */
const PATTERNS: Readonly<Record<string, Sentence>> = {
  [VISIBLE]: { 'zh-CN': '不能为空白', en: 'must not be blank' },
  [DAY_PATTERN]: A_DAY,
  [INSTANT_PATTERN]: AN_INSTANT,
}

/** The flaw in both languages; English is Ajv's own where that says enough. */
export function validationSentence({ keyword, params, message }: Flaw): Sentence {
  const chinese = IN_CHINESE[keyword]?.(params) ?? `不符合 ${keyword} 的要求`
  const english = IN_ENGLISH[keyword]?.(params) ?? message ?? keyword
  return { 'zh-CN': chinese.slice(0, 500), en: english.slice(0, 500) }
}

function listed(values: unknown, separator: string): string {
  return Array.isArray(values) ? values.map((value) => String(value)).join(separator) : String(values)
}
