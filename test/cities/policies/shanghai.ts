import { type CityPolicy, days, PLAIN_REVIEW, workdays } from './common.ts'

/**
 * 公益招投标 (S9): the need owner calls, of several bids the best wins, a single bid is judged on its merit and revised
 * where it has defects; notice of at least 15 days; re-check of an objection within 5 days. Mode `open_call_tender`.
 */
export const SHANGHAI: CityPolicy = {
  ...PLAIN_REVIEW,
  criteria: [
    { code: 'necessity', max: '50' },
    { code: 'feasibility', max: '50' },
  ],
  ratioRules: [],
  singleBidPolicy: 'judge_on_merit',
  correction: { period: workdays(5), times: 1 },
  notice: { window: days(15), excludeStartDay: true },
  objection: { reply: days(5), anonymous: 'log_only' },
  tranches: [
    { number: 1, basisPoints: 4000, trigger: 'agreement_effective', due: workdays(15) },
    { number: 2, basisPoints: 4000, trigger: 'mid_passed', due: workdays(10) },
    { number: 3, basisPoints: 2000, trigger: 'final_passed_and_audited', due: workdays(10) },
  ],
}
