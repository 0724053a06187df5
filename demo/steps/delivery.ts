import { legalDateOf } from '../../src/kernel/days.ts'
import { money } from '../setup.ts'
import type { World } from '../world.ts'
import { forEach, type Handlers, itself } from './each.ts'

function organizationOf(world: World, projectRef: string): string {
  const project = world.scenario.projects.find(({ ref }) => ref === projectRef)
  if (project === undefined) throw new Error(`the scenario has no project ${projectRef}`)
  return project.organization
}

/** What was reached, as the API wants it: money as money, everything else as a number. */
function reached(kind: string, value: number) {
  return kind === 'money' ? { amount: money(`${value}.00`) } : { value }
}

/** The evaluation of a project that is not published yet; made when there is none. */
async function evaluationOf(world: World, project: string, kind: 'mid' | 'final'): Promise<string> {
  const projectId = world.id('project', project)
  const open = (await world.client.all(world.key('evaluator'), `/v1/evaluations?projectId=${projectId}`)).find(
    (evaluation) => evaluation.kind === kind && evaluation.state !== 'published',
  )
  if (open !== undefined) return open.id
  const rectificationId =
    kind === 'mid' && world.knows('rectification', project)
      ? { rectificationId: world.id('rectification', project) }
      : {}
  const { body } = await world.client.post(world.key('evaluator'), '/v1/evaluations', {
    projectId,
    kind,
    ...rectificationId,
  })
  return body.id
}

/** Agreements, reports, evaluations, rectification. */
export const deliverySteps: Handlers<
  | 'sign_agreements'
  | 'terminate_agreement'
  | 'submit_reports'
  | 'visit_projects'
  | 'score_evaluations'
  | 'publish_evaluations'
  | 'order_rectification'
  | 'report_rectification'
> = {
  async sign_agreements(world, { projects }) {
    const host = world.key('host')
    const awards = await world.client.all(host, `/v1/awards?roundId=${world.roundId}&state=confirmed`)
    const wanted = awards
      .map((award) => ({ awardId: award.id as string, project: world.ref('project', award.projectId) }))
      .filter(({ project }) =>
        projects === undefined ? !world.knows('agreement', project) : projects.includes(project),
      )
    await forEach(
      world,
      'sign_agreements',
      wanted,
      ({ project }) => project,
      async ({ awardId, project }) => {
        const { body } = await world.client.post(host, '/v1/agreements', { awardId })
        const path = `/v1/agreements/${body.id}`
        await world.client.act(host, path, '/signatures', { party: 'host' })
        await world.client.act(world.key(organizationOf(world, project)), path, '/signatures', { party: 'agency' })
        world.setId('agreement', project, body.id)
      },
    )
  },
  async terminate_agreement(world, { project, kind, reason }) {
    await world.client.act(world.key('host'), `/v1/agreements/${world.id('agreement', project)}`, '/termination', {
      kind,
      reason,
    })
  },
  async submit_reports(world, { kind, reports }) {
    await forEach(
      world,
      'submit_reports',
      reports,
      ({ project }) => project,
      async ({ project, month, values, narrative, satisfaction }) => {
        const key = world.key(organizationOf(world, project))
        const projectId = world.id('project', project)
        const stored = (await world.client.get(key, `/v1/projects/${projectId}`)).body.indicators as { id: string }[]
        const indicators = world.scenario.projects.find(({ ref }) => ref === project)?.indicators ?? []
        await world.client.post(key, '/v1/reports', {
          projectId,
          kind,
          ...(month === undefined ? {} : { month }),
          narrative,
          indicatorValues: indicators.flatMap(({ ref, kind: indicatorKind }, position) =>
            values[ref] === undefined
              ? []
              : [{ indicatorId: stored[position]?.id, ...reached(indicatorKind, values[ref]) }],
          ),
          ...(satisfaction === undefined ? {} : { satisfaction }),
        })
      },
    )
  },
  async visit_projects(world, { kind, projects, methods, opinion, at }) {
    await forEach(world, 'visit_projects', projects, itself, async (project) => {
      const evaluation = await evaluationOf(world, project, kind)
      await world.client.act(world.key('evaluator'), `/v1/evaluations/${evaluation}`, '/site-visit', {
        visitedOn: legalDateOf(new Date(at)),
        methods,
        opinion,
      })
    })
  },
  async score_evaluations(world, { kind, scores }) {
    await forEach(
      world,
      'score_evaluations',
      scores,
      ({ project }) => project,
      async ({ project, items, bonus, deduction, vetoes }) => {
        const evaluation = await evaluationOf(world, project, kind)
        await world.client.act(world.key('evaluator'), `/v1/evaluations/${evaluation}`, '/scores', {
          items: Object.entries(items).map(([code, points]) => ({ code, points })),
          ...(bonus === undefined ? {} : { bonus }),
          ...(deduction === undefined ? {} : { deduction }),
          ...(vetoes === undefined ? {} : { vetoes }),
        })
      },
    )
  },
  async publish_evaluations(world, { kind, projects }) {
    await forEach(world, 'publish_evaluations', projects, itself, async (project) => {
      const evaluation = await evaluationOf(world, project, kind)
      await world.client.act(world.key('operator'), `/v1/evaluations/${evaluation}`, '/publication')
      world.setId('evaluation', `${project} ${kind}`, evaluation)
    })
  },
  async order_rectification(world, { project, items }) {
    const { body } = await world.client.post(world.key('operator'), '/v1/rectifications', {
      evaluationId: world.id('evaluation', `${project} mid`),
      items,
    })
    world.setId('rectification', project, body.id)
  },
  async report_rectification(world, { project, answers }) {
    const key = world.key(organizationOf(world, project))
    await world.client.act(key, `/v1/rectifications/${world.id('rectification', project)}`, '/report', { answers })
  },
}
