import { action } from '../../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, worksForHost } from '../../../kernel/actor.ts'
import { SESSION_ACTIONS } from './sessions.ts'

export * from './sessions.ts'

type OfHost = { readonly hostId: string }
type OfPanel = OfHost & { readonly members: readonly { readonly expertId: string }[] }
type RoundFacts = OfHost & { readonly publishedAt: Date | null }
type OwnSeat = { readonly expertId: string }

const runs = (actor: Actor, { hostId }: OfHost) => worksForHost(actor, hostId, 'host', 'operator')
const watches = (actor: Actor, { hostId }: OfHost) => worksForHost(actor, hostId, 'host', 'operator', 'auditor')
const isExpert = (actor: Actor, expertId: string) => hasRole(actor, 'expert') && actor.expertId === expertId
const isMember = (actor: Actor, { members }: OfPanel) => members.some(({ expertId }) => isExpert(actor, expertId))
const knowsRound = (actor: Actor, round: RoundFacts) => round.publishedAt !== null || watches(actor, round)

export const CreateExpert = action<OfHost>({
  name: 'expert.create',
  roles: ['host', 'operator'],
  permits: runs,
  knows: () => true,
})
export const ChangeExpert = action<OfHost>({
  name: 'expert.change',
  roles: ['host', 'operator'],
  permits: runs,
  knows: watches,
})
export const ReadExpert = action<OfHost & { readonly id: string }>({
  name: 'expert.read',
  roles: ['host', 'operator', 'auditor', 'expert'],
  because: 'who judges is not public before the notice; an expert sees the own record',
  permits: (actor, expert) => watches(actor, expert) || isExpert(actor, expert.id),
})
export const ListExperts = action({ name: 'expert.list', roles: ['host', 'operator', 'auditor'] })
export const ConvenePanel = action<RoundFacts>({
  name: 'panel.convene',
  roles: ['host', 'operator'],
  permits: runs,
  knows: knowsRound,
})
export const ChangePanel = action<OfPanel>({
  name: 'panel.change',
  roles: ['host', 'operator'],
  permits: runs,
  knows: (actor, panel) => watches(actor, panel) || isMember(actor, panel),
})
export const StateRecusal = action<OfPanel & { readonly statedFor: string }>({
  name: 'panel.state-recusal',
  roles: ['host', 'operator', 'expert'],
  because: 'an expert steps aside by own statement; the host decides on a request of others (S53)',
  permits: (actor, panel) => runs(actor, panel) || (isMember(actor, panel) && isExpert(actor, panel.statedFor)),
  knows: (actor, panel) => watches(actor, panel) || isMember(actor, panel),
})
export const ReadPanel = action<OfPanel>({
  name: 'panel.read',
  roles: ['host', 'operator', 'auditor', 'expert'],
  permits: (actor, panel) => watches(actor, panel) || isMember(actor, panel),
})
export const ListPanels = action({ name: 'panel.list', roles: ['host', 'operator', 'auditor'] })
export const ReadAssignedBid = action<OwnSeat>({
  name: 'assigned-bid.read',
  roles: ['expert'],
  because: 'an expert reads the bids assigned to it, and no others',
  permits: (actor, seat) => isExpert(actor, seat.expertId),
})
export const ListAssignedBids = action({ name: 'assigned-bid.list', roles: ['expert'] })
export const SignScoreSheet = action<OwnSeat>({
  name: 'score-sheet.sign',
  roles: ['expert'],
  because: 'nobody signs for an expert',
  permits: (actor, seat) => isExpert(actor, seat.expertId),
})
export const CorrectScoreSheet = action<OfHost & OwnSeat>({
  name: 'score-sheet.correct',
  roles: ['expert'],
  because: 'nobody corrects or explains for an expert',
  permits: (actor, sheet) => isExpert(actor, sheet.expertId),
  knows: watches,
})
export const ReadScoreSheet = action<OfHost & OwnSeat>({
  name: 'score-sheet.read',
  roles: ['host', 'operator', 'auditor', 'expert'],
  because: 'experts judge independently: each sees the own sheets',
  permits: (actor, sheet) => watches(actor, sheet) || isExpert(actor, sheet.expertId),
})
export const ListScoreSheets = action({
  name: 'score-sheet.list',
  roles: ['host', 'operator', 'auditor', 'expert'],
})
export const RankBids = action<RoundFacts>({
  name: 'round.rank',
  roles: ['host', 'operator'],
  permits: runs,
  knows: knowsRound,
})
export const WithdrawRanking = action<RoundFacts>({
  ...RankBids,
  name: 'round.withdraw-ranking',
  because: 'a sheet is corrected after a ranking only when the host has withdrawn that in public record',
})
export const DrawLot = action<RoundFacts>({ ...RankBids, name: 'round.draw-lot' })
export const RecordScoreResults = action<RoundFacts>({
  ...RankBids,
  name: 'round.record-score-results',
  because: 'who counts votes and donations answers for it by name',
})
export const ReadRanking = action<RoundFacts>({
  name: 'round.read-ranking',
  roles: ['host', 'operator', 'auditor'],
  because: 'the ranking is internal until the notice says who is proposed',
  permits: watches,
  knows: knowsRound,
})

export const AnnounceDraw = action<RoundFacts>({
  name: 'expert-draw.announce',
  roles: ['host', 'operator'],
  permits: runs,
  knows: knowsRound,
})
export const ChangeDraw = action<OfHost>({
  name: 'expert-draw.change',
  roles: ['host', 'operator'],
  permits: runs,
  knows: watches,
})
export const ReadDraw = action<OfHost>({
  name: 'expert-draw.read',
  roles: ['host', 'operator', 'auditor'],
  because: 'the paths of conflicts tell where experts work',
  permits: watches,
})
export const ReadDrawRecord = action<OfHost & { readonly isReviewing: boolean }>({
  name: 'expert-draw.read-record',
  roles: 'anyone',
  because: 'anybody may draw again; who judges is not public before the review has ended',
  permits: (actor, draw) => !draw.isReviewing || watches(actor, draw),
})
export const ListDraws = action<RoundFacts>({
  name: 'expert-draw.list',
  roles: 'anyone',
  because: 'a commitment binds only if the public sees it before the seeds',
  permits: knowsRound,
})
export const RequestRecusal = action<{ readonly organizationId: string }>({
  name: 'recusal-request.make',
  roles: ['agency'],
  because: 'who bids may ask that an expert step aside (S53)',
  permits: (actor, bid) => actsForAgency(actor, bid.organizationId),
})
export const DecideRecusal = action<OfHost & { readonly organizationId: string }>({
  name: 'recusal-request.decide',
  roles: ['host', 'operator'],
  permits: runs,
  knows: (actor, request) => watches(actor, request) || actsForAgency(actor, request.organizationId),
})
export const ReadRecusalRequest = action<OfHost & { readonly organizationId: string }>({
  name: 'recusal-request.read',
  roles: ['host', 'operator', 'auditor', 'agency'],
  permits: (actor, request) => watches(actor, request) || actsForAgency(actor, request.organizationId),
})
export const ListRecusalRequests = action({
  name: 'recusal-request.list',
  roles: ['host', 'operator', 'auditor', 'agency'],
})

export const REVIEW_ACTIONS = [
  ...SESSION_ACTIONS,
  CreateExpert,
  ChangeExpert,
  ReadExpert,
  ListExperts,
  ConvenePanel,
  ChangePanel,
  StateRecusal,
  ReadPanel,
  ListPanels,
  ReadAssignedBid,
  ListAssignedBids,
  SignScoreSheet,
  CorrectScoreSheet,
  ReadScoreSheet,
  ListScoreSheets,
  RankBids,
  WithdrawRanking,
  DrawLot,
  RecordScoreResults,
  ReadRanking,
  AnnounceDraw,
  ChangeDraw,
  ReadDraw,
  ReadDrawRecord,
  ListDraws,
  RequestRecusal,
  DecideRecusal,
  ReadRecusalRequest,
  ListRecusalRequests,
]
