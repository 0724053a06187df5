import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Transitions } from '../../kernel/transitions.ts'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import { ClockMovesForwardOnly } from './problems.ts'

export const DEADLINE_STATES = ['waiting', 'done', 'cancelled'] as const
export type DeadlineState = (typeof DEADLINE_STATES)[number]
export type DeadlineCommand = 'complete' | 'cancel'

export const DEADLINE_TRANSITIONS: Transitions<DeadlineState, DeadlineCommand> = {
  waiting: { complete: 'done', cancel: 'cancelled' },
  done: {},
  cancelled: {},
}

/** What a module hands in: one deadline of a kind waits per subject, setting it again moves it. */
export interface NewDeadline {
  /** `<noun>.<what happens>`, such as `round.closes`; the module exports a handler under this name. */
  readonly kind: string
  readonly hostId: string
  /** TypeID of what it belongs to. */
  readonly subject: string
  readonly dueAt: Date
  /** How the date was derived, if by working days. */
  readonly resolved?: ResolvedDate | null
}

export interface Deadline {
  readonly id: string
  readonly version: number
  readonly kind: string
  readonly hostId: string
  readonly subject: string
  readonly dueAt: Date
  readonly resolved: ResolvedDate | null
  readonly state: DeadlineState
  /** By the clock of the host. */
  readonly doneAt: Date | null
  /** How often the handler failed. */
  readonly attempts: number
  /** After a failure: not before this moment of the database clock. */
  readonly retryAt: Date | null
  /** Code of the last failure. */
  readonly lastError: string | null
  readonly createdAt: Date
}

/** What time it is for a host, and what the worker still has to do for it. */
export interface HostClock {
  readonly hostId: string
  readonly now: Date
  /** A test clock that somebody has set; it stands until it is moved. */
  readonly isFrozen: boolean
  /** Deadlines that are due by this clock and wait for the worker. */
  readonly pendingDeadlines: number
  /** Those of them that have failed before. */
  readonly failingDeadlines: number
}

const MINUTE_MS = 60_000
const RING_HORIZON_MS = 60 * MINUTE_MS
const RETRY_FIRST_MS = 5_000
const RETRY_MAX_MS = 10 * MINUTE_MS

/** Within the next hour an alarm clock is set at once; what is further off the sweep finds when it is due. */
export function isNear(dueAt: Date, now: Date): boolean {
  return dueAt.getTime() - now.getTime() <= RING_HORIZON_MS
}

/** How long a deadline rests after its n-th failure: 5 s, 10 s, 20 s … 10 min. */
export function restAfterFailure(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** Math.max(0, attempts - 1), RETRY_MAX_MS)
}

/**
 * A host's test clock only moves forward, because deadlines have been met and missed by it. Only a host that has no
 * clock yet and no deadline either may begin its test life at any moment, also a past one.
 */
export function moveClock(now: Date, advanceTo: Date, isUntouched: boolean): Decision<Date> {
  if (isUntouched || advanceTo.getTime() >= now.getTime()) return accept(advanceTo)
  return refuse(ClockMovesForwardOnly, { now: now.toISOString() })
}
