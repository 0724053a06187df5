import { action } from '../../kernel/action.ts'
import { type Actor, type Role, worksForHost } from '../../kernel/actor.ts'
import type { Objection } from './rules/objection.ts'

type Parties = Pick<
  Objection,
  'hostId' | 'filedByOrganizationId' | 'reviewedById' | 'appealedToId' | 'awardedOrganizationId' | 'acceptedAt'
>

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
  because: 'the host answers objections, who reviews decides appeals and complaints',
  permits: handles,
  knows: isParty,
})
export const RejectObjection = action<Parties>({ ...AcceptObjection, name: 'objection.reject' })
export const PauseObjection = action<Parties>({ ...AcceptObjection, name: 'objection.pause' })
export const ResumeObjection = action<Parties>({ ...AcceptObjection, name: 'objection.resume' })
export const AskCooperation = action<Parties>({ ...AcceptObjection, name: 'objection.ask_cooperation' })
export const DecideObjection = action<Parties>({ ...AcceptObjection, name: 'objection.decide' })
export const WithdrawObjection = action<Parties>({
  name: 'objection.withdraw',
  roles: FILERS,
  because: 'who has filed may take it back until it is decided',
  permits: filed,
  knows: isParty,
})
export const AppealObjection = action<Parties>({
  name: 'objection.appeal',
  roles: FILERS,
  because: 'who has filed may have the answer reviewed once, and so may whose award it ends, where the policy says so',
  permits: (actor, objection) => filed(actor, objection) || isHeard(actor, objection),
  knows: isParty,
})
export const StateOnObjection = action<Parties>({
  name: 'objection.state',
  roles: ['agency', 'provider'],
  because: 'who holds the award is heard once the objection is admitted',
  permits: isHeard,
  knows: isParty,
})
export const ReadObjection = action<Parties>({
  name: 'objection.read',
  roles: ['host', 'operator', ...FILERS],
  because:
    'the filer, those who answer, review the answer or audit, and once it is admitted who holds the award; nobody else learns who filed',
  permits: isParty,
})
export const ListObjections = action({
  name: 'objection.list',
  roles: ['host', 'operator', ...FILERS],
  because: 'the list holds what its reader may read',
})

function handles(actor: Actor, { reviewedById, hostId }: Parties): boolean {
  return worksForHost(actor, reviewedById ?? hostId, 'host', 'operator')
}

function isParty(actor: Actor, objection: Parties): boolean {
  return seesAll(actor, objection) || isHeard(actor, objection)
}

/** May the actor know who filed, and read the evidence? */
export function seesAll(actor: Actor, objection: Parties): boolean {
  return knowsSuccessor(actor, objection) || filed(actor, objection)
}

/** Does the actor stand on the side that answers or reviews? Others learn from a notice who steps in, the filer too. */
export function knowsSuccessor(
  actor: Actor,
  { hostId, reviewedById, appealedToId }: Pick<Parties, 'hostId' | 'reviewedById' | 'appealedToId'>,
): boolean {
  return [hostId, reviewedById, appealedToId].some((id) => id !== null && answersFor(actor, id))
}

function answersFor(actor: Actor, hostId: string): boolean {
  return worksForHost(actor, hostId, 'host', 'operator', 'auditor')
}

function filed(actor: Actor, { filedByOrganizationId }: Parties): boolean {
  return filedByOrganizationId !== null && filedByOrganizationId === actor.organizationId
}

function isHeard(actor: Actor, { awardedOrganizationId, acceptedAt }: Parties): boolean {
  return acceptedAt !== null && awardedOrganizationId !== null && awardedOrganizationId === actor.organizationId
}

/** Whose objections a list shows: all of a host to those who answer, review or audit, else those of the own organization. */
export interface Visibility {
  readonly hostId: string | null
  readonly organizationId: string | null
}

export function visibleTo(actor: Actor): Visibility {
  const { hostId, organizationId } = actor
  return { hostId: hostId !== null && answersFor(actor, hostId) ? hostId : null, organizationId }
}

export const OBJECTION_ACTIONS = [
  FileObjection,
  AcceptObjection,
  RejectObjection,
  PauseObjection,
  ResumeObjection,
  AskCooperation,
  StateOnObjection,
  DecideObjection,
  WithdrawObjection,
  AppealObjection,
  ReadObjection,
  ListObjections,
]
