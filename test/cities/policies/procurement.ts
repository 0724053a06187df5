import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import { type CityPolicy, workdays } from './common.ts'

/**
 * Bought under the procurement law (process.md section 0): the price is scored in proportion to the lowest, the panel has
 * five members (S66), fewer than three valid bids end the lot, query and complaint have their statutory periods.
 */
export const PROCUREMENT: CityPolicy = {
  panel: { ...DEFAULT_POLICY.panel, size: 5, quorum: 5, outlierGap: null },
  criteria: [
    { code: 'method', max: '50' },
    { code: 'team', max: '30' },
    { code: 'price', max: '20', kind: 'price' },
  ],
  passLine: '60',
  tieBreak: ['lower_request', 'method_mean', 'lot'],
  ratioRules: [],
  requiredAttachments: [],
  validBidsPerNeedMin: 3,
  singleBidPolicy: 'reopen',
  scoring: { ...DEFAULT_POLICY.scoring, scope: 'need' },
  notice: { window: workdays(7), excludeStartDay: true },
  objection: { reply: workdays(7), anonymous: 'log_only' },
  statutory: { query: workdays(7), reply: workdays(7), complaint: workdays(15), decision: workdays(30) },
}
