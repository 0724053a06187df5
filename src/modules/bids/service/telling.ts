import type { Work } from '../../../platform/work.ts'
import type { Round } from '../../rounds/index.ts'
import type { Bid } from '../rules/bid.ts'
import { OUTCOMES, veilOf } from '../rules/outcome.ts'
import { bumpBids, updateBid } from '../store/bids.ts'
import { deleteTold, insertTold, isTold } from '../store/told.ts'
import { bidsOfRound, lockBid } from './reading.ts'

/** For awards: from now on the bidder knows of the award. Told once, it stays told. */
export async function tellBidder(work: Work, bidId: string): Promise<void> {
  const { toldAt, hostId } = await lockBid(work, bidId)
  if (toldAt === null) await updateBid(work.sql, bidId, { toldAt: await work.now(hostId) })
}

/** For awards: whose award was ended before any notice told of it learns that, and why. */
export async function tellCancelled(work: Work, roundId: string): Promise<void> {
  for (const { id } of await bidsOfRound(work, roundId, ['cancelled'])) await tellBidder(work, id)
}

/** For awards: the first notice of a round shows its outcomes, or its awards are taken back: all its bids read differently. */
export async function showChange(work: Work, roundId: string): Promise<void> {
  await bumpBids(work.sql, roundId, ['accepted', ...OUTCOMES])
}

/** For awards: a notice names these bids, so that their results are told. */
export async function tellResults(work: Work, { hostId }: Pick<Round, 'hostId'>, bidIds: readonly string[]) {
  await insertTold(work.sql, bidIds, await work.now(hostId))
}

/**
 * For awards: once no proposal of an announced round waits for its notice any more, all results are told. They stay so
 * when somebody steps in later: a result that was told and is not any more would tell of that.
 */
export async function tellAllResults(work: Work, round: Pick<Round, 'id' | 'hostId'>): Promise<void> {
  const bids = await bidsOfRound(work, round.id)
  if (bids.some(({ state, toldAt }) => state === 'proposed' && toldAt === null)) return
  await tellResults(
    work,
    round,
    bids.map(({ id }) => id),
  )
}

/** For awards: the notice that names these bids was withdrawn, or all awards of their round are taken back. */
export async function untellResults(work: Work, bidIds: readonly string[]): Promise<void> {
  await deleteTold(work.sql, bidIds)
}

/** For reviews and awards: who may know the result of a bid. Of its own award a bidder may know more than the public. */
export async function resultReaders(
  work: Work,
  bid: Bid,
  round: Round,
): Promise<{ bidder: boolean; everybody: boolean }> {
  const veil = veilOf(round)
  const everybody = veil !== 'all' && (await isTold(work.sql, bid.id))
  return { bidder: veil === 'none' || (veil === 'untold' && (everybody || bid.toldAt !== null)), everybody }
}
