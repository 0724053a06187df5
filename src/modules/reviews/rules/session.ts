import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import {
  BidNotForwarded,
  CrossExaminationRequired,
  OpinionsMissing,
  PanelBelowQuorum,
  QuestionsUnanswered,
  ReviewItemNotInState,
  ScoreSheetsMissing,
  SessionBidsInvalid,
  VotesBelowQuorum,
  VotesMissing,
} from '../problems/index.ts'

export const ITEM_STATES = ['called', 'statement', 'cross_examination', 'scoring', 'opinion_published'] as const
export type ItemState = (typeof ITEM_STATES)[number]
export type ItemCommand = 'hearStatement' | 'crossExamine' | 'ask' | 'openScoring' | 'publishOpinion' | 'reopen'

/**
 * D2-15: statement, cross-examination, vote, opinion. Where the policy asks for a statement alone, scoring may follow it
 * at once. A recusal that is found later brings the bid back to its scoring.
 */
export const ITEM_TRANSITIONS: Transitions<ItemState, ItemCommand> = {
  called: { hearStatement: 'statement' },
  statement: { crossExamine: 'cross_examination', openScoring: 'scoring' },
  cross_examination: { ask: 'cross_examination', openScoring: 'scoring' },
  scoring: { publishOpinion: 'opinion_published' },
  opinion_published: { reopen: 'scoring' },
}

export interface ReviewSession {
  readonly id: string
  readonly roundId: string
  readonly hostId: string
  /** 1, 2, 3 … among the sessions of the round. */
  readonly number: number
  readonly heldOn: string
  readonly place: string
  readonly createdAt: Date
}

/** One bid of a session. */
export interface ReviewItem {
  readonly bidId: string
  readonly version: number
  readonly sessionId: string
  readonly roundId: string
  readonly hostId: string
  readonly organizationId: string
  /** The order in which the bids are heard. */
  readonly position: number
  readonly state: ItemState
  /** Null before the statement. */
  readonly bidderPresent: boolean | null
  readonly statement: string | null
  readonly statedAt: Date | null
}

export interface ReviewQuestion {
  readonly bidId: string
  readonly number: number
  readonly question: string
  /** The expert who asked; null when the host did. */
  readonly expertId: string | null
  readonly askedBy: string
  readonly askedAt: Date
  readonly answer: string | null
  readonly answeredBy: string | null
  readonly answeredAt: Date | null
}

export interface Tally {
  readonly yes: number
  readonly no: number
  readonly abstain: number
}
export const OUTCOMES = ['recommended', 'not_recommended'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface ReviewOpinion {
  readonly bidId: string
  readonly number: number
  readonly opinion: string
  /** Of a vote; null where the panel scores. */
  readonly outcome: Outcome | null
  readonly tally: Tally | null
  readonly publishedBy: string
  readonly publishedAt: Date
  readonly reopenedAt: Date | null
  readonly reopenReason: string | null
}

export function advanceItem({ state }: Pick<ReviewItem, 'state'>, command: ItemCommand): Decision<ItemState> {
  return transition(ITEM_TRANSITIONS, state, command, ReviewItemNotInState)
}

/**
 * The bids of a new session, in the order in which they are heard: all that wait, or those named. Refused when one is
 * named twice, is not under review, has not come through all levels (null: there are none), or was called to a session
 * already.
 */
export function callBids(
  wanted: readonly string[] | null,
  judged: readonly string[],
  called: ReadonlySet<string>,
  forwarded: ReadonlySet<string> | null = null,
): Decision<readonly string[]> {
  const isForwarded = (bidId: string) => forwarded === null || forwarded.has(bidId)
  const bidIds = wanted ?? judged.filter((bidId) => !called.has(bidId) && isForwarded(bidId))
  const flaws = bidIds.flatMap((bidId, index) => {
    const pointer = `#/bidIds/${index}`
    if (bidIds.indexOf(bidId) < index) return [{ pointer, code: 'twice', detail: `${bidId} is listed twice.` }]
    if (!judged.includes(bidId))
      return [{ pointer, code: 'bid_not_judged', detail: `${bidId} is not under review here.` }]
    if (!isForwarded(bidId))
      return [{ pointer, code: BidNotForwarded.code, detail: `No last level forwarded ${bidId}.` }]
    return called.has(bidId) ? [{ pointer, code: 'called_already', detail: `${bidId} has a session.` }] : []
  })
  if (bidIds.length === 0) flaws.push({ pointer: '#/bidIds', code: 'nothing_to_hear', detail: 'No bid waits.' })
  return flaws.length === 0 ? accept(bidIds) : refuse(SessionBidsInvalid, { count: flaws.length }, flaws)
}

/** Scoring opens after the cross-examination where the policy holds one, and when every question has its answer. */
export function openScoring(
  item: Pick<ReviewItem, 'state' | 'bidId'>,
  session: 'statement_scoring' | 'full',
  unanswered: readonly number[],
): Decision<ItemState> {
  const state = advanceItem(item, 'openScoring')
  if (!state.accepted) return state
  if (session === 'full' && item.state === 'statement') return refuse(CrossExaminationRequired, { bidId: item.bidId })
  if (unanswered.length > 0) return refuse(QuestionsUnanswered, { numbers: unanswered.join(', ') })
  return state
}

export interface VoteTerms {
  readonly quorumBasisPoints: number
  readonly majorityBasisPoints: number
  readonly majorityOf: 'cast' | 'decisive'
}

/** Have enough of the seated experts voted? Compared by cross-multiplication. */
export function reachesQuorum(cast: number, seated: number, { quorumBasisPoints }: VoteTerms): boolean {
  return cast > 0 && cast * 10_000 >= quorumBasisPoints * seated
}

/** Has yes its majority? Compared by cross-multiplication; nobody's vote is no majority. */
export function outcomeOf({ yes, no, abstain }: Tally, terms: VoteTerms): Outcome {
  const base = terms.majorityOf === 'cast' ? yes + no + abstain : yes + no
  return base > 0 && yes * 10_000 >= terms.majorityBasisPoints * base ? 'recommended' : 'not_recommended'
}

export interface PanelOfBid {
  /** Experts seated for the bid, which of them have signed, and whose vote is waited for no longer. */
  readonly seated: readonly string[]
  readonly signed: ReadonlySet<string>
  readonly absent: ReadonlySet<string>
  readonly quorum: number
}

/** An opinion is published when the panel has judged: all sheets, or all votes but those of the absent, and a quorum. */
export function publishOpinion(
  item: Pick<ReviewItem, 'state' | 'bidId'>,
  { seated, signed, absent, quorum }: PanelOfBid,
  vote: VoteTerms | null,
): Decision<ItemState> {
  const state = advanceItem(item, 'publishOpinion')
  if (!state.accepted) return state
  if (seated.length < quorum) return refuse(PanelBelowQuorum, { bidIds: item.bidId, quorum })
  const missing = seated.filter((expertId) => !signed.has(expertId))
  if (vote !== null) {
    const waited = missing.filter((expertId) => !absent.has(expertId))
    if (waited.length > 0) return refuse(VotesMissing, { count: waited.length }, waited.map(voteMissing))
    return reachesQuorum(seated.length - missing.length, seated.length, vote)
      ? state
      : refuse(VotesBelowQuorum, { bidIds: item.bidId })
  }
  if (missing.length === 0) return state
  const flaws = missing.map((expertId) => ({ pointer: '#', code: 'sheet_missing', detail: expertId }))
  return refuse(ScoreSheetsMissing, { count: missing.length }, flaws)
}

function voteMissing(detail: string) {
  return { pointer: '#', code: 'vote_missing', detail }
}

/** The order of D2-15 ends with the opinion: no ranking before it. */
export function opinionsPublished(
  bidIds: readonly string[],
  items: readonly Pick<ReviewItem, 'bidId' | 'state'>[],
): Decision<true> {
  const states = new Map(items.map(({ bidId, state }) => [bidId, state]))
  const missing = bidIds.filter((bidId) => states.get(bidId) !== 'opinion_published')
  if (missing.length === 0) return accept(true)
  const flaws = missing.map((bidId) => ({ pointer: '#', code: states.get(bidId) ?? 'not_called', detail: bidId }))
  return refuse(OpinionsMissing, { count: missing.length }, flaws)
}
