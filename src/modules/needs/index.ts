import type { Module } from '../../platform/module.ts'
import { NEED_ACTIONS } from './policy.ts'
import { NEED_PROBLEMS } from './problems.ts'
import { needRoutes } from './routes.ts'
import { NEED_TRANSITIONS } from './rules.ts'

export { WithdrawNeed } from './policy.ts'
export { NeedNotInState } from './problems.ts'
export { present as presentNeed } from './routes.ts'
export {
  LOTTERY_PURPOSES,
  type LotteryPurpose,
  type Need,
  type NeedContent,
  SERVICE_FIELDS,
  type ServiceField,
} from './rules.ts'
export { NeedBody, NeedParams } from './schemas.ts'
export { advanceNeed, createNeed, needOf, needsOf, publishNeed, verifyNeed, withdrawNeed } from './service.ts'

export const needs: Module = {
  name: 'needs',
  tag: { name: 'Needs', description: 'Needs list (需求清单): what communities ask for, verified and published.' },
  routes: needRoutes,
  problems: NEED_PROBLEMS,
  actions: NEED_ACTIONS,
  machines: [{ name: 'need', initial: 'draft', table: NEED_TRANSITIONS }],
}
