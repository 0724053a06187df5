import type { Module } from '../../platform/module.ts'
import { REVIEW_ACTIONS } from './policy.ts'
import { REVIEW_PROBLEMS } from './problems.ts'
import { drawRoutes } from './routes/draws.ts'
import { panelRoutes } from './routes/panels.ts'
import { requestRoutes } from './routes/requests.ts'
import { resultRoutes } from './routes/results.ts'
import { scoringRoutes } from './routes/scoring.ts'
import { DRAW_TRANSITIONS } from './rules/draw.ts'
import { REQUEST_TRANSITIONS } from './rules/requests.ts'

export type { ItemChange, SmallestChange } from './rules/change.ts'

export type { Ranking, RankingEntry } from './rules/ranking.ts'
export {
  type Comparison,
  CUT_LINES,
  FRAGILITIES,
  ROBUSTNESS_UNLESS_SAID,
  type Robustness,
  type RobustnessTerms,
  robustnessOf,
} from './rules/robustness.ts'
export { contestOf, rankingOf } from './service/ranking.ts'

export const reviews: Module = {
  name: 'reviews',
  tag: {
    name: 'Reviews',
    description: 'Experts, their verifiable draw, panels with recusals and alternates, score sheets and rankings.',
  },
  routes: (app, deps) => {
    drawRoutes(app, deps)
    panelRoutes(app)
    requestRoutes(app)
    scoringRoutes(app)
    resultRoutes(app)
  },
  problems: REVIEW_PROBLEMS,
  actions: REVIEW_ACTIONS,
  machines: [
    { name: 'expert_draw', initial: 'committed', table: DRAW_TRANSITIONS as never },
    { name: 'recusal_request', initial: 'open', table: REQUEST_TRANSITIONS as never },
  ],
}
