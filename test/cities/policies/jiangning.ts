import { type CityPolicy, PLAIN_REVIEW } from './common.ts'

/**
 * The tenth round of 江宁: 77 lots in one tender, and a foundation that adds to the lottery money. Each need is a lot of its
 * own with one award; the foundation's pool (position 2) gives as much as the lottery, as long as it lasts.
 */
export const JIANGNING_TENTH: CityPolicy = {
  ...PLAIN_REVIEW,
  ratioRules: [],
  awardsPerNeedMax: 1,
  scoring: { scope: 'need', panelWeightBasisPoints: 10_000, passLineOn: 'total', sources: [] },
  poolMatches: [{ pool: 2, source: 'welfare_lottery', basisPoints: 10_000 }],
}
