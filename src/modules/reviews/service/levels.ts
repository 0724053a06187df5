import type { Action } from '../../../kernel/action.ts'
import { hasRole } from '../../../kernel/actor.ts'
import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { needsOf } from '../../needs/index.ts'
import { lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { DecideLevel, ListLevelReviews, ReadLevelReview, RecordSilence, StartLevels } from '../policy/index.ts'
import { LevelReviewRanked, LevelsNotUsed } from '../problems/index.ts'
import {
  assignReviewers,
  decideLevel,
  type LevelDecision,
  type LevelDecisionKind,
  type LevelMove,
  type LevelRecordKind,
  type LevelReview,
  passOver,
  readersOf,
  reviewerOf,
} from '../rules/levels.ts'
import {
  findLevelReview,
  insertLevelDecision,
  insertLevelReviews,
  levelDecisionsOf,
  levelReviewsOfRound,
  listLevelReviews,
  lockLevelReview,
  updateLevelReview,
} from '../store/levels.ts'
import { findRanking } from '../store/scoring.ts'
import { type JudgedBid, judgedBid } from './assignments.ts'
import { requireReviewing } from './reviewing.ts'

export type LevelReviewRecord = LevelReview & {
  readonly decisions: readonly LevelDecision[]
  readonly judged: JudgedBid
}

/** Gives every accepted bid that has none its way through the levels: who reviews it follows from the place of its need. */
export async function startLevels(work: Work, roundId: string): Promise<readonly LevelReview[]> {
  authorize(work, StartLevels, await roundOf(work, roundId))
  const round = requireReviewing(await lockRound(work, roundId), 'startLevels')
  const { levels } = round.policy.review
  if (levels.length === 0) throw problem(LevelsNotUsed)
  const begun = new Set((await levelReviewsOfRound(work.sql, roundId)).map(({ bidId }) => bidId))
  const bids = (await bidsOfRound(work, roundId, ['accepted'])).filter(({ id }) => !begun.has(id))
  const divisions = new Map((await needsOf(work, round.needIds)).map(({ id, divisionCode }) => [id, divisionCode]))
  const places = bids.map(({ id, needId }) => ({ bidId: id, divisionCode: divisions.get(needId) ?? '' }))
  const reviewers = orThrow(assignReviewers(levels, places))
  const createdAt = await work.now(round.hostId)
  const dueOn = await dueOnOf(work, round, { state: 'pending', position: 1 }, createdAt)
  const reviews = bids.map(({ id }): LevelReview => {
    const organizationIds = reviewers.get(id) ?? []
    return {
      ...{ bidId: id, version: 1, roundId, hostId: round.hostId, organizationIds },
      ...{ position: 1, reached: 1, state: 'pending', dueOn, createdAt },
    }
  })
  await insertLevelReviews(work.sql, reviews)
  if (reviews.length > 0)
    await record(work, {
      type: 'round.levels_started',
      subject: roundId,
      hostId: round.hostId,
      at: createdAt,
      data: { bids: reviews.map(({ bidId, organizationIds }) => ({ bidId, organizationIds })) },
    })
  return reviews
}

/** What the organization that has the bid decides: up to the next level, back to the one below, or taken up again. */
export async function decideOnLevel(
  work: Work,
  bidId: string,
  wanted: { readonly decision: LevelDecisionKind; readonly reason: string | null },
): Promise<LevelReviewRecord> {
  const { round, review } = await lockLevel(work, bidId, DecideLevel, 'decideLevel')
  return move(work, round, review, orThrow(decideLevel(review, wanted.decision, wanted.reason)), wanted)
}

/** The host records that a level let its last day pass; the bid goes up without that level's word. */
export async function recordSilence(work: Work, bidId: string, reason: string): Promise<LevelReviewRecord> {
  const { round, review } = await lockLevel(work, bidId, RecordSilence, 'recordSilence')
  const next = orThrow(passOver(review, legalDateOf(await work.now(review.hostId))))
  return move(work, round, review, next, { decision: 'silence', reason })
}

/** Locks the round and then the bid's way through the levels, and asks again about the locked row. */
async function lockLevel(
  work: Work,
  bidId: string,
  action: Action<ReturnType<typeof withReaders>>,
  command: string,
): Promise<{ readonly round: Round; readonly review: LevelReview }> {
  const known = await findLevelReview(work.sql, bidId)
  authorize(work, action, known && withReaders(known))
  const round = requireReviewing(await lockRound(work, known?.roundId ?? ''), command)
  const review = await lockLevelReview(work.sql, bidId)
  if (review === undefined) throw new Error(`the level review of ${bidId} is gone`)
  authorize(work, action, withReaders(review))
  expectVersion(work, review)
  return { round, review }
}

/** Moves a bid and keeps what was decided of it. */
async function move(
  work: Work,
  round: Round,
  review: LevelReview,
  next: LevelMove,
  said: { readonly decision: LevelRecordKind; readonly reason: string | null },
): Promise<LevelReviewRecord> {
  const { bidId, hostId, position } = review
  // What goes up now would be missing from a ranking that exists.
  if ((await findRanking(work.sql, review.roundId)) !== undefined)
    throw problem(LevelReviewRanked, { bidId, roundId: review.roundId })
  const decidedAt = await work.now(hostId)
  const after = await updateLevelReview(work.sql, bidId, {
    ...next,
    dueOn: await dueOnOf(work, round, next, decidedAt),
  })
  const earlier = await levelDecisionsOf(work.sql, bidId)
  const decision: LevelDecision = {
    ...{ bidId, number: earlier.length + 1, position, organizationId: reviewerOf(review) ?? '', ...said },
    ...{ decidedBy: work.actor.id, decidedAt },
  }
  await insertLevelDecision(work.sql, decision)
  await record(work, {
    type: `level_review.${after.state}`,
    subject: bidId,
    hostId,
    at: decidedAt,
    data: { decision: said.decision, organizationId: decision.organizationId, from: position, to: after.position },
  })
  return { ...after, decisions: [...earlier, decision], judged: await judgedBid(work, bidId) }
}

/** The bid with what the levels said of it; a bidder whose bid came back reads that decision alone. */
export async function readLevelReview(work: Work, bidId: string): Promise<LevelReviewRecord> {
  const found = await findLevelReview(work.sql, bidId)
  const judged = found && (await judgedBid(work, bidId))
  const facts = found &&
    judged && {
      ...found,
      ...withReaders(found),
      isReturned: found.state === 'returned',
      organizationId: judged.bid.organizationId,
    }
  authorize(work, ReadLevelReview, facts)
  if (found === undefined || judged === undefined) throw new Error(`the level review of ${bidId} is gone`)
  const decisions = await levelDecisionsOf(work.sql, bidId)
  return { ...found, decisions: hasRole(work.actor, 'agency') ? decisions.slice(-1) : decisions, judged }
}

/** The host's side sees all bids of its rounds, a level those that have reached it. */
export async function readLevelReviews(
  work: Work,
  filter: { readonly roundId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<LevelReview>> {
  authorize(work, ListLevelReviews, {})
  const { hostId, organizationId } = work.actor
  const isReviewer = hasRole(work.actor, 'host', 'operator', 'town')
  return listLevelReviews(
    work.sql,
    {
      ...filter,
      ownHostId: hasRole(work.actor, 'host', 'operator', 'auditor') ? hostId : null,
      reviewerId: isReviewer ? organizationId : null,
    },
    limit,
    after,
  )
}

/** The last day of the level that gets a bid now; null where the policy sets none, or no level has it. */
async function dueOnOf(work: Work, round: Round, { state, position }: Omit<LevelMove, 'reached'>, at: Date) {
  const period = state === 'pending' ? (round.policy.review.levels[position - 1]?.decideWithin ?? null) : null
  if (period === null) return null
  return orThrow(resolvePeriod(await calendarOf(work, round.hostId), legalDateOf(at), period)).effectiveOn
}

/** Who may read and decide, as the policy asks. */
export function withReaders(review: LevelReview) {
  return { hostId: review.hostId, readers: readersOf(review), reviewer: reviewerOf(review) }
}
