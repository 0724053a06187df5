import type { Module } from '../../platform/module.ts'
import { RESOURCE_ACTIONS } from './policy.ts'
import { RESOURCE_PROBLEMS } from './problems.ts'
import { resourceRoutes } from './routes.ts'
import { MATCH_TRANSITIONS, OFFER_TRANSITIONS } from './rules.ts'

export { type Match, OFFER_KINDS, type Offer, type Provider } from './rules.ts'
export { confirmMatch, createOffer, createProvider, proposeMatch } from './service.ts'

export const resources: Module = {
  name: 'resources',
  tag: {
    name: 'Resources',
    description: 'Resource list (资源清单): who gives what, and who uses it for which project.',
  },
  routes: resourceRoutes,
  problems: RESOURCE_PROBLEMS,
  actions: RESOURCE_ACTIONS,
  machines: [
    { name: 'resource_offer', initial: 'open', table: OFFER_TRANSITIONS },
    { name: 'resource_match', initial: 'proposed', table: MATCH_TRANSITIONS },
  ],
}
