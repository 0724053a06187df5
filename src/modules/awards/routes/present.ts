import { money } from '../../../kernel/money.ts'
import { type Award, type AwardBudget, type AwardSource, awardActions } from '../rules/award.ts'

export function toBody({
  version: _version,
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
