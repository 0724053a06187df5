import { endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import { type Period, type ResolvedDate, resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import {
  EvaluationNotFailed,
  RectificationExists,
  RectificationNotInState,
  RectificationReportIncomplete,
  RectificationUsedUp,
  RectificationWindowClosed,
} from '../problems.ts'
import type { Evaluation } from './evaluations.ts'

export const RECTIFICATION_STATES = ['issued', 'submitted', 'accepted', 'failed'] as const
export type RectificationState = (typeof RECTIFICATION_STATES)[number]
export type RectificationCommand = 'submit' | 'miss' | 'accept' | 'fail'

/** `miss` is the deadline's; `accept` and `fail` come with the re-evaluation's publication. */
export const RECTIFICATION_TRANSITIONS: Transitions<RectificationState, RectificationCommand> = {
  issued: { submit: 'submitted', miss: 'failed' },
  submitted: { accept: 'accepted', fail: 'failed' },
  accepted: {},
  failed: {},
}

export interface RectificationReport {
  /** What was done, one answer per item, in the order of the items (D2-19: items tracked to done). */
  readonly answers: readonly string[]
  readonly documentIds: readonly string[]
}

export interface Rectification {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly roundId: string
  readonly projectId: string
  readonly organizationId: string
  readonly evaluationId: string
  readonly items: readonly string[]
  readonly issuedOn: LegalDate
  readonly due: ResolvedDate
  /** The first moment at which a report is late. */
  readonly dueAt: Date
  readonly state: RectificationState
  readonly report: RectificationReport | null
  readonly submittedAt: Date | null
  readonly createdAt: Date
}

/** The window of a rectification counts from the day after its notice (15 working days after 2026-09-18: 2026-10-15). */
export function issueRectification(facts: {
  readonly evaluation: Pick<Evaluation, 'id' | 'kind' | 'state' | 'verdict'>
  readonly isLatest: boolean
  /** Rectifications of the project so far. */
  readonly earlier: readonly Pick<Rectification, 'id' | 'evaluationId'>[]
  readonly times: number
  readonly period: Period
  readonly calendar: WorkCalendar
  readonly now: Date
}): Decision<{ readonly issuedOn: LegalDate; readonly due: ResolvedDate; readonly dueAt: Date }> {
  const { evaluation, earlier } = facts
  const existing = earlier.find((one) => one.evaluationId === evaluation.id)
  if (existing !== undefined) return refuse(RectificationExists, { rectificationId: existing.id })
  const hasFailed = evaluation.kind === 'mid' && evaluation.state === 'published' && evaluation.verdict?.isFail === true
  if (!hasFailed || !facts.isLatest) return refuse(EvaluationNotFailed, { evaluationId: evaluation.id })
  if (earlier.length >= facts.times) return refuse(RectificationUsedUp, { times: facts.times })
  const issuedOn = legalDateOf(facts.now)
  const due = resolvePeriod(facts.calendar, issuedOn, facts.period)
  return due.accepted ? accept({ issuedOn, due: due.value, dueAt: endOfDay(due.value.effectiveOn) }) : due
}

/** Time decides, not whether the deadline's job has run. */
export function submitRectification(
  rectification: Rectification,
  report: RectificationReport,
  now: Date,
): Decision<RectificationState> {
  const state = transition(RECTIFICATION_TRANSITIONS, rectification.state, 'submit', RectificationNotInState)
  if (!state.accepted) return state
  if (now.getTime() >= rectification.dueAt.getTime())
    return refuse(RectificationWindowClosed, { dueOn: rectification.due.effectiveOn })
  const [expected, given] = [rectification.items.length, report.answers.length]
  return expected === given ? state : refuse(RectificationReportIncomplete, { expected, given })
}

export function advanceRectification(
  rectification: Pick<Rectification, 'state'>,
  command: RectificationCommand,
): Decision<RectificationState> {
  return transition(RECTIFICATION_TRANSITIONS, rectification.state, command, RectificationNotInState)
}

/** `miss`, `accept` and `fail` follow from other acts; people hand in the report. */
export function rectificationActions(rectification: Pick<Rectification, 'state'>): 'submit'[] {
  return rectification.state === 'issued' ? ['submit'] : []
}
