import { compareDates, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, formatYuan, type Money } from '../../../kernel/money.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import type { PoolShare } from '../../rounds/index.ts'
import {
  AwardNotInState,
  BudgetSumDiffers,
  MeetingInFuture,
  NothingToApprove,
  NoticeStillOpen,
  RatioRuleBroken,
} from '../problems.ts'

export const AWARD_STATES = [
  'awaiting_budget',
  'proposed',
  'noticed',
  'suspended',
  'confirmed',
  'cancelled',
  'declined',
] as const
export type AwardState = (typeof AWARD_STATES)[number]
export type AwardCommand =
  | 'submitBudget'
  | 'decline'
  | 'notice'
  | 'withdrawNotice'
  | 'suspend'
  | 'restore'
  | 'confirm'
  | 'cancel'

/** A cut award waits for its budget; an open objection suspends it; only a passed notice lets it be confirmed. */
export const AWARD_TRANSITIONS: Transitions<AwardState, AwardCommand> = {
  awaiting_budget: { submitBudget: 'proposed', decline: 'declined', cancel: 'cancelled' },
  proposed: { notice: 'noticed', decline: 'declined', cancel: 'cancelled' },
  noticed: {
    withdrawNotice: 'proposed',
    suspend: 'suspended',
    confirm: 'confirmed',
    decline: 'declined',
    cancel: 'cancelled',
  },
  suspended: { restore: 'noticed', decline: 'declined', cancel: 'cancelled' },
  confirmed: { cancel: 'cancelled' },
  cancelled: {},
  declined: {},
}

/** The commands that people give to an award itself; the others follow from notices, objections and meetings. */
export const AWARD_OFFERS: readonly AwardCommand[] = ['submitBudget', 'decline']

/** Does the award hold money and a place for its need? */
export function isStanding(award: Pick<Award, 'state'>): boolean {
  return award.state !== 'cancelled' && award.state !== 'declined'
}

/** Money of one pool for one award. */
export type AwardSource = PoolShare

/** The budget of a bid, as it is revised when less is approved than was asked. Amounts are Money, as on the wire. */
export interface AwardBudget {
  readonly matchingCash: Money
  readonly matchingInKind: Money
  /** How the grant is spent. */
  readonly budgetLines: readonly { readonly category: string; readonly amount: Money }[]
}

export interface NewAward {
  readonly roundId: string
  readonly hostId: string
  readonly bidId: string
  readonly projectId: string
  readonly needId: string
  /** The registered organization that bids, also where it does so for a filed group. */
  readonly organizationId: string
  readonly sponsoredGroupId: string | null
  /** 1, 2, 3 … in the order in which money was allocated. */
  readonly sequence: number
  readonly requestedFen: Fen
  readonly approvedFen: Fen
  readonly state: AwardState
  /** No other bid for the need passed the formal check (单一申报). */
  readonly isSingleBid: boolean
  /** By when a cut award needs its revised budget; null when nothing is due or the policy sets no time. */
  readonly budgetDue: ResolvedDate | null
  readonly sources: readonly AwardSource[]
}

export interface Award extends NewAward {
  readonly id: string
  readonly version: number
  readonly revisedBudget: AwardBudget | null
  /** The first moment at which an objection against its notice is late; null before a notice. */
  readonly noticeClosesAt: Date | null
  readonly decisionId: string | null
  /** Why it was cancelled or declined. */
  readonly endReason: string | null
  readonly createdAt: Date
}

export interface DecisionMeeting {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  readonly heldOn: LegalDate
  readonly minutes: string
  readonly createdAt: Date
}

export function advance(award: Pick<Award, 'state'>, command: AwardCommand): Decision<AwardState> {
  return transition(AWARD_TRANSITIONS, award.state, command, AwardNotInState)
}

/** Its notice passes on; restoring leads back into the notice, whose closing moment stays. */
export function noticed(award: Award, closesAt: Date): Decision<Award> {
  const state = advance(award, 'notice')
  return state.accepted ? accept({ ...award, state: state.value, noticeClosesAt: closesAt }) : state
}

/** The notice was withdrawn: the award waits for the next one. */
export function unnoticed(award: Award): Decision<Award> {
  const state = advance(award, 'withdrawNotice')
  return state.accepted ? accept({ ...award, state: state.value, noticeClosesAt: null }) : state
}

/** Approved by a meeting. */
export function confirmed(award: Award, meetingId: string): Decision<Award> {
  const state = advance(award, 'confirm')
  return state.accepted ? accept({ ...award, state: state.value, decisionId: meetingId }) : state
}

/** Cancelled by the host or declined by the agency, for a reason that is kept. */
export function ended(award: Award, command: 'cancel' | 'decline', reason: string): Decision<Award> {
  const state = advance(award, command)
  return state.accepted ? accept({ ...award, state: state.value, endReason: reason }) : state
}

/** A rule that the revised budget breaks, as the rounds' budget rules report it. */
export interface BudgetFinding {
  readonly code: string
  /** The line it is about; unless given, the finding is about the lines as a whole. */
  readonly pointer?: string
  readonly detail: string
}

/**
 * Takes a revised budget (process.md 6.5): its lines sum to the approved amount, and every rule of the policy holds on
 * the new base. Refused: `budget_sum_differs`; `ratio_rule_broken` with one error per rule.
 */
export function submitBudget(award: Award, budget: AwardBudget, sum: Fen, findings: readonly BudgetFinding[]) {
  const state = advance(award, 'submitBudget')
  if (!state.accepted) return state
  if (sum !== award.approvedFen)
    return refuse(BudgetSumDiffers, { sum: formatYuan(sum), approved: formatYuan(award.approvedFen) })
  if (findings.length > 0) {
    const errors: FieldError[] = findings.map(({ code, detail, pointer = '#/budgetLines' }) => ({
      pointer,
      code,
      detail,
    }))
    return refuse(RatioRuleBroken, { count: findings.length }, errors)
  }
  return accept<Award>({ ...award, state: state.value, revisedBudget: budget, budgetDue: null })
}

/**
 * The awards that a meeting on `heldOn` confirms: those whose notice has passed and that no objection suspends. The rest
 * waits for another meeting, so that one objection does not stop the others.
 * Refused: a meeting to come, a notice still running, nothing to approve.
 */
export function awardsToConfirm(awards: readonly Award[], heldOn: LegalDate, now: Date): Decision<Award[]> {
  if (compareDates(heldOn, legalDateOf(now)) > 0) return refuse(MeetingInFuture, { heldOn })
  const waiting = awards.filter((award) => award.state === 'noticed')
  const ready = waiting.filter(({ noticeClosesAt }) => noticeClosesAt !== null && isPast(noticeClosesAt, heldOn, now))
  if (ready.length > 0) return accept(ready)
  const closesAt = waiting.map((award) => award.noticeClosesAt?.toISOString() ?? '').sort()[0]
  return closesAt === undefined ? refuse(NothingToApprove) : refuse(NoticeStillOpen, { closesAt, heldOn })
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
