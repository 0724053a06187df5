import { orThrow } from '../../../kernel/decision.ts'
import { record, type Work } from '../../../platform/work.ts'
import { cancelDeadline } from '../../deadlines/index.ts'
import { isWithin, type Notice, withdrawNotice } from '../rules/notice.ts'
import { lockOpenNotices, updateNotice } from '../store.ts'

/** Kind of the deadline at which the window of a notice has passed. */
export const NOTICE_CLOSES = 'notice.closes'

/** For the cancellation of a round: its open notices, locked, so that whatever is filed or decided about them takes turns. */
export async function lockNoticesOfRound(work: Work, roundId: string): Promise<void> {
  await lockOpenNotices(work.sql, roundId)
}

/**
 * For the cancellation of a round, whose awards have ended: withdraws its open notices with the reason. One whose window
 * has passed stands, whether or not the alarm has rung. Asks no permission.
 */
export async function withdrawNoticesOfRound(work: Work, roundId: string, reason: string): Promise<void> {
  for (const before of await lockOpenNotices(work.sql, roundId)) {
    const now = await work.now(before.hostId)
    if (isWithin(before, now)) await saveWithdrawn(work, orThrow(withdrawNotice(before, reason, now)), now)
  }
}

/** Saves a notice that was just withdrawn; nothing waits for its end any more. */
export async function saveWithdrawn(work: Work, withdrawn: Notice, now: Date): Promise<Notice> {
  const after = await updateNotice(work.sql, withdrawn)
  await cancelDeadline(work, NOTICE_CLOSES, after.id)
  await record(work, {
    type: 'notice.withdrawn',
    subject: after.id,
    hostId: after.hostId,
    at: now,
    data: { roundId: after.roundId, state: after.state },
  })
  return after
}
