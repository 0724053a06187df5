import { type Static, type TSchema, Type } from 'typebox'
import { TERMINATION_CHOICES } from '../src/modules/agreements/rules.ts'
import { VISIT_METHODS } from '../src/modules/evaluations/rules/evaluations.ts'
import { HOLD_REASONS } from '../src/modules/payments/rules/tranches.ts'
import { Day } from '../src/platform/http/schemas.ts'
import {
  At,
  Attachments,
  Budget,
  closed,
  Grade,
  Kind,
  PointsByItem,
  PointsText,
  REF_PATTERN,
  RecordOf,
  Ref,
  Refs,
  RefsUpTo,
  Staff,
  Whole,
  Word,
  Words,
  Yuan,
} from './scenarioWords.ts'

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
    { project: Ref, kind: Word(TERMINATION_CHOICES), reason: Words() },
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
