import { type Static, Type } from 'typebox'
import { money } from '../../kernel/money.ts'
import {
  Count,
  closed,
  Day,
  Id,
  Instant,
  ListOf,
  Money,
  Nullable,
  ResolvedDate,
  Text,
  Word,
} from '../../platform/http/schemas.ts'
import { AUDIT_STATES, type Audit, SETTLEMENT_KINDS, type Settlement, settlementActions } from './rules/closeout.ts'
import type { Statement, Totals } from './rules/statement.ts'

export { presentRefundClaim, RefundClaimBody } from '../payments/index.ts'

const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', maxLength: 40, description: 'A lower-case word.' })
const Source = Type.String({ maxLength: 64, description: 'Kind of money, such as `welfare_lottery`.' })

const Disallowance = closed(
  {
    category: Type.String({ ...Code, description: "A budget or forbidden category of the round's policy." }),
    amount: Money,
    reasonCode: Type.String({ ...Code, description: 'Why, as a word of the auditor.' }),
  },
  { title: 'Disallowance', description: '核减支出: an expense the grant does not bear.' },
)
const auditContent = {
  eligible: Type.Object(Money.properties, {
    additionalProperties: false,
    description: 'Audited expenses that the grant may bear.',
  }),
  disallowed: ListOf(Disallowance, 200),
  ownMatching: Nullable(Money),
  auditorOrganizationId: Nullable(Id('org')),
  auditedOn: Day,
  opinion: Nullable(Text(5000)),
  documentIds: ListOf(Id('doc'), 20, { uniqueItems: true }),
}
export const NewAudit = closed(
  {
    projectId: Id('prj'),
    eligible: auditContent.eligible,
    disallowed: Type.Optional(auditContent.disallowed),
    ownMatching: Type.Optional(Money),
    auditorOrganizationId: Type.Optional(Id('org')),
    auditedOn: Day,
    opinion: Type.Optional(Text(5000)),
    documentIds: Type.Optional(auditContent.documentIds),
  },
  { title: 'NewAudit', description: 'Without `auditorOrganizationId` the auditor is the organization that sends it.' },
)
export const AuditBody = closed(
  {
    id: Id('aud'),
    hostId: Id('org'),
    roundId: Id('rnd'),
    projectId: Id('prj'),
    organizationId: Id('org'),
    ...auditContent,
    acceptedOn: Day,
    state: Word(AUDIT_STATES),
    createdAt: Instant,
  },
  { title: 'Audit', description: '专项审计: which expenses of a project the grant bears.' },
)
export const AuditParams = closed({ auditId: Id('aud') })

const SettledSource = closed(
  { poolId: Id('pool'), source: Source, approved: Money, paid: Money, refund: Money },
  { title: 'SettledSource' },
)
export const NewSettlement = closed({ projectId: Id('prj') }, { title: 'NewSettlement' })
export const SettlementBody = closed(
  {
    id: Id('stl'),
    hostId: Id('org'),
    roundId: Id('rnd'),
    projectId: Id('prj'),
    organizationId: Id('org'),
    kind: Word(SETTLEMENT_KINDS),
    evaluationId: Nullable(Id('evl')),
    auditId: Id('aud'),
    grade: Nullable(Type.String({ maxLength: 40 })),
    approved: Money,
    paid: Type.Object(Money.properties, { additionalProperties: false, description: 'Paid until the settlement.' }),
    audited: Money,
    eligible: Type.Object(Money.properties, {
      additionalProperties: false,
      description: 'What the grant bears: at most what was approved and what enforced matching carries.',
    }),
    scheduled: Type.Object(Money.properties, {
      additionalProperties: false,
      description: 'What the plan held for the final tranche.',
    }),
    finalTranche: Money,
    refund: Money,
    net: Money,
    settledOn: Day,
    finalDue: Nullable(ResolvedDate),
    carriesOver: Type.Boolean({
      description: 'The final tranche falls due in a later year than it was earned: it needs a new budget reference.',
    }),
    refundClaimId: Nullable(Id('rfc')),
    sources: ListOf(SettledSource, 20),
    actions: ListOf(Word(['claimRefund'] as const), 5),
    createdAt: Instant,
  },
  { title: 'Settlement', description: '结算: net = paid + final tranche − refund.' },
)
export const SettlementParams = closed({ settlementId: Id('stl') })
export const CloseoutFilterQuery = closed({
  projectId: Type.Optional(Id('prj')),
  roundId: Type.Optional(Id('rnd')),
})

export const RoundParams = closed({ roundId: Id('rnd') })
export const RoundClosureBody = closed(
  {
    roundId: Id('rnd'),
    state: Word(['closed'] as const),
    closedOn: Day,
    settledProjects: Count(10_000),
  },
  { title: 'RoundClosure' },
)

const totals = {
  approved: Money,
  paid: Money,
  refund: Type.Object(Money.properties, {
    additionalProperties: false,
    description: 'What must come back by the settlements.',
  }),
  received: Type.Object(Money.properties, { additionalProperties: false, description: 'What has come back of it.' }),
  net: Type.Object(Money.properties, { additionalProperties: false, description: 'Paid less refund.' }),
}
const assessedUnpaid = Type.Object(Money.properties, {
  additionalProperties: false,
  description: '已评未拨: granted by the settlement and not paid yet.',
})
const StatementSource = closed(
  {
    poolId: Id('pool'),
    source: Source,
    name: Text(200),
    size: Money,
    allocated: Money,
    unallocated: Money,
    ...totals,
  },
  { title: 'StatementSource' },
)
const StatementProject = closed(
  {
    projectId: Id('prj'),
    organizationId: Id('org'),
    settlementId: Nullable(Id('stl')),
    grade: Nullable(Type.String({ maxLength: 40 })),
    eligible: Nullable(Money),
    carriesOver: Type.Boolean(),
    assessedUnpaid,
    ...totals,
  },
  { title: 'StatementProject' },
)
export const StatementBody = closed(
  {
    roundId: Id('rnd'),
    roundCode: Text(100),
    sources: ListOf(StatementSource, 20),
    projects: ListOf(StatementProject, 10_000),
    totals: closed({ size: Money, unallocated: Money, assessedUnpaid, ...totals }, { title: 'StatementTotals' }),
    executionRate: Type.String({ maxLength: 12, description: 'Net of approved in per cent, two decimals, half up.' }),
  },
  { title: 'RoundStatement', description: 'The account of a round by source of funds and by project.' },
)

export function presentAudit(audit: Audit): Static<typeof AuditBody> {
  const { version: _version, eligibleFen, ownMatchingFen, disallowed, documentIds, ...rest } = audit
  return {
    ...rest,
    eligible: money(eligibleFen),
    ownMatching: ownMatchingFen === null ? null : money(ownMatchingFen),
    disallowed: disallowed.map(({ amountFen, ...item }) => ({ ...item, amount: money(amountFen) })),
    documentIds: [...documentIds],
    createdAt: audit.createdAt.toISOString(),
  }
}

export function presentSettlement(settlement: Settlement): Static<typeof SettlementBody> {
  const { id, hostId, roundId, projectId, organizationId, kind, evaluationId, auditId, grade } = settlement
  const { settledOn, finalDue, carriesOver, refundClaimId, sources, createdAt } = settlement
  return {
    ...{ id, hostId, roundId, projectId, organizationId, kind, evaluationId, auditId, grade },
    ...{ settledOn, finalDue, carriesOver, refundClaimId },
    approved: money(settlement.approvedFen),
    paid: money(settlement.paidFen),
    audited: money(settlement.auditedFen),
    eligible: money(settlement.eligibleFen),
    scheduled: money(settlement.scheduledFen),
    finalTranche: money(settlement.finalTrancheFen),
    refund: money(settlement.refundFen),
    net: money(settlement.netFen),
    sources: sources.map(({ poolId, source, approvedFen, paidFen, refundFen }) => ({
      poolId,
      source,
      approved: money(approvedFen),
      paid: money(paidFen),
      refund: money(refundFen),
    })),
    actions: settlementActions(settlement),
    createdAt: createdAt.toISOString(),
  }
}

/** A statement with what belongs to its lines. */
export interface PresentableStatement extends Statement {
  readonly roundId: string
  readonly roundCode: string
  readonly agencies: ReadonlyMap<string, string>
  readonly settlements: ReadonlyMap<string, Settlement>
}

export function presentStatement(statement: PresentableStatement): Static<typeof StatementBody> {
  const { totals, settlements, agencies } = statement
  return {
    roundId: statement.roundId,
    roundCode: statement.roundCode,
    executionRate: statement.executionRate,
    sources: statement.sources.map((line) => ({
      poolId: line.poolId,
      source: line.source,
      name: line.name,
      size: money(line.sizeFen),
      allocated: money(line.allocatedFen),
      unallocated: money(line.unallocatedFen),
      ...presentTotals(line),
    })),
    projects: statement.projects.map((line) => {
      const settlement = settlements.get(line.projectId)
      return {
        projectId: line.projectId,
        organizationId: agencies.get(line.projectId) ?? '',
        settlementId: settlement?.id ?? null,
        grade: settlement?.grade ?? null,
        eligible: settlement === undefined ? null : money(settlement.eligibleFen),
        carriesOver: settlement?.carriesOver ?? false,
        assessedUnpaid: money(line.assessedUnpaidFen),
        ...presentTotals(line),
      }
    }),
    totals: {
      size: money(totals.sizeFen),
      unallocated: money(totals.unallocatedFen),
      assessedUnpaid: money(totals.assessedUnpaidFen),
      ...presentTotals(totals),
    },
  }
}

function presentTotals(totals: Totals) {
  return {
    approved: money(totals.approvedFen),
    paid: money(totals.paidFen),
    refund: money(totals.refundFen),
    received: money(totals.receivedFen),
    net: money(totals.netFen),
  }
}
