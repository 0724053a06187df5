import type { Module } from '../../platform/module.ts'
import { AWARD_ACTIONS } from './policy.ts'
import { AWARD_PROBLEMS } from './problems.ts'
import { awardRoutes } from './routes/awards.ts'
import { fairnessRoutes } from './routes/fairness.ts'
import { meetingRoutes } from './routes/meetings.ts'
import { proposalRoutes } from './routes/proposals.ts'
import { AWARD_TRANSITIONS } from './rules/award.ts'
import { declineWhenBudgetIsDue } from './service/lifecycle.ts'
import { AWARD_BUDGET_DUE } from './service/next.ts'
import { endReserve, RESERVE_EXPIRES } from './service/reserve.ts'

export { CancelAward, DeclineAward } from './policy.ts'
export {
  AwardBudgetNotDue,
  AwardNotDecided,
  AwardNotInState,
  AwardProjectWithdrawn,
  BidderBarred,
} from './problems.ts'
export { toBody as presentAward } from './routes/present.ts'
export {
  AWARD_STATES,
  type Award,
  type AwardBudget,
  type AwardSource,
  type AwardState,
  isStanding,
} from './rules/award.ts'
export { AwardBody, AwardParams, Cancellation as AwardCancellation, Decline as AwardDecline } from './schemas/awards.ts'
export { requireIndependentAwards, requireOnList, requireUnbarred } from './service/bars.ts'
export { declineAward, giveUpAward } from './service/changes.ts'
export { endAwardsOfRound, leaveWithoutAwards } from './service/ending.ts'
export {
  AWARD_FELL,
  awardOf,
  awardsOfRound,
  cancelAward,
  confirmationDayOf,
  markNoticed,
  moveNoticeEnd,
  openAwardToReviewer,
  restoreAward,
  suspendAward,
  unmarkNoticed,
} from './service/lifecycle.ts'
export { requireDecided } from './service/meetings.ts'
export { proposeNext } from './service/next.ts'

export const awards: Module = {
  name: 'awards',
  tag: {
    name: 'Awards',
    description: 'Money proposed along the ranking, revised budgets, and the meetings that confirm it.',
  },
  routes: (app) => {
    proposalRoutes(app)
    awardRoutes(app)
    meetingRoutes(app)
    fairnessRoutes(app)
  },
  deadlines: { [AWARD_BUDGET_DUE]: declineWhenBudgetIsDue, [RESERVE_EXPIRES]: endReserve },
  problems: AWARD_PROBLEMS,
  actions: AWARD_ACTIONS,
  machines: [{ name: 'award', initial: 'proposed', table: AWARD_TRANSITIONS as never }],
}
