import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import type { Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { objectionRulesOf } from '../../rounds/index.ts'
import { PauseObjection, ResumeObjection } from '../policy.ts'
import { pauseObjection, resumeObjection, resumeWait } from '../rules/handling.ts'
import { type Objection, overdueFrom, type Pause, type PauseReason } from '../rules/objection.ts'
import {
  endPause,
  findCooperation,
  findDetails,
  findRunningPause,
  insertPause,
  moveCooperation,
} from '../store/details.ts'
import { updateObjection } from '../store/objections.ts'
import {
  ANSWER_DUE,
  COOPERATION_DUE,
  lockWithNotice,
  type ObjectionView,
  openFor,
  PAUSE_ENDS,
  recordObjection,
  roundOfObjection,
  setCooperationDeadline,
  viewOf,
} from './shared.ts'

/** Stops the clock of the answer for an investigation or hearing, at most for what the policy's time for pauses has left. */
export async function stopClock(
  work: Work,
  objectionId: string,
  { reasonCode, reason }: { readonly reasonCode: PauseReason; readonly reason: string },
): Promise<ObjectionView> {
  const before = await openFor(work, PauseObjection, objectionId)
  const now = await work.now(before.hostId)
  const { pauseMax } = objectionRulesOf((await roundOfObjection(work, before)).policy.objection)
  const { pauses: earlier } = (await findDetails(work.sql, [objectionId]))(objectionId)
  const calendar = await calendarOf(work, before.hostId)
  const paused = orThrow(pauseObjection(before, calendar, now, { pauseMax, earlier }))
  const { dueBefore, remainingDays, endsBy } = paused
  await insertPause(work.sql, { objectionId, reasonCode, reason, pausedAt: now, dueBefore, remainingDays })
  const after = await updateObjection(work.sql, paused.objection)
  await cancelDeadline(work, ANSWER_DUE, objectionId)
  await cancelDeadline(work, COOPERATION_DUE, objectionId)
  if (endsBy !== null)
    await setDeadline(work, {
      ...{ kind: PAUSE_ENDS, hostId: after.hostId, subject: objectionId },
      ...{ dueAt: overdueFrom(endsBy), resolved: endsBy },
    })
  const endsOn = endsBy === null ? {} : { endsOn: endsBy.effectiveOn }
  await recordObjection(work, after, 'objection.paused', now, { reasonCode, remainingDays, ...endsOn })
  return viewOf(work, after)
}

/** Lets the clock run again with the days that were left. */
export async function startClock(work: Work, objectionId: string): Promise<ObjectionView> {
  const before = await openFor(work, ResumeObjection, objectionId)
  const now = await work.now(before.hostId)
  const after = await runAgain(work, before, now, now)
  await cancelDeadline(work, PAUSE_ENDS, objectionId)
  return viewOf(work, after)
}

/** Deadline `objection.pause_ends`: the policy's time is used up, so the clock runs again from the day after. */
export async function endLongPause(work: Work, deadline: DueDeadline): Promise<void> {
  const found = await lockWithNotice(work, deadline.subject)
  if (found?.state !== 'paused') return
  // 24:00 of the last day belongs to the next one, which is the first that counts.
  await runAgain(work, found, new Date(deadline.dueAt.getTime() - 1), deadline.dueAt)
}

async function runAgain(work: Work, before: Objection, countedFrom: Date, at: Date): Promise<Objection> {
  const pause = await findRunningPause(work.sql, before.id)
  const resumed = orThrow(resumeObjection(before, pause, await calendarOf(work, before.hostId), countedFrom))
  const { answerDue } = resumed
  if (pause !== undefined) {
    await endPause(work.sql, { ...pause, resumedAt: at, dueAfter: answerDue })
    await waitAgain(work, before, pause, countedFrom)
  }
  const after = await updateObjection(work.sql, resumed)
  await setDeadline(work, {
    ...{ kind: ANSWER_DUE, hostId: after.hostId, subject: after.id },
    ...{ dueAt: overdueFrom(answerDue), resolved: answerDue },
  })
  await recordObjection(work, after, 'objection.resumed', at, { answerDueOn: answerDue.effectiveOn })
  return after
}

/** The day of a statement that is still awaited stood still as well, from the pause or from the request in it. */
async function waitAgain(work: Work, objection: Objection, { pausedAt }: Pause, countedFrom: Date): Promise<void> {
  const request = await findCooperation(work.sql, objection.id)
  if (request?.state !== 'waiting') return
  const since = legalDateOf(request.requestedAt > pausedAt ? request.requestedAt : pausedAt)
  const due = orThrow(resumeWait(request.due, since, await calendarOf(work, objection.hostId), countedFrom))
  await moveCooperation(work.sql, { ...request, due })
  await setCooperationDeadline(work, objection, due)
}
