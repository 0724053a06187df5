import { action } from '../../kernel/action.ts'
import { type Actor, actsForAgency, worksForHost } from '../../kernel/actor.ts'

/** `isHidden`: its agency does not know of it yet. */
type AwardFacts = {
  readonly hostId: string
  readonly organizationId: string
  readonly isHidden: boolean
  readonly reviewedById: string | null
}
type RoundFacts = { readonly hostId: string; readonly publishedAt: Date | null }

const isHostSide = (actor: Actor, { hostId }: { readonly hostId: string }) =>
  worksForHost(actor, hostId, 'host', 'operator', 'finance', 'auditor', 'evaluator')
const isOwn = (actor: Actor, award: AwardFacts) => !award.isHidden && actsForAgency(actor, award.organizationId)
const isReviewer = (actor: Actor, { reviewedById }: AwardFacts) =>
  reviewedById !== null && worksForHost(actor, reviewedById, 'host', 'operator', 'auditor')
const mayKnow = (actor: Actor, award: AwardFacts) =>
  isOwn(actor, award) || isHostSide(actor, award) || isReviewer(actor, award)
const knowsRound = (actor: Actor, round: RoundFacts) => round.publishedAt !== null || isHostSide(actor, round)

export const ProposeAwards = action<RoundFacts>({
  name: 'round.propose-awards',
  roles: ['host'],
  because: 'the host fixes the amounts',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: knowsRound,
})
export const AdviseOnAllocation = action<RoundFacts>({
  name: 'round.advise-allocation',
  roles: ['host', 'operator'],
  because: 'advice decides nothing; who prepares the decision may ask for it',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator'),
  knows: knowsRound,
})
export const ReadFairness = action<RoundFacts>({
  name: 'round.read-fairness',
  roles: ['host', 'operator', 'auditor'],
  because: 'figures of single experts are internal, as the ranking is',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator', 'auditor'),
  knows: knowsRound,
})
export const HoldMeeting = action<RoundFacts>({
  name: 'round.hold-meeting',
  roles: ['host'],
  because: 'the host approves (审定)',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host'),
  knows: knowsRound,
})
export const RetractAwards = action<RoundFacts>({
  ...HoldMeeting,
  name: 'round.retract-awards',
  because: 'who proposed the awards takes them back',
})
export const ConfirmAwards = action<RoundFacts>({ ...HoldMeeting, name: 'round.confirm-awards' })
export const CarryNeeds = action<RoundFacts>({
  name: 'round.carry-needs',
  roles: ['host', 'operator'],
  because: 'who prepares a call chooses its needs',
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator'),
  knows: knowsRound,
})
export const ReadCarriedNeeds = action<RoundFacts>({
  name: 'round.read-carried-needs',
  roles: 'anyone',
  because: 'the needs of a published round are public, and so is where they come from',
  permits: knowsRound,
})
export const ReadMeetings = action<RoundFacts>({
  name: 'round.read-meetings',
  roles: ['host', 'operator', 'finance', 'auditor'],
  permits: (actor, round) => worksForHost(actor, round.hostId, 'host', 'operator', 'finance', 'auditor'),
  knows: knowsRound,
})
export const ReadReserve = action<RoundFacts>({ ...ReadMeetings, name: 'round.read-reserve' })
export const SubmitAwardBudget = action<AwardFacts>({
  name: 'award.submit-budget',
  roles: ['agency'],
  permits: isOwn,
  knows: mayKnow,
})
export const DeclineAward = action<AwardFacts>({
  name: 'award.decline',
  roles: ['agency'],
  permits: isOwn,
  knows: mayKnow,
})
export const CancelAward = action<AwardFacts>({
  name: 'award.cancel',
  roles: ['host'],
  because: 'who fixed the amount decides how long its budget is waited for',
  permits: (actor, award) => worksForHost(actor, award.hostId, 'host'),
  knows: mayKnow,
})
export const ReadAward = action<AwardFacts>({
  name: 'award.read',
  roles: ['agency', 'host', 'operator', 'finance', 'auditor', 'evaluator'],
  because:
    'the public reads the notice; an agency sees its own award from then on, or once it owes a budget for it; who reviews the answer to an objection reads the award',
  permits: mayKnow,
})
export const ReadBidResult = action<{
  readonly hostId: string
  readonly organizationId: string
  readonly isShown: boolean
}>({
  name: 'bid.read-result',
  roles: ['agency', 'host', 'operator', 'auditor'],
  because: 'an agency reads its own result once its outcome is told, and nothing of who judged it',
  permits: (actor, { hostId, organizationId, isShown }) =>
    (isShown && actsForAgency(actor, organizationId)) || worksForHost(actor, hostId, 'host', 'operator', 'auditor'),
})
export const ListAwards = action({
  name: 'award.list',
  roles: ['agency', 'host', 'operator', 'finance', 'auditor', 'evaluator'],
  because: 'the list shows own awards and those of the own host',
})

export const AWARD_ACTIONS = [
  ProposeAwards,
  AdviseOnAllocation,
  ReadFairness,
  HoldMeeting,
  RetractAwards,
  ConfirmAwards,
  CarryNeeds,
  ReadCarriedNeeds,
  ReadMeetings,
  ReadReserve,
  SubmitAwardBudget,
  DeclineAward,
  CancelAward,
  ReadAward,
  ReadBidResult,
  ListAwards,
]
