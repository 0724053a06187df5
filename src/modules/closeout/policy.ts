import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, type Role, worksForHost } from '../../kernel/actor.ts'

/** Audits, settlements and the projects behind them: whose they are. */
interface Owned {
  readonly hostId: string
  readonly organizationId: string
}

const HOST_SIDE: readonly Role[] = ['host', 'operator', 'evaluator', 'finance', 'auditor']

const isHostSide = (actor: Actor, { hostId }: { hostId: string }) => worksForHost(actor, hostId, ...HOST_SIDE)
const isInvolved = (actor: Actor, owned: Owned) =>
  isHostSide(actor, owned) || actsForAgency(actor, owned.organizationId)

const hostSideAction = (name: string, roles: readonly Role[], because: string) =>
  action<Owned>({
    name,
    roles,
    because,
    permits: (actor, owned) => worksForHost(actor, owned.hostId, ...roles),
    knows: isInvolved,
  })

export const RecordAudit = hostSideAction(
  'audit.record',
  ['auditor', 'evaluator', 'host'],
  'the auditor reports; the host may enter the report of a firm',
)
export const SettleProject = hostSideAction(
  'settlement.create',
  ['host', 'finance'],
  'the money is the host’s, and finance pays it',
)
export const ClaimRefund = hostSideAction('settlement.claim-refund', ['host', 'finance'], 'who settles claims back')
export const ReadCloseout = action<Owned>({
  name: 'closeout.read',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the agency reads how its own project was audited and settled',
  permits: isInvolved,
})
export const ListCloseout = action({
  name: 'closeout.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'everybody lists what concerns the own host or the own organization',
})

interface RoundFacts {
  readonly hostId: string
  readonly publishedAt: Date | null
}
const knowsRound = (actor: Actor, round: RoundFacts) => round.publishedAt !== null || isHostSide(actor, round)

export const CloseRound = action<RoundFacts>({
  name: 'round.finish',
  roles: ['host'],
  because: 'the host ends its round',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: knowsRound,
})
export const ReadStatement = action<RoundFacts>({
  name: 'round.read-statement',
  roles: HOST_SIDE,
  because: 'the account of a round is for the host’s side; what the public reads is announced by notices',
  permits: isHostSide,
  knows: knowsRound,
})

/** Whose rows an actor lists: those of the own host, else those of the own organization; null: nobody's. */
export type Scope = { readonly hostId: string } | { readonly organizationId: string } | null

export function scopeOf(actor: Actor): Scope {
  if (actor.hostId !== null && isHostSide(actor, { hostId: actor.hostId })) return { hostId: actor.hostId }
  return actor.organizationId === null ? null : { organizationId: actor.organizationId }
}

export const CLOSEOUT_ACTIONS = [
  RecordAudit,
  SettleProject,
  ClaimRefund,
  ReadCloseout,
  ListCloseout,
  CloseRound,
  ReadStatement,
]
