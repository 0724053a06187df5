import { type Decision, orThrow } from '../../../kernel/decision.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound } from '../../bids/index.ts'
import type { Round } from '../../rounds/index.ts'
import { independentSheets } from '../rules/rankable.ts'
import type { Panel } from '../rules/seating.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import { findExperts, findPanelOfRound, lockPanelOfRound } from '../store/panels.ts'
import { validSheets } from '../store/sheets.ts'
import { partiesWithin } from './parties.ts'

type PanelDay = Pick<Panel, 'id' | 'reviewOn'>

/** Refused (`score_sheets_in_conflict`) while a sheet for one of the bids is of an expert who may not judge it. */
export async function requireIndependent(
  work: Work,
  round: Round,
  panel: PanelDay,
  bids: readonly Bid[],
  sheets: readonly ScoreSheet[],
): Promise<void> {
  orThrow(await independence(work, round, panel, bids, sheets))
}

/**
 * For later modules: the same question about bids that were ranked before, for a conflict may have come on record since.
 * Asks no permission.
 */
export async function requireIndependentSheets(work: Work, round: Round, bidIds: readonly string[]): Promise<void> {
  const panel = await lockPanelOfRound(work.sql, round.id)
  if (panel !== undefined) orThrow(await independenceOf(work, round, panel, bidIds))
}

/** For later modules: is every sheet that counts for this bid of an expert who may judge it by now? Asks no permission. */
export async function isJudgedIndependently(work: Work, round: Round, bidId: string): Promise<boolean> {
  const panel = await findPanelOfRound(work.sql, round.id)
  return panel === undefined || (await independenceOf(work, round, panel, [bidId])).accepted
}

async function independenceOf(
  work: Work,
  round: Round,
  panel: PanelDay,
  bidIds: readonly string[],
): Promise<Decision<true>> {
  const asked = new Set(bidIds)
  const bids = (await bidsOfRound(work, round.id)).filter(({ id }) => asked.has(id))
  const sheets = (await validSheets(work.sql, round.id)).filter(({ bidId }) => asked.has(bidId))
  return independence(work, round, panel, bids, sheets)
}

async function independence(
  work: Work,
  round: Round,
  panel: PanelDay,
  bids: readonly Bid[],
  sheets: readonly ScoreSheet[],
): Promise<Decision<true>> {
  const experts = await findExperts(work.sql, [...new Set(sheets.map(({ expertId }) => expertId))])
  const parties = await partiesWithin(work, round, bids, experts)
  const records = new Map(experts.map((expert) => [expert.id, expert]))
  return independentSheets(sheets, parties, records, panel, round.policy.panel.recusalLookbackMonths)
}
