import type { FastifyInstance } from 'fastify'
import { problem } from '../../../kernel/problem.ts'
import { commandRoute } from '../../../platform/http/route.ts'
import type { ModuleDeps } from '../../../platform/module.ts'
import {
  DocumentBody,
  DocumentNameDiffers,
  DocumentNotUsable,
  NewDocument,
  presentDocument,
  TooManyPending,
} from '../../documents/index.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { AttachToBid, ConfirmBid, CorrectBid, CreateBid, RepairBid, SubmitBid, WithdrawBid } from '../policy.ts'
import {
  AttachmentsTooLarge,
  BidConfirmationNotNeeded,
  BidContentInvalid,
  BidExists,
  BidLimitReached,
  BidNotDamaged,
  BidNotInState,
  BidRoundCancelled,
  BidRoundUnknown,
  BidWindowClosed,
  BidWindowNotOpen,
  CiphertextNotReceived,
  ConfirmationClosed,
  CorrectionBeyondScope,
  CorrectionEmpty,
  CorrectionWindowClosed,
  NeedNotInRound,
  ProjectLacksNeed,
  ProjectNotListed,
  SealedContentExpected,
  SealedContentInvalid,
  SealingKeyMissing,
  SubmissionAmbiguous,
} from '../problems/index.ts'
import { attachmentsFrom, contentFrom } from '../rules/content.ts'
import { BidBody, BidParams, CorrectionBody, NewBidBody } from '../schemas/bids.ts'
import { BidCheck, BidCheckBody, RepairBody, SubmissionAnswer, SubmissionBody } from '../schemas/sealed.ts'
import { announceBidDocument, confirmBid } from '../service/attending.ts'
import { correctBid } from '../service/checking.ts'
import { withItsClasses } from '../service/classes.ts'
import { createBid, withdrawBid } from '../service/drafts.ts'
import { repairBid } from '../service/opening.ts'
import { precheckBid, submitAndInspect, submitAndInspectTogether } from '../service/precheck.ts'
import type { Submission } from '../service/submission.ts'
import { roundOfOwnBid } from '../service/submittingTogether.ts'
import { toBody, toSubmitted } from './present.ts'

const tag = 'Bids'
const onBid = { tag, params: BidParams, ifMatch: true, status: 200, answer: BidBody, present: toBody } as const

/** What the bidder does with its bid. */
export function bidderRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'signer'>): void {
  commandRoute(app, {
    method: 'POST',
    url: '/bids',
    operationId: 'createBid',
    summary: 'Draft a bid',
    tag,
    description:
      'Names one project of the caller for one need of a published round. One live bid per organization and need, and per project; a sponsored group bids through its sponsor. The content comes with the submission: nothing of it is kept here before it is sealed.',
    allow: CreateBid,
    body: NewBidBody,
    idempotencyKey: 'required',
    status: 201,
    answer: BidBody,
    problems: [BidRoundUnknown, BidWindowClosed, BidRoundCancelled, NeedNotInRound, ProjectLacksNeed, BidExists],
    location: (created) => `/bids/${created.id}`,
    run: (work, { body }) => createBid(work, body),
    present: toBody,
  })
  submissionRoutes(app, deps)
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/withdrawal',
    operationId: 'withdrawBid',
    summary: 'Withdraw a bid',
    description:
      'Possible until the deadline. A withdrawn bid does not come back and is never opened; its receipts tell that it was withdrawn.',
    allow: WithdrawBid,
    problems: [BidNotInState, BidWindowClosed, BidRoundCancelled],
    run: (work, { params }) => withdrawBid(work, deps, params.bidId),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/confirmation',
    operationId: 'confirmBid',
    summary: 'Confirm a bid after an amendment',
    description:
      'Where an amendment of the round asks for it: what was submitted stands under the new policy version. A bid that is neither confirmed nor submitted again lapses at the opening.',
    allow: ConfirmBid,
    problems: [
      BidNotInState,
      BidWindowNotOpen,
      BidWindowClosed,
      BidRoundCancelled,
      ConfirmationClosed,
      BidConfirmationNotNeeded,
    ],
    run: (work, { params }) => confirmBid(work, params.bidId),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/correction',
    operationId: 'correctBid',
    summary: 'Supply what the formal check named',
    description:
      'Only in time and only what the findings name (补正); money, need and project stay as submitted. Files are plain documents now (POST /documents): the bids lie open. The bid waits for its check again.',
    allow: CorrectBid,
    body: CorrectionBody,
    problems: [
      BidNotInState,
      RoundNotInState,
      CorrectionEmpty,
      CorrectionWindowClosed,
      CorrectionBeyondScope,
      DocumentNotUsable,
    ],
    run: async (work, { params, body }) => {
      const corrected = await correctBid(work, params.bidId, {
        attachments: attachmentsFrom(body.attachments),
        statement: body.statement ?? null,
      })
      return withItsClasses(work, corrected)
    },
  })
}

function submissionRoutes(app: FastifyInstance, deps: Pick<ModuleDeps, 'signer'>): void {
  commandRoute(app, {
    method: 'POST',
    url: '/bids/:bidId/documents',
    operationId: 'announceBidDocument',
    summary: 'Announce a file of a sealed bid',
    tag,
    description:
      'As POST /documents, but the content is encrypted for the round (age v1) while it comes in: no readable byte of it is kept before the opening. Upload with PUT /documents/{documentId}/content, then name it in the submission. In a round whose bidders seal themselves, size and hash are those of the age file.',
    allow: AttachToBid,
    params: BidParams,
    body: NewDocument,
    status: 201,
    answer: DocumentBody,
    problems: [
      BidNotInState,
      BidWindowClosed,
      BidRoundCancelled,
      SealingKeyMissing,
      DocumentNameDiffers,
      TooManyPending,
    ],
    location: (document) => `/documents/${document.id}`,
    run: (work, { params, body }) => announceBidDocument(work, params.bidId, body),
    present: presentDocument,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/bids/:bidId/submission',
    operationId: 'submitBid',
    summary: 'Submit a bid, or replace it',
    tag,
    params: BidParams,
    ifMatch: true,
    description:
      'In time is before `closesAt` by the clock of the service, read under a lock that the closing takes as well. Submitting again replaces the earlier version; only the last one is opened. The content is checked, sealed for the round and forgotten; the answer holds the signed receipt for what was received. Keep receipt and manifest.',
    allow: SubmitBid,
    body: SubmissionBody,
    status: 201,
    answer: SubmissionAnswer,
    // The manifest's salt is for the bidder alone, and refusals may quote the content.
    secretAnswer: true,
    problems: [
      BidNotInState,
      BidWindowNotOpen,
      BidWindowClosed,
      BidRoundCancelled,
      SubmissionAmbiguous,
      SealedContentExpected,
      SealedContentInvalid,
      SealingKeyMissing,
      BidContentInvalid,
      ProjectNotListed,
      BidLimitReached,
      DocumentNotUsable,
      AttachmentsTooLarge,
    ],
    location: ({ receipt }) => `/receipts/${receipt.id}`,
    run: (work, { params, body }) => submitAndInspect(work, deps, params.bidId, submissionFrom(body)),
    gather: {
      // In the last minute before a deadline nearly all requests are these, and nearly all for one round.
      laneOf: async (work, { params, body }) => (isAmbiguous(body) ? undefined : roundOfOwnBid(work, params.bidId)),
      keyOf: ({ params }) => params.bidId,
      run: (members) =>
        submitAndInspectTogether(
          deps,
          members.map(({ work, input: { params, body } }) => {
            return { work, bidId: params.bidId, wanted: submissionFrom(body) }
          }),
        ),
    },
    present: toSubmitted,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/bids/:bidId/check',
    operationId: 'precheckBid',
    summary: 'Check a bid before submitting it',
    tag,
    description:
      'Changes and keeps nothing. Tells what the submission would refuse, what the formal check would find as things stand today, and, in a round with blind review, what in text and files tells who bids (names, credit codes, telephones, also in file metadata). `own` adds words of the bidder’s, such as the names of its staff.',
    allow: SubmitBid,
    params: BidParams,
    body: BidCheckBody,
    status: 200,
    answer: BidCheck,
    // Findings quote the bid.
    secretAnswer: true,
    run: (work, { params, body }) => precheckBid(work, params.bidId, contentFrom(body.content), body.own),
    present: (findings) => ({
      isSubmittable: findings.every(({ severity }) => severity !== 'refused'),
      findings: [...findings],
    }),
  })
  commandRoute(app, {
    ...onBid,
    method: 'POST',
    url: '/bids/:bidId/repair',
    operationId: 'repairBid',
    summary: 'Put back a damaged ciphertext',
    description:
      'When the opening ended as `failed_platform` because the ciphertext here was damaged, the bidder sends the one it kept (GET /bids/{bidId}/ciphertext). Only the very bytes that the receipt commits to are taken; the bid is then opened.',
    allow: RepairBid,
    body: RepairBody,
    problems: [BidNotDamaged, CiphertextNotReceived, RoundNotInState],
    run: (work, { params, body }) => repairBid(work, params.bidId, body.sealed),
  })
}

type SubmissionInput = { content?: Parameters<typeof contentFrom>[0]; sealed?: object; documentIds?: string[] }

function submissionFrom(body: SubmissionInput): Submission {
  const { content, sealed, documentIds } = body
  if (isAmbiguous(body)) throw problem(SubmissionAmbiguous)
  if (content !== undefined) return { kind: 'content', content: contentFrom(content) }
  return { kind: 'sealed', sealed: sealed as object, documentIds: documentIds ?? [] }
}

/** One of the two, never both; the files of a content are named in it. */
function isAmbiguous({ content, sealed, documentIds }: SubmissionInput): boolean {
  return content === undefined ? sealed === undefined : sealed !== undefined || documentIds !== undefined
}
