import { action } from '../../kernel/action.ts'
import { actsForAgency, worksForHost } from '../../kernel/actor.ts'
import { HOST_SIDE, isParty, type Parties } from '../../kernel/parties.ts'
import type { Party } from './rules.ts'

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
