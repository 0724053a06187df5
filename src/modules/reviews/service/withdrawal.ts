import { problem } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { WithdrawRanking } from '../policy/index.ts'
import { NothingToWithdraw, ReviewSettled } from '../problems/index.ts'
import type { WithdrawalGround } from '../rules/ranking.ts'
import { deleteRanking } from '../store/scoring.ts'
import { requireReviewing } from './panels.ts'

export interface Withdrawal {
  readonly roundId: string
  readonly ground: WithdrawalGround
  readonly withdrawnAt: Date
}

/** The host withdraws the ranking because of an error, so that sheets can be corrected; before awards rest on it. */
export async function withdrawRanking(work: Work, roundId: string, ground: WithdrawalGround): Promise<Withdrawal> {
  authorize(work, WithdrawRanking, await roundOf(work, roundId))
  const { hostId } = requireReviewing(await lockRound(work, roundId), 'withdrawRanking')
  await requireUnsettled(work, roundId)
  if (!(await deleteRanking(work.sql, roundId))) throw problem(NothingToWithdraw)
  const at = await work.now(hostId)
  await record(work, { type: 'ranking.voided', subject: roundId, hostId, at, data: { ground } })
  return { roundId, ground, withdrawnAt: at }
}

/** Refused (`review_settled`) while awards of the round are proposed. */
export async function requireUnsettled(work: Work, roundId: string): Promise<void> {
  const [settled] = await bidsOfRound(work, roundId, ['proposed', 'reserve', 'awarded'])
  if (settled !== undefined) throw problem(ReviewSettled, { bidId: settled.id, state: settled.state })
}
