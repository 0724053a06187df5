import type { Module } from '../../platform/module.ts'
import { ROUND_ACTIONS } from './policy.ts'
import { ROUND_PROBLEMS } from './problems.ts'
import { amendmentRoutes } from './routes/amendments.ts'
import { roundRoutes } from './routes/rounds.ts'
import { ROUND_TRANSITIONS } from './rules.ts'
import { closeWhenDue, openWhenDue } from './service/rounds.ts'

export { FINDINGS } from './compiler/compile.ts'
export { MODES, type ModeRules } from './compiler/modes.ts'
export { DEFAULT_POLICY } from './defaultPolicy.ts'
export type { AwardLimit, LimitScope } from './fairnessDocument.ts'
export { CancelRound, DryRunRound } from './policy.ts'
export {
  type Criterion,
  type RatioRule,
  type RoundPolicy,
  TRANCHE_TRIGGERS,
  type TrancheTrigger,
} from './policyDocument.ts'
export { PoolExhausted, RoundNotInState } from './problems.ts'
export { NON_COOPERATION, noticeRulesOf, objectionRulesOf, REDACTIONS, type Redaction } from './publicityDocument.ts'
export type { ReviewRules, SessionKind } from './reviewDocument.ts'
export { toBody as presentRound } from './routes/rounds.ts'
export {
  availableFen,
  bidWindow,
  confirmationDeadlineOf,
  drawPools,
  eligiblePools,
  FUND_SOURCES,
  type FundPool,
  type FundSource,
  inDrawingOrder,
  type NeedFacts,
  type PoolShare,
  PROCUREMENT_MODES,
  type Round,
  type RoundState,
  requiredPolicyVersionOf,
} from './rules.ts'
export { Cancellation as RoundCancellation, RoundBody, RoundParams } from './schemas.ts'
export { roundCallingFor } from './service/calling.ts'
export {
  addNeeds,
  advanceRound,
  cancelRound,
  drawFromPools,
  lastDayBefore,
  lockRound,
  poolsOf,
  releaseToPools,
  roundOf,
  shareRound,
} from './service/rounds.ts'
export type { RoundWithPools } from './service/shown.ts'

export const rounds: Module = {
  name: 'rounds',
  tag: { name: 'Rounds', description: 'Calls with policy, fund pools and timetable.' },
  routes: (app, deps) => {
    roundRoutes(app, deps)
    amendmentRoutes(app, deps)
  },
  deadlines: { 'round.opens': openWhenDue, 'round.closes': closeWhenDue },
  problems: ROUND_PROBLEMS,
  actions: ROUND_ACTIONS,
  machines: [{ name: 'round', initial: 'draft', table: ROUND_TRANSITIONS as never }],
}
