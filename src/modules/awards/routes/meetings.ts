import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { ScoreSheetsInConflict } from '../../reviews/index.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { CarryNeeds, ConfirmAwards, HoldMeeting, ReadCarriedNeeds, ReadMeetings } from '../policy.ts'
import {
  AwardNotBeforeMeeting,
  BidderBarred,
  MeetingBeforeProposals,
  MeetingInFuture,
  MeetingWithoutQuorum,
  NeedNotCarried,
  NothingToApprove,
  NoticeStillOpen,
  NotTheMeetingsDecision,
} from '../problems.ts'
import { CarriedNeedsBody, ChangedAwardsBody, NewCarriedNeeds, RoundParams } from '../schemas/awards.ts'
import { MeetingBody, MeetingParams, NewCorrection, NewMeeting } from '../schemas/meetings.ts'
import { type CarriedNeeds, carryNeeds, readCarriedNeeds } from '../service/carrying.ts'
import { confirmDecided, correctMinutes, type HeldMeeting, holdMeeting, readMeetings } from '../service/meetings.ts'
import { changedBody } from './present.ts'

const tag = 'Awards'

export function meetingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/decision-meetings',
    operationId: 'holdDecisionMeeting',
    summary: 'Put a decision meeting on record',
    tag,
    description:
      'Confirms every award whose notice has passed and that no objection suspends: projects are selected, needs matched or closed without an award. Where the policy wants the meeting before the notice, it decides about proposed awards instead, which may then be announced. What it rejects is cancelled with the reason, and the next bid steps in; the rest waits for another meeting. Minutes never change; corrections are put beside them.',
    allow: HoldMeeting,
    params: RoundParams,
    body: NewMeeting,
    idempotencyKey: 'required',
    status: 201,
    answer: MeetingBody,
    problems: [
      NothingToApprove,
      NoticeStillOpen,
      BidderBarred,
      ScoreSheetsInConflict,
      MeetingInFuture,
      MeetingBeforeProposals,
      MeetingWithoutQuorum,
      AwardNotBeforeMeeting,
    ],
    location: (meeting) => `/rounds/${meeting.roundId}/decision-meetings`,
    run: (work, { params, body }) =>
      holdMeeting(work, params.roundId, {
        ...body,
        attendees: body.attendees ?? null,
        rejections: body.rejections ?? [],
      }),
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
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/decision-meetings/:meetingId/corrections',
    operationId: 'correctMinutes',
    summary: 'Put corrected minutes beside those of a meeting',
    tag,
    description: 'The first minutes stay, and so does what the meeting decided.',
    allow: HoldMeeting,
    params: MeetingParams,
    body: NewCorrection,
    status: 201,
    answer: MeetingBody,
    location: (meeting) => `/rounds/${meeting.roundId}/decision-meetings`,
    run: (work, { params, body }) => correctMinutes(work, params, body),
    present: meetingBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/award-confirmation',
    operationId: 'confirmAwards',
    summary: 'Confirm awards that a meeting decided about before their notice',
    tag,
    description:
      'Where the policy wants the meeting before the notice (`decision.beforeNotice`): what was decided takes effect once its notice has passed and no objection suspends it. Projects are selected, needs matched or closed without an award.',
    allow: ConfirmAwards,
    params: RoundParams,
    idempotencyKey: 'required',
    status: 200,
    answer: ChangedAwardsBody,
    problems: [NotTheMeetingsDecision, NothingToApprove, NoticeStillOpen, BidderBarred, ScoreSheetsInConflict],
    run: (work, { params }) => confirmDecided(work, params.roundId),
    present: changedBody,
  })
  carryingRoutes(app)
}

function carryingRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/carried-needs',
    operationId: 'carryNeeds',
    summary: 'Offer needs that an earlier round left without an award',
    tag,
    description:
      'In a draft: needs without a bid, below the line or cancelled with their round are published again and join the draft, which says where they come from.',
    allow: CarryNeeds,
    params: RoundParams,
    body: NewCarriedNeeds,
    ifMatch: true,
    status: 201,
    answer: CarriedNeedsBody,
    problems: [RoundNotInState, NeedNotCarried],
    location: ({ roundId }) => `/rounds/${roundId}/carried-needs`,
    run: (work, { params, body }) => carryNeeds(work, params.roundId, body),
    present: carriedBody,
  })
  readRoute(app, {
    url: '/rounds/:roundId/carried-needs',
    operationId: 'readCarriedNeeds',
    summary: 'Read which needs of a round an earlier one left without an award',
    tag,
    allow: ReadCarriedNeeds,
    params: RoundParams,
    answer: CarriedNeedsBody,
    run: (work, { params }) => readCarriedNeeds(work, params.roundId),
    present: carriedBody,
  })
}

function carriedBody({ roundId, needs }: CarriedNeeds) {
  return {
    roundId,
    needs: needs.map(({ needId, fromRoundId, reason, carriedAt }) => ({
      needId,
      fromRoundId,
      reason,
      carriedAt: carriedAt.toISOString(),
    })),
  }
}

function meetingBody({ id, roundId, heldOn, minutes, attendees, ...meeting }: HeldMeeting) {
  return {
    id,
    roundId,
    heldOn,
    minutes,
    attendees,
    awardIds: meeting.decided.map((award) => award.id),
    rejections: [...meeting.rejections],
    corrections: meeting.corrections.map(({ meetingId: _meetingId, correctedAt, ...correction }) => ({
      ...correction,
      correctedAt: correctedAt.toISOString(),
    })),
    createdAt: meeting.createdAt.toISOString(),
  }
}
