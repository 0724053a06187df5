import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { partyScope } from '../../../kernel/parties.ts'
import { newId } from '../../../platform/ids.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { calendarOf } from '../../calendar/index.ts'
import { cancelDeadline, setDeadline } from '../../deadlines/index.ts'
import { requireStoredDocuments, shareDocuments } from '../../documents/index.ts'
import { advanceProject, lockProject } from '../../projects/index.ts'
import { IssueRectification, ListRectifications, ReadRectification, ReportRectification } from '../policy.ts'
import { latestOf } from '../rules/evaluations.ts'
import {
  advanceRectification,
  issueRectification,
  type Rectification,
  type RectificationReport,
  submitRectification,
} from '../rules/rectifications.ts'
import {
  evaluationsOfProject,
  findRectification,
  insertRectification,
  listRectifications,
  lockStoredEvaluation,
  lockStoredRectification,
  type RectificationFilter,
  rectificationsOfProject,
  updateRectification,
} from '../store.ts'
import { policyOf } from './sheet.ts'

/** What a report may be refused for by the documents it names. */
export { DocumentNotUsable } from '../../documents/index.ts'

/** Kind of the deadline at which the time for a rectification is over. */
export const RECTIFICATION_DUE = 'rectification.due'

/**
 * Demands that a failed project be mended within the policy's working days, counted from today. Refused: an evaluation
 * that did not fail or is not the latest, a second rectification for it, more of them than the policy allows.
 */
export async function demandRectification(
  work: Work,
  wanted: { readonly evaluationId: string; readonly items: readonly string[] },
): Promise<Rectification> {
  const evaluation = authorize(work, IssueRectification, await lockStoredEvaluation(work.sql, wanted.evaluationId))
  const { hostId, roundId, projectId, organizationId } = evaluation
  const { rectification: rules } = await policyOf(work, roundId)
  const latest = latestOf(await evaluationsOfProject(work.sql, projectId), 'mid')
  const now = await work.now(hostId)
  const issued = orThrow(
    issueRectification({
      evaluation,
      isLatest: latest?.id === evaluation.id,
      earlier: await rectificationsOfProject(work.sql, projectId),
      times: rules.times,
      period: rules.period,
      calendar: await calendarOf(work, hostId),
      now,
    }),
  )
  const rectification: Rectification = {
    id: newId('rct'),
    version: 1,
    hostId,
    roundId,
    projectId,
    organizationId,
    evaluationId: evaluation.id,
    items: wanted.items,
    ...issued,
    state: 'issued',
    report: null,
    submittedAt: null,
    createdAt: now,
  }
  await insertRectification(work.sql, rectification)
  const { id, dueAt, due } = rectification
  await setDeadline(work, { kind: RECTIFICATION_DUE, hostId, subject: id, dueAt, resolved: due })
  await recordRectification(work, 'rectification.issued', rectification, now)
  return rectification
}

/** Takes the agency's answer to every item, before the window closes by the clock read under the lock. */
export async function reportRectification(
  work: Work,
  rectificationId: string,
  report: RectificationReport,
): Promise<Rectification> {
  const before = authorize(work, ReportRectification, await lockStoredRectification(work.sql, rectificationId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const state = orThrow(submitRectification(before, report, now))
  await requireStoredDocuments(work, report.documentIds, before.organizationId)
  await shareDocuments(work, report.documentIds, before.hostId)
  const after = await updateRectification(work.sql, { ...before, state, report, submittedAt: now })
  await cancelDeadline(work, RECTIFICATION_DUE, after.id)
  await recordRectification(work, 'rectification.submitted', after, now)
  return after
}

/** The published re-evaluation decides the rectification that it judged. Asks no permission; its use case did. */
export async function judgeRectification(
  work: Work,
  rectificationId: string,
  command: 'accept' | 'fail',
  now: Date,
): Promise<void> {
  const before = await lockStoredRectification(work.sql, rectificationId)
  if (before === undefined) throw new Error(`the rectification ${rectificationId} has disappeared`)
  const state = orThrow(advanceRectification(before, command))
  const after = await updateRectification(work.sql, { ...before, state })
  await recordRectification(work, `rectification.${state}`, after, now)
}

/** Deadline `rectification.due`: no report came, so the rectification failed. */
export async function failDueRectification(work: Work, deadline: DueDeadline): Promise<void> {
  const before = await lockStoredRectification(work.sql, deadline.subject)
  if (before === undefined || before.state !== 'issued') return
  const state = orThrow(advanceRectification(before, 'miss'))
  const after = await updateRectification(work.sql, { ...before, state })
  if ((await rectificationsLeft(work, after)) === 0) await suspendProject(work, after.projectId)
  await recordRectification(work, 'rectification.failed', after, deadline.dueAt)
}

/** How many rectifications the policy still allows for the project. */
export async function rectificationsLeft(
  work: Work,
  { projectId, roundId }: { readonly projectId: string; readonly roundId: string },
): Promise<number> {
  const policy = await policyOf(work, roundId)
  const used = await rectificationsOfProject(work.sql, projectId)
  return Math.max(0, policy.rectification.times - used.length)
}

/** Stops a running project until its agreement is terminated; one that already rests stays as it is. */
export async function suspendProject(work: Work, projectId: string): Promise<void> {
  const project = await lockProject(work, projectId)
  if (project?.state === 'active') await advanceProject(work, projectId, 'suspend')
}

export async function readRectification(work: Work, rectificationId: string): Promise<Rectification> {
  return authorize(work, ReadRectification, await findRectification(work.sql, rectificationId))
}

/** The rectifications of the actor's host, or of the actor's own organization. */
export async function readRectifications(
  work: Work,
  filter: RectificationFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Rectification>> {
  authorize(work, ListRectifications, {})
  const scope = partyScope(work.actor)
  return scope === undefined ? { items: [], next: null } : listRectifications(work.sql, scope, filter, limit, after)
}

async function recordRectification(work: Work, type: string, row: Rectification, at: Date): Promise<void> {
  await record(work, {
    type,
    subject: row.id,
    hostId: row.hostId,
    at,
    data: { projectId: row.projectId, evaluationId: row.evaluationId, state: row.state, dueOn: row.due.effectiveOn },
  })
}
