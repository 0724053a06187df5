import type { FastifyInstance } from 'fastify'
import { formatPoints, parsePoints } from '../../../kernel/points.ts'
import { formatFraction, fraction, reduced } from '../../../kernel/ratio.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import {
  DrawLot,
  ListAssignedBids,
  ListScoreSheets,
  RankBids,
  ReadAssignedBid,
  ReadRanking,
  ReadScoreSheet,
  SignScoreSheet,
} from '../policy.ts'
import {
  ExpertRecused,
  LeaveOutInvalid,
  LotBeforeOpening,
  LotInFuture,
  LotNotRequired,
  LotRequired,
  PanelBelowQuorum,
  PanelMissing,
  ReviewNotBegun,
  ScoreResultsMissing,
  ScoreSheetInvalid,
  ScoreSheetSigned,
  ScoreSheetsMissing,
} from '../problems.ts'
import type { RankingEntry, WrittenFraction } from '../rules/ranking.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import {
  AssignedBidBody,
  AssignedBidParams,
  AssignmentBody,
  LotDrawingBody,
  NewLotDrawing,
  NewRanking,
  NewScoreSheet,
  PanelFilter,
  RankingBody,
  RoundParams,
  ScoreSheetBody,
  ScoreSheetFilter,
  ScoreSheetParams,
} from '../schemas.ts'
import { drawLot, type RankedRound, rankRound, readLots, readRanking } from '../service/ranking.ts'
import {
  type AssignedBid,
  judgedCriteria,
  readAssignedBid,
  readAssignments,
  readScoreSheet,
  readScoreSheets,
  signScoreSheet,
} from '../service/sheets.ts'

const tag = 'Reviews'

export function scoringRoutes(app: FastifyInstance): void {
  assignmentRoutes(app)
  sheetRoutes(app)
  rankingRoutes(app)
}

function assignmentRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/assigned-bids/:bidId',
    operationId: 'readAssignedBid',
    summary: 'Read a bid that is assigned to the calling expert',
    tag,
    description: 'The submitted content with need, project and the criteria to score. Other bids do not exist here.',
    allow: ReadAssignedBid,
    params: AssignedBidParams,
    answer: AssignedBidBody,
    run: (work, { params }) => readAssignedBid(work, params.bidId),
    present: assignedBidBody,
  })
  listRoute(app, {
    url: '/assigned-bids',
    operationId: 'listAssignedBids',
    summary: 'List the bids assigned to the calling expert',
    tag,
    description: 'Latest bid first, with the expert’s own sheet where it is signed, and those stepped aside from.',
    allow: ListAssignedBids,
    query: PanelFilter,
    item: AssignmentBody,
    pageTitle: 'AssignedBidPage',
    run: (work, { query, limit, after }) => readAssignments(work, query, limit, after),
    present: (assignment) => assignment,
  })
}

function sheetRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/score-sheets',
    operationId: 'signScoreSheet',
    summary: 'Sign a score sheet',
    tag,
    description:
      'The calling expert scores a bid it is seated for: exactly the criteria of the policy, none above its maximum. Scores lock on signature (D2-15). Refused while the panel of that bid is below its quorum.',
    allow: SignScoreSheet,
    body: NewScoreSheet,
    status: 201,
    answer: ScoreSheetBody,
    problems: [RoundNotInState, PanelBelowQuorum, ExpertRecused, ReviewNotBegun, ScoreSheetSigned, ScoreSheetInvalid],
    location: (sheet) => `/score-sheets/${sheet.id}`,
    run: (work, { body }) =>
      signScoreSheet(work, {
        bidId: body.bidId,
        remark: body.remark ?? null,
        items: body.items.map(({ criterion, points }) => ({ criterion, hundredths: parsePoints(points) })),
      }),
    present: sheetBody,
  })
  readRoute(app, {
    url: '/score-sheets/:sheetId',
    operationId: 'readScoreSheet',
    summary: 'Read a score sheet',
    tag,
    allow: ReadScoreSheet,
    params: ScoreSheetParams,
    answer: ScoreSheetBody,
    run: (work, { params }) => readScoreSheet(work, params.sheetId),
    present: sheetBody,
  })
  listRoute(app, {
    url: '/score-sheets',
    operationId: 'listScoreSheets',
    summary: 'List score sheets, newest first',
    tag,
    description: 'All of the own host for host, operator and auditor; an expert sees the own ones.',
    allow: ListScoreSheets,
    query: ScoreSheetFilter,
    item: ScoreSheetBody,
    pageTitle: 'ScoreSheetPage',
    run: (work, { query, limit, after }) => readScoreSheets(work, query, limit, after),
    present: sheetBody,
  })
}

function rankingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/ranking',
    operationId: 'rankBids',
    summary: 'Rank the judged bids of a round',
    tag,
    description:
      'When all sheets are signed and all results from outside the panel are on record. Totals are made of the parts that the policy weighs and compared as exact fractions, extremes dropped as the policy says, ties broken by its chain; where only a lot can decide, `lot_required` names the bids. May be repeated until awards are proposed.',
    allow: RankBids,
    params: RoundParams,
    body: NewRanking,
    status: 200,
    answer: RankingBody,
    problems: [
      RoundNotInState,
      PanelMissing,
      PanelBelowQuorum,
      LeaveOutInvalid,
      ScoreSheetsMissing,
      ScoreResultsMissing,
      LotRequired,
    ],
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
    problems: [
      RoundNotInState,
      PanelMissing,
      PanelBelowQuorum,
      LeaveOutInvalid,
      ScoreSheetsMissing,
      ScoreResultsMissing,
      LotNotRequired,
      LotBeforeOpening,
      LotInFuture,
    ],
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

function assignedBidBody({ bid, need, project, round }: AssignedBid) {
  return {
    bidId: bid.id,
    roundId: bid.roundId,
    organizationId: bid.organizationId,
    sponsoredGroupId: bid.sponsoredGroupId,
    need: { id: need.id, title: need.title, text: need.description },
    project: { id: project.id, title: project.title, text: project.summary },
    content:
      bid.content === null
        ? null
        : {
            ...bid.content,
            budgetLines: [...bid.content.budgetLines],
            attachments: [...bid.content.attachments],
            otherFunding: [...bid.content.otherFunding],
          },
    criteria: judgedCriteria(round).map(({ code, max }) => ({ code, max })),
  }
}

function sheetBody(sheet: ScoreSheet) {
  const { id, bidId, expertId, roundId, remark } = sheet
  return {
    id,
    bidId,
    expertId,
    roundId,
    items: sheet.items.map(({ criterion, hundredths }) => ({ criterion, points: formatPoints(hundredths) })),
    total: formatPoints(sheet.totalHundredths),
    remark,
    signedAt: sheet.signedAt.toISOString(),
    voidedAt: sheet.voidedAt?.toISOString() ?? null,
  }
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
function pointsBody({ numerator, denominator }: WrittenFraction) {
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
