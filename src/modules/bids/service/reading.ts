import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { roundOf } from '../../rounds/index.ts'
import { ListBids, ReadBid } from '../policy.ts'
import { advance, type Bid, type BidCommand, type BidContent, type BidState } from '../rules/bid.ts'
import { isVeiled, veiled } from '../rules/outcome.ts'
import { type BidFilter, findBid, findOpened, listBids, lockBidRow, roundsOfBidder, updateBid } from '../store/bids.ts'

export async function readBid(work: Work, bidId: string): Promise<Bid> {
  const bid = authorize(work, ReadBid, await findBid(work.sql, bidId))
  return asSeen(work, bid, await veiledRounds(work, [bid.roundId]))
}

/** Own bids, and opened bids of the own host. Before the notice own bids show no outcome, and no filter finds it. */
export async function readBids(
  work: Work,
  filter: Omit<BidFilter, 'ownOrganizationId' | 'ownHostId' | 'veiledRoundIds'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Bid>> {
  authorize(work, ListBids, {})
  const { actor } = work
  const visible = {
    ownOrganizationId: hasRole(actor, 'agency') ? actor.organizationId : null,
    ownHostId: hasRole(actor, 'host', 'operator', 'finance', 'auditor') ? actor.hostId : null,
  }
  const ownRounds = visible.ownOrganizationId === null ? [] : await roundsOfBidder(work.sql, visible.ownOrganizationId)
  const veiledRoundIds = await veiledRounds(work, ownRounds)
  const { items, next } = await listBids(work.sql, { ...filter, ...visible, veiledRoundIds }, limit, after)
  return { items: items.map((bid) => asSeen(work, bid, veiledRoundIds)), next }
}

/** The bidder itself reads no outcome of rounds that keep it; the host's side reads all. */
function asSeen({ actor }: Work, bid: Bid, veiledRoundIds: readonly string[]): Bid {
  const isBidder = actor.organizationId === bid.organizationId && actor.hostId !== bid.hostId
  return isBidder && veiledRoundIds.includes(bid.roundId) ? veiled(bid) : bid
}

async function veiledRounds(work: Work, roundIds: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const roundId of roundIds) {
    const round = await roundOf(work, roundId)
    if (round !== undefined && isVeiled(round)) found.push(roundId)
  }
  return found
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
