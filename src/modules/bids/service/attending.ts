import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { authorize, expectVersion, type Work } from '../../../platform/work.ts'
import { announceDocument, type Document } from '../../documents/index.ts'
import { bidWindow, confirmationDeadlineOf, requiredPolicyVersionOf, roundOf } from '../../rounds/index.ts'
import { sealingKeyOf } from '../../sealing/index.ts'
import { AttachToBid, ConfirmBid } from '../policy.ts'
import { BidConfirmationNotNeeded, BidNotInState, ConfirmationClosed, SealingKeyMissing } from '../problems/index.ts'
import { type Bid, requireBeforeClose, requireOpenWindow } from '../rules/bid.ts'
import { asTold } from '../rules/outcome.ts'
import { findBid, updateBid } from '../store/bids.ts'
import { insertBidDocument } from '../store/versions.ts'
import { lockOwnBid, recordWithheld } from './drafts.ts'
import { leaksOfName } from './precheck.ts'

/** Announces a file of a bid, to be encrypted for the round's key while it comes in. */
export async function announceBidDocument(
  work: Work,
  bidId: string,
  content: Parameters<typeof announceDocument>[1],
): Promise<Document> {
  const found = authorize(work, AttachToBid, await findBid(work.sql, bidId))
  const round = await roundOf(work, found.roundId)
  if (round === undefined) throw new Error(`there is no round ${found.roundId}`)
  const bid = asTold(found, round)
  if (bid.state !== 'draft' && bid.state !== 'submitted')
    throw problem(BidNotInState, { state: bid.state, command: 'announceBidDocument' })
  orThrow(requireBeforeClose(bidWindow(round, await work.now(round.hostId)), round))
  const key = await sealingKeyOf(work.sql, round.id)
  if (key === undefined) throw problem(SealingKeyMissing)
  const recipients = [key.ageRecipient, ...(key.escrow === null ? [] : [key.escrow.ageRecipient])]
  const { mode } = round.policy.sealing
  const document = await announceDocument(work, content, { subject: round.id, recipients, mode })
  const findings = round.policy.blindReview ? await leaksOfName(work, bid, content.fileName) : []
  await insertBidDocument(work.sql, { documentId: document.id, findings }, bidId)
  return document
}

/** What was submitted stands under the amended policy as well. */
export async function confirmBid(work: Work, bidId: string): Promise<Bid> {
  const { bid: before, round } = await lockOwnBid(work, ConfirmBid, bidId)
  expectVersion(work, before)
  const now = await work.now(round.hostId)
  if (before.state !== 'submitted') throw problem(BidNotInState, { state: before.state, command: 'confirmBid' })
  orThrow(requireOpenWindow(bidWindow(round, now), round))
  const confirmBy = confirmationDeadlineOf(round)
  if (now >= confirmBy)
    throw problem(ConfirmationClosed, { confirmBy: confirmBy.toISOString(), closesAt: round.closesAt.toISOString() })
  const confirmed = before.confirmedPolicyVersion ?? 1
  if (confirmed >= requiredPolicyVersionOf(round)) throw problem(BidConfirmationNotNeeded, { version: confirmed })
  const after = await updateBid(work.sql, bidId, { confirmedPolicyVersion: round.policyVersion })
  await recordWithheld(work, before, 'bid.confirmed', now, { policyVersion: round.policyVersion })
  return after
}
