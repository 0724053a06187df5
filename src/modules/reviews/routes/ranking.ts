import type { FastifyInstance } from 'fastify'
import { formatPoints } from '../../../kernel/points.ts'
import { type Fraction, formatFraction, fraction, reduced } from '../../../kernel/ratio.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { DrawLot, RankBids, ReadRanking, WithdrawRanking } from '../policy/index.ts'
import {
  BidNotForwarded,
  LeaveOutInvalid,
  LotBeforeOpening,
  LotInFuture,
  LotNotRequired,
  LotRequired,
  NothingToWithdraw,
  OpinionsMissing,
  OutlierReasonsMissing,
  PanelBelowQuorum,
  PanelMissing,
  ReviewSettled,
  ScoreResultsMissing,
  ScoreSheetsInConflict,
  ScoreSheetsMissing,
  VotesBelowQuorum,
} from '../problems/index.ts'
import type { RankingEntry, WrittenFraction } from '../rules/ranking.ts'
import {
  LotDrawingBody,
  NewLotDrawing,
  NewRanking,
  NewWithdrawal,
  RankingBody,
  WithdrawalBody,
} from '../schemas/ranking.ts'
import { RoundParams } from '../schemas/words.ts'
import { drawLot, type RankedRound, rankRound, readLots, readRanking } from '../service/ranking.ts'
import { withdrawRanking } from '../service/withdrawal.ts'

const tag = 'Reviews'
/** What a contest can lack. */
const UNREADY = [
  RoundNotInState,
  ReviewSettled,
  PanelMissing,
  BidNotForwarded,
  PanelBelowQuorum,
  LeaveOutInvalid,
  ScoreSheetsInConflict,
  ScoreSheetsMissing,
  VotesBelowQuorum,
  OpinionsMissing,
  OutlierReasonsMissing,
  ScoreResultsMissing,
]

export function rankingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/ranking',
    operationId: 'rankBids',
    summary: 'Rank the judged bids of a round',
    tag,
    description:
      'When all sheets are signed, far ones have their reason, opinions are published where a session is held, and all results from outside the panel are on record. Totals are made of the parts that the policy weighs and compared as exact fractions, extremes dropped as the policy says, ties broken by its chain; where only a lot can decide, `lot_required` names the bids. May be repeated until awards are proposed.',
    allow: RankBids,
    params: RoundParams,
    body: NewRanking,
    status: 200,
    answer: RankingBody,
    problems: [...UNREADY, LotRequired],
    run: (work, { params, body }) => rankRound(work, params.roundId, body.leaveOut ?? []),
    present: rankingBody,
  })
  readRoute(app, {
    url: '/rounds/:roundId/ranking',
    operationId: 'readRanking',
    summary: 'Read the ranking of a round',
    tag,
    allow: ReadRanking,
    params: RoundParams,
    answer: RankingBody,
    run: (work, { params }) => readRanking(work, params.roundId),
    present: rankingBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/ranking-withdrawal',
    operationId: 'withdrawRanking',
    summary: 'Withdraw a ranking because of an error',
    tag,
    description:
      'Before awards rest on it. Sheets can be corrected and results recorded again; then the round is ranked anew. The reason stays with the panel (`rankingWithdrawals`).',
    allow: WithdrawRanking,
    params: RoundParams,
    body: NewWithdrawal,
    status: 200,
    answer: WithdrawalBody,
    problems: [RoundNotInState, ReviewSettled, NothingToWithdraw],
    run: (work, { params, body }) => withdrawRanking(work, params.roundId, body),
    present: (withdrawal) => withdrawal,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/lot-drawings',
    operationId: 'recordLot',
    summary: 'Put a public lot on record',
    tag,
    description:
      'Among exactly the bids that remain tied after every rule, in the order in which they were drawn, with place and witnesses. Then rank again.',
    allow: DrawLot,
    params: RoundParams,
    body: NewLotDrawing,
    status: 201,
    answer: LotDrawingBody,
    problems: [...UNREADY, LotNotRequired, LotBeforeOpening, LotInFuture],
    run: (work, { params, body }) =>
      drawLot(work, params.roundId, { leaveOut: [], ...body, drawnAt: new Date(body.drawnAt) }),
    present: lotBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/lot-drawings',
    operationId: 'listLots',
    summary: 'List the lots of a round, newest first',
    tag,
    allow: ReadRanking,
    params: RoundParams,
    item: LotDrawingBody,
    pageTitle: 'LotDrawingPage',
    run: (work, { params, limit, after }) => readLots(work, params.roundId, limit, after),
    present: lotBody,
  })
}

function rankingBody({ id, roundId, entries, withoutResult, computedAt, needOf }: RankedRound) {
  const placed = new Map<string, number>()
  return {
    id,
    roundId,
    entries: entries.map((entry) => {
      const needId = needOf(entry.bidId)
      const rankInNeed = (placed.get(needId) ?? 0) + 1
      placed.set(needId, rankInNeed)
      return { ...entryBody(entry), needId, rankInNeed }
    }),
    withoutResult: [...withoutResult],
    computedAt: computedAt.toISOString(),
  }
}

function entryBody({ sumHundredths, droppedExpertIds, outlierExpertIds, ...entry }: RankingEntry) {
  return {
    ...entry,
    sum: formatPoints(sumHundredths),
    mean: formatFraction(fraction(sumHundredths, entry.count * 100)),
    total: pointsBody(entry.total),
    components: entry.components.map(({ code, ...hundredths }) => ({ code, ...pointsBody(hundredths) })),
    droppedExpertIds: [...droppedExpertIds],
    outlierExpertIds: [...outlierExpertIds],
  }
}

/** Hundredths of a point, as they are kept, become points to show and points in full. */
export function pointsBody({ numerator, denominator }: WrittenFraction | Fraction) {
  const points = reduced(fraction(BigInt(numerator), BigInt(denominator) * 100n))
  return {
    points: formatFraction(points),
    exact: points.denominator === 1n ? String(points.numerator) : `${points.numerator}/${points.denominator}`,
  }
}

function lotBody(lot: Awaited<ReturnType<typeof drawLot>>) {
  const { id, roundId, place, drawnAt } = lot
  return { id, roundId, bidIds: [...lot.bidIds], place, witnesses: [...lot.witnesses], drawnAt: drawnAt.toISOString() }
}
