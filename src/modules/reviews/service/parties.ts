import type { Work } from '../../../platform/work.ts'
import type { Bid } from '../../bids/index.ts'
import { organizationOf, sharedContactsAmong } from '../../organizations/index.ts'
import type { Round } from '../../rounds/index.ts'
import { type BidParties, type RecusalRecord, relatedOrganizationIds } from '../rules/seating.ts'

/**
 * The parties of each bid as far as the policy looks: with two hops also the organizations that share a representative,
 * address, phone or account with a party, among those that the experts have to do with.
 */
export async function partiesWithin(
  work: Work,
  { policy }: Pick<Round, 'policy'>,
  bids: readonly Bid[],
  experts: readonly RecusalRecord[],
): Promise<BidParties[]> {
  const parties = await partiesOf(work, bids)
  if (policy.experts.conflictHopsMax < 2) return parties
  const related = experts.flatMap(relatedOrganizationIds)
  const known = new Set([...parties.flatMap(({ organizationIds }) => organizationIds), ...related])
  const shared = await sharedContactsAmong(work, [...known])
  return parties.map(({ bidId, organizationIds }) => {
    const beside = shared.flatMap(({ organizationId, otherId }) => [
      ...(organizationIds.includes(organizationId) ? [otherId] : []),
      ...(organizationIds.includes(otherId) ? [organizationId] : []),
    ])
    return { bidId, organizationIds: [...new Set([...organizationIds, ...beside])] }
  })
}

/** The bidder, the filed group it bids for, and that group's sponsor. */
export async function partiesOf(work: Work, bids: readonly Bid[]): Promise<BidParties[]> {
  const sponsors = new Map<string, string | null>()
  for (const { sponsoredGroupId } of bids) {
    if (sponsoredGroupId === null || sponsors.has(sponsoredGroupId)) continue
    sponsors.set(sponsoredGroupId, (await organizationOf(work, sponsoredGroupId))?.sponsorId ?? null)
  }
  return bids.map(({ id, organizationId, sponsoredGroupId }) => ({
    bidId: id,
    organizationIds: [organizationId, sponsoredGroupId, sponsors.get(sponsoredGroupId ?? '') ?? null].filter(
      (one) => one !== null,
    ),
  }))
}
