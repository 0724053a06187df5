import type { Action } from '../../../kernel/action.ts'
import { endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { type Fen, formatYuan, sumFen } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { type Parties, partyScope } from '../../../kernel/parties.ts'
import { problem } from '../../../kernel/problem.ts'
import { transition } from '../../../kernel/transitions.ts'
import { type Period, resolvePeriod } from '../../../kernel/workdays.ts'
import { newId } from '../../../platform/ids.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { clearOverdueRefund, recordOverdueRefund } from '../../organizations/index.ts'
import { roundOf } from '../../rounds/index.ts'
import { ListRefundClaims, ReadLedger, ReadRefundClaim, ReceiveRefund, ReferRefundClaim } from '../policy.ts'
import {
  GrantUnknown,
  NothingToRefund,
  ProjectNotSettled,
  RefundClaimExists,
  RefundClaimNotInState,
} from '../problems.ts'
import { type RoundLedger, refundClaimLines, refundReceiptLines, splitRefund } from '../rules/ledger.ts'
import { REFUND_CLAIM_TRANSITIONS, type RefundClaim, receiveRefund } from '../rules/refunds.ts'
import { addToGrant, lockGrant } from '../store/grants.ts'
import { book, poolBalances } from '../store/ledger.ts'
import {
  findClaimOfProject,
  findRefundClaim,
  insertReceipt,
  insertRefundClaim,
  listRefundClaims,
  type RefundClaimFilter,
  updateRefundClaim,
} from '../store/refunds.ts'

const REFUND_DUE = 'refund.due'

/**
 * For closeout: claims back what a settled project was paid beyond its eligible costs, split by the approved shares.
 * Asks no permission. Refused: `grant_unknown`, `project_not_settled`, `nothing_to_refund`, `refund_claim_exists`,
 * `calendar_year_missing` when the due day falls into a year that is not loaded.
 */
export async function issueRefundClaim(
  work: Work,
  wanted: { readonly projectId: string; readonly issuedOn: LegalDate; readonly period: Period },
): Promise<RefundClaim> {
  const { projectId, issuedOn, period } = wanted
  const grant = await lockGrant(work.sql, projectId)
  if (grant === undefined) throw problem(GrantUnknown, { projectId })
  if (grant.eligibleFen === null) throw problem(ProjectNotSettled)
  const earlier = await findClaimOfProject(work.sql, projectId)
  if (earlier !== undefined) throw problem(RefundClaimExists, { claimId: earlier.id })
  const parts = splitRefund(grant, grant.eligibleFen)
  const amountFen = sumFen(parts.map((part) => part.amountFen))
  if (amountFen === 0n) throw problem(NothingToRefund)
  const due = orThrow(resolvePeriod(await calendarOf(work, grant.hostId), issuedOn, period))
  const now = await work.now(grant.hostId)
  const claim: RefundClaim = {
    id: newId('rfc'),
    version: 1,
    projectId,
    roundId: grant.roundId,
    hostId: grant.hostId,
    organizationId: grant.organizationId,
    amountFen,
    receivedFen: 0n,
    issuedOn,
    due,
    dueAt: endOfDay(due.effectiveOn),
    state: 'issued',
    referralNote: null,
    createdAt: now,
    sources: parts.map((part) => ({ ...part, receivedFen: 0n })),
  }
  await insertRefundClaim(work.sql, claim)
  await setDeadline(work, {
    kind: REFUND_DUE,
    hostId: claim.hostId,
    subject: claim.id,
    dueAt: claim.dueAt,
    resolved: due,
  })
  await bookFor(work, claim, 'refund_claim', issuedOn, now, refundClaimLines(parts))
  await recordClaim(work, 'refund_claim.issued', claim, { amount: formatYuan(amountFen), dueOn: due.effectiveOn })
  return claim
}

/** Records money that came back, whole or a part. Refused: more than is owed, an impossible day. */
export async function recordRefundReceipt(
  work: Work,
  claimId: string,
  receipt: { readonly amountFen: Fen; readonly receivedOn: LegalDate; readonly voucher: string },
): Promise<RefundClaim> {
  const { claim, now } = await open(work, ReceiveRefund, claimId)
  const decision = orThrow(receiveRefund(claim, { ...receipt, today: legalDateOf(now) }))
  await insertReceipt(
    work.sql,
    { id: newId('rcp'), claimId, ...receipt, recordedBy: work.actor.id, createdAt: now },
    decision.parts,
  )
  await addToGrant(work.sql, claim.projectId, 'refundedFen', decision.parts)
  await bookFor(work, claim, 'refund_receipt', receipt.receivedOn, now, refundReceiptLines(decision.parts))
  const saved = await updateRefundClaim(work.sql, decision.claim)
  if (saved.state === 'paid') {
    await cancelDeadline(work, REFUND_DUE, claimId)
    await clearOverdueRefund(work, { subject: claimId, clearedOn: receipt.receivedOn })
  }
  await recordClaim(work, 'refund_claim.received', saved, { amount: formatYuan(receipt.amountFen) })
  return saved
}

/** Hands an overdue claim to those who enforce it (移送追缴). */
export async function referRefundClaim(work: Work, claimId: string, note: string): Promise<RefundClaim> {
  const { claim } = await open(work, ReferRefundClaim, claimId)
  const state = orThrow(transition(REFUND_CLAIM_TRANSITIONS, claim.state, 'refer', RefundClaimNotInState))
  const saved = await updateRefundClaim(work.sql, { ...claim, state, referralNote: note })
  await recordClaim(work, 'refund_claim.referred', saved, {})
  return saved
}

/** The deadline of a claim: what is not whole by then is overdue, and keeps the agency out where a policy says so. */
export async function overdueWhenDue(work: Work, { subject }: DueDeadline): Promise<void> {
  const found = await findRefundClaim(work.sql, subject)
  if (found === undefined) return
  await lockGrant(work.sql, found.projectId)
  const claim = await findRefundClaim(work.sql, subject)
  if (claim === undefined || REFUND_CLAIM_TRANSITIONS[claim.state].expire === undefined) return
  if ((await work.now(claim.hostId)) < claim.dueAt) return
  const saved = await updateRefundClaim(work.sql, { ...claim, state: 'overdue' })
  const { organizationId, hostId, due } = saved
  await recordOverdueRefund(work, { organizationId, hostId, subject, dueOn: due.effectiveOn })
  await recordClaim(work, 'refund_claim.overdue', saved, {
    outstanding: formatYuan(saved.amountFen - saved.receivedFen),
  })
}

export async function readRefundClaim(work: Work, claimId: string): Promise<RefundClaim> {
  return authorize(work, ReadRefundClaim, await findRefundClaim(work.sql, claimId))
}

/** The claims that the actor may read, newest first. */
export async function readRefundClaims(
  work: Work,
  filter: Pick<RefundClaimFilter, 'projectId' | 'roundId' | 'state'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RefundClaim>> {
  authorize(work, ListRefundClaims, {})
  const scope = partyScope(work.actor)
  return scope === undefined
    ? { items: [], next: null }
    : listRefundClaims(work.sql, { ...filter, ...scope }, limit, after)
}

/** What the books say about a round, per fund pool. */
export async function readLedger(work: Work, roundId: string): Promise<RoundLedger> {
  authorize(work, ReadLedger, await roundOf(work, roundId))
  return ledgerOf(work, roundId)
}

/** For later modules: the balances of a round, read from the ledger. Asks no permission. */
export async function ledgerOf(work: Work, roundId: string): Promise<RoundLedger> {
  return { roundId, pools: await poolBalances(work.sql, roundId) }
}

async function open(work: Work, wanted: Action<Parties>, claimId: string): Promise<{ claim: RefundClaim; now: Date }> {
  const found = authorize(work, wanted, await findRefundClaim(work.sql, claimId))
  await lockGrant(work.sql, found.projectId)
  const claim = authorize(work, wanted, await findRefundClaim(work.sql, claimId))
  expectVersion(work, claim)
  return { claim, now: await work.now(claim.hostId) }
}

async function bookFor(
  work: Work,
  claim: RefundClaim,
  kind: 'refund_claim' | 'refund_receipt',
  happenedOn: LegalDate,
  recordedAt: Date,
  lines: ReturnType<typeof refundClaimLines>,
): Promise<void> {
  const { projectId, roundId } = claim
  await book(work.sql, {
    ...{ kind, projectId, roundId, trancheId: null, happenedOn },
    ...{ recordedBy: work.actor.id, recordedAt, lines },
  })
}

async function recordClaim(
  work: Work,
  type: string,
  { id, hostId, projectId, state }: RefundClaim,
  data: Record<string, unknown>,
): Promise<void> {
  const at = await work.now(hostId)
  await record(work, { type, subject: id, hostId, at, data: { projectId, state, ...data } })
}
