import type { Fen } from '../../../kernel/money.ts'
import { sumFen } from '../../../kernel/money.ts'
import { problem } from '../../../kernel/problem.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { needsOf } from '../../needs/index.ts'
import { DryRunRound, lastDayBefore, poolsOf, roundOf } from '../../rounds/index.ts'
import { DryRunSourceUnfit } from '../problems/index.ts'
import { type DryRunLine, type DryRunTotals, dryRun, type EarlierBid, totalsOf } from '../rules/dryRun.ts'
import { findOpened } from '../store/bids.ts'
import { latestSnapshot } from '../store/eligibility.ts'
import { factsOf } from './eligibility.ts'

export interface DryRun {
  readonly roundId: string
  readonly sourceRoundId: string
  readonly policyVersion: number
  /** What all pools of the round hold, to be compared with what would be asked for. */
  readonly poolsFen: Fen
  readonly before: DryRunTotals
  readonly after: DryRunTotals
  readonly lines: readonly DryRunLine[]
}

/**
 * Puts the opened bids of an earlier round of the same host through the rules of this one. Nothing is written: the
 * facts about bidders are those kept at their formal check, or else read as of that round's last day.
 */
export async function dryRunRound(work: Work, roundId: string, sourceRoundId: string): Promise<DryRun> {
  const round = authorize(work, DryRunRound, await roundOf(work, roundId))
  const source = authorize(work, DryRunRound, await roundOf(work, sourceRoundId))
  if (source.openedAt === null || source.id === round.id) throw problem(DryRunSourceUnfit, { roundId: source.id })
  const day = lastDayBefore(source.closesAt)
  const needs = new Map((await needsOf(work, source.needIds)).map((need) => [need.id, need]))
  const earlier: EarlierBid[] = []
  for (const bid of await findOpened(work.sql, source.id)) {
    const need = needs.get(bid.needId)
    if (bid.content === null || need === undefined) continue
    const kept = await latestSnapshot(work.sql, bid.id)
    const facts = kept?.facts ?? (await factsOf(work, bid, day))
    earlier.push({ bid, content: bid.content, facts, project: need })
  }
  const lines = dryRun(round.policy, earlier, day)
  return {
    roundId: round.id,
    sourceRoundId: source.id,
    policyVersion: round.policyVersion,
    poolsFen: sumFen((await poolsOf(work, round.id)).map(({ sizeFen }) => sizeFen)),
    before: totalsOf(lines, 'before'),
    after: totalsOf(lines, 'after'),
    lines,
  }
}
