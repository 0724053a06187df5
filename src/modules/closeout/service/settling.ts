import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { formatYuan, sumFen } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { partyScope } from '../../../kernel/parties.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { completeAgreement } from '../../agreements/index.ts'
import { awardsOfRound, isStanding } from '../../awards/index.ts'
import { bidOf, policyOfBid } from '../../bids/index.ts'
import { finalEvaluationOf } from '../../evaluations/index.ts'
import {
  issueRefundClaim,
  paidOf,
  type RefundClaim,
  settleProject as settleGrant,
  type Tranche,
  tranchesOf,
} from '../../payments/index.ts'
import { advanceProject, lockProject } from '../../projects/index.ts'
import type { RoundPolicy } from '../../rounds/index.ts'
import { ClaimRefund, ListCloseout, ReadCloseout, SettleProject } from '../policy.ts'
import { ProjectNotSettleable } from '../problems.ts'
import {
  acceptedOn,
  carriesOver,
  checkSettlement,
  eligibleGrant,
  type MatchingRule,
  type Settlement,
  type SettlementKind,
} from '../rules/closeout.ts'
import {
  auditInForce,
  type CloseoutFilter,
  findSettlement,
  insertSettlement,
  listSettlements,
  lockSettlement,
  settlementOfProject,
  updateRefundClaimOf,
} from '../store.ts'
import { policyOf } from './auditing.ts'
import { startClosingIfSettled } from './closing.ts'

/** What the payments module may refuse a settlement or a claim for. */
export { NothingToRefund, RefundClaimExists, TrancheInProgress } from '../../payments/index.ts'

const FINAL_TRIGGER = 'final_passed_and_audited'

/**
 * Settles a project once: what the grant bears, what is still paid, what must come back. A completed project needs its
 * published final evaluation, every one an audit. The project is closed (or settled, after a termination) with it.
 */
export async function settleProject(work: Work, projectId: string): Promise<Settlement> {
  const project = authorize(work, SettleProject, await lockProject(work, projectId))
  const final = await finalEvaluationOf(work, projectId)
  const audit = await auditInForce(work.sql, projectId)
  const kind = orThrow(
    checkSettlement({
      projectState: project.state,
      settlementId: (await settlementOfProject(work.sql, projectId))?.id ?? null,
      hasPublishedFinal: final !== undefined,
      hasAudit: audit !== undefined,
    }),
  )
  const before = await paidOf(work, projectId)
  if (before === undefined || audit === undefined) throw problem(ProjectNotSettleable, { state: project.state })
  const evaluation = kind === 'completion' ? final : undefined
  const policy = await policyOf(work, before.roundId)
  const eligibleFen = eligibleGrant({
    auditedFen: audit.eligibleFen,
    approvedFen: before.approvedFen,
    ownMatchingFen: audit.ownMatchingFen,
    matchingRules: matchingRulesOf(await policyOfProject(work, before.roundId, projectId, policy)),
  })
  const planned = (await tranchesOf(work, projectId)).filter(isLast)
  const publishedAt = evaluation?.publishedAt ?? null
  const on = acceptedOn(audit.acceptedOn, publishedAt === null ? null : legalDateOf(publishedAt))
  const isFinalPassed = evaluation?.verdict?.isFail === false
  const settled = await settleGrant(work, { projectId, eligibleFen, isFinalPassed, on })
  const finalDue = settled.tranches.find((tranche) => isLast(tranche) && tranche.due !== null)?.due ?? null
  const now = await work.now(project.hostId)
  const settlement: Settlement = {
    id: newId('stl'),
    version: 1,
    hostId: project.hostId,
    roundId: before.roundId,
    projectId,
    organizationId: project.organizationId,
    kind,
    evaluationId: evaluation?.id ?? null,
    auditId: audit.id,
    grade: evaluation?.verdict?.result ?? null,
    approvedFen: before.approvedFen,
    paidFen: before.paidFen,
    auditedFen: audit.eligibleFen,
    eligibleFen,
    scheduledFen: sumFen(planned.map((tranche) => tranche.scheduledFen)),
    finalTrancheFen: settled.finalTrancheFen,
    refundFen: settled.refundFen,
    netFen: before.paidFen + settled.finalTrancheFen - settled.refundFen,
    settledOn: legalDateOf(now),
    finalDue,
    carriesOver: carriesOver(on, finalDue),
    refundClaimId: null,
    sources: before.sources.map(({ poolId, source, approvedFen, paidFen }) => ({
      poolId,
      source,
      approvedFen,
      paidFen,
      refundFen: settled.refundSources.find((part) => part.poolId === poolId)?.amountFen ?? 0n,
    })),
    createdAt: now,
  }
  await insertSettlement(work.sql, settlement)
  await endProject(work, projectId, project.state, kind)
  await startClosingIfSettled(work, before.roundId)
  await recordSettlement(work, settlement)
  return settlement
}

/**
 * Claims back what was paid beyond the eligible grant, due by the policy's period from today. Refused with
 * `calendar_year_missing` while the year of the due day is not loaded; repeat it afterwards.
 */
export async function claimRefund(work: Work, settlementId: string): Promise<RefundClaim> {
  const settlement = authorize(work, ClaimRefund, await lockSettlement(work.sql, settlementId))
  expectVersion(work, settlement)
  const policy = await policyOf(work, settlement.roundId)
  const now = await work.now(settlement.hostId)
  const { projectId } = settlement
  const claim = await issueRefundClaim(work, { projectId, issuedOn: legalDateOf(now), period: policy.refund })
  await updateRefundClaimOf(work.sql, settlement.id, claim.id)
  return claim
}

export async function readSettlement(work: Work, settlementId: string): Promise<Settlement> {
  return authorize(work, ReadCloseout, await findSettlement(work.sql, settlementId))
}

/** The settlements of the actor's host, or of the actor's own organization. */
export async function readSettlements(
  work: Work,
  filter: CloseoutFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Settlement>> {
  authorize(work, ListCloseout, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? { items: [], next: null } : listSettlements(work.sql, scope, filter, limit, after)
}

/** The policy as it bound the project's bid: a ratio rule may be for other classes alone. */
async function policyOfProject(
  work: Work,
  roundId: string,
  projectId: string,
  policy: RoundPolicy,
): Promise<RoundPolicy> {
  const award = (await awardsOfRound(work, roundId)).find((one) => one.projectId === projectId && isStanding(one))
  const bid = award && (await bidOf(work, award.bidId))
  return bid === undefined ? policy : (await policyOfBid(work, bid, policy)).policy
}

/** The matching rules that still hold at the end; none unless the policy enforces them (process.md 6.11). */
function matchingRulesOf(policy: RoundPolicy): MatchingRule[] {
  if (!policy.matchingEnforcedAtClose) return []
  return policy.ratioRules.flatMap(({ numerator, operator, base, basisPoints }) =>
    numerator === 'matching' && operator === 'gte' && base !== 'matching' ? [{ base, basisPoints }] : [],
  )
}

function isLast({ trigger, state }: Tranche): boolean {
  return trigger === FINAL_TRIGGER && state !== 'cancelled'
}

async function endProject(work: Work, projectId: string, state: string, kind: SettlementKind): Promise<void> {
  if (kind === 'termination') {
    await advanceProject(work, projectId, 'settle')
    return
  }
  if (state !== 'closing') await advanceProject(work, projectId, 'startClosing')
  await advanceProject(work, projectId, 'close')
  await completeAgreement(work, projectId)
}

async function recordSettlement(work: Work, settlement: Settlement): Promise<void> {
  const { id, hostId, projectId, kind, grade, eligibleFen, finalTrancheFen, refundFen, netFen } = settlement
  await record(work, {
    type: 'settlement.created',
    subject: id,
    hostId,
    at: settlement.createdAt,
    data: {
      projectId,
      kind,
      grade,
      eligible: formatYuan(eligibleFen),
      finalTranche: formatYuan(finalTrancheFen),
      refund: formatYuan(refundFen),
      net: formatYuan(netFen),
    },
  })
}
