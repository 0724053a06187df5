import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, formatYuan } from '../../../kernel/money.ts'
import { formatPoints, sumPoints } from '../../../kernel/points.ts'
import type { FieldError } from '../../../kernel/problem.ts'
import {
  AbsenceNotUsed,
  AbsenceRecorded,
  BidNotForwarded,
  ExpertRecused,
  PanelBelowQuorum,
  ReviewNotBegun,
  ScoreSheetCorrectionTooLate,
  ScoreSheetInvalid,
  ScoreSheetSigned,
  ScoreSheetUnchanged,
  ScoreSheetVoid,
  ScoringNotOpen,
} from '../problems/index.ts'
import type { LevelState } from './levels.ts'
import type { RecusalReason, Seat } from './seating.ts'
import type { ItemState } from './session.ts'

/** One item of a sheet: points for a criterion, in hundredths. */
export interface SheetItem {
  readonly criterion: string
  readonly hundredths: number
}

export const VOTES = ['yes', 'no', 'abstain'] as const
export type Vote = (typeof VOTES)[number]
/** The one criterion of a sheet that is a vote: yes is the whole, anything else nothing. */
export const VOTE_CRITERION: CriterionMax = { code: 'vote', maxHundredths: 10_000 }

/** What an expert says about a bid. */
export interface SheetContent {
  readonly items: readonly SheetItem[]
  /** Where the policy has the panel vote; null where it scores. */
  readonly vote: Vote | null
  /** What the expert would grant; null: says nothing. */
  readonly recommendedFen: Fen | null
  readonly remark: string | null
}

export interface ScoreSheet extends SheetContent {
  readonly id: string
  readonly bidId: string
  readonly expertId: string
  readonly panelId: string
  readonly roundId: string
  readonly hostId: string
  readonly totalHundredths: number
  /** The void sheet that this one takes the place of, and why. */
  readonly correctsId: string | null
  readonly correctionReason: string | null
  /** Why the expert is far from the others. */
  readonly outlierReason: string | null
  /** Tells which of two sheets of one instant was signed first. */
  readonly signingNumber: number
  readonly signedAt: Date
  /** Set when it was corrected or a recusal was found later: the sheet stays on record and counts no more. */
  readonly voidedAt: Date | null
  readonly createdAt: Date
}

export interface CriterionMax {
  readonly code: string
  readonly maxHundredths: number
}

/** What a sheet must hold. */
export interface SheetTerms {
  readonly method: 'scores' | 'vote'
  readonly criteria: readonly CriterionMax[]
  /** Experts may say an amount. */
  readonly asksAmount: boolean
  readonly requestedFen: Fen
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
  /** How far the hearing has come; `not_called` before; null where the policy holds no session. */
  readonly hearing: ItemState | 'not_called' | null
  /** How far the levels of review have come; `not_begun` before; null where the policy has none. */
  readonly level: LevelState | 'not_begun' | null
}

export type TakenSheet = SheetContent & { readonly totalHundredths: number }

/**
 * Takes a sheet: from a seated expert, from the review day on, for a bid with a quorum that came through all levels and
 * was heard, once, with exactly the criteria of the policy or a vote. The items come out in the policy's order, with
 * their total.
 */
export function signSheet(facts: SigningFacts, terms: SheetTerms, content: SheetContent): Decision<TakenSheet> {
  const may = mayJudge(facts)
  if (!may.accepted) return may
  if (facts.hasSigned) return refuse(ScoreSheetSigned, { bidId: facts.seat.bidId })
  return takeSheet(terms, content)
}

/**
 * The vote of an expert is waited for no longer. Recorded once, with a reason, while the vote is open; nobody who has voted
 * is absent.
 */
export function recordAbsence(
  facts: SigningFacts & { readonly absence: string | null },
  method: SheetTerms['method'],
): Decision<true> {
  const { bidId, expertId } = facts.seat
  if (method !== 'vote') return refuse(AbsenceNotUsed)
  const may = mayJudge(facts)
  if (!may.accepted) return may
  if (facts.hasSigned) return refuse(ScoreSheetSigned, { bidId })
  return facts.absence === null ? may : refuse(AbsenceRecorded, { bidId, expertId })
}

/**
 * A new sheet in the place of a signed one, for a reason: from the same expert, under the same conditions, before the
 * ranking, and with something else in it.
 */
export function correctSheet(
  facts: SigningFacts & { readonly isRanked: boolean },
  sheet: Pick<ScoreSheet, 'id' | 'voidedAt'> & SheetContent,
  terms: SheetTerms,
  content: SheetContent,
): Decision<TakenSheet> {
  if (sheet.voidedAt !== null) return refuse(ScoreSheetVoid, { sheetId: sheet.id })
  const may = mayJudge(facts)
  if (!may.accepted) return may
  if (facts.isRanked) return refuse(ScoreSheetCorrectionTooLate, { sheetId: sheet.id })
  const taken = takeSheet(terms, content)
  return taken.accepted && isSameContent(taken.value, sheet)
    ? refuse(ScoreSheetUnchanged, { sheetId: sheet.id })
    : taken
}

/** Points in whatever order they are listed; a remark or a recommended amount is a content too. */
function isSameContent(one: SheetContent, other: SheetContent): boolean {
  const pointsOf = ({ items }: SheetContent) =>
    new Map(items.map(({ criterion, hundredths }) => [criterion, hundredths]))
  const [mine, theirs] = [pointsOf(one), pointsOf(other)]
  return (
    one.vote === other.vote &&
    one.recommendedFen === other.recommendedFen &&
    one.remark === other.remark &&
    mine.size === theirs.size &&
    [...mine].every(([criterion, hundredths]) => theirs.get(criterion) === hundredths)
  )
}

/**
 * The votes of which the share of yes is taken: all, or those that decide. Where everybody abstained, all: a bid that
 * nobody spoke for has nothing, and is not without a result. Sheets of points count as they are.
 */
export function countedVotes<Sheet extends { readonly vote: Vote | null }>(
  sheets: readonly Sheet[],
  terms: { readonly majorityOf: 'cast' | 'decisive' } | null,
): readonly Sheet[] {
  if (terms?.majorityOf !== 'decisive') return sheets
  const decisive = sheets.filter(({ vote }) => vote !== 'abstain')
  return decisive.length === 0 ? sheets : decisive
}

function mayJudge(facts: SigningFacts): Decision<true> {
  const { seat, seated, quorum, hearing, level } = facts
  const { bidId } = seat
  const conflict = seat.state === 'recused' ? seat.reason : facts.conflict
  if (seat.state === 'recused' || conflict !== null) return refuse(ExpertRecused, { bidId, reason: conflict ?? '' })
  if (compareDates(facts.signedOn, facts.reviewOn) < 0) return refuse(ReviewNotBegun, { reviewOn: facts.reviewOn })
  if (level !== null && level !== 'forwarded') return refuse(BidNotForwarded, { bidIds: bidId, state: level })
  if (seated < quorum) return refuse(PanelBelowQuorum, { bidIds: bidId, quorum })
  if (hearing !== null && hearing !== 'scoring') return refuse(ScoringNotOpen, { bidId, state: hearing })
  return accept(true)
}

function takeSheet(terms: SheetTerms, content: SheetContent): Decision<TakenSheet> {
  const { vote } = content
  const flaws = [
    ...(terms.method === 'vote' ? voteFlaws(content) : itemFlaws(terms.criteria, content)),
    ...amountFlaws(terms, content),
  ]
  if (flaws.length > 0) return refuse(ScoreSheetInvalid, { count: flaws.length }, flaws)
  const items =
    terms.method === 'vote'
      ? [{ criterion: VOTE_CRITERION.code, hundredths: vote === 'yes' ? VOTE_CRITERION.maxHundredths : 0 }]
      : terms.criteria.flatMap(({ code }) => content.items.filter(({ criterion }) => criterion === code))
  return accept({ ...content, items, totalHundredths: sumPoints(items.map(({ hundredths }) => hundredths)) })
}

function voteFlaws({ items, vote }: SheetContent): FieldError[] {
  return [
    ...(vote === null ? [flaw('#/vote', 'vote_missing', 'This panel votes: yes, no or abstain.')] : []),
    ...(items.length > 0 ? [flaw('#/items', 'points_not_asked', 'This panel votes and gives no points.')] : []),
  ]
}

function itemFlaws(criteria: readonly CriterionMax[], { items, vote }: SheetContent): FieldError[] {
  const flaws: FieldError[] = []
  if (vote !== null) flaws.push(flaw('#/vote', 'vote_not_asked', 'This panel gives points and does not vote.'))
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

function amountFlaws({ asksAmount, requestedFen }: SheetTerms, { recommendedFen }: SheetContent): FieldError[] {
  if (recommendedFen === null) return []
  const pointer = '#/recommendedAmount'
  if (!asksAmount) return [flaw(pointer, 'amount_not_asked', 'Amounts of this round do not come from the experts.')]
  if (recommendedFen === 0n) return [flaw(pointer, 'amount_zero', 'An amount is above zero; leave it out instead.')]
  return recommendedFen > requestedFen
    ? [flaw(pointer, 'amount_above_request', `${formatYuan(recommendedFen)} > ${formatYuan(requestedFen)}`)]
    : []
}

function flaw(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail }
}
