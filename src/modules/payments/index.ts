import type { Module } from '../../platform/module.ts'
import { PAYMENT_ACTIONS } from './policy.ts'
import { PAYMENT_PROBLEMS } from './problems.ts'
import { paymentRoutes } from './routes.ts'
import { REFUND_CLAIM_TRANSITIONS } from './rules/refunds.ts'
import { TRANCHE_TRANSITIONS } from './rules/tranches.ts'
import { overdueWhenDue } from './service/refunds.ts'

export {
  GrantUnknown,
  NothingToRefund,
  ProjectNotSettled,
  ProjectSettled,
  RefundClaimExists,
  TrancheInProgress,
} from './problems.ts'
export {
  finalTrancheFen,
  type GrantSource,
  type PoolBalance,
  type ProjectGrant,
  type RoundLedger,
  splitRefund,
} from './rules/ledger.ts'
export type { RefundClaim } from './rules/refunds.ts'
export { refundClaimActions } from './rules/refunds.ts'
export type { HoldReason, SourceShare, Tranche, TrancheRule, TrancheTrigger } from './rules/tranches.ts'
export { presentRefundClaim, presentTranche, RefundClaimBody, TrancheBody } from './schemas.ts'
export {
  cancelTranches,
  grantsOfRound,
  holdTranche,
  type NewGrant,
  type ProjectSettlement,
  paidOf,
  planTranches,
  releaseHold,
  settleProject,
  tranchesOf,
  triggerTranche,
} from './service/grants.ts'
export { issueRefundClaim, ledgerOf } from './service/refunds.ts'

export const payments: Module = {
  name: 'payments',
  tag: { name: 'Payments', description: 'Tranches, holds, refund claims and the double-entry ledger behind them.' },
  routes: paymentRoutes,
  deadlines: { 'refund.due': overdueWhenDue },
  problems: PAYMENT_PROBLEMS,
  actions: PAYMENT_ACTIONS,
  machines: [
    { name: 'tranche', initial: 'planned', table: TRANCHE_TRANSITIONS as never },
    { name: 'refund_claim', initial: 'issued', table: REFUND_CLAIM_TRANSITIONS as never },
  ],
}
