import { type CityPolicy, PLAIN_REVIEW, yuan } from './common.ts'

/**
 * 上虞 2020 微公益创投 (S30): the budget in three groups (业务活动费, 管理费用, 税费) with written proportions; no fixed
 * assets, no construction, no cash or gifts to beneficiaries. The proportions are not in the part that was read: an example.
 */
export const SHANGYU_2020: CityPolicy = {
  ...PLAIN_REVIEW,
  cap: yuan('30000.00'),
  floor: yuan('5000.00'),
  budgetCategories: ['activity', 'materials', 'expert_fee', 'staff_cost', 'office', 'tax'],
  budgetGroups: [
    { code: 'business', categories: ['activity', 'materials', 'expert_fee'] },
    { code: 'management', categories: ['staff_cost', 'office'] },
    { code: 'taxes', categories: ['tax'] },
  ],
  forbiddenCategories: ['fixed_asset', 'construction', 'cash_or_gift_to_beneficiary'],
  ratioRules: [
    { code: 'business_min', numerator: 'business', base: 'grant', operator: 'gte', basisPoints: 8000 },
    { code: 'management_max', numerator: 'management', base: 'grant', operator: 'lte', basisPoints: 1500 },
    { code: 'taxes_max', numerator: 'taxes', base: 'grant', operator: 'lte', basisPoints: 500 },
  ],
}
