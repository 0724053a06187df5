import { action } from '../../kernel/action.ts'
import { hasRole, ROLES } from '../../kernel/actor.ts'
import type { Standing } from './rules.ts'

/** Who may hand out which standing: the platform everything, a host only what works for that host or plain agencies. */
export const IssueCredential = action<Pick<Standing, 'roles' | 'hostId'>>({
  name: 'credential.issue',
  roles: ['platform_admin', 'host'],
  permits: (actor, wanted) =>
    hasRole(actor, 'platform_admin') ||
    (!wanted.roles.includes('platform_admin') && (wanted.hostId === null || wanted.hostId === actor.hostId)),
  knows: () => true,
})
export const RevokeCredential = action<Pick<Standing, 'hostId'> & { id: string }>({
  name: 'credential.revoke',
  roles: [...ROLES],
  because: 'whoever holds a key may end it',
  permits: (actor, key) =>
    hasRole(actor, 'platform_admin') ||
    actor.id === key.id ||
    (hasRole(actor, 'host') && actor.hostId !== null && actor.hostId === key.hostId),
})
export const ReadCredential = action<Pick<Standing, 'hostId'> & { id: string }>({
  ...RevokeCredential,
  name: 'credential.read',
})
export const ListCredentials = action({ name: 'credential.list', roles: ['platform_admin', 'host'] })
export const ReadSelf = action({ name: 'self.read', roles: [...ROLES] })

export const IDENTITY_ACTIONS = [IssueCredential, RevokeCredential, ReadCredential, ListCredentials, ReadSelf]
