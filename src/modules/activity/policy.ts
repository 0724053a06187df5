import { action } from '../../kernel/action.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'

export const ReadChanges = action({
  name: 'changes.read',
  roles: ['platform_admin', 'host', 'operator', 'finance', 'auditor'],
  because:
    'a host’s staff sees what happened in its rounds, the platform’s administrator sees all hosts but no bids, and nothing of their review',
})
export const ReadChain = action({ name: 'audit_chain.read', roles: ['platform_admin', 'host', 'auditor'] })
export const VerifyChain = action({ name: 'audit_chain.verify', roles: ['platform_admin', 'host', 'auditor'] })

const PROOFS_ARE_PUBLIC =
  'a signed state of the chain is worth something only if everybody can hold a copy; it shows hashes alone'
export const ReadCheckpoints = action({ name: 'checkpoints.read', roles: 'anyone', because: PROOFS_ARE_PUBLIC })
export const ReadProofs = action({ name: 'proofs.read', roles: 'anyone', because: PROOFS_ARE_PUBLIC })

/** What an actor sees of the feed. */
export interface FeedScope {
  /** The host whose events alone are shown; undefined for all hosts. */
  readonly hostId: string | undefined
  readonly exceptTypes: readonly string[] | undefined
}

/** What tells how bids are judged. */
const OF_THE_REVIEW: readonly string[] = [
  ...['expert.*', 'expert_draw.*', 'panel.*', 'recusal_request.*', 'level_review.*'],
  ...['review_session.*', 'review_item.*', 'score_sheet.*', 'ranking.*'],
  ...['round.levels_started', 'round.score_results_recorded', 'round.lot_drawn', 'round.ranked'],
]

/** What tells of bids, of their review, or of awards; the awards that are public stand in notices. */
const NOT_FOR_THE_PLATFORM: readonly string[] = [
  ...['bid.*', 'award.*', ...OF_THE_REVIEW],
  ...['round.allocation_advised', 'round.awards_proposed', 'round.awards_retracted', 'round.awards_confirmed'],
  ...['round.meeting_held', 'round.minutes_corrected', 'round.reserve_expired'],
]

/**
 * A host's staff sees the events of its host: what happens to a bid before the opening carries no host and stays sealed.
 * The platform's administrator sees all hosts but nothing about bids, since those events would tell how many there are,
 * and nothing of what the review makes of them: who may not read a ranking does not read it in the feed either, which
 * goes for the host's finance officer, too.
 * Undefined for an actor who sees nothing.
 */
export function feedScope(actor: Actor): FeedScope | undefined {
  if (hasRole(actor, 'platform_admin')) return { hostId: undefined, exceptTypes: NOT_FOR_THE_PLATFORM }
  if (actor.hostId === null) return undefined
  const watchesReviews = hasRole(actor, 'host', 'operator', 'auditor')
  return { hostId: actor.hostId, exceptTypes: watchesReviews ? undefined : OF_THE_REVIEW }
}

export const ACTIVITY_ACTIONS = [ReadChanges, ReadChain, VerifyChain, ReadCheckpoints, ReadProofs]
