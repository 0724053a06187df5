import { authorize, type Work } from '../../../platform/work.ts'
import { endAwardsOfRound } from '../../awards/index.ts'
import { lockNoticesOfRound, withdrawNoticesOfRound } from '../../notices/index.ts'
import { CancelRound, cancelRound, type RoundWithPools, roundOf } from '../../rounds/index.ts'
import { settleObjectionsOfRound } from './effects.ts'

/**
 * Cancels a round with all that hangs on it: standing awards end and give their money back, open notices are withdrawn,
 * open objections settled. The notices are locked before the round, as filing does.
 */
export async function cancelRoundAndSettle(work: Work, roundId: string, reason: string): Promise<RoundWithPools> {
  authorize(work, CancelRound, await roundOf(work, roundId))
  await lockNoticesOfRound(work, roundId)
  const cancelled = await cancelRound(work, roundId, reason)
  await endAwardsOfRound(work, roundId, reason)
  await withdrawNoticesOfRound(work, roundId, reason)
  await settleObjectionsOfRound(work, roundId, await work.now(cancelled.hostId))
  return cancelled
}
