export { PASSED_OVER_REASONS, type PassedOverReason } from './rules/allocation.ts'
export {
  AWARD_STATES,
  type Award,
  type AwardBudget,
  type AwardSource,
  type AwardState,
  isStanding,
} from './rules/award.ts'
export {
  awardOf,
  awardsOfRound,
  cancelAward,
  markNoticed,
  restoreAward,
  suspendAward,
  unmarkNoticed,
} from './service/lifecycle.ts'
export { proposeNext } from './service/next.ts'
