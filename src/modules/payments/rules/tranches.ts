import { compareDates, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { basisPointsOf, type Fen, minFen, splitByShares, sumFen } from '../../../kernel/money.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import type { Period, ResolvedDate } from '../../../kernel/workdays.ts'
import { PaymentDayInvalid, SamePersonApproves, TrancheNotInState } from '../problems.ts'

/** What sets a tranche off; the words of the round's policy. */
export const TRANCHE_TRIGGERS = ['agreement_effective', 'mid_passed', 'final_passed_and_audited'] as const
export type TrancheTrigger = (typeof TRANCHE_TRIGGERS)[number]

export const TRANCHE_STATES = ['planned', 'due', 'held', 'requested', 'approved', 'paid', 'cancelled'] as const
export type TrancheState = (typeof TRANCHE_STATES)[number]
export type TrancheCommand =
  | 'trigger'
  | 'request'
  | 'approve'
  | 'pay'
  | 'hold'
  | 'release'
  | 'releaseUntriggered'
  | 'cancel'

/**
 * A tranche that is held while it is planned may be triggered meanwhile: the day counts, the hold stays. Released, it
 * is due if it was triggered, else planned again. A hold voids a request and an approval.
 */
export const TRANCHE_TRANSITIONS: Transitions<TrancheState, TrancheCommand> = {
  planned: { trigger: 'due', hold: 'held', cancel: 'cancelled' },
  due: { request: 'requested', hold: 'held', cancel: 'cancelled' },
  held: { trigger: 'held', release: 'due', releaseUntriggered: 'planned', cancel: 'cancelled' },
  requested: { approve: 'approved', hold: 'held', cancel: 'cancelled' },
  approved: { pay: 'paid', hold: 'held', cancel: 'cancelled' },
  paid: {},
  cancelled: {},
}

export const HOLD_REASONS = ['evaluation_failed', 'credit_listing', 'audit_issue', 'missing_invoice', 'other'] as const
export type HoldReason = (typeof HOLD_REASONS)[number]

/** What people may order; the other commands follow from agreements, evaluations and settlements. */
const TRANCHE_OFFERS: readonly TrancheCommand[] = ['request', 'approve', 'pay', 'hold', 'release']

/** The share of one fund pool, in the order in which the award drew the pools. */
export interface SourceShare {
  readonly poolId: string
  /** Kind of money such as `welfare_lottery` (data-standards.md). */
  readonly source: string
  readonly amountFen: Fen
}

export interface TrancheRule {
  readonly number: number
  readonly basisPoints: number
  readonly trigger: TrancheTrigger
  readonly due: Period
}

export interface TrancheSource {
  readonly poolId: string
  readonly source: string
  readonly scheduledFen: Fen
  /** Null until the tranche is triggered. */
  readonly payableFen: Fen | null
}

export interface TranchePlan {
  readonly number: number
  readonly trigger: TrancheTrigger
  readonly due: Period
  readonly scheduledFen: Fen
  readonly sources: readonly TrancheSource[]
}

export interface Tranche {
  readonly id: string
  readonly version: number
  readonly projectId: string
  readonly awardId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  readonly number: number
  readonly trigger: TrancheTrigger
  /** How long after the trigger the tranche is due. */
  readonly duePeriod: Period
  readonly scheduledFen: Fen
  /** What is really to be paid; null until triggered, then at most what was scheduled. */
  readonly payableFen: Fen | null
  readonly triggeredOn: LegalDate | null
  readonly due: ResolvedDate | null
  readonly state: TrancheState
  readonly holdReason: HoldReason | null
  readonly holdNote: string | null
  readonly requestedBy: string | null
  readonly requestedAt: Date | null
  readonly approvedBy: string | null
  readonly approvedAt: Date | null
  readonly paidBy: string | null
  readonly paidOn: LegalDate | null
  readonly voucher: string | null
  readonly createdAt: Date
  readonly sources: readonly TrancheSource[]
}

/**
 * Splits a total in proportion to shares (largest remainder, ties to the earlier share), but no part above its limit:
 * what does not fit goes to the earliest parts that have room. Throws a RangeError when the limits cannot hold the total.
 */
export function splitWithin(total: Fen, shares: readonly Fen[], limits: readonly Fen[]): Fen[] {
  if (total > sumFen(limits)) throw new RangeError(`${total} fen do not fit into limits of ${sumFen(limits)} fen`)
  const parts = splitByShares(total, shares).map((part, index) => minFen(part, limits[index] ?? 0n))
  let rest = total - sumFen(parts)
  return parts.map((part, index) => {
    const extra = minFen(rest, (limits[index] ?? 0n) - part)
    rest -= extra
    return part + extra
  })
}

/**
 * The tranches of a grant. Each is its basis points of the whole (half a fen rounds up), the last one is the rest; each
 * is split over the pools by their approved shares, and the last one takes what is left of every pool. So the sums over
 * tranches and over pools are what was approved, to the fen.
 */
export function planTranches(rules: readonly TrancheRule[], sources: readonly SourceShare[]): TranchePlan[] {
  const shares = sources.map(({ amountFen }) => amountFen)
  const whole = sumFen(shares)
  let left = [...shares]
  return rules.map(({ number, basisPoints, trigger, due }, index) => {
    const restFen = sumFen(left)
    const isLast = index === rules.length - 1
    const scheduledFen = isLast ? restFen : minFen(restFen, basisPointsOf(whole, basisPoints))
    const parts = splitWithin(scheduledFen, shares, left)
    left = left.map((fen, source) => fen - (parts[source] ?? 0n))
    return {
      number,
      trigger,
      due,
      scheduledFen,
      sources: sources.map(({ poolId, source }, position) => ({
        poolId,
        source,
        scheduledFen: parts[position] ?? 0n,
        payableFen: null,
      })),
    }
  })
}

/**
 * Sets a tranche off. `payableFen` is positive and may be less than scheduled (the final one after the audit); it is
 * split by the approved shares, within what is scheduled per pool. A tranche with nothing to pay is cancelled instead.
 */
export function triggerTranche(
  tranche: Tranche,
  facts: {
    readonly on: LegalDate
    readonly due: ResolvedDate
    readonly payableFen: Fen
    /** Approved shares of the grant, in the order of the tranche's sources. */
    readonly shares: readonly Fen[]
  },
): Decision<Tranche> {
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'trigger', TrancheNotInState)
  if (!state.accepted) return state
  const limits = tranche.sources.map(({ scheduledFen }) => scheduledFen)
  const parts = splitWithin(facts.payableFen, facts.shares, limits)
  return accept({
    ...tranche,
    state: state.value,
    payableFen: facts.payableFen,
    triggeredOn: facts.on,
    due: facts.due,
    sources: tranche.sources.map((source, index) => ({ ...source, payableFen: parts[index] ?? 0n })),
  })
}

export function holdTranche(tranche: Tranche, reason: HoldReason, note: string | null): Decision<Tranche> {
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'hold', TrancheNotInState)
  if (!state.accepted) return state
  return accept({ ...tranche, ...NOT_REQUESTED, state: state.value, holdReason: reason, holdNote: note })
}

/** Ends a hold. The due day of a tranche that was triggered stays; one that was not waits for its trigger again. */
export function releaseTranche(tranche: Tranche): Decision<Tranche> {
  const command = tranche.triggeredOn === null ? 'releaseUntriggered' : 'release'
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, command, TrancheNotInState)
  return state.accepted ? accept({ ...tranche, ...NO_HOLD, state: state.value }) : state
}

export function requestTranche(tranche: Tranche, by: string, at: Date): Decision<Tranche> {
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'request', TrancheNotInState)
  return state.accepted ? accept({ ...tranche, state: state.value, requestedBy: by, requestedAt: at }) : state
}

/** Maker and checker are different people (不相容岗位分离). */
export function approveTranche(tranche: Tranche, by: string, at: Date): Decision<Tranche> {
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'approve', TrancheNotInState)
  if (!state.accepted) return state
  if (tranche.requestedBy === by) return refuse(SamePersonApproves)
  return accept({ ...tranche, state: state.value, approvedBy: by, approvedAt: at })
}

/** Records that the money went out, on a day between the approval and today. */
export function payTranche(
  tranche: Tranche,
  payment: { readonly by: string; readonly paidOn: LegalDate; readonly voucher: string; readonly today: LegalDate },
): Decision<Tranche> {
  const { by, paidOn, voucher, today } = payment
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'pay', TrancheNotInState)
  if (!state.accepted) return state
  const approvedOn = tranche.approvedAt === null ? today : legalDateOf(tranche.approvedAt)
  if (compareDates(paidOn, approvedOn) < 0 || compareDates(paidOn, today) > 0)
    return refuse(PaymentDayInvalid, { paidOn, approvedOn, today })
  return accept({ ...tranche, state: state.value, paidBy: by, paidOn, voucher })
}

export function cancelTranche(tranche: Tranche): Decision<Tranche> {
  const state = transition(TRANCHE_TRANSITIONS, tranche.state, 'cancel', TrancheNotInState)
  return state.accepted ? accept({ ...tranche, ...NO_HOLD, state: state.value }) : state
}

/** What a client may do now; `release` ends a hold of either kind. */
export function trancheActions(tranche: Pick<Tranche, 'state'>): TrancheCommand[] {
  return TRANCHE_OFFERS.filter((command) => TRANCHE_TRANSITIONS[tranche.state][command] !== undefined)
}

const NO_HOLD = { holdReason: null, holdNote: null }
const NOT_REQUESTED = { requestedBy: null, requestedAt: null, approvedBy: null, approvedAt: null }
