import type { FastifyInstance } from 'fastify'
import { fenOf } from '../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import {
  ApproveTranche,
  HoldTranche,
  ListRefundClaims,
  ListTranches,
  PayTranche,
  ReadLedger,
  ReadRefundClaim,
  ReadTranche,
  ReceiveRefund,
  ReferRefundClaim,
  ReleaseTranche,
  RequestTranche,
} from './policy.ts'
import {
  PaymentDayInvalid,
  ReceiptDayInvalid,
  ReceiptEmpty,
  ReceiptTooLarge,
  RefundClaimNotInState,
  SamePersonApproves,
  TrancheNotInState,
} from './problems.ts'
import {
  LedgerBody,
  NewHold,
  NewPayment,
  NewReferral,
  NewRefundReceipt,
  presentLedger,
  presentRefundClaim,
  presentTranche,
  RefundClaimBody,
  RefundClaimFilter,
  RefundClaimParams,
  RoundParams,
  TrancheBody,
  TrancheFilter,
  TrancheParams,
} from './schemas.ts'
import {
  readLedger,
  readRefundClaim,
  readRefundClaims,
  recordRefundReceipt,
  referRefundClaim,
} from './service/refunds.ts'
import {
  approveTranche,
  holdTrancheByHand,
  payTranche,
  readTranche,
  readTranches,
  releaseTranche,
  requestTranche,
} from './service/tranches.ts'

const tag = 'Payments'
const onTranche = {
  method: 'POST',
  tag,
  params: TrancheParams,
  ifMatch: true,
  status: 200,
  answer: TrancheBody,
} as const
const onClaim = {
  method: 'POST',
  tag,
  params: RefundClaimParams,
  ifMatch: true,
  status: 200,
  answer: RefundClaimBody,
} as const

export function paymentRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    ...onTranche,
    url: '/tranches/:trancheId/request',
    operationId: 'requestTranche',
    summary: 'Request a tranche',
    description: 'The agency asks for a tranche that is `due` (拨款申请). A held one is refused until it is released.',
    allow: RequestTranche,
    idempotencyKey: 'required',
    problems: [TrancheNotInState],
    run: (work, { params }) => requestTranche(work, params.trancheId),
    present: presentTranche,
  })
  commandRoute(app, {
    ...onTranche,
    url: '/tranches/:trancheId/approval',
    operationId: 'approveTranche',
    summary: 'Approve a requested tranche',
    description: 'The finance office approves a `requested` tranche; never the one who requested it.',
    allow: ApproveTranche,
    idempotencyKey: 'required',
    problems: [TrancheNotInState, SamePersonApproves],
    run: (work, { params }) => approveTranche(work, params.trancheId),
    present: presentTranche,
  })
  commandRoute(app, {
    ...onTranche,
    url: '/tranches/:trancheId/payment',
    operationId: 'payTranche',
    summary: 'Record the payment of a tranche',
    description:
      'Records that an `approved` tranche was paid, and books it in the ledger per fund pool. A tranche is paid once.',
    allow: PayTranche,
    idempotencyKey: 'required',
    body: NewPayment,
    problems: [TrancheNotInState, PaymentDayInvalid],
    run: (work, { params, body }) => payTranche(work, params.trancheId, body),
    present: presentTranche,
  })
  commandRoute(app, {
    ...onTranche,
    url: '/tranches/:trancheId/hold',
    operationId: 'holdTranche',
    summary: 'Hold a tranche',
    description:
      'Stops a tranche that is not paid (挂起), with the reason. A request or approval that it had is void. Process 2.4.',
    allow: HoldTranche,
    body: NewHold,
    problems: [TrancheNotInState],
    run: (work, { params, body }) =>
      holdTrancheByHand(work, params.trancheId, { reason: body.reason, note: body.note ?? null }),
    present: presentTranche,
  })
  commandRoute(app, {
    ...onTranche,
    url: '/tranches/:trancheId/release',
    operationId: 'releaseTranche',
    summary: 'Release a held tranche',
    description:
      'Ends a hold: the tranche is `due` again with the day it had, or `planned` if nothing has set it off yet.',
    allow: ReleaseTranche,
    problems: [TrancheNotInState],
    run: (work, { params }) => releaseTranche(work, params.trancheId),
    present: presentTranche,
  })
  readRoute(app, {
    url: '/tranches/:trancheId',
    operationId: 'readTranche',
    summary: 'Read a tranche',
    tag,
    allow: ReadTranche,
    params: TrancheParams,
    answer: TrancheBody,
    run: (work, { params }) => readTranche(work, params.trancheId),
    present: presentTranche,
  })
  listRoute(app, {
    url: '/tranches',
    operationId: 'listTranches',
    summary: 'List tranches, newest first',
    description: 'The host’s side sees those of its host, an agency its own.',
    tag,
    allow: ListTranches,
    query: TrancheFilter,
    item: TrancheBody,
    pageTitle: 'TranchePage',
    run: (work, { query, limit, after }) => readTranches(work, query, limit, after),
    present: presentTranche,
  })
  refundRoutes(app)
  readRoute(app, {
    url: '/rounds/:roundId/ledger',
    operationId: 'readRoundLedger',
    summary: 'Read the balances of a round',
    description: 'Paid, refunded, refundable and net per fund pool, summed from the double-entry ledger.',
    tag,
    allow: ReadLedger,
    params: RoundParams,
    answer: LedgerBody,
    run: (work, { params }) => readLedger(work, params.roundId),
    present: presentLedger,
  })
}

function refundRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    ...onClaim,
    url: '/refund-claims/:claimId/receipts',
    operationId: 'recordRefundReceipt',
    summary: 'Record money that came back',
    description:
      'A receipt of the whole or a part of what is outstanding, split over the fund pools by their shares. An overdue claim stays overdue until it is whole.',
    allow: ReceiveRefund,
    idempotencyKey: 'required',
    body: NewRefundReceipt,
    problems: [RefundClaimNotInState, ReceiptEmpty, ReceiptTooLarge, ReceiptDayInvalid],
    run: (work, { params, body: { amount, ...receipt } }) =>
      recordRefundReceipt(work, params.claimId, { ...receipt, amountFen: fenOf(amount) }),
    present: presentRefundClaim,
  })
  commandRoute(app, {
    ...onClaim,
    url: '/refund-claims/:claimId/referral',
    operationId: 'referRefundClaim',
    summary: 'Refer an overdue claim',
    description: 'Hands an `overdue` claim to those who enforce it (移送追缴). Money may still be received.',
    allow: ReferRefundClaim,
    body: NewReferral,
    problems: [RefundClaimNotInState],
    run: (work, { params, body }) => referRefundClaim(work, params.claimId, body.note),
    present: presentRefundClaim,
  })
  readRoute(app, {
    url: '/refund-claims/:claimId',
    operationId: 'readRefundClaim',
    summary: 'Read a refund claim',
    tag,
    allow: ReadRefundClaim,
    params: RefundClaimParams,
    answer: RefundClaimBody,
    run: (work, { params }) => readRefundClaim(work, params.claimId),
    present: presentRefundClaim,
  })
  listRoute(app, {
    url: '/refund-claims',
    operationId: 'listRefundClaims',
    summary: 'List refund claims, newest first',
    description: 'The host’s side sees those of its host, an agency its own.',
    tag,
    allow: ListRefundClaims,
    query: RefundClaimFilter,
    item: RefundClaimBody,
    pageTitle: 'RefundClaimPage',
    run: (work, { query, limit, after }) => readRefundClaims(work, query, limit, after),
    present: presentRefundClaim,
  })
}
