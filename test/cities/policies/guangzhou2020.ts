import { type CityPolicy, PLAIN_REVIEW, yuan } from './common.ts'

/** The seventh round (S3, S4): cap 50万, own money at least 40 % of the whole, staff newly allowed up to 30 % of the grant. */
export const GUANGZHOU_2020: CityPolicy = {
  ...PLAIN_REVIEW,
  cap: yuan('500000.00'),
  floor: yuan('30000.00'),
  ratioRules: [
    { code: 'own_min', numerator: 'matching', base: 'total', operator: 'gte', basisPoints: 4000 },
    { code: 'staff_max', numerator: 'staff_cost', base: 'grant', operator: 'lte', basisPoints: 3000 },
  ],
  inKindMatchingMaxBasisPoints: 10_000,
}
