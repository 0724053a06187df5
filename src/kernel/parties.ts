import { type Action, action } from './action.ts'
import { type Actor, actsForAgency, hasRole, type Role, worksForHost } from './actor.ts'

/** Whose a thing of a funded project is: the host that pays and the agency that does the work. */
export interface Parties {
  readonly hostId: string
  readonly organizationId: string
}

/** Everybody who works for a host once there is a project. */
export const HOST_SIDE: readonly Role[] = ['host', 'operator', 'evaluator', 'finance', 'auditor']

export function isHostSide(actor: Actor, { hostId }: Pick<Parties, 'hostId'>): boolean {
  return worksForHost(actor, hostId, ...HOST_SIDE)
}

/** Is the actor on one of the two sides? */
export function isParty(actor: Actor, parties: Parties): boolean {
  return isHostSide(actor, parties) || actsForAgency(actor, parties.organizationId)
}

/** Something that some of the host's side may do; both sides may know of it. */
export function hostSideAction(name: string, roles: readonly Role[], because: string): Action<Parties> {
  return action<Parties>({
    name,
    roles,
    because,
    permits: (actor, { hostId }) => worksForHost(actor, hostId, ...roles),
    knows: isParty,
  })
}

/** Which rows a list shows to an actor: all of the host it works for, else its own agency's; undefined: none. */
export type PartyScope = { readonly hostId: string } | { readonly organizationId: string }

export function partyScope(actor: Actor): PartyScope | undefined {
  if (actor.hostId !== null && hasRole(actor, ...HOST_SIDE)) return { hostId: actor.hostId }
  if (actor.organizationId !== null && hasRole(actor, 'agency')) return { organizationId: actor.organizationId }
  return undefined
}
