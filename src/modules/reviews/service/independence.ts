import { orThrow } from '../../../kernel/decision.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound } from '../../bids/index.ts'
import type { Round } from '../../rounds/index.ts'
import { independentSheets } from '../rules/rankable.ts'
import type { Ranking } from '../rules/ranking.ts'
import type { Panel } from '../rules/seating.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import { findExperts, lockPanelOfRound } from '../store/panels.ts'
import { validSheets } from '../store/sheets.ts'
import { partiesWithin } from './parties.ts'

/** Refused (`score_sheets_in_conflict`) while a sheet for one of the bids is of an expert who may not judge it. */
export async function requireIndependent(
  work: Work,
  round: Round,
  panel: Pick<Panel, 'id' | 'reviewOn'>,
  bids: readonly Bid[],
  sheets: readonly ScoreSheet[],
): Promise<void> {
  const experts = await findExperts(work.sql, [...new Set(sheets.map(({ expertId }) => expertId))])
  const parties = await partiesWithin(work, round, bids, experts)
  const records = new Map(experts.map((expert) => [expert.id, expert]))
  orThrow(independentSheets(sheets, parties, records, panel, round.policy.panel.recusalLookbackMonths))
}

/**
 * For awards: the same question about a ranking that was made before, for a conflict may have come on record since. Asks
 * no permission.
 */
export async function requireIndependentRanking(
  work: Work,
  round: Round,
  { entries }: Pick<Ranking, 'entries'>,
): Promise<void> {
  const panel = await lockPanelOfRound(work.sql, round.id)
  if (panel === undefined) return
  const ranked = new Set(entries.map(({ bidId }) => bidId))
  const bids = (await bidsOfRound(work, round.id)).filter(({ id }) => ranked.has(id))
  await requireIndependent(work, round, panel, bids, await validSheets(work.sql, round.id))
}
