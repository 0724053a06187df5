import type { Decision } from '../../../kernel/decision.ts'
import { type Fen, sumFen } from '../../../kernel/money.ts'
import type { AwardSource } from './award.ts'
import { type LimitedAward, type LimitGroup, roomFen } from './limits.ts'

/** A ranked bid as the allocation sees it. */
export interface RankedBid {
  readonly bidId: string
  readonly needId: string
  /** The bidder and the filed group behind it: both count for the limit of awards. */
  readonly organizationIds: readonly string[]
  /** What is asked, or what the host fixed instead. */
  readonly wantedFen: Fen
  readonly isAboveLine: boolean
  /** No other bid for the need passed the formal check. */
  readonly isSingleBid: boolean
  /** How many bids for the need passed the formal check, this one included. */
  readonly validBids: number
  /** The policy's limits for organizations, places and fields that bind it; absent: none. */
  readonly limits?: readonly LimitGroup[]
  /** Cut below the floor, or to nothing: not worth funding. */
  readonly isTooSmall?: boolean
}

/** The money of one source; `position` and restrictions are the pool rules' business. */
export interface PoolFacts {
  readonly id: string
  readonly sizeFen: Fen
  readonly allocatedFen: Fen
}

/** How pools are chosen and drawn: the rules of the rounds module, given as functions. */
export interface PoolRules<Pool extends PoolFacts> {
  /** The pools open to the need, in drawing order. */
  open(pools: readonly Pool[], needId: string): readonly Pool[]
  /** What they could give to one award. */
  available(pools: readonly Pool[]): Fen
  /** What each of them gives; refused when they cannot cover the amount. */
  draw(pools: readonly Pool[], amountFen: Fen): Decision<AwardSource[]>
}

export interface AllocationPolicy {
  /** The least that makes a project worth funding. */
  readonly floorFen: Fen
  readonly awardsPerOrganizationMax: number
  readonly awardsPerNeedMax: number
  /** A need with fewer valid bids gets no award (procurement: three). */
  readonly validBidsPerNeedMin: number
  readonly partialAward: 'offer_rest' | 'skip' | 'stop'
  readonly singleBidPolicy: 'judge_on_merit' | 'reopen' | 'convert'
}

/** Awards that hold a place already. */
export interface Standing extends LimitedAward {
  readonly needId: string
  readonly organizationIds: readonly string[]
}

export interface Proposal {
  readonly bidId: string
  readonly approvedFen: Fen
  readonly sources: readonly AwardSource[]
  /** The pools, or what a limit leaves, could not cover what was wanted. */
  readonly isPartial: boolean
}

export const PASSED_OVER_REASONS = [
  'below_pass_line',
  'single_bid',
  'too_few_bids',
  'below_floor',
  'need_served',
  'organization_limit',
  'limit_reached',
  'pools_exhausted',
] as const
/** Why a bid is not funded: what passed it over, or a panel that came to no result. */
export const NO_AWARD_REASONS = [...PASSED_OVER_REASONS, 'no_result'] as const
export type NoAwardReason = (typeof NO_AWARD_REASONS)[number]
export type PassedOverReason = (typeof PASSED_OVER_REASONS)[number]

export interface PassedOver {
  readonly bidId: string
  readonly reason: PassedOverReason
}

export interface Allocation<Pool extends PoolFacts> {
  /** In the order of allocation. */
  readonly proposals: readonly Proposal[]
  readonly passedOver: readonly PassedOver[]
  /** The pools as the proposals leave them. */
  readonly pools: readonly Pool[]
}

/**
 * Walks the ranking from the top (process.md 5, 6.1, 6.5 and the end of 7): whoever is above the pass line, stands for a
 * need that has a place left and belongs to an organization below its limit gets the wanted amount from the pools open
 * to the need. Where they, or a limit on money, cannot cover it the policy offers the rest (from the floor on) or skips
 * the bid; where the pools cannot it may stop.
 */
export function allocate<Pool extends PoolFacts>(
  ranked: readonly RankedBid[],
  standing: readonly Standing[],
  pools: readonly Pool[],
  policy: AllocationPolicy,
  rules: PoolRules<Pool>,
): Allocation<Pool> {
  const proposals: Proposal[] = []
  const passedOver: PassedOver[] = []
  const taken: Standing[] = [...standing]
  let left = pools
  let isStopped = false
  for (const bid of ranked) {
    const reason: PassedOverReason | undefined =
      barrier(bid, taken, policy) ?? (isStopped ? 'pools_exhausted' : undefined)
    const room = roomFen(bid.limits ?? [], taken)
    const proposal = reason === undefined ? offer(bid, left, room, policy, rules) : undefined
    if (proposal === undefined) {
      const isLimited = room !== null && room < bid.wantedFen && rules.available(rules.open(left, bid.needId)) > room
      const why = reason ?? (isLimited ? 'limit_reached' : 'pools_exhausted')
      passedOver.push({ bidId: bid.bidId, reason: why })
      isStopped ||= reason === undefined && !isLimited && policy.partialAward === 'stop'
      continue
    }
    proposals.push(proposal)
    taken.push({ ...bid, approvedFen: proposal.approvedFen })
    left = drawn(left, proposal.sources)
  }
  return { proposals, passedOver, pools: left }
}

/** What keeps a bid from an award whoever else is awarded. */
const INELIGIBLE: readonly PassedOverReason[] = ['below_pass_line', 'single_bid', 'too_few_bids', 'below_floor']

/** May a bid that was passed over step in later? Whoever reached the line may, unless its need is to be called again. */
export function isReserve(reason: PassedOverReason): boolean {
  return !INELIGIBLE.includes(reason)
}

/** May the bid be awarded at all, whoever else is? */
export function isEligible(bid: RankedBid, policy: AllocationPolicy): boolean {
  return ineligibility(bid, policy) === undefined
}

function ineligibility(bid: RankedBid, policy: AllocationPolicy): PassedOverReason | undefined {
  if (!bid.isAboveLine) return 'below_pass_line'
  if (bid.isSingleBid && policy.singleBidPolicy !== 'judge_on_merit') return 'single_bid'
  if (bid.validBids < policy.validBidsPerNeedMin) return 'too_few_bids'
  return bid.isTooSmall === true ? 'below_floor' : undefined
}

/** What keeps a bid from an award whatever money there is. */
function barrier(bid: RankedBid, taken: readonly Standing[], policy: AllocationPolicy): PassedOverReason | undefined {
  const ownBarrier = ineligibility(bid, policy)
  if (ownBarrier !== undefined) return ownBarrier
  if (taken.filter(({ needId }) => needId === bid.needId).length >= policy.awardsPerNeedMax) return 'need_served'
  const isAtLimit = bid.organizationIds.some(
    (id) =>
      taken.filter(({ organizationIds }) => organizationIds.includes(id)).length >= policy.awardsPerOrganizationMax,
  )
  return isAtLimit ? 'organization_limit' : undefined
}

function offer<Pool extends PoolFacts>(
  bid: RankedBid,
  pools: readonly Pool[],
  room: Fen | null,
  policy: AllocationPolicy,
  rules: PoolRules<Pool>,
): Proposal | undefined {
  const open = rules.open(pools, bid.needId)
  const held = rules.available(open)
  const available = room !== null && room < held ? room : held
  const isPartial = available < bid.wantedFen
  if (isPartial && (policy.partialAward !== 'offer_rest' || available < policy.floorFen || available === 0n))
    return undefined
  const approvedFen = isPartial ? available : bid.wantedFen
  const sources = rules.draw(open, approvedFen)
  return sources.accepted ? { bidId: bid.bidId, approvedFen, sources: sources.value, isPartial } : undefined
}

/** The pools after these sources were taken from them. */
export function drawn<Pool extends PoolFacts>(pools: readonly Pool[], sources: readonly AwardSource[]): Pool[] {
  return pools.map((pool) => ({
    ...pool,
    allocatedFen:
      pool.allocatedFen + sumFen(sources.filter(({ poolId }) => poolId === pool.id).map((s) => s.amountFen)),
  }))
}

/** The pools after these sources were given back. */
export function released<Pool extends PoolFacts>(pools: readonly Pool[], sources: readonly AwardSource[]): Pool[] {
  return drawn(
    pools,
    sources.map((source) => ({ ...source, amountFen: -source.amountFen })),
  )
}

/** An award that stands with its amount, whose pools may be chosen anew. */
export interface Redrawable {
  readonly id: string
  readonly needId: string
  readonly approvedFen: Fen
  readonly sources: readonly AwardSource[]
}

/**
 * Chooses the pools of standing awards anew, best rank first, after money came free (policy `reallocateAfterNotice`,
 * process.md 6.3). Amounts never change. Undefined when the new order would leave one without its money: then all
 * stays as it was.
 */
export function redraw<Pool extends PoolFacts>(
  awardsByRank: readonly Redrawable[],
  pools: readonly Pool[],
  rules: PoolRules<Pool>,
): Map<string, readonly AwardSource[]> | undefined {
  const split = new Map<string, readonly AwardSource[]>()
  let left: readonly Pool[] = awardsByRank.reduce<readonly Pool[]>(
    (given, { sources }) => released(given, sources),
    pools,
  )
  for (const award of awardsByRank) {
    const sources = rules.draw(rules.open(left, award.needId), award.approvedFen)
    if (!sources.accepted) return undefined
    split.set(award.id, sources.value)
    left = drawn(left, sources.value)
  }
  return split
}
