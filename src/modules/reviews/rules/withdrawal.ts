/** Why a host withdraws a ranking before anything rests on it. */
export const WITHDRAWAL_GROUNDS = ['sheet_error', 'result_error', 'procedure_error'] as const
export type WithdrawalGround = (typeof WITHDRAWAL_GROUNDS)[number]

/** A ranking that the host took back. The reason is for those who read the panel; events hold the ground alone. */
export interface RankingWithdrawal {
  readonly ground: WithdrawalGround
  readonly reason: string
  /** ISO 8601, UTC. */
  readonly withdrawnAt: string
}
