import type { LegalDate } from '../../../kernel/days.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { standingOf } from '../../organizations/index.ts'
import { ReadBid } from '../policy.ts'
import type { Bid } from '../rules/bid.ts'
import type { Finding } from '../rules/budget.ts'
import { barsOf, type EligibilityFacts, type EligibilityRules, eligibilityOf } from '../rules/eligibility.ts'
import { findBid } from '../store/bids.ts'
import { type EligibilitySnapshot, insertSnapshot, latestSnapshot } from '../store/eligibility.ts'

/**
 * The bidder's eligibility on the last day for bids. The facts of that day are read once and kept with the bid: what is
 * recorded of the organization later changes nothing, unless the host takes them anew (`retake`).
 */
export async function takeEligibility(
  work: Work,
  bid: Pick<Bid, 'id' | 'hostId' | 'organizationId' | 'sponsoredGroupId'>,
  rules: EligibilityRules,
  { day, now, retake }: { readonly day: LegalDate; readonly now: Date; readonly retake: boolean },
): Promise<EligibilitySnapshot> {
  const kept = await latestSnapshot(work.sql, bid.id)
  if (kept !== undefined && !retake) return kept
  const facts = await factsOf(work, bid, day)
  const snapshot: EligibilitySnapshot = {
    bidId: bid.id,
    number: (kept?.number ?? 0) + 1,
    day,
    facts,
    findings: eligibilityOf(facts, rules, day),
    takenAt: now,
  }
  await insertSnapshot(work.sql, snapshot)
  return snapshot
}

/** The snapshot that counts; hidden like the bid, and missing until its first formal check. */
export async function readEligibility(
  work: Work,
  bidId: string,
): Promise<EligibilitySnapshot & { readonly version: number }> {
  const bid = authorize(work, ReadBid, await findBid(work.sql, bidId))
  const snapshot = await latestSnapshot(work.sql, bidId)
  authorize(work, ReadBid, snapshot && bid)
  const found = snapshot as EligibilitySnapshot
  return { ...found, version: found.number }
}

/** For awards and agreements: what keeps the bidder of a bid out on a day by the rules of its round; empty: nothing. */
export async function barsOfBidder(
  work: Work,
  bid: Pick<Bid, 'hostId' | 'organizationId' | 'sponsoredGroupId'>,
  rules: EligibilityRules,
  day: LegalDate,
): Promise<Finding[]> {
  return barsOf(await factsOf(work, bid, day), rules, day)
}

/** What is on record of the bidder and its sponsored group as of a day. */
export async function factsOf(
  work: Work,
  { hostId, organizationId, sponsoredGroupId }: Pick<Bid, 'hostId' | 'organizationId' | 'sponsoredGroupId'>,
  day: LegalDate,
): Promise<EligibilityFacts> {
  return {
    bidder: await standingOf(work, { organizationId, hostId, day }),
    sponsoredGroup:
      sponsoredGroupId === null ? null : await standingOf(work, { organizationId: sponsoredGroupId, hostId, day }),
  }
}
