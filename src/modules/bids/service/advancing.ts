import { orThrow } from '../../../kernel/decision.ts'
import { record, type Work } from '../../../platform/work.ts'
import { roundOf } from '../../rounds/index.ts'
import { advance, type Bid, type BidCommand } from '../rules/bid.ts'
import { isSeen, veilOf } from '../rules/outcome.ts'
import { updateBid, updateUnseen } from '../store/bids.ts'
import { lockBid } from './reading.ts'

/**
 * What review and award do to a bid. Its version, which is the ETag that its bidder reads, rises only where the bidder may
 * see the change. Asks no permission; refused (`bid_not_in_state`) when the state forbids it.
 */
export async function advanceBid(
  work: Work,
  bidId: string,
  command: Extract<
    BidCommand,
    'score' | 'propose' | 'reserve' | 'passOver' | 'award' | 'cancel' | 'decline' | 'retract' | 'reopenReview'
  >,
): Promise<Bid> {
  const before = await lockBid(work, bidId)
  const state = orThrow(advance(before, command))
  if (state === before.state) return before
  const round = await roundOf(work, before.roundId)
  if (round === undefined) throw new Error(`there is no round ${before.roundId}`)
  // Taken back together: `showChange` raises the versions of the whole round at once.
  const isTakenBack = command === 'retract' || command === 'reopenReview'
  const save = !isTakenBack && isSeen(before, state, veilOf(round)) ? updateBid : updateUnseen
  const after = await save(work.sql, bidId, { state, ...(isTakenBack ? { toldAt: null } : {}) })
  await record(work, {
    type: `bid.${state}`,
    subject: bidId,
    hostId: before.hostId,
    at: await work.now(before.hostId),
    data: { from: before.state, to: state },
  })
  return after
}
