import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { needsOf } from '../../needs/index.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { DecideLevel, ListLevelReviews, ReadLevelReview, StartLevels } from '../policy/index.ts'
import { LevelReviewRanked, LevelsNotUsed } from '../problems/index.ts'
import {
  assignReviewers,
  decideLevel,
  type LevelDecision,
  type LevelDecisionKind,
  type LevelReview,
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
  const reviews = bids.map(({ id }): LevelReview => {
    const organizationIds = reviewers.get(id) ?? []
    return {
      ...{ bidId: id, version: 1, roundId, hostId: round.hostId, organizationIds },
      ...{ position: 1, reached: 1, state: 'pending', createdAt },
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
  const known = await findLevelReview(work.sql, bidId)
  authorize(work, DecideLevel, known && withReaders(known))
  requireReviewing(await lockRound(work, known?.roundId ?? ''), 'decideLevel')
  const review = await lockLevelReview(work.sql, bidId)
  if (review === undefined) throw new Error(`the level review of ${bidId} is gone`)
  authorize(work, DecideLevel, withReaders(review))
  expectVersion(work, review)
  const next = orThrow(decideLevel(review, wanted.decision, wanted.reason))
  // What goes up now would be missing from a ranking that exists.
  if ((await findRanking(work.sql, review.roundId)) !== undefined)
    throw problem(LevelReviewRanked, { bidId, roundId: review.roundId })
  const after = await updateLevelReview(work.sql, bidId, next)
  const earlier = await levelDecisionsOf(work.sql, bidId)
  const { hostId, position } = review
  const decidedAt = await work.now(hostId)
  const decision: LevelDecision = {
    ...{ bidId, number: earlier.length + 1, position, organizationId: reviewerOf(review) ?? '', ...wanted },
    ...{ decidedBy: work.actor.id, decidedAt },
  }
  await insertLevelDecision(work.sql, decision)
  await record(work, {
    type: `level_review.${after.state}`,
    subject: bidId,
    hostId,
    at: decidedAt,
    data: { decision: wanted.decision, organizationId: decision.organizationId, from: position, to: after.position },
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

function withReaders(review: LevelReview) {
  return { hostId: review.hostId, readers: readersOf(review), reviewer: reviewerOf(review) }
}
