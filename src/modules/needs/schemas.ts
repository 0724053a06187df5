import { type Static, Type } from 'typebox'
import { Count, closed, Id, Instant, ListOf, Money, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import { BENEFICIARY_GROUPS, BENEFICIARY_UNITS, LOTTERY_PURPOSES, NEED_STATES, SERVICE_FIELDS } from './rules.ts'

const DivisionCode = Type.String({
  pattern: '^[0-9]{12}$',
  maxLength: 12,
  description: 'Twelve digits of the administrative division.',
})

const content = {
  code: Nullable(Text(40, "The host's own number for it, such as `N1`; unique within the host.")),
  divisionCode: DivisionCode,
  title: Text(200),
  description: Text(5000),
  beneficiaryGroup: Word(BENEFICIARY_GROUPS, 'Whom the need is about.'),
  beneficiaryCount: Count(1_000_000, 1, 'How many of `beneficiaryUnit`.'),
  beneficiaryUnit: Word(BENEFICIARY_UNITS, 'What is counted: people, households, or housing estates.'),
  serviceField: Word(SERVICE_FIELDS),
  lotteryPurpose: Nullable(
    Word(LOTTERY_PURPOSES, '扶老, 助残, 救孤, 济困; null when the need serves none, so that lottery money cannot pay.'),
  ),
  referenceBudget: Money,
  source: Nullable(Text(100, 'The channel it came through, such as `96345`.')),
}

export const NewNeed = closed(
  {
    hostId: Type.Optional(Id('org')),
    ...content,
    code: Type.Optional(content.code),
    lotteryPurpose: Type.Optional(content.lotteryPurpose),
    source: Type.Optional(content.source),
  },
  { title: 'NewNeed' },
)
/** Merge patch: what is absent stays, null clears. */
export const NeedPatch = Type.Partial(closed(content), {
  title: 'NeedPatch',
  additionalProperties: false,
  minProperties: 1,
})
export const NeedBody = closed(
  {
    id: Id('need'),
    hostId: Id('org'),
    ...content,
    state: Word(NEED_STATES),
    publishedAt: Nullable(Instant),
    createdAt: Instant,
    actions: ListOf(Type.String({ maxLength: 40 }), 10, { description: 'The commands that its state allows.' }),
  },
  { title: 'Need' },
)
export const NeedParams = closed({ needId: Id('need') })
export const NeedQuery = closed({
  hostId: Type.Optional(Id('org')),
  state: Type.Optional(Word(NEED_STATES)),
  serviceField: Type.Optional(Word(SERVICE_FIELDS)),
  divisionCode: Type.Optional(DivisionCode),
})
export type NeedPatchBody = Static<typeof NeedPatch>
