import type { Work } from '../../../platform/work.ts'
import { advanceBid, bidsOfRound } from '../../bids/index.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import type { Round } from '../../rounds/index.ts'
import { type Award, isStanding } from '../rules/award.ts'
import { findAwardsOfRound } from '../store/awards.ts'
import { deleteReserveEnd } from '../store/rounds.ts'
import { cancelAward } from './lifecycle.ts'
import { settleNeeds } from './meetings.ts'
import { RESERVE_EXPIRES } from './reserve.ts'
import { tellRest } from './telling.ts'

/**
 * For the cancellation of a round: its standing awards end, their pools get the money back, and whoever waited in reserve
 * waits no more. Nobody steps in. Asks no permission.
 */
export async function endAwardsOfRound(work: Work, roundId: string, reason: string): Promise<Award[]> {
  const ended: Award[] = []
  for (const { id } of (await findAwardsOfRound(work.sql, roundId)).filter(isStanding))
    ended.push(await cancelAward(work, id, reason))
  await endReserve(work, roundId)
  return ended
}

/**
 * For the closure of a round whose awards have all fallen: needs are left without an award, and whoever waited in reserve
 * waits no more. Asks no permission.
 */
export async function leaveWithoutAwards(work: Work, round: Round): Promise<void> {
  await tellRest(work, round)
  await settleNeeds(work, round)
  await endReserve(work, round.id)
}

async function endReserve(work: Work, roundId: string): Promise<void> {
  for (const { id } of await bidsOfRound(work, roundId, ['reserve'])) await advanceBid(work, id, 'passOver')
  await deleteReserveEnd(work.sql, roundId)
  await cancelDeadline(work, RESERVE_EXPIRES, roundId)
}
