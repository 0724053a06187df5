import { newId } from '../../platform/ids.ts'
import type { Work } from '../../platform/work.ts'
import { type Deadline, isNear, type NewDeadline } from './rules.ts'
import { deadlinesOfSubject, lockWaiting, putDeadline, saveState } from './store.ts'

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
  if (waiting !== undefined) await saveState(work.sql, waiting.id, 'cancelled', null)
}

/** For later modules: all deadlines of a subject, soonest first, in whatever state. */
export async function deadlinesOf(work: Work, subject: string): Promise<Deadline[]> {
  return deadlinesOfSubject(work.sql, subject)
}
