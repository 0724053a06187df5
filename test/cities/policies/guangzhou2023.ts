import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import { type CityPolicy, PLAIN_REVIEW, yuan } from './common.ts'

/**
 * The rule of 2023 (S1, S2; cap and shares S3): cap 80万; own money at least 40 %, for some projects 20 %; not on the list
 * of abnormal activities within one year, of serious violations within two, no major violation within three. Which
 * projects need only 20 % the sources do not say: here those for the disabled and for relief.
 */
export const GUANGZHOU_2023: CityPolicy = {
  ...PLAIN_REVIEW,
  cap: yuan('800000.00'),
  floor: yuan('30000.00'),
  projectClasses: [
    { code: 'favoured', serviceFields: ['disability', 'relief'], lotteryPurposes: null },
    { code: 'general', serviceFields: null, lotteryPurposes: null },
  ],
  ratioRules: [
    {
      code: 'own_min',
      numerator: 'matching',
      base: 'total',
      operator: 'gte',
      basisPoints: 4000,
      appliesTo: { projectClasses: ['general'] },
    },
    {
      code: 'own_min_favoured',
      numerator: 'matching',
      base: 'total',
      operator: 'gte',
      basisPoints: 2000,
      appliesTo: { projectClasses: ['favoured'] },
    },
    { code: 'staff_max', numerator: 'staff_cost', base: 'grant', operator: 'lte', basisPoints: 3000 },
  ],
  inKindMatchingMaxBasisPoints: 10_000,
  eligibility: {
    ...DEFAULT_POLICY.eligibility,
    abnormalListMonths: 12,
    seriousListMonths: 24,
    majorViolationMonths: 36,
  },
}
