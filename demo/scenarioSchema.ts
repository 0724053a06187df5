import { type Static, type TSchema, Type } from 'typebox'

/**
 * The format of scenario files: inputs only. A county, its organizations, a round with its policy, and what people do on
 * which day; never a result. demo/scenario.schema.json is generated from here (`npm run openapi`), docs/guide/scenarios.md
 * explains it.
 */
const closed = <Properties extends Record<string, TSchema>>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

const Ref = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_-]{0,30}$',
  description: 'A short name that other parts of the file use.',
})
const Refs = Type.Array(Ref, { minItems: 1, maxItems: 1000, uniqueItems: true })
const Words = (maxLength = 4000) => Type.String({ minLength: 1, maxLength })
const Yuan = Type.String({ pattern: '^(0|[1-9][0-9]{0,12})\\.[0-9]{2}$', description: 'Yuan with two decimals.' })
const PointsText = Type.String({ pattern: '^(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?$' })
const Day = Type.String({ format: 'date' })
const At = Type.String({
  format: 'date-time',
  description: 'When it happens; the host’s test clock is advanced to it.',
})
const CreditCode = Type.String({ minLength: 18, maxLength: 18 })
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })
const Budget = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), Yuan, {
  description: 'Grant part by budget category.',
})
const PointsByItem = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), PointsText)

const Division = closed({
  code: Type.String({ pattern: '^[0-9]{12}$' }),
  name: Words(100),
  level: Type.Union(['province', 'prefecture', 'county', 'town', 'community'].map((level) => Type.Literal(level))),
  communityKind: Type.Optional(Type.Union([Type.Literal('urban'), Type.Literal('village')])),
  households: Type.Optional(Count),
  premisesSquareMetres: Type.Optional(Count),
})
const Organization = closed({
  ref: Ref,
  name: Words(200),
  type: Words(40),
  creditCode: Type.Optional(CreditCode),
  registeredOn: Type.Optional(Day),
  grade: Type.Optional(closed({ level: Words(2), validTo: Day })),
  annualChecks: Type.Optional(Type.Array(closed({ year: Count, result: Words(40) }), { maxItems: 30 })),
  staff: Type.Optional(
    closed({ fullTime: Count, assistantSocialWorkers: Count, socialWorkers: Count, seniorSocialWorkers: Count }),
  ),
  sponsor: Type.Optional(Ref),
})
const Expert = closed({
  ref: Ref,
  code: Words(60),
  fields: Type.Optional(Type.Array(Words(60), { maxItems: 20 })),
  employments: Type.Optional(
    Type.Array(closed({ organization: Ref, from: Day, to: Type.Optional(Day) }), { maxItems: 50 }),
  ),
  conflicts: Type.Optional(
    Type.Array(Ref, { maxItems: 100, description: 'Organizations to which the expert declares a relation.' }),
  ),
})
const Need = closed({
  ref: Ref,
  division: Type.String({ pattern: '^[0-9]{12}$' }),
  title: Words(200),
  description: Words(),
  beneficiaryGroup: Words(60),
  beneficiaryCount: Count,
  beneficiaryUnit: Words(40),
  serviceField: Words(60),
  lotteryPurpose: Type.Optional(Words(40)),
  referenceBudget: Yuan,
})
const Indicator = closed({ ref: Ref, name: Words(100), kind: Words(40), unit: Words(40), target: Count })
const Project = closed({
  ref: Ref,
  organization: Ref,
  sponsoredGroup: Type.Optional(Ref),
  needs: Refs,
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
  attachments: Type.Array(Words(60), {
    maxItems: 20,
    uniqueItems: true,
    description: 'Kinds of attachments handed in.',
  }),
})
const Resource = closed({
  ref: Ref,
  provider: closed({
    kind: Type.Union([Type.Literal('organization'), Type.Literal('person')]),
    name: Words(200),
    organization: Type.Optional(Ref),
  }),
  offer: closed({
    kind: Words(40),
    description: Words(),
    quantity: Count,
    unit: Words(40),
    amount: Type.Optional(Yuan),
  }),
  undertaker: Ref,
  project: Ref,
})
const Pool = closed({
  source: Words(40),
  name: Words(100),
  size: Yuan,
  purposes: Type.Optional(
    Type.Array(Words(40), { maxItems: 20, description: 'Lottery purposes the pool may serve; absent: any.' }),
  ),
  fields: Type.Optional(
    Type.Array(Words(60), { maxItems: 20, description: 'Service fields the pool may serve; absent: any.' }),
  ),
})
const Round = closed({
  code: Words(60),
  title: Words(200),
  procurementMode: Type.Optional(Words(40)),
  needs: Type.Optional(Refs),
  timetable: closed({ opensAt: At, closesAt: At, cycleStartsOn: Day, cycleEndsOn: Day }),
  pools: Type.Array(Pool, { minItems: 1, maxItems: 20 }),
  policy: Type.Optional(
    Type.Object(
      {},
      {
        additionalProperties: true,
        description:
          'Parts of the round policy (see RoundPolicy in the API reference); absent parts take the default policy.',
      },
    ),
  ),
})

const some = { projects: Type.Optional(Refs) }
const stage = Type.Union([Type.Literal('mid'), Type.Literal('final')])

/** What people do, by the word in `do`. */
export const STEPS = {
  verify_needs: closed({ needs: Type.Optional(Refs) }, 'The town verifies needs (all unless named).'),
  publish_needs: closed({ needs: Type.Optional(Refs) }, 'The host publishes the needs list.'),
  list_projects: closed(some, 'The agencies put projects on the project list.'),
  publish_round: closed({}, 'The host publishes the round; the policy is frozen.'),
  cancel_round: closed({ reason: Words() }, 'The host cancels the round.'),
  submit_bid: closed({ bid: Ref }, 'An agency submits a bid.'),
  replace_bid: closed(
    {
      bid: Ref,
      grant: Type.Optional(Yuan),
      matchingCash: Type.Optional(Yuan),
      matchingInKind: Type.Optional(Yuan),
      budget: Type.Optional(Budget),
      attachments: Type.Optional(Type.Array(Words(60), { maxItems: 20 })),
    },
    'The agency submits another version.',
  ),
  withdraw_bid: closed({ bid: Ref }, 'The agency withdraws its bid.'),
  open_bids: closed({}, 'The host opens the bids.'),
  check_bids: closed({ bids: Type.Optional(Refs) }, 'Formal check (all submitted bids unless named).'),
  correct_bid: closed(
    { bid: Ref, attachments: Type.Optional(Type.Array(Words(60), { maxItems: 20 })) },
    'The agency supplies what was missing.',
  ),
  convene_panel: closed(
    { reviewOn: Day, members: Refs, alternates: Type.Optional(Refs) },
    'The panel is convened; recusals follow from employments and declared conflicts.',
  ),
  sign_sheets: closed(
    { sheets: Type.Array(closed({ expert: Ref, bid: Ref, items: PointsByItem }), { minItems: 1, maxItems: 5000 }) },
    'Experts sign score sheets.',
  ),
  rank_bids: closed({}, 'The ranking is computed.'),
  draw_lot: closed(
    { bids: Refs, place: Words(200), witnesses: Type.Array(Words(100), { minItems: 1, maxItems: 20 }) },
    'A public lot: the bids in the order drawn.',
  ),
  propose_awards: closed(
    { amounts: Type.Optional(Type.Record(Ref, Yuan)) },
    'The host fixes amounts (as asked unless named).',
  ),
  revise_budget: closed(
    { bid: Ref, matchingCash: Yuan, matchingInKind: Type.Optional(Yuan), budget: Budget },
    'The agency fits its budget to the approved amount.',
  ),
  decline_award: closed({ bid: Ref, reason: Words() }, 'The agency declines.'),
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
  terminate_agreement: closed({ project: Ref, kind: Words(40), reason: Words() }, 'An agreement ends early.'),
  pay_tranche: closed(
    { number: Type.Integer({ minimum: 1, maximum: 20 }), ...some },
    'Request, approval and payment of a tranche (all projects that have one due unless named).',
  ),
  hold_tranche: closed(
    { number: Type.Integer({ minimum: 1, maximum: 20 }), project: Ref, reason: Words() },
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
          values: Type.Record(Ref, Count),
          narrative: Words(),
          satisfaction: Type.Optional(closed({ validAnswers: Count, satisfied: Count })),
        }),
        { minItems: 1, maxItems: 200 },
      ),
    },
    'Reports with indicator values.',
  ),
  visit_projects: closed(
    { kind: stage, projects: Refs, methods: Type.Array(Words(60), { minItems: 1, maxItems: 10 }), opinion: Words() },
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
          vetoes: Type.Optional(Type.Array(Words(60), { maxItems: 10 })),
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
  report_rectification: closed({ project: Ref, report: Words() }, 'The agency reports what it mended.'),
  accept_audits: closed(
    {
      audits: Type.Array(
        closed({
          project: Ref,
          eligible: Yuan,
          disallowed: Type.Optional(
            Type.Array(closed({ category: Words(60), amount: Yuan, reason: Words(500) }), { maxItems: 100 }),
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
      grade: Type.Optional(Type.Union([closed({ level: Words(2), validTo: Day }), Type.Null()])),
      staff: Type.Optional(Type.Any()),
    },
    'An organization’s record changes.',
  ),
  load_calendar: closed(
    {
      year: Type.Integer({ minimum: 2000, maximum: 2100 }),
      holidays: Type.Array(Day, { maxItems: 366 }),
      makeupWorkdays: Type.Array(Day, { maxItems: 366 }),
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

const StepSchemas = Object.entries(STEPS).map(([name, schema]) =>
  Type.Object(
    { at: At, do: Type.Literal(name), ...schema.properties },
    { additionalProperties: false, title: name, description: (schema as { description?: string }).description ?? name },
  ),
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
    needs: Type.Array(Need, { minItems: 1, maxItems: 1000 }),
    projects: Type.Array(Project, { maxItems: 1000 }),
    resources: Type.Optional(Type.Array(Resource, { maxItems: 200 })),
    round: Round,
    bids: Type.Array(Bid, { maxItems: 1000 }),
    events: Type.Array(Type.Unsafe<Step>({ oneOf: StepSchemas, type: 'object', required: ['at', 'do'] }), {
      maxItems: 5000,
    }),
  },
  { additionalProperties: false, $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Sandan scenario' },
)
export type Scenario = Static<typeof ScenarioSchema>

/** The text of demo/scenario.schema.json. */
export function scenarioSchemaText(): string {
  return `${JSON.stringify(ScenarioSchema, null, 2)}\n`
}
