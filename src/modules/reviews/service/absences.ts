import { orThrow } from '../../../kernel/decision.ts'
import { problem } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { ChangePanel } from '../policy/index.ts'
import { NotOnPanel } from '../problems/index.ts'
import type { Panel } from '../rules/seating.ts'
import { recordAbsence as decideAbsence } from '../rules/sheets.ts'
import { saveAbsence, touchPanel } from '../store/panels.ts'
import { judgingOf } from './judging.ts'
import { requireReviewing, requireUnsettled } from './reviewing.ts'
import { lockPanelFor } from './seats.ts'

/** Who presides records that a seated expert did not come to the vote on a bid. The seat stays; the quorum decides. */
export async function recordAbsence(
  work: Work,
  panelId: string,
  { bidId, expertId, reason }: { readonly bidId: string; readonly expertId: string; readonly reason: string },
): Promise<Panel> {
  const { panel, round } = await lockPanelFor(work, panelId, (found) => authorize(work, ChangePanel, found))
  requireReviewing(round, 'recordAbsence')
  await requireUnsettled(work, round.id)
  const seat = panel.seats.find((one) => one.bidId === bidId && one.expertId === expertId)
  if (seat === undefined) throw problem(NotOnPanel, { bidId, expertId })
  const judging = await judgingOf(work, panelId, expertId, [bidId])
  const facts = { ...judging.factsOf(bidId), hasSigned: judging.signed.has(bidId), absence: seat.absence }
  orThrow(decideAbsence(facts, round.policy.review.method))
  await saveAbsence(work.sql, bidId, expertId, reason)
  await touchPanel(work.sql, panelId)
  // Why somebody did not come is people's words and stays out of the chain.
  const { hostId } = panel
  const at = await work.now(hostId)
  await record(work, { type: 'panel.absence_recorded', subject: panelId, hostId, at, data: { bidId, expertId } })
  const seats = panel.seats.map((one) => (one === seat ? { ...one, absence: reason } : one))
  return { ...panel, version: panel.version + 1, seats }
}
