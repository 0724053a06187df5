import type { Action } from '../../../kernel/action.ts'
import { type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { formatYuan } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { type Parties, partyScope } from '../../../kernel/parties.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import {
  ApproveTranche,
  HoldTranche,
  ListTranches,
  PayTranche,
  ReadTranche,
  ReleaseTranche,
  RequestTranche,
} from '../policy.ts'
import { type ProjectGrant, paymentLines } from '../rules/ledger.ts'
import type { HoldReason, Tranche } from '../rules/tranches.ts'
import * as rules from '../rules/tranches.ts'
import { addToGrant, lockGrantOfTranche } from '../store/grants.ts'
import { book } from '../store/ledger.ts'
import { findTranche, listTranches, type TrancheFilter, updateTranche } from '../store/tranches.ts'

/** The agency asks for a tranche that is due. */
export async function requestTranche(work: Work, trancheId: string): Promise<Tranche> {
  const { tranche, now } = await open(work, RequestTranche, trancheId)
  return save(work, 'tranche.requested', now, orThrow(rules.requestTranche(tranche, work.actor.id, now)))
}

/** The finance office approves what somebody else has requested. Refused: `same_person_approves`. */
export async function approveTranche(work: Work, trancheId: string): Promise<Tranche> {
  const { tranche, now } = await open(work, ApproveTranche, trancheId)
  return save(work, 'tranche.approved', now, orThrow(rules.approveTranche(tranche, work.actor.id, now)))
}

/**
 * Records that an approved tranche was paid, and books it. Once: under the lock of the grant only one of two payments
 * finds the tranche approved, and the database takes one booking per tranche. Refused: `payment_day_invalid`.
 */
export async function payTranche(
  work: Work,
  trancheId: string,
  payment: { readonly paidOn: LegalDate; readonly voucher: string },
): Promise<Tranche> {
  const { grant, tranche, now } = await open(work, PayTranche, trancheId)
  const paid = orThrow(rules.payTranche(tranche, { ...payment, by: work.actor.id, today: legalDateOf(now) }))
  const parts = paid.sources.map(({ poolId, source, payableFen }) => ({ poolId, source, amountFen: payableFen ?? 0n }))
  const saved = await save(work, 'tranche.paid', now, paid)
  await addToGrant(work.sql, paid.projectId, 'paidFen', parts)
  await book(work.sql, {
    kind: 'payment',
    projectId: paid.projectId,
    roundId: paid.roundId,
    trancheId,
    happenedOn: payment.paidOn,
    recordedBy: work.actor.id,
    recordedAt: now,
    lines: paymentLines(parts, grant.settledOn !== null),
  })
  return saved
}

/** Stops a tranche that is not paid, whatever was requested or approved before. */
export async function holdTrancheByHand(
  work: Work,
  trancheId: string,
  hold: { readonly reason: HoldReason; readonly note: string | null },
): Promise<Tranche> {
  const { tranche, now } = await open(work, HoldTranche, trancheId)
  return save(work, 'tranche.held', now, orThrow(rules.holdTranche(tranche, hold.reason, hold.note)))
}

/** Ends a hold; the request, if there was one, has to be made again. */
export async function releaseTranche(work: Work, trancheId: string): Promise<Tranche> {
  const { tranche, now } = await open(work, ReleaseTranche, trancheId)
  return save(work, 'tranche.released', now, orThrow(rules.releaseTranche(tranche)))
}

export async function readTranche(work: Work, trancheId: string): Promise<Tranche> {
  return authorize(work, ReadTranche, await findTranche(work.sql, trancheId))
}

/** The tranches that the actor may read, newest first. */
export async function readTranches(
  work: Work,
  filter: Pick<TrancheFilter, 'projectId' | 'roundId' | 'state'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Tranche>> {
  authorize(work, ListTranches, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? { items: [], next: null } : listTranches(work.sql, { ...filter, ...scope }, limit, after)
}

async function open(
  work: Work,
  wanted: Action<Parties>,
  trancheId: string,
): Promise<{ grant: ProjectGrant; tranche: Tranche; now: Date }> {
  const grant = authorize(work, wanted, await lockGrantOfTranche(work.sql, trancheId))
  const tranche = authorize(work, wanted, await findTranche(work.sql, trancheId))
  expectVersion(work, tranche)
  return { grant, tranche, now: await work.now(tranche.hostId) }
}

async function save(work: Work, type: string, at: Date, changed: Tranche): Promise<Tranche> {
  const saved = await updateTranche(work.sql, changed, false)
  const { id, hostId, projectId, number, state, payableFen, holdReason } = saved
  await record(work, {
    type,
    subject: id,
    hostId,
    at,
    data: {
      projectId,
      number,
      state,
      ...(payableFen === null ? {} : { payable: formatYuan(payableFen) }),
      ...(holdReason === null ? {} : { reason: holdReason }),
    },
  })
  return saved
}
