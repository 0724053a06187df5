import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import { type CityPolicy, PLAIN_REVIEW } from './common.ts'

/**
 * 中山 2013 (S39, S40): a project score of 100 by experts and public jurors, a bonus of at most 50 for money raised, a
 * special bonus of 5 to 20; who breaks the agreement is banned for three years. The jurors' share is not given; here 30 %.
 */
export const ZHONGSHAN_2013: CityPolicy = {
  ...PLAIN_REVIEW,
  ratioRules: [],
  passLine: '60',
  scoring: {
    scope: 'round',
    panelWeightBasisPoints: 7000,
    passLineOn: 'panel',
    sources: [
      {
        code: 'public_jury',
        kind: 'jury',
        normalization: 'as_is',
        max: '100',
        min: null,
        weightBasisPoints: 3000,
        coverage: 'all',
      },
      {
        code: 'money_raised',
        kind: 'bonus',
        normalization: 'share_of_request',
        max: '50',
        min: null,
        weightBasisPoints: 10_000,
        coverage: 'some',
      },
      {
        code: 'special',
        kind: 'bonus',
        normalization: 'as_is',
        max: '20',
        min: '5',
        weightBasisPoints: 10_000,
        coverage: 'some',
      },
    ],
  },
  tieBreak: ['panel_points', 'lower_request', 'earlier_submission', 'lot'],
  banMonths: { ...DEFAULT_POLICY.banMonths, breach: 36 },
}
