import { endOfDay, legalDateOf } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import { lawfulCommands, type Transitions, transition } from '../../kernel/transitions.ts'
import { type Period, type ResolvedDate, resolvePeriod, type WorkCalendar } from '../../kernel/workdays.ts'
import {
  NoticeWithdrawn,
  ObjectionExists,
  ObjectionFilerMissing,
  ObjectionNotInState,
  ObjectionTargetUnknown,
  ObjectionToOwnAward,
} from './problems.ts'

export const OBJECTION_STATES = ['filed', 'accepted', 'rejected_as_late', 'upheld', 'dismissed', 'logged'] as const
export type ObjectionState = (typeof OBJECTION_STATES)[number]
/** `settle` ends an objection whose award has ended for another reason: nothing is left to decide. */
export type ObjectionCommand = 'accept' | 'uphold' | 'dismiss' | 'settle'

export const OUTCOMES = ['upheld', 'dismissed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** A lead and a late filing are kept, and nothing more happens to them. */
export const OBJECTION_TRANSITIONS: Transitions<ObjectionState, ObjectionCommand> = {
  filed: { accept: 'accepted', settle: 'dismissed' },
  accepted: { uphold: 'upheld', dismiss: 'dismissed', settle: 'dismissed' },
  rejected_as_late: {},
  upheld: {},
  dismissed: {},
  logged: {},
}

/** The commands that a client may send in this state; settling follows from the award. */
export function objectionActions(state: ObjectionState): ('accept' | 'uphold' | 'dismiss')[] {
  return lawfulCommands(OBJECTION_TRANSITIONS, state).filter((command) => command !== 'settle')
}

export interface Filing {
  readonly grounds: string
  readonly requestedRemedy: string | null
  readonly isAnonymous: boolean
  /** Who files; null for a credential without an organization. Never kept for an anonymous filing. */
  readonly organizationId: string | null
  /** TypeID of the notice's item that is objected to. */
  readonly subject: string
  /**
   * Whose award it is: the bidder and the filed group behind it. Empty for an evaluation, to whose result the agency
   * itself may object.
   */
  readonly awardedOrganizationIds: readonly string[]
  /** An objection of the same organization to the same subject that has no answer yet. */
  readonly openObjectionId: string | null
}

/** What the rule needs to know of the notice. */
export interface NoticeFacts {
  readonly id: string
  readonly state: string
  readonly closesAt: Date
  readonly subjects: readonly string[]
}

export interface FiledObjection {
  readonly state: 'filed' | 'rejected_as_late' | 'logged'
  readonly filedByOrganizationId: string | null
  readonly isAnonymous: boolean
  readonly grounds: string
  readonly requestedRemedy: string | null
  readonly filedAt: Date
  /** Only an objection that gets an answer has a day of answer. */
  readonly answerDue: ResolvedDate | null
  readonly decisionReasons: string | null
}

export interface Objection extends Omit<FiledObjection, 'state'> {
  readonly id: string
  readonly version: number
  readonly noticeId: string
  readonly roundId: string
  readonly hostId: string
  readonly subject: string
  /** The award behind the subject; null when the notice announced an evaluation. */
  readonly awardId: string | null
  readonly state: ObjectionState
  readonly acceptedAt: Date | null
  readonly decidedAt: Date | null
  /** The award proposed instead, once upheld. */
  readonly successorAwardId: string | null
  readonly overdueAt: Date | null
  readonly createdAt: Date
}

/**
 * What becomes of a filing at this moment (process.md 2.8). Anonymous: logged as a lead, in time or not. Named and in
 * time: filed, with a day of answer counted in working days from the day of filing. Late, be it by a second: kept as
 * rejected, and the filer is told why. Refused: an item that the notice does not list, a withdrawn notice,
 * no filer, an award of the filer's own, which would suspend what the filer may simply decline, a second one while the
 * filer's first is open.
 */
export function fileObjection(
  filing: Filing,
  notice: NoticeFacts,
  reply: Period,
  calendar: WorkCalendar,
  now: Date,
): Decision<FiledObjection> {
  if (notice.state === 'withdrawn') return refuse(NoticeWithdrawn, { noticeId: notice.id })
  if (!notice.subjects.includes(filing.subject))
    return refuse(ObjectionTargetUnknown, { noticeId: notice.id, subject: filing.subject })
  const kept = {
    grounds: filing.grounds,
    requestedRemedy: filing.requestedRemedy,
    isAnonymous: filing.isAnonymous,
    filedByOrganizationId: filing.isAnonymous ? null : filing.organizationId,
    filedAt: now,
    answerDue: null,
    decisionReasons: null,
  }
  if (filing.isAnonymous) return accept({ ...kept, state: 'logged' })
  if (filing.organizationId === null) return refuse(ObjectionFilerMissing)
  if (filing.awardedOrganizationIds.includes(filing.organizationId))
    return refuse(ObjectionToOwnAward, { subject: filing.subject })
  if (now.getTime() >= notice.closesAt.getTime())
    return accept({ ...kept, state: 'rejected_as_late', decisionReasons: lateReason(notice.closesAt, now) })
  if (filing.openObjectionId !== null)
    return refuse(ObjectionExists, { subject: filing.subject, objectionId: filing.openObjectionId })
  const answerDue = resolvePeriod(calendar, legalDateOf(now), reply)
  return answerDue.accepted ? accept({ ...kept, state: 'filed', answerDue: answerDue.value }) : answerDue
}

/** The sentence a late filer gets; it is part of the record, so it is not translated afterwards. */
export function lateReason(closedAt: Date, filedAt: Date): string {
  return (
    `异议期已于 ${shanghaiTime(closedAt)} 届满,本异议于 ${shanghaiTime(filedAt)} 提出,逾期不予受理,予以登记。` +
    ` / The window closed at ${closedAt.toISOString()}; this objection was filed at ${filedAt.toISOString()}. It is on record and gets no further answer.`
  )
}

/** `2026-05-12 00:00:00`, the clock on the wall in Shanghai. */
function shanghaiTime(instant: Date): string {
  const SHANGHAI_OFFSET_MS = 8 * 3_600_000
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** The first moment at which the answer is overdue. */
export function answerDueAt(answerDue: ResolvedDate): Date {
  return endOfDay(answerDue.effectiveOn)
}

export function acceptObjection(objection: Objection, now: Date): Decision<Objection> {
  const state = transition(OBJECTION_TRANSITIONS, objection.state, 'accept', ObjectionNotInState)
  return state.accepted ? accept({ ...objection, state: state.value, acceptedAt: now }) : state
}

/** Decides an accepted objection, once. An overdue answer is late, not void. */
export function decideObjection(
  objection: Objection,
  decision: { readonly outcome: Outcome; readonly reasons: string },
  now: Date,
): Decision<Objection> {
  const command = decision.outcome === 'upheld' ? 'uphold' : 'dismiss'
  const state = transition(OBJECTION_TRANSITIONS, objection.state, command, ObjectionNotInState)
  if (!state.accepted) return state
  return accept({ ...objection, state: state.value, decidedAt: now, decisionReasons: decision.reasons })
}

/** Ends an open objection without a decision on its grounds, because its award is no more. */
export function settleObjection(objection: Objection, now: Date): Decision<Objection> {
  const state = transition(OBJECTION_TRANSITIONS, objection.state, 'settle', ObjectionNotInState)
  return state.accepted
    ? accept({ ...objection, state: state.value, decidedAt: now, decisionReasons: SETTLED_REASON })
    : state
}

const SETTLED_REASON =
  '所涉拟立项已取消或放弃,本异议不再需要决定,予以办结。 / The award has been cancelled or declined; nothing is left to decide, and the objection is closed.'

/** What happens to the award once an objection against it is decided. */
export type AwardConsequence = 'restore' | 'cancel' | 'none'

/**
 * Upheld: the award is cancelled, unless it was before. Dismissed: the award goes on as if nothing had been, unless
 * another objection against it is still open or it was cancelled.
 */
export function awardConsequence(
  outcome: Outcome,
  facts: { readonly awardState: string; readonly otherOpenObjections: number },
): AwardConsequence {
  if (facts.awardState !== 'suspended') return 'none'
  if (outcome === 'upheld') return 'cancel'
  return facts.otherOpenObjections === 0 ? 'restore' : 'none'
}

/** Should the deadline of the answer mark this objection? Whatever is decided is no longer awaited. */
export function isAwaitingAnswer(objection: Pick<Objection, 'state'>): boolean {
  return objection.state === 'filed' || objection.state === 'accepted'
}
