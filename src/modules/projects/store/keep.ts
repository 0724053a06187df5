import { and, desc, eq, isNotNull, isNull, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { idOfUuid, newId } from '../../platform/ids.ts'
import type { Indicator, IndicatorContent, IndicatorKind, Project, ProjectState } from './rules.ts'
import { project, projectIndicator, projectNeed } from './tables.ts'

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

// The two readings that everybody does all day: one project, one page of projects. One statement each, prepared under a
// name, so that PostgreSQL plans it once per connection and this process builds its text once per handle.

export interface ProjectFilter {
  readonly hostId?: string | undefined
  readonly organizationId?: string | undefined
  readonly state?: ProjectState | undefined
}

interface Statement {
  execute(values: Record<string, unknown>): Promise<Project[]>
}

/** By handle and not by process: several applications with databases of their own may live in one process. */
const statements = new WeakMap<Sql, Map<string, Statement>>()

function statement(handle: Sql, name: string, prepare: () => Statement): Statement {
  let known = statements.get(handle)
  if (known === undefined) {
    known = new Map()
    statements.set(handle, known)
  }
  let found = known.get(name)
  if (found === undefined) {
    found = prepare()
    known.set(name, found)
  }
  return found
}

export async function findProject(handle: Sql, id: string): Promise<Project | undefined> {
  const one = statement(handle, 'project_one', () =>
    handle
      .select(shown)
      .from(project)
      .where(eq(project.id, given('id', project.id)))
      .prepare('project_one'),
  )
  return (await one.execute({ id }))[0]
}

/**
 * Newest first: the projects that were listed, and of the viewer's own organization all.
 * `viewerOrganizationId` is null for whoever acts for no agency.
 */
export async function listProjects(
  handle: Sql,
  filter: ProjectFilter,
  viewerOrganizationId: string | null,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Project>> {
  const isOwn = filter.organizationId !== undefined && filter.organizationId === viewerOrganizationId
  const drafts = isOwn ? 'all' : filter.organizationId === undefined && viewerOrganizationId !== null ? 'own' : 'none'
  const rowsMax = ROWS_MAX.find((rows) => rows > limit) as number
  const filters = (['hostId', 'organizationId', 'state'] as const).filter((key) => filter[key] !== undefined)
  const name = `project_list_${[...filters, drafts, after === undefined ? 'first' : 'next', rowsMax].join('_')}`
  const page = statement(handle, name, () => {
    const matches = and(
      ...filters.map((key) => eq(project[key], given(key, project[key]))),
      after === undefined ? undefined : isBeforeCursor,
    )
    return handle
      .select(shown)
      .from(project)
      .where(conditionOf(drafts, matches, rowsMax))
      .orderBy(desc(project.createdAt), desc(project.id))
      .limit(literal(rowsMax) as unknown as Placeholder)
      .prepare(name)
  })
  const [createdAt, id] = after === undefined ? [] : [new Date(after[0] as string), after[1]]
  const rows = await page.execute({ ...filter, viewer: viewerOrganizationId, createdAt, id })
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/**
 * How many rows a page reads: the least that is more than the limit. A limit that came in as a parameter would have
 * PostgreSQL plan for a tenth of the table; written into the text it plans for the page, and five texts are enough.
 */
const ROWS_MAX = [2, 11, 51, 101, 201] as const

/**
 * An agency that lists everything sees two sets in one order: what was listed, and its own that was not. Each has its
 * index; one condition with `or` would leave the planner to read past all drafts of others.
 */
function conditionOf(drafts: 'all' | 'own' | 'none', matches: SQL | undefined, rowsMax: number): SQL | undefined {
  const isListed = isNotNull(project.listedAt)
  if (drafts === 'all') return matches
  if (drafts === 'none') return and(isListed, matches)
  const isOwnDraft = and(isNull(project.listedAt), eq(project.organizationId, given('viewer', project.organizationId)))
  const newest = sql`order by created_at desc, id desc limit ${literal(rowsMax)}`
  return sql`${project.id} in (select id from (
    (select id, created_at from project where ${and(isListed, matches)} ${newest})
    union all
    (select id, created_at from project where ${and(isOwnDraft, matches)} ${newest})) as candidate ${newest})`
}

const isBeforeCursor = sql`(${project.createdAt}, ${project.id}) < (${given('createdAt', project.createdAt)}, ${given('id', project.id)})`

/** A value of the execution, encoded as the column's values are. */
function given(name: string, column: PgColumn) {
  return sql.param(sql.placeholder(name), column)
}

function literal(count: number): SQL {
  return sql.raw(String(count))
}

type IndicatorRow = [
  id: string,
  name: string,
  kind: IndicatorKind,
  unit: string,
  target: number | null,
  text: string | null,
]

/** Columns in the order of {@link Project}; JSON for the two lists, because the driver's own arrays are read slowly. */
const shown = {
  id: project.id,
  version: project.version,
  hostId: project.hostId,
  organizationId: project.organizationId,
  sponsoredGroupId: project.sponsoredGroupId,
  title: project.title,
  summary: project.summary,
  startsOn: project.startsOn,
  endsOn: project.endsOn,
  state: project.state,
  listedAt: project.listedAt,
  createdAt: project.createdAt,
  needIds: sql`(select json_agg(need_id order by position) from project_need where project_id = project.id)`.mapWith(
    (uuids: string[]): string[] => uuids.map((uuid) => idOfUuid(uuid, 'need')),
  ),
  indicators: sql`coalesce((
    select json_agg(json_build_array(id, name, kind, unit, target, target_text) order by position)
    from project_indicator where project_id = project.id), '[]')`.mapWith((rows: IndicatorRow[]): Indicator[] =>
    rows.map(([id, name, kind, unit, target, targetText]) => ({
      id: idOfUuid(id, 'ind'),
      name,
      kind,
      unit,
      target: target === null ? null : BigInt(target),
      targetText,
    })),
  ),
}
