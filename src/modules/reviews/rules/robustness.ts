import { compareFractions, type Fraction, fraction, sumFractions } from '../../../kernel/ratio.ts'
import { type SmallestChange, smallestAwardChange, smallestPassChange } from './change.ts'
import type { Contest } from './contest.ts'
import {
  type Contender,
  type Lot,
  type RankingEntry,
  type RankingTerms,
  rankBids,
  type Sheet,
  tiesForLot,
} from './ranking.ts'

/** The two lines that a bid can lie above or below: the policy's pass line, and the last award. */
export const CUT_LINES = ['pass', 'award'] as const
export type CutLine = (typeof CUT_LINES)[number]

/** From where on the policy calls a result fragile; null: not looked at. */
export interface RobustnessTerms {
  /** One criterion of one sheet that changes by fewer hundredths than this must flip no line. */
  readonly changeMinHundredths: number | null
  /** So many bids may change sides when any one expert is left out. */
  readonly leaveOneOutCrossingsMax: number | null
  /** So far, in hundredths, an expert may be from the others on the same bids, on average. */
  readonly severityMaxHundredths: number | null
}

/** The policy that says nothing of robustness: half a point must decide nothing. Nothing follows from it but a word. */
export const ROBUSTNESS_UNLESS_SAID: RobustnessTerms = {
  changeMinHundredths: 50,
  leaveOneOutCrossingsMax: null,
  severityMaxHundredths: null,
}

/** The bids that would be awarded along these entries. */
export type Served = (entries: readonly RankingEntry[]) => ReadonlySet<string>

/** A bid that lies on the other side of a line than in the ranking. */
export interface Crossing {
  readonly bidId: string
  readonly line: CutLine
  readonly direction: 'up' | 'down'
}

export interface Comparison {
  readonly crossings: readonly Crossing[]
  /** How many bids stand at another rank, and how far the furthest of them. */
  readonly moved: number
  readonly furthest: number
}

export interface Reviewer {
  readonly expertId: string
  readonly sheets: number
  /** Bids that others judged as well. */
  readonly shared: number
  /** Mean over the shared bids of own total minus mean of the others, in hundredths; positive is mild. Null: none shared. */
  readonly severity: Fraction | null
  /** Mean distance of the own totals from their own mean, in hundredths. Next to nothing: all bids were alike to it. */
  readonly spread: Fraction
  /** What the ranking would be without all sheets of this expert. */
  readonly without: Comparison
}

export interface TieDecision {
  readonly bidIds: readonly string[]
  readonly steps: readonly string[]
  /** Some of them were awarded and some were not: the tie-break decided about money. */
  readonly separatesAwards: boolean
}

export const FRAGILITIES = ['small_change', 'one_expert', 'severe_expert'] as const
export type Fragility = (typeof FRAGILITIES)[number]

export interface Robustness {
  readonly reviewers: readonly Reviewer[]
  /** Against the same sheets with extremes kept where the policy drops them, dropped where it keeps them. */
  readonly otherExtremes: Comparison & { readonly dropped: boolean }
  readonly ties: readonly TieDecision[]
  readonly passChange: SmallestChange
  readonly awardChange: SmallestChange
  readonly fragilities: readonly Fragility[]
  readonly isFragile: boolean
}

/**
 * How firmly the ranking stands on its sheets: what changes without one expert, with extremes treated the other way, and
 * by the smallest change of one criterion on one sheet. Exact; says nothing about who is right. A tie that no lot was
 * drawn for is taken as the ranking stands, so nothing flips for want of a lot.
 */
export function robustnessOf(contest: Contest, served: Served, thresholds: RobustnessTerms): Robustness {
  const { contenders, terms } = contest
  const base = rankStanding(contenders, terms, contest.lots, [])
  const compare = (others: readonly Contender[], otherTerms: RankingTerms) =>
    comparison(base, rankStanding(others, otherTerms, contest.lots, base), served)
  const experts = [...new Set(contenders.flatMap(({ sheets }) => sheets.map(({ expertId }) => expertId)))].sort()
  const reviewers = experts.map(
    (expertId): Reviewer => ({
      ...figuresOf(expertId, contenders),
      without: compare(
        contenders.map((one) => without(expertId, one)),
        terms,
      ),
    }),
  )
  const dropped = terms.dropExtremesMinSheets !== null
  const passChange = smallestPassChange(contest)
  const awarded = served(base)
  const awardChange = smallestAwardChange(contest, distances(base, awarded), (changed) => {
    const after = served(rankStanding(changed, terms, contest.lots, base))
    return after.size !== awarded.size || [...after].some((bidId) => !awarded.has(bidId))
  })
  const ties = tieDecisions(base, awarded)
  const fragilities = fragilitiesOf({ reviewers, passChange, awardChange }, thresholds)
  return {
    reviewers,
    otherExtremes: {
      ...compare(contenders, { ...terms, dropExtremesMinSheets: dropped ? null : 3 }),
      dropped: !dropped,
    },
    ties,
    passChange,
    awardChange,
    fragilities,
    isFragile: fragilities.length > 0,
  }
}

/** The ranking, with ties that no lot was drawn for in the order in which `standing` has them. */
export function rankStanding(
  contenders: readonly Contender[],
  terms: RankingTerms,
  lots: readonly Lot[],
  standing: readonly RankingEntry[],
): readonly RankingEntry[] {
  const asDrawn = rankBids(contenders, terms, lots)
  if (asDrawn.accepted) return asDrawn.value
  const rank = new Map(standing.map((entry) => [entry.bidId, entry.rank]))
  const assumed = tiesForLot(contenders, terms, lots).map((bidIds) => ({
    bidIds: bidIds.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)),
  }))
  const ranked = rankBids(contenders, terms, [...lots, ...assumed])
  if (!ranked.accepted) throw new Error('a lot among exactly the tied bids leaves no tie')
  return ranked.value
}

/** How far each bid's rank lies from the last award: what is near is looked at first. */
function distances(entries: readonly RankingEntry[], awarded: ReadonlySet<string>): ReadonlyMap<string, number> {
  const last = entries.reduce((rank, entry) => (awarded.has(entry.bidId) ? entry.rank : rank), 0)
  return new Map(entries.map(({ bidId, rank }) => [bidId, Math.abs(2 * (rank - last) - 1)]))
}

/** What lies on another side in `after` than in `before`. */
export function crossings(
  before: readonly RankingEntry[],
  after: readonly RankingEntry[],
  served: Served,
): readonly Crossing[] {
  const later = new Map(after.map((entry) => [entry.bidId, entry]))
  const [had, has] = [served(before), served(after)]
  return before.flatMap(({ bidId, isAboveLine }): Crossing[] => {
    const isAbove = later.get(bidId)?.isAboveLine === true
    const found: Crossing[] = []
    if (isAbove !== isAboveLine) found.push({ bidId, line: 'pass', direction: isAbove ? 'up' : 'down' })
    if (has.has(bidId) !== had.has(bidId))
      found.push({ bidId, line: 'award', direction: has.has(bidId) ? 'up' : 'down' })
    return found
  })
}

function comparison(before: readonly RankingEntry[], after: readonly RankingEntry[], served: Served): Comparison {
  const rank = new Map(after.map((entry) => [entry.bidId, entry.rank]))
  const shifts = before.map((entry) => Math.abs((rank.get(entry.bidId) ?? entry.rank) - entry.rank))
  return {
    crossings: crossings(before, after, served),
    moved: shifts.filter((shift) => shift > 0).length,
    furthest: shifts.reduce((furthest, shift) => Math.max(furthest, shift), 0),
  }
}

/** A bid that this expert alone judged keeps its sheet: without it there is nothing to rank. */
function without(expertId: string, contender: Contender): Contender {
  const sheets = contender.sheets.filter((sheet) => sheet.expertId !== expertId)
  return sheets.length === 0 ? contender : { ...contender, sheets }
}

function figuresOf(expertId: string, contenders: readonly Contender[]): Omit<Reviewer, 'without'> {
  const own: number[] = []
  const differences: Fraction[] = []
  for (const { sheets } of contenders) {
    const mine = sheets.find((sheet) => sheet.expertId === expertId)
    if (mine === undefined) continue
    own.push(mine.totalHundredths)
    const others = sheets.filter((sheet) => sheet !== mine)
    if (others.length > 0) differences.push(difference(mine, others))
  }
  const sum = own.reduce((total, hundredths) => total + hundredths, 0)
  const distance = own.reduce((total, hundredths) => total + Math.abs(hundredths * own.length - sum), 0)
  const mean = sumFractions(differences)
  return {
    expertId,
    sheets: own.length,
    shared: differences.length,
    severity: differences.length === 0 ? null : fraction(mean.numerator, mean.denominator * BigInt(differences.length)),
    spread: fraction(distance, own.length * own.length),
  }
}

function difference(mine: Sheet, others: readonly Sheet[]): Fraction {
  const sum = others.reduce((total, { totalHundredths }) => total + totalHundredths, 0)
  return fraction(mine.totalHundredths * others.length - sum, others.length)
}

/** Bids of one total, next to each other, with the steps that put them in their order. */
function tieDecisions(entries: readonly RankingEntry[], awarded: ReadonlySet<string>): TieDecision[] {
  const groups: RankingEntry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)?.at(-1)
    if (entry.decidedBy !== null && last !== undefined && last.decidedBy !== null && isSameTotal(last, entry))
      groups.at(-1)?.push(entry)
    else groups.push([entry])
  }
  return groups
    .filter((group) => group.length > 1)
    .map((group) => ({
      bidIds: group.map(({ bidId }) => bidId),
      steps: [...new Set(group.flatMap(({ decidedBy }) => decidedBy ?? []))],
      separatesAwards: new Set(group.map(({ bidId }) => awarded.has(bidId))).size > 1,
    }))
}

function isSameTotal(a: RankingEntry, b: RankingEntry): boolean {
  const exact = ({ total }: RankingEntry) => fraction(BigInt(total.numerator), BigInt(total.denominator))
  return compareFractions(exact(a), exact(b)) === 0
}

function fragilitiesOf(
  found: Pick<Robustness, 'reviewers' | 'passChange' | 'awardChange'>,
  { changeMinHundredths, leaveOneOutCrossingsMax, severityMaxHundredths }: RobustnessTerms,
): Fragility[] {
  const small = [found.passChange, found.awardChange].some(
    ({ change }) =>
      change !== null && changeMinHundredths !== null && Math.abs(change.hundredths) < changeMinHundredths,
  )
  const crossed = found.reviewers.some(
    ({ without: { crossings: crossed } }) =>
      leaveOneOutCrossingsMax !== null && new Set(crossed.map(({ bidId }) => bidId)).size > leaveOneOutCrossingsMax,
  )
  const severe = found.reviewers.some(
    ({ severity }) => severityMaxHundredths !== null && isBeyond(severity, severityMaxHundredths),
  )
  return [
    ...(small ? (['small_change'] as const) : []),
    ...(crossed ? (['one_expert'] as const) : []),
    ...(severe ? (['severe_expert'] as const) : []),
  ]
}

function isBeyond(severity: Fraction | null, hundredths: number): boolean {
  if (severity === null) return false
  const { numerator, denominator } = severity
  return compareFractions(fraction(numerator < 0n ? -numerator : numerator, denominator), fraction(hundredths, 1)) > 0
}
