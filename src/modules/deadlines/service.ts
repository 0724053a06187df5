import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { sqlState } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import type { DeadlineHandler } from '../../platform/module.ts'
import { authorize, record, type Work } from '../../platform/work.ts'
import { isHost } from '../identity/index.ts'
import { organizationOf } from '../organizations/index.ts'
import { MoveClock, ReadClock, ReadDeadlines } from './policy.ts'
import { NoHost, SandboxOnly } from './problems.ts'
import { type Deadline, type HostClock, isNear, moveClock, type NewDeadline, restAfterFailure } from './rules.ts'
import {
  completeDeadline,
  countDue,
  type DeadlineFilter,
  deadlinesOfSubject,
  dueIds,
  findDeadline,
  hasClock,
  hasDeadlines,
  hostsWithDueDeadlines,
  listDeadlines,
  lockClock,
  lockNextDue,
  lockWaiting,
  noteFailure,
  putDeadline,
  saveCancelled,
  saveClock,
  tryLockHost,
} from './store.ts'

/**
 * For later modules: something will happen to the subject by itself at `dueAt`. One deadline of a kind waits per
 * subject: setting it again moves it. Asks no permission and writes no event; the caller's use case does both.
 */
export async function setDeadline(work: Work, wanted: NewDeadline): Promise<Deadline> {
  const now = await work.now(wanted.hostId)
  const set = await putDeadline(work.sql, newId('dln'), wanted, now)
  if (isNear(set.dueAt, now)) work.ring(set.id, set.dueAt, now)
  return set
}

/** For later modules: the subject's waiting deadline of this kind will not happen. Nothing waits: nothing is done. */
export async function cancelDeadline(work: Work, kind: string, subject: string): Promise<void> {
  const waiting = await lockWaiting(work.sql, kind, subject)
  if (waiting !== undefined) await saveCancelled(work.sql, waiting.id)
}

/** For later modules: all deadlines of a subject, soonest first, in whatever state. */
export async function deadlinesOf(work: Work, subject: string): Promise<Deadline[]> {
  return deadlinesOfSubject(work.sql, subject)
}

/** The deadlines of the actor's own host, soonest first. */
export async function readDeadlines(
  work: Work,
  filter: DeadlineFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Deadline>> {
  const { hostId } = authorize(work, ReadDeadlines, { hostId: work.actor.hostId })
  return listDeadlines(work.sql, hostId ?? '', filter, limit, after)
}

/**
 * Sets the frozen test clock of a host and rings what is due by it. Refused: outside sandbox mode, backwards, and for
 * an organization that is no host. The
 * clock moves at once; what it makes due is done by the worker within moments.
 */
export async function advanceClock(
  work: Work,
  { sandbox, hostId, advanceTo }: { sandbox: boolean; hostId: string; advanceTo: Date },
): Promise<HostClock> {
  authorize(work, MoveClock, await organizationOf(work, hostId))
  if (!sandbox) throw problem(SandboxOnly)
  const before = await lockClock(work.sql, hostId)
  const isBusy = await hasDeadlines(work.sql, hostId)
  if (!isBusy && !(await isHost(work, hostId))) throw problem(NoHost, { organizationId: hostId })
  const isUntouched = before === undefined && !isBusy
  const wanted = orThrow(moveClock(before ?? (await work.now(hostId)), advanceTo, isUntouched))
  const now = await saveClock(work.sql, hostId, wanted)
  for (const id of await dueIds(work.sql, hostId, now)) work.ring(id, now, now)
  await record(work, {
    type: 'sandbox_clock.advanced',
    subject: hostId,
    hostId,
    at: now,
    data: { from: before?.toISOString() ?? null, to: now.toISOString() },
  })
  return clockOf(work, hostId, now, true)
}

export async function readClock(work: Work, sandbox: boolean, hostId: string): Promise<HostClock> {
  authorize(work, ReadClock, await organizationOf(work, hostId))
  if (!sandbox) throw problem(SandboxOnly)
  return clockOf(work, hostId, await work.now(hostId), await hasClock(work.sql, hostId))
}

async function clockOf(work: Work, hostId: string, now: Date, isFrozen: boolean): Promise<HostClock> {
  const { pending, failing } = await countDue(work.sql, hostId, now)
  return { hostId, now, isFrozen, pendingDeadlines: pending, failingDeadlines: failing }
}

/** The handlers of all modules, by kind. */
export type DeadlineHandlers = Readonly<Record<string, DeadlineHandler>>

/**
 * The host's next due deadline, locked. `busy` when another runner is at work for this host, `none` when nothing is due.
 * One runner per host at a time, so that a host's deadlines are done in the order of their time and never lock each
 * other out.
 */
export async function nextDeadline(work: Work, hostId: string): Promise<Deadline | 'busy' | 'none'> {
  if (!(await tryLockHost(work.sql, hostId))) return 'busy'
  return (await lockNextDue(work.sql, hostId, await work.now(hostId))) ?? 'none'
}

/**
 * Does what the locked deadline demands and marks it as done, in one transaction. The handler may have set the deadline
 * anew, as a reminder that repeats does: then it goes on waiting. A kind without a handler fails instead of being ticked
 * off: during a roll-out an older worker may meet a kind that only the newer one knows.
 */
export async function doDeadline(work: Work, due: Deadline, handlers: DeadlineHandlers): Promise<void> {
  const handler = handlers[due.kind]
  if (handler === undefined) throw new NoHandler(due.kind)
  await handler(work, due)
  await completeDeadline(work.sql, due, await work.now(due.hostId))
}

class NoHandler extends Error {
  readonly code = 'no_handler'

  constructor(kind: string) {
    super(`no module handles deadlines of the kind ${kind}`)
    this.name = 'NoHandler'
  }
}

/** Lets a failed deadline rest, in a statement of its own, and notes a code that holds nothing personal. */
export async function restDeadline(work: Work, failed: Deadline, error: unknown): Promise<void> {
  await noteFailure(work.sql, failed.id, restAfterFailure(failed.attempts + 1), codeOf(error))
}

function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.problem.code
  if (error instanceof NoHandler) return error.code
  return sqlState(error) ?? (error instanceof Error ? error.name : 'unknown')
}

export interface Waiting {
  readonly hostId: string
  readonly isDue: boolean
  /** Not due yet: after how many milliseconds to ring again; null when somebody else will ring. */
  readonly againInMs: number | null
}

/** How a deadline stands by the clock of its host; undefined when it does not wait (any more). */
export async function waitingDeadline(work: Work, deadlineId: string): Promise<Waiting | undefined> {
  const found = await findDeadline(work.sql, deadlineId)
  if (found === undefined || found.state !== 'waiting') return undefined
  const { hostId, dueAt } = found
  const now = await work.now(hostId)
  if (dueAt.getTime() <= now.getTime()) return { hostId, isDue: true, againInMs: null }
  // A frozen clock does not come nearer by waiting; whoever moves it rings. What is far off the sweep finds.
  const mayWait = isNear(dueAt, now) && !(await hasClock(work.sql, hostId))
  return { hostId, isDue: false, againInMs: mayWait ? dueAt.getTime() - now.getTime() : null }
}

/** The hosts that have something due, by the host's own clock where it has one; longest overdue first. */
export async function busyHosts(work: Work, sandbox: boolean): Promise<string[]> {
  return hostsWithDueDeadlines(work.sql, sandbox)
}
