import { action } from '../../kernel/action.ts'
import { type Actor, type Role, worksForHost } from '../../kernel/actor.ts'
import type { Objection } from './rules.ts'

type Parties = Pick<Objection, 'hostId' | 'filedByOrganizationId'>

/** Everybody with an interest but those who handle objections: nobody judges a filing of their own. */
const FILERS: readonly Role[] = ['agency', 'provider', 'town', 'expert', 'evaluator', 'auditor']

export const FileObjection = action({
  name: 'objection.file',
  roles: FILERS,
  because: 'anybody may object to what is announced (S9); the notice itself is public',
})
export const AcceptObjection = action<Parties>({
  name: 'objection.accept',
  roles: ['host', 'operator'],
  permits: (actor, objection) => worksForHost(actor, objection.hostId, 'host', 'operator'),
  knows: isParty,
})
export const DecideObjection = action<Parties>({ ...AcceptObjection, name: 'objection.decide' })
export const ReadObjection = action<Parties>({
  name: 'objection.read',
  roles: ['host', 'operator', ...FILERS],
  because: 'the filer and those who answer or audit; nobody else learns who filed',
  permits: isParty,
})
export const ListObjections = action({
  name: 'objection.list',
  roles: ['host', 'operator', ...FILERS],
  because: 'the list holds what its reader may read',
})

function isParty(actor: Actor, objection: Parties): boolean {
  return answersFor(actor, objection.hostId) || filed(actor, objection)
}

function answersFor(actor: Actor, hostId: string): boolean {
  return worksForHost(actor, hostId, 'host', 'operator', 'auditor')
}

function filed(actor: Actor, objection: Parties): boolean {
  return objection.filedByOrganizationId !== null && objection.filedByOrganizationId === actor.organizationId
}

/** Whose objections a list shows: all of a host to those who answer or audit, else the reader's own. */
export interface Visibility {
  readonly hostId: string | null
  readonly organizationId: string | null
}

export function visibleTo(actor: Actor): Visibility {
  const { hostId, organizationId } = actor
  return { hostId: hostId !== null && answersFor(actor, hostId) ? hostId : null, organizationId }
}

export const OBJECTION_ACTIONS = [FileObjection, AcceptObjection, DecideObjection, ReadObjection, ListObjections]
