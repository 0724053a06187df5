import { Type } from 'typebox'
import { Count, closed, Instant, Money, Nullable, Text, Word } from '../../platform/http/schemas.ts'
import { COMMUNITY_KINDS, DIVISION_LEVELS } from './rules.ts'

export const DivisionCode = Type.String({
  pattern: '^[0-9]{12}$',
  maxLength: 12,
  description: '12 digits: province 2, prefecture 2, county 2, town 3, community 3.',
})
const content = {
  name: Text(100),
  households: Nullable(Count(1_000_000)),
  premisesSquareMetres: Nullable(Count(1_000_000, 0, 'Floor area of the community’s service premises.')),
}

export const NewDivision = closed(
  {
    code: DivisionCode,
    name: content.name,
    communityKind: Type.Optional(
      Nullable(Word(COMMUNITY_KINDS, 'Needed only where the code does not tell: community parts from 400 on.')),
    ),
    households: Type.Optional(content.households),
    premisesSquareMetres: Type.Optional(content.premisesSquareMetres),
  },
  { title: 'NewDivision' },
)
export const DivisionPatch = Type.Partial(closed(content), {
  title: 'DivisionPatch',
  additionalProperties: false,
  minProperties: 1,
})
const PremisesBody = closed(
  {
    squareMetres: Nullable(Count(1_000_000)),
    requiredSquareMetres: Nullable(Count(1_000_000)),
    isSufficient: Nullable(Type.Boolean()),
  },
  {
    title: 'CommunityPremises',
    description:
      'Urban: 30 m² per 100 households, 600 m² below 2500 households (D0-11). Village: 500 m² (D0-12). Null: not known yet.',
  },
)
export const DivisionBody = closed(
  {
    code: DivisionCode,
    name: content.name,
    level: Word(DIVISION_LEVELS),
    parentCode: Nullable(DivisionCode),
    communityKind: Nullable(Word(COMMUNITY_KINDS)),
    households: content.households,
    premises: Nullable(PremisesBody),
    yearlyWorkFund: Nullable(Money),
    createdAt: Instant,
  },
  {
    title: 'Division',
    description: '`yearlyWorkFund`: 10,000 yuan per 100 households of an urban community, pro rata (D4-05).',
  },
)
export const DivisionParams = closed({ code: DivisionCode })
export const DivisionFilter = closed({
  parentCode: Type.Optional(DivisionCode),
  level: Type.Optional(Word(DIVISION_LEVELS)),
})
