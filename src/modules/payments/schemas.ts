import { type Static, Type } from 'typebox'
import { type Fen, money, sumFen } from '../../kernel/money.ts'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  Period,
  ResolvedDate,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import type { RoundLedger } from './rules/ledger.ts'
import { REFUND_CLAIM_STATES, type RefundClaim, refundClaimActions } from './rules/refunds.ts'
import { HOLD_REASONS, TRANCHE_STATES, TRANCHE_TRIGGERS, type Tranche, trancheActions } from './rules/tranches.ts'

const Source = Type.String({ maxLength: 64, description: 'Kind of money, such as `welfare_lottery`.' })
const Actor = Type.String({ maxLength: 100, description: 'TypeID of the credential.' })

const TrancheSource = closed(
  { poolId: Id('pool'), source: Source, scheduled: Money, payable: Nullable(Money), paid: Money },
  { title: 'TrancheSource' },
)
export const TrancheBody = closed(
  {
    id: Id('trn'),
    projectId: Id('prj'),
    awardId: Id('awd'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    organizationId: Id('org'),
    number: Count(20, 1),
    trigger: Word(TRANCHE_TRIGGERS, 'What sets the tranche off.'),
    duePeriod: Period,
    scheduled: Money,
    payable: Nullable(Money),
    paid: Money,
    triggeredOn: Nullable(Day),
    due: Nullable(ResolvedDate),
    state: Word(TRANCHE_STATES),
    holdReason: Nullable(Word(HOLD_REASONS)),
    holdNote: Nullable(Type.String({ maxLength: 2000 })),
    requestedBy: Nullable(Actor),
    requestedAt: Nullable(Instant),
    approvedBy: Nullable(Actor),
    approvedAt: Nullable(Instant),
    paidBy: Nullable(Actor),
    paidOn: Nullable(Day),
    voucher: Nullable(Type.String({ maxLength: 100 })),
    sources: ListOf(TrancheSource, 20),
    actions: ListOf(Type.String({ maxLength: 40 }), 10),
    createdAt: Instant,
  },
  { title: 'Tranche', description: '一笔拨付: one payment of a grant.' },
)
export const TrancheParams = closed({ trancheId: Id('trn') })
export const TrancheFilter = closed({
  projectId: Type.Optional(Id('prj')),
  roundId: Type.Optional(Id('rnd')),
  state: Type.Optional(Word(TRANCHE_STATES)),
})
export const NewPayment = closed(
  { paidOn: Day, voucher: Text(100, 'Number of the payment voucher.') },
  { title: 'NewPayment' },
)
export const NewHold = closed(
  { reason: Word(HOLD_REASONS), note: Type.Optional(Nullable(Text(2000))) },
  { title: 'NewHold' },
)

const RefundSource = closed(
  { poolId: Id('pool'), source: Source, amount: Money, received: Money },
  { title: 'RefundSource' },
)
export const RefundClaimBody = closed(
  {
    id: Id('rfc'),
    projectId: Id('prj'),
    roundId: Id('rnd'),
    hostId: Id('org'),
    organizationId: Id('org'),
    amount: Money,
    received: Money,
    outstanding: Money,
    issuedOn: Day,
    due: ResolvedDate,
    state: Word(REFUND_CLAIM_STATES),
    referralNote: Nullable(Type.String({ maxLength: 2000 })),
    sources: ListOf(RefundSource, 20),
    actions: ListOf(Type.String({ maxLength: 40 }), 10),
    createdAt: Instant,
  },
  { title: 'RefundClaim', description: '退款: what an agency has to give back.' },
)
export const RefundClaimParams = closed({ claimId: Id('rfc') })
export const RefundClaimFilter = closed({
  projectId: Type.Optional(Id('prj')),
  roundId: Type.Optional(Id('rnd')),
  state: Type.Optional(Word(REFUND_CLAIM_STATES)),
})
export const NewRefundReceipt = closed(
  {
    amount: Money,
    receivedOn: Day,
    voucher: Text(100, 'Number of the treasury or bank voucher.'),
  },
  { title: 'NewRefundReceipt' },
)
export const NewReferral = closed({ note: Text(2000, 'To whom, and under which number.') }, { title: 'NewReferral' })

const PoolBalance = closed(
  {
    poolId: Id('pool'),
    source: Source,
    paid: Money,
    refunded: Money,
    refundable: Money,
    advance: Money,
    expense: Money,
    net: Money,
  },
  { title: 'LedgerPoolBalance', description: 'Balances of one fund pool, read from the ledger.' },
)
const LedgerTotals = closed(
  { paid: Money, refunded: Money, refundable: Money, advance: Money, expense: Money, net: Money },
  { title: 'LedgerTotals' },
)
export const LedgerBody = closed(
  { roundId: Id('rnd'), pools: ListOf(PoolBalance, 20), totals: LedgerTotals },
  {
    title: 'RoundLedger',
    description:
      'advance: paid and not yet accounted for; expense: accepted by settlements; refundable: claimed back and outstanding; net: paid less refunded.',
  },
)
export const RoundParams = closed({ roundId: Id('rnd') })

export function presentTranche(tranche: Tranche): Static<typeof TrancheBody> {
  const { version: _version, scheduledFen, payableFen, sources, ...rest } = tranche
  const isPaid = tranche.state === 'paid'
  const paid = (fen: Fen | null) => money(isPaid ? (fen ?? 0n) : 0n)
  return {
    ...rest,
    duePeriod: { ...rest.duePeriod },
    due: presentDate(rest.due),
    scheduled: money(scheduledFen),
    payable: payableFen === null ? null : money(payableFen),
    paid: paid(payableFen),
    sources: sources.map((part) => ({
      poolId: part.poolId,
      source: part.source,
      scheduled: money(part.scheduledFen),
      payable: part.payableFen === null ? null : money(part.payableFen),
      paid: paid(part.payableFen),
    })),
    requestedAt: tranche.requestedAt?.toISOString() ?? null,
    approvedAt: tranche.approvedAt?.toISOString() ?? null,
    actions: trancheActions(tranche),
    createdAt: tranche.createdAt.toISOString(),
  }
}

export function presentRefundClaim(claim: RefundClaim): Static<typeof RefundClaimBody> {
  const { version: _version, dueAt: _dueAt, amountFen, receivedFen, sources, ...rest } = claim
  return {
    ...rest,
    amount: money(amountFen),
    received: money(receivedFen),
    outstanding: money(amountFen - receivedFen),
    sources: sources.map((part) => ({
      poolId: part.poolId,
      source: part.source,
      amount: money(part.amountFen),
      received: money(part.receivedFen),
    })),
    actions: refundClaimActions(claim),
    createdAt: claim.createdAt.toISOString(),
  }
}

export function presentLedger({ roundId, pools }: RoundLedger): Static<typeof LedgerBody> {
  const amounts = (
    of: (key: 'paidFen' | 'refundedFen' | 'refundableFen' | 'advanceFen' | 'expenseFen' | 'netFen') => Fen,
  ) => ({
    paid: money(of('paidFen')),
    refunded: money(of('refundedFen')),
    refundable: money(of('refundableFen')),
    advance: money(of('advanceFen')),
    expense: money(of('expenseFen')),
    net: money(of('netFen')),
  })
  return {
    roundId,
    pools: pools.map((pool) => ({ poolId: pool.poolId, source: pool.source, ...amounts((key) => pool[key]) })),
    totals: amounts((key) => sumFen(pools.map((pool) => pool[key]))),
  }
}

function presentDate(date: Tranche['due']) {
  return date === null ? null : { ...date, period: { ...date.period } }
}
