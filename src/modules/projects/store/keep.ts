import { and, eq, sql } from 'drizzle-orm'
import type { Sql } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Indicator, IndicatorContent, Project, WithheldField } from '../rules.ts'
import { project, projectIndicator, projectNeed } from '../tables.ts'
import { findProject } from './read.ts'

export type NewProject = Omit<Project, 'indicators'>

export async function insertProject(
  handle: Sql,
  fresh: NewProject,
  indicators: readonly IndicatorContent[],
): Promise<Project> {
  const { needIds, ...columns } = fresh
  await handle.insert(project).values(columns)
  await insertNeeds(handle, fresh.id, needIds)
  return { ...fresh, indicators: await insertIndicators(handle, fresh.id, indicators) }
}

/**
 * Saves everything that may change and raises the version; the row is locked. Needs are written anew when they differ
 * from those of `before`, indicators when new ones are given: they then get new identifiers.
 */
export async function saveProject(
  handle: Sql,
  before: Project,
  after: Project,
  indicators?: readonly IndicatorContent[],
): Promise<Project> {
  const { id, version, hostId, title, summary, startsOn, endsOn, sponsoredGroupId, state, listedAt } = after
  await handle
    .update(project)
    .set({ hostId, title, summary, startsOn, endsOn, sponsoredGroupId, state, listedAt, version: version + 1 })
    .where(and(eq(project.id, id), eq(project.version, version)))
  if (after.needIds !== before.needIds) {
    await handle.delete(projectNeed).where(eq(projectNeed.projectId, id))
    await insertNeeds(handle, id, after.needIds)
  }
  if (indicators === undefined) return { ...after, version: version + 1 }
  await handle.delete(projectIndicator).where(eq(projectIndicator.projectId, id))
  return { ...after, version: version + 1, indicators: await insertIndicators(handle, id, indicators) }
}

/** What outsiders are shown no more; nothing that was withheld is ever shown again. */
export async function withholdFields(handle: Sql, id: string, fields: readonly WithheldField[]): Promise<void> {
  await handle
    .update(project)
    .set({
      ...(fields.includes('sponsoredGroupId') && { isGroupWithheld: true }),
      ...(fields.includes('needIds') && { areNeedsWithheld: true }),
      version: sql`${project.version} + 1`,
    })
    .where(eq(project.id, id))
}

/**
 * Locks the row for the rest of the transaction. The reading comes second: needs and indicators change only under this
 * lock, and a statement that waited for it would show them as they were before.
 */
export async function lockStoredProject(handle: Sql, id: string): Promise<Project | undefined> {
  const locked = await handle.select({ id: project.id }).from(project).where(eq(project.id, id)).for('update')
  return locked.length === 0 ? undefined : findProject(handle, id)
}

export async function findIndicators(handle: Sql, projectId: string): Promise<Indicator[]> {
  return handle
    .select({
      id: projectIndicator.id,
      name: projectIndicator.name,
      kind: projectIndicator.kind,
      unit: projectIndicator.unit,
      target: projectIndicator.target,
      targetText: projectIndicator.targetText,
    })
    .from(projectIndicator)
    .where(eq(projectIndicator.projectId, projectId))
    .orderBy(sql`${projectIndicator.position}`)
}

async function insertNeeds(handle: Sql, projectId: string, needIds: readonly string[]): Promise<void> {
  await handle.insert(projectNeed).values(needIds.map((needId, index) => ({ projectId, needId, position: index + 1 })))
}

async function insertIndicators(
  handle: Sql,
  projectId: string,
  indicators: readonly IndicatorContent[],
): Promise<Indicator[]> {
  if (indicators.length === 0) return []
  const fresh = indicators.map((content) => ({ ...content, id: newId('ind') }))
  await handle
    .insert(projectIndicator)
    .values(fresh.map((indicator, index) => ({ ...indicator, projectId, position: index + 1 })))
  return fresh
}
