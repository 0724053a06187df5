import type { Module } from '../../platform/module.ts'
import { IDENTITY_ACTIONS } from './policy.ts'
import { IDENTITY_PROBLEMS } from './problems.ts'
import { identityRoutes } from './routes.ts'

export { type CredentialReader, credentialReader, remoteKeys } from './credentials.ts'
export type { Standing } from './rules.ts'
export { createKey, holdersOf, type IdentityDeps, isHost, type NewKey, standingsOf } from './service.ts'

export const identity: Module = {
  name: 'identity',
  tag: { name: 'Identity', description: 'API keys, users of the identity provider, and what each may do.' },
  routes: identityRoutes,
  problems: IDENTITY_PROBLEMS,
  actions: IDENTITY_ACTIONS,
}
