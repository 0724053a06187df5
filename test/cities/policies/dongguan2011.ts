import { type CityPolicy, PLAIN_REVIEW, yuan } from './common.ts'

/**
 * The first round (S38): cap 50万; total = 60 % review on site + 20 % designated donations + 20 % online vote. How donations
 * and votes become points the source does not say: here each counts as a share of the highest.
 */
export const DONGGUAN_2011: CityPolicy = {
  ...PLAIN_REVIEW,
  cap: yuan('500000.00'),
  ratioRules: [],
  scoring: {
    scope: 'round',
    panelWeightBasisPoints: 6000,
    passLineOn: 'total',
    sources: [
      {
        code: 'donation',
        kind: 'donation',
        normalization: 'share_of_highest',
        max: '100',
        min: null,
        weightBasisPoints: 2000,
        coverage: 'all',
      },
      {
        code: 'online_vote',
        kind: 'vote',
        normalization: 'share_of_highest',
        max: '100',
        min: null,
        weightBasisPoints: 2000,
        coverage: 'all',
      },
    ],
  },
  passLine: '60',
  tieBreak: ['panel_points', 'lower_request', 'earlier_submission', 'lot'],
}
