import { type CityPolicy, PLAIN_REVIEW } from './common.ts'

/**
 * The first round's mid-term evaluation (S14): four dimensions, 60 passes, bonus and deductions so that a score can exceed
 * 100, postponement where recruiting was slow. The weights are not given in the notice; these are an example.
 */
export const SUZHOU_2012: CityPolicy = {
  ...PLAIN_REVIEW,
  mid: {
    dimensions: [
      { code: 'implementation', max: '40' },
      { code: 'input', max: '15' },
      { code: 'finance', max: '25' },
      { code: 'effect', max: '20' },
    ],
    bonusMax: '10',
    deductionMax: '20',
    passLine: '60',
    missingIsFail: true,
    postponement: { maxDays: 60, times: 1 },
  },
}
