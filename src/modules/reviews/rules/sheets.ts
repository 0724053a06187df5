import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { formatPoints, sumPoints } from '../../../kernel/points.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import { ExpertRecused, PanelBelowQuorum, ReviewNotBegun, ScoreSheetInvalid, ScoreSheetSigned } from '../problems.ts'
import type { RecusalReason, Seat } from './seating.ts'

/** One item of a sheet: points for a criterion, in hundredths. */
export interface SheetItem {
  readonly criterion: string
  readonly hundredths: number
}

export interface ScoreSheet {
  readonly id: string
  readonly bidId: string
  readonly expertId: string
  readonly panelId: string
  readonly roundId: string
  readonly hostId: string
  readonly items: readonly SheetItem[]
  readonly totalHundredths: number
  readonly remark: string | null
  /** Tells which of two sheets of one instant was signed first. */
  readonly signingNumber: number
  readonly signedAt: Date
  /** Set when a recusal was found later: the sheet stays on record and counts no more. */
  readonly voidedAt: Date | null
  readonly createdAt: Date
}

export interface CriterionMax {
  readonly code: string
  readonly maxHundredths: number
}

/** Who wants to sign for which bid. */
export interface SigningFacts {
  readonly seat: Pick<Seat, 'bidId' | 'expertId' | 'state' | 'reason'>
  /** Experts seated for this bid. */
  readonly seated: number
  readonly quorum: number
  readonly hasSigned: boolean
  readonly reviewOn: LegalDate
  readonly signedOn: LegalDate
  /** What forbids the expert to judge as the record stands now, whatever was known when the panel was convened. */
  readonly conflict: RecusalReason | null
}

/**
 * Takes a sheet: from a seated expert, from the review day on, for a bid with a quorum, once, with exactly the criteria of the policy. The items
 * come out in the policy's order, with their total.
 */
export function signSheet(
  facts: SigningFacts,
  criteria: readonly CriterionMax[],
  items: readonly SheetItem[],
): Decision<{ readonly items: readonly SheetItem[]; readonly totalHundredths: number }> {
  const { seat, seated, quorum } = facts
  const conflict = seat.state === 'recused' ? seat.reason : facts.conflict
  if (seat.state === 'recused' || conflict !== null)
    return refuse(ExpertRecused, { bidId: seat.bidId, reason: conflict ?? '' })
  if (compareDates(facts.signedOn, facts.reviewOn) < 0) return refuse(ReviewNotBegun, { reviewOn: facts.reviewOn })
  if (seated < quorum) return refuse(PanelBelowQuorum, { bidIds: seat.bidId, quorum })
  if (facts.hasSigned) return refuse(ScoreSheetSigned, { bidId: seat.bidId })
  const flaws = sheetFlaws(criteria, items)
  if (flaws.length > 0) return refuse(ScoreSheetInvalid, { count: flaws.length }, flaws)
  const ordered = criteria.flatMap(({ code }) => items.filter(({ criterion }) => criterion === code))
  return accept({ items: ordered, totalHundredths: sumPoints(ordered.map(({ hundredths }) => hundredths)) })
}

function sheetFlaws(criteria: readonly CriterionMax[], items: readonly SheetItem[]): FieldError[] {
  const flaws: FieldError[] = []
  for (const [index, { criterion, hundredths }] of items.entries()) {
    const pointer = `#/items/${index}`
    const known = criteria.find(({ code }) => code === criterion)
    if (known === undefined) flaws.push(flaw(pointer, 'criterion_unknown', `${criterion} is no criterion.`))
    else if (hundredths > known.maxHundredths)
      flaws.push(
        flaw(pointer, 'points_above_max', `${formatPoints(hundredths)} > ${formatPoints(known.maxHundredths)}`),
      )
    if (items.findIndex((item) => item.criterion === criterion) < index)
      flaws.push(flaw(pointer, 'criterion_twice', `${criterion} is scored twice.`))
  }
  for (const { code } of criteria) {
    if (!items.some(({ criterion }) => criterion === code))
      flaws.push(flaw('#/items', 'criterion_missing', `${code} is not scored.`))
  }
  return flaws
}

function flaw(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail }
}
