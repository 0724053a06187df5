import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { inOneTrip } from '../../../platform/database/prepared.ts'
import { newId } from '../../../platform/ids.ts'
import type { Signer } from '../../../platform/signing.ts'
import { authorize, expectVersion, type Recorded, record, type Work } from '../../../platform/work.ts'
import { projectOf } from '../../projects/index.ts'
import { bidWindow, type Round, shareRound } from '../../rounds/index.ts'
import { CreateBid, type SubmitBid, WithdrawBid } from '../policy.ts'
import { BidExists, BidRoundUnknown, NeedNotInRound, ProjectLacksNeed } from '../problems/index.ts'
import { advance, type Bid, requireBeforeClose } from '../rules/bid.ts'
import { asTold } from '../rules/outcome.ts'
import { type BidPlace, findBid, findBidPlace, insertBid, lockBidRow, updateBid } from '../store/bids.ts'
import { giveReceipt } from './receipts.ts'

export interface NewBid {
  readonly roundId: string
  readonly needId: string
  readonly projectId: string
}

/**
 * Registers that a project will bid for a need of a published round. The bidder is the agency of the project. The
 * content comes with the submission and is never kept here unsealed, so a draft has none.
 */
export async function createBid(work: Work, wanted: NewBid): Promise<Bid> {
  const project = authorize(work, CreateBid, await projectOf(work, wanted.projectId))
  const round = await shareRound(work, wanted.roundId)
  if (round === undefined || round.publishedAt === null) throw problem(BidRoundUnknown, { roundId: wanted.roundId })
  const now = await work.now(round.hostId)
  orThrow(requireBeforeClose(bidWindow(round, now), round))
  const { needId, projectId } = wanted
  if (!round.needIds.includes(needId)) throw problem(NeedNotInRound, { needId })
  if (!project.needIds.includes(needId)) throw problem(ProjectLacksNeed, { projectId, needId })
  const created = await insertBid(work.sql, {
    id: newId('bid'),
    roundId: round.id,
    hostId: round.hostId,
    needId,
    projectId,
    organizationId: project.organizationId,
    sponsoredGroupId: project.sponsoredGroupId,
    createdAt: now,
  })
  if (created === undefined) throw problem(BidExists)
  await recordWithheld(work, created, 'bid.drafted', now)
  return created
}

/**
 * Takes a bid back, until the deadline (电子招标投标办法 27): afterwards who bids is bound, and an awarded project may be
 * declined. What was submitted stays sealed for good; the bidder gets a receipt for the withdrawal.
 */
export async function withdrawBid(work: Work, { signer }: { readonly signer: Signer }, bidId: string): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, WithdrawBid, bidId)
  expectVersion(work, before)
  const at = await work.now(before.hostId)
  const state = orThrow(advance(before, 'withdraw'))
  orThrow(requireBeforeClose(bidWindow(round, at), round))
  const after = await updateBid(work.sql, bidId, { state })
  const eventId = await recordWithheld(work, before, 'bid.withdrawn', at)
  if (before.commitment !== null)
    await giveReceipt(work, signer, before, {
      kind: 'withdrawal',
      number: before.currentVersion,
      commitment: before.commitment,
      receivedAt: at,
      eventId,
    })
  return after
}

/** Locks the bidder's own bid as {@link lockPlacedBid} does. */
export async function lockOwnBid(
  work: Work,
  wanted: typeof SubmitBid,
  bidId: string,
): Promise<{ readonly bid: Bid; readonly round: Round }> {
  return lockPlacedBid(work, wanted, await placeOfOwnBid(work, wanted, bidId))
}

/**
 * Where a bid belongs. Whose it is never changes, so this question already tells who must not even wait for a lock.
 */
export async function placeOfOwnBid(work: Work, wanted: typeof SubmitBid, bidId: string): Promise<BidPlace> {
  const place = await findBidPlace(work.sql, bidId)
  // A place does not say whether others may know of the bid by now.
  if (place === undefined || place.organizationId !== work.actor.organizationId)
    return authorize(work, wanted, await findBid(work.sql, bidId))
  return place
}

/**
 * Locks the round for reading, then the bid (the order that everybody keeps), and asks about the locked bid. Both are
 * asked for at once: what is asked of the database right after this call is done after the locks were had.
 */
export async function lockPlacedBid(
  work: Work,
  wanted: typeof SubmitBid,
  { id, roundId }: BidPlace,
): Promise<{ readonly bid: Bid; readonly round: Round }> {
  const [round, bid] = await inOneTrip(shareRound(work, roundId), lockBidRow(work.sql, id))
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  return { bid: asTold(authorize(work, wanted, bid), round), round }
}

/**
 * Before the opening a bid's events have no number and stand in no feed: their mere count would tell how many have bid.
 * @returns the identifier of the event.
 */
export async function recordWithheld(
  work: Work,
  bid: Pick<Bid, 'id' | 'roundId'>,
  type: string,
  at: Date,
  data: Record<string, unknown> = {},
  id?: string,
): Promise<string> {
  return record(work, withheldEvent(bid, type, at, data, id))
}

/** The event of {@link recordWithheld}, for those who record several at once. */
export function withheldEvent(
  bid: Pick<Bid, 'id' | 'roundId'>,
  type: string,
  at: Date,
  data: Record<string, unknown> = {},
  id?: string,
): Recorded {
  return { type, subject: bid.id, hostId: null, at, data, withheldBy: bid.roundId, id }
}
