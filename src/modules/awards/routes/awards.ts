import type { FastifyInstance } from 'fastify'
import { money } from '../../../kernel/money.ts'
import { lawfulCommands } from '../../../kernel/transitions.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import {
  DeclineAward,
  HoldMeeting,
  ListAwards,
  ProposeAwards,
  ReadAward,
  ReadMeetings,
  SubmitAwardBudget,
} from '../policy.ts'
import {
  AdviceReasonMissing,
  ApprovedAmountInvalid,
  AwardNotInState,
  AwardsExist,
  BudgetSumDiffers,
  MeetingInFuture,
  NothingToApprove,
  NoticeStillOpen,
  RankingMissing,
  RatioRuleBroken,
} from '../problems.ts'
import { AWARD_OFFERS, AWARD_TRANSITIONS, type Award, type AwardBudget, type AwardSource } from '../rules/award.ts'
import {
  AwardBody,
  AwardFilter,
  AwardParams,
  Decline,
  MeetingBody,
  NewAwardBudget,
  NewMeeting,
  NewProposals,
  ProposalsBody,
  RoundParams,
} from '../schemas.ts'
import { declineAward, readAward, readAwards, submitAwardBudget } from '../service/changes.ts'
import { type HeldMeeting, holdMeeting, readMeetings } from '../service/meetings.ts'
import { type Proposals, proposeAwards } from '../service/proposals.ts'

const tag = 'Awards'
const onAward = { tag, params: AwardParams, ifMatch: true, status: 200, answer: AwardBody, present: toBody } as const

export function awardRoutes(app: FastifyInstance): void {
  roundRoutes(app)
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
    url: '/awards/:awardId/decline',
    operationId: 'declineAward',
    summary: 'Decline an award',
    description:
      'By the agency, until a meeting has confirmed it. The money goes back to its pools, and the best reserve bid of the need that reached the pass line is proposed instead.',
    allow: DeclineAward,
    body: Decline,
    problems: [AwardNotInState],
    run: (work, { params, body }) => declineAward(work, params.awardId, body.reason),
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

function roundRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/award-proposals',
    operationId: 'proposeAwards',
    summary: 'Propose the awards of a round',
    tag,
    description:
      'Once, after the ranking. From the best rank down: above the pass line, one award per need, the organization’s limit, the most restricted pool first. A bid that is cut awaits a revised budget; whoever reached the line without an award is kept in reserve.',
    allow: ProposeAwards,
    params: RoundParams,
    body: NewProposals,
    idempotencyKey: 'required',
    status: 201,
    answer: ProposalsBody,
    problems: [RoundNotInState, RankingMissing, AwardsExist, ApprovedAmountInvalid, AdviceReasonMissing],
    location: (proposals) => `/awards?roundId=${proposals.roundId}`,
    run: (work, { params, body }) => proposeAwards(work, params.roundId, body.amounts ?? [], body.adviceReason ?? null),
    present: proposalsBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/decision-meetings',
    operationId: 'holdDecisionMeeting',
    summary: 'Put a decision meeting on record',
    tag,
    description:
      'Confirms every award whose notice has passed and that no objection suspends: projects are selected, needs matched or closed without an award. Awards under objection wait for another meeting.',
    allow: HoldMeeting,
    params: RoundParams,
    body: NewMeeting,
    idempotencyKey: 'required',
    status: 201,
    answer: MeetingBody,
    problems: [NothingToApprove, NoticeStillOpen, MeetingInFuture],
    location: (meeting) => `/rounds/${meeting.roundId}/decision-meetings`,
    run: (work, { params, body }) => holdMeeting(work, params.roundId, body),
    present: meetingBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/decision-meetings',
    operationId: 'listDecisionMeetings',
    summary: 'List the decision meetings of a round, newest first',
    tag,
    allow: ReadMeetings,
    params: RoundParams,
    item: MeetingBody,
    pageTitle: 'DecisionMeetingPage',
    run: (work, { params, limit, after }) => readMeetings(work, params.roundId, limit, after),
    present: meetingBody,
  })
}

function toBody({
  version: _version,
  requestedFen,
  approvedFen,
  decisionId,
  noticeClosesAt,
  createdAt,
  ...award
}: Award) {
  return {
    ...award,
    requested: money(requestedFen),
    approved: money(approvedFen),
    sources: award.sources.map(sourceBody),
    revisedBudget: award.revisedBudget === null ? null : budgetBody(award.revisedBudget),
    noticeClosesAt: noticeClosesAt?.toISOString() ?? null,
    decisionMeetingId: decisionId,
    createdAt: createdAt.toISOString(),
    actions: lawfulCommands(AWARD_TRANSITIONS, award.state).filter((command) => AWARD_OFFERS.includes(command)),
  }
}

function budgetBody(budget: AwardBudget) {
  return { ...budget, budgetLines: [...budget.budgetLines] }
}

function sourceBody({ poolId, source, amountFen }: AwardSource) {
  return { poolId, source, amount: money(amountFen) }
}

function proposalsBody({ roundId, awards, passedOver, pools, departures }: Proposals) {
  return {
    departures: [...departures],
    roundId,
    awards: awards.map(toBody),
    passedOver: [...passedOver],
    unallocated: pools.map(({ id, source, sizeFen, allocatedFen }) => ({
      poolId: id,
      source,
      amount: money(sizeFen - allocatedFen),
    })),
  }
}

function meetingBody({ id, roundId, heldOn, minutes, confirmed, createdAt }: HeldMeeting) {
  return {
    id,
    roundId,
    heldOn,
    minutes,
    awardIds: confirmed.map((award) => award.id),
    createdAt: createdAt.toISOString(),
  }
}
