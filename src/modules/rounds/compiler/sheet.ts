import { parsePoints, sumPoints } from '../../../kernel/points.ts'
import type { Criterion, RoundPolicy } from '../policyDocument.ts'
import { defineFindings, type Finding, repeatedIndexes, when } from './finding.ts'

const HUNDRED_POINTS = 10_000

/** Flaws that every list of codes or points can have. */
export const SHEET_FINDINGS = defineFindings({
  code_repeated: [
    'error',
    '同一列表中有两项的代码相同;请改用不同的代码。',
    'Two lines of one list have the same code; rename one.',
  ],
  criterion_worthless: [
    'error',
    '满分为 0 的评分项不起任何作用;请给出分值或删去该项。',
    'A line of 0 points decides nothing; give it points or leave it out.',
  ],
  pass_line_unreachable: [
    'error',
    '及格线高于各项满分与加分之和 {most},无人能够达到;请降低及格线。',
    'The pass line is above {most}, the sum of all maxima and the bonus, so nobody reaches it; lower it.',
  ],
  sheet_sum_differs: [
    'error',
    '各项满分之和为 {sum},应为 {total};请调整分值或 sheetTotal。',
    'The maxima add up to {sum} instead of {total}; mend them or sheetTotal.',
  ],
})

/**
 * A sheet has distinct criteria, each worth something, that add up to one of the totals (none: to anything), and its
 * pass line can be reached, a bonus of up to `bonusMax` counted in.
 */
export function sheetFindings(
  place: string,
  criteria: readonly Criterion[],
  passLine: string,
  passLinePlace: string,
  totals: readonly string[],
  bonusMax = '0',
): Finding[] {
  const sum = wholeOf(criteria)
  const most = sum + parsePoints(bonusMax)
  return [
    ...repeatedCodes(place, criteria),
    ...criteria.flatMap(({ max }, index) =>
      when(parsePoints(max) === 0, `${place}/${index}/max`, SHEET_FINDINGS.criterion_worthless),
    ),
    ...when(
      totals.length > 0 && !totals.some((total) => sum === parsePoints(total)),
      place,
      SHEET_FINDINGS.sheet_sum_differs,
      { sum: sum / 100, total: totals.join(' / ') },
    ),
    ...when(parsePoints(passLine) > most, passLinePlace, SHEET_FINDINGS.pass_line_unreachable, { most: most / 100 }),
  ]
}

/** What the panel's sheet may add up to; none: anything. */
export function panelTotals({ sheetTotal }: RoundPolicy): string[] {
  return sheetTotal === null ? [] : [sheetTotal]
}

/** What a sheet of the evaluation may add up to: 100 points, or as much as the panel's. */
export function evaluationTotals({ sheetTotal }: RoundPolicy): string[] {
  if (sheetTotal === null) return []
  return parsePoints(sheetTotal) === HUNDRED_POINTS ? [sheetTotal] : [sheetTotal, '100']
}

/** The sum of all maxima in hundredths of a point. */
export function wholeOf(criteria: readonly Criterion[]): number {
  return sumPoints(criteria.map(({ max }) => parsePoints(max)))
}

/** The highest total that a bid can have, in hundredths of a point times basis points: exact. */
export function highestTotal({ criteria, scoring, review }: RoundPolicy): number {
  const panel = review.method === 'vote' ? HUNDRED_POINTS : wholeOf(criteria)
  return scoring.sources
    .filter(({ kind }) => kind !== 'deduction')
    .reduce(
      (sum, { max, weightBasisPoints }) => sum + parsePoints(max) * weightBasisPoints,
      panel * scoring.panelWeightBasisPoints,
    )
}

export function repeatedCodes(place: string, items: readonly { readonly code: string }[]): Finding[] {
  const indexes = repeatedIndexes(items.map(({ code }) => code))
  return indexes.flatMap((index) => when(true, `${place}/${index}/code`, SHEET_FINDINGS.code_repeated))
}
