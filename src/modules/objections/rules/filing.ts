import { endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Period, type ResolvedDate, resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import {
  AppealExists,
  AppealNotOpen,
  AppealNotProvided,
  EvidenceNamesFiler,
  NoticeSuperseded,
  NoticeWithdrawn,
  ObjectionExists,
  ObjectionFilerMissing,
  ObjectionFromHost,
  ObjectionNoticeDiffers,
  ObjectionRepeated,
  ObjectionTakenBack,
  ObjectionTargetEnded,
  ObjectionTargetUnknown,
  ObjectionToOwnAward,
} from '../problems.ts'
import { type FiledObjection, type GroundCode, type Objection, type ObjectionKind, overdueFrom } from './objection.ts'

export interface Filing {
  readonly groundCodes: readonly GroundCode[]
  readonly grounds: string
  readonly requestedRemedy: string | null
  readonly isAnonymous: boolean
  /** Documents of the filer's organization that come with it. */
  readonly evidenceCount: number
  /** Who files; null for a credential without an organization. Never kept for an anonymous filing. */
  readonly organizationId: string | null
  /** The filer works for the host whose notice it is. */
  readonly isOfHost: boolean
  /** TypeID of the notice's item that is objected to. */
  readonly subject: string
  /** Digest of the words that the filer has read, where the filer says so. */
  readonly noticeDigest: string | null
  /**
   * Whose award it is: the bidder and the filed group behind it. Empty for an evaluation, to whose result the agency
   * itself may object.
   */
  readonly awardedOrganizationIds: readonly string[]
  /** An objection of the same organization to the same subject that has no answer yet. */
  readonly openObjectionId: string | null
  /** One that the same organization has filed against the same item of this notice, and withdrawn. */
  readonly withdrawnObjectionId: string | null
  /** One that the same organization has filed against the same item of this notice, and that was inadmissible as `repeated`. */
  readonly repeatedObjectionId: string | null
  /** Does the award still stand? True for evaluations. */
  readonly isStanding: boolean
}

/** What the rule needs to know of the notice. */
export interface NoticeFacts {
  readonly id: string
  readonly state: string
  readonly digest: string
  /** The first moment at which a filing is late. */
  readonly closesAt: Date
  readonly subjects: readonly string[]
  /** The version that stands now, where it is another one. */
  readonly current: { readonly id: string; readonly versionNumber: number } | null
}

/** Which way a filing goes: kind and time for the answer. */
export interface FilingRules {
  readonly kind: Extract<ObjectionKind, 'objection' | 'query'>
  readonly reply: Period
}

/**
 * What becomes of a filing at this moment (process.md 2.8). Anonymous: logged as a lead, in time or not. Named and in
 * time: filed, with a day of answer counted in working days from the day of filing. Late, be it by a second: kept as
 * rejected, and the filer is told why. Refused: an item that the notice does not list, a withdrawn or replaced notice,
 * other words than those published, no filer, an award of the filer's own, which would suspend what the filer may simply
 * decline, a filer who works for the host that decides, an award that has ended, a second one while the filer's first is
 * open, after it was withdrawn, or after one was found to repeat an earlier one (each filing suspends), and evidence that would name who wants to stay unnamed.
 */
export function fileObjection(
  filing: Filing,
  notice: NoticeFacts,
  { kind, reply }: FilingRules,
  calendar: WorkCalendar,
  now: Date,
): Decision<FiledObjection> {
  if (notice.current !== null)
    return refuse(NoticeSuperseded, {
      noticeId: notice.id,
      currentId: notice.current.id,
      versionNumber: notice.current.versionNumber,
    })
  if (notice.state === 'withdrawn') return refuse(NoticeWithdrawn, { noticeId: notice.id })
  if (!notice.subjects.includes(filing.subject))
    return refuse(ObjectionTargetUnknown, { noticeId: notice.id, subject: filing.subject })
  if (filing.noticeDigest !== null && filing.noticeDigest !== notice.digest)
    return refuse(ObjectionNoticeDiffers, { noticeId: notice.id, digest: notice.digest })
  const kept = keptOf(filing, kind, now)
  if (filing.isAnonymous)
    return filing.evidenceCount > 0 ? refuse(EvidenceNamesFiler) : accept({ ...kept, state: 'logged' })
  if (filing.organizationId === null) return refuse(ObjectionFilerMissing)
  if (filing.awardedOrganizationIds.includes(filing.organizationId))
    return refuse(ObjectionToOwnAward, { subject: filing.subject })
  if (filing.isOfHost) return refuse(ObjectionFromHost)
  if (now.getTime() >= notice.closesAt.getTime())
    return accept({ ...kept, state: 'rejected_as_late', decisionReasons: lateReason(notice.closesAt, now) })
  if (!filing.isStanding) return refuse(ObjectionTargetEnded, { subject: filing.subject })
  if (filing.openObjectionId !== null)
    return refuse(ObjectionExists, { subject: filing.subject, objectionId: filing.openObjectionId })
  if (filing.withdrawnObjectionId !== null)
    return refuse(ObjectionTakenBack, { subject: filing.subject, objectionId: filing.withdrawnObjectionId })
  if (filing.repeatedObjectionId !== null)
    return refuse(ObjectionRepeated, { subject: filing.subject, objectionId: filing.repeatedObjectionId })
  return inTime(kept, reply, calendar)
}

function keptOf(
  filing: Pick<Filing, 'groundCodes' | 'grounds' | 'requestedRemedy' | 'isAnonymous' | 'organizationId'>,
  kind: ObjectionKind,
  now: Date,
): Omit<FiledObjection, 'state'> {
  return {
    kind,
    groundCodes: [...filing.groundCodes],
    grounds: filing.grounds,
    requestedRemedy: filing.requestedRemedy,
    isAnonymous: filing.isAnonymous,
    filedByOrganizationId: filing.isAnonymous ? null : filing.organizationId,
    filedAt: now,
    answerDue: null,
    decisionReasons: null,
  }
}

function inTime(kept: Omit<FiledObjection, 'state'>, reply: Period, calendar: WorkCalendar): Decision<FiledObjection> {
  const answerDue = resolvePeriod(calendar, legalDateOf(kept.filedAt), reply)
  return answerDue.accepted ? accept({ ...kept, state: 'filed', answerDue: answerDue.value }) : answerDue
}

/**
 * A query about a result is in time until so many working days after the notice's last day: on that day it counts as known
 * (政府采购法实施条例 53). Refused: `calendar_year_missing`.
 */
export function queryClosesAt(calendar: WorkCalendar, noticeLastOn: LegalDate, query: Period): Decision<Date> {
  const due = resolvePeriod(calendar, noticeLastOn, query)
  return due.accepted ? accept(endOfDay(due.value.effectiveOn)) : due
}

/** The periods of the second instance, as the policy has them. */
export interface ReviewRules {
  readonly kind: Extract<ObjectionKind, 'appeal' | 'complaint'>
  readonly window: Period
  readonly decision: Period
}

export interface ReviewFacts {
  /** Null: the round has none, or names nobody to decide it. */
  readonly rules: ReviewRules | null
  /** One that was filed in time before. */
  readonly earlierId: string | null
  /** Does the award still stand? True for evaluations. */
  readonly isStanding: boolean
  /** The day of the answer as it was before any pause. */
  readonly unpausedDue: ResolvedDate | null
  /** Set where the organization files whose award an upheld objection ends; `isWaiting`: it has no effect yet. */
  readonly contest: { readonly organizationId: string; readonly isWaiting: boolean } | null
}

/** What can be reviewed: an answer that did not grant what was asked. */
const REVIEWABLE: readonly string[] = ['dismissed', 'partly_upheld', 'inadmissible']

/**
 * The one appeal or complaint of a filer. An appeal is counted from the day of the decision; a complaint from the end of
 * the time for the reply (政府采购法 55). Both may also be about an answer that is overdue. The law knows no pause of the
 * reply: a complaint about silence is open from the day that was due before any pause. Late: kept, with the reason.
 */
export function fileReview(
  original: Objection,
  filing: Pick<Filing, 'groundCodes' | 'grounds' | 'requestedRemedy'>,
  { rules, earlierId, isStanding, unpausedDue, contest }: ReviewFacts,
  calendar: WorkCalendar,
  now: Date,
): Decision<FiledObjection> {
  if (original.appealsId !== null) return refuse(AppealNotOpen, { state: original.state })
  if (rules === null) return refuse(AppealNotProvided)
  const isSilent =
    rules.kind === 'complaint' && unpausedDue !== null && now.getTime() >= overdueFrom(unpausedDue).getTime()
  const isUnanswered = original.decidedAt === null && (original.overdueAt !== null || isSilent)
  const isContestable = original.state === 'upheld' && (contest?.isWaiting === true || earlierId !== null)
  const isReviewable = contest === null ? REVIEWABLE.includes(original.state) || isUnanswered : isContestable
  if (!(isStanding && isReviewable)) return refuse(AppealNotOpen, { state: original.state })
  if (earlierId !== null) return refuse(AppealExists, { objectionId: earlierId })
  const from = contest === null ? startOfWindow(original, rules, now) : legalDateOf(original.decidedAt ?? now)
  const closes = resolvePeriod(calendar, from, rules.window)
  if (!closes.accepted) return closes
  const closesAt = endOfDay(closes.value.effectiveOn)
  const organizationId = contest?.organizationId ?? original.filedByOrganizationId
  const kept = keptOf({ ...filing, isAnonymous: false, organizationId }, rules.kind, now)
  if (now.getTime() >= closesAt.getTime())
    return accept({ ...kept, state: 'rejected_as_late', decisionReasons: lateReason(closesAt, now) })
  return inTime(kept, rules.decision, calendar)
}

/** While the clock of the answer stands still, or no answer to appeal against has come, the window has not begun to run out. */
function startOfWindow({ state, decidedAt, answerDue }: Objection, { kind }: ReviewRules, now: Date): LegalDate {
  if (state === 'paused') return legalDateOf(now)
  if (kind === 'complaint' && answerDue !== null) return answerDue.effectiveOn
  return legalDateOf(decidedAt ?? now)
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
