import { money } from '../../../kernel/money.ts'
import { pointsBody } from '../../reviews/index.ts'
import { type Award, type AwardBudget, type AwardSource, awardActions } from '../rules/award.ts'
import type { BidResult } from '../service/results.ts'

export function toBody({
  version: _version,
  reviewedById: _reader,
  requestedFen,
  approvedFen,
  decisionId,
  noticeClosesAt,
  createdAt,
  ...award
}: Award) {
  return {
    ...award,
    requested: money(requestedFen),
    approved: money(approvedFen),
    sources: award.sources.map(sourceBody),
    revisedBudget: award.revisedBudget === null ? null : budgetBody(award.revisedBudget),
    noticeClosesAt: noticeClosesAt?.toISOString() ?? null,
    decisionMeetingId: decisionId,
    createdAt: createdAt.toISOString(),
    actions: awardActions(award),
  }
}

function budgetBody(budget: AwardBudget) {
  return { ...budget, budgetLines: [...budget.budgetLines] }
}

function sourceBody({ poolId, source, amountFen }: AwardSource) {
  return { poolId, source, amount: money(amountFen) }
}

/** The awards that a command on their round changed. */
export function changedBody({ roundId, awards }: { readonly roundId: string; readonly awards: readonly Award[] }) {
  return { roundId, awards: awards.map(toBody) }
}

/** Nothing of who judged the bid crosses the edge. */
export function resultBody({ bid, standing, reason, award }: BidResult) {
  return {
    bidId: bid.id,
    roundId: bid.roundId,
    needId: bid.needId,
    outcome: bid.state,
    reason,
    rank: standing?.entry.rank ?? null,
    rankInNeed: standing?.rankInNeed ?? null,
    isAboveLine: standing?.entry.isAboveLine ?? null,
    total: standing === null ? null : pointsBody(standing.entry.total),
    components: (standing?.entry.components ?? []).map(({ code, ...points }) => ({ code, ...pointsBody(points) })),
    criteria: (standing?.criteria ?? []).map(({ criterion, hundredths }) => ({ criterion, ...pointsBody(hundredths) })),
    award: award === null ? null : awardOfBid(award),
  }
}

function awardOfBid({ id, state, requestedFen, approvedFen, endReason }: Award) {
  return { awardId: id, state, requested: money(requestedFen), approved: money(approvedFen), endReason }
}
