import { compareDates, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import {
  AwardNotBeforeMeeting,
  MeetingBeforeProposals,
  MeetingInFuture,
  MeetingWithoutQuorum,
  NothingToApprove,
  NoticeStillOpen,
} from '../problems.ts'
import { type Award, advance, isStanding } from './award.ts'

/** An award that a meeting did not confirm. */
export interface Rejection {
  readonly awardId: string
  readonly reason: string
}

/** A meeting as it was put on record; it never changes. */
export interface DecisionMeeting {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  readonly heldOn: LegalDate
  readonly minutes: string
  /** How many members attended; null where nobody counted. */
  readonly attendees: number | null
  readonly rejections: readonly Rejection[]
  readonly createdAt: Date
}

/** Corrected minutes. They stand beside the first ones; what was decided never changes. */
export interface MeetingCorrection {
  readonly id: string
  readonly meetingId: string
  readonly number: number
  readonly minutes: string
  readonly reason: string
  readonly correctedAt: Date
}

/** Approved by a meeting; one that decided before the notice stays the one that is named. */
export function confirmed(award: Award, meetingId: string): Decision<Award> {
  const state = advance(award, 'confirm')
  return state.accepted ? accept({ ...award, state: state.value, decisionId: award.decisionId ?? meetingId }) : state
}

/** Approved by a meeting before its notice. */
export function decided(award: Award, meetingId: string): Decision<Award> {
  const state = advance(award, 'decide')
  return state.accepted ? accept({ ...award, state: state.value, decisionId: meetingId }) : state
}

/** What the policy asks of a meeting. */
export interface DecisionTerms {
  readonly beforeNotice: boolean
  /** 0: nobody counts. */
  readonly attendeesMin: number
}

/** Refused: a meeting to come, and one that too few attended. */
export function checkMeeting(
  { heldOn, attendees }: Pick<DecisionMeeting, 'heldOn' | 'attendees'>,
  { attendeesMin }: DecisionTerms,
  now: Date,
): Decision<true> {
  if (compareDates(heldOn, legalDateOf(now)) > 0) return refuse(MeetingInFuture, { heldOn })
  if ((attendees ?? 0) < attendeesMin)
    return refuse(MeetingWithoutQuorum, { attendees: attendees ?? 0, least: attendeesMin })
  return accept(true)
}

/**
 * What is before a meeting: with the meeting before the notice, awards proposed by its day that no meeting has decided about; else
 * announced ones whose notice has passed and that no objection suspends. The rest waits for another meeting, so that one
 * objection, or one missing budget, does not stop the others. Refused: a notice still running, a day
 * before the proposals, nothing to approve.
 */
export function awardsBefore(
  awards: readonly Award[],
  heldOn: LegalDate,
  { beforeNotice }: DecisionTerms,
  now: Date,
): Decision<Award[]> {
  if (!beforeNotice) return awardsToConfirm(awards, heldOn, now)
  const waiting = awards.filter(({ state, decisionId }) => state === 'proposed' && decisionId === null)
  const ready = waiting.filter(({ createdAt }) => compareDates(legalDateOf(createdAt), heldOn) <= 0)
  if (ready.length > 0) return accept(ready)
  const proposedOn = waiting.map(({ createdAt }) => legalDateOf(createdAt)).sort()[0]
  return proposedOn === undefined ? refuse(NothingToApprove) : refuse(MeetingBeforeProposals, { heldOn, proposedOn })
}

/** The announced awards whose notice had passed on a day and that no objection suspends. */
export function awardsToConfirm(awards: readonly Award[], heldOn: LegalDate, now: Date): Decision<Award[]> {
  const waiting = awards.filter((award) => award.state === 'noticed')
  const ready = waiting.filter(({ noticeClosesAt }) => noticeClosesAt !== null && isPast(noticeClosesAt, heldOn, now))
  if (ready.length > 0) return accept(ready)
  const closesAt = waiting.map((award) => award.noticeClosesAt?.toISOString() ?? '').sort()[0]
  return closesAt === undefined ? refuse(NothingToApprove) : refuse(NoticeStillOpen, { closesAt, heldOn })
}

/** Rejections name awards that are before the meeting, each once. */
export function checkRejections(
  ready: readonly Pick<Award, 'id'>[],
  rejections: readonly Rejection[],
): Decision<ReadonlyMap<string, string>> {
  const isBefore = (awardId: string) => ready.some(({ id }) => id === awardId)
  const flaws = rejections.flatMap(({ awardId }, index) =>
    isBefore(awardId) && rejections.findIndex((one) => one.awardId === awardId) === index
      ? []
      : [{ pointer: `#/rejections/${index}/awardId`, code: AwardNotBeforeMeeting.code, detail: awardId }],
  )
  if (flaws.length > 0) return refuse(AwardNotBeforeMeeting, { count: flaws.length }, flaws)
  return accept(new Map(rejections.map(({ awardId, reason }) => [awardId, reason])))
}

function isPast(closesAt: Date, heldOn: LegalDate, now: Date): boolean {
  return now.getTime() >= closesAt.getTime() && compareDates(heldOn, legalDateOf(closesAt)) >= 0
}

/** What a meeting means for a need: matched by a confirmed award, still open, or left without an award this time. */
export function needOutcome(needId: string, awards: readonly Pick<Award, 'needId' | 'state'>[]) {
  const own = awards.filter((award) => award.needId === needId && isStanding(award))
  if (own.some((award) => award.state === 'confirmed')) return 'match'
  return own.length > 0 ? 'open' : 'closeWithoutAward'
}
