import { action } from '../../../kernel/action.ts'
import { type Actor, actsForAgency, hasRole, worksForHost } from '../../../kernel/actor.ts'

type OfHost = { readonly hostId: string }
type RoundFacts = OfHost & { readonly publishedAt: Date | null }
/** A hearing with who is seated for its bid. */
type HearingFacts = OfHost & { readonly organizationId: string; readonly seated: readonly string[] }
type OpinionFacts = HearingFacts & { readonly isShown: boolean; readonly isPublic: boolean }
type LevelFacts = OfHost & { readonly readers: readonly string[]; readonly reviewer: string | undefined }

const runs = (actor: Actor, { hostId }: OfHost) => worksForHost(actor, hostId, 'host', 'operator')
const watches = (actor: Actor, { hostId }: OfHost) => worksForHost(actor, hostId, 'host', 'operator', 'auditor')
const judges = ({ roles, expertId }: Actor, { seated }: HearingFacts) =>
  roles.includes('expert') && expertId !== null && seated.includes(expertId)
const bids = (actor: Actor, { organizationId }: HearingFacts) => actsForAgency(actor, organizationId)
const attends = (actor: Actor, hearing: HearingFacts) =>
  watches(actor, hearing) || judges(actor, hearing) || bids(actor, hearing)
const LEVEL_ROLES = ['host', 'operator', 'town'] as const
const reviews = (actor: Actor, organizationIds: readonly (string | undefined)[]) =>
  hasRole(actor, ...LEVEL_ROLES) && actor.organizationId !== null && organizationIds.includes(actor.organizationId)
const followsLevel = (actor: Actor, level: LevelFacts) => watches(actor, level) || reviews(actor, level.readers)

export const OpenSession = action<RoundFacts>({
  name: 'review-session.open',
  roles: ['host', 'operator'],
  permits: runs,
  knows: (actor, round) => round.publishedAt !== null || watches(actor, round),
})
export const ListSessions = action<RoundFacts>({
  name: 'review-session.list',
  roles: ['host', 'operator', 'auditor'],
  because: 'experts and bidders read the hearing of their own bid',
  permits: watches,
  knows: (actor, round) => round.publishedAt !== null || watches(actor, round),
})
export const ConductHearing = action<HearingFacts>({
  name: 'review-item.conduct',
  roles: ['host', 'operator'],
  because: 'who presides leads from stage to stage and keeps the minutes',
  permits: runs,
  knows: attends,
})
export const ReadHearing = action<HearingFacts>({
  name: 'review-item.read',
  roles: ['host', 'operator', 'auditor', 'expert', 'agency'],
  because: 'the bidder answers the questions about its own bid; other bids are not its business',
  permits: attends,
})
export const AskQuestion = action<HearingFacts>({
  name: 'review-item.ask',
  roles: ['host', 'operator', 'expert'],
  permits: (actor, hearing) => runs(actor, hearing) || judges(actor, hearing),
  knows: attends,
})
export const AnswerQuestion = action<HearingFacts>({
  name: 'review-item.answer',
  roles: ['host', 'operator', 'agency'],
  because: 'the bidder answers, or the host keeps the minutes of what it said',
  permits: (actor, hearing) => runs(actor, hearing) || bids(actor, hearing),
  knows: attends,
})
export const ReadOpinion = action<OpinionFacts>({
  name: 'review-item.read-opinion',
  roles: 'anyone',
  because: 'after the notice the bidder reads what the panel said, and everybody where the policy says so (D2-15)',
  permits: (actor, opinion) =>
    watches(actor, opinion) || (opinion.isShown && (opinion.isPublic || bids(actor, opinion))),
})
export const StartLevels = action<RoundFacts>({ ...OpenSession, name: 'level-review.start' })
export const DecideLevel = action<LevelFacts>({
  name: 'level-review.decide',
  roles: LEVEL_ROLES,
  because: 'only the organization that has the bid at its level decides',
  permits: (actor, level) => reviews(actor, [level.reviewer]),
  knows: followsLevel,
})
export const RecordSilence = action<LevelFacts>({
  name: 'level-review.record-silence',
  roles: ['host', 'operator'],
  because: 'the host of the round answers for its timetable when a level lets its time pass',
  permits: runs,
  knows: followsLevel,
})
export const ReadLevelReview = action<LevelFacts & { readonly isReturned: boolean; readonly organizationId: string }>({
  name: 'level-review.read',
  roles: ['host', 'operator', 'auditor', 'town', 'agency'],
  because:
    'each level sees the bids that have reached it, the host of the round all; the bidder reads why its bid came back',
  permits: (actor, level) =>
    followsLevel(actor, level) || (level.isReturned && actsForAgency(actor, level.organizationId)),
})
export const ListLevelReviews = action({
  name: 'level-review.list',
  roles: ['host', 'operator', 'auditor', 'town'],
  because: 'the list shows the own host’s bids and those that have reached the own organization',
})

export const SESSION_ACTIONS = [
  OpenSession,
  ListSessions,
  ConductHearing,
  ReadHearing,
  AskQuestion,
  AnswerQuestion,
  ReadOpinion,
  StartLevels,
  DecideLevel,
  RecordSilence,
  ReadLevelReview,
  ListLevelReviews,
]
