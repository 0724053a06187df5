import type { Fen } from '../../../kernel/money.ts'
import {
  basisPointsOfFraction,
  compareFractions,
  type Fraction,
  fraction,
  sumFractions,
} from '../../../kernel/ratio.ts'

/** How what was counted becomes points (docs/guide/policy.md). */
export type Normalization = 'as_is' | 'share_of_highest' | 'share_of_request' | 'rank'

/** Points from outside the panel: public jurors, votes, donations, bonuses. */
export interface SourceTerms {
  readonly code: string
  readonly normalization: Normalization
  readonly maxHundredths: number
  readonly weightBasisPoints: number
  /** Taken off the total instead of added. */
  readonly isDeduction?: boolean
}

/** How the total of a bid is made. */
export interface ScoringTerms {
  /** `need`: each need is a lot, in which its bids compete among themselves. */
  readonly scope: 'round' | 'need'
  readonly panelWeightBasisPoints: number
  readonly sources: readonly SourceTerms[]
  /** Criteria whose points follow from the price; experts do not score them. */
  readonly prices: readonly { readonly code: string; readonly maxHundredths: number }[]
  readonly passLineOn: 'total' | 'panel'
}

/** The panel decides alone: total = mean. */
export const PANEL_ALONE: ScoringTerms = {
  scope: 'round',
  panelWeightBasisPoints: 10_000,
  sources: [],
  prices: [],
  passLineOn: 'total',
}

/** A bid as the scoring sees it, besides its mean. */
export interface Candidate {
  /** Position of its need in the round: what makes a lot. */
  readonly lot: number
  readonly requestedFen: Fen
  /** What the sources counted for it, in hundredths of their unit; a source that counted nothing is absent. */
  readonly results: Readonly<Record<string, bigint>>
}

/** One part of a total: hundredths of a point, as an exact fraction, its weight applied. */
export interface Component {
  /** `panel`, a price criterion, or a source of the policy. */
  readonly code: string
  readonly hundredths: Fraction
}

export interface Score {
  readonly components: readonly Component[]
  /** The sum of the components. */
  readonly total: Fraction
  /** Mean of the sheets plus price points, no weight applied. */
  readonly panel: Fraction
}

/** The total of one bid among its rivals (itself included): exact, with the parts it is made of. */
export function scoreOf<One extends Candidate>(
  bid: One,
  mean: Fraction,
  field: readonly One[],
  terms: ScoringTerms,
): Score {
  const lot = field.filter((other) => other.lot === bid.lot)
  const rivals = terms.scope === 'need' ? lot : field
  const prices = terms.prices.map(({ code, maxHundredths }) => ({
    code,
    hundredths: pricePoints(bid, lot, maxHundredths),
  }))
  const weighted = [{ code: 'panel', hundredths: mean }, ...prices].map(({ code, hundredths }) => ({
    code,
    hundredths: basisPointsOfFraction(hundredths, terms.panelWeightBasisPoints),
  }))
  const outside = terms.sources.map((source) => ({
    code: source.code,
    hundredths: basisPointsOfFraction(signedPoints(bid, rivals, source), source.weightBasisPoints),
  }))
  const components = [...weighted, ...outside]
  return {
    components,
    total: sumFractions(components.map(({ hundredths }) => hundredths)),
    panel: sumFractions([mean, ...prices.map(({ hundredths }) => hundredths)]),
  }
}

/** Does the bid reach the line, by what the policy measures it with? */
export function isAboveLine(score: Score, lineHundredths: number, { passLineOn }: ScoringTerms): boolean {
  return compareFractions(passLineOn === 'panel' ? score.panel : score.total, fraction(lineHundredths, 1)) >= 0
}

/** Lowest price ÷ this price × max: the lowest gets all. Prices are compared within the lot: each need is a purchase. */
function pricePoints(bid: Candidate, lot: readonly Candidate[], maxHundredths: number): Fraction {
  if (bid.requestedFen === 0n) return fraction(maxHundredths, 1)
  const lowest = lot.reduce((low, { requestedFen }) => (requestedFen < low ? requestedFen : low), bid.requestedFen)
  return fraction(lowest * BigInt(maxHundredths), bid.requestedFen)
}

function signedPoints(bid: Candidate, rivals: readonly Candidate[], source: SourceTerms): Fraction {
  const { numerator, denominator } = sourcePoints(bid, rivals, source)
  return source.isDeduction === true ? fraction(-numerator, denominator) : { numerator, denominator }
}

/** The points of a source before its weight; none where it counted nothing for the bid. */
function sourcePoints(bid: Candidate, rivals: readonly Candidate[], source: SourceTerms): Fraction {
  const { code, normalization } = source
  const value = bid.results[code]
  if (value === undefined) return fraction(0, 1)
  const max = BigInt(source.maxHundredths)
  if (normalization === 'as_is') return fraction(value, 1)
  const others = rivals.flatMap(({ results }) => results[code] ?? [])
  if (normalization === 'rank') {
    const better = others.filter((other) => other > value).length
    return fraction(max * BigInt(others.length - better), others.length)
  }
  // Hundredths of a yuan are fen, so a donation compares to the request as it is.
  const whole =
    normalization === 'share_of_request'
      ? bid.requestedFen
      : others.reduce((high, other) => (other > high ? other : high), 0n)
  if (value >= whole) return fraction(value === 0n ? 0n : max, 1)
  return fraction(max * value, whole)
}
