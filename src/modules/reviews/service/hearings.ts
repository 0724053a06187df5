import type { Action } from '../../../kernel/action.ts'
import { worksForHost } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { type Bid, bidOf, resultReaders } from '../../bids/index.ts'
import { lockRound, type Round, roundOf, shareRound } from '../../rounds/index.ts'
import { AnswerQuestion, AskQuestion, ConductHearing, ReadHearing, ReadOpinion } from '../policy/index.ts'
import { PanelMissing, QuestionAnswered, ReviewItemRanked } from '../problems/index.ts'
import {
  advanceItem,
  type ItemState,
  openScoring,
  outcomeOf,
  publishOpinion,
  type ReviewItem,
  type ReviewOpinion,
  type ReviewQuestion,
  type Tally,
} from '../rules/session.ts'
import { lockPanelOfRound, seatedExperts } from '../store/panels.ts'
import { findRanking } from '../store/scoring.ts'
import {
  findItem,
  insertOpinion,
  insertQuestion,
  lockItem,
  opinionsOf,
  questionsOf,
  saveAnswer,
  takeOpinionBack,
  updateItem,
} from '../store/sessions.ts'
import { validSheetsOf } from '../store/sheets.ts'
import { votingOf } from './assignments.ts'
import { isToldAfterNotice, requireReviewing, requireUnsettled } from './reviewing.ts'

type Hearing = ReviewItem & { readonly seated: readonly string[] }
export type HearingRecord = Hearing & {
  readonly questions: readonly ReviewQuestion[]
  /** All that were published, also those taken back: for the host's side; absent for anybody else. */
  readonly opinions?: readonly ReviewOpinion[]
}

/** What the bidder stated, or that nobody came. */
export async function hearStatement(
  work: Work,
  bidId: string,
  wanted: { readonly bidderPresent: boolean; readonly statement: string },
): Promise<HearingRecord> {
  const { item } = await conduct(work, bidId, 'hearStatement')
  const state = orThrow(advanceItem(item, 'hearStatement'))
  return advance(work, item, state, { ...wanted, statedAt: await work.now(item.hostId) })
}

export async function crossExamine(work: Work, bidId: string): Promise<HearingRecord> {
  const { item } = await conduct(work, bidId, 'crossExamine')
  return advance(work, item, orThrow(advanceItem(item, 'crossExamine')))
}

/** Opens the scoring or the vote: from now on sheets are taken for this bid. */
export async function beginScoring(work: Work, bidId: string): Promise<HearingRecord> {
  const { item, round } = await conduct(work, bidId, 'openScoring')
  const unanswered = (await questionsOf(work.sql, bidId)).filter(({ answer }) => answer === null)
  const { session } = round.policy.review
  const kind = session === 'none' ? 'statement_scoring' : session
  return advance(
    work,
    item,
    orThrow(
      openScoring(
        item,
        kind,
        unanswered.map(({ number }) => number),
      ),
    ),
  )
}

/** Publishes the panel's opinion once it has judged; with a vote, also its count and what follows from it. */
export async function publishPanelOpinion(work: Work, bidId: string, opinion: string): Promise<ReviewOpinion> {
  const { item, round, panel } = await conduct(work, bidId, 'publishOpinion')
  const vote = votingOf(round)
  const sheets = await validSheetsOf(work.sql, [bidId])
  const signed = new Set(sheets.map(({ expertId }) => expertId))
  const seats = panel.seats.filter((seat) => seat.bidId === bidId && seat.absence !== null)
  const absent = new Set(seats.map(({ expertId }) => expertId))
  const state = orThrow(publishOpinion(item, { seated: item.seated, signed, absent, quorum: panel.quorum }, vote))
  const count = (wanted: string) => sheets.filter((sheet) => sheet.vote === wanted).length
  const tally: Tally | null = vote && { yes: count('yes'), no: count('no'), abstain: count('abstain') }
  const published = await insertOpinion(work.sql, {
    ...{ bidId, number: (await opinionsOf(work.sql, bidId)).length + 1, opinion },
    ...{ outcome: vote && tally && outcomeOf(tally, vote), tally },
    ...{ publishedBy: work.actor.id, publishedAt: await work.now(item.hostId), reopenedAt: null, reopenReason: null },
  })
  await advance(work, item, state, {}, { number: published.number, outcome: published.outcome, tally })
  return published
}

/**
 * After a recusal that was found late, or an error: the opinion is taken back and the scoring open again. A ranking that
 * rests on it is withdrawn first, with a reason on record.
 */
export async function reopenScoring(work: Work, bidId: string, reason: string): Promise<HearingRecord> {
  const { item } = await conduct(work, bidId, 'reopen')
  const { roundId } = item
  const state = orThrow(advanceItem(item, 'reopen'))
  if ((await findRanking(work.sql, roundId)) !== undefined) throw problem(ReviewItemRanked, { bidId, roundId })
  const at = await work.now(item.hostId)
  await takeOpinionBack(work.sql, bidId, { reopenedAt: at, reopenReason: reason })
  return advance(work, item, state)
}

/** A question of a seated expert, or of who presides. Several may ask at the same time. */
export async function askQuestion(work: Work, bidId: string, question: string): Promise<ReviewQuestion> {
  const { item } = await attend(work, bidId, AskQuestion, 'ask')
  orThrow(advanceItem(item, 'ask'))
  const { expertId } = work.actor
  const asked = await insertQuestion(work.sql, {
    ...{ bidId, number: (await questionsOf(work.sql, bidId)).length + 1, question },
    ...{ expertId, askedBy: work.actor.id, askedAt: await work.now(item.hostId) },
    ...{ answer: null, answeredBy: null, answeredAt: null },
  })
  const { number, askedAt } = asked
  await recordHearing(work, 'review_item.question_asked', item, askedAt, { number, expertId })
  return asked
}

/** The answer, once, by the bidder or by who keeps the minutes; no later than the scoring opens. */
export async function answerQuestion(
  work: Work,
  bidId: string,
  number: number,
  answer: string,
): Promise<ReviewQuestion> {
  const { item } = await attend(work, bidId, AnswerQuestion, 'ask')
  orThrow(advanceItem(item, 'ask'))
  if (!(await questionsOf(work.sql, bidId)).some((question) => question.number === number)) throw problem(NotFound)
  const answeredAt = await work.now(item.hostId)
  const answered = await saveAnswer(work.sql, { bidId, number, answer, answeredBy: work.actor.id, answeredAt })
  if (answered === undefined) throw problem(QuestionAnswered, { number })
  await recordHearing(work, 'review_item.question_answered', item, answeredAt, { number })
  return answered
}

export async function readHearing(work: Work, bidId: string): Promise<HearingRecord> {
  const item = await findItem(work.sql, bidId)
  return withQuestions(work, authorize(work, ReadHearing, item && (await withSeats(work, item))))
}

/** The opinion that counts: the host's side at once, the bidder after the notice, the public where the policy says so. */
export async function readOpinion(work: Work, bidId: string): Promise<ReviewOpinion> {
  const item = await findItem(work.sql, bidId)
  const round = item && (await roundOf(work, item.roundId))
  const opinion = (await opinionsOf(work.sql, bidId)).findLast(({ reopenedAt }) => reopenedAt === null)
  const bid = item && (await bidOf(work, item.bidId))
  const facts = item && bid && round && (await opinionFacts(work, item, bid, round))
  authorize(work, ReadOpinion, opinion && facts)
  return opinion as ReviewOpinion
}

/** As long as a notice names only some awards of a round, the opinions of the others would tell of theirs. */
async function opinionFacts(work: Work, item: ReviewItem, bid: Bid, round: Round) {
  const told = await resultReaders(work, bid, round)
  const isTold = isToldAfterNotice(round)
  const isForAll = round.policy.review.opinionFor === 'public'
  return { ...(await withSeats(work, item)), isShown: isTold && told.bidder, isPublic: isForAll && told.everybody }
}

/** A step of who presides: under the locks of round and panel, so that nobody signs and no seat changes meanwhile. */
async function conduct(work: Work, bidId: string, command: string) {
  const known = await findItem(work.sql, bidId)
  authorize(work, ConductHearing, known && (await withSeats(work, known)))
  const round = requireReviewing(await lockRound(work, known?.roundId ?? ''), command)
  const panel = await lockPanelOfRound(work.sql, round.id)
  if (panel === undefined) throw problem(PanelMissing)
  const item = await locked(work, bidId)
  expectVersion(work, item)
  await requireUnsettled(work, round.id)
  return { round, item, panel }
}

/** A word in the hearing: the round stays where it is, and one speaks at a time. */
async function attend(work: Work, bidId: string, action: Action<Hearing>, command: string) {
  const known = await findItem(work.sql, bidId)
  authorize(work, action, known && (await withSeats(work, known)))
  const round = await shareRound(work, known?.roundId ?? '')
  if (round === undefined) throw new Error(`the hearing of ${bidId} has lost its round`)
  requireReviewing(round, command)
  await requireUnsettled(work, round.id)
  return { item: await locked(work, bidId) }
}

async function locked(work: Work, bidId: string): Promise<Hearing> {
  const item = await lockItem(work.sql, bidId)
  if (item === undefined) throw new Error(`the hearing of ${bidId} was let through without being there`)
  return withSeats(work, item)
}

async function withSeats(work: Work, item: ReviewItem): Promise<Hearing> {
  return { ...item, seated: (await seatedExperts(work.sql, [item.bidId])).get(item.bidId) ?? [] }
}

async function withQuestions(work: Work, hearing: Hearing): Promise<HearingRecord> {
  const questions = await questionsOf(work.sql, hearing.bidId)
  if (!worksForHost(work.actor, hearing.hostId, 'host', 'operator', 'auditor')) return { ...hearing, questions }
  return { ...hearing, questions, opinions: await opinionsOf(work.sql, hearing.bidId) }
}

async function advance(
  work: Work,
  item: Hearing,
  state: ItemState,
  more: Partial<Pick<ReviewItem, 'bidderPresent' | 'statement' | 'statedAt'>> = {},
  data: object = {},
): Promise<HearingRecord> {
  const after = await updateItem(work.sql, item.bidId, { ...more, state })
  const at = await work.now(item.hostId)
  await recordHearing(work, `review_item.${state}`, item, at, { from: item.state, to: state, ...data })
  return withQuestions(work, { ...item, ...after })
}

/** What was said stays out of the chain: it is people's words. */
async function recordHearing(work: Work, type: string, item: ReviewItem, at: Date, data: object): Promise<void> {
  const { bidId, sessionId, hostId } = item
  await record(work, { type, subject: bidId, hostId, at, data: { sessionId, ...data } })
}
