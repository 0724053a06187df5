import { compareDates, legalDateOf } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import { fenOf } from '../../kernel/money.ts'
import { parsePoints, sumPoints } from '../../kernel/points.ts'
import type { FieldError } from '../../kernel/problem.ts'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { type Criterion, type RoundPolicy, TRANCHE_TRIGGERS } from './policyDocument.ts'
import { RoundNotPublishable } from './problems.ts'
import { advance, type FundPool, type Round, type RoundState } from './rules.ts'

/** What the check needs to know beyond the draft itself. */
export interface PublicationFacts {
  readonly pools: readonly FundPool[]
  /** The round's needs, in its order. */
  readonly needs: readonly { readonly id: string; readonly state: string }[]
  /** The formal check's due day, or the refusal of the calendar. */
  readonly formalCheckDue: Decision<ResolvedDate>
  readonly now: Date
}

export interface Publication {
  readonly state: RoundState
  readonly formalCheckDue: ResolvedDate
}

/** The compiler of a round: everything that is wrong with the draft is told at once, each with its place. */
export function publish(round: Round, facts: PublicationFacts): Decision<Publication> {
  const state = advance(round, 'publish')
  if (!state.accepted) return state
  const errors = publicationFindings(round, facts)
  const due = facts.formalCheckDue
  if (errors.length > 0 || !due.accepted) return refuse(RoundNotPublishable, { count: errors.length }, errors)
  return accept({ state: state.value, formalCheckDue: due.value })
}

export function publicationFindings(round: Round, facts: PublicationFacts): FieldError[] {
  return [
    ...timetableFindings(round, facts),
    ...poolFindings(round.policy, facts.pools),
    ...needFindings(facts.needs),
    ...budgetRuleFindings(round.policy),
    ...reviewFindings(round.policy),
    ...trancheFindings(round.policy),
    ...evaluationFindings(round.policy),
  ]
}

function finding(pointer: string, code: string, detail: string): FieldError {
  return { pointer: `#${pointer}`, code, detail }
}

/** Yields the finding when the flaw is there. */
function when(flaw: boolean, pointer: string, code: string, detail: string): FieldError[] {
  return flaw ? [finding(pointer, code, detail)] : []
}

function timetableFindings(round: Round, { now, formalCheckDue }: PublicationFacts): FieldError[] {
  const { opensAt, closesAt, cycleStartsOn, cycleEndsOn } = round
  const closesOn = legalDateOf(new Date(closesAt.getTime() - 1))
  return [
    ...when(
      closesAt <= opensAt,
      '/timetable/closesAt',
      'closes_before_opens',
      'Bids must close after they open; choose a later closesAt.',
    ),
    ...when(
      closesAt <= now,
      '/timetable/closesAt',
      'closes_in_the_past',
      'The closing time has passed already; choose a later closesAt.',
    ),
    ...when(
      compareDates(cycleStartsOn, closesOn) <= 0,
      '/timetable/cycleStartsOn',
      'cycle_before_closing',
      'Projects cannot start before bids have closed; choose a later cycleStartsOn.',
    ),
    ...when(
      compareDates(cycleEndsOn, cycleStartsOn) <= 0,
      '/timetable/cycleEndsOn',
      'cycle_ends_before_start',
      'The cycle must end after it starts; choose a later cycleEndsOn.',
    ),
    ...when(
      !formalCheckDue.accepted,
      '/timetable/closesAt',
      'calendar_year_missing',
      `The working-day calendar of ${closesOn.slice(0, 4)} does not reach the end of the formal check; load it first.`,
    ),
  ]
}

function poolFindings(policy: RoundPolicy, pools: readonly FundPool[]): FieldError[] {
  const positions = pools.map((pool) => pool.position)
  const order = policy.poolOrder
  const isPermutation =
    order === null || (order.length === positions.length && positions.every((position) => order.includes(position)))
  return [
    ...when(pools.length === 0, '/pools', 'pools_missing', 'A round hands out money: add at least one pool.'),
    ...when(
      !isPermutation,
      '/policy/poolOrder',
      'pool_order_incomplete',
      `poolOrder must name each position from 1 to ${pools.length} once.`,
    ),
  ]
}

function needFindings(needs: PublicationFacts['needs']): FieldError[] {
  return [
    ...when(needs.length === 0, '/needIds', 'needs_missing', 'A round calls for needs: add at least one.'),
    ...needs.flatMap((need, index) =>
      when(
        need.state !== 'published',
        `/needIds/${index}`,
        'need_not_published',
        `The need ${need.id} is ${need.state}; publish it first or take it out.`,
      ),
    ),
  ]
}

/** Numerators that are no budget category. */
const MATCHING_NUMERATORS = ['matching', 'matching_cash', 'matching_in_kind']

function budgetRuleFindings(policy: RoundPolicy): FieldError[] {
  const { ratioRules, budgetCategories, forbiddenCategories } = policy
  const numerators = new Set([...budgetCategories, ...MATCHING_NUMERATORS])
  return [
    ...when(fenOf(policy.cap) === 0n, '/policy/cap', 'cap_zero', 'A cap of zero funds nothing.'),
    ...when(
      fenOf(policy.floor) > fenOf(policy.cap),
      '/policy/floor',
      'floor_above_cap',
      'The floor must not be above the cap.',
    ),
    ...repeated(ratioRules).map((index) =>
      finding(`/policy/ratioRules/${index}/code`, 'code_repeated', 'Two ratio rules have the same code.'),
    ),
    ...ratioRules.flatMap((rule, index) =>
      when(
        !numerators.has(rule.numerator),
        `/policy/ratioRules/${index}/numerator`,
        'numerator_unknown',
        `${rule.numerator} is neither a budget category nor matching, matching_cash or matching_in_kind.`,
      ),
    ),
    ...forbiddenCategories.flatMap((category, index) =>
      when(
        budgetCategories.includes(category),
        `/policy/forbiddenCategories/${index}`,
        'category_both_allowed_and_forbidden',
        `${category} stands in budgetCategories as well.`,
      ),
    ),
  ]
}

function reviewFindings(policy: RoundPolicy): FieldError[] {
  const { panel, criteria, tieBreak } = policy
  const steps = new Set([...criteria.map(({ code }) => `${code}_mean`), 'lower_request', 'earlier_submission', 'lot'])
  return [
    ...when(panel.quorum > panel.size, '/policy/panel/quorum', 'quorum_above_size', 'The quorum exceeds the panel.'),
    // With three sheets, dropping two would leave one expert to decide alone.
    ...when(
      panel.dropExtremesMinSheets !== null && panel.dropExtremesMinSheets < 4,
      '/policy/panel/dropExtremesMinSheets',
      'drop_extremes_too_early',
      'Extremes may be dropped from 4 sheets on, so that two experts remain.',
    ),
    ...sheetFindings('/policy/criteria', criteria, policy.passLine, '/policy/passLine'),
    ...tieBreak.flatMap((step, index) =>
      when(
        !steps.has(step),
        `/policy/tieBreak/${index}`,
        'tie_break_unknown',
        `${step} is neither <criterion>_mean of a criterion here nor lower_request, earlier_submission or lot.`,
      ),
    ),
    ...when(
      tieBreak.includes('lot') && tieBreak.at(-1) !== 'lot',
      '/policy/tieBreak',
      'lot_not_last',
      'A lot always decides, so it must be the last step.',
    ),
  ]
}

function trancheFindings({ tranches }: RoundPolicy): FieldError[] {
  const sum = tranches.reduce((total, tranche) => total + tranche.basisPoints, 0)
  const stages = tranches.map((tranche) => TRANCHE_TRIGGERS.indexOf(tranche.trigger))
  return [
    ...when(
      sum !== 10_000,
      '/policy/tranches',
      'tranches_not_whole',
      `The basis points of all tranches must sum to 10000; they sum to ${sum}.`,
    ),
    ...tranches.flatMap((tranche, index) =>
      when(
        tranche.number !== index + 1,
        `/policy/tranches/${index}/number`,
        'tranche_number_out_of_order',
        `Tranches are numbered 1, 2, 3 …; here ${index + 1} is expected.`,
      ),
    ),
    ...tranches.flatMap((_, index) =>
      when(
        index > 0 && (stages[index] ?? 0) < (stages[index - 1] ?? 0),
        `/policy/tranches/${index}/trigger`,
        'tranche_trigger_out_of_order',
        'A tranche cannot be triggered by an earlier stage than the tranche before it.',
      ),
    ),
  ]
}

function evaluationFindings({ mid, final, rectification }: RoundPolicy): FieldError[] {
  const minima = final.bands.map((band) => parsePoints(band.min))
  const grades = final.bands.map((band) => band.grade)
  const cap = rectification.finalGradeCap
  return [
    ...sheetFindings('/policy/mid/dimensions', mid.dimensions, mid.passLine, '/policy/mid/passLine'),
    ...sheetFindings('/policy/final/dimensions', final.dimensions, '0', '/policy/final'),
    ...minima.flatMap((min, index) =>
      when(
        index > 0 && min >= (minima[index - 1] ?? 0),
        `/policy/final/bands/${index}/min`,
        'bands_not_descending',
        'Bands go from best to worst: each lower bound is below the one before.',
      ),
    ),
    ...when(
      minima.at(-1) !== 0,
      `/policy/final/bands/${minima.length - 1}/min`,
      'bands_incomplete',
      'The last band must start at 0, so that every total has a grade.',
    ),
    ...grades.flatMap((grade, index) =>
      when(
        grades.indexOf(grade) !== index,
        `/policy/final/bands/${index}/grade`,
        'code_repeated',
        'Two bands have the same grade.',
      ),
    ),
    ...when(
      cap !== null && !grades.includes(cap),
      '/policy/rectification/finalGradeCap',
      'grade_unknown',
      'The cap after a rectification must be one of the final grades.',
    ),
  ]
}

/** A sheet has distinct criteria, each worth something, and its pass line can be reached. */
function sheetFindings(
  pointer: string,
  criteria: readonly Criterion[],
  passLine: string,
  passLinePointer: string,
): FieldError[] {
  const whole = sumPoints(criteria.map(({ max }) => parsePoints(max)))
  return [
    ...repeated(criteria).map((index) =>
      finding(`${pointer}/${index}/code`, 'code_repeated', 'Two lines of the sheet have the same code.'),
    ),
    ...criteria.flatMap(({ max }, index) =>
      when(
        parsePoints(max) === 0,
        `${pointer}/${index}/max`,
        'criterion_worthless',
        'A line of 0 points decides nothing.',
      ),
    ),
    ...when(
      parsePoints(passLine) > whole,
      passLinePointer,
      'pass_line_unreachable',
      'The pass line is above the sum of all maxima.',
    ),
  ]
}

/** Indexes of the items whose code stands earlier in the list already. */
function repeated(items: readonly { readonly code: string }[]): number[] {
  const codes = items.map(({ code }) => code)
  return codes.flatMap((code, index) => (codes.indexOf(code) === index ? [] : [index]))
}
