import { endOfDay } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, formatYuan, type Money } from '../../../kernel/money.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { lawfulCommands, type Transitions, transition } from '../../../kernel/transitions.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import type { PoolShare } from '../../rounds/index.ts'
import { AwardBudgetNotDue, AwardNotInState, BudgetSumDiffers, RatioRuleBroken } from '../problems.ts'

export const AWARD_STATES = [
  'awaiting_budget',
  'proposed',
  'noticed',
  'suspended',
  'confirmed',
  'cancelled',
  'declined',
  'retracted',
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
  | 'decide'
  | 'retract'

/**
 * A cut award waits for its budget; an open objection suspends it; only a passed notice lets it be confirmed. Where the
 * policy wants the meeting before the notice, it decides about proposed awards, which then stay what they are. All awards
 * of a round are retracted together, for a new review; never one that is announced and open to objections.
 */
export const AWARD_TRANSITIONS: Transitions<AwardState, AwardCommand> = {
  awaiting_budget: {
    submitBudget: 'proposed',
    decline: 'declined',
    cancel: 'cancelled',
    retract: 'retracted',
  },
  proposed: {
    decide: 'proposed',
    notice: 'noticed',
    decline: 'declined',
    cancel: 'cancelled',
    retract: 'retracted',
  },
  noticed: {
    withdrawNotice: 'proposed',
    suspend: 'suspended',
    confirm: 'confirmed',
    decline: 'declined',
    cancel: 'cancelled',
    retract: 'retracted',
  },
  suspended: { restore: 'noticed', decline: 'declined', cancel: 'cancelled' },
  confirmed: { cancel: 'cancelled' },
  cancelled: {},
  declined: {},
  retracted: {},
}

/** The commands that people give to an award itself; the others follow from notices, objections and meetings. */
const AWARD_OFFERS: readonly AwardCommand[] = ['submitBudget', 'decline']

/** Does the award hold money and a place for its need? */
export function isStanding(award: Pick<Award, 'state'>): boolean {
  return award.state !== 'cancelled' && award.state !== 'declined' && award.state !== 'retracted'
}

/** Less is approved than was asked: the agency is told at once, because it owes a budget. */
export function isCut({ approvedFen, requestedFen }: Pick<Award, 'approvedFen' | 'requestedFen'>): boolean {
  return approvedFen < requestedFen
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
  /** The notice that announces it; null before, and once that notice is withdrawn. */
  readonly noticeId: string | null
  /** The meeting that decided about it: before the notice where the policy says so, else when it confirmed it. */
  readonly decisionId: string | null
  /** Why it was cancelled, declined or retracted. */
  readonly endReason: string | null
  /** Who reviews the answer to an objection to it, and reads it for that. */
  readonly reviewedById: string | null
  readonly createdAt: Date
}

export function advance(award: Pick<Award, 'state'>, command: AwardCommand): Decision<AwardState> {
  return transition(AWARD_TRANSITIONS, award.state, command, AwardNotInState)
}

/** Its notice passes on; restoring leads back into the notice, whose closing moment stays. */
export function noticed(award: Award, closesAt: Date, noticeId: string | null = null): Decision<Award> {
  const state = advance(award, 'notice')
  return state.accepted ? accept({ ...award, state: state.value, noticeClosesAt: closesAt, noticeId }) : state
}

/** The notice was withdrawn: the award waits for the next one. */
export function unnoticed(award: Award): Decision<Award> {
  const state = advance(award, 'withdrawNotice')
  return state.accepted ? accept({ ...award, state: state.value, noticeClosesAt: null, noticeId: null }) : state
}

/** Cancelled or retracted by the host or declined by the agency, for a reason that is kept. */
export function ended(award: Award, command: 'cancel' | 'decline' | 'retract', reason: string): Decision<Award> {
  const state = advance(award, command)
  return state.accepted ? accept({ ...award, state: state.value, endReason: reason }) : state
}

/** What may be given up because its bidder is kept out by now, or has no project for it any more; an objection that is open decides itself. */
const BARRED_FALLS: readonly AwardState[] = ['awaiting_budget', 'proposed', 'noticed', 'confirmed']

/** What may be given up because an expert judged it who should have stood aside; later an objection decides. */
const CONFLICT_FALLS: readonly AwardState[] = ['awaiting_budget', 'proposed', 'noticed']

/** What the host may give an award up for. */
export interface GivingUp {
  readonly now: Date
  readonly isBarred: boolean
  readonly isRunning: boolean
  /** A sheet for it is of an expert who may not judge it by now, and the awards of its round are not taken back any more. */
  readonly isInConflict: boolean
}

/**
 * The host gives an award up. Either its bidder is kept out by now (banned, deregistered, listed, in debt; or its project
 * was withdrawn) and no project runs yet; or its review has a conflict that cannot be mended any more; or it waits no
 * longer for the revised budget: the agency is silent, and the policy sets no day on which that
 * counts as declining. Refused: another state, and `award_budget_not_due` while such a day is still to come.
 */
export function givenUp(
  award: Award,
  reason: string,
  { now, isBarred, isRunning, isInConflict }: GivingUp,
): Decision<Award> {
  const { state, budgetDue } = award
  if (isBarred && !isRunning && BARRED_FALLS.includes(state)) return ended(award, 'cancel', reason)
  if (isInConflict && CONFLICT_FALLS.includes(state)) return ended(award, 'cancel', reason)
  if (state !== 'awaiting_budget') return refuse(AwardNotInState, { state, command: 'cancel' })
  if (budgetDue !== null && now < endOfDay(budgetDue.effectiveOn))
    return refuse(AwardBudgetNotDue, { effectiveOn: budgetDue.effectiveOn })
  return ended(award, 'cancel', reason)
}

/** What people may do to an award in its state. */
export function awardActions({ state, budgetDue }: Pick<Award, 'state' | 'budgetDue'>): AwardCommand[] {
  const offers = lawfulCommands(AWARD_TRANSITIONS, state).filter((command) => AWARD_OFFERS.includes(command))
  return state === 'awaiting_budget' && budgetDue === null ? [...offers, 'cancel'] : offers
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
