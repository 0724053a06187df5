import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { formatPoints } from '../../../kernel/points.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { ScoreResultsInvalid, ScoreResultsMissing } from '../problems/index.ts'
import type { SourceTerms } from './scoring.ts'

/** What a source counted for one bid: votes, yuan or points, as text with at most two decimals. */
export interface ScoreResult {
  readonly bidId: string
  readonly value: string
  /** Why it was given; a bonus and a deduction always say it. */
  readonly reason: string | null
}

/** The results of one source, put on record together. Recorded again they are a new batch; the latest counts. */
export interface ScoreResultBatch {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  readonly source: string
  /** 1, 2, 3 … among the batches of this source. */
  readonly number: number
  readonly results: readonly ScoreResult[]
  /** How it was counted and who vouches for it. */
  readonly statement: string
  readonly recordedBy: string
  readonly recordedAt: Date
}

/** A source as its results are checked. */
export interface ResultTerms extends SourceTerms {
  readonly minHundredths: number
  readonly coverage: 'all' | 'some'
  readonly kind: string
}

const QUANTITY = /^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$/

/** Reads `1520`, `87.5` or `36000.00` into hundredths. Throws a RangeError for anything else. */
export function parseQuantity(text: string): bigint {
  if (!QUANTITY.test(text)) throw new RangeError(`not a quantity with at most two decimals: ${JSON.stringify(text)}`)
  const [whole = '', decimals = ''] = text.split('.')
  return BigInt(whole) * 100n + BigInt(decimals.padEnd(2, '0'))
}

/**
 * Takes results: each for a bid under review and once; points as they are within the policy's bounds; all bids where the
 * policy says so; a reason with each bonus and deduction. Everything that is wrong comes in one answer.
 */
export function checkResults(
  source: ResultTerms,
  bidIds: readonly string[],
  results: readonly ScoreResult[],
): Decision<readonly ScoreResult[]> {
  const flaws = [...results.flatMap((_, index) => resultFlaws(source, bidIds, results, index))]
  if (source.coverage === 'all')
    for (const bidId of bidIds)
      if (!results.some((result) => result.bidId === bidId)) flaws.push(flaw('#/results', 'result_missing', bidId))
  return flaws.length === 0 ? accept(results) : refuse(ScoreResultsInvalid, { count: flaws.length }, flaws)
}

function resultFlaws(
  source: ResultTerms,
  bidIds: readonly string[],
  results: readonly ScoreResult[],
  index: number,
): FieldError[] {
  const result = results[index]
  if (result === undefined) return []
  const { bidId, value, reason } = result
  const pointer = `#/results/${index}`
  const flaws: FieldError[] = []
  if (!bidIds.includes(bidId)) flaws.push(flaw(pointer, 'bid_not_judged', `${bidId} is not under review here.`))
  if (results.findIndex((other) => other.bidId === bidId) < index)
    flaws.push(flaw(pointer, 'twice', `${bidId} is listed twice.`))
  if ((source.kind === 'bonus' || source.kind === 'deduction') && reason === null)
    flaws.push(flaw(`${pointer}/reason`, 'reason_missing', `A ${source.kind} says why it is given.`))
  if (source.normalization === 'as_is') {
    const hundredths = parseQuantity(value)
    if (hundredths > BigInt(source.maxHundredths))
      flaws.push(flaw(`${pointer}/value`, 'points_above_max', `${value} > ${formatPoints(source.maxHundredths)}`))
    if (hundredths < BigInt(source.minHundredths))
      flaws.push(flaw(`${pointer}/value`, 'points_below_min', `${value} < ${formatPoints(source.minHundredths)}`))
  }
  return flaws
}

/** The counted values by bid and source. Refused while a source that covers all bids has none for one of them. */
export function resultsByBid(
  sources: readonly Pick<ResultTerms, 'code' | 'coverage'>[],
  batches: readonly Pick<ScoreResultBatch, 'source' | 'number' | 'results'>[],
  bidIds: readonly string[],
): Decision<ReadonlyMap<string, Readonly<Record<string, bigint>>>> {
  const latest = new Map(
    batches.toSorted((a, b) => a.number - b.number).map(({ source, results }) => [source, results] as const),
  )
  const flaws: FieldError[] = []
  const byBid = new Map<string, Record<string, bigint>>(bidIds.map((bidId) => [bidId, {}]))
  for (const { code, coverage } of sources) {
    const values = new Map((latest.get(code) ?? []).map(({ bidId, value }) => [bidId, parseQuantity(value)]))
    for (const [bidId, counted] of byBid) {
      const value = values.get(bidId)
      if (value !== undefined) counted[code] = value
      else if (coverage === 'all') flaws.push(flaw('#', 'result_missing', `${code}: ${bidId}`))
    }
  }
  return flaws.length === 0 ? accept(byBid) : refuse(ScoreResultsMissing, { count: flaws.length }, flaws)
}

function flaw(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail }
}
