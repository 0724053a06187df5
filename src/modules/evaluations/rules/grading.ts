import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { sumPoints } from '../../../kernel/points.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { compareToBasisPoints, formatPercent } from '../../../kernel/ratio.ts'
import { EvaluationScoresInvalid, SatisfactionInvalid } from '../problems.ts'

/** One line of a score sheet: whole hundredths of a point. */
export interface ScoreItem {
  readonly code: string
  readonly hundredths: number
}

/** What evaluators give: the items of the sheet, bonus and deduction (Suzhou, S14), and the red lines crossed (一票否决). */
export interface Scores {
  readonly items: readonly ScoreItem[]
  readonly bonusHundredths: number
  readonly deductionHundredths: number
  readonly vetoes: readonly string[]
}

/** The sheet of the round's policy. A mid-term sheet has no red lines. */
export interface Sheet {
  readonly dimensions: readonly { readonly code: string; readonly maxHundredths: number }[]
  readonly bonusMaxHundredths: number
  readonly deductionMaxHundredths: number
  readonly vetoes: readonly string[]
}

/** A grade and the least total that earns it, the bound included. */
export interface Band {
  readonly minHundredths: number
  readonly grade: string
}

export type SelfReportStanding = 'on_time' | 'late' | 'missing'

/** What settled a result: the score, or what overruled it. */
export type DecidedBy = 'score' | 'missing_report' | 'veto' | 'rectification_cap'

export interface Verdict {
  /** `pass` or `fail` at mid-term; a grade of the policy's bands at the end. */
  readonly result: string
  readonly isFail: boolean
  readonly decidedBy: DecidedBy
}

/** Satisfied among valid answers, as counted in the survey. */
export interface SatisfactionCount {
  readonly validAnswers: number
  readonly satisfied: number
}

/** The count with what the policy says about it, as it stood when the scores were given. */
export interface Satisfaction extends SatisfactionCount {
  /** Two decimals, half up; null without a valid answer. */
  readonly percent: string | null
  readonly isBelowMinimum: boolean
  readonly isSampleTooSmall: boolean
}

/** Every item of the sheet exactly once and none above its maximum; all that is wrong comes in one answer. */
export function checkScores(sheet: Sheet, scores: Scores): Decision<Scores> {
  const errors = [...itemErrors(sheet, scores.items), ...extraErrors(sheet, scores)]
  return errors.length === 0 ? accept(scores) : refuse(EvaluationScoresInvalid, {}, errors)
}

function itemErrors(sheet: Sheet, items: readonly ScoreItem[]): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, { code, hundredths }] of items.entries()) {
    const pointer = `#/items/${index}`
    const dimension = sheet.dimensions.find((candidate) => candidate.code === code)
    if (dimension === undefined) errors.push({ pointer, code: 'item_unknown', detail: code })
    else if (seen.has(code)) errors.push({ pointer, code: 'item_repeated', detail: code })
    else if (hundredths > dimension.maxHundredths)
      errors.push({ pointer, code: 'item_above_maximum', detail: above(hundredths, dimension.maxHundredths) })
    seen.add(code)
  }
  const missing = sheet.dimensions.filter(({ code }) => !seen.has(code))
  return [...errors, ...missing.map(({ code }) => ({ pointer: '#/items', code: 'item_missing', detail: code }))]
}

function extraErrors(sheet: Sheet, scores: Scores): FieldError[] {
  const { bonusHundredths, deductionHundredths } = scores
  const errors: FieldError[] = []
  if (bonusHundredths > sheet.bonusMaxHundredths)
    errors.push({
      pointer: '#/bonus',
      code: 'bonus_above_maximum',
      detail: above(bonusHundredths, sheet.bonusMaxHundredths),
    })
  if (deductionHundredths > sheet.deductionMaxHundredths)
    errors.push({
      pointer: '#/deduction',
      code: 'deduction_above_maximum',
      detail: above(deductionHundredths, sheet.deductionMaxHundredths),
    })
  for (const [index, veto] of scores.vetoes.entries()) {
    if (!sheet.vetoes.includes(veto)) errors.push({ pointer: `#/vetoes/${index}`, code: 'veto_unknown', detail: veto })
  }
  return errors
}

function above(hundredths: number, maximum: number): string {
  return `${(hundredths / 100).toFixed(2)} > ${(maximum / 100).toFixed(2)}`
}

/** Items plus bonus less deduction. A bonus may lift it above the sheet's maximum; a deduction takes it to 0 at most. */
export function totalOf(scores: Scores): number {
  const items = sumPoints(scores.items.map((item) => item.hundredths))
  return Math.max(0, items + scores.bonusHundredths - scores.deductionHundredths)
}

/** Which flaws of the agency's material fail a mid-term evaluation by themselves. */
export interface MaterialRules {
  readonly missingIsFail: boolean
  /** Absent: as for missing material. */
  readonly lateIsFail?: boolean
}

export function failsByMaterial(standing: SelfReportStanding, rules: MaterialRules): boolean {
  if (standing === 'on_time') return false
  return standing === 'late' ? (rules.lateIsFail ?? rules.missingIsFail) : rules.missingIsFail
}

/** Late or missing material fails whatever the score, where the policy says so (Haishu, S25). */
export function midVerdict(facts: {
  readonly totalHundredths: number
  readonly passLineHundredths: number
  readonly selfReport: SelfReportStanding
  readonly material: MaterialRules
}): Verdict {
  if (failsByMaterial(facts.selfReport, facts.material))
    return { result: 'fail', isFail: true, decidedBy: 'missing_report' }
  const isFail = facts.totalHundredths < facts.passLineHundredths
  return { result: isFail ? 'fail' : 'pass', isFail, decidedBy: 'score' }
}

/**
 * The grade of the bands (best first, the last one fails), overruled by a red line to the failing grade and, for a
 * project that went through a rectification, never better than the policy's cap. Satisfaction does not enter.
 */
export function finalVerdict(facts: {
  readonly totalHundredths: number
  readonly bands: readonly Band[]
  readonly vetoes: readonly string[]
  readonly wasRectified: boolean
  readonly gradeCap: string | null
}): Verdict {
  const worst = facts.bands.length - 1
  const earned = facts.bands.findIndex((band) => facts.totalHundredths >= band.minHundredths)
  const byScore = earned === -1 ? worst : earned
  const verdict = (index: number, decidedBy: DecidedBy): Verdict => ({
    result: gradeAt(facts.bands, index),
    isFail: index === worst,
    decidedBy,
  })
  if (facts.vetoes.length > 0) return verdict(worst, 'veto')
  const cap = facts.wasRectified ? facts.bands.findIndex((band) => band.grade === facts.gradeCap) : -1
  return byScore < cap ? verdict(cap, 'rectification_cap') : verdict(byScore, 'score')
}

function gradeAt(bands: readonly Band[], index: number): string {
  const band = bands[index]
  if (band === undefined) throw new RangeError('a policy has at least one grade band')
  return band.grade
}

/**
 * The share to show and whether the policy's minimum share and sample are met: reported, never a grade (D2-11).
 * The share is compared exactly, not as it is rounded to be shown.
 */
export function judgeSatisfaction(
  { satisfied, validAnswers }: SatisfactionCount,
  minimum: { readonly basisPoints: number; readonly sample: number },
): Decision<Satisfaction> {
  if (satisfied > validAnswers) return refuse(SatisfactionInvalid, { satisfied, validAnswers })
  const [part, whole] = [BigInt(satisfied), BigInt(validAnswers)]
  return accept({
    satisfied,
    validAnswers,
    percent: validAnswers === 0 ? null : formatPercent(part, whole),
    isBelowMinimum: compareToBasisPoints(part, whole, minimum.basisPoints) < 0,
    isSampleTooSmall: validAnswers < minimum.sample,
  })
}
