import type { Static } from 'typebox'
import { lawfulCommands } from '../../../kernel/transitions.ts'
import { BID_TRANSITIONS, BIDDER_OFFERS, type Bid, type BidContent } from '../rules/bid.ts'
import type { BidBody } from '../schemas/bids.ts'
import type { OpeningBody, ReceiptBody } from '../schemas/sealed.ts'
import type { ClassedBid } from '../service/classes.ts'
import type { OpeningView } from '../service/opening.ts'
import type { submitAndInspect } from '../service/precheck.ts'
import type { ChainPlace, PlacedReceipt } from '../service/receipts.ts'

/** Classes are told where the caller has added them, which everything does that a checked bid comes from. */
export function toBody(bid: Bid | ClassedBid): Static<typeof BidBody> {
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
    submission: submissionBody(bid),
    confirmedPolicyVersion: bid.confirmedPolicyVersion,
    openedAt: bid.openedAt?.toISOString() ?? null,
    opening: bid.openingOutcome === null ? null : { outcome: bid.openingOutcome, reason: bid.openingReason },
    formalCheck: formalCheckBody(bid),
    classes: 'classes' in bid ? bid.classes : null,
    createdAt: bid.createdAt.toISOString(),
    actions: lawfulCommands(BID_TRANSITIONS, state).filter(
      // After the opening nothing is submitted or taken back any more.
      (command) => BIDDER_OFFERS.includes(command) && (bid.openingOutcome === null || command === 'correct'),
    ),
  }
}

function submissionBody({ currentVersion, commitment, submittedAt, projectVersion }: Bid) {
  if (commitment === null || submittedAt === null || projectVersion === null) return null
  return { number: currentVersion, commitment, submittedAt: submittedAt.toISOString(), projectVersion }
}

function formalCheckBody({ checkedAt, findings, remarks, correctionsUsed, correctionDue }: Bid) {
  if (checkedAt === null) return null
  return { checkedAt: checkedAt.toISOString(), findings: [...findings], remarks, correctionsUsed, correctionDue }
}

function contentBody(content: BidContent | null) {
  if (content === null) return null
  return {
    ...content,
    // Versions of an earlier service have none.
    narrative: content.narrative ?? '',
    budgetLines: [...content.budgetLines],
    attachments: [...content.attachments],
    otherFunding: [...content.otherFunding],
  }
}

export function toSubmitted({ bid, receipt, manifest, leaks }: Awaited<ReturnType<typeof submitAndInspect>>) {
  return {
    receipt: receiptBody({ ...receipt, roundId: bid.roundId, manifest, place: null }),
    bid: toBody(bid),
    leaks: [...leaks],
  }
}

export function receiptBody(
  receipt: Pick<
    PlacedReceipt,
    | 'id'
    | 'bidId'
    | 'roundId'
    | 'kind'
    | 'number'
    | 'commitment'
    | 'receivedAt'
    | 'eventId'
    | 'jws'
    | 'manifest'
    | 'place'
  >,
): Static<typeof ReceiptBody> {
  const { id, bidId, roundId, kind, number, commitment, receivedAt, eventId, jws, manifest, place } = receipt
  return {
    id,
    bidId,
    roundId,
    kind,
    number,
    commitment,
    receivedAt: receivedAt.toISOString(),
    eventId,
    jws,
    manifest: manifest === null ? null : { ...manifest, files: [...manifest.files] },
    place: placeBody(place),
  }
}

export function placeBody(place: ChainPlace | null) {
  return place === null ? null : { seq: String(place.seq), hash: place.hash.toString('hex') }
}

export function toOpening({ round, opening, lines, sharesMissing }: OpeningView): Static<typeof OpeningBody> {
  return {
    roundId: round.id,
    state: opening.state,
    openersRequired: round.policy.sealing.openersRequired,
    openers: opening.openers.length,
    sharesMissing,
    requestedAt: opening.requestedAt.toISOString(),
    finishedAt: opening.finishedAt?.toISOString() ?? null,
    bids: lines.map(({ withheld, ...line }) => ({
      ...line,
      submittedAt: line.submittedAt.toISOString(),
      ...(withheld && { withheld: [...withheld] }),
    })),
  }
}
