import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import {
  BidNotForwarded,
  LevelNotSilent,
  LevelReasonMissing,
  LevelReviewerMissing,
  LevelReviewNotInState,
  LevelWithoutDueDay,
} from '../problems/index.ts'

export const LEVEL_STATES = ['pending', 'returned', 'forwarded'] as const
export type LevelState = (typeof LEVEL_STATES)[number]
export type LevelCommand =
  | 'forward'
  | 'forwardByLast'
  | 'return'
  | 'returnByFirst'
  | 'resume'
  | 'passOver'
  | 'passOverLast'

/**
 * A bid goes up level by level. What a level returns goes back to the one below; the first one returns it to the bidder
 * and may take it up again. A level that is silent beyond its time is passed over.
 */
export const LEVEL_TRANSITIONS: Transitions<LevelState, LevelCommand> = {
  pending: {
    forward: 'pending',
    return: 'pending',
    forwardByLast: 'forwarded',
    returnByFirst: 'returned',
    passOver: 'pending',
    passOverLast: 'forwarded',
  },
  returned: { resume: 'pending' },
  forwarded: {},
}

export const LEVEL_DECISIONS = ['forward', 'return', 'resume'] as const
export type LevelDecisionKind = (typeof LEVEL_DECISIONS)[number]
/** What is on record of a level: its decisions, or that it made none in its time. */
export const LEVEL_RECORDS = [...LEVEL_DECISIONS, 'silence'] as const
export type LevelRecordKind = (typeof LEVEL_RECORDS)[number]

export interface LevelReview {
  readonly bidId: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  /** Who reviews the bid, level by level. */
  readonly organizationIds: readonly string[]
  /** The level that has the bid: 1, 2, 3 … */
  readonly position: number
  /** The highest level that has had it. */
  readonly reached: number
  readonly state: LevelState
  /** The last day of the level that has the bid; null where the policy sets none. */
  readonly dueOn: LegalDate | null
  readonly createdAt: Date
}

export interface LevelDecision {
  readonly bidId: string
  readonly number: number
  readonly position: number
  readonly organizationId: string
  readonly decision: LevelRecordKind
  readonly reason: string | null
  readonly decidedBy: string
  readonly decidedAt: Date
}

export interface LevelTerms {
  readonly code: string
  readonly reviewers: readonly { readonly organizationId: string; readonly divisionPrefix: string }[]
}

/** The organization that has the bid; undefined when none has, because it was forwarded to the panel. */
export function reviewerOf({ organizationIds, position, state }: LevelReview): string | undefined {
  return state === 'forwarded' ? undefined : organizationIds[position - 1]
}

/** Who may read: the reviewers of every level that has had the bid. */
export function readersOf({ organizationIds, reached }: LevelReview): readonly string[] {
  return organizationIds.slice(0, reached)
}

/** For each bid who reviews it at each level: by the division of its need, the longest prefix first. */
export function assignReviewers(
  levels: readonly LevelTerms[],
  bids: readonly { readonly bidId: string; readonly divisionCode: string }[],
): Decision<ReadonlyMap<string, readonly string[]>> {
  const assigned = new Map<string, readonly string[]>()
  const flaws = bids.flatMap(({ bidId, divisionCode }) => {
    const reviewers = levels.map((level) => reviewerAt(level, divisionCode))
    assigned.set(
      bidId,
      reviewers.flatMap((one) => one ?? []),
    )
    return levels.flatMap(({ code }, index) =>
      reviewers[index] === undefined
        ? [{ pointer: '#', code: 'reviewer_missing', detail: `${bidId}: ${code} has nobody for ${divisionCode}.` }]
        : [],
    )
  })
  return flaws.length === 0 ? accept(assigned) : refuse(LevelReviewerMissing, { count: flaws.length }, flaws)
}

function reviewerAt({ reviewers }: LevelTerms, divisionCode: string): string | undefined {
  return reviewers
    .filter(({ divisionPrefix }) => divisionCode.startsWith(divisionPrefix))
    .toSorted((a, b) => b.divisionPrefix.length - a.divisionPrefix.length)[0]?.organizationId
}

/** Where a bid is after a decision. */
export type LevelMove = Pick<LevelReview, 'state' | 'position' | 'reached'>

/** What a level decides. A return and a resumption say why. */
export function decideLevel(
  review: LevelReview,
  decision: LevelDecisionKind,
  reason: string | null,
): Decision<LevelMove> {
  const { position, organizationIds, state } = review
  const isLast = position === organizationIds.length
  const command = { forward: isLast ? 'forwardByLast' : 'forward', return: position === 1 ? 'returnByFirst' : 'return' }
  const next = transition(
    LEVEL_TRANSITIONS,
    state,
    (decision === 'resume' ? decision : command[decision]) as LevelCommand,
    LevelReviewNotInState,
  )
  if (!next.accepted) return next
  if (decision !== 'forward' && reason === null) return refuse(LevelReasonMissing, { decision })
  const step = decision === 'forward' && !isLast ? 1 : decision === 'return' && position > 1 ? -1 : 0
  return accept({
    state: next.value,
    position: position + step,
    reached: Math.max(review.reached, position + step),
  })
}

/** The host records that a level let its last day pass: the bid goes up without that level's word. */
export function passOver(review: LevelReview, today: LegalDate): Decision<LevelMove> {
  const { position, organizationIds, state, dueOn } = review
  const isLast = position === organizationIds.length
  const next = transition(LEVEL_TRANSITIONS, state, isLast ? 'passOverLast' : 'passOver', LevelReviewNotInState)
  if (!next.accepted) return next
  if (dueOn === null) return refuse(LevelWithoutDueDay)
  if (compareDates(today, dueOn) <= 0) return refuse(LevelNotSilent, { dueOn })
  const after = position + (isLast ? 0 : 1)
  return accept({ state: next.value, position: after, reached: Math.max(review.reached, after) })
}

/**
 * The bids that the panel judges: what the last level forwarded. Refused while a level has not decided; what was returned
 * to its bidder has no result. `reviews` is null where the policy has no levels.
 */
export function bidsToJudge(
  bidIds: readonly string[],
  reviews: readonly Pick<LevelReview, 'bidId' | 'state'>[] | null,
): Decision<string[]> {
  if (reviews === null) return accept([...bidIds])
  const states = new Map(reviews.map(({ bidId, state }) => [bidId, state]))
  const waiting = bidIds.filter((bidId) => states.get(bidId) === undefined || states.get(bidId) === 'pending')
  if (waiting.length === 0) return accept(bidIds.filter((bidId) => states.get(bidId) === 'forwarded'))
  const flaws = waiting.map((bidId) => ({ pointer: '#', code: states.get(bidId) ?? 'not_begun', detail: bidId }))
  return refuse(BidNotForwarded, { bidIds: waiting.join(', '), state: 'pending' }, flaws)
}
