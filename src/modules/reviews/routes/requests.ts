import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { DecideRecusal, ListRecusalRequests, ReadRecusalRequest, RequestRecusal } from '../policy/index.ts'
import { NotOnPanel, PanelMissing, RecusalRequestNotInState, RecusalTooLate } from '../problems/index.ts'
import type { RecusalRequest } from '../rules/requests.ts'
import { NewRecusalRequest, RecusalDecision, RecusalRequestBody, RequestParams } from '../schemas/panels.ts'
import { decideRecusal, readRecusalRequest, readRecusalRequests, requestRecusal } from '../service/requests.ts'

const tag = 'Reviews'

export function requestRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/recusal-requests',
    operationId: 'requestRecusal',
    summary: 'Ask that an expert step aside from the own bid',
    tag,
    description: 'While the round is under review. The answer does not tell whether such an expert judges the bid.',
    allow: RequestRecusal,
    body: NewRecusalRequest,
    status: 201,
    answer: RecusalRequestBody,
    problems: [RoundNotInState],
    location: (request) => `/recusal-requests/${request.id}`,
    run: (work, { body }) => requestRecusal(work, body),
    present: requestBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/recusal-requests/:requestId/decision',
    operationId: 'decideRecusalRequest',
    summary: 'Decide on a request for recusal',
    tag,
    description:
      'Granted: a sheet signed for that bid is void, the next alternate steps in, and a ranking has to be made again.',
    allow: DecideRecusal,
    params: RequestParams,
    body: RecusalDecision,
    ifMatch: true,
    status: 200,
    answer: RecusalRequestBody,
    problems: [RecusalRequestNotInState, PanelMissing, NotOnPanel, RecusalTooLate],
    run: (work, { params, body }) => decideRecusal(work, params.requestId, body),
    present: requestBody,
  })
  readRoute(app, {
    url: '/recusal-requests/:requestId',
    operationId: 'readRecusalRequest',
    summary: 'Read a request for recusal',
    tag,
    description:
      'For the host’s side, and for the agency that made it. Until the notice of the round the agency reads it as it was made: the outcome would tell who judges.',
    allow: ReadRecusalRequest,
    params: RequestParams,
    answer: RecusalRequestBody,
    run: (work, { params }) => readRecusalRequest(work, params.requestId),
    present: requestBody,
  })
  listRoute(app, {
    url: '/recusal-requests',
    operationId: 'listRecusalRequests',
    summary: 'List requests for recusal, newest first',
    tag,
    description:
      'The host’s side sees those of its rounds, an agency the own ones, whose outcome it reads from the notice on.',
    allow: ListRecusalRequests,
    item: RecusalRequestBody,
    pageTitle: 'RecusalRequestPage',
    run: (work, { limit, after }) => readRecusalRequests(work, limit, after),
    present: requestBody,
  })
}

function requestBody({ version: _version, decidedBy: _decidedBy, decidedAt, createdAt, ...request }: RecusalRequest) {
  return { ...request, decidedAt: decidedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() }
}
