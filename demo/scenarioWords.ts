import { type Static, type TSchema, Type } from 'typebox'
import { EVALUATION_GRADES } from '../src/modules/organizations/rules/organization.ts'
import { Day, Instant, Text } from '../src/platform/http/schemas.ts'

export const closed = <Properties extends Record<string, TSchema>>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

/** One of the service's own words. */
export const Word = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] })
/** Keys that fit a pattern, and no others. */
export const RecordOf = <Value extends TSchema>(
  pattern: string,
  value: Value,
  description: string,
  bounds: object = {},
) =>
  Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    patternProperties: { [pattern]: value },
    additionalProperties: false,
    description,
    ...bounds,
  })

export const REF_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,30}$'
export const CODE_PATTERN = '^[a-z][a-z0-9_]{0,39}$'
export const Ref = Type.String({
  pattern: REF_PATTERN,
  description: 'A short name that other parts of the file use.',
})
export const RefsUpTo = (maxItems: number, minItems = 1) => Type.Array(Ref, { minItems, maxItems, uniqueItems: true })
export const Refs = RefsUpTo(1000)
export const Words = (maxLength = 4000) => Text(maxLength)
export const Yuan = Type.String({
  pattern: '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$',
  description: 'Yuan with two decimals.',
})
export const PointsText = Type.String({ pattern: '^(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?$' })
export const At = Type.String({ ...Instant, description: 'When it happens; the host’s test clock is advanced to it.' })
export const CreditCode = Type.String({ minLength: 18, maxLength: 18 })
export const Whole = (maximum = 1_000_000_000, minimum = 0) => Type.Integer({ minimum, maximum })
export const Budget = RecordOf(CODE_PATTERN, Yuan, 'Grant part by budget category.', { maxProperties: 60 })
export const PointsByItem = RecordOf(CODE_PATTERN, PointsText, 'Points by item of the sheet.', {
  minProperties: 1,
  maxProperties: 40,
})
export const Kind = Type.String({ pattern: CODE_PATTERN, description: 'A word of the policy.' })
export const Attachments = Type.Array(Kind, {
  maxItems: 20,
  uniqueItems: true,
  description: 'Kinds of attachments handed in.',
})
export const Grade = closed({ level: Word(EVALUATION_GRADES), validTo: Day })
export const Staff = closed({
  fullTime: Whole(100_000),
  assistantSocialWorkers: Whole(100_000),
  socialWorkers: Whole(100_000),
  seniorSocialWorkers: Whole(100_000),
})
