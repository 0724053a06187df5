import type { FastifyInstance } from 'fastify'
import { money } from '../../../kernel/money.ts'
import { commandRoute, readRoute } from '../../../platform/http/route.ts'
import { ScoreSheetsInConflict } from '../../reviews/index.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { ProposeAwards, ReadReserve, RetractAwards } from '../policy.ts'
import {
  AdviceReasonMissing,
  AmountsMissing,
  ApprovedAmountInvalid,
  AwardsConfirmed,
  AwardsExist,
  AwardsOnNotice,
  NothingToRetract,
  RankingMissing,
} from '../problems.ts'
import {
  ChangedAwardsBody,
  NewProposals,
  NewRetraction,
  ProposalsBody,
  ReserveBody,
  RoundParams,
} from '../schemas/awards.ts'
import { type Proposals, proposeAwards } from '../service/proposals.ts'
import { readReserve } from '../service/reserve.ts'
import { retractAwards } from '../service/retraction.ts'
import { changedBody, toBody } from './present.ts'

const tag = 'Awards'

export function proposalRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/award-proposals',
    operationId: 'proposeAwards',
    summary: 'Propose the awards of a round',
    tag,
    description:
      'Once, after the ranking, unless the awards were retracted. From the best rank down: above the pass line, one award per need, the organization’s limit, the most restricted pool first. A bid that is cut awaits a revised budget; whoever reached the line without an award is kept in reserve.',
    allow: ProposeAwards,
    params: RoundParams,
    body: NewProposals,
    idempotencyKey: 'required',
    status: 201,
    answer: ProposalsBody,
    problems: [
      RoundNotInState,
      RankingMissing,
      ScoreSheetsInConflict,
      AwardsExist,
      ApprovedAmountInvalid,
      AmountsMissing,
      AdviceReasonMissing,
    ],
    location: (proposals) => `/awards?roundId=${proposals.roundId}`,
    run: (work, { params, body }) => proposeAwards(work, params.roundId, body.amounts ?? [], body.adviceReason ?? null),
    present: proposalsBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/award-retraction',
    operationId: 'retractAwards',
    summary: 'Take all awards of a round back for a new review',
    tag,
    description:
      'Where a recusal or an error is found after the proposals: as long as none is confirmed, and none is on notice (withdraw it first). Pools get their money back, bids are scored again, the round is under review; ranking, proposals and notice follow anew.',
    allow: RetractAwards,
    params: RoundParams,
    body: NewRetraction,
    idempotencyKey: 'required',
    status: 200,
    answer: ChangedAwardsBody,
    problems: [NothingToRetract, AwardsConfirmed, AwardsOnNotice, RoundNotInState],
    run: (work, { params, body }) => retractAwards(work, params.roundId, body.reason),
    present: changedBody,
  })
  readRoute(app, {
    url: '/rounds/:roundId/reserve',
    operationId: 'readReserve',
    summary: 'Read the reserve list of a round',
    tag,
    description: 'Bids that reached the line without an award, best first, and until when they may step in.',
    allow: ReadReserve,
    params: RoundParams,
    answer: ReserveBody,
    run: (work, { params }) => readReserve(work, params.roundId),
    present: (reserve) => ({ ...reserve, bids: [...reserve.bids] }),
  })
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
