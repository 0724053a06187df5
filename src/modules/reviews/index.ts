import type { Module } from '../../platform/module.ts'
import { REVIEW_ACTIONS } from './policy.ts'
import { REVIEW_PROBLEMS } from './problems.ts'
import { panelRoutes } from './routes/panels.ts'
import { resultRoutes } from './routes/results.ts'
import { scoringRoutes } from './routes/scoring.ts'

export type { Ranking, RankingEntry } from './rules/ranking.ts'
export { rankingOf } from './service/ranking.ts'

export const reviews: Module = {
  name: 'reviews',
  tag: { name: 'Reviews', description: 'Experts, panels with recusals and alternates, score sheets and rankings.' },
  routes: (app) => {
    panelRoutes(app)
    scoringRoutes(app)
    resultRoutes(app)
  },
  problems: REVIEW_PROBLEMS,
  actions: REVIEW_ACTIONS,
}
