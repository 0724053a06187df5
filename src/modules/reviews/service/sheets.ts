import { hasRole } from '../../../kernel/actor.ts'
import { accept, type Decision, orThrow, refuse } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { formatPoints, parsePoints } from '../../../kernel/points.ts'
import type { Refusal } from '../../../kernel/problem.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { CorrectScoreSheet, ListScoreSheets, ReadScoreSheet, SignScoreSheet } from '../policy/index.ts'
import { OutlierReasonNotNeeded, ReviewSettled, ScoreSheetVoid, TooManyScores } from '../problems/index.ts'
import { outliers } from '../rules/ranking.ts'
import { correctSheet, type ScoreSheet, type SheetContent, signSheet, type TakenSheet } from '../rules/sheets.ts'
import { findSeats } from '../store/panels.ts'
import { findRanking } from '../store/scoring.ts'
import {
  findSheet,
  insertSheets,
  listSheets,
  type SheetFilter,
  saveOutlierReason,
  validSheetsOf,
  voidSheet,
} from '../store/sheets.ts'
import { type Judging, judgingOf } from './judging.ts'
import { isUnderReview } from './reviewing.ts'

/** A vote is one score. */
const SCORES_AT_ONCE = 1_000

export type NewSheet = SheetContent & { readonly bidId: string }

/** What became of one sheet of a batch. */
export interface SheetOutcome {
  readonly bidId: string
  readonly sheet: ScoreSheet | null
  readonly refusal: Refusal | null
}

/** Signs the acting expert's sheet for a bid. Different experts sign at the same time; one expert signs a bid once. */
export async function signScoreSheet(work: Work, wanted: NewSheet): Promise<ScoreSheet> {
  const expertId = work.actor.expertId ?? ''
  authorize(work, SignScoreSheet, (await findSeats(work.sql, expertId, [wanted.bidId]))[0])
  const [outcome] = await signAll(work, expertId, [wanted])
  if (outcome === undefined) throw new Error('a sheet has no outcome')
  return orThrow(
    outcome.sheet === null ? { accepted: false, refusal: outcome.refusal as Refusal } : accept(outcome.sheet),
  )
}

/** Signs many sheets of the acting expert at once: each is taken whole or refused, and none hinders another. */
export async function signScoreSheets(work: Work, wanted: readonly NewSheet[]): Promise<SheetOutcome[]> {
  const { expertId } = work.actor
  authorize(work, SignScoreSheet, expertId === null ? undefined : { expertId })
  const count = wanted.reduce((sum, { items }) => sum + Math.max(items.length, 1), 0)
  if (count > SCORES_AT_ONCE) throw problem(TooManyScores, { count, max: SCORES_AT_ONCE })
  return signAll(work, expertId ?? '', wanted)
}

/** Panels are locked in the order of their identifiers against changes of seats, each expert's seats against another signature. */
async function signAll(work: Work, expertId: string, wanted: readonly NewSheet[]): Promise<SheetOutcome[]> {
  const bidIds = [...new Set(wanted.map(({ bidId }) => bidId))]
  const seats = await findSeats(work.sql, expertId, bidIds)
  const signed = new Map<number, ScoreSheet>()
  const refused = new Map<number, Refusal>()
  for (const [panelId, ofPanel] of [...Map.groupBy(seats, (seat) => seat.panelId)].sort(byKey)) {
    const judging = await judgingOf(
      work,
      panelId,
      expertId,
      ofPanel.map(({ bidId }) => bidId),
    )
    const taken: [number, TakenSheet & { readonly bidId: string }][] = []
    for (const [index, sheet] of wanted.entries()) {
      const { bidId } = sheet
      if (!judging.bidIds.has(bidId)) continue
      const hasSigned = judging.signed.has(bidId) || taken.some(([, earlier]) => earlier.bidId === bidId)
      const decision = take(judging, sheet, hasSigned)
      if (decision.accepted) taken.push([index, { ...decision.value, bidId }])
      else refused.set(index, decision.refusal)
    }
    const rows = await insertSheets(
      work.sql,
      taken.map(([, sheet]) => rowOf(judging, expertId, sheet)),
    )
    for (const [nth, row] of rows.entries()) {
      signed.set(taken[nth]?.[0] ?? -1, row)
      await recordSheet(work, 'score_sheet.signed', row)
    }
  }
  return wanted.map(({ bidId }, index) => ({
    bidId,
    sheet: signed.get(index) ?? null,
    refusal: signed.has(index) ? null : (refused.get(index) ?? notFound()),
  }))
}

function take(judging: Judging, sheet: NewSheet, hasSigned: boolean): Decision<TakenSheet> {
  const { state } = judging.round
  if (state !== 'reviewing') return refuse(RoundNotInState, { state, command: 'signScoreSheet' })
  const bid = { bidId: sheet.bidId, state: judging.stateOf(sheet.bidId) }
  if (!isUnderReview(bid)) return refuse(ReviewSettled, bid)
  return signSheet({ ...judging.factsOf(sheet.bidId), hasSigned }, judging.termsOf(sheet.bidId), sheet)
}

/**
 * Puts a new sheet in the place of the acting expert's signed one, before the ranking. The old sheet stays as it was
 * signed, void; the new one names it and the reason.
 */
export async function correctScoreSheet(
  work: Work,
  sheetId: string,
  wanted: SheetContent & { readonly reason: string },
): Promise<ScoreSheet> {
  const { reason, ...content } = wanted
  const { bidId, expertId, panelId } = authorize(work, CorrectScoreSheet, await findSheet(work.sql, sheetId))
  const judging = await judgingOf(work, panelId, expertId, [bidId])
  const { round } = judging
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'correctScoreSheet' })
  const before = await findSheet(work.sql, sheetId)
  if (before === undefined) throw new Error(`there is no sheet ${sheetId}`)
  const isRanked = (await findRanking(work.sql, round.id)) !== undefined
  const facts = { ...judging.factsOf(bidId), hasSigned: true, isRanked }
  const taken = orThrow(correctSheet(facts, before, judging.termsOf(bidId), content))
  await voidSheet(work.sql, bidId, expertId, judging.at)
  const [corrected] = await insertSheets(work.sql, [
    { ...rowOf(judging, expertId, { ...taken, bidId }), correctsId: sheetId, correctionReason: reason },
  ])
  if (corrected === undefined) throw new Error('a corrected sheet was not written')
  await recordSheet(work, 'score_sheet.corrected', corrected)
  return corrected
}

/** Why the acting expert is further from the others than the policy allows. The sheet counts as it is. */
export async function giveOutlierReason(work: Work, sheetId: string, reason: string): Promise<ScoreSheet> {
  const { bidId, expertId, panelId } = authorize(work, CorrectScoreSheet, await findSheet(work.sql, sheetId))
  const { round, at } = await judgingOf(work, panelId, expertId, [bidId])
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'giveOutlierReason' })
  const sheets = await validSheetsOf(work.sql, [bidId])
  if (!sheets.some(({ id }) => id === sheetId)) throw problem(ScoreSheetVoid, { sheetId })
  const { outlierGap } = round.policy.panel
  const isFar = outliers(sheets, outlierGap === null ? null : parsePoints(outlierGap)).includes(expertId)
  const saved = isFar ? await saveOutlierReason(work.sql, sheetId, reason) : undefined
  if (saved === undefined) throw problem(OutlierReasonNotNeeded, { sheetId })
  await record(work, {
    type: 'score_sheet.outlier_explained',
    subject: sheetId,
    hostId: saved.hostId,
    at,
    data: { bidId, expertId },
  })
  return saved
}

export async function readScoreSheet(work: Work, sheetId: string): Promise<ScoreSheet> {
  return authorize(work, ReadScoreSheet, await findSheet(work.sql, sheetId))
}

/** The host's side sees all sheets of its rounds, an expert the own ones. */
export async function readScoreSheets(
  work: Work,
  filter: Pick<SheetFilter, 'roundId' | 'bidId'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ScoreSheet>> {
  authorize(work, ListScoreSheets, {})
  const { hostId, expertId } = work.actor
  if (hostId !== null && hasRole(work.actor, 'host', 'operator', 'auditor'))
    return listSheets(work.sql, { ...filter, hostId }, limit, after)
  return expertId === null ? { items: [], next: null } : listSheets(work.sql, { ...filter, expertId }, limit, after)
}

function rowOf({ panelId, round, at }: Judging, expertId: string, sheet: TakenSheet & { readonly bidId: string }) {
  const { bidId, items, totalHundredths, vote, recommendedFen, remark } = sheet
  return {
    ...{ id: newId('sht'), bidId, expertId, panelId, roundId: round.id, hostId: round.hostId },
    ...{ items, totalHundredths, vote, recommendedFen, remark },
    ...{ correctsId: null, correctionReason: null, outlierReason: null, signedAt: at, voidedAt: null, createdAt: at },
  }
}

/** Words of people stay out of the chain. */
async function recordSheet(work: Work, type: string, sheet: ScoreSheet): Promise<void> {
  const { id, hostId, bidId, expertId, vote, correctsId } = sheet
  await record(work, {
    type,
    subject: id,
    hostId,
    at: sheet.signedAt,
    data: {
      bidId,
      expertId,
      total: formatPoints(sheet.totalHundredths),
      ...(vote === null ? {} : { vote }),
      ...(correctsId === null ? {} : { correctsId }),
    },
  })
}

function notFound(): Refusal {
  return { problem: NotFound, parameters: {}, errors: [] }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
