import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { projectOf } from '../../projects/index.ts'
import { bidWindow, type Round, shareRound } from '../../rounds/index.ts'
import { ChangeBid, CreateBid, WithdrawBid } from '../policy.ts'
import { BidExists, BidRoundUnknown, BidWindowClosed, NeedNotInRound, ProjectLacksNeed } from '../problems.ts'
import { advance, type Bid, type BidContent } from '../rules/bid.ts'
import { findBid, insertBid, lockBidRow, updateBid } from '../store/bids.ts'

export interface NewBid {
  readonly roundId: string
  readonly needId: string
  readonly projectId: string
  readonly content: BidContent
}

/** Drafts a bid of one project for one need of a published round. The bidder is the agency of the project. */
export async function createBid(work: Work, wanted: NewBid): Promise<Bid> {
  const project = authorize(work, CreateBid, await projectOf(work, wanted.projectId))
  const round = await shareRound(work, wanted.roundId)
  if (round === undefined || round.publishedAt === null) throw problem(BidRoundUnknown, { roundId: wanted.roundId })
  const now = await work.now(round.hostId)
  if (bidWindow(round, now) === 'closed') throw problem(BidWindowClosed, { closesAt: round.closesAt.toISOString() })
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
    draft: wanted.content,
    createdAt: now,
  }).catch(refuseSecondBid)
  await recordSealed(work, 'bid.drafted', created.id, now)
  return created
}

/** Edits what waits to be submitted. What is submitted counts until the next submission. */
export async function changeBid(work: Work, bidId: string, patch: Partial<BidContent>): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, ChangeBid, bidId)
  expectVersion(work, before)
  const now = await work.now(round.hostId)
  orThrow(advance(before, 'edit'))
  if (bidWindow(round, now) === 'closed') throw problem(BidWindowClosed, { closesAt: round.closesAt.toISOString() })
  const edited = before.draft ?? before.content
  if (edited === null) throw new Error(`the bid ${bidId} has neither draft nor content`)
  const after = await updateBid(work.sql, bidId, { draft: { ...edited, ...patch } })
  await recordSealed(work, 'bid.edited', bidId, now)
  return after
}

/** Takes a bid back: until the deadline in any case, afterwards until its formal check has accepted or rejected it. */
export async function withdrawBid(work: Work, bidId: string): Promise<Bid> {
  const { bid: before } = await lockOwnBid(work, WithdrawBid, bidId)
  expectVersion(work, before)
  const state = orThrow(advance(before, 'withdraw'))
  const after = await updateBid(work.sql, bidId, { state, draft: null })
  const at = await work.now(before.hostId)
  if (before.openedAt === null) await recordSealed(work, 'bid.withdrawn', bidId, at)
  else await record(work, { type: 'bid.withdrawn', subject: bidId, hostId: before.hostId, at })
  return after
}

/**
 * Locks the round for reading, then the bid (the order that everybody keeps), and asks about the locked bid. Whose bid
 * it is never changes, so the first question already tells who must not even wait for a lock.
 */
export async function lockOwnBid(
  work: Work,
  wanted: typeof ChangeBid,
  bidId: string,
): Promise<{ readonly bid: Bid; readonly round: Round }> {
  const known = authorize(work, wanted, await findBid(work.sql, bidId))
  const round = await shareRound(work, known.roundId)
  if (round === undefined) throw new Error(`there is no round ${known.roundId}`)
  return { bid: authorize(work, wanted, await lockBidRow(work.sql, bidId)), round }
}

/** Before the opening a bid stands in no host's feed: its mere number would tell how many have bid. */
export async function recordSealed(
  work: Work,
  type: string,
  subject: string,
  at: Date,
  data: Record<string, unknown> = {},
): Promise<void> {
  await record(work, { type, subject, hostId: null, at, data })
}

function refuseSecondBid(error: unknown): never {
  const constraint = brokenConstraint(error)
  if (constraint === 'bid_one_per_need' || constraint === 'bid_one_per_project') throw problem(BidExists)
  throw error
}
