import { type Action, judge } from '../../../kernel/action.ts'
import { legalDateOf } from '../../../kernel/days.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { lawfulCommands } from '../../../kernel/transitions.ts'
import type { Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { type Round, roundOf } from '../../rounds/index.ts'
import {
  AnswerQuestion,
  AskQuestion,
  ChangeDraw,
  ChangePanel,
  ConductHearing,
  CorrectScoreSheet,
  DecideLevel,
  RecordSilence,
  StateRecusal,
} from '../policy/index.ts'
import { DRAW_TRANSITIONS, type ExpertDraw, reserve } from '../rules/draw.ts'
import { passOver } from '../rules/levels.ts'
import { outliers } from '../rules/ranking.ts'
import { type Panel, type Seat, statedKey } from '../rules/seating.ts'
import { advanceItem, openScoring, publishOpinion } from '../rules/session.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import { absentExperts, findSeats, hasPanel, seatedExperts } from '../store/panels.ts'
import { findRanking } from '../store/scoring.ts'
import { itemsOf, itemsOfRound } from '../store/sessions.ts'
import { validSheets, validSheetsOf } from '../store/sheets.ts'
import { votingOf } from './assignments.ts'
import type { HearingRecord } from './hearings.ts'
import { type LevelReviewRecord, withReaders } from './levels.ts'
import { settledBid } from './reviewing.ts'

/**
 * What the reader may do to a thing now, by role, relation, state and rules: what it shows as `actions`. A command may be
 * refused all the same for what it names, such as an expert. Asks no permission.
 */
export type Offered<Thing> = Thing & { readonly actions: readonly string[] }

function may<Subject>({ actor }: Work, action: Action<Subject>, subject: Subject): boolean {
  return judge(actor, action, subject) === 'allowed'
}

/** The round while it is under review; nothing of a review changes in any other state. */
async function reviewedRound(work: Work, roundId: string): Promise<Round | undefined> {
  const round = await roundOf(work, roundId)
  return round?.state === 'reviewing' ? round : undefined
}

export async function offerPanel(work: Work, panel: Panel): Promise<Offered<Panel>> {
  const bids = await bidsOfRound(work, panel.roundId, ['accepted', 'scored'])
  const open = new Set(bids.map(({ id }) => id))
  const seats = panel.seats.filter(({ bidId }) => open.has(bidId))
  const round = await reviewedRound(work, panel.roundId)
  const isOpen = round !== undefined && (await settledBid(work, round.id)) === undefined
  const runs = may(work, ChangePanel, panel)
  const own = runs ? seats : seats.filter(({ expertId }) => expertId === work.actor.expertId)
  const maySpeak = may(work, StateRecusal, { ...panel, statedFor: work.actor.expertId ?? '' })
  return {
    ...panel,
    actions: [
      ...(runs && isOpen ? ['addAlternate'] : []),
      ...(maySpeak && own.length > 0 ? ['stateRecusal'] : []),
      ...(runs && seats.length > 0 ? ['voidSeat'] : []),
      ...(runs && round !== undefined && (await waitsForVotes(work, round, panel, seats)) ? ['recordAbsence'] : []),
    ],
  }
}

/** Is a vote open for which somebody is waited for? */
async function waitsForVotes(work: Work, round: Round, panel: Panel, seats: readonly Seat[]): Promise<boolean> {
  const { review } = round.policy
  if (review.method !== 'vote' || legalDateOf(await work.now(panel.hostId)) < panel.reviewOn) return false
  const scoring = (await itemsOfRound(work.sql, round.id)).filter(({ state }) => state === 'scoring')
  const isOpen = ({ bidId }: Seat) => review.session === 'none' || scoring.some((item) => item.bidId === bidId)
  const signed = new Set((await validSheets(work.sql, round.id)).map((sheet) => statedKey(sheet.bidId, sheet.expertId)))
  return seats.some(
    (seat) =>
      seat.state === 'seated' &&
      seat.absence === null &&
      isOpen(seat) &&
      !signed.has(statedKey(seat.bidId, seat.expertId)),
  )
}

export async function offerHearing(work: Work, hearing: HearingRecord): Promise<Offered<HearingRecord>> {
  const round = await reviewedRound(work, hearing.roundId)
  if (round === undefined || (await settledBid(work, round.id)) !== undefined) return { ...hearing, actions: [] }
  const unanswered = hearing.questions.filter(({ answer }) => answer === null).map(({ number }) => number)
  const isAsking = advanceItem(hearing, 'ask').accepted
  return {
    ...hearing,
    actions: [
      ...(may(work, ConductHearing, hearing) ? await stepsOf(work, round, hearing, unanswered) : []),
      ...(isAsking && may(work, AskQuestion, hearing) ? ['ask'] : []),
      ...(isAsking && unanswered.length > 0 && may(work, AnswerQuestion, hearing) ? ['answer'] : []),
    ],
  }
}

/** The steps of who presides that the rules allow next. */
async function stepsOf(
  work: Work,
  round: Round,
  hearing: HearingRecord,
  unanswered: readonly number[],
): Promise<string[]> {
  const { review, panel } = round.policy
  const { bidId, seated } = hearing
  const kind = review.session === 'none' ? 'statement_scoring' : review.session
  const steps: string[] = (['hearStatement', 'crossExamine'] as const).filter(
    (command) => advanceItem(hearing, command).accepted,
  )
  if (openScoring(hearing, kind, unanswered).accepted) steps.push('openScoring')
  if (hearing.state === 'scoring') {
    const signed = new Set((await validSheetsOf(work.sql, [bidId])).map(({ expertId }) => expertId))
    const judged = { seated, signed, absent: await absentExperts(work.sql, bidId), quorum: panel.quorum }
    if (publishOpinion(hearing, judged, votingOf(round)).accepted) steps.push('publishOpinion')
  }
  const isReopened = advanceItem(hearing, 'reopen').accepted && (await findRanking(work.sql, round.id)) === undefined
  return isReopened ? [...steps, 'reopen'] : steps
}

export async function offerDraw(work: Work, draw: ExpertDraw): Promise<Offered<ExpertDraw>> {
  if (!may(work, ChangeDraw, draw) || (await reviewedRound(work, draw.roundId)) === undefined)
    return { ...draw, actions: [] }
  const isConvened = await hasPanel(work.sql, draw.roundId)
  const isSettled = isConvened && (await settledBid(work, draw.roundId)) !== undefined
  const actions = lawfulCommands(DRAW_TRANSITIONS, draw.state).filter((command) => {
    if (command === 'abandon') return !isConvened
    return command !== 'dropOut' || (!isSettled && reserve(draw).length > 0)
  })
  return { ...draw, actions }
}

export async function offerLevel(work: Work, review: LevelReviewRecord): Promise<Offered<LevelReviewRecord>> {
  const facts = withReaders(review)
  const round = await reviewedRound(work, review.roundId)
  if (round === undefined || (await findRanking(work.sql, round.id)) !== undefined) return { ...review, actions: [] }
  const today = legalDateOf(await work.now(review.hostId))
  const isSilent = may(work, RecordSilence, facts) && passOver(review, today).accepted
  const decisions = review.state === 'pending' ? ['forward', 'return'] : review.state === 'returned' ? ['resume'] : []
  return {
    ...review,
    actions: [...(may(work, DecideLevel, facts) ? decisions : []), ...(isSilent ? ['recordSilence'] : [])],
  }
}

export async function offerSheet(work: Work, sheet: ScoreSheet): Promise<Offered<ScoreSheet>> {
  const [offered] = await offerSheets(work, [sheet])
  return offered ?? { ...sheet, actions: [] }
}

/** Sheets of a page at once: an expert corrects and explains the own ones. */
export async function offerSheets(work: Work, sheets: readonly ScoreSheet[]): Promise<Offered<ScoreSheet>[]> {
  const own = sheets.filter((sheet) => sheet.voidedAt === null && may(work, CorrectScoreSheet, sheet))
  const actions = own.length === 0 ? new Map<string, string[]>() : await offersOfSheets(work, own)
  return sheets.map((sheet) => ({ ...sheet, actions: actions.get(sheet.id) ?? [] }))
}

async function offersOfSheets(work: Work, own: readonly ScoreSheet[]): Promise<ReadonlyMap<string, string[]>> {
  const bidIds = own.map(({ bidId }) => bidId)
  const rounds = new Map<string, Round & { readonly isRanked: boolean }>()
  for (const roundId of new Set(own.map((sheet) => sheet.roundId))) {
    const round = await reviewedRound(work, roundId)
    if (round !== undefined)
      rounds.set(roundId, { ...round, isRanked: (await findRanking(work.sql, roundId)) !== undefined })
  }
  const seats = new Map(
    (await findSeats(work.sql, work.actor.expertId ?? '', bidIds)).map((seat) => [seat.bidId, seat]),
  )
  const seated = await seatedExperts(work.sql, bidIds)
  const stages = new Map((await itemsOf(work.sql, bidIds)).map(({ bidId, state }) => [bidId, state]))
  const byBid = Map.groupBy(await validSheetsOf(work.sql, bidIds), ({ bidId }) => bidId)
  const offersOf = ({ bidId, roundId, expertId, outlierReason }: ScoreSheet): string[] => {
    const round = rounds.get(roundId)
    if (round === undefined) return []
    const { panel, review } = round.policy
    const isJudged =
      seats.get(bidId)?.state === 'seated' &&
      (seated.get(bidId)?.length ?? 0) >= panel.quorum &&
      (review.session === 'none' || stages.get(bidId) === 'scoring')
    const gap = panel.outlierGap === null ? null : parsePoints(panel.outlierGap)
    const isFar = outlierReason === null && outliers(byBid.get(bidId) ?? [], gap).includes(expertId)
    return [...(isJudged && !round.isRanked ? ['correct'] : []), ...(isFar ? ['giveOutlierReason'] : [])]
  }
  return new Map(own.map((sheet) => [sheet.id, offersOf(sheet)]))
}
