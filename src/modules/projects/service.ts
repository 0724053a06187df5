import { hasRole } from '../../kernel/actor.ts'
import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { problem } from '../../kernel/problem.ts'
import { newId } from '../../platform/ids.ts'
import { NotFound } from '../../platform/problems.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { needsOf } from '../needs/index.ts'
import { organizationOf } from '../organizations/index.ts'
import {
  ChangeProject,
  CreateProject,
  ListProject,
  ReadProject,
  ReadProjects,
  seesWithheld,
  WithdrawProject,
} from './policy.ts'
import {
  advance,
  checkDates,
  checkSponsoredGroup,
  hostOfNeeds,
  type Indicator,
  type IndicatorContent,
  type Project,
  type ProjectAdvance,
  type ProjectCommand,
  type ProjectContent,
  type WithheldField,
  withheldFields,
} from './rules.ts'
import { findIndicators, insertProject, lockStoredProject, saveProject, withholdFields } from './store/keep.ts'
import {
  findProject,
  type ProjectFilter,
  type ProjectReading,
  type ProjectStanding,
  readMany,
  readOne,
  readStanding,
  readStandings,
  readWithholding,
} from './store/read.ts'

const EVENTS: Readonly<Record<ProjectCommand, string>> = {
  change: 'project.changed',
  list: 'project.listed',
  withdraw: 'project.withdrawn',
  selectForAward: 'project.selected',
  release: 'project.released',
  activate: 'project.activated',
  suspend: 'project.suspended',
  resume: 'project.resumed',
  startClosing: 'project.closing_started',
  close: 'project.closed',
  terminate: 'project.terminated',
  settle: 'project.settled',
}

/** Nobody acts for it, so that a credential without an organization is refused. */
const NO_ORGANIZATION = ''

export type { IndicatorReading, ProjectReading, ProjectStanding } from './store/read.ts'

/** A project as one reader sees it; `withheld` names what was left out for that reader. */
export type ProjectView = ProjectReading & { readonly withheld?: readonly WithheldField[] }

export type ProjectDesign = ProjectContent & { readonly indicators: readonly IndicatorContent[] }

/** An agency (null: the actor's own) designs a project for published needs, as a draft that only it sees. */
export async function createProject(
  work: Work,
  { organizationId: wantedId, indicators, ...content }: ProjectDesign & { readonly organizationId: string | null },
): Promise<Project> {
  const wanted = { organizationId: wantedId ?? work.actor.organizationId ?? NO_ORGANIZATION }
  const { organizationId } = authorize(work, CreateProject, wanted)
  orThrow(checkDates(content))
  const hostId = await requireNeeds(work, content.needIds)
  await requireSponsorship(work, organizationId, content.sponsoredGroupId)
  const now = await work.now(hostId)
  const created = await insertProject(
    work.sql,
    {
      ...content,
      id: newId('prj'),
      version: 1,
      hostId,
      organizationId,
      state: 'draft',
      listedAt: null,
      createdAt: now,
    },
    indicators,
  )
  await record(work, {
    type: 'project.created',
    subject: created.id,
    hostId,
    at: now,
    data: { organizationId, needIds: created.needIds },
  })
  return created
}

/** Changes a draft or listed project; for bids, which by `check` refuses one that they bind. Indicators are replaced as a whole and get new identifiers. */
export async function changeProject(
  work: Work,
  projectId: string,
  { indicators, ...patch }: Partial<ProjectDesign>,
  check: (locked: Project) => Promise<void>,
): Promise<Project> {
  const before = authorize(work, ChangeProject, await lockStoredProject(work.sql, projectId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const decided = { ...orThrow(advance(before, 'change', now)), ...patch }
  await check(before)
  orThrow(checkDates(decided))
  const hostId = patch.needIds === undefined ? before.hostId : await requireNeeds(work, patch.needIds)
  if (patch.sponsoredGroupId !== undefined)
    await requireSponsorship(work, before.organizationId, patch.sponsoredGroupId)
  const after = await saveProject(work.sql, before, { ...decided, hostId }, indicators)
  const fields = [...Object.keys(patch), ...(indicators === undefined ? [] : ['indicators'])]
  await recordStep(work, after, 'change', now, { fields })
  return after
}

/** Puts a draft on the project list: everybody sees it now, and it may bid. Its needs must still be published. */
export async function listProject(work: Work, projectId: string): Promise<Project> {
  const before = authorize(work, ListProject, await lockStoredProject(work.sql, projectId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const decided = orThrow(advance(before, 'list', now))
  await requireNeeds(work, before.needIds)
  return save(work, before, decided, 'list', now)
}

/** For bids, which by `check` refuses a project that one of them binds. */
export async function withdrawProject(
  work: Work,
  projectId: string,
  check: (locked: Project) => Promise<void>,
): Promise<Project> {
  const before = authorize(work, WithdrawProject, await lockStoredProject(work.sql, projectId))
  expectVersion(work, before)
  const now = await work.now(before.hostId)
  const decided = orThrow(advance(before, 'withdraw', now))
  await check(before)
  return save(work, before, decided, 'withdraw', now)
}

export async function readProject(work: Work, projectId: string): Promise<ProjectView> {
  return shownTo(work, authorize(work, ReadProject, await readOne(work.sql, projectId)) as ProjectReading)
}

export async function readProjects(
  work: Work,
  filter: ProjectFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ProjectView>> {
  authorize(work, ReadProjects, {})
  const viewer = hasRole(work.actor, 'agency') ? work.actor.organizationId : null
  const { items, next } = await readMany(work.sql, filter, viewer, limit, after)
  return { items: items.map((project) => shownTo(work, project)), next }
}

/** A project without what the notice of its award did not tell, unless the reader may know it. */
function shownTo(work: Work, project: ProjectReading): ProjectView {
  const { isGroupWithheld, areNeedsWithheld } = project
  if (!(isGroupWithheld || areNeedsWithheld) || seesWithheld(work.actor, project)) return project
  return {
    ...project,
    ...(isGroupWithheld && { sponsoredGroupId: null }),
    ...(areNeedsWithheld && { needIds: [] }),
    withheld: withheldFields(project),
  }
}

/**
 * For notices: from now on the project list does not tell outsiders what the public copy of a notice leaves out. The
 * version is raised, so that nobody's copy counts as fresh. Asks no permission.
 */
export async function withholdFromPublic(
  work: Work,
  projectId: string,
  fields: readonly WithheldField[],
): Promise<void> {
  const project = await lockStoredProject(work.sql, projectId)
  if (project === undefined || fields.length === 0) return
  await withholdFields(work.sql, projectId, fields)
  const at = await work.now(project.hostId)
  await record(work, { type: 'project.redacted', subject: projectId, hostId: project.hostId, at, data: { fields } })
}

/** For bids: what outsiders are not told of those projects of which something is withheld. */
export async function withheldOf(work: Work, projectIds: readonly string[]): Promise<Map<string, WithheldField[]>> {
  const found = await readWithholding(work.sql, projectIds)
  return new Map(found.map((project) => [project.id, withheldFields(project)]))
}

/** For later modules: the project, or undefined. Asks no permission; the caller's use case does. */
export async function projectOf(work: Work, projectId: string): Promise<Project | undefined> {
  return findProject(work.sql, projectId)
}

/** For bids: the version and the state of a project, or undefined. Asks no permission. */
export async function projectStandingOf(work: Work, projectId: string): Promise<ProjectStanding | undefined> {
  return readStanding(work.sql, projectId)
}

/** {@link projectStandingOf} several projects, those that are there. */
export async function projectStandingsOf(
  work: Work,
  projectIds: readonly string[],
): Promise<Map<string, ProjectStanding>> {
  return readStandings(work.sql, projectIds)
}

/** For later modules: the project with its row locked until the transaction ends, or undefined. Asks no permission. */
export async function lockProject(work: Work, projectId: string): Promise<Project | undefined> {
  return lockStoredProject(work.sql, projectId)
}

/** For later modules: what the project promised to reach, in the agency's order. */
export async function indicatorsOf(work: Work, projectId: string): Promise<Indicator[]> {
  return findIndicators(work.sql, projectId)
}

/**
 * What a later stage does to a project: locks it, takes the step, records it. Asks no permission; the caller's use case
 * does. Refuses with `project_not_in_state`, and with `not_found` a project that does not exist.
 */
export async function advanceProject(work: Work, projectId: string, command: ProjectAdvance): Promise<Project> {
  const before = await lockStoredProject(work.sql, projectId)
  if (before === undefined) throw problem(NotFound)
  return take(work, before, command)
}

async function take(work: Work, before: Project, command: ProjectCommand): Promise<Project> {
  const now = await work.now(before.hostId)
  return save(work, before, orThrow(advance(before, command, now)), command, now)
}

async function save(work: Work, before: Project, decided: Project, command: ProjectCommand, at: Date) {
  const after = await saveProject(work.sql, before, decided)
  await recordStep(work, after, command, at)
  return after
}

async function recordStep(work: Work, project: Project, command: ProjectCommand, at: Date, data: object = {}) {
  await record(work, {
    type: EVENTS[command],
    subject: project.id,
    hostId: project.hostId,
    at,
    data: { state: project.state, ...data },
  })
}

async function requireNeeds(work: Work, needIds: readonly string[]): Promise<string> {
  const found = await needsOf(work, needIds)
  const facts = found.map(({ id, hostId, state }) => ({ id, hostId, isPublished: state === 'published' }))
  return orThrow(hostOfNeeds(needIds, facts))
}

async function requireSponsorship(work: Work, organizationId: string, groupId: string | null): Promise<void> {
  if (groupId === null) return
  orThrow(checkSponsoredGroup(organizationId, groupId, await organizationOf(work, groupId)))
}
