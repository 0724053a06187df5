import type { Work } from '../../../platform/work.ts'
import { type Award, declineAward } from '../../awards/index.ts'
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

/** For later modules that have ended an award: nothing is left to decide about it. */
export async function settleObjections(work: Work, { id, hostId }: Pick<Award, 'id' | 'hostId'>): Promise<void> {
  await lockNotices(work, id)
  await settleIfEnded(work, id, await work.now(hostId))
}

/** The notice before the award, as filing does. */
async function lockNotices(work: Work, awardId: string): Promise<void> {
  for (const noticeId of await findNoticesUnderObjection(work.sql, awardId)) await lockNotice(work, noticeId)
}
