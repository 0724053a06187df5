import type { Work } from '../../../platform/work.ts'
import { type Award, cancelAward, declineAward, giveUpAward } from '../../awards/index.ts'
import { lockNotice } from '../../notices/index.ts'
import { findNoticesUnderObjection } from '../store/objections.ts'
import { settleIfEnded } from './effects.ts'

/** The agency gives its award up: the next bid steps in, and whatever was open against the award is settled at once. */
export async function declineAndSettle(work: Work, awardId: string, reason: string): Promise<Award> {
  await lockNotices(work, awardId)
  const declined = await declineAward(work, awardId, reason)
  await settleIfEnded(work, awardId, await work.now(declined.hostId))
  return declined
}

/** The host gives an award up; whatever was open against it is settled at once. */
export async function giveUpAndSettle(work: Work, awardId: string, reason: string): Promise<Award> {
  await lockNotices(work, awardId)
  const cancelled = await giveUpAward(work, awardId, reason)
  await settleIfEnded(work, awardId, await work.now(cancelled.hostId))
  return cancelled
}

/** For later modules: cancels an award, and settles whatever was open against it. Nobody steps in by that alone. */
export async function cancelAndSettle(work: Work, awardId: string, reason: string): Promise<Award> {
  await lockNotices(work, awardId)
  const cancelled = await cancelAward(work, awardId, reason)
  await settleIfEnded(work, awardId, await work.now(cancelled.hostId))
  return cancelled
}

/** The notice before the award, as filing does. */
async function lockNotices(work: Work, awardId: string): Promise<void> {
  for (const noticeId of await findNoticesUnderObjection(work.sql, awardId)) await lockNotice(work, noticeId)
}
