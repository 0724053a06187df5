import type { LegalDate } from '../../../kernel/days.ts'
import type { Work } from '../../../platform/work.ts'
import { needOf, needsOf } from '../../needs/index.ts'
import { type RoundPolicy, roundOf } from '../../rounds/index.ts'
import type { Bid } from '../rules/bid.ts'
import { type ApplicantFacts, type BidClasses, classesOf, policyFor } from '../rules/classes.ts'
import type { EligibilityFacts } from '../rules/eligibility.ts'
import { latestSnapshot, latestSnapshots } from '../store/eligibility.ts'

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

/** A bid with its classes; null before its formal check, which reads what they are told by. */
export interface ClassedBid extends Bid {
  readonly classes: BidClasses | null
}

/** Adds the classes by which the formal check has judged each bid. */
export async function withClasses(work: Work, bids: readonly Bid[]): Promise<ClassedBid[]> {
  const checked = bids.filter(({ checkedAt }) => checkedAt !== null)
  const roundIds = [...new Set(checked.map(({ roundId }) => roundId))]
  const policies = new Map<string, RoundPolicy>()
  for (const roundId of roundIds) policies.set(roundId, required(await roundOf(work, roundId), roundId).policy)
  const classed = checked.filter(({ roundId }) => !isClassless(required(policies.get(roundId), roundId)))
  const kept = new Map(
    (
      await latestSnapshots(
        work.sql,
        classed.map(({ id }) => id),
      )
    ).map((one) => [one.bidId, one]),
  )
  const needs = new Map(
    (
      await needsOf(
        work,
        classed.map(({ needId }) => needId),
      )
    ).map((need) => [need.id, need]),
  )
  const known = new Map(
    classed.map((bid) => {
      const snapshot = kept.get(bid.id)
      const policy = required(policies.get(bid.roundId), bid.roundId)
      const need = required(needs.get(bid.needId), bid.needId)
      return [bid.id, classesOf(policy, snapshot && applicantOf(snapshot.facts), need, snapshot?.day ?? '')]
    }),
  )
  return bids.map((bid) => ({ ...bid, classes: bid.checkedAt === null ? null : (known.get(bid.id) ?? NO_CLASSES) }))
}

/** As {@link withClasses}, of one bid. */
export async function withItsClasses(work: Work, bid: Bid): Promise<ClassedBid> {
  const [classed] = await withClasses(work, [bid])
  return required(classed, bid.id)
}

function required<Value>(value: Value | undefined, id: string): Value {
  if (value === undefined) throw new Error(`${id} is lost`)
  return value
}

const NO_CLASSES: BidClasses = { applicantClass: null, projectClass: null }

function isClassless({ applicantClasses, projectClasses }: RoundPolicy): boolean {
  return applicantClasses.length === 0 && projectClasses.length === 0
}

function applicantOf({ bidder: { type, registeredOn, grade } }: EligibilityFacts): ApplicantFacts {
  return { organizationType: type, registeredOn, grade: grade?.level ?? null }
}
