import { hasRole } from '../../../kernel/actor.ts'
import type { Page } from '../../../kernel/page.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { roundOf } from '../../rounds/index.ts'
import { ListBids, ReadBid } from '../policy.ts'
import type { Bid, BidContent, BidState } from '../rules/bid.ts'
import { isUntold, type Veil, veiled, veilOf } from '../rules/outcome.ts'
import { type BidFilter, findBid, findOpened, listBids, lockBidRow, roundsOfBidder, untoldBids } from '../store/bids.ts'

export async function readBid(work: Work, bidId: string): Promise<Bid> {
  const bid = authorize(work, ReadBid, await findBid(work.sql, bidId))
  return asSeen(work, bid, await veilsOf(work, [bid.roundId]))
}

/** Own bids, and opened bids of the own host. Before the notice own bids show no outcome, and no filter finds it. */
export async function readBids(
  work: Work,
  filter: Omit<BidFilter, 'ownOrganizationId' | 'ownHostId' | 'veils'>,
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
  const veils = await veilsOf(work, ownRounds)
  const { items, next } = await listBids(work.sql, { ...filter, ...visible, veils }, limit, after)
  return { items: items.map((bid) => asSeen(work, bid, veils)), next }
}

/** The bidder itself reads no outcome that is kept from it; the host's side reads all. */
function asSeen({ actor }: Work, bid: Bid, veils: ReadonlyMap<string, Veil>): Bid {
  const isBidder = actor.organizationId === bid.organizationId && actor.hostId !== bid.hostId
  return isBidder ? veiled(bid, veils.get(bid.roundId) ?? 'none') : bid
}

/** The rounds that keep outcomes, and from whom. */
async function veilsOf(work: Work, roundIds: readonly string[]): Promise<Map<string, Veil>> {
  const veils = new Map<string, Veil>()
  for (const roundId of roundIds) {
    const round = await roundOf(work, roundId)
    const veil = round === undefined ? 'none' : veilOf(round)
    if (veil !== 'none') veils.set(roundId, veil)
  }
  return veils
}

/** For awards: the bids of an agency of whose awards it does not know, as long as nothing but the award tells of them. */
export async function untoldBidsOf(work: Work, organizationId: string): Promise<string[]> {
  const untold: string[] = []
  for (const { id, roundId } of await untoldBids(work.sql, organizationId)) {
    const round = await roundOf(work, roundId)
    if (round !== undefined && isUntold({ toldAt: null }, round)) untold.push(id)
  }
  return untold
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
