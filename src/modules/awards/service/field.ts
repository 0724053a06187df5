import { type Fen, fenOf } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { fraction } from '../../../kernel/ratio.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound } from '../../bids/index.ts'
import { type Need, needsOf } from '../../needs/index.ts'
import { type Ranking, type RankingEntry, recommendedAmountsOf } from '../../reviews/index.ts'
import { availableFen, drawPools, eligiblePools, type FundPool, poolsOf, type Round } from '../../rounds/index.ts'
import type { AllocationPolicy, PoolRules, RankedBid, Standing } from '../rules/allocation.ts'
import { type AmountTerms, amountOf, isTooSmall } from '../rules/amounts.ts'
import { type Award, isStanding } from '../rules/award.ts'
import { limitGroups } from '../rules/limits.ts'
import { findAwardsOfRound } from '../store/awards.ts'

/** States of a bid that came through the formal check and was not taken back before. */
export const QUALIFIED: readonly string[] = [
  'accepted',
  'scored',
  'proposed',
  'reserve',
  'not_funded',
  'awarded',
  'cancelled',
  'declined',
]

/** All that an allocation in this round looks at. */
export interface Field {
  readonly round: Round
  readonly bids: ReadonlyMap<string, Bid>
  readonly needs: ReadonlyMap<string, Need>
  readonly pools: readonly FundPool[]
  readonly awards: readonly Award[]
  /** What experts recommend, by bid, in fen; empty where the policy does not ask for it. */
  readonly recommended: ReadonlyMap<string, readonly Fen[]>
}

/** Reads all of it; a round has hundreds of bids, not thousands. */
export async function readField(work: Work, round: Round): Promise<Field> {
  const bids = await bidsOfRound(work, round.id)
  const needIds = [...new Set([...round.needIds, ...bids.map((bid) => bid.needId)])]
  return {
    round,
    bids: new Map(bids.map((bid) => [bid.id, bid])),
    needs: new Map((await needsOf(work, needIds)).map((need) => [need.id, need])),
    pools: await poolsOf(work, round.id),
    awards: await findAwardsOfRound(work.sql, round.id),
    recommended:
      round.policy.amounts.method === 'panel_median' ? await recommendedAmountsOf(work, round.id) : new Map(),
  }
}

/**
 * The ranking in its order, with what each bid gets if money lasts: the amount fixed by the host, else by the method of
 * the policy; where nobody has named one, what was asked.
 */
export function rankedBids(field: Field, ranking: Ranking, fixed: ReadonlyMap<string, bigint>): RankedBid[] {
  const terms = amountTerms(field.round)
  return ranking.entries.map((entry) => {
    const { bidId, isAboveLine } = entry
    const bid = required(field.bids.get(bidId), bidId)
    const wantedFen = amountFor(field, entry, fixed) ?? requestedOf(bid)
    return {
      bidId,
      needId: bid.needId,
      organizationIds: organizationsOf(bid),
      wantedFen,
      isTooSmall: isTooSmall(terms, wantedFen, requestedOf(bid)),
      isAboveLine,
      isSingleBid: isSingleBid(field, bid),
      validBids: validBids(field, bid.needId),
      limits: limitsOf(field, bid),
    }
  })
}

/** The ranked bids above the line for which nobody has named an amount. */
export function bidsWithoutAmount(field: Field, ranking: Ranking, fixed: ReadonlyMap<string, bigint>): string[] {
  return ranking.entries
    .filter((entry) => entry.isAboveLine && amountFor(field, entry, fixed) === null)
    .map(({ bidId }) => bidId)
}

export function amountFor(
  field: Field,
  { bidId, total }: RankingEntry,
  fixed: ReadonlyMap<string, bigint>,
): Fen | null {
  return amountOf(amountTerms(field.round), {
    requestedFen: requestedOf(required(field.bids.get(bidId), bidId)),
    fixedFen: fixed.get(bidId),
    recommendedFen: field.recommended.get(bidId) ?? [],
    totalHundredths: fraction(BigInt(total.numerator), BigInt(total.denominator)),
  })
}

export function amountTerms({ policy }: Pick<Round, 'policy'>): AmountTerms {
  const { method, fixed, grades } = policy.amounts
  return {
    method,
    fixedFen: fixed === null ? null : fenOf(fixed),
    grades: grades.map(({ min, amount, shareBasisPoints }) => ({
      minHundredths: parsePoints(min),
      amountFen: amount === null ? null : fenOf(amount),
      shareBasisPoints,
    })),
    capFen: fenOf(policy.cap),
    floorFen: fenOf(policy.floor),
  }
}

/** Awards that hold a place and money, as limits count them. */
export function standingAwards(field: Field): Standing[] {
  return field.awards.filter(isStanding).map((award) => ({
    needId: award.needId,
    organizationIds: organizationsOf(award),
    approvedFen: award.approvedFen,
    limits: limitsOf(field, award),
  }))
}

function limitsOf(field: Field, one: Pick<Award, 'needId' | 'organizationId' | 'sponsoredGroupId'>) {
  const { divisionCode, serviceField } = required(field.needs.get(one.needId), one.needId)
  const terms = (field.round.policy.allocation?.limits ?? []).map(({ amountMax, ...limit }) => ({
    ...limit,
    amountMaxFen: amountMax === null ? null : fenOf(amountMax),
  }))
  return limitGroups(terms, { organizationIds: organizationsOf(one), divisionCode, serviceField })
}

export function allocationPolicy({ policy }: Round): AllocationPolicy {
  return { ...policy, floorFen: fenOf(policy.floor) }
}

export function poolRules({ round, needs }: Field): PoolRules<FundPool> {
  return {
    open: (pools, needId) => eligiblePools(pools, round.policy, required(needs.get(needId), needId)),
    available: (pools) => availableFen(pools, round.policy.poolMatches),
    draw: (pools, amountFen) => drawPools(pools, amountFen, round.policy.poolMatches),
  }
}

export function requestedOf(bid: Pick<Bid, 'id' | 'requestedFen'>): bigint {
  if (bid.requestedFen === null) throw new Error(`the bid ${bid.id} asks for nothing`)
  return bid.requestedFen
}

export function isSingleBid(field: Field, bid: Bid): boolean {
  return validBids(field, bid.needId) === 1
}

/** How many bids for the need came through the formal check. */
function validBids({ bids }: Field, needId: string): number {
  return [...bids.values()].filter((bid) => bid.needId === needId && QUALIFIED.includes(bid.state)).length
}

function organizationsOf(one: { readonly organizationId: string; readonly sponsoredGroupId: string | null }): string[] {
  return one.sponsoredGroupId === null ? [one.organizationId] : [one.organizationId, one.sponsoredGroupId]
}

export function required<Value>(value: Value | undefined, id: string): Value {
  if (value === undefined) throw new Error(`the round has lost ${id}`)
  return value
}
