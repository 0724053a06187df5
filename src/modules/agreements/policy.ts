import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, type Role, worksForHost } from '../../kernel/actor.ts'
import type { Party } from './rules.ts'

interface Parties {
  readonly hostId: string
  readonly organizationId: string
}

const HOST_SIDE: readonly Role[] = ['host', 'operator', 'evaluator', 'finance', 'auditor']

function isParty(actor: Actor, agreement: Parties): boolean {
  return worksForHost(actor, agreement.hostId, ...HOST_SIDE) || actsForAgency(actor, agreement.organizationId)
}

/** What a list may show to this actor: all of the host it works for, or its own agency's. */
export function readerScope(actor: Actor): { hostId: string } | { organizationId: string } | undefined {
  if (actor.hostId !== null && hasRole(actor, ...HOST_SIDE)) return { hostId: actor.hostId }
  if (actor.organizationId !== null && hasRole(actor, 'agency')) return { organizationId: actor.organizationId }
  return undefined
}

export const CreateAgreement = action<Parties>({
  name: 'agreement.create',
  roles: ['host', 'operator'],
  permits: (actor, award) => worksForHost(actor, award.hostId, 'host', 'operator'),
})
export const SignAgreement = action<Parties & { readonly party: Party }>({
  name: 'agreement.sign',
  roles: ['host', 'operator', 'agency'],
  because: 'each party signs for itself',
  permits: (actor, { party, hostId, organizationId }) =>
    party === 'agency' ? actsForAgency(actor, organizationId) : worksForHost(actor, hostId, party),
  knows: isParty,
})
export const TerminateAgreement = action<Parties>({
  name: 'agreement.terminate',
  roles: ['host'],
  permits: (actor, agreement) => worksForHost(actor, agreement.hostId, 'host'),
  knows: isParty,
})
export const ReadAgreement = action<Parties>({
  name: 'agreement.read',
  roles: [...HOST_SIDE, 'agency'],
  permits: isParty,
})
export const ListAgreements = action({
  name: 'agreement.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the list holds only what the reader may read',
})

export const AGREEMENT_ACTIONS = [CreateAgreement, SignAgreement, TerminateAgreement, ReadAgreement, ListAgreements]
