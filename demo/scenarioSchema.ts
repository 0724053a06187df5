import { type Static, type TSchema, Type } from 'typebox'
import { TERMINATION_KINDS } from '../src/modules/agreements/rules.ts'
import { COMMUNITY_KINDS, DIVISION_LEVELS } from '../src/modules/divisions/rules.ts'
import { VISIT_METHODS } from '../src/modules/evaluations/rules/evaluations.ts'
import { BENEFICIARY_GROUPS, BENEFICIARY_UNITS, LOTTERY_PURPOSES, SERVICE_FIELDS } from '../src/modules/needs/rules.ts'
import {
  ANNUAL_CHECK_RESULTS,
  EVALUATION_GRADES,
  ORGANIZATION_TYPES,
} from '../src/modules/organizations/rules/organization.ts'
import { HOLD_REASONS } from '../src/modules/payments/rules/tranches.ts'
import { INDICATOR_KINDS } from '../src/modules/projects/rules.ts'
import { OFFER_KINDS, PROVIDER_KINDS } from '../src/modules/resources/rules.ts'
import { RoundPolicyInput } from '../src/modules/rounds/policyDocument.ts'
import { FUND_SOURCES, PROCUREMENT_MODES } from '../src/modules/rounds/rules.ts'
import { Day, Instant, Text } from '../src/platform/http/schemas.ts'

/**
 * The format of scenario files: inputs only. A county, its organizations, a round with its policy, and what people do on
 * which day; never a result. demo/scenario.schema.json is generated from here (`npm run openapi`), docs/guide/scenarios.md
 * explains it.
 */
const closed = <Properties extends Record<string, TSchema>>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

/** One of the service's own words. */
const Word = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] })
/** Keys that fit a pattern, and no others. */
const RecordOf = <Value extends TSchema>(pattern: string, value: Value, description: string, bounds: object = {}) =>
  Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    patternProperties: { [pattern]: value },
    additionalProperties: false,
    description,
    ...bounds,
  })

const REF_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,30}$'
const CODE_PATTERN = '^[a-z][a-z0-9_]{0,39}$'
const Ref = Type.String({
  pattern: REF_PATTERN,
  description: 'A short name that other parts of the file use.',
})
const RefsUpTo = (maxItems: number, minItems = 1) => Type.Array(Ref, { minItems, maxItems, uniqueItems: true })
const Refs = RefsUpTo(1000)
const Words = (maxLength = 4000) => Text(maxLength)
const Yuan = Type.String({ pattern: '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$', description: 'Yuan with two decimals.' })
const PointsText = Type.String({ pattern: '^(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?$' })
const At = Type.String({ ...Instant, description: 'When it happens; the host’s test clock is advanced to it.' })
const CreditCode = Type.String({ minLength: 18, maxLength: 18 })
const Whole = (maximum = 1_000_000_000, minimum = 0) => Type.Integer({ minimum, maximum })
const Budget = RecordOf(CODE_PATTERN, Yuan, 'Grant part by budget category.', { maxProperties: 60 })
const PointsByItem = RecordOf(CODE_PATTERN, PointsText, 'Points by item of the sheet.', {
  minProperties: 1,
  maxProperties: 40,
})
const Kind = Type.String({ pattern: CODE_PATTERN, description: 'A word of the policy.' })
const Attachments = Type.Array(Kind, {
  maxItems: 20,
  uniqueItems: true,
  description: 'Kinds of attachments handed in.',
})
const Grade = closed({ level: Word(EVALUATION_GRADES), validTo: Day })
const Staff = closed({
  fullTime: Whole(100_000),
  assistantSocialWorkers: Whole(100_000),
  socialWorkers: Whole(100_000),
  seniorSocialWorkers: Whole(100_000),
})

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

const some = { projects: Type.Optional(Refs) }
const stage = Type.Union([Type.Literal('mid'), Type.Literal('final')])

/** What people do, by the word in `do`. */
export const STEPS = {
  verify_needs: closed({ needs: Type.Optional(Refs) }, 'The town verifies needs (all unless named).'),
  publish_needs: closed({ needs: Type.Optional(Refs) }, 'The host publishes the needs list.'),
  list_projects: closed(some, 'The agencies put projects on the project list.'),
  publish_round: closed({}, 'The host publishes the round; the policy is frozen.'),
  cancel_round: closed({ reason: Words(2000) }, 'The host cancels the round.'),
  submit_bid: closed({ bid: Ref }, 'An agency submits a bid.'),
  replace_bid: closed(
    {
      bid: Ref,
      grant: Type.Optional(Yuan),
      matchingCash: Type.Optional(Yuan),
      matchingInKind: Type.Optional(Yuan),
      budget: Type.Optional(Budget),
      attachments: Type.Optional(Attachments),
    },
    'The agency submits another version.',
  ),
  withdraw_bid: closed({ bid: Ref }, 'The agency withdraws its bid.'),
  open_bids: closed({}, 'The host opens the bids.'),
  check_bids: closed({ bids: Type.Optional(Refs) }, 'Formal check (all submitted bids unless named).'),
  correct_bid: closed({ bid: Ref, attachments: Type.Optional(Attachments) }, 'The agency supplies what was missing.'),
  convene_panel: closed(
    { reviewOn: Day, members: RefsUpTo(50), alternates: Type.Optional(RefsUpTo(50)) },
    'The panel is convened; recusals follow from employments and declared conflicts.',
  ),
  sign_sheets: closed(
    { sheets: Type.Array(closed({ expert: Ref, bid: Ref, items: PointsByItem }), { minItems: 1, maxItems: 5000 }) },
    'Experts sign score sheets.',
  ),
  rank_bids: closed(
    { leaveOut: Type.Optional(Refs) },
    'The ranking is computed; `leaveOut` names bids below the quorum that get no result.',
  ),
  draw_lot: closed(
    { bids: RefsUpTo(100, 2), place: Words(200), witnesses: Type.Array(Words(100), { minItems: 1, maxItems: 20 }) },
    'A public lot: the bids in the order drawn.',
  ),
  propose_awards: closed(
    { amounts: Type.Optional(RecordOf(REF_PATTERN, Yuan, 'Approved amounts by bid.')) },
    'The host fixes amounts (as asked unless named).',
  ),
  revise_budget: closed(
    { bid: Ref, matchingCash: Yuan, matchingInKind: Type.Optional(Yuan), budget: Budget },
    'The agency fits its budget to the approved amount.',
  ),
  decline_award: closed({ bid: Ref, reason: Words(2000) }, 'The agency declines.'),
  publish_notice: closed(
    { kind: Type.Union([Type.Literal('award'), Type.Literal('evaluation_result')]) },
    'Public notice (公示).',
  ),
  file_objection: closed(
    { ref: Ref, by: Ref, bid: Ref, grounds: Words(), anonymous: Type.Optional(Type.Boolean()) },
    'An objection to an announced award.',
  ),
  accept_objection: closed({ objection: Ref }, 'The objection is taken up; the award is suspended.'),
  decide_objection: closed(
    { objection: Ref, outcome: Type.Union([Type.Literal('upheld'), Type.Literal('dismissed')]), reasons: Words() },
    'The answer to an objection.',
  ),
  hold_meeting: closed({ minutes: Words() }, 'The director’s meeting confirms what was announced.'),
  match_resources: closed({ resources: Type.Optional(Refs) }, 'The town pairs providers and undertakers.'),
  sign_agreements: closed(some, 'Host and agency sign (all confirmed awards unless named).'),
  terminate_agreement: closed(
    { project: Ref, kind: Word(TERMINATION_KINDS), reason: Words() },
    'An agreement ends early.',
  ),
  pay_tranche: closed(
    { number: Type.Integer({ minimum: 1, maximum: 20 }), ...some },
    'Request, approval and payment of a tranche (all projects that have one due unless named).',
  ),
  hold_tranche: closed(
    { number: Type.Integer({ minimum: 1, maximum: 20 }), project: Ref, reason: Word(HOLD_REASONS) },
    'A tranche is held.',
  ),
  release_tranche: closed(
    { number: Type.Integer({ minimum: 1, maximum: 20 }), project: Ref },
    'A held tranche is released.',
  ),
  submit_reports: closed(
    {
      kind: Type.Union([Type.Literal('monthly'), Type.Literal('mid_self_assessment'), Type.Literal('closing')]),
      reports: Type.Array(
        closed({
          project: Ref,
          month: Type.Optional(
            Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: 'Of a monthly report.' }),
          ),
          values: RecordOf(REF_PATTERN, Whole(), 'Reached since the start, by indicator; money in yuan.'),
          narrative: Words(),
          satisfaction: Type.Optional(closed({ validAnswers: Whole(1_000_000, 1), satisfied: Whole(1_000_000) })),
        }),
        { minItems: 1, maxItems: 200 },
      ),
    },
    'Reports with indicator values.',
  ),
  visit_projects: closed(
    {
      kind: stage,
      projects: Refs,
      methods: Type.Array(Word(VISIT_METHODS), { minItems: 1, maxItems: 4, uniqueItems: true }),
      opinion: Words(),
    },
    'Site visits.',
  ),
  score_evaluations: closed(
    {
      kind: stage,
      scores: Type.Array(
        closed({
          project: Ref,
          items: PointsByItem,
          bonus: Type.Optional(PointsText),
          deduction: Type.Optional(PointsText),
          vetoes: Type.Optional(Type.Array(Kind, { maxItems: 40, uniqueItems: true })),
        }),
        { minItems: 1, maxItems: 200 },
      ),
    },
    'The evaluator’s scores.',
  ),
  publish_evaluations: closed({ kind: stage, projects: Refs }, 'Results are published.'),
  order_rectification: closed(
    { project: Ref, items: Type.Array(Words(500), { minItems: 1, maxItems: 50 }) },
    'Rectification is ordered.',
  ),
  report_rectification: closed(
    { project: Ref, answers: Type.Array(Words(2000), { minItems: 1, maxItems: 50 }) },
    'The agency reports what it mended, one answer per item.',
  ),
  accept_audits: closed(
    {
      audits: Type.Array(
        closed({
          project: Ref,
          eligible: Yuan,
          ownMatching: Type.Optional(Yuan),
          disallowed: Type.Optional(
            Type.Array(closed({ category: Kind, amount: Yuan, reason: Kind }), { maxItems: 100 }),
          ),
        }),
        { minItems: 1, maxItems: 200 },
      ),
    },
    'Audit results.',
  ),
  settle_projects: closed({ projects: Refs }, 'Settlement: the final tranche or what flows back.'),
  claim_refund: closed({ project: Ref }, 'A refund is claimed.'),
  receive_refund: closed({ project: Ref, amount: Yuan }, 'Money comes back.'),
  change_organization: closed(
    {
      organization: Ref,
      grade: Type.Optional(Type.Union([Grade, Type.Null()])),
      staff: Type.Optional(Staff),
    },
    'An organization’s record changes.',
  ),
  load_calendar: closed(
    {
      year: Type.Integer({ minimum: 2000, maximum: 2100 }),
      holidays: Type.Array(Day, { maxItems: 366, uniqueItems: true }),
      makeupWorkdays: Type.Array(Day, { maxItems: 60, uniqueItems: true }),
      source: Words(200),
    },
    'An operator loads a year of working days.',
  ),
  pass_time: closed({}, 'Nothing but time: deadlines due until then ring.'),
  close_round: closed({}, 'The round is closed.'),
} as const

export type StepName = keyof typeof STEPS
export type StepOf<Name extends StepName> = Static<(typeof STEPS)[Name]> & { readonly at: string; readonly do: Name }
export type Step = { [Name in StepName]: StepOf<Name> }[StepName]

/** The whole of each step, by its word. */
export const STEP_SCHEMAS: Readonly<Record<string, TSchema>> = Object.fromEntries(
  Object.entries(STEPS).map(([name, schema]) => [
    name,
    Type.Object(
      { at: At, do: Type.Literal(name), ...schema.properties },
      {
        additionalProperties: false,
        title: name,
        description: (schema as { description?: string }).description ?? name,
      },
    ),
  ]),
)

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
