import type { FastifyInstance } from 'fastify'
import type { DrawRecord } from '../../../kernel/draw.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { AnnounceDraw, ChangeDraw, ListDraws, ReadDraw, ReadDrawRecord } from '../policy/index.ts'
import {
  DrawCandidateUnknown,
  DrawImpossible,
  DrawNotInState,
  DrawSeedInvalid,
  DrawStands,
  FormalCheckUnfinished,
  PanelExists,
  ReviewDayInvalid,
  ReviewSettled,
} from '../problems/index.ts'
import { type ExpertDraw, reserve } from '../rules/draw.ts'
import {
  AbandonmentBody,
  DrawHeadBody,
  DrawParams,
  DrawRecordBody,
  DropOutBody,
  ExpertDrawBody,
  NewExpertDraw,
  RevealBody,
  RoundOfDraws,
} from '../schemas/draws.ts'
import {
  abandonDraw,
  announceDraw,
  dropOutOfDraw,
  readDraw,
  readDrawRecord,
  readDraws,
  revealDraw,
} from '../service/draws.ts'
import { type Offered, offerDraw } from '../service/offers.ts'

const tag = 'Reviews'

export function drawRoutes(app: FastifyInstance, { keys }: Pick<ModuleDeps, 'keys'>): void {
  announcingRoutes(app, keys)
  changingRoutes(app)
  readingRoutes(app)
}

function announcingRoutes(app: FastifyInstance, keys: ModuleDeps['keys']): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/expert-draws',
    operationId: 'announceExpertDraw',
    summary: 'Announce a draw of experts',
    tag,
    description:
      'Freezes the host’s pool with conflicts and rotations, and publishes the commitments: the SHA-256 of the host’s seed (or none) and of a seed that the service draws after that. Terms that no panel can meet are refused with the constraints that cannot hold together.',
    allow: AnnounceDraw,
    params: RoundOfDraws,
    body: NewExpertDraw,
    status: 201,
    answer: ExpertDrawBody,
    problems: [RoundNotInState, FormalCheckUnfinished, PanelExists, DrawStands, ReviewDayInvalid, DrawImpossible],
    location: (draw) => `/expert-draws/${draw.id}`,
    run: async (work, { params, body }) =>
      offerDraw(work, await announceDraw(work, keys, params.roundId, { quotas: [], commitment: null, ...body })),
    present: drawBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/expert-draws/:drawId/reveal',
    operationId: 'revealExpertDraw',
    summary: 'Show the seeds of a draw',
    tag,
    description: 'The host’s seed must be the one that was committed to. The panel follows from the seeds alone.',
    allow: ChangeDraw,
    params: DrawParams,
    body: RevealBody,
    ifMatch: true,
    status: 200,
    answer: ExpertDrawBody,
    problems: [RoundNotInState, DrawNotInState, DrawSeedInvalid],
    run: async (work, { params, body }) => offerDraw(work, await revealDraw(work, keys, params.drawId, body.seed)),
    present: drawBody,
  })
}

function changingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/expert-draws/:drawId/drop-outs',
    operationId: 'dropOutOfExpertDraw',
    summary: 'Draw the seat of an expert who cannot come again',
    tag,
    description:
      'The next in the same order who fits takes the seat; all others stay. Of a panel that is convened the seats of whoever dropped out end in the same step, sheets signed from them are void and kept, and the successor is seated. Until awards are proposed; then they are taken back first.',
    allow: ChangeDraw,
    params: DrawParams,
    body: DropOutBody,
    ifMatch: true,
    status: 200,
    answer: ExpertDrawBody,
    problems: [RoundNotInState, DrawNotInState, DrawCandidateUnknown, DrawImpossible, ReviewSettled],
    run: async (work, { params, body }) => offerDraw(work, await dropOutOfDraw(work, params.drawId, body)),
    present: drawBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/expert-draws/:drawId/abandonment',
    operationId: 'abandonExpertDraw',
    summary: 'Give a draw up',
    tag,
    description:
      'For a lost seed or a pool that became too small, until a panel is convened. The draw stays on the public list with the reason.',
    allow: ChangeDraw,
    params: DrawParams,
    body: AbandonmentBody,
    ifMatch: true,
    status: 200,
    answer: ExpertDrawBody,
    problems: [RoundNotInState, DrawNotInState, PanelExists],
    run: async (work, { params, body }) => offerDraw(work, await abandonDraw(work, params.drawId, body.reason)),
    present: drawBody,
  })
}

function readingRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/expert-draws/:drawId',
    operationId: 'readExpertDraw',
    summary: 'Read a draw with its candidates and the paths of their conflicts',
    tag,
    allow: ReadDraw,
    params: DrawParams,
    answer: ExpertDrawBody,
    run: async (work, { params }) => offerDraw(work, await readDraw(work, params.drawId)),
    present: drawBody,
  })
  readRoute(app, {
    url: '/expert-draws/:drawId/record',
    operationId: 'readExpertDrawRecord',
    summary: 'Read all that is needed to draw again',
    tag,
    description:
      'Public once the review has ended; `npm run verify-draw` checks it offline. 404 before the seeds are shown.',
    allow: ReadDrawRecord,
    params: DrawParams,
    answer: DrawRecordBody,
    run: (work, { params }) => readDrawRecord(work, params.drawId),
    present: recordBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/expert-draws',
    operationId: 'listExpertDraws',
    summary: 'List the announced draws of a round, newest first',
    tag,
    description: 'Public from the first moment: save the commitments to compare them with the record later.',
    allow: ListDraws,
    params: RoundOfDraws,
    item: DrawHeadBody,
    pageTitle: 'ExpertDrawPage',
    run: (work, { params, limit, after }) => readDraws(work, params.roundId, limit, after),
    present: headBody,
  })
}

function headBody(draw: ExpertDraw) {
  const { id, roundId, hostId, number, state, reviewOn, size, quotas, termsDigest, abandonmentReason } = draw
  return {
    ...{ id, roundId, hostId, number, state, reviewOn, size, quotas: [...quotas], termsDigest, abandonmentReason },
    commitments: { host: draw.hostCommitment, service: draw.serviceCommitment },
    revealedAt: draw.revealedAt?.toISOString() ?? null,
    createdAt: draw.createdAt.toISOString(),
  }
}

function drawBody(draw: Offered<ExpertDraw>) {
  return {
    ...headBody(draw),
    candidates: candidatesBody(draw),
    conflicts: draw.conflicts.map(({ path, ...conflict }) => ({
      ...conflict,
      path: path.map(({ one, other, kind, until }) => ({ from: one, to: other, kind, until })),
    })),
    seeds: draw.serviceSeed === null ? null : { host: draw.hostSeed, service: draw.serviceSeed },
    dropOuts: [...draw.dropOuts],
    seats: [...draw.seats],
    reserve: reserve(draw),
    actions: [...draw.actions],
  }
}

function recordBody(record: DrawRecord) {
  const { quotas, dropOuts, seats } = record
  return {
    ...record,
    ...{ quotas: [...quotas], candidates: candidatesBody(record), dropOuts: [...dropOuts], seats: [...seats] },
  }
}

function candidatesBody({ candidates }: Pick<ExpertDraw, 'candidates'>) {
  return candidates.map(({ id, fields, exclusions }) => ({ id, fields: [...fields], exclusions: [...exclusions] }))
}
