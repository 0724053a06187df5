import { authorize, type Work } from '../../../platform/work.ts'
import { asTold, type Bid, bidOf, isUntold, resultReaders } from '../../bids/index.ts'
import { type BidStanding, standingOf } from '../../reviews/index.ts'
import { type Round, roundOf } from '../../rounds/index.ts'
import { ReadBidResult } from '../policy.ts'
import type { NoAwardReason } from '../rules/allocation.ts'
import type { Award } from '../rules/award.ts'
import { findAwardOfBid } from '../store/awards.ts'
import { findPassedOver } from '../store/passedOver.ts'

/** What came of a bid, as its reader may know it. */
export interface BidResult {
  readonly bid: Bid
  /** Null where the panel came to no result. */
  readonly standing: BidStanding | null
  /** Why it is not funded; null for all others, and where nobody has written it down. */
  readonly reason: NoAwardReason | null
  /** Its award; null without one, and as long as the reader does not know of it. */
  readonly award: Award | null
}

/**
 * The result of one bid: for the host's side once the round is ranked, for its bidder from the notice that
 * names it, or tells the last outcomes of the round. The bidder
 * reads its own score and place, and nothing of who judged it or of other bidders.
 */
export async function readBidResult(work: Work, bidId: string): Promise<BidResult> {
  const bid = await bidOf(work, bidId)
  const round = bid && (await roundOf(work, bid.roundId))
  const standing = bid && round && (await standingOf(work, round, bidId))
  const isRanked = bid !== undefined && round !== undefined && standing !== undefined && bid.checkedAt !== null
  authorize(
    work,
    ReadBidResult,
    isRanked && bid.state !== 'rejected'
      ? { ...bid, isShown: (await resultReaders(work, bid, round)).bidder }
      : undefined,
  )
  return resultOf(work, bid as Bid, round as Round, standing ?? null)
}

async function resultOf(work: Work, bid: Bid, round: Round, standing: BidStanding | null): Promise<BidResult> {
  const isBidder = work.actor.organizationId === bid.organizationId && work.actor.hostId !== bid.hostId
  const seen = isBidder ? asTold(bid, round) : bid
  const isKept = isBidder && isUntold(bid, round)
  return {
    bid: seen,
    standing,
    reason: seen.state === 'not_funded' ? await reasonOf(work, bid.id, standing) : null,
    award: isKept ? null : ((await findAwardOfBid(work.sql, bid.id)) ?? null),
  }
}

async function reasonOf(work: Work, bidId: string, standing: BidStanding | null): Promise<BidResult['reason']> {
  if (standing === null) return 'no_result'
  return (await findPassedOver(work.sql, bidId)) ?? null
}
