import { type Static, Type } from 'typebox'
import { Count, closed, Day, Id, Instant, ListOf, Money, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import { typeIdPattern } from '../../platform/ids.ts'
import { INDICATOR_KINDS, PROJECT_STATES, WITHHELD_FIELDS } from './rules.ts'

const TARGET_MAX = 1_000_000_000

const indicator = {
  name: Text(100),
  kind: Word(INDICATOR_KINDS, 'People (人数), attendances (人次), a count of anything else, or money.'),
  unit: Text(20, 'What one is, such as 人, 人次, 场.'),
  target: Type.Optional(Count(TARGET_MAX, 0, 'The number to reach; not for money.')),
  targetAmount: Type.Optional(Money),
  targetText: Type.Optional(Text(300, 'The target in words, alone or besides the number.')),
}
const NewIndicator = closed(indicator, { title: 'NewIndicator' })
const IndicatorBody = closed({ id: Id('ind'), ...indicator }, { title: 'Indicator' })

const content = {
  title: Text(200),
  summary: Text(5000),
  startsOn: Day,
  endsOn: Day,
  needIds: ListOf(Id('need'), 20, {
    minItems: 1,
    uniqueItems: true,
    description: 'The published needs that the project answers, the main one first; all of one host.',
  }),
}
const design = {
  sponsoredGroupId: Type.Optional(Nullable(Id('org'))),
  indicators: Type.Optional(ListOf(NewIndicator, 50)),
}

export const NewProject = closed(
  { organizationId: Type.Optional(Id('org')), ...content, ...design },
  { title: 'NewProject' },
)
/** Merge patch: what is absent stays, null clears; a list replaces the whole list. */
export const ProjectPatch = Type.Partial(closed({ ...content, ...design }), {
  title: 'ProjectPatch',
  additionalProperties: false,
  minProperties: 1,
})

/**
 * In answers null is said with a list of types and not with `anyOf`: a serializer writes the former at once, and for
 * the latter it validates every value against every branch, fifty times a page.
 */
const IdOrNull = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  pattern: typeIdPattern('org'),
  maxLength: 40,
  description: 'The filed group in whose place the agency applies (代申报).',
})
const InstantOrNull = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  format: 'date-time',
  maxLength: 30,
  description: 'When it was listed first; from then on it is public.',
})

export const ProjectBody = closed(
  {
    id: Id('prj'),
    hostId: Id('org'),
    organizationId: Id('org'),
    sponsoredGroupId: IdOrNull,
    ...content,
    needIds: ListOf(Id('need'), 20, {
      description: 'The main one first; none where the notice of the award did not tell.',
    }),
    indicators: ListOf(IndicatorBody, 50),
    state: Word(PROJECT_STATES),
    listedAt: InstantOrNull,
    createdAt: Instant,
    actions: ListOf(Type.String({ maxLength: 40 }), 10, { description: 'The commands that its state allows.' }),
    withheld: Type.Optional(
      ListOf(Word(WITHHELD_FIELDS), WITHHELD_FIELDS.length, {
        description: 'What this reader is not shown, because the notice of its award leaves it out.',
      }),
    ),
  },
  { title: 'Project' },
)
export const ProjectParams = closed({ projectId: Id('prj') })
export const ProjectQuery = closed({
  hostId: Type.Optional(Id('org')),
  organizationId: Type.Optional(Id('org')),
  state: Type.Optional(Word(PROJECT_STATES)),
})
export type ProjectPatchBody = Static<typeof ProjectPatch>
export type NewIndicatorBody = Static<typeof NewIndicator>
export type IndicatorBody = Static<typeof IndicatorBody>
export type ProjectBody = Static<typeof ProjectBody>
