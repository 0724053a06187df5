import { _, Ajv2020, type CodeKeywordDefinition } from 'ajv/dist/2020.js'
import { useFunc } from 'ajv/dist/compile/util.js'
import ucs2lengthModule from 'ajv/dist/runtime/ucs2length.js'
import limitLengthModule from 'ajv/dist/vocabularies/validation/limitLength.js'
import formats from 'ajv-formats'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import type { Sentence } from '../../kernel/problem.ts'
import { type Compiling, validatorMade } from './compiling.ts'

/**
 * Two validators. Bodies are strict: Fastify's default would turn `null` into 0 and drop misspelt fields in silence.
 * Path and query are text by nature, so numbers and booleans are coerced there; unknown parameters are refused in both.
 */
export function useStrictValidators(app: FastifyInstance, compiling: Compiling): void {
  const shared = {
    allErrors: false,
    removeAdditional: false,
    useDefaults: true,
    strict: false,
    allowUnionTypes: true,
  } as const
  const body = new Ajv2020({ ...shared, coerceTypes: false })
  const text = new Ajv2020({ ...shared, coerceTypes: true })
  for (const ajv of [body, text]) {
    ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
    countOnlyWhatMayBeTooLong(ajv)
  }
  const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
    validatorMade(compiling, () => (httpPart === 'body' ? body : text).compile(schema))
  app.setValidatorCompiler(compile)
}

/**
 * Lengths are in characters of Unicode, one or two of JavaScript's each. Ajv counts them all; most texts are so short, or
 * so long, that their own length tells: counting took 40 µs of a bid of 20 KB.
 */
function countOnlyWhatMayBeTooLong(ajv: Ajv2020): void {
  const { code: _counting, ...limitLength } = limitLengthModule.default as CodeKeywordDefinition
  for (const keyword of ['maxLength', 'minLength'] as const) {
    ajv.removeKeyword(keyword)
    ajv.addKeyword({
      ...limitLength,
      keyword,
      before: 'pattern',
      code(context) {
        const { data, schemaCode: limit } = context
        const count = useFunc(context.gen, ucs2lengthModule.default)
        context.fail(
          keyword === 'maxLength'
            ? _`${data}.length > ${limit} && ${count}(${data}) > ${limit}`
            : _`${data}.length < 2 * ${limit} && ${count}(${data}) < ${limit}`,
        )
      },
    })
  }
}

/** The strict check of a body for what comes in another way, such as out of a seal. */
export function strictCheck(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, allErrors: false, coerceTypes: false, useDefaults: false })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  const check = ajv.compile(schema)
  return (value) => flawOfJson(value) === null && check(value) === true
}

/** JSON bodies may nest this deep: far more than any schema here needs. */
export const JSON_DEPTH_MAX = 32

const TEXT_UNSTORABLE: Sentence = {
  'zh-CN': '文本含有 NUL 或不成对的代理字符',
  en: 'text contains NUL or an unpaired surrogate',
}
const NAME_UNSTORABLE: Sentence = {
  'zh-CN': '名称含有 NUL 或不成对的代理字符',
  en: 'a name contains NUL or an unpaired surrogate',
}
const TOO_DEEP: Sentence = {
  'zh-CN': `嵌套超过 ${JSON_DEPTH_MAX} 层`,
  en: `nested deeper than ${JSON_DEPTH_MAX} levels`,
}

/**
 * What JSON allows and a database does not: text with NUL or half a surrogate pair, and depth beyond reason.
 * Returns what is wrong, or null. Iterative, so that depth costs no stack. `isTextSound`: it came from valid UTF-8 without
 * an escape like `\\u0000`, so that no text in it can be unstorable.
 */
export function flawOfJson(value: unknown, { isTextSound = false } = {}): Sentence | null {
  const isUnfit = isTextSound ? () => false : isUnstorable
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === 'string' && isUnfit(next.value)) return TEXT_UNSTORABLE
    if (typeof next.value !== 'object' || next.value === null) continue
    if (next.depth > JSON_DEPTH_MAX) return TOO_DEEP
    for (const [key, child] of Object.entries(next.value)) {
      if (isUnfit(key)) return NAME_UNSTORABLE
      waiting.push({ value: child, depth: next.depth + 1 })
    }
  }
  return null
}

export function isUnstorable(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed()
}
