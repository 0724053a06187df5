import type { FastifyInstance } from 'fastify'
import { commandRoute } from '../../../platform/http/route.ts'
import {
  AwardBody,
  AwardBudgetNotDue,
  AwardCancellation,
  AwardDecline,
  AwardNotInState,
  AwardParams,
  CancelAward,
  DeclineAward,
  presentAward,
} from '../../awards/index.ts'
import { declineAndSettle, giveUpAndSettle } from '../service/declining.ts'

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
  commandRoute(app, {
    method: 'POST',
    url: '/awards/:awardId/cancellation',
    operationId: 'cancelAward',
    summary: 'Give an award up for the host',
    tag: 'Awards',
    description:
      'Waits no longer for the revised budget of a cut award, while it awaits one and the policy sets no day for it; where it sets one, silence counts as declining by itself. Or takes an award, until its project runs, from a bidder that is banned, deregistered, listed or in debt by now, or that has taken its project off the list. The money goes back, and the best reserve bid of the need that reached the pass line is proposed instead. The agency reads the reason.',
    allow: CancelAward,
    params: AwardParams,
    body: AwardCancellation,
    ifMatch: true,
    status: 200,
    answer: AwardBody,
    problems: [AwardNotInState, AwardBudgetNotDue],
    run: (work, { params, body }) => giveUpAndSettle(work, params.awardId, body.reason),
    present: presentAward,
  })
}
