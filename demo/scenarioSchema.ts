import { type Static, Type } from 'typebox'
import { COMMUNITY_KINDS, DIVISION_LEVELS } from '../src/modules/divisions/rules.ts'
import { BENEFICIARY_GROUPS, BENEFICIARY_UNITS, LOTTERY_PURPOSES, SERVICE_FIELDS } from '../src/modules/needs/rules.ts'
import { ANNUAL_CHECK_RESULTS, ORGANIZATION_TYPES } from '../src/modules/organizations/rules/organization.ts'
import { INDICATOR_KINDS } from '../src/modules/projects/rules.ts'
import { OFFER_KINDS, PROVIDER_KINDS } from '../src/modules/resources/rules.ts'
import { RoundPolicyInput } from '../src/modules/rounds/policyDocument.ts'
import { FUND_SOURCES, PROCUREMENT_MODES } from '../src/modules/rounds/rules.ts'
import { Day } from '../src/platform/http/schemas.ts'
import {
  At,
  Attachments,
  Budget,
  CreditCode,
  closed,
  Grade,
  Kind,
  Ref,
  RefsUpTo,
  Staff,
  Whole,
  Word,
  Words,
  Yuan,
} from './scenarioWords.ts'
import { STEP_SCHEMAS, type Step } from './stepSchemas.ts'

const Division = closed({
  code: Type.String({ pattern: '^[0-9]{12}$' }),
  name: Words(100),
  level: Word(DIVISION_LEVELS),
  communityKind: Type.Optional(Word(COMMUNITY_KINDS)),
  households: Type.Optional(Whole(1_000_000)),
  premisesSquareMetres: Type.Optional(Whole(1_000_000)),
})
const Organization = closed({
  ref: Ref,
  name: Words(200),
  type: Word(ORGANIZATION_TYPES),
  creditCode: Type.Optional(CreditCode),
  registeredOn: Type.Optional(Day),
  grade: Type.Optional(Grade),
  annualChecks: Type.Optional(
    Type.Array(closed({ year: Whole(2100, 2000), result: Word(ANNUAL_CHECK_RESULTS) }), { maxItems: 30 }),
  ),
  staff: Type.Optional(Staff),
  sponsor: Type.Optional(Ref),
})
const Expert = closed({
  ref: Ref,
  code: Words(40),
  fields: Type.Optional(Type.Array(Kind, { maxItems: 20, uniqueItems: true })),
  employments: Type.Optional(
    Type.Array(closed({ organization: Ref, from: Day, to: Type.Optional(Day) }), { maxItems: 50 }),
  ),
  conflicts: Type.Optional(
    Type.Array(Ref, {
      maxItems: 100,
      uniqueItems: true,
      description: 'Organizations to which the expert declares a relation.',
    }),
  ),
})
const Need = closed({
  ref: Ref,
  division: Type.String({ pattern: '^[0-9]{12}$' }),
  title: Words(200),
  description: Words(),
  beneficiaryGroup: Word(BENEFICIARY_GROUPS),
  beneficiaryCount: Whole(1_000_000, 1),
  beneficiaryUnit: Word(BENEFICIARY_UNITS),
  serviceField: Word(SERVICE_FIELDS),
  lotteryPurpose: Type.Optional(Word(LOTTERY_PURPOSES)),
  referenceBudget: Yuan,
})
const Indicator = closed({ ref: Ref, name: Words(100), kind: Word(INDICATOR_KINDS), unit: Words(20), target: Whole() })
const Project = closed({
  ref: Ref,
  organization: Ref,
  sponsoredGroup: Type.Optional(Ref),
  needs: RefsUpTo(20),
  title: Words(200),
  summary: Words(),
  startsOn: Day,
  endsOn: Day,
  indicators: Type.Array(Indicator, { minItems: 1, maxItems: 50 }),
})
const Bid = closed({
  ref: Ref,
  project: Ref,
  need: Ref,
  grant: Yuan,
  matchingCash: Yuan,
  matchingInKind: Type.Optional(Yuan),
  budget: Budget,
  attachments: Attachments,
})
const Resource = closed({
  ref: Ref,
  provider: closed({
    kind: Word(PROVIDER_KINDS),
    name: Words(200),
    organization: Type.Optional(Ref),
  }),
  offer: closed({
    kind: Word(OFFER_KINDS),
    description: Words(2000),
    quantity: Whole(1_000_000_000, 1),
    unit: Words(20),
    amount: Type.Optional(Yuan),
  }),
  undertaker: Ref,
  project: Ref,
})
const Pool = closed({
  source: Word(FUND_SOURCES),
  name: Words(100),
  size: Yuan,
  purposes: Type.Optional(
    Type.Array(Word(LOTTERY_PURPOSES), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      description: 'Lottery purposes the pool may serve; absent: any.',
    }),
  ),
  fields: Type.Optional(
    Type.Array(Word(SERVICE_FIELDS), {
      minItems: 1,
      maxItems: 30,
      uniqueItems: true,
      description: 'Service fields the pool may serve; absent: any.',
    }),
  ),
})
const Round = closed({
  code: Type.String({ pattern: '^[0-9A-Za-z一-鿿-]{1,40}$', description: 'As it is announced, such as `YT-2026-01`.' }),
  title: Words(200),
  procurementMode: Type.Optional(Word(PROCUREMENT_MODES)),
  needs: Type.Optional(RefsUpTo(500)),
  timetable: closed({ opensAt: At, closesAt: At, cycleStartsOn: Day, cycleEndsOn: Day }),
  pools: Type.Array(Pool, { minItems: 1, maxItems: 20 }),
  policy: Type.Optional(RoundPolicyInput),
})

/**
 * The format of scenario files: inputs only. A county, its organizations, a round with its policy, and what people do on
 * which day; never a result. demo/scenario.schema.json is generated from here (`npm run openapi`), docs/guide/scenarios.md
 * explains it.
 */
export const ScenarioSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Ref,
    title: Words(200),
    startsAt: At,
    divisions: Type.Array(Division, { minItems: 1, maxItems: 1000 }),
    organizations: Type.Array(Organization, { minItems: 1, maxItems: 1000 }),
    host: Ref,
    evaluator: Ref,
    experts: Type.Array(Expert, { maxItems: 200 }),
    needs: Type.Array(Need, { minItems: 1, maxItems: 500 }),
    projects: Type.Array(Project, { maxItems: 1000 }),
    resources: Type.Optional(Type.Array(Resource, { maxItems: 200 })),
    round: Round,
    bids: Type.Array(Bid, { maxItems: 1000 }),
    events: Type.Array(
      Type.Unsafe<Step>({ oneOf: Object.values(STEP_SCHEMAS), type: 'object', required: ['at', 'do'] }),
      {
        maxItems: 5000,
      },
    ),
  },
  { additionalProperties: false, $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Sandan scenario' },
)
export type Scenario = Static<typeof ScenarioSchema>

/** The text of demo/scenario.schema.json. */
export function scenarioSchemaText(): string {
  return `${JSON.stringify(ScenarioSchema, null, 2)}\n`
}
