import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { ListBids, ReadBid } from '../policy.ts'
import { advance, type Bid, type BidCommand, type BidContent, type BidState } from '../rules/bid.ts'
import { type BidFilter, findBid, findOpened, listBids, lockBidRow, updateBid } from '../store/bids.ts'

export async function readBid(work: Work, bidId: string): Promise<Bid> {
  return authorize(work, ReadBid, await findBid(work.sql, bidId))
}

/** Own bids, and opened bids of the own host. */
export async function readBids(
  work: Work,
  filter: Omit<BidFilter, 'ownOrganizationId' | 'ownHostId'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Bid>> {
  authorize(work, ListBids, {})
  const { actor } = work
  const visible = {
    ownOrganizationId: hasRole(actor, 'agency') ? actor.organizationId : null,
    ownHostId: hasRole(actor, 'host', 'operator', 'finance', 'auditor') ? actor.hostId : null,
  }
  return listBids(work.sql, { ...filter, ...visible }, limit, after)
}

/** For later modules: the bid with the content that counts, or undefined. Asks no permission. */
export async function bidOf(work: Work, bidId: string): Promise<Bid | undefined> {
  return findBid(work.sql, bidId)
}

/** For later modules: the bid, locked for the rest of the transaction. @throws when there is none. */
export async function lockBid(work: Work, bidId: string): Promise<Bid> {
  const bid = await lockBidRow(work.sql, bidId)
  if (bid === undefined) throw new Error(`there is no bid ${bidId}`)
  return bid
}

/** For later modules: the opened bids of a round, earliest submission first; only those in the states, if named. */
export async function bidsOfRound(work: Work, roundId: string, states?: readonly BidState[]): Promise<Bid[]> {
  return findOpened(work.sql, roundId, states)
}

/** For later modules: what was submitted and counts. @throws when nothing was submitted yet. */
export async function contentOf(work: Work, bidId: string): Promise<BidContent> {
  const content = (await findBid(work.sql, bidId))?.content ?? null
  if (content === null) throw new Error(`the bid ${bidId} has no submitted content`)
  return content
}

/** What review and award do to a bid. Asks no permission; refused (`bid_not_in_state`) when the state forbids it. */
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
  const after = await updateBid(work.sql, bidId, { state })
  await record(work, {
    type: `bid.${state}`,
    subject: bidId,
    hostId: before.hostId,
    at: await work.now(before.hostId),
    data: { from: before.state, to: state },
  })
  return after
}
