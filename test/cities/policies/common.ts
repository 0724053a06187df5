import { DEFAULT_POLICY } from '../../../src/modules/rounds/defaultPolicy.ts'
import type { RoundPolicyInput } from '../../../src/modules/rounds/policyDocument.ts'

export type CityPolicy = RoundPolicyInput

export const yuan = (amount: string) => ({ amount, currency: 'CNY' as const })
export const workdays = (amount: number) => ({ amount, basis: 'working' as const })
export const days = (amount: number) => ({ amount, basis: 'calendar' as const })

/** One expert and one criterion, where a city is quoted for something else than its panel. */
export const PLAIN_REVIEW = {
  panel: { ...DEFAULT_POLICY.panel, size: 1, quorum: 1, dropExtremesMinSheets: null, outlierGap: null },
  criteria: [{ code: 'merit', max: '100' }],
  tieBreak: ['lower_request', 'earlier_submission', 'lot'],
  requiredAttachments: [],
} satisfies CityPolicy
