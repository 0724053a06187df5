import type { LegalDate } from '../../../kernel/days.ts'
import { legalDateOf } from '../../../kernel/days.ts'
import { type Decision, orThrow } from '../../../kernel/decision.ts'
import { authorize, expectVersion, type Work } from '../../../platform/work.ts'
import { awardsOfRound, isStanding, leaveWithoutAwards } from '../../awards/index.ts'
import { grantsOfRound, type ProjectGrant } from '../../payments/index.ts'
import { advanceRound, lockRound, poolsOf, roundOf } from '../../rounds/index.ts'
import { CloseRound, ReadStatement } from '../policy.ts'
import { checkClosure, type Settlement } from '../rules/closeout.ts'
import { type Statement, statementOf } from '../rules/statement.ts'
import { settlementsOfProjects } from '../store.ts'

/** What the rounds module may refuse a closure for. */
export { RoundNotInState } from '../../rounds/index.ts'

export interface RoundClosure {
  readonly roundId: string
  readonly state: 'closed'
  readonly closedOn: LegalDate
  /** The version of the round after it. */
  readonly version: number
  readonly settledProjects: number
}

/** Closes a round whose awarded projects are all settled, or whose awards have all fallen after their notice. Open refund claims and unpaid final tranches live on. */
export async function closeRound(work: Work, roundId: string): Promise<RoundClosure> {
  const known = await roundOf(work, roundId)
  const round = authorize(work, CloseRound, known && (await lockRound(work, roundId)))
  expectVersion(work, round)
  const settled = orThrow(await settledProjects(work, roundId))
  if (round.state === 'notice') await leaveWithoutAwards(work, round)
  await advanceRound(work, roundId, 'startClosing')
  const closed = await advanceRound(work, roundId, 'finish')
  const now = await work.now(round.hostId)
  const { version } = closed
  return { roundId, state: 'closed', closedOn: legalDateOf(now), version, settledProjects: settled.length }
}

/** The round is closing once the last of its projects is settled. Asks no permission. */
export async function startClosingIfSettled(work: Work, roundId: string): Promise<void> {
  if ((await settledProjects(work, roundId)).accepted) await advanceRound(work, roundId, 'startClosing')
}

async function settledProjects(work: Work, roundId: string): Promise<Decision<readonly string[]>> {
  const awarded = (await awardsOfRound(work, roundId)).filter(isStanding).map((award) => award.projectId)
  const settled = await settlementsOfProjects(work.sql, awarded)
  return checkClosure(awarded, new Set(settled.map((settlement) => settlement.projectId)))
}

export interface RoundStatement extends Statement {
  readonly roundId: string
  readonly roundCode: string
  /** The agency of each project. */
  readonly agencies: ReadonlyMap<string, string>
  readonly settlements: ReadonlyMap<string, Settlement>
}

/** The account of a round as it stands: what the books paid, and what the settlements say must come back. */
export async function readStatement(work: Work, roundId: string): Promise<RoundStatement> {
  const round = authorize(work, ReadStatement, await roundOf(work, roundId))
  const pools = await poolsOf(work, roundId)
  const grants = await grantsOfRound(work, roundId)
  const found = await settlementsOfProjects(
    work.sql,
    grants.map((grant) => grant.projectId),
  )
  const settlements = new Map(found.map((settlement) => [settlement.projectId, settlement]))
  const projects = grants.map((grant) => figuresOf(grant, settlements.get(grant.projectId)))
  return {
    ...statementOf(
      pools.map(({ id, ...pool }) => ({ ...pool, poolId: id })),
      projects,
    ),
    roundId,
    roundCode: round.code,
    agencies: new Map(grants.map((grant) => [grant.projectId, grant.organizationId])),
    settlements,
  }
}

function figuresOf(grant: ProjectGrant, settlement: Settlement | undefined) {
  const refunds = new Map(settlement?.sources.map((part) => [part.poolId, part.refundFen]))
  return {
    projectId: grant.projectId,
    assessedUnpaidFen:
      settlement === undefined ? 0n : settlement.finalTrancheFen - (grant.paidFen - settlement.paidFen),
    sources: grant.sources.map(({ poolId, approvedFen, paidFen, refundedFen }) => ({
      poolId,
      approvedFen,
      paidFen,
      refundFen: refunds.get(poolId) ?? 0n,
      receivedFen: refundedFen,
    })),
  }
}
