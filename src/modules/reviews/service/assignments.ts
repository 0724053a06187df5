import type { Page } from '../../../kernel/page.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { type Bid, bidOf } from '../../bids/index.ts'
import { type Need, needOf } from '../../needs/index.ts'
import { type Project, projectOf } from '../../projects/index.ts'
import { type Round, roundOf } from '../../rounds/index.ts'
import { ListAssignedBids, ReadAssignedBid } from '../policy/index.ts'
import { findSeats } from '../store/panels.ts'
import { type Assignment, listAssignments } from '../store/scoring.ts'

/** What who judges a bid reads of it. */
export interface JudgedBid {
  readonly bid: Bid
  readonly need: Need
  readonly project: Project
  readonly round: Round
}

/** The bids that the acting expert judges or stepped aside from. */
export async function readAssignments(
  work: Work,
  filter: { readonly roundId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Assignment>> {
  authorize(work, ListAssignedBids, {})
  const { expertId } = work.actor
  return expertId === null
    ? { items: [], next: null }
    : listAssignments(work.sql, expertId, filter.roundId, limit, after)
}

/** An assigned bid with its need and project. An expert who stepped aside from a bid does not read it. */
export async function readAssignedBid(work: Work, bidId: string): Promise<JudgedBid> {
  const { expertId } = work.actor
  const [seat] = expertId === null ? [] : await findSeats(work.sql, expertId, [bidId])
  authorize(work, ReadAssignedBid, seat?.state === 'seated' ? seat : undefined)
  return judgedBid(work, bidId)
}

/** Asks no permission. @throws when there is no such bid. */
export async function judgedBid(work: Work, bidId: string): Promise<JudgedBid> {
  const bid = await bidOf(work, bidId)
  const [need, project, round] = [
    bid && (await needOf(work, bid.needId)),
    bid && (await projectOf(work, bid.projectId)),
    bid && (await roundOf(work, bid.roundId)),
  ]
  if (bid === undefined || need === undefined || project === undefined || round === undefined)
    throw new Error(`the bid ${bidId} has lost its need, project or round`)
  return { bid, need, project, round }
}

/** The criteria that experts score; what follows from the price is nobody's judgement. */
export function judgedCriteria({ policy }: Pick<Round, 'policy'>): Round['policy']['criteria'] {
  return policy.review.method === 'vote' ? [] : policy.criteria.filter(({ kind }) => kind !== 'price')
}

/** The rules by which the panel votes; null where it scores. */
export function votingOf({ policy: { review } }: Pick<Round, 'policy'>): Round['policy']['review']['vote'] {
  return review.method === 'vote' ? review.vote : null
}
