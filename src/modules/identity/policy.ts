import { action } from '../../kernel/action.ts'
import { type Actor, hasRole, ROLES } from '../../kernel/actor.ts'
import type { Standing } from './rules.ts'

type Held = Pick<Standing, 'hostId' | 'organizationId'>

/** Which standings a host or an agency may hand out is the rule `checkIssuer`, which says so in its own words. */
export const IssueCredential = action<Held>({
  name: 'credential.issue',
  roles: ['platform_admin', 'host', 'agency'],
  because: 'a host makes keys of its own staff, an agency more of its own; all others come from the platform',
  permits: (actor, wanted) =>
    hasRole(actor, 'platform_admin', 'agency') || wanted.hostId === null || wanted.hostId === actor.hostId,
  knows: () => true,
})
export const RevokeCredential = action<Held & { id: string }>({
  name: 'credential.revoke',
  roles: [...ROLES],
  because: 'whoever holds a key or standing may end it, and whoever may hand out such a one',
  permits: (actor, key) => hasRole(actor, 'platform_admin') || actor.id === key.id || isOwn(actor, key),
})
export const ReadCredential = action<Held & { id: string }>({
  ...RevokeCredential,
  name: 'credential.read',
})
export const ListCredentials = action({
  name: 'credential.list',
  roles: ['platform_admin', 'host', 'agency'],
  because: 'the list holds the keys or users that work for the own host or agency',
})
export const ReadSelf = action({ name: 'self.read', roles: [...ROLES] })

/** A key that works for the actor's own host, or for nobody but the actor's own agency. */
function isOwn(actor: Actor, { hostId, organizationId }: Held): boolean {
  return hasRole(actor, 'host') && actor.hostId !== null
    ? actor.hostId === hostId
    : hasRole(actor, 'agency') && hostId === null && organizationId !== null && actor.organizationId === organizationId
}

export const IDENTITY_ACTIONS = [IssueCredential, RevokeCredential, ReadCredential, ListCredentials, ReadSelf]
