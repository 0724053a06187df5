import type { FastifyInstance } from 'fastify'
import { orThrow } from '../../kernel/decision.ts'
import { fenOf, money } from '../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import { CreateProject, ListProject, ReadProject, ReadProjects } from './policy.ts'
import {
  IndicatorTargetUnfit,
  ProjectDatesReversed,
  ProjectNeedNotPublished,
  ProjectNeedsOfSeveralHosts,
  ProjectNotInState,
  SponsoredGroupUnknown,
} from './problems.ts'
import { actionsOf, type IndicatorContent, indicatorOf, type Project } from './rules.ts'
import {
  type IndicatorBody,
  type NewIndicatorBody,
  NewProject,
  ProjectBody,
  ProjectParams,
  type ProjectPatchBody,
  ProjectQuery,
} from './schemas.ts'
import {
  createProject,
  type IndicatorReading,
  listProject,
  type ProjectDesign,
  type ProjectView,
  readProject,
  readProjects,
} from './service.ts'

const tag = 'Projects'
export const DESIGN_PROBLEMS = [
  ProjectNeedNotPublished,
  ProjectNeedsOfSeveralHosts,
  ProjectDatesReversed,
  SponsoredGroupUnknown,
  IndicatorTargetUnfit,
]

export function projectRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/projects',
    operationId: 'createProject',
    summary: 'Design a project',
    tag,
    description:
      'An agency answers at least one published need (D1-15) with a project. It is a draft that nobody else sees. An agency that applies for a filed group names it as `sponsoredGroupId`.',
    allow: CreateProject,
    body: NewProject,
    status: 201,
    answer: ProjectBody,
    problems: DESIGN_PROBLEMS,
    location: (project) => `/projects/${project.id}`,
    run: (work, { body: { indicators = [], sponsoredGroupId = null, organizationId = null, ...content } }) =>
      createProject(work, { ...content, organizationId, sponsoredGroupId, indicators: indicatorsOf(indicators) }),
    present,
  })
  listingRoute(app)
  readRoute(app, {
    url: '/projects/:projectId',
    operationId: 'readProject',
    summary: 'Read a project',
    tag,
    description:
      'A draft is shown to its agency alone; what was listed once is public, also after a withdrawal. What the notice of its award left out (`withheld`) only its agency and the host’s side still read.',
    allow: ReadProject,
    params: ProjectParams,
    answer: ProjectBody,
    run: (work, { params }) => readProject(work, params.projectId),
    present: presentReading,
    serialize: 'as presented',
  })
  listRoute(app, {
    url: '/projects',
    operationId: 'listProjects',
    summary: 'List projects, newest first',
    tag,
    description: 'The project list (项目清单). An agency finds its own drafts in it as well.',
    allow: ReadProjects,
    query: ProjectQuery,
    item: ProjectBody,
    pageTitle: 'ProjectPage',
    run: (work, { query, limit, after }) => readProjects(work, query, limit, after),
    present: presentReading,
    serialize: 'as presented',
  })
}

function listingRoute(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/projects/:projectId/listing',
    operationId: 'listProject',
    summary: 'Put a project on the project list',
    tag,
    description: 'A draft becomes public and may bid. Its needs must still be published.',
    allow: ListProject,
    params: ProjectParams,
    ifMatch: true,
    status: 200,
    answer: ProjectBody,
    problems: [ProjectNotInState, ProjectNeedNotPublished, ProjectNeedsOfSeveralHosts],
    run: (work, { params }) => listProject(work, params.projectId),
    present,
  })
}

/** What a body says of a project, whole or in part. */
export function designOf({ indicators, ...design }: ProjectPatchBody): Partial<ProjectDesign> {
  return { ...design, ...(indicators === undefined ? {} : { indicators: indicatorsOf(indicators) }) }
}

function indicatorsOf(bodies: readonly NewIndicatorBody[]): IndicatorContent[] {
  return bodies.map(({ name, kind, unit, target = null, targetAmount, targetText = null }, position) => {
    const amountFen = targetAmount === undefined ? null : fenOf(targetAmount)
    return orThrow(indicatorOf({ name, kind, unit, number: target, amountFen, targetText }, position))
  })
}

export function present(project: Project): ProjectBody {
  return presentReading({
    ...project,
    ...{ isGroupWithheld: false, areNeedsWithheld: false },
    listedAt: project.listedAt?.toISOString() ?? null,
    createdAt: project.createdAt.toISOString(),
    indicators: project.indicators.map(({ target, ...indicator }) => ({
      ...indicator,
      target: target === null ? null : Number(target),
    })),
  })
}

function presentReading(project: ProjectView): ProjectBody {
  return {
    id: project.id,
    hostId: project.hostId,
    organizationId: project.organizationId,
    sponsoredGroupId: project.sponsoredGroupId,
    title: project.title,
    summary: project.summary,
    startsOn: project.startsOn,
    endsOn: project.endsOn,
    needIds: project.needIds as string[],
    indicators: project.indicators.map(presentIndicator),
    state: project.state,
    listedAt: project.listedAt,
    createdAt: project.createdAt,
    actions: actionsOf(project.state),
    ...(project.withheld && { withheld: [...project.withheld] }),
  }
}

function presentIndicator({ id, name, kind, unit, target, targetText }: IndicatorReading): IndicatorBody {
  const body: IndicatorBody = { id, name, kind, unit }
  if (target !== null && kind === 'money') body.targetAmount = money(BigInt(target))
  else if (target !== null) body.target = target
  if (targetText !== null) body.targetText = targetText
  return body
}
