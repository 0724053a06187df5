import { compareDates, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type Fen, minFen } from '../../../kernel/money.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import {
  AuditAlreadyUsed,
  AuditCategoryUnknown,
  AuditInFuture,
  AuditMissing,
  AuditorNotIndependent,
  AuditTooEarly,
  FinalEvaluationMissing,
  OwnMatchingMissing,
  ProjectNotAuditable,
  ProjectNotSettleable,
  RoundNotSettled,
  SettlementExists,
} from '../problems.ts'

export const AUDIT_STATES = ['accepted', 'superseded'] as const
export type AuditState = (typeof AUDIT_STATES)[number]

export const SETTLEMENT_KINDS = ['completion', 'termination'] as const
export type SettlementKind = (typeof SETTLEMENT_KINDS)[number]

/** An expense that the grant does not bear, with the reason as a code. */
export interface Disallowance {
  readonly category: string
  readonly amountFen: Fen
  readonly reasonCode: string
}

export interface AuditContent {
  /** Expenses that the grant may bear, as audited. */
  readonly eligibleFen: Fen
  /** Own funds really spent; null where nobody asks. */
  readonly ownMatchingFen: Fen | null
  readonly disallowed: readonly Disallowance[]
  readonly auditorOrganizationId: string | null
  readonly auditedOn: LegalDate
  readonly opinion: string | null
  readonly documentIds: readonly string[]
}

export interface Audit extends AuditContent {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly roundId: string
  readonly projectId: string
  /** The agency that ran the project. */
  readonly organizationId: string
  readonly acceptedOn: LegalDate
  readonly state: AuditState
  readonly createdAt: Date
}

/** A settled project by source of funds. */
export interface SettledSource {
  readonly poolId: string
  readonly source: string
  readonly approvedFen: Fen
  /** Paid until the settlement. */
  readonly paidFen: Fen
  readonly refundFen: Fen
}

export interface Settlement {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly roundId: string
  readonly projectId: string
  readonly organizationId: string
  readonly kind: SettlementKind
  /** The final evaluation; null after a termination. */
  readonly evaluationId: string | null
  readonly auditId: string
  readonly grade: string | null
  readonly approvedFen: Fen
  /** Paid until the settlement. */
  readonly paidFen: Fen
  /** Eligible expenses as audited. */
  readonly auditedFen: Fen
  /** What the grant bears of them. */
  readonly eligibleFen: Fen
  readonly scheduledFen: Fen
  readonly finalTrancheFen: Fen
  readonly refundFen: Fen
  /** What the project costs the round in the end: paid + final tranche − refund. */
  readonly netFen: Fen
  readonly settledOn: LegalDate
  /** When the final tranche is due; null when nothing more is paid. */
  readonly finalDue: ResolvedDate | null
  readonly carriesOver: boolean
  readonly refundClaimId: string | null
  readonly sources: readonly SettledSource[]
  readonly createdAt: Date
}

const AUDITABLE: readonly string[] = ['active', 'suspended', 'closing', 'terminated']

/** A new audit supersedes the one before until the project is settled on it. */
export function checkAudit(
  audit: AuditContent,
  facts: {
    readonly agencyId: string
    readonly projectState: string
    readonly settledAuditId: string | null
    /** Budget and forbidden categories of the policy. */
    readonly categories: readonly string[]
    readonly isMatchingEnforced: boolean
    /** From which day the agreement binds. */
    readonly effectiveOn: LegalDate | null
    readonly today: LegalDate
  },
): Decision<AuditContent> {
  if (facts.settledAuditId !== null) return refuse(AuditAlreadyUsed, { auditId: facts.settledAuditId })
  if (!AUDITABLE.includes(facts.projectState)) return refuse(ProjectNotAuditable, { state: facts.projectState })
  if (audit.auditorOrganizationId === facts.agencyId) return refuse(AuditorNotIndependent)
  if (compareDates(audit.auditedOn, facts.today) > 0)
    return refuse(AuditInFuture, { auditedOn: audit.auditedOn, today: facts.today })
  if (facts.effectiveOn !== null && compareDates(audit.auditedOn, facts.effectiveOn) < 0)
    return refuse(AuditTooEarly, { auditedOn: audit.auditedOn, effectiveOn: facts.effectiveOn })
  if (facts.isMatchingEnforced && audit.ownMatchingFen === null) return refuse(OwnMatchingMissing)
  const errors = [...audit.disallowed.entries()]
    .filter(([, { category }]) => !facts.categories.includes(category))
    .map(([index, { category }]) => ({
      pointer: `#/disallowed/${index}/category`,
      code: 'category_unknown',
      detail: category,
    }))
  return errors.length === 0 ? accept(audit) : refuse(AuditCategoryUnknown, {}, errors)
}

/** A rule of the policy that demands own funds as a share of the total or of the grant. */
export interface MatchingRule {
  readonly base: 'total' | 'grant'
  readonly basisPoints: number
}

/**
 * The largest grant for which the own funds really spent still make the demanded share: 15,000 of own funds at 20 % of
 * the total carry 60,000 (process.md 6.11). Rounded down, so that the share is never missed by a fen. Null: no limit.
 */
export function grantCarriedBy(ownFen: Fen, rule: MatchingRule): Fen | null {
  const share = BigInt(rule.basisPoints)
  if (share === 0n) return null
  return rule.base === 'total' ? (ownFen * (10_000n - share)) / share : (ownFen * 10_000n) / share
}

/** What the grant bears: the audited expenses, never more than approved, nor than the enforced matching rules carry. */
export function eligibleGrant(facts: {
  readonly auditedFen: Fen
  readonly approvedFen: Fen
  readonly ownMatchingFen: Fen | null
  /** Empty unless the policy enforces matching at the close. */
  readonly matchingRules: readonly MatchingRule[]
}): Fen {
  const limits = facts.matchingRules.map((rule) => grantCarriedBy(facts.ownMatchingFen ?? 0n, rule))
  return minFen(facts.auditedFen, facts.approvedFen, ...limits.filter((limit) => limit !== null))
}

/** The kind of settlement, once everything it needs is there. */
export function checkSettlement(facts: {
  readonly projectState: string
  readonly settlementId: string | null
  readonly hasPublishedFinal: boolean
  readonly hasAudit: boolean
}): Decision<SettlementKind> {
  if (facts.settlementId !== null) return refuse(SettlementExists, { settlementId: facts.settlementId })
  const kind = SETTLED_BY[facts.projectState]
  if (kind === undefined) return refuse(ProjectNotSettleable, { state: facts.projectState })
  if (kind === 'completion' && !facts.hasPublishedFinal) return refuse(FinalEvaluationMissing)
  return facts.hasAudit ? accept(kind) : refuse(AuditMissing)
}

const SETTLED_BY: Readonly<Record<string, SettlementKind>> = {
  active: 'completion',
  closing: 'completion',
  terminated: 'termination',
}

/** Due in a later year than it was earned: last year's budget is closed by then (已评未拨, process.md 6.14). */
export function carriesOver(triggeredOn: LegalDate, due: ResolvedDate | null): boolean {
  return due !== null && due.effectiveOn.slice(0, 4) > triggeredOn.slice(0, 4)
}

export function settlementActions(settlement: Pick<Settlement, 'refundFen' | 'refundClaimId'>): 'claimRefund'[] {
  return settlement.refundFen > 0n && settlement.refundClaimId === null ? ['claimRefund'] : []
}

/** A round closes once each project with a standing award is settled; open refund claims and carry-overs live on. */
export function checkClosure(
  awardedProjectIds: readonly string[],
  settledProjectIds: ReadonlySet<string>,
): Decision<readonly string[]> {
  const open = awardedProjectIds.filter((projectId) => !settledProjectIds.has(projectId))
  if (open.length === 0) return accept(awardedProjectIds)
  const errors = open.map((projectId) => ({ pointer: '#', code: 'project_not_settled', detail: projectId }))
  return refuse(RoundNotSettled, { count: open.length }, errors)
}

/** Results and audit count from the day on which the later of the two was there. */
export function acceptedOn(auditAcceptedOn: LegalDate, resultPublishedOn: LegalDate | null): LegalDate {
  if (resultPublishedOn === null) return auditAcceptedOn
  return compareDates(auditAcceptedOn, resultPublishedOn) < 0 ? resultPublishedOn : auditAcceptedOn
}
