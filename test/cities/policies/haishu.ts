import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import { type CityPolicy, PLAIN_REVIEW, yuan } from './common.ts'

/**
 * 海曙 2013/2020/2023 (S25–S27): cap 5万; three classes of applicants: start-ups registered for at most two years,
 * organizations of 3A and more whose earlier projects passed, service centres of towns; late or missing mid-term material
 * fails, and a fail ends the project without rectification.
 */
export const HAISHU: CityPolicy = {
  ...PLAIN_REVIEW,
  cap: yuan('50000.00'),
  floor: yuan('5000.00'),
  ratioRules: [],
  applicantClasses: [
    {
      code: 'start_up',
      organizationTypes: ['social_service_org', 'social_group'],
      registeredMonthsMin: null,
      registeredMonthsMax: 24,
      gradeMin: null,
      requiredAttachments: [],
      cap: yuan('30000.00'),
    },
    {
      code: 'experienced',
      organizationTypes: ['social_service_org', 'social_group'],
      registeredMonthsMin: null,
      registeredMonthsMax: null,
      gradeMin: '3A',
      requiredAttachments: ['earlier_project_result'],
      cap: null,
    },
    {
      code: 'town_centre',
      organizationTypes: ['social_service_org', 'public_institution'],
      registeredMonthsMin: null,
      registeredMonthsMax: null,
      gradeMin: null,
      requiredAttachments: ['town_recommendation'],
      cap: null,
    },
  ],
  mid: { ...DEFAULT_POLICY.mid, missingIsFail: true, lateIsFail: true },
  rectification: { ...DEFAULT_POLICY.rectification, times: 0, finalGradeCap: null },
}
