import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid, bidsOfRound, showChange, untellResults } from '../../bids/index.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { rankingOf } from '../../reviews/index.ts'
import { advanceRound, lockRound, RoundNotInState, releaseToPools, roundOf } from '../../rounds/index.ts'
import { RetractAwards } from '../policy.ts'
import { type Award, ended } from '../rules/award.ts'
import { awardsToRetract, isRetractable } from '../rules/retraction.ts'
import { lockAwardsOfRound } from '../store/awards.ts'
import { deleteFixedAmounts, deleteReserveEnd } from '../store/rounds.ts'
import { save } from './lifecycle.ts'
import { AWARD_BUDGET_DUE } from './next.ts'
import { RESERVE_EXPIRES } from './reserve.ts'

/** What a round's retraction took back. */
export interface Retraction {
  readonly roundId: string
  readonly awards: readonly Award[]
}

/**
 * Takes all standing awards of a round back, so that its review can be mended: a recusal found late, a sheet that was
 * wrong. Pools get their money, bids are scored again (or accepted, where the panel had no result), and the round is
 * under review: ranking, proposals and notice follow anew. What agencies declined and objections cancelled stays so.
 */
export async function retractAwards(work: Work, roundId: string, reason: string): Promise<Retraction> {
  authorize(work, RetractAwards, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const now = await work.now(round.hostId)
  const standing = orThrow(awardsToRetract(await lockAwardsOfRound(work.sql, roundId), now))
  if (!isRetractable(round)) throw problem(RoundNotInState, { state: round.state, command: 'retractAwards' })
  const awards: Award[] = []
  for (const award of standing) {
    awards.push(await save(work, award, 'retract', orThrow(ended(award, 'retract', reason))))
    await releaseToPools(work, roundId, award.sources)
    await cancelDeadline(work, AWARD_BUDGET_DUE, award.id)
  }
  await takeBackResults(work, roundId)
  await untellResults(
    work,
    (await bidsOfRound(work, roundId)).map(({ id }) => id),
  )
  if (round.state === 'notice') await showChange(work, roundId)
  await deleteFixedAmounts(work.sql, roundId)
  await deleteReserveEnd(work.sql, roundId)
  await cancelDeadline(work, RESERVE_EXPIRES, roundId)
  await advanceRound(work, roundId, 'retractAwards')
  await record(work, {
    type: 'round.awards_retracted',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: { awards: awards.map(({ id }) => id) },
  })
  return { roundId, awards }
}

/** Bids with a result are scored again; those whose panel stayed below the quorum wait for one. */
async function takeBackResults(work: Work, roundId: string): Promise<void> {
  const ranked = new Set((await rankingOf(work, roundId))?.entries.map(({ bidId }) => bidId))
  for (const { id } of await bidsOfRound(work, roundId, ['proposed', 'reserve', 'not_funded']))
    await advanceBid(work, id, ranked.has(id) ? 'retract' : 'reopenReview')
}
