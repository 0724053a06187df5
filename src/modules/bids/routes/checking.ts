import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { CheckBid, ListBids, ReadBid } from '../policy.ts'
import { BidFlagOpen, BidNotInState, RecheckReasonMissing, RecheckTooLate } from '../problems/index.ts'
import { BidBody, BidFilter, BidParams, FormalCheckBody } from '../schemas/bids.ts'
import { checkBid } from '../service/checking.ts'
import { withClasses, withItsClasses } from '../service/classes.ts'
import { readBid, readBids } from '../service/reading.ts'
import { eligibilityRoutes } from './eligibility.ts'
import { toBody } from './present.ts'

const tag = 'Bids'

/** Reading bids, and the formal check of those that are opened. */
export function checkingRoutes(app: FastifyInstance): void {
  eligibilityRoutes(app)
  readRoute(app, {
    url: '/bids/:bidId',
    operationId: 'readBid',
    summary: 'Read a bid',
    tag,
    description:
      'Before the opening only the bidder sees it, without its content; everybody else is answered as if it did not exist. Afterwards the host’s side sees what was submitted.',
    allow: ReadBid,
    params: BidParams,
    answer: BidBody,
    run: async (work, { params }) => withItsClasses(work, await readBid(work, params.bidId)),
    present: toBody,
  })
  listRoute(app, {
    url: '/bids',
    operationId: 'listBids',
    summary: 'List bids, newest first',
    tag,
    description: 'An agency’s own bids; for the host’s side its opened bids. What is sealed is not counted anywhere.',
    allow: ListBids,
    query: BidFilter,
    item: BidBody,
    pageTitle: 'BidPage',
    run: async (work, { query, limit, after }) => {
      const page = await readBids(work, query, limit, after)
      return { ...page, items: await withClasses(work, page.items) }
    },
    present: toBody,
  })
  commandRoute(app, {
    tag,
    params: BidParams,
    ifMatch: true,
    status: 200,
    answer: BidBody,
    present: toBody,
    method: 'POST',
    url: '/bids/:bidId/formal-check',
    operationId: 'checkBid',
    summary: 'Make the formal check of a bid',
    description:
      'The service checks cap, floor, ratio rules, forbidden categories, eligibility and attachments; people add what they found. A broken rule rejects, what is merely missing returns the bid for correction as often as the policy allows. With `retake` and a reason in `remarks`, a bid that was accepted or rejected is checked again until the round is ranked.',
    allow: CheckBid,
    body: FormalCheckBody,
    problems: [BidNotInState, RoundNotInState, BidFlagOpen, RecheckTooLate, RecheckReasonMissing],
    run: async (work, { params, body }) => {
      const checked = await checkBid(work, params.bidId, {
        remarks: body.remarks ?? null,
        retake: body.retake ?? false,
        manualFindings: (body.manualFindings ?? []).map((found) => ({
          ...found,
          attachment: found.attachment ?? null,
        })),
      })
      return withItsClasses(work, checked)
    },
  })
}
