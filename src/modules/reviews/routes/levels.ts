import type { FastifyInstance } from 'fastify'
import { CalendarYearMissing } from '../../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { DecideLevel, ListLevelReviews, ReadLevelReview, RecordSilence, StartLevels } from '../policy/index.ts'
import {
  LevelNotSilent,
  LevelReasonMissing,
  LevelReviewerMissing,
  LevelReviewNotInState,
  LevelReviewRanked,
  LevelsNotUsed,
  LevelWithoutDueDay,
} from '../problems/index.ts'
import type { LevelReview } from '../rules/levels.ts'
import { LevelHeadBody, LevelReviewBody, LevelsStarted, NewLevelDecision, NewSilence } from '../schemas/levels.ts'
import { PanelFilter } from '../schemas/panels.ts'
import { ItemParams } from '../schemas/sessions.ts'
import { RoundParams } from '../schemas/words.ts'
import {
  decideOnLevel,
  type LevelReviewRecord,
  readLevelReview,
  readLevelReviews,
  recordSilence,
  startLevels,
} from '../service/levels.ts'
import { type Offered, offerLevel } from '../service/offers.ts'
import { judgedBidBody } from './present.ts'

const tag = 'Reviews'

export function levelRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/level-reviews',
    operationId: 'startLevelReviews',
    summary: 'Send the accepted bids of a round through its levels of review',
    tag,
    description:
      'Who reviews a bid at each level follows from the place of its need (`review.levels`). Repeated, it starts bids that were accepted since.',
    allow: StartLevels,
    params: RoundParams,
    status: 200,
    answer: LevelsStarted,
    problems: [RoundNotInState, LevelsNotUsed, LevelReviewerMissing, CalendarYearMissing],
    run: async (work, { params }) => ({
      roundId: params.roundId,
      started: await startLevels(work, params.roundId),
    }),
    present: ({ roundId, started }) => ({ roundId, started: started.map(headBody) }),
  })
  commandRoute(app, {
    method: 'POST',
    url: '/level-reviews/:bidId/decision',
    operationId: 'decideOnLevel',
    summary: 'Forward a bid to the next level, or return it',
    tag,
    description:
      'By the organization that has the bid. Returned, it goes back to the level below, from the first one to the bidder; forwarded by the last, it goes to the panel.',
    allow: DecideLevel,
    params: ItemParams,
    body: NewLevelDecision,
    ifMatch: true,
    status: 200,
    answer: LevelReviewBody,
    problems: [RoundNotInState, LevelReviewNotInState, LevelReasonMissing, LevelReviewRanked, CalendarYearMissing],
    run: async (work, { params, body }) => {
      const wanted = { decision: body.decision, reason: body.reason ?? null }
      return offerLevel(work, await decideOnLevel(work, params.bidId, wanted))
    },
    present: levelBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/level-reviews/:bidId/silence',
    operationId: 'recordLevelSilence',
    summary: 'Record that a level let its last day pass',
    tag,
    description:
      'By the host of the round, after the last day that `review.levels[].decideWithin` gave the level (`dueOn`). The bid goes up without that level’s word; the silence and the reason stay on record.',
    allow: RecordSilence,
    params: ItemParams,
    body: NewSilence,
    ifMatch: true,
    status: 200,
    answer: LevelReviewBody,
    problems: [
      RoundNotInState,
      LevelReviewNotInState,
      LevelWithoutDueDay,
      LevelNotSilent,
      LevelReviewRanked,
      CalendarYearMissing,
    ],
    run: async (work, { params, body }) => offerLevel(work, await recordSilence(work, params.bidId, body.reason)),
    present: levelBody,
  })
  readRoute(app, {
    url: '/level-reviews/:bidId',
    operationId: 'readLevelReview',
    summary: 'Read a bid at a level of review',
    tag,
    description:
      'With its content and what the levels decided. A level reads what has reached it, a bidder why its bid came back.',
    allow: ReadLevelReview,
    params: ItemParams,
    answer: LevelReviewBody,
    run: async (work, { params }) => offerLevel(work, await readLevelReview(work, params.bidId)),
    present: levelBody,
  })
  listRoute(app, {
    url: '/level-reviews',
    operationId: 'listLevelReviews',
    summary: 'List bids at the levels of review, latest bid first',
    tag,
    allow: ListLevelReviews,
    query: PanelFilter,
    item: LevelHeadBody,
    pageTitle: 'LevelReviewPage',
    sortedBy: 'bidId',
    run: (work, { query, limit, after }) => readLevelReviews(work, query, limit, after),
    present: headBody,
  })
}

function headBody({ bidId, roundId, state, position, reached, dueOn, organizationIds, createdAt }: LevelReview) {
  return {
    ...{ bidId, roundId, state, position, reached, dueOn, organizationIds: [...organizationIds] },
    createdAt: createdAt.toISOString(),
  }
}

function levelBody(record: Offered<LevelReviewRecord>) {
  return {
    ...headBody(record),
    decisions: record.decisions.map(({ bidId: _bidId, decidedBy: _decidedBy, decidedAt, ...decision }) => ({
      ...decision,
      decidedAt: decidedAt.toISOString(),
    })),
    bid: judgedBidBody(record.judged),
    actions: [...record.actions],
  }
}
