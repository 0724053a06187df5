import type { LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, maxFen, minFen, sumFen } from '../../../kernel/money.ts'
import { ProjectSettled, TrancheInProgress } from '../problems.ts'
import { type SourceShare, splitWithin, type Tranche } from './tranches.ts'

/** One pool's part in a grant. */
export interface GrantSource {
  readonly poolId: string
  readonly source: string
  readonly approvedFen: Fen
  readonly paidFen: Fen
  readonly refundedFen: Fen
}

/** The money side of one funded project. */
export interface ProjectGrant {
  readonly projectId: string
  readonly version: number
  readonly awardId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  readonly approvedFen: Fen
  readonly paidFen: Fen
  readonly refundedFen: Fen
  /** What the audit accepted; null until settled. */
  readonly eligibleFen: Fen | null
  readonly settledOn: LegalDate | null
  /** In the order in which the award drew the pools. */
  readonly sources: readonly GrantSource[]
}

/**
 * budget: a pool's money that is out (never positive); advance: paid to a project and not yet accounted for;
 * expense: accepted by the settlement; receivable: claimed back. The last three are never negative.
 */
export const ACCOUNT_KINDS = ['budget', 'advance', 'expense', 'receivable'] as const
export type AccountKind = (typeof ACCOUNT_KINDS)[number]

export const LEDGER_KINDS = ['payment', 'settlement', 'refund_claim', 'refund_receipt'] as const
export type LedgerKind = (typeof LEDGER_KINDS)[number]

/** One entry: debits are positive, credits negative. */
export interface LedgerLine {
  readonly poolId: string
  readonly source: string
  readonly kind: AccountKind
  readonly amountFen: Fen
}

/** From one account to another, per source; sources without a fen make no entry. */
function move(parts: readonly SourceShare[], from: AccountKind, to: AccountKind): LedgerLine[] {
  return parts
    .filter(({ amountFen }) => amountFen !== 0n)
    .flatMap(({ poolId, source, amountFen }) => [
      { poolId, source, kind: to, amountFen },
      { poolId, source, kind: from, amountFen: -amountFen },
    ])
}

/** Before the settlement money goes out as an advance; what is paid after it is accepted already. */
export function paymentLines(parts: readonly SourceShare[], isSettled: boolean): LedgerLine[] {
  return move(parts, 'budget', isSettled ? 'expense' : 'advance')
}

export function settlementLines(accepted: readonly SourceShare[]): LedgerLine[] {
  return move(accepted, 'advance', 'expense')
}

export function refundClaimLines(parts: readonly SourceShare[]): LedgerLine[] {
  return move(parts, 'advance', 'receivable')
}

export function refundReceiptLines(parts: readonly SourceShare[]): LedgerLine[] {
  return move(parts, 'receivable', 'budget')
}

/** The final tranche: what was scheduled, but no more than the accepted costs that are not paid yet, and never below zero. */
export function finalTrancheFen(scheduledFen: Fen, eligibleFen: Fen, paidFen: Fen): Fen {
  return maxFen(0n, minFen(scheduledFen, eligibleFen - paidFen))
}

/** What has to come back, by the approved shares; no pool gets back more than it paid. Zero when nothing is too much. */
export function splitRefund(grant: Pick<ProjectGrant, 'paidFen' | 'sources'>, eligibleFen: Fen): SourceShare[] {
  const refundFen = maxFen(0n, grant.paidFen - eligibleFen)
  const parts = splitWithin(
    refundFen,
    grant.sources.map((source) => source.approvedFen),
    grant.sources.map((source) => source.paidFen),
  )
  return grant.sources.map(({ poolId, source }, index) => ({ poolId, source, amountFen: parts[index] ?? 0n }))
}

export interface SettlementDecision {
  /** Amounts of the tranches that the final evaluation sets off, by id; nothing payable is zero. */
  readonly finals: readonly { readonly trancheId: string; readonly payableFen: Fen }[]
  readonly finalTrancheFen: Fen
  readonly refundFen: Fen
  readonly refund: readonly SourceShare[]
  /** The part of what is paid that the settlement accepts, per source. */
  readonly accepted: readonly SourceShare[]
  /** Tranches that nothing will set off any more. */
  readonly cancelledTrancheIds: readonly string[]
}

/**
 * Settles a grant: each final tranche is min(scheduled, eligible − paid so far), zero unless the final evaluation was
 * passed; what was paid beyond the eligible costs is to be refunded. Earlier tranches must be paid, or are cancelled
 * when they never came due or are held; one under way is refused, because the sum that is paid must be known.
 */
export function settle(
  grant: ProjectGrant,
  tranches: readonly Tranche[],
  facts: { readonly eligibleFen: Fen; readonly isFinalPassed: boolean },
): Decision<SettlementDecision> {
  if (grant.settledOn !== null) return refuse(ProjectSettled, { settledOn: grant.settledOn })
  const underWay = tranches.find(({ state }) => state === 'due' || state === 'requested' || state === 'approved')
  if (underWay !== undefined) return refuse(TrancheInProgress, { number: underWay.number, state: underWay.state })
  const unpaid = tranches.filter(({ state }) => state === 'planned' || state === 'held')
  let coveredFen = grant.paidFen
  const finals = unpaid
    .filter(({ trigger }) => trigger === 'final_passed_and_audited')
    .map(({ id, scheduledFen }) => {
      const payableFen = facts.isFinalPassed ? finalTrancheFen(scheduledFen, facts.eligibleFen, coveredFen) : 0n
      coveredFen += payableFen
      return { trancheId: id, payableFen }
    })
  const refund = splitRefund(grant, facts.eligibleFen)
  return accept({
    finals,
    finalTrancheFen: sumFen(finals.map(({ payableFen }) => payableFen)),
    refundFen: sumFen(refund.map(({ amountFen }) => amountFen)),
    refund,
    accepted: grant.sources.map(({ poolId, source, paidFen }, index) => ({
      poolId,
      source,
      amountFen: paidFen - (refund[index]?.amountFen ?? 0n),
    })),
    cancelledTrancheIds: unpaid.filter(({ trigger }) => trigger !== 'final_passed_and_audited').map(({ id }) => id),
  })
}

/** What the books say about one fund pool of a round. */
export interface PoolBalance {
  readonly poolId: string
  readonly source: string
  readonly paidFen: Fen
  readonly refundedFen: Fen
  /** Claimed back and not received yet. */
  readonly refundableFen: Fen
  readonly advanceFen: Fen
  readonly expenseFen: Fen
  /** Paid less refunded. */
  readonly netFen: Fen
}

export interface RoundLedger {
  readonly roundId: string
  readonly pools: readonly PoolBalance[]
}
