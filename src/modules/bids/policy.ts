import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, worksForHost } from '../../kernel/actor.ts'

type BidFacts = { readonly organizationId: string; readonly hostId: string; readonly openedAt: Date | null }

const isBidder = (actor: Actor, bid: Pick<BidFacts, 'organizationId'>) => actsForAgency(actor, bid.organizationId)
/** Before the opening nobody but the bidder may know that a bid exists, the host and the operator included. */
const mayKnow = (actor: Actor, bid: BidFacts) =>
  isBidder(actor, bid) ||
  (bid.openedAt !== null && worksForHost(actor, bid.hostId, 'host', 'operator', 'finance', 'auditor'))

export const CreateBid = action<{ organizationId: string }>({
  name: 'bid.create',
  roles: ['agency'],
  because: 'an agency bids with a project of its own',
  permits: isBidder,
})
export const SubmitBid = action<BidFacts>({
  name: 'bid.submit',
  roles: ['agency'],
  permits: isBidder,
  knows: mayKnow,
})
export const WithdrawBid = action<BidFacts>({ ...SubmitBid, name: 'bid.withdraw' })
export const AttachToBid = action<BidFacts>({ ...SubmitBid, name: 'bid.attach' })
export const ConfirmBid = action<BidFacts>({ ...SubmitBid, name: 'bid.confirm' })
export const RepairBid = action<BidFacts>({ ...SubmitBid, name: 'bid.repair' })
export const CorrectBid = action<BidFacts>({ ...SubmitBid, name: 'bid.correct' })
export const ReadBid = action<BidFacts>({
  name: 'bid.read',
  roles: ['agency', 'host', 'operator', 'finance', 'auditor'],
  because: 'bids are sealed until the opening; experts read what they are assigned through the panel',
  permits: mayKnow,
})
export const ListBids = action({
  name: 'bid.list',
  roles: ['agency', 'host', 'operator', 'finance', 'auditor'],
  because: 'the list shows own bids and opened bids of the own host, nothing else',
})
export const OpenBids = action<{ hostId: string; publishedAt: Date | null }>({
  name: 'round.open-bids',
  roles: ['host', 'operator'],
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator'),
  knows: (actor, round) => round.publishedAt !== null || worksForHost(actor, round.hostId, 'town', 'finance'),
})
export const HandInKeyShare = action<{ hostId: string; publishedAt: Date | null }>({
  ...OpenBids,
  name: 'key-share.hand-in',
  because: 'an officer works for the host; the share itself proves who she is',
})
export const ReadOpening = action<{ hostId: string; state: string }>({
  name: 'round.read-opening',
  roles: 'anyone',
  because:
    'the record of an opening is public once it is done, without the bidders of a blind round under review; before, the host’s side sees how far it is',
  permits: (actor, opening) =>
    opening.state === 'done' || worksForHost(actor, opening.hostId, 'host', 'operator', 'finance', 'auditor'),
})
/** Who reads the bidders of a blind round under its review; a member of the panel never. */
export function readsBidders(actor: Actor, { hostId }: { readonly hostId: string }): boolean {
  return !hasRole(actor, 'expert') && worksForHost(actor, hostId, 'host', 'operator', 'finance', 'auditor')
}
/** Commitments tell nothing, but the receipt's mere existence tells that somebody bids: before the opening the bidder alone. */
export const ReadReceipt = action<BidFacts>({
  name: 'receipt.read',
  roles: ['agency', 'host', 'operator', 'auditor'],
  permits: mayKnow,
})
export const VerifyReceipt = action<object>({
  name: 'receipt.verify',
  roles: 'anyone',
  because: 'a proof that only its issuer may check proves nothing',
})
export const CheckBid = action<BidFacts>({
  name: 'bid.check',
  roles: ['host', 'operator'],
  permits: (actor, bid) => bid.openedAt !== null && worksForHost(actor, bid.hostId, 'host', 'operator'),
  knows: mayKnow,
})

export const DecideBidFlag = action<BidFacts>({
  ...CheckBid,
  name: 'bid.decide-flag',
  roles: ['host'],
  because: 'whether a bid stays in despite a flag is for the host alone to say',
  permits: (actor, bid) => bid.openedAt !== null && worksForHost(actor, bid.hostId, 'host'),
})
export const ReadBidFlags = action<BidFacts>({
  name: 'bid.read-flags',
  roles: ['host', 'operator', 'auditor'],
  because: 'a flag tells of another bid, so the bidder does not see it',
  permits: (actor, bid) => bid.openedAt !== null && worksForHost(actor, bid.hostId, 'host', 'operator', 'auditor'),
  knows: mayKnow,
})

export const BID_ACTIONS = [
  CreateBid,
  SubmitBid,
  WithdrawBid,
  AttachToBid,
  ConfirmBid,
  RepairBid,
  CorrectBid,
  ReadBid,
  ListBids,
  OpenBids,
  HandInKeyShare,
  ReadOpening,
  ReadReceipt,
  VerifyReceipt,
  CheckBid,
  DecideBidFlag,
  ReadBidFlags,
]
