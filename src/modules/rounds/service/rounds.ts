import { hasRole } from '../../../kernel/actor.ts'
import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { type Fen, formatYuan } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { releaseEvents } from '../../../platform/events/record.ts'
import { newId } from '../../../platform/ids.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { organizationOf } from '../../organizations/index.ts'
import { createSealingKey } from '../../sealing/index.ts'
import { publish } from '../compiler/compile.ts'
import { DEFAULT_POLICY } from '../defaultPolicy.ts'
import { CancelRound, ChangeRound, CreateRound, ListRounds, PublishRound, ReadPools, ReadRound } from '../policy.ts'
import type { RoundPolicyInput } from '../policyDocument.ts'
import { OperatorUnknown, RoundCodeTaken } from '../problems.ts'

import {
  advance,
  checkPools,
  drawPools,
  eligiblePools,
  type FundPool,
  type NeedFacts,
  type NewPool,
  type PoolShare,
  type Round,
  type RoundCommand,
  type RoundContent,
  type RoundState,
} from '../rules.ts'
import {
  allocate,
  findPools,
  findRound,
  insertRound,
  listRounds,
  lockPools,
  lockRoundRow,
  replacePools,
  shareRoundRow,
  updateRound,
} from '../store.ts'
import { keepFirstVersion, setRoundDeadlines } from './amending.ts'
import { type CompilerDeps, compilerFacts, requireNeeds } from './compiling.ts'
import { type RoundWithPools, withPools } from './shown.ts'

/** A round with its pools: what the resource shows. */

export interface NewRound extends Omit<RoundContent, 'policy'> {
  readonly policy: RoundPolicyInput
  readonly pools: readonly NewPool[]
}

/** Drafts a round of the actor's host. Fields that its policy leaves out are those of the default. */
export async function createRound(work: Work, wanted: NewRound): Promise<RoundWithPools> {
  const hostId = authorize(work, CreateRound, { hostId: work.actor.hostId ?? '' }).hostId
  const { pools, policy, ...content } = wanted
  orThrow(checkPools(pools))
  await requireOperator(work, content.operatorId)
  await requireNeeds(work, hostId, content.needIds)
  const at = await work.now(hostId)
  const created = await insertRound(work.sql, {
    ...content,
    policy: { ...DEFAULT_POLICY, ...policy },
    id: newId('rnd'),
    hostId,
    createdAt: at,
  }).catch((error: unknown) => refuseTakenCode(error, content.code))
  await replacePools(work.sql, created.id, pools)
  await record(work, { type: 'round.created', subject: created.id, hostId, at, data: { code: created.code } })
  return withPools(work, created)
}

/** Changes a draft. Top-level fields of the policy replace those of the draft. */
export async function changeRound(work: Work, roundId: string, patch: Partial<NewRound>): Promise<RoundWithPools> {
  const before = authorize(work, ChangeRound, await lockRoundRow(work.sql, roundId))
  expectVersion(work, before)
  orThrow(advance(before, 'change'))
  const { pools, policy, ...content } = patch
  orThrow(checkPools(pools ?? []))
  await requireOperator(work, content.operatorId ?? null)
  await requireNeeds(work, before.hostId, content.needIds ?? [])
  const after = await updateRound(work.sql, roundId, {
    ...content,
    ...(policy === undefined ? {} : { policy: { ...before.policy, ...policy } }),
  }).catch((error: unknown) => refuseTakenCode(error, content.code ?? before.code))
  if (pools !== undefined) await replacePools(work.sql, roundId, pools)
  const at = await work.now(before.hostId)
  await record(work, {
    type: 'round.changed',
    subject: roundId,
    hostId: before.hostId,
    at,
    data: { fields: Object.keys(patch) },
  })
  return withPools(work, after)
}

/** Freezes the policy, calls for bids and sets the deadlines. All flaws of the draft are told at once. */
export async function publishRound(work: Work, deps: CompilerDeps, roundId: string): Promise<RoundWithPools> {
  const draft = authorize(work, PublishRound, await lockRoundRow(work.sql, roundId))
  expectVersion(work, draft)
  const now = await work.now(draft.hostId)
  const { state, formalCheckDue } = orThrow(publish(draft, await compilerFacts(work, deps, draft, now)))
  const published = await updateRound(work.sql, roundId, { state, formalCheckDue, publishedAt: now })
  await keepFirstVersion(work, published, now)
  const { hostId, policy } = draft
  await createSealingKey(work, deps.sealing, { roundId, hostId, terms: policy.sealing, at: now })
  await setRoundDeadlines(work, published, formalCheckDue)
  await record(work, {
    type: 'round.published',
    subject: roundId,
    hostId: draft.hostId,
    at: now,
    data: { policyVersion: published.policyVersion, policy: draft.policy },
  })
  return withPools(work, published)
}

/** For objections, which ends in the same breath what hangs on the round: awards, notices, objections. */
export async function cancelRound(work: Work, roundId: string, reason: string): Promise<RoundWithPools> {
  const before = authorize(work, CancelRound, await lockRoundRow(work.sql, roundId))
  expectVersion(work, before)
  const state = orThrow(advance(before, 'cancel'))
  const cancelled = await updateRound(work.sql, roundId, { state, cancelReason: reason, cancelledFrom: before.state })
  for (const kind of ['round.opens', 'round.closes', 'round.formal_check_due'])
    await cancelDeadline(work, kind, roundId)
  // Nothing will be opened any more; that there were bids need not stay hidden.
  await releaseEvents(work.sql, roundId)
  const at = await work.now(before.hostId)
  await record(work, { type: 'round.cancelled', subject: roundId, hostId: before.hostId, at })
  return withPools(work, cancelled)
}

export async function readRound(work: Work, roundId: string): Promise<RoundWithPools> {
  return withPools(work, authorize(work, ReadRound, await findRound(work.sql, roundId)))
}

export async function readRounds(
  work: Work,
  filter: { hostId?: string | undefined; state?: RoundState | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Round>> {
  authorize(work, ListRounds, {})
  const { actor } = work
  const isHostSide =
    actor.hostId !== null && hasRole(actor, 'host', 'operator', 'town', 'evaluator', 'finance', 'auditor')
  return listRounds(work.sql, { ...filter, hostOfReader: isHostSide ? actor.hostId : null }, limit, after)
}

/** The pools with what is allocated from them. */
export async function readPools(work: Work, roundId: string): Promise<readonly FundPool[]> {
  authorize(work, ReadPools, await findRound(work.sql, roundId))
  return findPools(work.sql, roundId)
}

/** The deadline of the opening: from now on the round says that it receives bids. */
export async function openWhenDue(work: Work, { subject }: DueDeadline): Promise<void> {
  const found = await lockRound(work, subject)
  const now = await work.now(found.hostId)
  if (found.state === 'published' && now >= found.opensAt) await advanceRound(work, subject, 'open')
}

/** The deadline of the closing. Bids have been refused since that instant already, whether or not this has run. */
export async function closeWhenDue(work: Work, { subject }: DueDeadline): Promise<void> {
  const found = await lockRound(work, subject)
  const now = await work.now(found.hostId)
  const takesBids = found.state === 'published' || found.state === 'receiving'
  if (takesBids && now >= found.closesAt) await advanceRound(work, subject, 'close')
}

/** For later modules: the round, or undefined. Asks no permission. */
export async function roundOf(work: Work, roundId: string): Promise<Round | undefined> {
  return findRound(work.sql, roundId)
}

/** For later modules: the round, locked against every other change. @throws when there is none. */
export async function lockRound(work: Work, roundId: string): Promise<Round> {
  return present(await lockRoundRow(work.sql, roundId), roundId)
}

/**
 * For submissions: the round, locked so that it cannot close while they decide, but not against each other. Read the
 * clock after it. Never change the round under this lock: its version would tell how many bids there are.
 */
export async function shareRound(work: Work, roundId: string): Promise<Round | undefined> {
  return shareRoundRow(work.sql, roundId)
}

/** For later modules: moves the round; where it is already that far, nothing happens. Asks no permission. */
export async function advanceRound(
  work: Work,
  roundId: string,
  command: Exclude<RoundCommand, 'change' | 'publish' | 'amend' | 'cancel'>,
): Promise<Round> {
  const before = await lockRound(work, roundId)
  const state = orThrow(advance(before, command))
  if (state === before.state) return before
  const at = await work.now(before.hostId)
  const after = await updateRound(work.sql, roundId, {
    state,
    ...(command === 'startReview' ? { openedAt: at } : {}),
  })
  await record(work, {
    type: `round.${state}`,
    subject: roundId,
    hostId: before.hostId,
    at,
    data: { from: before.state, to: state },
  })
  return after
}

/** For later modules: adds needs to a draft, behind those it has. Asks no permission; refused (`round_not_in_state`) later. */
export async function addNeeds(work: Work, roundId: string, needIds: readonly string[]): Promise<Round> {
  const before = await lockRound(work, roundId)
  orThrow(advance(before, 'change'))
  const after = await updateRound(work.sql, roundId, { needIds: [...before.needIds, ...needIds] })
  const at = await work.now(before.hostId)
  const data = { fields: ['needIds'] }
  await record(work, { type: 'round.changed', subject: roundId, hostId: before.hostId, at, data })
  return after
}

/** For later modules: the round's pools in the order of their positions, with what is allocated. */
export async function poolsOf(work: Work, roundId: string): Promise<FundPool[]> {
  return findPools(work.sql, roundId)
}

/**
 * For awards: draws an amount for a need from the round's pools and allocates it. The shares come in drawing order.
 * Refused (`pool_exhausted`) when the pools open to this need cannot cover it.
 */
export async function drawFromPools(
  work: Work,
  roundId: string,
  need: NeedFacts,
  amountFen: Fen,
): Promise<PoolShare[]> {
  const { policy, hostId } = await lockRound(work, roundId)
  const pools = await lockPools(work.sql, roundId)
  const shares = orThrow(drawPools(eligiblePools(pools, policy, need), amountFen, policy.poolMatches))
  await allocate(work.sql, shares)
  await recordMovement(work, roundId, hostId, 'pool.drawn', shares)
  return shares
}

/** For awards: gives the shares of a cancelled, declined or lowered award back to their pools. */
export async function releaseToPools(work: Work, roundId: string, shares: readonly PoolShare[]): Promise<void> {
  const { hostId } = await lockRound(work, roundId)
  await lockPools(work.sql, roundId)
  await allocate(
    work.sql,
    shares.map(({ poolId, amountFen }) => ({ poolId, amountFen: -amountFen })),
  )
  await recordMovement(work, roundId, hostId, 'pool.released', shares)
}

async function recordMovement(
  work: Work,
  roundId: string,
  hostId: string,
  type: string,
  shares: readonly PoolShare[],
): Promise<void> {
  const data = { shares: shares.map(({ poolId, amountFen }) => ({ poolId, amount: formatYuan(amountFen) })) }
  await record(work, { type, subject: roundId, hostId, at: await work.now(hostId), data })
}

/** The legal day whose last moments lie before an instant: a round that closes at 24:00 closes on the day that ends. */
export function lastDayBefore(instant: Date): string {
  return legalDateOf(new Date(instant.getTime() - 1))
}

async function requireOperator(work: Work, operatorId: string | null): Promise<void> {
  if (operatorId !== null && (await organizationOf(work, operatorId)) === undefined)
    throw problem(OperatorUnknown, { operatorId })
}

function refuseTakenCode(error: unknown, code: string): never {
  if (brokenConstraint(error) === 'round_code_key') throw problem(RoundCodeTaken, { code })
  throw error
}

function present(found: Round | undefined, roundId: string): Round {
  if (found === undefined) throw new Error(`there is no round ${roundId}`)
  return found
}
