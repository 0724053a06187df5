import { endOfDay, type LegalDate } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { partyScope } from '../../../kernel/parties.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { postponeReport, reportDuties } from '../../delivery/index.ts'
import { paidOf } from '../../payments/index.ts'
import { lockProject } from '../../projects/index.ts'
import { GrantPostponement, ListPostponements } from '../policy.ts'
import { PostponementNotInPolicy } from '../problems.ts'
import { type Postponement, postpone } from '../rules/postponements.ts'
import { insertPostponement, listPostponements, postponementsOfProject } from '../store.ts'
import { policyOf } from './sheet.ts'

/**
 * Agrees to wait longer for the mid-term material of a project. Refused: a policy without postponements, a day that
 * passed already, more or longer ones than the policy allows.
 */
export async function grantPostponement(
  work: Work,
  wanted: { readonly projectId: string; readonly dueOn: LegalDate; readonly reason: string },
): Promise<Postponement> {
  const { projectId, dueOn, reason } = wanted
  const project = authorize(work, GrantPostponement, await lockProject(work, projectId))
  const { hostId, organizationId } = project
  const grant = await paidOf(work, projectId)
  if (grant === undefined) throw problem(PostponementNotInPolicy)
  const { mid } = await policyOf(work, grant.roundId)
  const duty = (await reportDuties(work, projectId)).find(({ kind }) => kind === 'mid_self_assessment')
  const now = await work.now(hostId)
  const { postponedFrom } = orThrow(
    postpone(
      {
        rules: mid.postponement,
        originalOn: duty?.due?.effectiveOn ?? null,
        earlier: await postponementsOfProject(work.sql, projectId),
        now,
      },
      dueOn,
    ),
  )
  const granted = await insertPostponement(work.sql, {
    id: newId('ppn'),
    hostId,
    roundId: grant.roundId,
    projectId,
    organizationId,
    postponedFrom,
    dueOn,
    dueAt: endOfDay(dueOn),
    reason,
    grantedAt: now,
  })
  if (duty !== undefined) await postponeReport(work, duty.id, dueOn)
  await record(work, {
    type: 'evaluation.postponed',
    subject: projectId,
    hostId,
    at: now,
    data: { postponementId: granted.id, postponedFrom, dueOn },
  })
  return granted
}

/** The postponements of the actor's host, or of the actor's own organization. */
export async function readPostponements(
  work: Work,
  filter: { readonly projectId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Postponement>> {
  authorize(work, ListPostponements, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? { items: [], next: null } : listPostponements(work.sql, scope, filter, limit, after)
}

/**
 * The first moment at which the mid-term material of a project is late, all agreements counted; null as `dueAt`. The duty
 * itself has moved with each, but for those that an earlier version of the service granted.
 */
export async function agreedDueAt(work: Work, projectId: string, dueAt: Date | null): Promise<Date | null> {
  if (dueAt === null) return null
  const granted = await postponementsOfProject(work.sql, projectId)
  return granted.reduce((latest, one) => (one.dueAt > latest ? one.dueAt : latest), dueAt)
}
