import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { money } from '../../kernel/money.ts'
import { lawfulCommands } from '../../kernel/transitions.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { DocumentNotUsable } from '../documents/index.ts'
import { RoundNotInState } from '../rounds/index.ts'
import {
  ChangeBid,
  CheckBid,
  CorrectBid,
  CreateBid,
  ListBids,
  OpenBids,
  ReadBid,
  SubmitBid,
  WithdrawBid,
} from './policy.ts'
import {
  BidContentInvalid,
  BidExists,
  BidLimitReached,
  BidNotInState,
  BidRoundUnknown,
  BidsStillOpen,
  BidWindowClosed,
  BidWindowNotOpen,
  CorrectionBeyondScope,
  CorrectionWindowClosed,
  NeedNotInRound,
  ProjectLacksNeed,
  ProjectNotListed,
} from './problems.ts'
import { type Attachment, BID_TRANSITIONS, BIDDER_OFFERS, type Bid, type BidContent } from './rules/bid.ts'
import {
  BidBody,
  BidFilter,
  BidParams,
  BidPatch,
  CorrectionBody,
  FormalCheckBody,
  NewBidBody,
  OpeningBody,
  OpeningParams,
} from './schemas.ts'
import { checkBid, correctBid, type Opening, openBids } from './service/checking.ts'
import { changeBid, createBid, withdrawBid } from './service/drafts.ts'
import { readBid, readBids } from './service/reading.ts'
import { submitBid } from './service/submission.ts'

const tag = 'Bids'
const onBid = { tag, params: BidParams, ifMatch: true, status: 200, answer: BidBody, present: toBody } as const

export function bidRoutes(app: FastifyInstance): void {
  bidderRoutes(app)
  checkRoutes(app)
  readRoute(app, {
    url: '/bids/:bidId',
    operationId: 'readBid',
    summary: 'Read a bid',
    tag,
    description:
      'Before the opening only the bidder sees it; everybody else is answered as if it did not exist. Afterwards the host’s side sees what was submitted.',
    allow: ReadBid,
    params: BidParams,
    answer: BidBody,
    run: (work, { params }) => readBid(work, params.bidId),
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
    run: (work, { query, limit, after }) => readBids(work, query, limit, after),
    present: toBody,
  })
}

function bidderRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/bids',
    operationId: 'createBid',
    summary: 'Draft a bid',
    tag,
    description:
      'Drafts a bid of one project of the caller for one need of a published round. One live bid per organization and need, and per project; a sponsored group bids through its sponsor.',
    allow: CreateBid,
    body: NewBidBody,
    idempotencyKey: 'required',
    status: 201,
    answer: BidBody,
    problems: [BidRoundUnknown, BidWindowClosed, NeedNotInRound, ProjectLacksNeed, BidExists],
    location: (created) => `/bids/${created.id}`,
    run: (work, { body }) => createBid(work, { ...body, content: contentFrom(body.content) }),
    present: toBody,
  })
  commandRoute(app, {
    ...onBid,
    method: 'PATCH',
    url: '/bids/:bidId',
    operationId: 'changeBid',
    summary: 'Change a bid before the deadline',
    description:
      'Changes the draft; lists are replaced as a whole. What was submitted counts until it is submitted again.',
    allow: ChangeBid,
    body: BidPatch,
    problems: [BidNotInState, BidWindowClosed],
    run: (work, { params, body }) => changeBid(work, params.bidId, patchFrom(body.content)),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/submission',
    operationId: 'submitBid',
    summary: 'Submit a bid, or replace it',
    description:
      'In time is before `closesAt` by the clock of the service, read under a lock that the closing takes as well. Submitting again replaces the earlier version. The answer holds number, time and hash of what was received.',
    allow: SubmitBid,
    problems: [
      BidNotInState,
      BidWindowNotOpen,
      BidWindowClosed,
      BidContentInvalid,
      ProjectNotListed,
      BidLimitReached,
      DocumentNotUsable,
    ],
    run: (work, { params }) => submitBid(work, params.bidId),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/withdrawal',
    operationId: 'withdrawBid',
    summary: 'Withdraw a bid',
    description: 'Possible until the formal check has accepted or rejected it. A withdrawn bid does not come back.',
    allow: WithdrawBid,
    problems: [BidNotInState],
    run: (work, { params }) => withdrawBid(work, params.bidId),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/correction',
    operationId: 'correctBid',
    summary: 'Supply what the formal check named',
    description:
      'Only in time and only what the findings name (补正); money, need and project stay as submitted. The bid waits for its check again.',
    allow: CorrectBid,
    body: CorrectionBody,
    problems: [BidNotInState, RoundNotInState, CorrectionWindowClosed, CorrectionBeyondScope, DocumentNotUsable],
    run: (work, { params, body }) =>
      correctBid(work, params.bidId, {
        attachments: attachmentsFrom(body.attachments),
        statement: body.statement ?? null,
      }),
  })
}

function checkRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/opening',
    operationId: 'openBids',
    summary: 'Open the bids of a round',
    tag,
    description:
      'Once, after the deadline. The round goes to reviewing, the host’s side sees the bids, and the record with all hashes stands in the audit chain.',
    allow: OpenBids,
    params: OpeningParams,
    ifMatch: true,
    status: 200,
    answer: OpeningBody,
    problems: [BidsStillOpen, RoundNotInState],
    run: (work, { params }) => openBids(work, params.roundId),
    present: toOpening,
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/formal-check',
    operationId: 'checkBid',
    summary: 'Make the formal check of a bid',
    description:
      'The service checks cap, floor, ratio rules, forbidden categories, eligibility and attachments; people add what they found. A broken rule rejects, what is merely missing returns the bid for correction as often as the policy allows.',
    allow: CheckBid,
    body: FormalCheckBody,
    problems: [BidNotInState, RoundNotInState],
    run: (work, { params, body }) =>
      checkBid(work, params.bidId, {
        remarks: body.remarks ?? null,
        manualFindings: (body.manualFindings ?? []).map((found) => ({
          ...found,
          attachment: found.attachment ?? null,
        })),
      }),
  })
}

type ContentInput = Static<typeof NewBidBody>['content']

function contentFrom(input: ContentInput): BidContent {
  const { attachments, ...rest } = input
  return {
    otherFunding: [],
    matchingInKind: money(0n),
    statement: null,
    ...rest,
    attachments: attachmentsFrom(attachments ?? []),
  }
}

function patchFrom({ attachments, ...rest }: Static<typeof BidPatch>['content']): Partial<BidContent> {
  return { ...rest, ...(attachments === undefined ? {} : { attachments: attachmentsFrom(attachments) }) }
}

function attachmentsFrom(attachments: NonNullable<ContentInput['attachments']>): Attachment[] {
  return attachments.map(({ kind, documentId = null }) => ({ kind, documentId }))
}

function toBody(bid: Bid): Static<typeof BidBody> {
  const { id, roundId, hostId, needId, projectId, organizationId, sponsoredGroupId, state } = bid
  return {
    id,
    roundId,
    hostId,
    needId,
    projectId,
    organizationId,
    sponsoredGroupId,
    state,
    content: contentBody(bid.content),
    draft: contentBody(bid.draft),
    submission: submissionBody(bid),
    openedAt: bid.openedAt?.toISOString() ?? null,
    formalCheck: formalCheckBody(bid),
    createdAt: bid.createdAt.toISOString(),
    actions: lawfulCommands(BID_TRANSITIONS, state).filter((command) => BIDDER_OFFERS.includes(command)),
  }
}

function submissionBody({ currentVersion, contentHash, submittedAt, projectVersion }: Bid) {
  if (contentHash === null || submittedAt === null || projectVersion === null) return null
  return { number: currentVersion, contentHash, submittedAt: submittedAt.toISOString(), projectVersion }
}

function formalCheckBody({ checkedAt, findings, remarks, correctionsUsed, correctionDue }: Bid) {
  if (checkedAt === null) return null
  return { checkedAt: checkedAt.toISOString(), findings: [...findings], remarks, correctionsUsed, correctionDue }
}

function contentBody(content: BidContent | null) {
  if (content === null) return null
  return {
    ...content,
    budgetLines: [...content.budgetLines],
    attachments: [...content.attachments],
    otherFunding: [...content.otherFunding],
  }
}

function toOpening({ round, bids }: Opening): Static<typeof OpeningBody> {
  return {
    roundId: round.id,
    openedAt: round.openedAt?.toISOString() ?? '',
    bids: bids.flatMap(({ id, needId, organizationId, sponsoredGroupId, contentHash, submittedAt }) =>
      contentHash === null || submittedAt === null
        ? []
        : [
            {
              bidId: id,
              needId,
              organizationId,
              sponsoredGroupId,
              contentHash,
              submittedAt: submittedAt.toISOString(),
            },
          ],
    ),
  }
}
