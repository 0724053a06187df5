import type { Module } from '../../platform/module.ts'
import { bidOpener } from './jobs.ts'
import { BID_ACTIONS } from './policy.ts'
import { BID_PROBLEMS } from './problems/index.ts'
import { bidderRoutes } from './routes/bidder.ts'
import { bindingRoutes } from './routes/binding.ts'
import { checkingRoutes } from './routes/checking.ts'
import { dryRunRoutes } from './routes/dryRun.ts'
import { openingRoutes } from './routes/opening.ts'
import { receiptRoutes } from './routes/receipts.ts'
import { BID_TRANSITIONS } from './rules/bid.ts'
import { rejectUncorrected, remindOfFormalCheck } from './service/checking.ts'
import { verifyBids } from './service/verifying.ts'

export { BidNotInState } from './problems/index.ts'
export { type Attachment, BID_STATES, type Bid, type BidContent, type BidState } from './rules/bid.ts'
export {
  type Budget,
  type BudgetTerms,
  budgetFindings,
  categoryFlaws,
  type Finding,
  ratioFindings,
} from './rules/budget.ts'
export { asTold, isUntold, veilOf } from './rules/outcome.ts'
export { BidContentBody, BidParams } from './schemas/bids.ts'
export { advanceBid } from './service/advancing.ts'
export { policyOfBid } from './service/classes.ts'
export { barsOfBidder } from './service/eligibility.ts'
export { bidInspector } from './service/precheck.ts'
export { bidOf, bidsOfRound, contentOf, lockBid, untoldBidsOf } from './service/reading.ts'
export {
  resultReaders,
  showChange,
  tellAllResults,
  tellBidder,
  tellCancelled,
  tellResults,
  untellResults,
} from './service/telling.ts'

export const bids: Module = {
  name: 'bids',
  tag: { name: 'Bids', description: 'Sealed bids: submission, receipts, opening, formal check and correction.' },
  routes(app, deps) {
    bidderRoutes(app, deps)
    checkingRoutes(app)
    bindingRoutes(app)
    openingRoutes(app, deps)
    dryRunRoutes(app)
    receiptRoutes(app, deps)
  },
  background: bidOpener,
  verify: verifyBids,
  deadlines: { 'bid.correction_due': rejectUncorrected, 'round.formal_check_due': remindOfFormalCheck },
  problems: BID_PROBLEMS,
  actions: BID_ACTIONS,
  machines: [{ name: 'bid', initial: 'draft', table: BID_TRANSITIONS as never }],
}
