import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { sumPoints } from '../../../kernel/points.ts'
import { compareFractions, type Fraction, fraction } from '../../../kernel/ratio.ts'
import { LotRequired, OutlierReasonsMissing } from '../problems/index.ts'
import { type Candidate, isAboveLine, type Score, type ScoringTerms, scoreOf } from './scoring.ts'
import type { SheetItem } from './sheets.ts'

/** A valid sheet as the ranking sees it. */
export interface Sheet {
  readonly expertId: string
  readonly items: readonly SheetItem[]
  readonly totalHundredths: number
  readonly signedAt: Date
  /** Tells which of two sheets of one instant was signed first. */
  readonly signingNumber: number
}

export interface Contender extends Candidate {
  readonly bidId: string
  readonly submittedAt: Date
  /** At least one. */
  readonly sheets: readonly Sheet[]
}

export interface RankingTerms {
  /** From this number of sheets on the highest and the lowest are dropped; null: never. */
  readonly dropExtremesMinSheets: number | null
  readonly outlierGapHundredths: number | null
  readonly passLineHundredths: number
  /**
   * `<criterion>_mean`, `<component>_points`, `lower_request`, `earlier_submission`, `lot`, in the order in which they
   * are asked.
   */
  readonly tieBreak: readonly string[]
  readonly scoring: ScoringTerms
}

/** Bids in the order in which they were drawn. */
export interface Lot {
  readonly bidIds: readonly string[]
}

export interface RankingEntry {
  readonly bidId: string
  /** 1 is the best. Where each need is a lot, the lots follow each other in the order of the round's needs. */
  readonly rank: number
  /** Sum of the totals of the kept sheets, and how many they are: together the exact mean. */
  readonly sumHundredths: number
  readonly count: number
  /** What the bids are ordered by: the exact total, in hundredths of a point. */
  readonly total: WrittenFraction
  /** The parts of the total, their weights applied: `panel`, price criteria, the sources of the policy. */
  readonly components: readonly WrittenComponent[]
  /** The step that separated this bid from those of the same total; null when its total stands alone. */
  readonly decidedBy: string | null
  readonly isAboveLine: boolean
  readonly droppedExpertIds: readonly string[]
  /** Experts who differ from the mean of the others by more than the policy's gap; their sheets count all the same. */
  readonly outlierExpertIds: readonly string[]
}

/** A fraction as it is kept: JSON has no whole numbers of any size. */
export interface WrittenFraction {
  readonly numerator: string
  readonly denominator: string
}

export interface WrittenComponent extends WrittenFraction {
  readonly code: string
}

export interface Ranking {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  readonly entries: readonly RankingEntry[]
  /** Bids that have no result because their panel stayed below the quorum. */
  readonly withoutResult: readonly string[]
  readonly computedAt: Date
}

/**
 * Orders the bids by their exact totals (process.md 2.6 and the end of 7): the mean of the kept sheets, and whatever else
 * the policy counts. Equal totals go through the tie-break steps in turn; where each need is a lot, only bids for one need
 * can be tied. Rounded numbers take no part. Refused (`lot_required`) when only a lot can decide and none among exactly
 * these bids was drawn.
 */
export function rankBids(
  contenders: readonly Contender[],
  terms: RankingTerms,
  lots: readonly Lot[],
): Decision<RankingEntry[]> {
  const { order, ties } = arrange(contenders, terms, lots)
  if (ties.length > 0)
    return refuse(
      LotRequired,
      { bidIds: ties.flat().join(', ') },
      ties.map((bidIds) => ({ pointer: '#', code: 'tied', detail: bidIds.join(', ') })),
    )
  return accept(order.map((placed, index) => entryOf(placed, index + 1, terms)))
}

/** The groups of bids that only a lot can separate and for which none was drawn, each sorted by identifier. */
export function tiesForLot(
  contenders: readonly Contender[],
  terms: RankingTerms,
  lots: readonly Lot[],
): readonly (readonly string[])[] {
  return arrange(contenders, terms, lots).ties
}

/**
 * The sheets that count: from the policy's number on without one highest and one lowest total, whole sheets; among
 * equals the one signed first goes.
 */
export function keptSheets<One extends Sheet>(
  sheets: readonly One[],
  dropExtremesMinSheets: number | null,
): readonly One[] {
  // Dropping two of two would leave nothing to take a mean of.
  if (dropExtremesMinSheets === null || sheets.length < Math.max(dropExtremesMinSheets, 3)) return sheets
  const inSigningOrder = sheets.toSorted(bySigning)
  const highest = extreme(inSigningOrder, (sheet, best) => sheet.totalHundredths > best.totalHundredths)
  const rest = inSigningOrder.filter((sheet) => sheet !== highest)
  const lowest = extreme(rest, (sheet, worst) => sheet.totalHundredths < worst.totalHundredths)
  return rest.filter((sheet) => sheet !== lowest)
}

/** Experts whose total differs by more than the gap from the mean of the others, compared exactly. */
export function outliers(sheets: readonly Sheet[], gapHundredths: number | null): string[] {
  if (gapHundredths === null || sheets.length < 2) return []
  const sum = totalOf(sheets)
  const others = sheets.length - 1
  return sheets
    .filter(
      ({ totalHundredths }) => Math.abs(totalHundredths * others - (sum - totalHundredths)) > gapHundredths * others,
    )
    .map(({ expertId }) => expertId)
    .sort()
}

/** Refused while a sheet that is too far from the others of its bid has no written reason. Nothing is ever left out for it. */
export function explainedOutliers(
  bidIds: readonly string[],
  sheetsByBid: ReadonlyMap<string, readonly (Sheet & { readonly id: string; readonly outlierReason: string | null })[]>,
  gapHundredths: number | null,
): Decision<true> {
  const missing = bidIds.flatMap((bidId) => {
    const sheets = sheetsByBid.get(bidId) ?? []
    const far = new Set(outliers(sheets, gapHundredths))
    return sheets.filter(({ expertId, outlierReason }) => far.has(expertId) && outlierReason === null)
  })
  if (missing.length === 0) return accept(true)
  const flaws = missing.map(({ id }) => ({ pointer: '#', code: 'outlier_reason_missing', detail: id }))
  return refuse(OutlierReasonsMissing, { count: missing.length }, flaws)
}

interface Judged extends Contender {
  readonly kept: readonly Sheet[]
  readonly score: Score
}
interface Placed {
  readonly judged: Judged
  readonly decidedBy: string | null
}
/** Negative when `a` stands before `b`; 0 when this step cannot tell them apart. */
type Comparison = (a: Judged, b: Judged) => number

function arrange(contenders: readonly Contender[], terms: RankingTerms, lots: readonly Lot[]) {
  const judged = contenders.map((one): Judged => {
    const kept = keptSheets(one.sheets, terms.dropExtremesMinSheets)
    return { ...one, kept, score: scoreOf(one, fraction(totalOf(kept), kept.length), contenders, terms.scoring) }
  })
  const steps = terms.tieBreak.includes('lot') ? terms.tieBreak : [...terms.tieBreak, 'lot']
  const ties: string[][] = []
  const lotsInOrder = terms.scoring.scope === 'need' ? partition(judged, (a, b) => a.lot - b.lot) : [judged]
  const order = lotsInOrder
    .flatMap((lot) => partition(lot, (a, b) => compareFractions(b.score.total, a.score.total)))
    .flatMap((group) => separate(group, steps, null))
  return { order, ties }

  function separate(group: readonly Judged[], left: readonly string[], decidedBy: string | null): Placed[] {
    const [only] = group
    if (only !== undefined && group.length === 1) return [{ judged: only, decidedBy }]
    const [step, ...later] = left
    if (step === undefined) return tied(group)
    const comparison = step === 'lot' ? byLot(group, lots) : comparisonOf(step, terms.scoring)
    if (comparison === undefined) return tied(group)
    const parts = partition(group, comparison)
    return parts.flatMap((part) => separate(part, later, parts.length > 1 ? step : decidedBy))
  }

  function tied(group: readonly Judged[]): Placed[] {
    ties.push(group.map(({ bidId }) => bidId).sort())
    return group.map((one) => ({ judged: one, decidedBy: null }))
  }
}

/** The groups of equals, best first. */
function partition(group: readonly Judged[], comparison: Comparison): Judged[][] {
  const parts: Judged[][] = []
  for (const one of group.toSorted(comparison)) {
    const part = parts.at(-1)
    const first = part?.[0]
    if (part !== undefined && first !== undefined && comparison(first, one) === 0) part.push(one)
    else parts.push([one])
  }
  return parts
}

function comparisonOf(step: string, { prices }: ScoringTerms): Comparison {
  if (step === 'lower_request') return (a, b) => compareBigints(a.requestedFen, b.requestedFen)
  if (step === 'earlier_submission') return (a, b) => a.submittedAt.getTime() - b.submittedAt.getTime()
  if (step.endsWith('_points')) return higherComponent(step.replace(/_points$/, ''), step)
  const criterion = step.replace(/_mean$/, '')
  if (prices.some(({ code }) => code === criterion)) return higherComponent(criterion, step)
  return higherMean((sheet) => pointsOf(sheet, criterion, step))
}

/** The latest lot that was drawn among exactly these bids. */
function byLot(group: readonly Judged[], lots: readonly Lot[]): Comparison | undefined {
  const lot = lots.findLast(
    ({ bidIds }) => bidIds.length === group.length && group.every(({ bidId }) => bidIds.includes(bidId)),
  )
  return lot && ((a, b) => lot.bidIds.indexOf(a.bidId) - lot.bidIds.indexOf(b.bidId))
}

function higherMean(points: (sheet: Sheet) => number): Comparison {
  const mean = ({ kept }: Judged): Fraction => fraction(sumPoints(kept.map(points)), kept.length)
  return (a, b) => compareFractions(mean(b), mean(a))
}

/** By one part of the total; its weight is the same for all. */
function higherComponent(code: string, step: string): Comparison {
  const points = ({ score }: Judged): Fraction => {
    const found = score.components.find((component) => component.code === code)
    if (found === undefined) throw new RangeError(`the tie-break ${step} names no part of the total`)
    return found.hundredths
  }
  return (a, b) => compareFractions(points(b), points(a))
}

function pointsOf(sheet: Sheet, criterion: string, step: string): number {
  const item = sheet.items.find((one) => one.criterion === criterion)
  if (item === undefined) throw new RangeError(`the tie-break ${step} names no criterion of the sheets`)
  return item.hundredths
}

function entryOf({ judged, decidedBy }: Placed, rank: number, terms: RankingTerms): RankingEntry {
  const { bidId, sheets, kept, score } = judged
  const sumHundredths = totalOf(kept)
  return {
    bidId,
    rank,
    sumHundredths,
    count: kept.length,
    total: written(score.total),
    components: score.components.map(({ code, hundredths }) => ({ code, ...written(hundredths) })),
    decidedBy,
    isAboveLine: isAboveLine(score, terms.passLineHundredths, terms.scoring),
    droppedExpertIds: sheets
      .filter((sheet) => !kept.includes(sheet))
      .map(({ expertId }) => expertId)
      .sort(),
    outlierExpertIds: outliers(sheets, terms.outlierGapHundredths),
  }
}

function written({ numerator, denominator }: Fraction): WrittenFraction {
  return { numerator: String(numerator), denominator: String(denominator) }
}

function totalOf(sheets: readonly Sheet[]): number {
  return sumPoints(sheets.map(({ totalHundredths }) => totalHundredths))
}

function bySigning(a: Sheet, b: Sheet): number {
  return a.signedAt.getTime() - b.signedAt.getTime() || a.signingNumber - b.signingNumber
}

/** The first in order that no other surpasses. */
function extreme<One>(sheets: readonly One[], surpasses: (sheet: One, best: One) => boolean): One | undefined {
  return sheets.reduce<One | undefined>(
    (best, sheet) => (best === undefined || surpasses(sheet, best) ? sheet : best),
    undefined,
  )
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
