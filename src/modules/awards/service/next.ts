import { endOfDay, legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { type Fen, fenOf, formatYuan } from '../../../kernel/money.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { fraction } from '../../../kernel/ratio.ts'
import { resolvePeriod } from '../../../kernel/workdays.ts'
import { newId } from '../../../platform/ids.ts'
import { record, type Work } from '../../../platform/work.ts'
import { advanceBid, type Bid, bidsOfRound, tellBidder } from '../../bids/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { type Need, needsOf } from '../../needs/index.ts'
import { projectStandingsOf } from '../../projects/index.ts'
import { type Ranking, type RankingEntry, rankingOf, recommendedAmountsOf } from '../../reviews/index.ts'
import {
  availableFen,
  drawFromPools,
  drawPools,
  eligiblePools,
  type FundPool,
  lockRound,
  poolsOf,
  type Round,
  releaseToPools,
} from '../../rounds/index.ts'
import {
  type AllocationPolicy,
  allocate,
  type PoolRules,
  type Proposal,
  type RankedBid,
  redraw,
  type Standing,
} from '../rules/allocation.ts'
import { type AmountTerms, amountOf, isTooSmall } from '../rules/amounts.ts'
import { type Award, isStanding } from '../rules/award.ts'
import { limitGroups } from '../rules/limits.ts'
import { findAwardsOfRound, insertAward, nextSequence, replaceSources } from '../store/awards.ts'
import { findFixedAmounts } from '../store/rounds.ts'
import { isReserveOver } from './reserve.ts'
import { tellOnceSettled } from './telling.ts'

/** Deadline at which a cut award without a revised budget counts as declined. */
export const AWARD_BUDGET_DUE = 'award.budget_due'

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

/**
 * For objections and declined awards: proposes the best reserve bid of the need that reached the pass line, with the
 * money that came free, at most the amount that the host fixed for it; it needs a notice of its own. Null when nobody can step in. Where the policy reallocates, the
 * pools of all unconfirmed awards are chosen anew. Asks no permission.
 */
export async function proposeNext(work: Work, roundId: string, needId: string): Promise<Award | null> {
  const round = await lockRound(work, roundId)
  const next = await stepIn(work, round, needId)
  await tellOnceSettled(work, round)
  return next
}

async function stepIn(work: Work, round: Round, needId: string): Promise<Award | null> {
  const { id: roundId } = round
  const ranking = await rankingOf(work, roundId)
  if (ranking === undefined || (await isReserveOver(work, round))) return null
  const field = await readField(work, round)
  const fixed = await findFixedAmounts(work.sql, roundId)
  const waiting = await waitingFor(work, field, needId)
  const inLine = rankedBids(field, ranking, fixed).filter(({ bidId }) => waiting.has(bidId))
  const standing = standingAwards(field)
  const { proposals } = allocate(inLine, standing, field.pools, allocationPolicy(round), poolRules(field))
  const [proposal] = proposals
  const next = proposal === undefined ? null : await award(work, field, proposal)
  if (!round.policy.reallocateAfterNotice) return next
  await reallocate(work, round, ranking)
  return next === null ? null : ((await findAwardsOfRound(work.sql, roundId)).find(({ id }) => id === next.id) ?? next)
}

/** The bids in reserve for a need whose project is still on the list: an agency may give it up while it waits. */
async function waitingFor(work: Work, { bids }: Field, needId: string): Promise<ReadonlySet<string>> {
  const reserve = [...bids.values()].filter((bid) => bid.needId === needId && bid.state === 'reserve')
  const standings = await projectStandingsOf(
    work,
    reserve.map(({ projectId }) => projectId),
  )
  return new Set(reserve.flatMap(({ id, projectId }) => (standings.get(projectId)?.state === 'listed' ? [id] : [])))
}

/** Turns a proposal into an award: money drawn, bid proposed, the revised budget asked for where less is approved. */
export async function award(work: Work, field: Field, proposal: Proposal): Promise<Award> {
  const { round } = field
  const bid = required(field.bids.get(proposal.bidId), proposal.bidId)
  const need = required(field.needs.get(bid.needId), bid.needId)
  const requestedFen = requestedOf(bid)
  const isCut = proposal.approvedFen < requestedFen
  const now = await work.now(round.hostId)
  const budgetDue = isCut ? await resolveBudgetDue(work, round, now) : null
  const created = await insertAward(
    work.sql,
    newId('awd'),
    {
      roundId: round.id,
      hostId: round.hostId,
      bidId: bid.id,
      projectId: bid.projectId,
      needId: bid.needId,
      organizationId: bid.organizationId,
      sponsoredGroupId: bid.sponsoredGroupId,
      sequence: await nextSequence(work.sql, round.id),
      requestedFen,
      approvedFen: proposal.approvedFen,
      state: isCut ? 'awaiting_budget' : 'proposed',
      isSingleBid: isSingleBid(field, bid),
      budgetDue,
      sources: await drawFromPools(work, round.id, need, proposal.approvedFen),
    },
    now,
  )
  await advanceBid(work, bid.id, 'propose')
  // Who owes a budget is told at once.
  if (isCut) await tellBidder(work, bid.id)
  if (budgetDue !== null)
    await setDeadline(work, {
      kind: AWARD_BUDGET_DUE,
      hostId: round.hostId,
      subject: created.id,
      dueAt: endOfDay(budgetDue.effectiveOn),
      resolved: budgetDue,
    })
  await record(work, {
    type: `award.${created.state}`,
    subject: created.id,
    hostId: round.hostId,
    at: now,
    data: {
      bidId: bid.id,
      requested: formatYuan(requestedFen),
      approved: formatYuan(created.approvedFen),
      sources: created.sources.map(({ poolId, amountFen }) => ({ poolId, amount: formatYuan(amountFen) })),
    },
  })
  return created
}

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

function isSingleBid(field: Field, bid: Bid): boolean {
  return validBids(field, bid.needId) === 1
}

/** How many bids for the need came through the formal check. */
function validBids({ bids }: Field, needId: string): number {
  return [...bids.values()].filter((bid) => bid.needId === needId && QUALIFIED.includes(bid.state)).length
}

function organizationsOf(one: { readonly organizationId: string; readonly sponsoredGroupId: string | null }): string[] {
  return one.sponsoredGroupId === null ? [one.organizationId] : [one.organizationId, one.sponsoredGroupId]
}

async function resolveBudgetDue(work: Work, round: Round, now: Date) {
  const { awardBudget } = round.policy
  if (awardBudget === null) return null
  return orThrow(resolvePeriod(await calendarOf(work, round.hostId), legalDateOf(now), awardBudget))
}

/** Chooses the pools of all awards that no meeting has confirmed anew, best rank first. */
async function reallocate(work: Work, round: Round, ranking: Ranking): Promise<void> {
  const field = await readField(work, round)
  const rank = new Map(ranking.entries.map((entry) => [entry.bidId, entry.rank]))
  const movable = field.awards
    .filter((one) => isStanding(one) && one.state !== 'confirmed')
    .sort((a, b) => (rank.get(a.bidId) ?? 0) - (rank.get(b.bidId) ?? 0))
  const split = redraw(movable, field.pools, poolRules(field))
  if (split === undefined) return
  for (const one of movable) await releaseToPools(work, round.id, one.sources)
  for (const one of movable) {
    const need = required(field.needs.get(one.needId), one.needId)
    const sources = await drawFromPools(work, round.id, need, one.approvedFen)
    if (isSameSplit(one.sources, sources)) continue
    await replaceSources(work.sql, one, sources)
    await record(work, {
      type: 'award.sources_changed',
      subject: one.id,
      hostId: round.hostId,
      at: await work.now(round.hostId),
      data: { sources: sources.map(({ poolId, amountFen }) => ({ poolId, amount: formatYuan(amountFen) })) },
    })
  }
}

function isSameSplit(a: Award['sources'], b: Award['sources']): boolean {
  return (
    a.length === b.length && a.every((part, i) => part.poolId === b[i]?.poolId && part.amountFen === b[i].amountFen)
  )
}

function required<Value>(value: Value | undefined, id: string): Value {
  if (value === undefined) throw new Error(`the round has lost ${id}`)
  return value
}
