import { type Fen, minFen } from '../../../kernel/money.ts'
import { compareFractions, type Fraction, fraction } from '../../../kernel/ratio.ts'

/** A grade of totals with the amount it gets, or the share of what was asked. */
export interface GradeTerms {
  readonly minHundredths: number
  readonly amountFen: Fen | null
  readonly shareBasisPoints: number | null
}

/** How the policy finds amounts. */
export interface AmountTerms {
  readonly method: 'requested' | 'fixed_by_host' | 'panel_median' | 'graded' | 'fixed'
  readonly fixedFen: Fen | null
  /** From best to worst. */
  readonly grades: readonly GradeTerms[]
  readonly capFen: Fen
  readonly floorFen: Fen
}

/** What decides the amount of one ranked bid. */
export interface AmountFacts {
  readonly requestedFen: Fen
  /** What the host fixed; undefined: nothing. */
  readonly fixedFen: Fen | undefined
  /** What the experts of the kept sheets recommend, in any order. */
  readonly recommendedFen: readonly Fen[]
  /** The exact total, in hundredths of a point. */
  readonly totalHundredths: Fraction
}

/** Where the policy itself fixes amounts the host does not. */
export function hostMayFix({ method }: Pick<AmountTerms, 'method'>): boolean {
  return method !== 'graded' && method !== 'fixed'
}

/**
 * What a bid gets if money lasts: never more than it asked for, nor than the cap; null where nobody has named an amount
 * yet. Below the floor a cut amount is none: see {@link isTooSmall}.
 */
export function amountOf(terms: AmountTerms, facts: AmountFacts): Fen | null {
  const found = facts.fixedFen ?? byMethod(terms, facts)
  return found === null ? null : minFen(found, facts.requestedFen, terms.capFen)
}

/** A bid that is cut below the floor is not worth funding; nothing at all never is. */
export function isTooSmall({ floorFen }: Pick<AmountTerms, 'floorFen'>, amountFen: Fen, requestedFen: Fen): boolean {
  return amountFen === 0n || (amountFen < requestedFen && amountFen < floorFen)
}

/**
 * The median; of an even number the lower of the two in the middle: an amount that an expert has named and that at least
 * half of them would not exceed. Null of none.
 */
export function lowerMedian(amounts: readonly Fen[]): Fen | null {
  const sorted = amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

function byMethod({ method, fixedFen, grades }: AmountTerms, facts: AmountFacts): Fen | null {
  if (method === 'requested') return facts.requestedFen
  if (method === 'fixed_by_host') return null
  if (method === 'fixed') return fixedFen
  if (method === 'panel_median') return lowerMedian(facts.recommendedFen)
  const grade = grades.find(
    ({ minHundredths }) => compareFractions(facts.totalHundredths, fraction(minHundredths, 1)) >= 0,
  )
  return grade === undefined ? 0n : ofGrade(grade, facts.requestedFen)
}

/** Half a fen rounds up, as shares of amounts do everywhere (process.md 7). */
function ofGrade({ amountFen, shareBasisPoints }: GradeTerms, requestedFen: Fen): Fen {
  return amountFen ?? (requestedFen * BigInt(shareBasisPoints ?? 0) * 2n + 10_000n) / 20_000n
}
