import { orThrow } from '../../../kernel/decision.ts'
import type { Fen } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid, type Bid, bidsOfRound } from '../../bids/index.ts'
import { lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { DrawLot, RankBids, ReadRanking } from '../policy/index.ts'
import { LotBeforeOpening, LotInFuture, LotNotRequired, PanelMissing } from '../problems/index.ts'
import type { Contest } from '../rules/contest.ts'
import { bidsToJudge } from '../rules/levels.ts'
import { rankableBids } from '../rules/rankable.ts'
import {
  type Contender,
  explainedOutliers,
  keptSheets,
  type Ranking,
  type RankingTerms,
  rankBids,
  type Sheet,
  tiesForLot,
} from '../rules/ranking.ts'
import { resultsByBid } from '../rules/results.ts'
import { statedKey } from '../rules/seating.ts'
import { opinionsPublished } from '../rules/session.ts'
import { countedVotes, type ScoreSheet, VOTE_CRITERION } from '../rules/sheets.ts'
import { levelReviewsOfRound } from '../store/levels.ts'
import { lockPanelOfRound } from '../store/panels.ts'
import { batchesOfRound } from '../store/results.ts'
import { findRanking, insertLot, type LotDrawing, listLots, lotsOfRound, saveRanking } from '../store/scoring.ts'
import { itemsOfRound } from '../store/sessions.ts'
import { validSheets } from '../store/sheets.ts'
import { judgedCriteria, votingOf } from './assignments.ts'
import { requireIndependent } from './independence.ts'
import { sourcesOf } from './results.ts'
import { requireReviewing, requireUnsettled } from './reviewing.ts'

/** A ranking with the need of each bid, which tells the result of each lot. */
export type RankedRound = Ranking & { readonly needOf: (bidId: string) => string }

/**
 * Ranks the judged bids of a round by exact means and marks them as scored. May be repeated until awards are proposed:
 * after a lot, or after a recusal has voided a sheet.
 */
export async function rankRound(work: Work, roundId: string, leaveOut: readonly string[]): Promise<RankedRound> {
  authorize(work, RankBids, await roundOf(work, roundId))
  const round = requireReviewing(await lockRound(work, roundId), 'rank')
  await requireUnsettled(work, roundId)
  const { contenders, withoutResult } = await readContest(work, round, leaveOut)
  const entries = orThrow(rankBids(contenders, termsOf(round), await lotsOfRound(work.sql, roundId)))
  const computedAt = await work.now(round.hostId)
  const ranking = await saveRanking(work.sql, {
    id: newId('rnk'),
    roundId,
    hostId: round.hostId,
    entries,
    withoutResult,
    computedAt,
  })
  for (const { bidId } of entries) await advanceBid(work, bidId, 'score')
  await record(work, {
    type: 'round.ranked',
    subject: roundId,
    hostId: round.hostId,
    at: computedAt,
    data: {
      entries: entries.map(({ bidId, sumHundredths, count, total, decidedBy }) => ({
        bidId,
        sumHundredths,
        count,
        total,
        decidedBy,
      })),
      withoutResult,
    },
  })
  return withNeeds(work, ranking)
}

/** Puts a public lot on record, among exactly the bids that nothing else separates. It counts with the next ranking. */
export async function drawLot(
  work: Work,
  roundId: string,
  wanted: Pick<LotDrawing, 'bidIds' | 'place' | 'witnesses' | 'drawnAt'> & { readonly leaveOut: readonly string[] },
): Promise<LotDrawing> {
  authorize(work, DrawLot, await roundOf(work, roundId))
  const round = requireReviewing(await lockRound(work, roundId), 'drawLot')
  await requireUnsettled(work, roundId)
  const { leaveOut, ...lot } = wanted
  const now = await work.now(round.hostId)
  if (lot.drawnAt > now) throw problem(LotInFuture, { drawnAt: lot.drawnAt.toISOString() })
  const { openedAt } = round
  if (openedAt !== null && lot.drawnAt < openedAt)
    throw problem(LotBeforeOpening, { drawnAt: lot.drawnAt.toISOString(), openedAt: openedAt.toISOString() })
  const { contenders } = await readContest(work, round, leaveOut)
  const ties = tiesForLot(contenders, termsOf(round), await lotsOfRound(work.sql, roundId))
  const drawn = [...lot.bidIds].sort().join()
  if (!ties.some((tie) => tie.join() === drawn)) throw problem(LotNotRequired)
  const drawing = await insertLot(work.sql, { ...lot, id: newId('lot'), roundId, hostId: round.hostId, createdAt: now })
  await record(work, {
    type: 'round.lot_drawn',
    subject: roundId,
    hostId: round.hostId,
    at: now,
    data: { lotId: drawing.id, bidIds: drawing.bidIds },
  })
  return drawing
}

/** The ranking of a round; 404 before there is one. */
export async function readRanking(work: Work, roundId: string): Promise<RankedRound> {
  authorize(work, ReadRanking, await roundOf(work, roundId))
  const ranking = await findRanking(work.sql, roundId)
  if (ranking === undefined) throw problem(NotFound)
  return withNeeds(work, ranking)
}

async function withNeeds(work: Work, ranking: Ranking): Promise<RankedRound> {
  const needs = new Map((await bidsOfRound(work, ranking.roundId)).map(({ id, needId }) => [id, needId]))
  return {
    ...ranking,
    needOf(bidId) {
      const needId = needs.get(bidId)
      if (needId === undefined) throw new Error(`the ranked bid ${bidId} is not in its round`)
      return needId
    },
  }
}

export async function readLots(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<LotDrawing>> {
  authorize(work, ReadRanking, await roundOf(work, roundId))
  return listLots(work.sql, roundId, limit, after)
}

/** For later modules: the ranking of a round, best first, or undefined. Asks no permission. */
export async function rankingOf(work: Work, roundId: string): Promise<Ranking | undefined> {
  return findRanking(work.sql, roundId)
}

/**
 * For later modules: what a ranking was made of, from the sheets that are valid now. A bid whose sheets were all voided
 * since is left out. Asks no permission.
 */
export async function contestOf(work: Work, round: Round, { entries }: Pick<Ranking, 'entries'>): Promise<Contest> {
  const ranked = new Set(entries.map(({ bidId }) => bidId))
  const byBid = Map.groupBy(await validSheets(work.sql, round.id), ({ bidId }) => bidId)
  const bids = (await bidsOfRound(work, round.id)).filter(({ id }) => ranked.has(id) && byBid.has(id))
  return {
    contenders: await contendersOf(work, round, bids, byBid),
    terms: termsOf(round),
    lots: await lotsOfRound(work.sql, round.id),
    criteria:
      votingOf(round) === null
        ? judgedCriteria(round).map(({ code, max }) => ({ code, maxHundredths: parsePoints(max) }))
        : [VOTE_CRITERION],
  }
}

/**
 * For awards: what the experts of each bid would grant, from the sheets that count in a ranking (extremes left out as the
 * policy says). A bid for which nobody said an amount is absent. Asks no permission.
 */
export async function recommendedAmountsOf(work: Work, roundId: string): Promise<ReadonlyMap<string, Fen[]>> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`there is no round ${roundId}`)
  const { dropExtremesMinSheets } = termsOf(round)
  const amounts = new Map<string, Fen[]>()
  for (const [bidId, sheets] of Map.groupBy(await validSheets(work.sql, roundId), (sheet) => sheet.bidId)) {
    const kept = keptSheets(sheets, dropExtremesMinSheets).flatMap(({ recommendedFen }) => recommendedFen ?? [])
    if (kept.length > 0) amounts.set(bidId, kept)
  }
  return amounts
}

/** The bids that can be ranked with their sheets, read under the lock of the panel so that nobody signs meanwhile. */
async function readContest(work: Work, round: Round, leaveOut: readonly string[]) {
  const panel = await lockPanelOfRound(work.sql, round.id)
  if (panel === undefined) throw problem(PanelMissing)
  const bids = await bidsOfRound(work, round.id, ['accepted', 'scored'])
  const { review } = round.policy
  const all = bids.map(({ id }) => id)
  const levels = review.levels.length === 0 ? null : await levelReviewsOfRound(work.sql, round.id)
  const bidIds = orThrow(bidsToJudge(all, levels))
  const sheets = await validSheets(work.sql, round.id)
  const signed = new Set(sheets.map(({ bidId, expertId }) => statedKey(bidId, expertId)))
  const rankable = orThrow(rankableBids(bidIds, panel, signed, leaveOut, votingOf(round)))
  if (review.session !== 'none') orThrow(opinionsPublished(rankable, await itemsOfRound(work.sql, round.id)))
  const byBid = Map.groupBy(sheets, ({ bidId }) => bidId)
  orThrow(explainedOutliers(rankable, byBid, termsOf(round).outlierGapHundredths))
  const judged = bids.filter(({ id }) => rankable.includes(id))
  await requireIndependent(work, round, panel, judged, sheets)
  return {
    contenders: await contendersOf(work, round, judged, byBid),
    withoutResult: all.filter((id) => !rankable.includes(id)),
  }
}

async function contendersOf(
  work: Work,
  round: Round,
  bids: readonly Bid[],
  sheetsByBid: ReadonlyMap<string, readonly (Sheet & Pick<ScoreSheet, 'vote'>)[]>,
): Promise<Contender[]> {
  const sources = sourcesOf(round)
  const batches = sources.length === 0 ? [] : await batchesOfRound(work.sql, round.id)
  const bidIds = bids.map(({ id }) => id)
  const results = orThrow(resultsByBid(sources, batches, bidIds))
  return bids.map((bid) => ({
    ...requestOf(bid),
    bidId: bid.id,
    lot: round.needIds.indexOf(bid.needId),
    results: results.get(bid.id) ?? {},
    sheets: countedVotes(sheetsByBid.get(bid.id) ?? [], votingOf(round)),
  }))
}

/** Where the panel votes, the share of yes is the result and the majority the pass line: the same exact comparison. */
function termsOf(round: Round): RankingTerms {
  const { policy } = round
  const vote = votingOf(round)
  const { dropExtremesMinSheets, outlierGap } = policy.panel
  const { scope, panelWeightBasisPoints, passLineOn } = policy.scoring
  const prices = policy.criteria.filter(({ kind }) => kind === 'price')
  return {
    dropExtremesMinSheets: vote === null ? dropExtremesMinSheets : null,
    outlierGapHundredths: vote === null && outlierGap !== null ? parsePoints(outlierGap) : null,
    passLineHundredths: vote === null ? parsePoints(policy.passLine) : vote.majorityBasisPoints,
    tieBreak: policy.tieBreak,
    scoring: {
      scope,
      panelWeightBasisPoints,
      passLineOn: vote === null ? passLineOn : 'panel',
      sources: sourcesOf(round),
      prices: prices.map(({ code, max }) => ({ code, maxHundredths: parsePoints(max) })),
    },
  }
}

function requestOf({ id, requestedFen, submittedAt }: Bid): Pick<Contender, 'requestedFen' | 'submittedAt'> {
  if (requestedFen === null || submittedAt === null) throw new Error(`the bid ${id} was never submitted`)
  return { requestedFen, submittedAt }
}
