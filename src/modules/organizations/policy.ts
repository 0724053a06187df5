import { action } from '../../kernel/action.ts'
import { type Actor, hasRole, worksForHost } from '../../kernel/actor.ts'

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
/** Registration, credit lists: facts that the organization itself must not be the one to tell. */
export const RecordStanding = action({
  name: 'organization.record-standing',
  roles: ['platform_admin', 'host'],
  because: 'credit lists and deregistration are recorded by those who read them officially, with their source',
  knows: () => true,
})
export const BanOrganization = action({
  name: 'organization.ban',
  roles: ['host'],
  because: 'a host bans from its own rounds',
  permits: (actor) => actor.hostId !== null,
  knows: () => true,
})
export const LiftBan = action<{ hostId: string }>({
  name: 'organization.lift-ban',
  roles: ['host'],
  because: 'who banned may lift',
  permits: (actor, ban) => worksForHost(actor, ban.hostId, 'host'),
})
export const ReadBans = action<{ id: string }>({
  name: 'organization.read-bans',
  roles: ['platform_admin', 'host', 'operator', 'finance', 'auditor', 'agency'],
  because: 'a host sees its own bans, an organization those upon itself',
  permits: (actor, organization) => hasRole(actor, 'platform_admin') || isHostSide(actor) || isOwn(actor, organization),
  knows: () => true,
})
export const ReadContacts = action<{ id: string }>({
  name: 'organization.read-contacts',
  roles: ['platform_admin', 'host', 'operator', 'finance', 'auditor', 'agency'],
  because: 'masked; an agency sees its own, the side of a host sees those of its bidders',
  permits: (actor, organization) => hasRole(actor, 'platform_admin') || isHostSide(actor) || isOwn(actor, organization),
  knows: () => true,
})
export const SetContacts = action<{ id: string }>({
  name: 'organization.set-contacts',
  roles: ['platform_admin', 'agency'],
  because: 'an agency keeps its own contacts',
  permits: (actor, organization) => hasRole(actor, 'platform_admin') || isOwn(actor, organization),
  knows: () => true,
})
export const RevealContacts = action<{ id: string }>({
  name: 'organization.reveal-contacts',
  roles: ['host'],
  because: 'personal data in clear, with a reason, each time on record',
})

function isHostSide(actor: Actor): boolean {
  return actor.hostId !== null && hasRole(actor, 'host', 'operator', 'finance', 'auditor')
}

function isOwn(actor: Actor, organization: { id: string }): boolean {
  return actor.organizationId === organization.id
}

export const ORGANIZATION_ACTIONS = [
  CreateOrganization,
  ChangeOrganization,
  ReadOrganization,
  RecordStanding,
  BanOrganization,
  LiftBan,
  ReadBans,
  ReadContacts,
  SetContacts,
  RevealContacts,
]
