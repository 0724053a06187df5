import {
  basisPointsOfFraction,
  compareFractions,
  type Fraction,
  fraction,
  sumFractions,
} from '../../../kernel/ratio.ts'
import type { Contest, JudgedCriterion } from './contest.ts'
import { type Contender, keptSheets, type RankingTerms, type Sheet } from './ranking.ts'
import { isAboveLine, type Score, scoreOf } from './scoring.ts'

/** One criterion of one sheet, changed by so many hundredths of a point. */
export interface ItemChange {
  readonly bidId: string
  readonly expertId: string
  readonly criterion: string
  /** Positive: more points. Never beyond 0 and the criterion's maximum. */
  readonly hundredths: number
}

export interface SmallestChange {
  /** Null: no change of one criterion flips the line, as far as was searched. */
  readonly change: ItemChange | null
  /** No change of at most so many hundredths was left out of the search. */
  readonly searchedHundredths: number
  readonly isComplete: boolean
}

/** So many rankings are made in the search for the award line before it ends with what it knows. */
const RANKINGS_MAX = 400

const DIRECTIONS = [1, -1] as const
type Direction = (typeof DIRECTIONS)[number]

/** A contender with what its score is without its sheets. */
interface Scored {
  readonly contender: Contender
  readonly mean: Fraction
  readonly score: Score
}

/**
 * The smallest change of one criterion on one sheet that brings a bid over the pass line or below it. More points on a
 * sheet never lower a mean, also where extremes are dropped, so the search halves its range.
 */
export function smallestPassChange({ contenders, terms, criteria }: Contest): SmallestChange {
  const reach = reachOf(criteria)
  let best: ItemChange | null = null
  for (const one of scored(inOrder(contenders), terms)) {
    const isAbove = isAboveLine(one.score, terms.passLineHundredths, terms.scoring)
    const direction: Direction = isAbove ? -1 : 1
    for (const sheet of one.contender.sheets) {
      const room = Math.min(roomOf(sheet, criteria, direction), best === null ? reach : Math.abs(best.hundredths) - 1)
      const flips = (magnitude: number) => {
        const score = changedScore(one, withTotal(one.contender, sheet, magnitude * direction), terms)
        return isAboveLine(score, terms.passLineHundredths, terms.scoring) !== isAbove
      }
      const magnitude = smallest(room, flips)
      const criterion = magnitude === null ? undefined : criterionWith(sheet, criteria, direction, magnitude)
      if (magnitude !== null && criterion !== undefined)
        best = changeOf(one.contender, sheet, criterion, magnitude * direction)
    }
  }
  return { change: best, searchedHundredths: reach, isComplete: true }
}

/**
 * The smallest change of one criterion on one sheet after which `isFlipped` holds of the contenders. The outcome depends
 * on the order alone, so it is asked only where the order may change: where the bid's total meets or leaves that of
 * another or the pass line, or where another sheet is dropped; of changes of one size, near the last award first.
 */
export function smallestAwardChange(
  { contenders, terms, criteria }: Contest,
  distances: ReadonlyMap<string, number>,
  isFlipped: (changed: readonly Contender[]) => boolean,
): SmallestChange {
  const reach = reachOf(criteria)
  const distance = ({ one }: Probe) => distances.get(one.contender.bidId) ?? 0
  const probes = probesOf(contenders, terms, criteria).toSorted(
    (a, b) => distance(a) - distance(b) || compareTexts(nameOf(a), nameOf(b)),
  )
  const asked = new Set<string>()
  let rankings = 0
  for (let magnitude = 1; magnitude <= reach; magnitude++) {
    for (const probe of probes) {
      const { one, sheet, direction } = probe
      if (magnitude > probe.room || !probe.moves(magnitude)) continue
      for (const criterion of probe.criteria) {
        if (roomIn(sheet, criterion, direction) < magnitude) continue
        const change = changeOf(one.contender, sheet, criterion, magnitude * direction)
        const key = probe.isAnySheet ? `${change.bidId} ${probe.kindOf(criterion)} ${change.hundredths}` : ''
        if (key !== '' && asked.has(key)) continue
        asked.add(key)
        if (++rankings > RANKINGS_MAX) return { change: null, searchedHundredths: magnitude - 1, isComplete: false }
        if (isFlipped(changed(contenders, change))) return { change, searchedHundredths: magnitude, isComplete: true }
      }
    }
  }
  return { change: null, searchedHundredths: reach, isComplete: true }
}

/** The contenders after the change. */
export function changed(contenders: readonly Contender[], change: ItemChange): readonly Contender[] {
  return contenders.map((contender) =>
    contender.bidId !== change.bidId
      ? contender
      : { ...contender, sheets: contender.sheets.map((sheet) => changedSheet(sheet, change)) },
  )
}

/** By names, so that of changes of one size the same one is told whatever the order of the record. */
function inOrder(contenders: readonly Contender[]): readonly Contender[] {
  return contenders
    .map((one) => ({ ...one, sheets: one.sheets.toSorted((a, b) => compareTexts(a.expertId, b.expertId)) }))
    .sort((a, b) => compareTexts(a.bidId, b.bidId))
}

function changedSheet(sheet: Sheet, { expertId, criterion, hundredths }: ItemChange): Sheet {
  if (sheet.expertId !== expertId) return sheet
  const items = sheet.items.map((item) =>
    item.criterion === criterion ? { ...item, hundredths: item.hundredths + hundredths } : item,
  )
  return { ...sheet, items, totalHundredths: sheet.totalHundredths + hundredths }
}

/** One sheet that is moved in one direction, hundredth by hundredth. */
interface Probe {
  readonly one: Scored
  readonly sheet: Sheet
  readonly direction: Direction
  readonly room: number
  /** The criteria that a tie-break may tell apart, and one or more for the rest. */
  readonly criteria: readonly JudgedCriterion[]
  /** No sheet of the bid is dropped, so it does not matter on which one the points change. */
  readonly isAnySheet: boolean
  kindOf(criterion: JudgedCriterion): string
  /** May the order be another than one hundredth before? Asked with 1, 2, 3 … */
  moves(magnitude: number): boolean
}

function probesOf(
  contenders: readonly Contender[],
  terms: RankingTerms,
  criteria: readonly JudgedCriterion[],
): readonly Probe[] {
  const all = scored(contenders, terms)
  const totals = all.map(({ score }) => score.total).sort(compareFractions)
  const kindOf = ({ code }: JudgedCriterion) => (terms.tieBreak.includes(`${code}_mean`) ? code : '')
  return all.flatMap((one) =>
    one.contender.sheets.flatMap((sheet) =>
      DIRECTIONS.map((direction): Probe => {
        const place = placeOf(one, totals, terms)
        let before = place(one.contender)
        return {
          one,
          sheet,
          direction,
          room: roomOf(sheet, criteria, direction),
          criteria,
          isAnySheet: keptSheets(one.contender.sheets, terms.dropExtremesMinSheets) === one.contender.sheets,
          kindOf,
          moves(magnitude) {
            const now = place(withTotal(one.contender, sheet, magnitude * direction))
            const hasMoved = now !== before
            before = now
            return hasMoved
          },
        }
      }),
    ),
  )
}

/** A text that is the same wherever the order must be the same: among which totals, on which side of the line, kept sheets. */
function placeOf(one: Scored, totals: readonly Fraction[], terms: RankingTerms): (contender: Contender) => string {
  return (contender) => {
    const score = changedScore(one, contender, terms)
    const below = countBelow(totals, (total) => compareFractions(total, score.total) < 0)
    const upTo = countBelow(totals, (total) => compareFractions(total, score.total) <= 0)
    const kept = keptSheets(contender.sheets, terms.dropExtremesMinSheets).map(({ expertId }) => expertId)
    return `${below} ${upTo} ${isAboveLine(score, terms.passLineHundredths, terms.scoring)} ${kept.join()}`
  }
}

/** How many of the sorted values fulfil a condition that holds of the first ones alone. */
function countBelow(sorted: readonly Fraction[], holds: (value: Fraction) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(sorted[middle] as Fraction)) low = middle + 1
    else high = middle
  }
  return low
}

function scored(contenders: readonly Contender[], terms: RankingTerms): readonly Scored[] {
  return contenders.map((contender) => {
    const mean = meanOf(contender, terms)
    return { contender, mean, score: scoreOf(contender, mean, contenders, terms.scoring) }
  })
}

/** The score with other sheets: only the part of the panel changes. */
function changedScore({ mean, score }: Scored, contender: Contender, terms: RankingTerms): Score {
  const { numerator, denominator } = mean
  const change = sumFractions([meanOf(contender, terms), { numerator: -numerator, denominator }])
  const weighted = basisPointsOfFraction(change, terms.scoring.panelWeightBasisPoints)
  return { ...score, total: sumFractions([score.total, weighted]), panel: sumFractions([score.panel, change]) }
}

function meanOf({ sheets }: Contender, { dropExtremesMinSheets }: RankingTerms): Fraction {
  const kept = keptSheets(sheets, dropExtremesMinSheets)
  return fraction(
    kept.reduce((sum, { totalHundredths }) => sum + totalHundredths, 0),
    kept.length,
  )
}

function withTotal(contender: Contender, changing: Sheet, hundredths: number): Contender {
  const sheets = contender.sheets.map((sheet) =>
    sheet === changing ? { ...sheet, totalHundredths: sheet.totalHundredths + hundredths } : sheet,
  )
  return { ...contender, sheets }
}

/** The smallest magnitude from 1 to `room` that flips, where flipping stays; null when none does. */
function smallest(room: number, flips: (magnitude: number) => boolean): number | null {
  if (room < 1 || !flips(room)) return null
  let [low, high] = [1, room]
  while (low < high) {
    const middle = (low + high) >> 1
    if (flips(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function nameOf({ one, sheet }: Probe): string {
  return `${one.contender.bidId} ${sheet.expertId}`
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function reachOf(criteria: readonly JudgedCriterion[]): number {
  return criteria.reduce((reach, { maxHundredths }) => Math.max(reach, maxHundredths), 0)
}

function roomOf(sheet: Sheet, criteria: readonly JudgedCriterion[], direction: Direction): number {
  return criteria.reduce((room, criterion) => Math.max(room, roomIn(sheet, criterion, direction)), 0)
}

/** How far the criterion can move on this sheet. */
function roomIn(sheet: Sheet, { code, maxHundredths }: JudgedCriterion, direction: Direction): number {
  const item = sheet.items.find(({ criterion }) => criterion === code)
  if (item === undefined) return 0
  return direction === 1 ? maxHundredths - item.hundredths : item.hundredths
}

function criterionWith(sheet: Sheet, criteria: readonly JudgedCriterion[], direction: Direction, magnitude: number) {
  return criteria.find((criterion) => roomIn(sheet, criterion, direction) >= magnitude)
}

function changeOf(
  { bidId }: Contender,
  { expertId }: Sheet,
  { code }: JudgedCriterion,
  hundredths: number,
): ItemChange {
  return { bidId, expertId, criterion: code, hundredths }
}
