import type { FastifyInstance } from 'fastify'
import { commandRoute, listRoute } from '../../../platform/http/route.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { ReadRanking, RecordScoreResults } from '../policy/index.ts'
import { ScoreResultsInvalid, ScoreResultsTooLate } from '../problems/index.ts'
import type { ScoreResultBatch } from '../rules/results.ts'
import { NewScoreResults, ScoreResultsBody, SourceParams } from '../schemas/ranking.ts'
import { RoundParams } from '../schemas/words.ts'
import { readScoreResults, recordScoreResults } from '../service/results.ts'

const tag = 'Reviews'

export function resultRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/score-sources/:source/results',
    operationId: 'recordScoreResults',
    summary: 'Put on record what a source outside the panel counted',
    tag,
    description:
      'Public jurors, votes, donations or bonuses, as the policy names them in `scoring.sources`. One batch for the whole round; sent again it takes the place of the earlier one, which stays on record, and the bids have to be ranked anew. Until awards are proposed.',
    allow: RecordScoreResults,
    params: SourceParams,
    body: NewScoreResults,
    status: 201,
    answer: ScoreResultsBody,
    problems: [RoundNotInState, ScoreResultsInvalid, ScoreResultsTooLate],
    location: ({ roundId }) => `/rounds/${roundId}/score-results`,
    run: (work, { params, body }) => recordScoreResults(work, params.roundId, params.source, body),
    present: batchBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/score-results',
    operationId: 'listScoreResults',
    summary: 'List the results from outside the panel, newest first',
    tag,
    allow: ReadRanking,
    params: RoundParams,
    item: ScoreResultsBody,
    pageTitle: 'ScoreResultPage',
    run: (work, { params, limit, after }) => readScoreResults(work, params.roundId, limit, after),
    present: batchBody,
  })
}

function batchBody({ hostId: _hostId, recordedAt, results, ...batch }: ScoreResultBatch) {
  return { ...batch, results: [...results], recordedAt: recordedAt.toISOString() }
}
