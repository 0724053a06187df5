import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import {
  ChangeExpert,
  ChangePanel,
  ConvenePanel,
  CreateExpert,
  ListExperts,
  ListPanels,
  ReadExpert,
  ReadPanel,
  StateRecusal,
} from '../policy/index.ts'
import {
  AbsenceNotUsed,
  AbsenceRecorded,
  BidNotForwarded,
  DrawRequired,
  DrawUnrevealed,
  ExpertCodeTaken,
  ExpertRecused,
  ExpertRelationsInvalid,
  FormalCheckUnfinished,
  NotOnPanel,
  PanelBelowQuorum,
  PanelExists,
  PanelMembersInvalid,
  PanelNotAsDrawn,
  RecusalTooLate,
  ReviewDayInvalid,
  ReviewNotBegun,
  ReviewSettled,
  ScoreSheetSigned,
  ScoringNotOpen,
} from '../problems/index.ts'
import type { Expert, Panel } from '../rules/seating.ts'
import {
  ExpertBody,
  ExpertParams,
  ExpertPatch,
  NewAbsence,
  NewAlternate,
  NewExpert,
  NewPanelBody,
  NewRecusal,
  PanelBody,
  PanelFilter,
  PanelHeadBody,
  PanelParams,
} from '../schemas/panels.ts'
import { recordAbsence } from '../service/absences.ts'
import { changeExpert, createExpert, readExpert, readExperts } from '../service/experts.ts'
import { type Offered, offerPanel } from '../service/offers.ts'
import { addAlternate, convenePanel, type PanelHead, readPanel, readPanels } from '../service/panels.ts'
import { stateRecusal, voidSeat } from '../service/seats.ts'

const tag = 'Reviews'
const NO_RELATIONS = { fields: [], employments: [], relations: [], conflictOrganizationIds: [] }

export function panelRoutes(app: FastifyInstance): void {
  expertRoutes(app)
  reviewPanelRoutes(app)
}

function expertRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/experts',
    operationId: 'createExpert',
    summary: 'Put an expert on record',
    tag,
    description:
      'An expert of the caller’s host, known by a code. Employments, declared relations and conflicts decide from which bids the expert steps aside.',
    allow: CreateExpert,
    body: NewExpert,
    status: 201,
    answer: ExpertBody,
    problems: [ExpertCodeTaken, ExpertRelationsInvalid],
    location: (expert) => `/experts/${expert.id}`,
    run: (work, { body }) => createExpert(work, { ...NO_RELATIONS, ...body }),
    present: expertBody,
  })
  commandRoute(app, {
    method: 'PATCH',
    url: '/experts/:expertId',
    operationId: 'changeExpert',
    summary: 'Change an expert',
    tag,
    description: 'Lists are replaced as a whole. Panels that are convened already stay as they are.',
    allow: ChangeExpert,
    params: ExpertParams,
    body: ExpertPatch,
    ifMatch: true,
    status: 200,
    answer: ExpertBody,
    problems: [ExpertCodeTaken, ExpertRelationsInvalid],
    run: (work, { params, body }) => changeExpert(work, params.expertId, body),
    present: expertBody,
  })
  readRoute(app, {
    url: '/experts/:expertId',
    operationId: 'readExpert',
    summary: 'Read an expert',
    tag,
    allow: ReadExpert,
    params: ExpertParams,
    answer: ExpertBody,
    run: (work, { params }) => readExpert(work, params.expertId),
    present: expertBody,
  })
  listRoute(app, {
    url: '/experts',
    operationId: 'listExperts',
    summary: 'List the experts of the own host, newest first',
    tag,
    allow: ListExperts,
    item: ExpertBody,
    pageTitle: 'ExpertPage',
    run: (work, { limit, after }) => readExperts(work, limit, after),
    present: expertBody,
  })
}

function reviewPanelRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/review-panels',
    operationId: 'convenePanel',
    summary: 'Convene the panel of a round',
    tag,
    description:
      'In a round under review whose formal check is finished. Members who worked for the bidder (or its filed group) within the policy’s look-back, or declared a conflict, step aside from that bid; alternates fill the gap in their order (S53). Members and alternates together fill at least the seats of the policy.',
    allow: ConvenePanel,
    body: NewPanelBody,
    status: 201,
    answer: PanelBody,
    problems: [
      RoundNotInState,
      FormalCheckUnfinished,
      PanelExists,
      PanelMembersInvalid,
      ReviewDayInvalid,
      DrawRequired,
      DrawUnrevealed,
      PanelNotAsDrawn,
    ],
    location: (panel) => `/review-panels/${panel.id}`,
    run: async (work, { body }) => offerPanel(work, await convenePanel(work, { alternates: [], ...body })),
    present: panelBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-panels/:panelId/alternates',
    operationId: 'addAlternate',
    summary: 'Add an alternate to a panel',
    tag,
    description: 'The expert takes the seats that are empty, and no others: the way out for a bid below its quorum.',
    allow: ChangePanel,
    params: PanelParams,
    body: NewAlternate,
    ifMatch: true,
    status: 200,
    answer: PanelBody,
    problems: [RoundNotInState, PanelMembersInvalid, PanelNotAsDrawn, ReviewSettled],
    run: async (work, { params, body }) => offerPanel(work, await addAlternate(work, params.panelId, body.expertId)),
    present: panelBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-panels/:panelId/recusals',
    operationId: 'stateRecusal',
    summary: 'State that an expert steps aside from a bid',
    tag,
    description:
      'By the expert, or by the host on request. A sheet signed for that bid is void, the next alternate steps in, and a ranking has to be computed anew. Until awards are proposed.',
    allow: StateRecusal,
    params: PanelParams,
    body: NewRecusal,
    ifMatch: true,
    status: 200,
    answer: PanelBody,
    problems: [NotOnPanel, RecusalTooLate],
    run: async (work, { params, body }) => offerPanel(work, await stateRecusal(work, params.panelId, body)),
    present: panelBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-panels/:panelId/voidings',
    operationId: 'voidSeat',
    summary: 'Void the seat of an expert who should have stepped aside',
    tag,
    description:
      'A recusal found late. The sheet signed for that bid is void and kept, the next alternate steps in, the quorum counts again, and the ranking has to be made again. Until awards are proposed; then they are taken back first.',
    allow: ChangePanel,
    params: PanelParams,
    body: NewRecusal,
    ifMatch: true,
    status: 200,
    answer: PanelBody,
    problems: [NotOnPanel, RecusalTooLate],
    run: async (work, { params, body }) => offerPanel(work, await voidSeat(work, params.panelId, body)),
    present: panelBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/review-panels/:panelId/absences',
    operationId: 'recordAbsence',
    summary: 'Record that an expert did not come to vote on a bid',
    tag,
    description:
      'Where the panel votes, once the vote is open. Opinion and ranking wait for that vote no longer; it counts as not cast, and the quorum of the policy decides. Who comes before the opinion votes still.',
    allow: ChangePanel,
    params: PanelParams,
    body: NewAbsence,
    ifMatch: true,
    status: 200,
    answer: PanelBody,
    problems: [
      RoundNotInState,
      NotOnPanel,
      AbsenceNotUsed,
      AbsenceRecorded,
      ExpertRecused,
      ReviewNotBegun,
      ReviewSettled,
      BidNotForwarded,
      PanelBelowQuorum,
      ScoringNotOpen,
      ScoreSheetSigned,
    ],
    run: async (work, { params, body }) => offerPanel(work, await recordAbsence(work, params.panelId, body)),
    present: panelBody,
  })
  readRoute(app, {
    url: '/review-panels/:panelId',
    operationId: 'readPanel',
    summary: 'Read a panel with its seats and recusals',
    tag,
    allow: ReadPanel,
    params: PanelParams,
    answer: PanelBody,
    run: async (work, { params }) => offerPanel(work, await readPanel(work, params.panelId)),
    present: panelBody,
  })
  listRoute(app, {
    url: '/review-panels',
    operationId: 'listPanels',
    summary: 'List the panels of the own host, newest first',
    tag,
    allow: ListPanels,
    query: PanelFilter,
    item: PanelHeadBody,
    pageTitle: 'ReviewPanelPage',
    run: (work, { query, limit, after }) => readPanels(work, query, limit, after),
    present: panelHeadBody,
  })
}

function expertBody({ version: _version, createdAt, ...expert }: Expert) {
  return {
    ...expert,
    fields: [...expert.fields],
    employments: [...expert.employments],
    relations: [...expert.relations],
    conflictOrganizationIds: [...expert.conflictOrganizationIds],
    createdAt: createdAt.toISOString(),
  }
}

function panelHeadBody({ id, roundId, hostId, reviewOn, size, quorum, createdAt }: PanelHead) {
  return { id, roundId, hostId, reviewOn, size, quorum, createdAt: createdAt.toISOString() }
}

function panelBody(panel: Offered<Panel>) {
  const byBid = Map.groupBy(panel.seats, ({ bidId }) => bidId)
  return {
    ...panelHeadBody(panel),
    members: [...panel.members],
    seats: panel.seats.map(({ position: _position, ...seat }) => seat),
    belowQuorum: [...byBid]
      .filter(([, seats]) => seats.filter(({ state }) => state === 'seated').length < panel.quorum)
      .map(([bidId]) => bidId),
    rankingWithdrawals: [...panel.rankingWithdrawals],
    actions: [...panel.actions],
  }
}
