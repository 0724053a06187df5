import type { FastifyInstance } from 'fastify'
import { commandRoute } from '../../../platform/http/route.ts'
import {
  CancelRound,
  presentRound,
  RoundBody,
  RoundCancellation,
  RoundNotInState,
  RoundParams,
} from '../../rounds/index.ts'
import { cancelRoundAndSettle } from '../service/cancelling.ts'

/** Stands here and not with the rounds, because awards, notices and objections end in the same breath. */
export function cancellingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/cancellation',
    operationId: 'cancelRound',
    summary: 'Cancel a round',
    tag: 'Rounds',
    description:
      'Possible until the awards are approved. Its deadlines ring no more; its awards end and their pools get the money back, its open notices are withdrawn with the reason, and open objections are settled. What no notice has told stays untold. Its needs may be carried over.',
    allow: CancelRound,
    params: RoundParams,
    body: RoundCancellation,
    ifMatch: true,
    status: 200,
    answer: RoundBody,
    problems: [RoundNotInState],
    run: (work, { params, body }) => cancelRoundAndSettle(work, params.roundId, body.reason),
    present: presentRound,
  })
}
