import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { sharedContactsAmong } from '../../organizations/index.ts'
import { DecideBidFlag, ReadBidFlags } from '../policy.ts'
import { BidNotInState } from '../problems/index.ts'
import type { Bid } from '../rules/bid.ts'
import {
  type BidFlag,
  type BidFlagOutcome,
  decideFlag,
  doubleFundingFlags,
  type NewBidFlag,
  relatedPartyFlags,
} from '../rules/flags.ts'
import { findBid, findOpened, lockBidRow } from '../store/bids.ts'
import { findFlag, findFlags, insertFlags, updateFlag } from '../store/flags.ts'

/**
 * For the end of an opening: raises what the host has to judge about the bids of a round: other public money that was
 * declared, and bidders that share a representative, an address, a phone or a bank account. Done again, it raises only
 * what is new. Asks no permission; contacts are compared by blind index and never opened.
 */
export async function flagOpenedBids(work: Work, roundId: string): Promise<void> {
  const bids = await findOpened(work.sql, roundId, ['submitted'])
  const organizationIds = bids.flatMap(({ organizationId, sponsoredGroupId }) => [
    organizationId,
    ...(sponsoredGroupId === null ? [] : [sponsoredGroupId]),
  ])
  const shared = await sharedContactsAmong(work, [...new Set(organizationIds)])
  const wanted = [...doubleFundingFlags(bids), ...relatedPartyFlags(bids, shared)]
  const [first] = bids
  if (first === undefined || wanted.length === 0) return
  const at = await work.now(first.hostId)
  const raised = await insertFlags(
    work.sql,
    wanted.map((flag) => freshFlag(flag, at)),
  )
  for (const [subject, flags] of Map.groupBy(raised, ({ bidId }) => bidId))
    await record(work, {
      type: 'bid.flagged',
      subject,
      hostId: first.hostId,
      at,
      data: { flags: flags.map(({ id, code, otherBidId }) => ({ flagId: id, code, otherBidId })) },
    })
}

/** The host judges a flag, once, before the formal check has accepted the bid; a rejected one may be checked again. */
export async function decideBidFlag(
  work: Work,
  bidId: string,
  flagId: string,
  decision: { readonly outcome: BidFlagOutcome; readonly reason: string },
): Promise<BidFlag> {
  authorize(work, DecideBidFlag, await findBid(work.sql, bidId))
  const bid = authorize(work, DecideBidFlag, await lockBidRow(work.sql, bidId))
  const flag = await findFlag(work.sql, bidId, flagId)
  authorize(work, DecideBidFlag, flag && bid)
  const before = flag as BidFlag
  expectVersion(work, before)
  if (!DECIDABLE.includes(bid.state)) throw problem(BidNotInState, { state: bid.state, command: 'decideFlag' })
  const at = await work.now(bid.hostId)
  const after = await updateFlag(work.sql, orThrow(decideFlag(before, { ...decision, by: work.actor.id, at })))
  await record(work, {
    type: 'bid.flag_decided',
    subject: bidId,
    hostId: bid.hostId,
    at,
    data: { flagId, code: after.code, state: after.state },
  })
  return after
}

export async function readBidFlag(work: Work, bidId: string, flagId: string): Promise<BidFlag> {
  const bid = authorize(work, ReadBidFlags, await findBid(work.sql, bidId))
  const flag = await findFlag(work.sql, bidId, flagId)
  authorize(work, ReadBidFlags, flag && bid)
  return flag as BidFlag
}

/** All flags of a bid, earliest first. */
export async function readBidFlags(work: Work, bidId: string): Promise<Page<BidFlag>> {
  authorize(work, ReadBidFlags, await findBid(work.sql, bidId))
  return { items: await flagsOf(work, bidId), next: null }
}

/** For the formal check. Asks no permission. */
export async function flagsOf(work: Work, bidId: string): Promise<BidFlag[]> {
  return findFlags(work.sql, [bidId])
}

const DECIDABLE: readonly Bid['state'][] = ['submitted', 'returned_for_correction', 'rejected']

function freshFlag(flag: NewBidFlag, raisedAt: Date): BidFlag {
  return {
    ...flag,
    id: newId('flg'),
    version: 1,
    state: 'open',
    decidedBy: null,
    decidedAt: null,
    reason: null,
    raisedAt,
  }
}
