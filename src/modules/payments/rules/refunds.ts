import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, formatYuan } from '../../../kernel/money.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import { ReceiptDayInvalid, ReceiptEmpty, ReceiptTooLarge, RefundClaimNotInState } from '../problems.ts'
import { type SourceShare, splitWithin } from './tranches.ts'

export const REFUND_CLAIM_STATES = ['issued', 'part_paid', 'paid', 'overdue', 'referred'] as const
export type RefundClaimState = (typeof REFUND_CLAIM_STATES)[number]
export type RefundClaimCommand = 'receivePart' | 'receiveRest' | 'expire' | 'refer'

/** What is late stays late until it is whole: a part of it changes the amount, not the state. */
export const REFUND_CLAIM_TRANSITIONS: Transitions<RefundClaimState, RefundClaimCommand> = {
  issued: { receivePart: 'part_paid', receiveRest: 'paid', expire: 'overdue' },
  part_paid: { receivePart: 'part_paid', receiveRest: 'paid', expire: 'overdue' },
  overdue: { receivePart: 'overdue', receiveRest: 'paid', refer: 'referred' },
  referred: { receivePart: 'referred', receiveRest: 'paid' },
  paid: {},
}

export interface RefundSource {
  readonly poolId: string
  readonly source: string
  readonly amountFen: Fen
  readonly receivedFen: Fen
}

export interface RefundClaim {
  readonly id: string
  readonly version: number
  readonly projectId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  readonly amountFen: Fen
  readonly receivedFen: Fen
  readonly issuedOn: LegalDate
  readonly due: ResolvedDate
  /** The first moment at which the claim is overdue. */
  readonly dueAt: Date
  readonly state: RefundClaimState
  readonly referralNote: string | null
  readonly createdAt: Date
  readonly sources: readonly RefundSource[]
}

/**
 * Books a receipt: split by the claim's shares, never more to a pool than it is still owed. Answers the claim after it
 * and the parts per source.
 */
export function receiveRefund(
  claim: RefundClaim,
  receipt: { readonly amountFen: Fen; readonly receivedOn: LegalDate; readonly today: LegalDate },
): Decision<{ claim: RefundClaim; parts: SourceShare[] }> {
  const { amountFen, receivedOn, today } = receipt
  const outstanding = claim.amountFen - claim.receivedFen
  const command = amountFen < outstanding ? 'receivePart' : 'receiveRest'
  const state = transition(REFUND_CLAIM_TRANSITIONS, claim.state, command, RefundClaimNotInState)
  if (!state.accepted) return state
  if (amountFen === 0n) return refuse(ReceiptEmpty)
  if (amountFen > outstanding)
    return refuse(ReceiptTooLarge, { outstanding: formatYuan(outstanding), amount: formatYuan(amountFen) })
  if (compareDates(receivedOn, claim.issuedOn) < 0 || compareDates(receivedOn, today) > 0)
    return refuse(ReceiptDayInvalid, { receivedOn, issuedOn: claim.issuedOn, today })
  const parts = splitWithin(
    amountFen,
    claim.sources.map((source) => source.amountFen),
    claim.sources.map((source) => source.amountFen - source.receivedFen),
  )
  const sources = claim.sources.map((source, index) => ({
    ...source,
    receivedFen: source.receivedFen + (parts[index] ?? 0n),
  }))
  return accept({
    claim: { ...claim, state: state.value, receivedFen: claim.receivedFen + amountFen, sources },
    parts: claim.sources.map(({ poolId, source }, index) => ({ poolId, source, amountFen: parts[index] ?? 0n })),
  })
}

export function refundClaimActions(claim: Pick<RefundClaim, 'state'>): ('receive' | 'refer')[] {
  if (claim.state === 'paid') return []
  return claim.state === 'overdue' ? ['receive', 'refer'] : ['receive']
}
