import type { FastifyInstance } from 'fastify'
import { money } from '../../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { BidParams } from '../../bids/index.ts'
import { ListAwards, ReadAward, ReadBidResult, SubmitAwardBudget } from '../policy.ts'
import { AwardNotInState, BudgetSumDiffers, RatioRuleBroken } from '../problems.ts'
import { AwardBody, AwardFilter, AwardParams, BidResultBody, NewAwardBudget } from '../schemas/awards.ts'
import { readAward, readAwards, submitAwardBudget } from '../service/changes.ts'
import { readBidResult } from '../service/results.ts'
import { resultBody, toBody } from './present.ts'

const tag = 'Awards'
const onAward = { tag, params: AwardParams, ifMatch: true, status: 200, answer: AwardBody, present: toBody } as const

export function awardRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    ...onAward,
    method: 'POST',
    url: '/awards/:awardId/budget',
    operationId: 'submitAwardBudget',
    summary: 'Submit the revised budget of a cut award',
    description:
      'While the award awaits its budget. The lines sum to the approved amount, and every rule of the policy runs again on it; each broken rule is an error with the rule’s own code.',
    allow: SubmitAwardBudget,
    body: NewAwardBudget,
    problems: [AwardNotInState, BudgetSumDiffers, RatioRuleBroken],
    run: (work, { params, body }) =>
      submitAwardBudget(work, params.awardId, { ...body, matchingInKind: body.matchingInKind ?? money(0n) }),
  })
  readRoute(app, {
    url: '/awards/:awardId',
    operationId: 'readAward',
    summary: 'Read an award',
    tag,
    allow: ReadAward,
    params: AwardParams,
    answer: AwardBody,
    run: (work, { params }) => readAward(work, params.awardId),
    present: toBody,
  })
  readRoute(app, {
    url: '/bids/:bidId/result',
    operationId: 'readBidResult',
    summary: 'Read what came of a bid',
    tag,
    description:
      'The host’s side, once the round is ranked; its bidder from the notice that names its bid, or the last proposal of the round, on (or at once, where the policy shows results). Score, place and criteria are those of the bid alone: nothing of other bidders, and nobody who judged it. Before, it is answered as if there were none.',
    allow: ReadBidResult,
    params: BidParams,
    answer: BidResultBody,
    run: (work, { params }) => readBidResult(work, params.bidId),
    present: resultBody,
  })
  listRoute(app, {
    url: '/awards',
    operationId: 'listAwards',
    summary: 'List awards, newest first',
    tag,
    description: 'The own awards of an agency; for the host’s side those of its rounds. The public reads the notice.',
    allow: ListAwards,
    query: AwardFilter,
    item: AwardBody,
    pageTitle: 'AwardPage',
    run: (work, { query, limit, after }) => readAwards(work, query, limit, after),
    present: toBody,
  })
}
