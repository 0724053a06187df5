import type { Module } from '../../platform/module.ts'
import { DELIVERY_ACTIONS } from './policy.ts'
import { DELIVERY_PROBLEMS } from './problems.ts'
import { deliveryRoutes } from './routes.ts'
import { DUTY_TRANSITIONS } from './rules.ts'
import { missWhenDue, resolveWhenDue } from './service.ts'

export {
  type DutyState,
  type IndicatorValue,
  midPoint,
  type Report,
  type ReportDuty,
  type ReportKind,
  type Satisfaction,
} from './rules.ts'
export { cancelDelivery, latestReport, planDelivery, postponeReport, reportDuties } from './service.ts'

export const delivery: Module = {
  name: 'delivery',
  tag: { name: 'Delivery', description: 'What a funded project owes and reports: milestones, duties, reports.' },
  routes: deliveryRoutes,
  deadlines: { 'report.due': missWhenDue, 'report.due_unresolved': resolveWhenDue },
  problems: DELIVERY_PROBLEMS,
  actions: DELIVERY_ACTIONS,
  machines: [{ name: 'report_duty', initial: 'waiting', table: DUTY_TRANSITIONS as never }],
}
