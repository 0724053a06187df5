import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import type { Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { requireStoredDocuments, shareDocuments } from '../../documents/index.ts'
import { objectionRulesOf } from '../../rounds/index.ts'
import {
  AcceptObjection,
  AskCooperation,
  DecideObjection,
  RejectObjection,
  StateOnObjection,
  WithdrawObjection,
} from '../policy.ts'
import { CooperationNotPossible, StatementNotPossible } from '../problems.ts'
import {
  acceptObjection,
  decideObjection,
  rejectObjection,
  upholdByDefault,
  withdrawObjection,
} from '../rules/handling.ts'
import { type InadmissibleReason, isOpen, type Outcome } from '../rules/objection.ts'
import {
  findCooperation,
  findStatement,
  insertCooperation,
  insertDocuments,
  insertStatement,
  settleCooperation,
} from '../store/details.ts'
import { lockObjection, updateObjection } from '../store/objections.ts'
import { finish, settleIfEnded } from './effects.ts'
import {
  COOPERATION_DUE,
  lockWithNotice,
  type ObjectionView,
  openFor,
  recordObjection,
  roundOfObjection,
  setCooperationDeadline,
  viewOf,
} from './shared.ts'

/** Takes up a filed objection (受理): from now on it is decided on its grounds, and the awarded organization is heard. */
export async function takeUpObjection(work: Work, objectionId: string): Promise<ObjectionView> {
  const before = await openFor(work, AcceptObjection, objectionId)
  const now = await work.now(before.hostId)
  const after = await updateObjection(work.sql, orThrow(acceptObjection(before, now)))
  await recordObjection(work, after, 'objection.accepted', now)
  return viewOf(work, after)
}

/** Finds a filed objection inadmissible (不予受理); the award goes on unless another objection holds it. */
export async function turnAwayObjection(
  work: Work,
  objectionId: string,
  wanted: { readonly because: InadmissibleReason; readonly reasons: string },
): Promise<ObjectionView> {
  const before = await openFor(work, RejectObjection, objectionId)
  const now = await work.now(before.hostId)
  const ended = orThrow(rejectObjection(before, wanted, now))
  return viewOf(work, await finish(work, ended, 'objection.inadmissible', now))
}

/** The filer takes an open objection back. */
export async function takeBackObjection(work: Work, objectionId: string, reason: string): Promise<ObjectionView> {
  const before = await openFor(work, WithdrawObjection, objectionId)
  const now = await work.now(before.hostId)
  const ended = orThrow(withdrawObjection(before, reason, now))
  return viewOf(work, await finish(work, ended, 'objection.withdrawn', now))
}

/** Asks the awarded organization for its statement by a day of the policy; in a pause that clock stands still too. */
export async function askCooperation(work: Work, objectionId: string, request: string): Promise<ObjectionView> {
  const before = await openFor(work, AskCooperation, objectionId)
  const { state, hostId, awardedOrganizationId: organizationId } = before
  const isPending = state === 'accepted' || state === 'paused'
  const isAnswered = (await findStatement(work.sql, objectionId)) !== undefined
  const isAsked = (await findCooperation(work.sql, objectionId)) !== undefined
  if (!isPending || organizationId === null || isAnswered || isAsked) throw problem(CooperationNotPossible, { state })
  const now = await work.now(hostId)
  const { cooperation } = objectionRulesOf((await roundOfObjection(work, before)).policy.objection)
  const due = orThrow(resolvePeriod(await calendarOf(work, hostId), legalDateOf(now), cooperation))
  await insertCooperation(work.sql, {
    ...{ objectionId, organizationId, request, due },
    ...{ requestedAt: now, state: 'waiting', settledAt: null },
  })
  if (state === 'accepted') await setCooperationDeadline(work, before, due)
  const after = await updateObjection(work.sql, before)
  await recordObjection(work, after, 'objection.cooperation_requested', now, { dueOn: due.effectiveOn })
  return viewOf(work, after)
}

/** What the awarded organization says, with its own documents; asked for or not, once. */
export async function giveStatement(
  work: Work,
  objectionId: string,
  wanted: { readonly statement: string; readonly documentIds?: readonly string[] | undefined },
): Promise<ObjectionView> {
  const before = await openFor(work, StateOnObjection, objectionId)
  const { state, hostId, awardedOrganizationId } = before
  const isPending = state === 'accepted' || state === 'paused'
  if (!isPending || awardedOrganizationId === null || (await findStatement(work.sql, objectionId)) !== undefined)
    throw problem(StatementNotPossible, { state })
  const now = await work.now(hostId)
  const { statement, documentIds = [] } = wanted
  await requireStoredDocuments(work, documentIds, awardedOrganizationId)
  await insertStatement(work.sql, { objectionId, organizationId: awardedOrganizationId, statement, statedAt: now })
  await insertDocuments(work.sql, objectionId, 'awarded', documentIds)
  for (const reader of [hostId, before.reviewedById, before.appealedToId])
    if (reader !== null) await shareDocuments(work, documentIds, reader, 'handlers')
  const request = await findCooperation(work.sql, objectionId)
  if (request?.state === 'waiting') await settleCooperation(work.sql, objectionId, 'answered', now)
  await cancelDeadline(work, COOPERATION_DUE, objectionId)
  const after = await updateObjection(work.sql, before)
  await recordObjection(work, after, 'objection.statement_given', now)
  return viewOf(work, after)
}

/**
 * Decides an accepted objection. Dismissed or upheld in part: the award goes on, unless another objection holds it.
 * Upheld: the award is cancelled, its money goes back to the pools, and the next ranked bid for the need is proposed if
 * one passes and the policy does not want the need re-opened; that award needs a notice of its own.
 */
export async function answerObjection(
  work: Work,
  objectionId: string,
  decision: { readonly outcome: Outcome; readonly reasons: string },
): Promise<ObjectionView> {
  const before = await openFor(work, DecideObjection, objectionId)
  const now = await work.now(before.hostId)
  const decided = orThrow(decideObjection(before, decision, now))
  return viewOf(work, await finish(work, decided, `objection.${decision.outcome}`, now))
}

/**
 * Deadline `objection.answer_due`: marks an objection that still waits, so that everybody sees that the answer is late.
 * One whose award has been declined or cancelled meanwhile is closed instead.
 */
export async function markOverdue(work: Work, deadline: DueDeadline): Promise<void> {
  const found = await lockWithNotice(work, deadline.subject)
  if (found === undefined || !isOpen(found) || found.state === 'paused') return
  await settleIfEnded(work, found.awardId, deadline.dueAt)
  const objection = await lockObjection(work.sql, deadline.subject)
  if (objection === undefined || !isOpen(objection)) return
  const overdue = await updateObjection(work.sql, { ...objection, overdueAt: deadline.dueAt })
  await recordObjection(work, overdue, 'objection.overdue', deadline.dueAt)
}

/**
 * Deadline `objection.cooperation_due`: no statement has come. That is put on record, and counts as the policy says: as
 * nothing, or as if the objection were upheld (S34).
 */
export async function noteRefusal(work: Work, deadline: DueDeadline): Promise<void> {
  const before = await lockWithNotice(work, deadline.subject)
  const request = await findCooperation(work.sql, deadline.subject)
  if (before === undefined || request?.state !== 'waiting') return
  if (before.state !== 'accepted') return
  await settleCooperation(work.sql, before.id, 'refused', deadline.dueAt)
  const noted = await updateObjection(work.sql, before)
  await recordObjection(work, noted, 'objection.cooperation_refused', deadline.dueAt)
  const { nonCooperation } = objectionRulesOf((await roundOfObjection(work, before)).policy.objection)
  if (nonCooperation === 'none') return
  await finish(work, orThrow(upholdByDefault(noted, deadline.dueAt)), 'objection.upheld_by_default', deadline.dueAt)
}
