import type { Fen } from '../../../kernel/money.ts'
import type { SolveProgram } from '../../../kernel/program.ts'
import { type AdviceFacts, type AdvicePool, alongRanking } from './adviceFacts.ts'
import { pay } from './advicePayment.ts'
import { constraintsOf, priceOf } from './advicePrices.ts'
import { choose, NODES_MAX, SIDE_NODES_MAX } from './adviceSearch.ts'
import { isEligible, type RankedBid } from './allocation.ts'
import type { AwardSource } from './award.ts'

export { type AdviceFacts, type AdvicePool, alongRanking, coverageOf } from './adviceFacts.ts'

export interface AdvisedAward {
  readonly bidId: string
  readonly needId: string
  readonly amountFen: Fen
  readonly sources: readonly AwardSource[]
}

export const UNMET_REASONS = ['no_bid', 'none_eligible', 'constraints'] as const

export interface UnmetNeed {
  readonly needId: string
  readonly weight: number
  /** Nobody was ranked for it; nobody who was may be awarded; somebody may, but not within money and limits. */
  readonly reason: (typeof UNMET_REASONS)[number]
}

export const CONSTRAINT_KINDS = ['pool', 'organization_max', 'limit'] as const

export interface ConstraintPrice {
  readonly kind: (typeof CONSTRAINT_KINDS)[number]
  /** The pool's identifier, the limit's code, or `awardsPerOrganizationMax`. */
  readonly code: string
  /** The weight that could be covered besides if this constraint alone did not exist; null: not found within the limits. */
  readonly price: number | null
}

export interface Advice {
  /** Best rank first. */
  readonly awards: readonly AdvisedAward[]
  readonly coverage: number
  readonly unmet: readonly UnmetNeed[]
  /** Null where nobody asked for them. */
  readonly prices: readonly ConstraintPrice[] | null
  /** No awards of whole amounts within the constraints cover more; otherwise the search ended at a limit with the best it had. */
  readonly isProven: boolean
}

/** More constraints than this are not priced one by one. */
export const PRICES_MAX = 24
/**
 * The awards that cover the greatest weight of needs with whole wanted amounts, within the pools, the places of each need
 * and all limits; among these the ones that stand best in the ranking. Bids that the ranking could not award (pass line,
 * single bid, too few bids) take no part. Where the awards along the ranking cover more, because the policy offers the bid
 * at the margin a part, they are what is advised: advice never covers less than the ranking. The ranking decides.
 */
export async function adviseAllocation<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  solve: SolveProgram,
  { withPrices }: { readonly withPrices: boolean } = { withPrices: true },
): Promise<Advice> {
  const covering = await choose(facts, solve, null, NODES_MAX)
  const ranked = await choose(facts, solve, covering.coverage, SIDE_NODES_MAX)
  // The second search may end at a limit without anything.
  const choice = ranked.coverage >= covering.coverage ? ranked : covering
  const walk = alongRanking(facts)
  const { awards, coverage } =
    walk.coverage > choice.coverage ? walk : { awards: paidAwards(facts, choice.bids), coverage: choice.coverage }
  const prices = withPrices ? await pricesOf(facts, coverage, solve) : null
  return { awards, coverage, unmet: unmetNeeds(facts, awards), prices, isProven: covering.isProven }
}

function paidAwards<Pool extends AdvicePool>(facts: AdviceFacts<Pool>, bids: readonly RankedBid[]): AdvisedAward[] {
  const paid = pay(facts, bids)
  if (!paid.isPaid) throw new Error('the chosen awards were paid when they were chosen')
  return bids.map(({ bidId, needId, wantedFen }) => ({
    bidId,
    needId,
    amountFen: wantedFen,
    sources: paid.sources.get(bidId) ?? [],
  }))
}

async function pricesOf<Pool extends AdvicePool>(
  facts: AdviceFacts<Pool>,
  coverage: number,
  solve: SolveProgram,
): Promise<ConstraintPrice[]> {
  const prices: ConstraintPrice[] = []
  for (const { kind, code, without } of constraintsOf(facts).slice(0, PRICES_MAX))
    prices.push({ kind, code, price: await priceOf(without(), coverage, solve) })
  return prices
}

/** A bid that is advised or proposed, with each amount; null: not. Only bids on which the two differ. */
export interface Departure {
  readonly bidId: string
  readonly advisedFen: Fen | null
  readonly proposedFen: Fen | null
}

/** Where proposals depart from the advice, in the order of the advice, then of the proposals. */
export function departures(
  advised: readonly { readonly bidId: string; readonly amountFen: Fen }[],
  proposed: readonly { readonly bidId: string; readonly approvedFen: Fen }[],
): Departure[] {
  const bidIds = new Set([...advised, ...proposed].map(({ bidId }) => bidId))
  return [...bidIds]
    .map((bidId) => ({
      bidId,
      advisedFen: advised.find((one) => one.bidId === bidId)?.amountFen ?? null,
      proposedFen: proposed.find((one) => one.bidId === bidId)?.approvedFen ?? null,
    }))
    .filter(({ advisedFen, proposedFen }) => advisedFen !== proposedFen)
}

function unmetNeeds<Pool extends AdvicePool>(
  { needs, bids, policy }: AdviceFacts<Pool>,
  chosen: readonly Pick<RankedBid, 'needId'>[],
): UnmetNeed[] {
  const covered = new Set(chosen.map(({ needId }) => needId))
  return needs
    .filter(({ id }) => !covered.has(id))
    .map(({ id, weight }) => {
      const own = bids.filter(({ needId }) => needId === id)
      const reason =
        own.length === 0 ? 'no_bid' : own.some((bid) => isEligible(bid, policy)) ? 'constraints' : 'none_eligible'
      return { needId: id, weight, reason }
    })
}
