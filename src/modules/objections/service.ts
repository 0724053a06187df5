import { ANONYMOUS } from '../../kernel/actor.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { newId } from '../../platform/ids.ts'
import type { DueDeadline } from '../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { awardOf, cancelAward, isStanding, proposeNext, restoreAward, suspendAward } from '../awards/index.ts'
import { calendarOf } from '../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../deadlines/index.ts'
import { lockNotice, type Notice } from '../notices/index.ts'
import { roundOf } from '../rounds/index.ts'
import { AcceptObjection, DecideObjection, FileObjection, ListObjections, ReadObjection, visibleTo } from './policy.ts'
import { ObjectionTargetUnknown } from './problems.ts'
import {
  acceptObjection,
  answerDueAt,
  awardConsequence,
  decideObjection,
  type FiledObjection,
  fileObjection,
  isAwaitingAnswer,
  type Objection,
  type Outcome,
  settleObjection,
} from './rules.ts'
import {
  countOtherOpen,
  findObjection,
  findOpenObjectionOf,
  insertObjection,
  listObjections,
  lockObjection,
  lockOpenObjections,
  type ObjectionFilter,
  updateObjection,
} from './store.ts'

/** Kind of the deadline at which the answer to an objection is due. */
export const ANSWER_DUE = 'objection.answer_due'

export interface ObjectionToFile {
  readonly noticeId: string
  readonly awardId?: string | undefined
  readonly evaluationId?: string | undefined
  readonly grounds: string
  readonly requestedRemedy?: string | null | undefined
  readonly anonymous?: boolean | undefined
}

/**
 * Takes in whatever is filed against a notice. In time and named: the award is suspended at once, so that nobody
 * decides over an objection that nobody has read yet. Late: kept, with the reason. Anonymous: kept as a lead, and
 * neither the row nor the event tells who sent it.
 */
export async function takeInObjection(work: Work, wanted: ObjectionToFile): Promise<Objection> {
  const notice = authorize(work, FileObjection, await lockNotice(work, wanted.noticeId))
  const round = await roundOf(work, notice.roundId)
  if (round === undefined) throw new Error(`the notice ${notice.id} has lost its round`)
  const now = await work.now(notice.hostId)
  const subject = subjectOf(notice, wanted)
  const isAnonymous = wanted.anonymous === true
  const { organizationId } = work.actor
  const filed = orThrow(
    fileObjection(
      {
        grounds: wanted.grounds,
        requestedRemedy: wanted.requestedRemedy ?? null,
        isAnonymous,
        organizationId,
        subject,
        awardedOrganizationIds: await awardedOrganizations(work, notice, subject),
        openObjectionId: organizationId === null ? null : await ownOpenObjection(work, subject, organizationId),
      },
      {
        id: notice.id,
        state: notice.state,
        closesAt: notice.closesAt,
        subjects: notice.snapshot.items.map((item) => item.subject),
      },
      round.policy.objection.reply,
      await calendarOf(work, notice.hostId),
      now,
    ),
  )
  const objection = await insertObjection(work.sql, newObjection(notice, subject, filed))
  if (objection.answerDue !== null) {
    await setDeadline(work, {
      kind: ANSWER_DUE,
      hostId: objection.hostId,
      subject: objection.id,
      dueAt: answerDueAt(objection.answerDue),
      resolved: objection.answerDue,
    })
  }
  if (objection.state === 'filed') await suspend(work, objection)
  const recorder = isAnonymous ? { ...work, actor: ANONYMOUS } : work
  await recordObjection(recorder, objection, EVENT_OF_FILING[filed.state], now)
  return objection
}

const EVENT_OF_FILING = {
  filed: 'objection.filed',
  rejected_as_late: 'objection.rejected_as_late',
  logged: 'objection.logged',
} as const

/** Takes up a filed objection (受理): from now on it is decided, not turned away. */
export async function takeUpObjection(work: Work, objectionId: string): Promise<Objection> {
  const before = authorize(work, AcceptObjection, await lockObjection(work.sql, objectionId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const after = await updateObjection(work.sql, orThrow(acceptObjection(before, now)))
  await recordObjection(work, after, 'objection.accepted', now)
  return after
}

/**
 * Decides an accepted objection. Dismissed: the award goes on, unless another objection holds it. Upheld: the award is
 * cancelled, its money goes back to the pools, and the next ranked bid for the need is proposed if one passes; that
 * award needs a notice of its own.
 */
export async function answerObjection(
  work: Work,
  objectionId: string,
  decision: { readonly outcome: Outcome; readonly reasons: string },
): Promise<Objection> {
  const before = authorize(work, DecideObjection, await lockWithNotice(work, objectionId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const decided = orThrow(decideObjection(before, decision, now))
  const successorAwardId = await applyToAward(work, decided, decision.outcome)
  const after = await updateObjection(work.sql, { ...decided, successorAwardId })
  await cancelDeadline(work, ANSWER_DUE, after.id)
  await recordObjection(work, after, `objection.${decision.outcome}`, now)
  await settleIfEnded(work, after.awardId, now)
  return after
}

/**
 * Deadline `objection.answer_due`: marks an objection that still waits, so that everybody sees that the answer is late.
 * One whose award has been declined or cancelled meanwhile is closed instead.
 */
export async function markOverdue(work: Work, deadline: DueDeadline): Promise<void> {
  const found = await lockWithNotice(work, deadline.subject)
  if (found === undefined || !isAwaitingAnswer(found)) return
  await settleIfEnded(work, found.awardId, deadline.dueAt)
  const objection = await lockObjection(work.sql, deadline.subject)
  if (objection === undefined || !isAwaitingAnswer(objection)) return
  const overdue = await updateObjection(work.sql, { ...objection, overdueAt: deadline.dueAt })
  await recordObjection(work, overdue, 'objection.overdue', deadline.dueAt)
}

export async function readObjection(work: Work, objectionId: string): Promise<Objection> {
  return authorize(work, ReadObjection, await findObjection(work.sql, objectionId))
}

export async function readObjections(
  work: Work,
  filter: ObjectionFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Objection>> {
  authorize(work, ListObjections, {})
  return listObjections(work.sql, visibleTo(work.actor), filter, limit, after)
}

/** The item that is objected to: an award on a notice of awards, an evaluation on one of results. */
function subjectOf(notice: Notice, wanted: ObjectionToFile): string {
  const subject = notice.kind === 'award' ? wanted.awardId : wanted.evaluationId
  if (subject !== undefined) return subject
  const missing = notice.kind === 'award' ? 'awardId' : 'evaluationId'
  throw problem(ObjectionTargetUnknown, { noticeId: notice.id, subject: missing }, [
    { pointer: `#/${missing}`, code: 'required', detail: `A notice of kind ${notice.kind} lists items by ${missing}.` },
  ])
}

async function awardedOrganizations(work: Work, notice: Notice, subject: string): Promise<string[]> {
  const award = notice.kind === 'award' ? await awardOf(work, subject) : undefined
  if (award === undefined) return []
  return [award.organizationId, ...(award.sponsoredGroupId === null ? [] : [award.sponsoredGroupId])]
}

function newObjection(notice: Notice, subject: string, filed: FiledObjection): Omit<Objection, 'version'> {
  return {
    ...filed,
    id: newId('obj'),
    noticeId: notice.id,
    roundId: notice.roundId,
    hostId: notice.hostId,
    subject,
    awardId: notice.kind === 'award' ? subject : null,
    acceptedAt: null,
    decidedAt: null,
    successorAwardId: null,
    overdueAt: null,
    createdAt: filed.filedAt,
  }
}

/** The notice first, as filing does: two decisions about one award, or a decision and a filing, take turns. */
async function lockWithNotice(work: Work, objectionId: string): Promise<Objection | undefined> {
  const found = await findObjection(work.sql, objectionId)
  if (found === undefined) return undefined
  await lockNotice(work, found.noticeId)
  return lockObjection(work.sql, objectionId)
}

/** An award that was declined or cancelled meanwhile has nothing to suspend; one under objection is suspended already. */
async function suspend(work: Work, objection: Objection): Promise<void> {
  if (objection.awardId === null) return
  const award = await awardOf(work, objection.awardId)
  if (award?.state === 'noticed') await suspendAward(work, award.id)
}

/** @returns the award proposed instead, if there is one. */
async function applyToAward(work: Work, objection: Objection, outcome: Outcome): Promise<string | null> {
  if (objection.awardId === null) return null
  const award = await awardOf(work, objection.awardId)
  if (award === undefined) throw new Error(`the objection ${objection.id} has lost its award`)
  const otherOpenObjections = await countOtherOpen(work.sql, objection)
  const consequence = awardConsequence(outcome, { awardState: award.state, otherOpenObjections })
  if (consequence === 'restore') await restoreAward(work, award.id)
  if (consequence !== 'cancel') return null
  await cancelAward(work, award.id, `异议 ${objection.id} 成立,取消拟立项。/ Objection ${objection.id} was upheld.`)
  const successor = await proposeNext(work, award.roundId, award.needId)
  return successor?.id ?? null
}

async function ownOpenObjection(work: Work, subject: string, organizationId: string): Promise<string | null> {
  return (await findOpenObjectionOf(work.sql, subject, organizationId)) ?? null
}

/** Closes what is still open against an award that is no more. The caller holds the notice's lock. */
async function settleIfEnded(work: Work, awardId: string | null, now: Date): Promise<void> {
  const award = awardId === null ? undefined : await awardOf(work, awardId)
  if (award === undefined || isStanding(award)) return
  for (const open of await lockOpenObjections(work.sql, award.id)) {
    const settled = await updateObjection(work.sql, orThrow(settleObjection(open, now)))
    await cancelDeadline(work, ANSWER_DUE, settled.id)
    await recordObjection(work, settled, 'objection.settled', now)
  }
}

async function recordObjection(work: Work, objection: Objection, type: string, at: Date): Promise<void> {
  await record(work, {
    type,
    subject: objection.id,
    hostId: objection.hostId,
    at,
    data: {
      noticeId: objection.noticeId,
      roundId: objection.roundId,
      objectedTo: objection.subject,
      state: objection.state,
      ...(objection.successorAwardId === null ? {} : { successorAwardId: objection.successorAwardId }),
    },
  })
}
