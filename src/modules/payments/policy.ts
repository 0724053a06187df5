import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, worksForHost } from '../../kernel/actor.ts'
import { HOST_SIDE, isParty, type Parties } from '../../kernel/parties.ts'

export const ReadTranche = action<Parties>({
  name: 'tranche.read',
  roles: [...HOST_SIDE, 'agency'],
  permits: isParty,
})
export const ListTranches = action({
  name: 'tranche.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the list holds only what the reader may read',
})
export const RequestTranche = action<Parties>({
  name: 'tranche.request',
  roles: ['agency'],
  permits: (actor, tranche) => actsForAgency(actor, tranche.organizationId),
  knows: isParty,
})
const byFinance = {
  roles: ['finance'] as const,
  permits: (actor: Actor, tranche: Parties) => worksForHost(actor, tranche.hostId, 'finance'),
  knows: isParty,
}
export const ApproveTranche = action<Parties>({
  ...byFinance,
  name: 'tranche.approve',
  because: 'the approver is never the one who requested',
})
export const PayTranche = action<Parties>({ ...byFinance, name: 'tranche.pay' })
const byHost = {
  roles: ['host', 'finance'] as const,
  permits: (actor: Actor, row: Parties) => worksForHost(actor, row.hostId, 'host', 'finance'),
  knows: isParty,
}
export const HoldTranche = action<Parties>({ ...byHost, name: 'tranche.hold' })
export const ReleaseTranche = action<Parties>({ ...byHost, name: 'tranche.release' })

export const ReadRefundClaim = action<Parties>({
  name: 'refund_claim.read',
  roles: [...HOST_SIDE, 'agency'],
  permits: isParty,
})
export const ListRefundClaims = action({
  name: 'refund_claim.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the list holds only what the reader may read',
})
export const ReceiveRefund = action<Parties>({ ...byHost, name: 'refund_claim.receive' })
export const ReferRefundClaim = action<Parties>({ ...byHost, name: 'refund_claim.refer' })
export const ReadLedger = action<{ readonly hostId: string }>({
  name: 'ledger.read',
  roles: ['host', 'operator', 'finance', 'auditor'],
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator', 'finance', 'auditor'),
})

export const PAYMENT_ACTIONS = [
  ReadTranche,
  ListTranches,
  RequestTranche,
  ApproveTranche,
  PayTranche,
  HoldTranche,
  ReleaseTranche,
  ReadRefundClaim,
  ListRefundClaims,
  ReceiveRefund,
  ReferRefundClaim,
  ReadLedger,
]
