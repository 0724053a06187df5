import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../../kernel/page.ts'
import { typeIdPattern } from '../ids.ts'

/** An object that refuses unknown properties: the only kind of object that crosses the edge. */
export function closed<Properties extends Record<string, TSchema>>(
  properties: Properties,
  options: { title?: string; description?: string; minProperties?: number } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** A TypeID such as `need_01jd…`. Ids are names, not secrets. */
export function Id<Prefix extends string>(prefix: Prefix) {
  return Type.String({
    pattern: typeIdPattern(prefix),
    maxLength: 40,
    description: `TypeID with the prefix \`${prefix}\`.`,
  })
}

/**
 * At least one character that can be seen: no blank, control or zero-width character, no mark without a letter, and none
 * of the letters that are blank (Hangul fillers, the empty Braille cell). The Unicode properties are the general
 * categories, which other languages' patterns know as well; Ajv reads patterns with the flag `u`.
 */
export const VISIBLE = '[^\\p{C}\\p{Z}\\p{M}\\u115F\\u1160\\u2800\\u3164\\uFFA0]'

/** A text of people's words, of which something can be seen. `maxLength` counts code points. */
export function Text(maxLength: number, description?: string) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: VISIBLE,
    ...(description === undefined ? {} : { description }),
  })
}

/** One of a few words. Clients accept unknown values: the list may grow. */
export function Word<const Words extends readonly string[]>(words: Words, description?: string) {
  return Type.Unsafe<Words[number]>({
    type: 'string',
    enum: [...words],
    maxLength: 64,
    ...(description === undefined ? {} : { description }),
  })
}

/**
 * `value` or `null`, where null is a statement of its own ("none"). Said with a list of types and not with `anyOf`: for
 * `anyOf` the serializer compiles a validator of its own for each place (some 900 of them, half the time of a start) and
 * runs it for each value.
 */
export function Nullable<Schema extends TSchema>(schema: Schema) {
  const { type, enum: words, ...rest } = schema as { type?: string; enum?: readonly unknown[] }
  if (typeof type !== 'string') throw new TypeError('only a schema of one type can be made nullable')
  return Type.Unsafe<Static<Schema> | null>({
    type: [type, 'null'],
    ...rest,
    ...(words === undefined ? {} : { enum: [...words, null] }),
  })
}

/** A list with an upper bound. */
export function ListOf<Item extends TSchema>(
  item: Item,
  maxItems: number,
  options: { minItems?: number; uniqueItems?: boolean; description?: string } = {},
) {
  return Type.Array(item, { maxItems, ...options })
}

export const Money = closed(
  {
    amount: Type.String({
      pattern: '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$',
      maxLength: 16,
      description: 'Yuan with two decimals.',
    }),
    currency: Type.Unsafe<'CNY'>({ type: 'string', enum: ['CNY'], maxLength: 3 }),
  },
  { title: 'Money', description: 'An amount of yuan as text; never a JSON number, never negative.' },
)

// The patterns keep out what the formats let pass and a database or a Date does not: the year 0000, leap seconds.
export const INSTANT_PATTERN =
  '^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$'
export const DAY_PATTERN = '^[12][0-9]{3}-'
export const Instant = Type.String({
  format: 'date-time',
  pattern: INSTANT_PATTERN,
  maxLength: 30,
  description: 'RFC 3339 instant in UTC.',
})
export const Day = Type.String({
  format: 'date',
  pattern: DAY_PATTERN,
  maxLength: 10,
  description: 'Civil date in Asia/Shanghai, YYYY-MM-DD.',
})
export const Points = Type.String({
  pattern: '^(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?$',
  maxLength: 7,
  description: 'Score points with up to two decimals, as text.',
})
export const BasisPoints = Type.Integer({
  minimum: 0,
  maximum: 10000,
  format: 'int32',
  description: 'Basis points: 1/10000.',
})
/** A whole number with bounds. */
export function Count(maximum = 1_000_000_000, minimum = 0, description?: string) {
  return Type.Integer({
    minimum,
    maximum,
    format: maximum > 2_147_483_647 ? 'int64' : 'int32',
    ...(description === undefined ? {} : { description }),
  })
}
export const Sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  maxLength: 64,
  description: 'SHA-256 in lower-case hex.',
})

export const Period = closed(
  { amount: Count(3660), basis: Word(['working', 'calendar'] as const) },
  { title: 'Period', description: 'A number of working or calendar days; the start day is not counted.' },
)

export const ResolvedDate = closed(
  {
    startOn: Day,
    period: Period,
    nominalOn: Type.String({
      format: 'date',
      maxLength: 10,
      description: 'The date before holidays are looked at (Monday–Friday arithmetic for working days).',
    }),
    effectiveOn: Type.String({
      format: 'date',
      maxLength: 10,
      description: 'The date that counts; its last moment is 24:00 in Asia/Shanghai.',
    }),
    rolledBecause: Nullable(Type.String({ maxLength: 64 })),
  },
  { title: 'ResolvedDate', description: 'A deadline together with how it was derived.' },
)

/** The query of every list. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_LIMIT_MAX,
      default: PAGE_LIMIT_DEFAULT,
      format: 'int32',
      description: 'Items per page.',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1024, description: 'The `nextCursor` of the page before.' })),
}

/** The answer of every list. */
export function PageOf<Item extends TSchema>(item: Item, title: string): TObject {
  return closed(
    { items: Type.Array(item, { maxItems: PAGE_LIMIT_MAX }), nextCursor: Nullable(Type.String({ maxLength: 1024 })) },
    { title },
  )
}

export const ProblemBody = closed(
  {
    type: Type.String({ maxLength: 300, description: 'Address of the page that explains the code.' }),
    title: Type.String({ maxLength: 300 }),
    status: Type.Integer({ minimum: 400, maximum: 599, format: 'int32' }),
    detail: Type.String({ maxLength: 4000 }),
    instance: Type.String({ maxLength: 2000 }),
    code: Type.String({ maxLength: 80, description: 'Stable code; see docs/guide/problems.md.' }),
    requestId: Type.String({ maxLength: 64 }),
    errors: Type.Optional(
      Type.Array(
        closed({
          pointer: Type.String({ maxLength: 500 }),
          code: Type.String({ maxLength: 80 }),
          detail: Type.String({ maxLength: 1000 }),
        }),
        { maxItems: 1000 },
      ),
    ),
  },
  { title: 'Problem', description: 'RFC 9457 problem document.' },
)
