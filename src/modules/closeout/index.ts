import type { Module } from '../../platform/module.ts'
import { CLOSEOUT_ACTIONS } from './policy.ts'
import { CLOSEOUT_PROBLEMS } from './problems.ts'
import { closeoutRoutes } from './routes.ts'

export type { Audit, Settlement } from './rules/closeout.ts'

export const closeout: Module = {
  name: 'closeout',
  tag: { name: 'Closeout', description: 'Audits, settlements, refund claims, and the account of a round.' },
  routes: closeoutRoutes,
  problems: CLOSEOUT_PROBLEMS,
  actions: CLOSEOUT_ACTIONS,
}
