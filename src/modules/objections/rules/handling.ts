import { addDays, compareDates, daysBetween, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { transition } from '../../../kernel/transitions.ts'
import {
  CalendarYearMissing,
  type Period,
  type ResolvedDate,
  resolvePeriod,
  type WorkCalendar,
} from '../../../kernel/workdays.ts'
import { AnswerOverdue, ObjectionNotInState, PauseUsedUp } from '../problems.ts'
import {
  type InadmissibleReason,
  OBJECTION_TRANSITIONS,
  type Objection,
  type ObjectionCommand,
  type Outcome,
  overdueFrom,
  type Pause,
} from './objection.ts'

/** Admissible: from now on it is decided on its grounds. */
export function acceptObjection(objection: Objection, now: Date): Decision<Objection> {
  return step(objection, 'accept', { acceptedAt: now })
}

/** Not admissible, for a coded reason and in words. */
export function rejectObjection(
  objection: Objection,
  { because, reasons }: { readonly because: InadmissibleReason; readonly reasons: string },
  now: Date,
): Decision<Objection> {
  return step(objection, 'reject', { inadmissibleBecause: because, decisionReasons: reasons, decidedAt: now })
}

const COMMAND_OF = { upheld: 'uphold', partly_upheld: 'upholdPartly', dismissed: 'dismiss' } as const

/** Decides an accepted objection, once. An overdue answer is late, not void. */
export function decideObjection(
  objection: Objection,
  decision: { readonly outcome: Outcome; readonly reasons: string },
  now: Date,
): Decision<Objection> {
  return step(objection, COMMAND_OF[decision.outcome], { decidedAt: now, decisionReasons: decision.reasons })
}

export function withdrawObjection(objection: Objection, reason: string, now: Date): Decision<Objection> {
  return step(objection, 'withdraw', { decidedAt: now, decisionReasons: reason })
}

/** Ends an open objection without a decision on its grounds, because its award is no more. */
export function settleObjection(objection: Objection, now: Date): Decision<Objection> {
  return step(objection, 'settle', { decidedAt: now, decisionReasons: SETTLED_REASON })
}

/** Upholds an objection because the awarded organization has not cooperated (S34). */
export function upholdByDefault(objection: Objection, now: Date): Decision<Objection> {
  return step(objection, 'default', { decidedAt: now, decisionReasons: DEFAULT_REASON })
}

const SETTLED_REASON =
  '所涉拟立项已取消或放弃,本异议不再需要决定,予以办结。 / The award has been cancelled or declined; nothing is left to decide, and the objection is closed.'
const DEFAULT_REASON =
  '被异议机构未在规定期限内作出说明,按本轮规则视为异议成立。 / The awarded organization gave no statement by the day; by the policy of the round the objection counts as upheld.'

function step(objection: Objection, command: ObjectionCommand, change: Partial<Objection>): Decision<Objection> {
  const state = transition(OBJECTION_TRANSITIONS, objection.state, command, ObjectionNotInState)
  return state.accepted ? accept({ ...objection, ...change, state: state.value }) : state
}

export interface Paused {
  readonly objection: Objection
  readonly dueBefore: ResolvedDate
  readonly remainingDays: number
  /** The last day on which the clock may stand still; null: the policy sets none. */
  readonly endsBy: ResolvedDate | null
}

/**
 * Stops the answer's clock. The day of the pause has been used, so what is left are the days after it. Refused once the
 * day of answer has passed: a pause must not hide that an answer is late; and once all pauses together have lasted as long
 * as the policy allows.
 */
export function pauseObjection(
  objection: Objection,
  calendar: WorkCalendar,
  now: Date,
  { pauseMax, earlier }: PauseLimit = UNLIMITED,
): Decision<Paused> {
  const paused = step(objection, 'pause', {})
  if (!paused.accepted) return paused
  const { answerDue } = objection
  if (answerDue === null) throw new Error(`the accepted objection ${objection.id} has no day of answer`)
  if (now.getTime() >= overdueFrom(answerDue).getTime())
    return refuse(AnswerOverdue, { effectiveOn: answerDue.effectiveOn })
  const remaining = daysLeft(calendar, legalDateOf(now), answerDue)
  if (!remaining.accepted) return remaining
  const endsBy = pauseMax === null ? accept(null) : endOfPause(calendar, legalDateOf(now), pauseMax, earlier)
  if (!endsBy.accepted) return endsBy
  return accept({
    objection: paused.value,
    dueBefore: answerDue,
    remainingDays: remaining.value,
    endsBy: endsBy.value,
  })
}

/** What the policy says of pauses, and those that the objection has had. */
export interface PauseLimit {
  readonly pauseMax: Period | null
  readonly earlier: readonly Pick<Pause, 'pausedAt' | 'resumedAt'>[]
}
const UNLIMITED: PauseLimit = { pauseMax: null, earlier: [] }

/** The last day of a pause that begins today: what earlier pauses have left of the policy's days. */
function endOfPause(
  calendar: WorkCalendar,
  today: LegalDate,
  { amount, basis }: Period,
  earlier: PauseLimit['earlier'],
): Decision<ResolvedDate> {
  let left = amount
  for (const { pausedAt, resumedAt } of earlier) {
    const used = daysAfter(calendar, legalDateOf(pausedAt), resumedAt === null ? today : legalDateOf(resumedAt), basis)
    if (!used.accepted) return used
    left -= used.value
  }
  return left <= 0 ? refuse(PauseUsedUp) : resolvePeriod(calendar, today, { amount: left, basis })
}

/** Lets the clock run again: the days that were left, counted from the day of the resumption, which is not one of them. */
export function resumeObjection(
  objection: Objection,
  pause: Pick<Pause, 'dueBefore' | 'remainingDays'> | undefined,
  calendar: WorkCalendar,
  now: Date,
): Decision<Objection & { readonly answerDue: ResolvedDate }> {
  const resumed = step(objection, 'resume', {})
  if (!resumed.accepted) return resumed
  if (pause === undefined) throw new Error(`the paused objection ${objection.id} has no pause`)
  const period = { amount: pause.remainingDays, basis: pause.dueBefore.period.basis }
  const due = resolvePeriod(calendar, legalDateOf(now), period)
  return due.accepted ? accept({ ...resumed.value, answerDue: due.value }) : due
}

/** A day that stood still with the clock: what was left of it from `since`, counted again from now. */
export function resumeWait(
  due: ResolvedDate,
  since: LegalDate,
  calendar: WorkCalendar,
  now: Date,
): Decision<ResolvedDate> {
  const left = daysLeft(calendar, since, due)
  if (!left.accepted) return left
  return resolvePeriod(calendar, legalDateOf(now), { amount: left.value, basis: due.period.basis })
}

/** Days of the period's basis after `from` up to its end, none once the end has come. */
export function daysLeft(calendar: WorkCalendar, from: LegalDate, due: ResolvedDate): Decision<number> {
  const { basis } = due.period
  return daysAfter(calendar, from, basis === 'calendar' ? due.nominalOn : due.effectiveOn, basis)
}

function daysAfter(calendar: WorkCalendar, from: LegalDate, to: LegalDate, basis: Period['basis']): Decision<number> {
  if (basis === 'calendar') return accept(Math.max(0, daysBetween(from, to)))
  let count = 0
  for (let day = addDays(from, 1); compareDates(day, to) <= 0; day = addDays(day, 1)) {
    const isWorkday = calendar.isWorkday(day)
    if (isWorkday === undefined) return refuse(CalendarYearMissing, { year: Number(day.slice(0, 4)) })
    if (isWorkday) count += 1
  }
  return accept(count)
}

/** What happens to the award once an objection against it has ended. */
export type AwardConsequence = 'restore' | 'cancel' | 'none'

/**
 * Upheld: the award is cancelled, unless it was before; a confirmed one only while its project awaits the agreement, after
 * that ending it is the agreement's business. Ended in another way: the award goes on as if nothing had been, unless
 * another objection against it is still open or it was cancelled.
 */
export function awardConsequence(
  isUpheld: boolean,
  facts: {
    readonly awardState: string
    readonly otherOpenObjections: number
    /** Is the project of the award still free to be released? */
    readonly isReleasable: boolean
  },
): AwardConsequence {
  const { awardState, otherOpenObjections, isReleasable } = facts
  if (awardState === 'confirmed') return isUpheld && isReleasable ? 'cancel' : 'none'
  if (awardState !== 'suspended') return 'none'
  if (isUpheld) return 'cancel'
  return otherOpenObjections === 0 ? 'restore' : 'none'
}
