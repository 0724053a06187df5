import { money } from '../../../kernel/money.ts'
import { formatPoints } from '../../../kernel/points.ts'
import type { ScoreSheet } from '../rules/sheets.ts'
import { type JudgedBid, judgedCriteria } from '../service/assignments.ts'

export function judgedBidBody({ bid, need, project, round }: JudgedBid) {
  return {
    bidId: bid.id,
    roundId: bid.roundId,
    organizationId: bid.organizationId,
    sponsoredGroupId: bid.sponsoredGroupId,
    need: { id: need.id, title: need.title, text: need.description },
    project: { id: project.id, title: project.title, text: project.summary },
    content:
      bid.content === null
        ? null
        : {
            ...bid.content,
            budgetLines: [...bid.content.budgetLines],
            attachments: [...bid.content.attachments],
            otherFunding: [...bid.content.otherFunding],
          },
    criteria: judgedCriteria(round).map(({ code, max }) => ({ code, max })),
  }
}

/**
 * The bid as the panel reads it. In a blind round neither who bids nor the project's identifier, by which the public
 * project list would tell it.
 */
export function assignedBidBody(judged: JudgedBid) {
  const body = judgedBidBody(judged)
  if (!judged.round.policy.blindReview) return body
  return { ...body, organizationId: null, sponsoredGroupId: null, project: { ...body.project, id: null } }
}

export function sheetBody(sheet: ScoreSheet) {
  const { id, bidId, expertId, roundId, vote, recommendedFen, remark, outlierReason, correctsId } = sheet
  return {
    ...{ id, bidId, expertId, roundId, vote, remark, outlierReason },
    items:
      vote === null
        ? sheet.items.map(({ criterion, hundredths }) => ({ criterion, points: formatPoints(hundredths) }))
        : [],
    total: formatPoints(sheet.totalHundredths),
    recommendedAmount: recommendedFen === null ? null : money(recommendedFen),
    corrects: correctsId === null ? null : { sheetId: correctsId, reason: sheet.correctionReason ?? '' },
    signedAt: sheet.signedAt.toISOString(),
    voidedAt: sheet.voidedAt?.toISOString() ?? null,
  }
}
