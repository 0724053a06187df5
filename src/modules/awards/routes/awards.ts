import type { FastifyInstance } from 'fastify'
import { money } from '../../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { CancelAward, ListAwards, ReadAward, SubmitAwardBudget } from '../policy.ts'
import { AwardBudgetNotDue, AwardNotInState, BudgetSumDiffers, RatioRuleBroken } from '../problems.ts'
import { AwardBody, AwardFilter, AwardParams, Cancellation, NewAwardBudget } from '../schemas/awards.ts'
import { cancelUnbudgeted, readAward, readAwards, submitAwardBudget } from '../service/changes.ts'
import { toBody } from './present.ts'

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
  commandRoute(app, {
    ...onAward,
    method: 'POST',
    url: '/awards/:awardId/cancellation',
    operationId: 'cancelAward',
    summary: 'Wait no longer for the revised budget of a cut award',
    description:
      'By the host, while the award awaits its budget and the policy sets no day for it; where it sets one, silence counts as declining by itself. The money goes back, and the best reserve bid of the need that reached the pass line is proposed instead. The agency reads the reason.',
    allow: CancelAward,
    body: Cancellation,
    problems: [AwardNotInState, AwardBudgetNotDue],
    run: (work, { params, body }) => cancelUnbudgeted(work, params.awardId, body.reason),
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
