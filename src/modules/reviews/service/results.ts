import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { ReadRanking, RecordScoreResults } from '../policy/index.ts'
import { ScoreResultsTooLate } from '../problems/index.ts'
import { checkResults, type ResultTerms, type ScoreResult, type ScoreResultBatch } from '../rules/results.ts'
import { batchesOfRound, insertBatch, listBatches } from '../store/results.ts'
import { deleteRanking } from '../store/scoring.ts'
import { isUnderReview, settledBid } from './reviewing.ts'

/**
 * Puts on record what a source outside the panel counted. Results are never changed: recorded again they are a new batch
 * that takes the place of the earlier one, and a ranking that rests on that is void. Too late once awards are proposed.
 */
export async function recordScoreResults(
  work: Work,
  roundId: string,
  sourceCode: string,
  wanted: { readonly results: readonly ScoreResult[]; readonly statement: string },
): Promise<ScoreResultBatch> {
  authorize(work, RecordScoreResults, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const source = sourcesOf(round).find(({ code }) => code === sourceCode)
  if (source === undefined) throw problem(NotFound)
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'recordScoreResults' })
  const bids = await bidsOfRound(work, roundId)
  const settled = await settledBid(work, roundId)
  if (settled !== undefined) throw problem(ScoreResultsTooLate, { bidId: settled.id, state: settled.state })
  const judged = bids.filter(isUnderReview).map(({ id }) => id)
  const results = orThrow(checkResults(source, judged, wanted.results))
  const earlier = (await batchesOfRound(work.sql, roundId)).filter((batch) => batch.source === sourceCode)
  const at = await work.now(round.hostId)
  const batch = await insertBatch(work.sql, {
    id: newId('scb'),
    roundId,
    hostId: round.hostId,
    source: sourceCode,
    number: earlier.length + 1,
    results,
    statement: wanted.statement,
    recordedBy: work.actor.id,
    recordedAt: at,
  })
  await record(work, {
    type: 'round.score_results_recorded',
    subject: roundId,
    hostId: round.hostId,
    at,
    data: { batchId: batch.id, source: sourceCode, number: batch.number, results: results.map(withoutReason) },
  })
  if (await deleteRanking(work.sql, roundId))
    await record(work, { type: 'ranking.voided', subject: roundId, hostId: round.hostId, at })
  return batch
}

export async function readScoreResults(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ScoreResultBatch>> {
  authorize(work, ReadRanking, await roundOf(work, roundId))
  return listBatches(work.sql, roundId, limit, after)
}

/** The sources of points that a round's policy names besides its panel. */
export function sourcesOf({ policy }: Pick<Round, 'policy'>): ResultTerms[] {
  return policy.scoring.sources.map(({ max, min, ...source }) => ({
    ...source,
    isDeduction: source.kind === 'deduction',
    maxHundredths: parsePoints(max),
    minHundredths: min === null ? 0 : parsePoints(min),
  }))
}

/** Reasons are people's words: they stay out of the chain, which nobody can erase. */
function withoutReason({ bidId, value }: ScoreResult) {
  return { bidId, value }
}
