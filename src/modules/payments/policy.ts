import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, type Role, worksForHost } from '../../kernel/actor.ts'

/** Whose money it is, and who gets it. */
export interface PaymentParties {
  readonly hostId: string
  readonly organizationId: string
}

const HOST_SIDE: readonly Role[] = ['host', 'operator', 'evaluator', 'finance', 'auditor']

function isParty(actor: Actor, parties: PaymentParties): boolean {
  return worksForHost(actor, parties.hostId, ...HOST_SIDE) || actsForAgency(actor, parties.organizationId)
}

/** What a list may show to this actor: all of the host it works for, or its own agency's. */
export function readerScope(actor: Actor): { hostId: string } | { organizationId: string } | undefined {
  if (actor.hostId !== null && hasRole(actor, ...HOST_SIDE)) return { hostId: actor.hostId }
  if (actor.organizationId !== null && hasRole(actor, 'agency')) return { organizationId: actor.organizationId }
  return undefined
}

export const ReadTranche = action<PaymentParties>({
  name: 'tranche.read',
  roles: [...HOST_SIDE, 'agency'],
  permits: isParty,
})
export const ListTranches = action({
  name: 'tranche.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the list holds only what the reader may read',
})
export const RequestTranche = action<PaymentParties>({
  name: 'tranche.request',
  roles: ['agency'],
  permits: (actor, tranche) => actsForAgency(actor, tranche.organizationId),
  knows: isParty,
})
const byFinance = {
  roles: ['finance'] as const,
  permits: (actor: Actor, tranche: PaymentParties) => worksForHost(actor, tranche.hostId, 'finance'),
  knows: isParty,
}
export const ApproveTranche = action<PaymentParties>({
  ...byFinance,
  name: 'tranche.approve',
  because: 'the approver is never the one who requested',
})
export const PayTranche = action<PaymentParties>({ ...byFinance, name: 'tranche.pay' })
const byHost = {
  roles: ['host', 'finance'] as const,
  permits: (actor: Actor, row: PaymentParties) => worksForHost(actor, row.hostId, 'host', 'finance'),
  knows: isParty,
}
export const HoldTranche = action<PaymentParties>({ ...byHost, name: 'tranche.hold' })
export const ReleaseTranche = action<PaymentParties>({ ...byHost, name: 'tranche.release' })

export const ReadRefundClaim = action<PaymentParties>({
  name: 'refund_claim.read',
  roles: [...HOST_SIDE, 'agency'],
  permits: isParty,
})
export const ListRefundClaims = action({
  name: 'refund_claim.list',
  roles: [...HOST_SIDE, 'agency'],
  because: 'the list holds only what the reader may read',
})
export const ReceiveRefund = action<PaymentParties>({ ...byHost, name: 'refund_claim.receive' })
export const ReferRefundClaim = action<PaymentParties>({ ...byHost, name: 'refund_claim.refer' })
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
