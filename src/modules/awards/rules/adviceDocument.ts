import { type Fen, type Money, money } from '../../../kernel/money.ts'
import { type Advice, type ConstraintPrice, type Departure, departures, type UnmetNeed } from './advice.ts'
import type { AwardSource } from './award.ts'

/** Advice as it is kept and shown. Its canonical JSON (RFC 8785) has the advice's digest. */
export interface AdviceDocument {
  readonly awards: readonly {
    readonly bidId: string
    readonly needId: string
    readonly amount: Money
    readonly sources: readonly {
      readonly poolId: string
      readonly source: AwardSource['source']
      readonly amount: Money
    }[]
  }[]
  /** Weight of the needs that the advised awards cover, that the ranking's would, and of all needs of the round. */
  readonly coverage: number
  readonly rankingCoverage: number
  readonly wholeWeight: number
  readonly unmet: readonly UnmetNeed[]
  /** Null where nobody asked for them. */
  readonly prices: readonly ConstraintPrice[] | null
  readonly isProven: boolean
}

/** Advice that was put on record; a later one of the round takes its place. */
export interface RecordedAdvice {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  readonly number: number
  readonly digest: string
  readonly document: AdviceDocument
  readonly computedAt: Date
}

/** A bid on which the proposals and the advice differ; null: no award. */
export interface WrittenDeparture {
  readonly bidId: string
  readonly advised: Money | null
  readonly proposed: Money | null
}

/** What the proposals made of the advice. */
export interface AdviceOutcome {
  readonly adviceId: string
  readonly departures: readonly WrittenDeparture[]
  /** Why they depart; null only where they do not. */
  readonly reason: string | null
}

export function adviceDocument(advice: Advice, rankingCoverage: number, wholeWeight: number): AdviceDocument {
  const { awards, coverage, unmet, prices, isProven } = advice
  return {
    awards: awards.map(({ amountFen, sources, ...award }) => ({
      ...award,
      amount: money(amountFen),
      sources: sources.map(({ amountFen, ...source }) => ({ ...source, amount: money(amountFen) })),
    })),
    coverage,
    rankingCoverage,
    wholeWeight,
    unmet,
    prices,
    isProven,
  }
}

export function writtenDepartures(
  advised: readonly { readonly bidId: string; readonly amountFen: Fen }[],
  proposed: readonly { readonly bidId: string; readonly approvedFen: Fen }[],
): WrittenDeparture[] {
  return departures(advised, proposed).map(({ bidId, advisedFen, proposedFen }: Departure) => ({
    bidId,
    advised: advisedFen === null ? null : money(advisedFen),
    proposed: proposedFen === null ? null : money(proposedFen),
  }))
}
