import {
  addDays,
  addMonths,
  compareDates,
  daysBetween,
  endOfDay,
  type LegalDate,
  legalDateOf,
  monthsBetween,
} from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import type { FieldError } from '../../kernel/problem.ts'
import { type Transitions, transition } from '../../kernel/transitions.ts'
import type { Period, ResolvedDate } from '../../kernel/workdays.ts'
import {
  IndicatorUnknown,
  ProjectNotUnderWay,
  ReportClosed,
  ReportDutyNotInState,
  SatisfactionImpossible,
} from './problems.ts'

export const MILESTONE_KINDS = ['mid_point', 'end'] as const
export type MilestoneKind = (typeof MILESTONE_KINDS)[number]

export interface Milestone {
  readonly id: string
  readonly projectId: string
  readonly hostId: string
  readonly organizationId: string
  readonly kind: MilestoneKind
  readonly fallsOn: LegalDate
  readonly createdAt: Date
}

export const REPORT_KINDS = ['monthly', 'mid_self_assessment', 'closing'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

export const DUTY_STATES = ['waiting', 'submitted', 'missed', 'cancelled'] as const
export type DutyState = (typeof DUTY_STATES)[number]
export type DutyCommand = 'submit' | 'miss' | 'cancel'

/** What was missed stays missed: a late report is taken and read, but it does not make the duty fulfilled. */
export const DUTY_TRANSITIONS: Transitions<DutyState, DutyCommand> = {
  waiting: { submit: 'submitted', miss: 'missed', cancel: 'cancelled' },
  submitted: { submit: 'submitted' },
  missed: { submit: 'missed' },
  cancelled: {},
}

export interface PlannedDuty {
  readonly kind: ReportKind
  /** The month that a monthly report is about, `YYYY-MM`; else null. */
  readonly month: string | null
  /** The day from which the period counts. */
  readonly countsFrom: LegalDate
  readonly duePeriod: Period
}

export interface ReportDuty extends PlannedDuty {
  readonly id: string
  readonly version: number
  readonly projectId: string
  readonly hostId: string
  readonly organizationId: string
  /** As the period gives it, before any postponement; null while the calendar of that year is not loaded. */
  readonly due: ResolvedDate | null
  /** The first moment at which a report is late, postponements counted. */
  readonly dueAt: Date | null
  readonly state: DutyState
  readonly createdAt: Date
}

/** What was reached of an indicator: an amount for money, else a number. */
export interface IndicatorValue {
  readonly indicatorId: string
  readonly value: number | null
  readonly amountFen: Fen | null
}

export interface Satisfaction {
  readonly validAnswers: number
  readonly satisfied: number
}

export interface ReportContent {
  readonly indicatorValues: readonly IndicatorValue[]
  readonly satisfaction: Satisfaction | null
  readonly narrative: string
  readonly documentIds: readonly string[]
}

export interface Report extends ReportContent {
  readonly id: string
  readonly version: number
  readonly dutyId: string
  readonly projectId: string
  readonly hostId: string
  readonly organizationId: string
  readonly kind: ReportKind
  readonly isLate: boolean
  readonly submittedBy: string
  readonly submittedAt: Date
  readonly createdAt: Date
}

/**
 * The day half way through a project: half of its months, rounded up, have then passed, so that projects of whole
 * months reach it on the last day of a month (06-01 to 11-30: 08-31). Under two months it is the middle day.
 */
export function midPoint(startsOn: LegalDate, endsOn: LegalDate): LegalDate {
  const months = monthsBetween(startsOn, addDays(endsOn, 1))
  if (months < 2) return addDays(startsOn, Math.floor(daysBetween(startsOn, endsOn) / 2))
  return addDays(addMonths(startsOn, Math.ceil(months / 2)), -1)
}

export interface ReportingRules {
  readonly selfReport: Period
  readonly closingReport: Period
  /** Day of the following month on which a monthly report is due; null: none are asked. */
  readonly monthlyReportDay: number | null
}

/** Everything a project has to report: on each month, half way, and at the end. */
export function planDuties(
  facts: { readonly startsOn: LegalDate; readonly endsOn: LegalDate; readonly midPointOn: LegalDate },
  rules: ReportingRules,
): PlannedDuty[] {
  const { startsOn, endsOn, midPointOn } = facts
  const monthly = rules.monthlyReportDay === null ? [] : monthlyDuties(startsOn, endsOn, rules.monthlyReportDay)
  return [
    ...monthly,
    { kind: 'mid_self_assessment', month: null, countsFrom: midPointOn, duePeriod: rules.selfReport },
    { kind: 'closing', month: null, countsFrom: endsOn, duePeriod: rules.closingReport },
  ]
}

/** For each month the project touches, on that day of the next month (its last day if it is shorter), moved off rest days. */
function monthlyDuties(startsOn: LegalDate, endsOn: LegalDate, day: number): PlannedDuty[] {
  const duties: PlannedDuty[] = []
  for (let first = `${startsOn.slice(0, 7)}-01`; compareDates(first, endsOn) <= 0; first = addMonths(first, 1)) {
    const next = addMonths(first, 1)
    const last = addDays(addMonths(next, 1), -1)
    const wanted = addDays(next, day - 1)
    const countsFrom = compareDates(wanted, last) > 0 ? last : wanted
    const duePeriod: Period = { amount: 0, basis: 'calendar' }
    duties.push({ kind: 'monthly', month: first.slice(0, 7), countsFrom, duePeriod })
  }
  return duties
}

/** The due day with the moment at which it has passed; both null while nothing is known of that year. */
export function dueOf(resolved: Decision<ResolvedDate>): Pick<ReportDuty, 'due' | 'dueAt'> {
  return resolved.accepted
    ? { due: resolved.value, dueAt: endOfDay(resolved.value.effectiveOn) }
    : { due: null, dueAt: null }
}

/** The last day on which a report is in time, postponements counted; null while nothing is known of that year. */
export function dueOnOf({ dueAt }: Pick<ReportDuty, 'dueAt'>): LegalDate | null {
  return dueAt === null ? null : legalDateOf(new Date(dueAt.getTime() - 1))
}

/** The host agreed to wait until this day: never an earlier one than counts already. What was missed stays missed. */
export function postponeDuty(duty: ReportDuty, dueOn: LegalDate): ReportDuty {
  const dueAt = endOfDay(dueOn)
  const isOpen = duty.state === 'waiting' || duty.state === 'submitted'
  return isOpen && duty.dueAt !== null && dueAt > duty.dueAt ? { ...duty, dueAt } : duty
}

/**
 * Which duty a report is for: the named month's, else the earliest that is still open, else the last one of the kind.
 * Duties come in the order of their days.
 */
export function dutyFor(duties: readonly ReportDuty[], kind: ReportKind, month: string | null): ReportDuty | undefined {
  const ofKind = duties.filter(
    (duty) => duty.kind === kind && duty.state !== 'cancelled' && (month === null || duty.month === month),
  )
  return ofKind.find(({ state }) => state === 'waiting') ?? ofKind.at(-1)
}

const UNDER_WAY: readonly string[] = ['active', 'suspended', 'closing']

/**
 * Takes a report: in time until 24:00 of the due day, and until then a newer one replaces it. Afterwards it is late:
 * taken where nothing came in time, refused where the report is there already.
 */
export function submitReport(
  duty: ReportDuty,
  projectState: string,
  now: Date,
): Decision<{ duty: ReportDuty; isLate: boolean }> {
  if (!UNDER_WAY.includes(projectState)) return refuse(ProjectNotUnderWay, { state: projectState })
  const isLate = duty.dueAt !== null && now.getTime() >= duty.dueAt.getTime()
  if (isLate && duty.state === 'submitted') return refuse(ReportClosed, { dueOn: dueOnOf(duty) ?? '' })
  const missed = isLate && duty.state === 'waiting' ? missReport(duty) : accept(duty)
  if (!missed.accepted) return missed
  const state = transition(DUTY_TRANSITIONS, missed.value.state, 'submit', ReportDutyNotInState)
  return state.accepted ? accept({ duty: { ...duty, state: state.value }, isLate }) : state
}

export function missReport(duty: ReportDuty): Decision<ReportDuty> {
  const state = transition(DUTY_TRANSITIONS, duty.state, 'miss', ReportDutyNotInState)
  return state.accepted ? accept({ ...duty, state: state.value }) : state
}

/** Every value belongs to an indicator of the project, once, as an amount or a number as its kind demands. */
export function checkContent(
  content: ReportContent,
  indicators: readonly { readonly id: string; readonly kind: string }[],
): Decision<ReportContent> {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const [index, { indicatorId, value, amountFen }] of content.indicatorValues.entries()) {
    const pointer = `#/indicatorValues/${index}`
    const kind = indicators.find(({ id }) => id === indicatorId)?.kind
    const fits = kind === 'money' ? amountFen !== null && value === null : value !== null && amountFen === null
    if (kind === undefined) errors.push({ pointer, code: 'unknown', detail: indicatorId })
    else if (seen.has(indicatorId)) errors.push({ pointer, code: 'repeated', detail: indicatorId })
    else if (!fits) errors.push({ pointer, code: 'value_unfit', detail: kind === 'money' ? 'amount' : 'value' })
    seen.add(indicatorId)
  }
  if (errors.length > 0) return refuse(IndicatorUnknown, {}, errors)
  const { satisfaction } = content
  if (satisfaction !== null && satisfaction.satisfied > satisfaction.validAnswers)
    return refuse(SatisfactionImpossible, { ...satisfaction })
  return accept(content)
}
