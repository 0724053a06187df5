import type { Module } from '../../platform/module.ts'
import { REVIEW_ACTIONS } from './policy/index.ts'
import { REVIEW_PROBLEMS } from './problems/index.ts'
import { drawRoutes } from './routes/draws.ts'
import { hearingRoutes } from './routes/hearings.ts'
import { levelRoutes } from './routes/levels.ts'
import { panelRoutes } from './routes/panels.ts'
import { rankingRoutes } from './routes/ranking.ts'
import { requestRoutes } from './routes/requests.ts'
import { resultRoutes } from './routes/results.ts'
import { sheetRoutes } from './routes/sheets.ts'
import { DRAW_TRANSITIONS } from './rules/draw.ts'
import { LEVEL_TRANSITIONS } from './rules/levels.ts'
import { REQUEST_TRANSITIONS } from './rules/requests.ts'
import { ITEM_TRANSITIONS } from './rules/session.ts'

export { ScoreSheetsInConflict } from './problems/index.ts'
export { pointsBody } from './routes/ranking.ts'
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
export { ExactPoints, ScorePart } from './schemas/ranking.ts'
export { isJudgedIndependently, requireIndependentSheets } from './service/independence.ts'
export { contestOf, rankingOf, recommendedAmountsOf } from './service/ranking.ts'

export { type BidStanding, standingOf } from './service/standing.ts'

export const reviews: Module = {
  name: 'reviews',
  tag: {
    name: 'Reviews',
    description:
      'Experts, their verifiable draw, panels, review sessions and levels, score sheets, votes and rankings.',
  },
  routes: (app, deps) => {
    drawRoutes(app, deps)
    panelRoutes(app)
    requestRoutes(app)
    hearingRoutes(app)
    levelRoutes(app)
    sheetRoutes(app)
    rankingRoutes(app)
    resultRoutes(app)
  },
  problems: REVIEW_PROBLEMS,
  actions: REVIEW_ACTIONS,
  machines: [
    { name: 'review_item', initial: 'called', table: ITEM_TRANSITIONS as never },
    { name: 'level_review', initial: 'pending', table: LEVEL_TRANSITIONS as never },
    { name: 'expert_draw', initial: 'committed', table: DRAW_TRANSITIONS as never },
    { name: 'recusal_request', initial: 'open', table: REQUEST_TRANSITIONS as never },
  ],
}
