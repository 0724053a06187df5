import type { Module } from '../../platform/module.ts'
import { AWARD_FELL } from '../awards/index.ts'
import { AGREEMENT_ACTIONS } from './policy.ts'
import { AGREEMENT_PROBLEMS } from './problems.ts'
import { agreementRoutes } from './routes.ts'
import { AGREEMENT_TRANSITIONS } from './rules.ts'
import { endWithAward } from './service.ts'

export type { Agreement, AgreementState, Party } from './rules.ts'
export { completeAgreement, effectiveDayOf } from './service.ts'

export const agreements: Module = {
  name: 'agreements',
  tag: { name: 'Agreements', description: 'Funding agreements: drawn up, signed by all parties, terminated.' },
  routes: agreementRoutes,
  deadlines: { [AWARD_FELL]: endWithAward },
  problems: AGREEMENT_PROBLEMS,
  actions: AGREEMENT_ACTIONS,
  machines: [{ name: 'agreement', initial: 'draft', table: AGREEMENT_TRANSITIONS as never }],
}
