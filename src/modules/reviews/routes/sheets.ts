import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { fenOf } from '../../../kernel/money.ts'
import { formatPoints, parsePoints } from '../../../kernel/points.ts'
import { type Language, sentence } from '../../../kernel/problem.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import {
  CorrectScoreSheet,
  ListAssignedBids,
  ListScoreSheets,
  ReadAssignedBid,
  ReadScoreSheet,
  SignScoreSheet,
} from '../policy/index.ts'
import {
  BidNotForwarded,
  ExpertRecused,
  OutlierReasonNotNeeded,
  PanelBelowQuorum,
  ReviewNotBegun,
  ReviewSettled,
  ScoreSheetCorrectionTooLate,
  ScoreSheetInvalid,
  ScoreSheetSigned,
  ScoreSheetUnchanged,
  ScoreSheetVoid,
  ScoringNotOpen,
  TooManyScores,
} from '../problems/index.ts'
import type { ScoreSheet, SheetContent } from '../rules/sheets.ts'
import { PanelFilter } from '../schemas/panels.ts'
import {
  AssignedBidBody,
  AssignedBidParams,
  AssignmentBody,
  NewCorrection,
  NewOutlierReason,
  NewScoreSheet,
  NewScoreSheets,
  OfferedSheetBody,
  ScoreSheetBody,
  ScoreSheetFilter,
  ScoreSheetParams,
  SheetOutcomesBody,
} from '../schemas/scoring.ts'
import { readAssignedBid, readAssignments } from '../service/assignments.ts'
import { type Offered, offerSheet, offerSheets } from '../service/offers.ts'
import {
  correctScoreSheet,
  giveOutlierReason,
  readScoreSheet,
  readScoreSheets,
  type SheetOutcome,
  signScoreSheet,
  signScoreSheets,
} from '../service/sheets.ts'
import { assignedBidBody, sheetBody } from './present.ts'

const tag = 'Reviews'
const JUDGING = [
  RoundNotInState,
  BidNotForwarded,
  PanelBelowQuorum,
  ExpertRecused,
  ReviewNotBegun,
  ScoringNotOpen,
  ScoreSheetInvalid,
]

export function sheetRoutes(app: FastifyInstance): void {
  assignmentRoutes(app)
  signingRoutes(app)
  correctionRoutes(app)
  readingRoutes(app)
}

function assignmentRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/assigned-bids/:bidId',
    operationId: 'readAssignedBid',
    summary: 'Read a bid that is assigned to the calling expert',
    tag,
    description:
      'The submitted content with need, project and the criteria to score; in a blind round nothing that names the bidder, and no identifier of the project. Other bids do not exist here.',
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

function signingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/score-sheets',
    operationId: 'signScoreSheet',
    summary: 'Sign a score sheet, or vote',
    tag,
    description:
      'The calling expert judges a bid it is seated for: exactly the criteria of the policy, none above its maximum, or a vote. Locks on signature (D2-15). Refused while the panel of that bid is below its quorum and, where the policy holds a session, before its scoring is open.',
    allow: SignScoreSheet,
    body: NewScoreSheet,
    status: 201,
    answer: ScoreSheetBody,
    problems: [...JUDGING, ReviewSettled, ScoreSheetSigned],
    location: (sheet) => `/score-sheets/${sheet.id}`,
    run: (work, { body }) => signScoreSheet(work, { bidId: body.bidId, ...contentOf(body) }),
    present: sheetBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/score-sheets/batch',
    operationId: 'signScoreSheets',
    summary: 'Sign many score sheets at once',
    tag,
    description:
      'Up to 1,000 scores of the calling expert. Each sheet is taken whole or refused with the problem that it would meet alone; none hinders another. Sent again under its Idempotency-Key it has the same answer.',
    allow: SignScoreSheet,
    body: NewScoreSheets,
    idempotencyKey: 'required',
    status: 200,
    answer: SheetOutcomesBody,
    problems: [TooManyScores],
    run: (work, { body }) =>
      signScoreSheets(
        work,
        body.sheets.map(({ bidId, ...content }) => ({ bidId, ...contentOf(content) })),
      ),
    present: (outcomes, language) => ({ outcomes: outcomes.map((outcome) => outcomeBody(outcome, language)) }),
  })
}

function correctionRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/score-sheets/:sheetId/correction',
    operationId: 'correctScoreSheet',
    summary: 'Correct a signed sheet with a reason',
    tag,
    description:
      'Until the ranking is made. The old sheet stays on record as it was signed, void; the new one names it in `corrects`.',
    allow: CorrectScoreSheet,
    params: ScoreSheetParams,
    body: NewCorrection,
    status: 201,
    answer: ScoreSheetBody,
    problems: [...JUDGING, ScoreSheetVoid, ScoreSheetCorrectionTooLate, ScoreSheetUnchanged],
    location: (sheet) => `/score-sheets/${sheet.id}`,
    run: (work, { params, body }) =>
      correctScoreSheet(work, params.sheetId, { ...contentOf(body), reason: body.reason }),
    present: sheetBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/score-sheets/:sheetId/outlier-reason',
    operationId: 'giveOutlierReason',
    summary: 'Say why a sheet is far from the others',
    tag,
    description:
      'Once, where the total differs from the mean of the others by more than the policy’s gap; the ranking waits for it. The sheet counts as it is.',
    allow: CorrectScoreSheet,
    params: ScoreSheetParams,
    body: NewOutlierReason,
    status: 200,
    answer: ScoreSheetBody,
    problems: [RoundNotInState, ScoreSheetVoid, OutlierReasonNotNeeded],
    run: (work, { params, body }) => giveOutlierReason(work, params.sheetId, body.reason),
    present: sheetBody,
  })
}

function readingRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/score-sheets/:sheetId',
    operationId: 'readScoreSheet',
    summary: 'Read a score sheet',
    tag,
    allow: ReadScoreSheet,
    params: ScoreSheetParams,
    answer: OfferedSheetBody,
    run: async (work, { params }) => offerSheet(work, await readScoreSheet(work, params.sheetId)),
    present: offeredSheetBody,
  })
  listRoute(app, {
    url: '/score-sheets',
    operationId: 'listScoreSheets',
    summary: 'List score sheets, newest first',
    tag,
    description: 'All of the own host for host, operator and auditor; an expert sees the own ones.',
    allow: ListScoreSheets,
    query: ScoreSheetFilter,
    item: OfferedSheetBody,
    pageTitle: 'ScoreSheetPage',
    run: async (work, { query, limit, after }) => {
      const page = await readScoreSheets(work, query, limit, after)
      return { ...page, items: await offerSheets(work, page.items) }
    },
    present: offeredSheetBody,
  })
}

function offeredSheetBody(sheet: Offered<ScoreSheet>) {
  return { ...sheetBody(sheet), actions: [...sheet.actions] }
}

function contentOf(body: Omit<Static<typeof NewScoreSheet>, 'bidId'>): SheetContent {
  const { items = [], vote = null, recommendedAmount = null, remark = null } = body
  return {
    items: items.map(({ criterion, points }) => ({ criterion, hundredths: parsePoints(points) })),
    vote,
    recommendedFen: recommendedAmount === null ? null : fenOf(recommendedAmount),
    remark,
  }
}

function outcomeBody({ bidId, sheet, refusal }: SheetOutcome, language: Language) {
  return {
    bidId,
    status: sheet === null ? ('refused' as const) : ('signed' as const),
    sheetId: sheet?.id ?? null,
    total: sheet === null ? null : formatPoints(sheet.totalHundredths),
    problem: refusal && {
      code: refusal.problem.code,
      detail: sentence(refusal.problem.detail[language], refusal.parameters, language),
      errors: refusal.errors.map(({ pointer, code, detail }) => ({ pointer, code, detail })),
    },
  }
}
