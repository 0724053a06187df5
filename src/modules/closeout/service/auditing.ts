import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import { formatYuan } from '../../../kernel/money.ts'
import type { Page } from '../../../kernel/page.ts'
import { partyScope } from '../../../kernel/parties.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { effectiveDayOf } from '../../agreements/index.ts'
import { requireStoredDocuments, shareDocuments } from '../../documents/index.ts'
import { organizationOf } from '../../organizations/index.ts'
import { paidOf } from '../../payments/index.ts'
import { lockProject } from '../../projects/index.ts'
import { type RoundPolicy, roundOf } from '../../rounds/index.ts'
import { ListCloseout, ReadCloseout, RecordAudit } from '../policy.ts'
import { AuditorUnknown, ProjectNotAuditable } from '../problems.ts'
import { type Audit, type AuditContent, checkAudit } from '../rules/closeout.ts'
import {
  type CloseoutFilter,
  findAudit,
  insertAudit,
  listAudits,
  settlementOfProject,
  supersedeAudit,
} from '../store.ts'

/** What an audit may be refused for by the documents it names. */
export { DocumentNotUsable } from '../../documents/index.ts'

/** The frozen policy of a round that is known to exist. */
export async function policyOf(work: Work, roundId: string): Promise<RoundPolicy> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`the round ${roundId} has disappeared`)
  return round.policy
}

/** Accepts an audit; a newer one supersedes the one before until the project is settled. */
export async function recordAudit(work: Work, projectId: string, content: AuditContent): Promise<Audit> {
  const project = authorize(work, RecordAudit, await lockProject(work, projectId))
  const grant = await paidOf(work, projectId)
  if (grant === undefined) throw problem(ProjectNotAuditable, { state: project.state })
  const policy = await policyOf(work, grant.roundId)
  const now = await work.now(project.hostId)
  const checked = orThrow(
    checkAudit(content, {
      agencyId: project.organizationId,
      projectState: project.state,
      settledAuditId: (await settlementOfProject(work.sql, projectId))?.auditId ?? null,
      categories: [...policy.budgetCategories, ...policy.forbiddenCategories],
      isMatchingEnforced: policy.matchingEnforcedAtClose,
      effectiveOn: await effectiveDayOf(work, projectId),
      today: legalDateOf(now),
    }),
  )
  await requireAuditor(work, checked.auditorOrganizationId)
  await requireStoredDocuments(work, checked.documentIds, work.actor.organizationId ?? project.hostId)
  await shareDocuments(work, checked.documentIds, project.hostId)
  const audit: Audit = {
    ...checked,
    id: newId('aud'),
    version: 1,
    hostId: project.hostId,
    roundId: grant.roundId,
    projectId,
    organizationId: project.organizationId,
    acceptedOn: legalDateOf(now),
    state: 'accepted',
    createdAt: now,
  }
  await supersedeAudit(work.sql, projectId)
  await insertAudit(work.sql, audit)
  await record(work, {
    type: 'audit.accepted',
    subject: audit.id,
    hostId: audit.hostId,
    at: now,
    data: { projectId, eligible: formatYuan(audit.eligibleFen), auditedOn: audit.auditedOn },
  })
  return audit
}

export async function readAudit(work: Work, auditId: string): Promise<Audit> {
  return authorize(work, ReadCloseout, await findAudit(work.sql, auditId))
}

/** The audits of the actor's host, or of the actor's own organization. */
export async function readAudits(
  work: Work,
  filter: CloseoutFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Audit>> {
  authorize(work, ListCloseout, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? { items: [], next: null } : listAudits(work.sql, scope, filter, limit, after)
}

async function requireAuditor(work: Work, organizationId: string | null): Promise<void> {
  if (organizationId === null) return
  if ((await organizationOf(work, organizationId)) === undefined) throw problem(AuditorUnknown, { organizationId })
}
