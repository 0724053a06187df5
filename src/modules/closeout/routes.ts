import type { FastifyInstance } from 'fastify'
import { fenOf } from '../../kernel/money.ts'
import { CalendarYearMissing } from '../../kernel/workdays.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import {
  ClaimRefund,
  CloseRound,
  ListCloseout,
  ReadCloseout,
  ReadStatement,
  RecordAudit,
  SettleProject,
} from './policy.ts'
import * as problems from './problems.ts'
import {
  AuditBody,
  AuditParams,
  CloseoutFilterQuery,
  NewAudit,
  NewSettlement,
  presentAudit,
  presentRefundClaim,
  presentSettlement,
  presentStatement,
  RefundClaimBody,
  RoundClosureBody,
  RoundParams,
  SettlementBody,
  SettlementParams,
  StatementBody,
} from './schemas.ts'
import { DocumentNotUsable, readAudit, readAudits, recordAudit } from './service/auditing.ts'
import { closeRound, RoundNotInState, readStatement } from './service/closing.ts'
import {
  claimRefund,
  NothingToRefund,
  RefundClaimExists,
  readSettlement,
  readSettlements,
  settleProject,
  TrancheInProgress,
} from './service/settling.ts'

const tag = 'Closeout'

export function closeoutRoutes(app: FastifyInstance): void {
  auditRoutes(app)
  settlementRoutes(app)
  roundRoutes(app)
}

function auditRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/audits',
    operationId: 'recordAudit',
    summary: 'Record the audit of a project',
    tag,
    description:
      'What the grant may bear of a project’s expenses, and what was struck off with category and reason code. ' +
      'A corrected audit supersedes the one before until the project is settled.',
    allow: RecordAudit,
    body: NewAudit,
    status: 201,
    answer: AuditBody,
    problems: [
      problems.AuditAlreadyUsed,
      problems.ProjectNotAuditable,
      problems.AuditorNotIndependent,
      problems.AuditorUnknown,
      problems.AuditInFuture,
      problems.AuditTooEarly,
      problems.OwnMatchingMissing,
      problems.AuditCategoryUnknown,
      DocumentNotUsable,
    ],
    location: (audit) => `/audits/${audit.id}`,
    run: (work, { body }) =>
      recordAudit(work, body.projectId, {
        eligibleFen: fenOf(body.eligible),
        ownMatchingFen: body.ownMatching === undefined ? null : fenOf(body.ownMatching),
        disallowed: (body.disallowed ?? []).map(({ amount, ...item }) => ({ ...item, amountFen: fenOf(amount) })),
        auditorOrganizationId: body.auditorOrganizationId ?? work.actor.organizationId,
        auditedOn: body.auditedOn,
        opinion: body.opinion ?? null,
        documentIds: body.documentIds ?? [],
      }),
    present: presentAudit,
  })
  readRoute(app, {
    url: '/audits/:auditId',
    operationId: 'readAudit',
    summary: 'Read an audit',
    description: 'For the host’s side and the agency of the project.',
    tag,
    allow: ReadCloseout,
    params: AuditParams,
    answer: AuditBody,
    run: (work, { params }) => readAudit(work, params.auditId),
    present: presentAudit,
  })
  listRoute(app, {
    url: '/audits',
    operationId: 'listAudits',
    summary: 'List audits, newest first',
    description: 'Those of the own host; for an agency those of its own projects. Superseded ones stay on record.',
    tag,
    allow: ListCloseout,
    query: CloseoutFilterQuery,
    item: AuditBody,
    pageTitle: 'AuditPage',
    run: (work, { query, limit, after }) => readAudits(work, query, limit, after),
    present: presentAudit,
  })
}

function settlementRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/settlements',
    operationId: 'settleProject',
    summary: 'Settle a project',
    tag,
    description:
      'Final tranche = min(scheduled, eligible − paid), 0 for a failed or terminated project and never negative; ' +
      'refund = paid − eligible if positive, by source. A completed project needs its published final evaluation, every ' +
      'one an audit; earlier tranches must be paid. The final tranche is due from the later of result and audit. ' +
      'The project is closed with it (a terminated one: settled).',
    allow: SettleProject,
    body: NewSettlement,
    status: 201,
    answer: SettlementBody,
    idempotencyKey: 'required',
    problems: [
      problems.SettlementExists,
      problems.ProjectNotSettleable,
      problems.FinalEvaluationMissing,
      problems.AuditMissing,
      TrancheInProgress,
      CalendarYearMissing,
    ],
    location: (settlement) => `/settlements/${settlement.id}`,
    run: (work, { body }) => settleProject(work, body.projectId),
    present: presentSettlement,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/settlements/:settlementId/refund-claim',
    operationId: 'claimRefund',
    summary: 'Claim a refund',
    tag,
    description:
      'Issues the claim for what was paid beyond the eligible grant, split by source, due by the policy’s period from ' +
      'today. Where the due day falls into a year whose calendar is not loaded it refuses instead of guessing.',
    allow: ClaimRefund,
    params: SettlementParams,
    status: 201,
    answer: RefundClaimBody,
    idempotencyKey: 'required',
    ifMatch: true,
    problems: [NothingToRefund, RefundClaimExists, CalendarYearMissing],
    location: (claim) => `/refund-claims/${claim.id}`,
    run: (work, { params }) => claimRefund(work, params.settlementId),
    present: presentRefundClaim,
  })
  readRoute(app, {
    url: '/settlements/:settlementId',
    operationId: 'readSettlement',
    summary: 'Read a settlement',
    description: 'For the host’s side and the agency of the project.',
    tag,
    allow: ReadCloseout,
    params: SettlementParams,
    answer: SettlementBody,
    run: (work, { params }) => readSettlement(work, params.settlementId),
    present: presentSettlement,
  })
  listRoute(app, {
    url: '/settlements',
    operationId: 'listSettlements',
    summary: 'List settlements, newest first',
    description: 'Those of the own host; for an agency those of its own projects.',
    tag,
    allow: ListCloseout,
    query: CloseoutFilterQuery,
    item: SettlementBody,
    pageTitle: 'SettlementPage',
    run: (work, { query, limit, after }) => readSettlements(work, query, limit, after),
    present: presentSettlement,
  })
}

function roundRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/closure',
    operationId: 'closeRound',
    summary: 'Close a round',
    tag,
    description:
      'Once each project with a standing award is settled. Open refund claims and unpaid final tranches live on.',
    allow: CloseRound,
    params: RoundParams,
    ifMatch: true,
    status: 200,
    answer: RoundClosureBody,
    problems: [problems.RoundNotSettled, RoundNotInState],
    run: (work, { params }) => closeRound(work, params.roundId),
    present: ({ version: _version, ...closure }) => closure,
  })
  readRoute(app, {
    url: '/rounds/:roundId/statement',
    operationId: 'readRoundStatement',
    summary: "Read a round's account",
    description:
      'Per source of funds and per project: approved, paid, refund, net; what is unallocated, what is assessed and not ' +
      'yet paid (已评未拨), and the execution rate. Every sum is that of the ledger.',
    tag,
    allow: ReadStatement,
    params: RoundParams,
    answer: StatementBody,
    run: (work, { params }) => readStatement(work, params.roundId),
    present: presentStatement,
  })
}
