import { type FieldError, problem } from '../../../kernel/problem.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { advanceNeed, needOf } from '../../needs/index.ts'
import { addNeeds, lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { CarryNeeds, ReadCarriedNeeds } from '../policy.ts'
import { NeedNotCarried } from '../problems.ts'
import { isStanding } from '../rules/award.ts'
import { type CarriedNeed, carryBarrier, carryReason, type LeftNeed } from '../rules/carrying.ts'
import { findAwardsOfRound } from '../store/awards.ts'
import { findCarriedFrom, findCarriedInto, insertCarried } from '../store/rounds.ts'
import { QUALIFIED } from './field.ts'

/** The needs that a round took over. The version is the round's. */
export interface CarriedNeeds {
  readonly roundId: string
  readonly version: number
  readonly needs: readonly CarriedNeed[]
}

/**
 * Offers needs that an earlier round of the host left without an award in a draft: they are published again where the
 * earlier round closed them, join the needs of the draft, and say where they come from. Unnamed, all of them.
 */
export async function carryNeeds(
  work: Work,
  roundId: string,
  wanted: { readonly fromRoundId: string; readonly needIds?: readonly string[] | undefined },
): Promise<CarriedNeeds> {
  authorize(work, CarryNeeds, await roundOf(work, roundId))
  const draft = await lockRound(work, roundId)
  expectVersion(work, draft)
  if (draft.state !== 'draft') throw problem(RoundNotInState, { state: draft.state, command: 'carryNeeds' })
  const found = authorize(work, CarryNeeds, await roundOf(work, wanted.fromRoundId))
  const left = await leftNeeds(work, found, wanted.needIds)
  const now = await work.now(draft.hostId)
  for (const { needId, needState } of left) if (needState === 'no_award') await advanceNeed(work, needId, 'reopen')
  const added = left.map(({ needId }) => needId).filter((needId) => !draft.needIds.includes(needId))
  const after = added.length === 0 ? draft : await addNeeds(work, roundId, added)
  const isSingleReopened = found.policy.singleBidPolicy !== 'judge_on_merit'
  const carried = left.map((need) => ({
    roundId,
    needId: need.needId,
    fromRoundId: found.id,
    reason: carryReason(found.state, need, isSingleReopened),
    carriedAt: now,
  }))
  await insertCarried(work.sql, carried)
  await record(work, {
    type: 'round.needs_carried',
    subject: roundId,
    hostId: draft.hostId,
    at: now,
    data: { fromRoundId: found.id, needs: carried.map(({ needId, reason }) => ({ needId, reason })) },
  })
  return { roundId, version: after.version, needs: await findCarriedInto(work.sql, roundId) }
}

export async function readCarriedNeeds(work: Work, roundId: string): Promise<CarriedNeeds> {
  const { version } = authorize(work, ReadCarriedNeeds, await roundOf(work, roundId))
  return { roundId, version, needs: await findCarriedInto(work.sql, roundId) }
}

/** What may be carried over: the named needs, each of which must, or all that may. */
async function leftNeeds(work: Work, from: Round, named: readonly string[] | undefined): Promise<LeftNeed[]> {
  const awards = (await findAwardsOfRound(work.sql, from.id)).filter(({ state }) => state !== 'retracted')
  const proposed = new Set(awards.map(({ needId }) => needId))
  const awarded = new Set(awards.filter(isStanding).map(({ needId }) => needId))
  const carried = new Set((await findCarriedFrom(work.sql, from.id)).map(({ needId }) => needId))
  const bids = (await bidsOfRound(work, from.id)).filter(({ state }) => QUALIFIED.includes(state))
  const left: LeftNeed[] = []
  const flaws: FieldError[] = []
  for (const [index, needId] of (named ?? from.needIds).entries()) {
    const need: LeftNeed = {
      needId,
      needState: (await needOf(work, needId))?.state ?? 'withdrawn',
      isInRound: from.needIds.includes(needId),
      hasAward: awarded.has(needId),
      hadAward: proposed.has(needId),
      isCarried: carried.has(needId),
      validBids: bids.filter((bid) => bid.needId === needId).length,
    }
    const barrier = carryBarrier(from.state, need)
    if (barrier === undefined) left.push(need)
    else flaws.push({ pointer: `#/needIds/${index}`, code: barrier, detail: needId })
  }
  if (left.length === 0 || (named !== undefined && flaws.length > 0))
    throw problem(NeedNotCarried, { count: flaws.length }, flaws)
  return left
}
