import type { Work } from '../../../platform/work.ts'
import { needOf } from '../../needs/index.ts'
import type { RoundPolicy } from '../../rounds/index.ts'
import type { Bid } from '../rules/bid.ts'
import { type ApplicantFacts, type BidClasses, classesOf, policyFor } from '../rules/classes.ts'
import type { EligibilityFacts } from '../rules/eligibility.ts'
import { latestSnapshot } from '../store/eligibility.ts'

/**
 * The policy as it binds a bid, by the facts of the last day for bids that its formal check kept: what is recorded of the
 * bidder later moves it into no other class. Before the formal check a bid has no class of applicants.
 */
export async function policyOfBid(
  work: Work,
  bid: Pick<Bid, 'id' | 'needId'>,
  policy: RoundPolicy,
): Promise<{ readonly policy: RoundPolicy; readonly classes: BidClasses }> {
  const isClassless = policy.applicantClasses.length === 0 && policy.projectClasses.length === 0
  if (isClassless) return { policy, classes: { applicantClass: null, projectClass: null } }
  const need = await needOf(work, bid.needId)
  if (need === undefined) throw new Error(`the bid ${bid.id} has lost its need`)
  const kept = await latestSnapshot(work.sql, bid.id)
  const classes = classesOf(policy, kept && applicantOf(kept.facts), need, kept?.day ?? '')
  return { policy: policyFor(policy, classes), classes }
}

function applicantOf({ bidder: { type, registeredOn, grade } }: EligibilityFacts): ApplicantFacts {
  return { organizationType: type, registeredOn, grade: grade?.level ?? null }
}
