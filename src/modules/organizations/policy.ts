import { action } from '../../kernel/action.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'

export const CreateOrganization = action({ name: 'organization.create', roles: ['platform_admin', 'host', 'operator'] })
export const ChangeOrganization = action<{ id: string }>({
  name: 'organization.change',
  roles: ['platform_admin', 'host', 'operator', 'agency'],
  because: 'an agency keeps its own record up to date',
  permits: (actor, organization) => hasRole(actor, 'platform_admin', 'host', 'operator') || isOwn(actor, organization),
  knows: () => true,
})
export const ReadOrganization = action({
  name: 'organization.read',
  roles: 'anyone',
  because: 'registration data is public',
})

function isOwn(actor: Actor, organization: { id: string }): boolean {
  return actor.organizationId === organization.id
}

export const ORGANIZATION_ACTIONS = [CreateOrganization, ChangeOrganization, ReadOrganization]
