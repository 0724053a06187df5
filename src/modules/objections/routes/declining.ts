import type { FastifyInstance } from 'fastify'
import { commandRoute } from '../../../platform/http/route.ts'
import {
  AwardBody,
  AwardDecline,
  AwardNotInState,
  AwardParams,
  DeclineAward,
  presentAward,
} from '../../awards/index.ts'
import { declineAndSettle } from '../service/declining.ts'

/** Stands here and not with the awards, because what was objected to the award is settled in the same breath. */
export function decliningRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/awards/:awardId/decline',
    operationId: 'declineAward',
    summary: 'Decline an award',
    tag: 'Awards',
    description:
      'By the agency, until a meeting has confirmed it. The money goes back to its pools, and the best reserve bid of the need that reached the pass line is proposed instead. Open objections to the award are settled.',
    allow: DeclineAward,
    params: AwardParams,
    body: AwardDecline,
    ifMatch: true,
    status: 200,
    answer: AwardBody,
    problems: [AwardNotInState],
    run: (work, { params, body }) => declineAndSettle(work, params.awardId, body.reason),
    present: presentAward,
  })
}
