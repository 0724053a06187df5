import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { DecideBidFlag, ReadBid, ReadBidFlags } from '../policy.ts'
import { BidFlagDecided, BidNotInState } from '../problems/index.ts'
import type { BidFlag } from '../rules/flags.ts'
import {
  BidFlagBody,
  BidFlagDecision,
  BidFlagParams,
  EligibilityBody,
  EligibilityParams,
} from '../schemas/eligibility.ts'
import { readEligibility } from '../service/eligibility.ts'
import { decideBidFlag, readBidFlag, readBidFlags } from '../service/flags.ts'

const tag = 'Bids'

export function eligibilityRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/bids/:bidId/eligibility',
    operationId: 'readBidEligibility',
    summary: 'Read what was known of the bidder on the last day for bids',
    tag,
    description: 'Taken at the first formal check and kept; later changes of the organization change nothing.',
    allow: ReadBid,
    params: EligibilityParams,
    answer: EligibilityBody,
    run: (work, { params }) => readEligibility(work, params.bidId),
    present: presentEligibility,
  })
  listRoute(app, {
    url: '/bids/:bidId/flags',
    operationId: 'listBidFlags',
    summary: 'List what the host has to judge about a bid',
    tag,
    description: 'All at once, earliest first. The bidder does not see them: they tell of other bids.',
    allow: ReadBidFlags,
    params: EligibilityParams,
    item: BidFlagBody,
    pageTitle: 'BidFlagPage',
    run: (work, { params }) => readBidFlags(work, params.bidId),
    present: presentFlag,
  })
  readRoute(app, {
    url: '/bids/:bidId/flags/:flagId',
    operationId: 'readBidFlag',
    summary: 'Read a flag of a bid',
    tag,
    allow: ReadBidFlags,
    params: BidFlagParams,
    answer: BidFlagBody,
    run: (work, { params }) => readBidFlag(work, params.bidId, params.flagId),
    present: presentFlag,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/bids/:bidId/flags/:flagId/decision',
    operationId: 'decideBidFlag',
    summary: 'Decide a flag of a bid',
    tag,
    description:
      'Once, with a reason, before the formal check has accepted the bid. `cleared`: nothing stands against it; `excluded`: the formal check rejects the bid for this.',
    allow: DecideBidFlag,
    params: BidFlagParams,
    body: BidFlagDecision,
    ifMatch: true,
    status: 200,
    answer: BidFlagBody,
    problems: [BidFlagDecided, BidNotInState],
    run: (work, { params, body }) => decideBidFlag(work, params.bidId, params.flagId, body),
    present: presentFlag,
  })
}

function presentEligibility(snapshot: Awaited<ReturnType<typeof readEligibility>>): Static<typeof EligibilityBody> {
  const { bidId, number, day, takenAt, facts, findings } = snapshot
  return {
    bidId,
    number,
    day,
    takenAt: takenAt.toISOString(),
    bidder: presentStanding(facts.bidder),
    sponsoredGroup: facts.sponsoredGroup === null ? null : presentStanding(facts.sponsoredGroup),
    findings: findings.map(({ code, detail, isCurable }) => ({ code, detail, isCurable })),
  }
}

function presentStanding(standing: Awaited<ReturnType<typeof readEligibility>>['facts']['bidder']) {
  const { annualChecks, listings, bans, overdueRefunds } = standing
  return {
    ...standing,
    annualChecks: [...annualChecks],
    listings: [...listings],
    bans: [...bans],
    overdueRefunds: [...overdueRefunds],
  }
}

function presentFlag({ version: _version, decidedAt, raisedAt, ...flag }: BidFlag) {
  return { ...flag, decidedAt: decidedAt?.toISOString() ?? null, raisedAt: raisedAt.toISOString() }
}
