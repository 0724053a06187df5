import { problem } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { WithdrawRanking } from '../policy/index.ts'
import { NothingToWithdraw } from '../problems/index.ts'
import type { RankingWithdrawal } from '../rules/withdrawal.ts'
import { keepWithdrawal } from '../store/panels.ts'
import { deleteRanking } from '../store/scoring.ts'
import { requireReviewing, requireUnsettled } from './reviewing.ts'

export interface Withdrawal extends RankingWithdrawal {
  readonly roundId: string
}

/**
 * The host withdraws the ranking because of an error, so that sheets can be corrected; before awards rest on it. The panel
 * keeps the reason.
 */
export async function withdrawRanking(
  work: Work,
  roundId: string,
  { ground, reason }: Pick<RankingWithdrawal, 'ground' | 'reason'>,
): Promise<Withdrawal> {
  authorize(work, WithdrawRanking, await roundOf(work, roundId))
  const { hostId } = requireReviewing(await lockRound(work, roundId), 'withdrawRanking')
  await requireUnsettled(work, roundId)
  if (!(await deleteRanking(work.sql, roundId))) throw problem(NothingToWithdraw)
  const at = await work.now(hostId)
  const withdrawn = { ground, reason, withdrawnAt: at.toISOString() }
  await keepWithdrawal(work.sql, roundId, withdrawn)
  await record(work, { type: 'ranking.voided', subject: roundId, hostId, at, data: { ground } })
  return { roundId, ...withdrawn }
}
