import type { LegalDate } from '../../../kernel/days.ts'
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
  if (isClassless(policy)) return { policy, classes: NO_CLASSES }
  const kept = await latestSnapshot(work.sql, bid.id)
  return policyByFacts(work, bid, policy, kept)
}

/** The policy as it would bind a bid by these facts; for a check before anything is submitted. */
export async function policyByFacts(
  work: Work,
  bid: Pick<Bid, 'id' | 'needId'>,
  policy: RoundPolicy,
  known: { readonly facts: EligibilityFacts; readonly day: LegalDate } | undefined,
): Promise<{ readonly policy: RoundPolicy; readonly classes: BidClasses }> {
  if (isClassless(policy)) return { policy, classes: NO_CLASSES }
  const need = await needOf(work, bid.needId)
  if (need === undefined) throw new Error(`the bid ${bid.id} has lost its need`)
  const classes = classesOf(policy, known && applicantOf(known.facts), need, known?.day ?? '')
  return { policy: policyFor(policy, classes), classes }
}

const NO_CLASSES: BidClasses = { applicantClass: null, projectClass: null }

function isClassless({ applicantClasses, projectClasses }: RoundPolicy): boolean {
  return applicantClasses.length === 0 && projectClasses.length === 0
}

function applicantOf({ bidder: { type, registeredOn, grade } }: EligibilityFacts): ApplicantFacts {
  return { organizationType: type, registeredOn, grade: grade?.level ?? null }
}
