import type { LegalDate } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { type Fen, formatYuan, sumFen } from '../../../kernel/money.ts'
import { problem } from '../../../kernel/problem.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import { newId } from '../../../platform/ids.ts'
import { record, type Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { GrantExists, GrantUnknown } from '../problems.ts'
import { type ProjectGrant, settle, settlementLines } from '../rules/ledger.ts'
import type { HoldReason, SourceShare, Tranche, TrancheRule, TrancheTrigger } from '../rules/tranches.ts'
import * as rules from '../rules/tranches.ts'
import { findGrant, findGrantsOfRound, insertGrant, lockGrant, saveSettlement } from '../store/grants.ts'
import { book } from '../store/ledger.ts'
import { findTranchesOfProject, insertTranches, updateTranche } from '../store/tranches.ts'

// What other modules cause. None of these asks a permission: the calling use case has asked its own.

export interface NewGrant {
  readonly projectId: string
  readonly awardId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  /** The award's shares, in the order in which the pools were drawn. */
  readonly sources: readonly SourceShare[]
  readonly policyTranches: readonly TrancheRule[]
}

/** For agreements: sets up the money side of a project with its tranches, all planned. Refused: `grant_exists`. */
export async function planTranches(work: Work, wanted: NewGrant): Promise<Tranche[]> {
  const { policyTranches, sources, ...parties } = wanted
  if ((await lockGrant(work.sql, wanted.projectId)) !== undefined)
    throw problem(GrantExists, { projectId: wanted.projectId })
  const createdAt = await work.now(wanted.hostId)
  const shares = sources.filter(({ amountFen }) => amountFen > 0n)
  const approvedFen = sumFen(shares.map(({ amountFen }) => amountFen))
  await insertGrant(work.sql, { ...parties, approvedFen, shares, createdAt })
  const planned = rules.planTranches(policyTranches, shares).map(
    ({ due, ...plan }): Tranche => ({
      ...parties,
      ...plan,
      ...BLANK,
      id: newId('trn'),
      duePeriod: due,
      createdAt,
    }),
  )
  await insertTranches(work.sql, planned)
  await record(work, {
    type: 'grant.planned',
    subject: wanted.projectId,
    hostId: wanted.hostId,
    at: createdAt,
    data: {
      approved: formatYuan(approvedFen),
      tranches: planned.map(({ id, number, scheduledFen }) => ({ id, number, scheduled: formatYuan(scheduledFen) })),
    },
  })
  return planned
}

/**
 * Sets off every tranche of the project that waits for this trigger. Its due day is the policy's period after `on`;
 * `payableFen` (for all of them together, in the order of their numbers) is what is really to be paid, else what was
 * scheduled; a tranche with nothing to pay is cancelled. One that is held keeps its hold. Answers the tranches it
 * changed. Refused: `calendar_year_missing`, `grant_unknown`.
 */
export async function triggerTranche(
  work: Work,
  wanted: {
    readonly projectId: string
    readonly trigger: TrancheTrigger
    readonly on: LegalDate
    readonly payableFen?: Fen | undefined
  },
): Promise<Tranche[]> {
  const grant = await requireGrant(work, wanted.projectId)
  let leftFen = wanted.payableFen
  const changed: Tranche[] = []
  for (const tranche of await findTranchesOfProject(work.sql, wanted.projectId)) {
    const isWaiting = tranche.triggeredOn === null && (tranche.state === 'planned' || tranche.state === 'held')
    if (tranche.trigger !== wanted.trigger || !isWaiting) continue
    const payableFen = leftFen === undefined || leftFen > tranche.scheduledFen ? tranche.scheduledFen : leftFen
    if (leftFen !== undefined) leftFen -= payableFen
    changed.push(await setOff(work, grant, tranche, wanted.on, payableFen))
  }
  return changed
}

/** Holds the project's tranches with this trigger that are not paid, such as the mid one after a failed evaluation. */
export async function holdTranche(
  work: Work,
  projectId: string,
  trigger: TrancheTrigger,
  reason: HoldReason,
  note: string | null = null,
): Promise<Tranche[]> {
  await requireGrant(work, projectId)
  return changeEach(work, projectId, 'tranche.held', { reason }, (tranche) =>
    tranche.trigger === trigger && rules.TRANCHE_TRANSITIONS[tranche.state].hold !== undefined
      ? orThrow(rules.holdTranche(tranche, reason, note))
      : undefined,
  )
}

/**
 * Ends the holds that were put on this trigger's tranches for a failed evaluation; holds for other reasons stay. A
 * tranche that was never set off waits again: trigger it on the day of the re-evaluation, from which its due day counts.
 */
export async function releaseHold(work: Work, projectId: string, trigger: TrancheTrigger): Promise<Tranche[]> {
  await requireGrant(work, projectId)
  return changeEach(work, projectId, 'tranche.released', {}, (tranche) =>
    tranche.trigger === trigger && tranche.holdReason === 'evaluation_failed'
      ? orThrow(rules.releaseTranche(tranche))
      : undefined,
  )
}

/** Cancels whatever of the project is not paid, after its termination. */
export async function cancelTranches(work: Work, projectId: string): Promise<Tranche[]> {
  await requireGrant(work, projectId)
  return changeEach(work, projectId, 'tranche.cancelled', {}, (tranche) =>
    rules.TRANCHE_TRANSITIONS[tranche.state].cancel === undefined ? undefined : orThrow(rules.cancelTranche(tranche)),
  )
}

/** What was approved, paid and refunded for a project, whole and per source; undefined before its agreement. */
export async function paidOf(work: Work, projectId: string): Promise<ProjectGrant | undefined> {
  return findGrant(work.sql, projectId)
}

/** The same for all projects of a round that have an agreement. */
export async function grantsOfRound(work: Work, roundId: string): Promise<ProjectGrant[]> {
  return findGrantsOfRound(work.sql, roundId)
}

/** The project's tranches by number. */
export async function tranchesOf(work: Work, projectId: string): Promise<Tranche[]> {
  return findTranchesOfProject(work.sql, projectId)
}

export interface ProjectSettlement {
  /** As it is after the settlement. */
  readonly grant: ProjectGrant
  readonly finalTrancheFen: Fen
  readonly refundFen: Fen
  readonly refundSources: readonly SourceShare[]
  readonly tranches: readonly Tranche[]
}

/**
 * For closeout: settles a project's money once. Sets off the final tranche with min(scheduled, eligible − paid), or
 * cancels it; cancels what nothing will set off any more; books the accepted costs. What was paid beyond them waits for
 * {@link issueRefundClaim}. Refused: `grant_unknown`, `project_settled`, `tranche_in_progress`, `calendar_year_missing`.
 */
export async function settleProject(
  work: Work,
  wanted: {
    readonly projectId: string
    readonly eligibleFen: Fen
    /** Was the final evaluation passed? Without it no final tranche is paid. */
    readonly isFinalPassed: boolean
    /** The day on which results and audit were accepted; the final tranche's due day counts from it. */
    readonly on: LegalDate
  },
): Promise<ProjectSettlement> {
  const { projectId, eligibleFen, on } = wanted
  const grant = await requireGrant(work, projectId)
  const tranches = await findTranchesOfProject(work.sql, projectId)
  const decision = orThrow(settle(grant, tranches, wanted))
  const cancelled = new Set(decision.cancelledTrancheIds)
  await changeEach(work, projectId, 'tranche.cancelled', {}, (tranche) =>
    cancelled.has(tranche.id) ? orThrow(rules.cancelTranche(tranche)) : undefined,
  )
  const { finalTrancheFen, refundFen } = decision
  await triggerTranche(work, { projectId, trigger: 'final_passed_and_audited', on, payableFen: finalTrancheFen })
  await saveSettlement(work.sql, projectId, { eligibleFen, settledOn: on })
  const at = await work.now(grant.hostId)
  await book(work.sql, {
    kind: 'settlement',
    projectId,
    roundId: grant.roundId,
    trancheId: null,
    happenedOn: on,
    recordedBy: work.actor.id,
    recordedAt: at,
    lines: settlementLines(decision.accepted),
  })
  await record(work, {
    type: 'grant.settled',
    subject: projectId,
    hostId: grant.hostId,
    at,
    data: {
      eligible: formatYuan(eligibleFen),
      finalTranche: formatYuan(finalTrancheFen),
      refund: formatYuan(refundFen),
    },
  })
  return {
    grant: await requireGrant(work, projectId),
    finalTrancheFen,
    refundFen,
    refundSources: decision.refund,
    tranches: await findTranchesOfProject(work.sql, projectId),
  }
}

const BLANK = {
  version: 1,
  state: 'planned',
  payableFen: null,
  triggeredOn: null,
  due: null,
  holdReason: null,
  holdNote: null,
  requestedBy: null,
  requestedAt: null,
  approvedBy: null,
  approvedAt: null,
  paidBy: null,
  paidOn: null,
  voucher: null,
} as const

async function requireGrant(work: Work, projectId: string): Promise<ProjectGrant> {
  const grant = await lockGrant(work.sql, projectId)
  if (grant === undefined) throw problem(GrantUnknown, { projectId })
  return grant
}

async function setOff(
  work: Work,
  grant: ProjectGrant,
  tranche: Tranche,
  on: LegalDate,
  payableFen: Fen,
): Promise<Tranche> {
  if (payableFen === 0n) {
    const cancelled = await updateTranche(work.sql, orThrow(rules.cancelTranche(tranche)), false)
    await recordTranche(work, cancelled, 'tranche.cancelled', {})
    return cancelled
  }
  const calendar = await calendarOf(work, grant.hostId)
  const due = orThrow(resolvePeriod(calendar, on, tranche.duePeriod))
  const shares = grant.sources.map(({ approvedFen }) => approvedFen)
  const after = await updateTranche(
    work.sql,
    orThrow(rules.triggerTranche(tranche, { on, due, payableFen, shares })),
    true,
  )
  await recordTranche(work, after, 'tranche.due', { dueOn: due.effectiveOn, payable: formatYuan(payableFen) })
  return after
}

async function changeEach(
  work: Work,
  projectId: string,
  event: string,
  data: Record<string, unknown>,
  change: (tranche: Tranche) => Tranche | undefined,
): Promise<Tranche[]> {
  const changed: Tranche[] = []
  for (const tranche of await findTranchesOfProject(work.sql, projectId)) {
    const wanted = change(tranche)
    if (wanted === undefined) continue
    const after = await updateTranche(work.sql, wanted, false)
    await recordTranche(work, after, event, data)
    changed.push(after)
  }
  return changed
}

async function recordTranche(
  work: Work,
  { id, hostId, projectId, number, state }: Tranche,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  const at = await work.now(hostId)
  await record(work, { type, subject: id, hostId, at, data: { projectId, number, state, ...data } })
}
