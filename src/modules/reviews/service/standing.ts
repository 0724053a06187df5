import type { Fraction } from '../../../kernel/ratio.ts'
import type { Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import type { Round } from '../../rounds/index.ts'
import { criterionMeans } from '../rules/means.ts'
import type { RankingEntry } from '../rules/ranking.ts'
import { findRanking } from '../store/scoring.ts'
import { validSheetsOf } from '../store/sheets.ts'
import { judgedCriteria, votingOf } from './assignments.ts'

/** What a ranking says of one bid, without who judged it. */
export interface BidStanding {
  readonly entry: Pick<RankingEntry, 'rank' | 'total' | 'components' | 'isAboveLine' | 'decidedBy'>
  readonly rankInNeed: number
  /** The exact mean of each criterion over the sheets that count, in hundredths of a point; empty where the panel votes. */
  readonly criteria: readonly { readonly criterion: string; readonly hundredths: Fraction }[]
}

/** For awards: how a bid stands in the ranking of its round; null without a result, undefined without a ranking. */
export async function standingOf(work: Work, round: Round, bidId: string): Promise<BidStanding | null | undefined> {
  const ranking = await findRanking(work.sql, round.id)
  if (ranking === undefined) return undefined
  const entry = ranking.entries.find((one) => one.bidId === bidId)
  if (entry === undefined) return null
  const sheets = (await validSheetsOf(work.sql, [bidId])).filter(
    ({ expertId }) => !entry.droppedExpertIds.includes(expertId),
  )
  const codes = votingOf(round) === null ? judgedCriteria(round).map(({ code }) => code) : []
  return {
    entry,
    rankInNeed: await rankInNeed(work, round.id, bidId, ranking.entries),
    criteria: criterionMeans(codes, sheets),
  }
}

async function rankInNeed(
  work: Work,
  roundId: string,
  bidId: string,
  entries: readonly Pick<RankingEntry, 'bidId'>[],
): Promise<number> {
  const bids = await bidsOfRound(work, roundId)
  const needId = bids.find(({ id }) => id === bidId)?.needId
  const rivals = new Set(bids.flatMap((bid) => (bid.needId === needId ? [bid.id] : [])))
  return entries.filter((entry) => rivals.has(entry.bidId)).findIndex((entry) => entry.bidId === bidId) + 1
}
