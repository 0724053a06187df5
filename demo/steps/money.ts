import { legalDateOf } from '../../src/kernel/days.ts'
import { money } from '../setup.ts'
import { impossible, type World } from '../world.ts'
import { forEach, type Handlers, itself } from './each.ts'

interface Tranche {
  readonly id: string
  readonly projectId: string
  readonly number: number
  readonly state: string
}

async function tranchesOf(world: World, number: number, projects: readonly string[] | undefined): Promise<Tranche[]> {
  const all: Tranche[] = await world.client.all(world.key('finance'), `/v1/tranches?roundId=${world.roundId}`)
  const wanted = projects?.map((ref) => world.id('project', ref))
  return all.filter(
    (tranche) =>
      tranche.number === number &&
      (wanted === undefined ? tranche.state === 'due' : wanted.includes(tranche.projectId)),
  )
}

function agencyOf(world: World, projectId: string): string {
  const project = world.scenario.projects.find(
    ({ ref }) => world.knows('project', ref) && world.id('project', ref) === projectId,
  )
  if (project === undefined) throw new Error(`no project of the scenario has the id ${projectId}`)
  return world.key(project.organization)
}

/** Tranches, audits, settlement, refunds. */
export const moneySteps: Handlers<
  | 'pay_tranche'
  | 'hold_tranche'
  | 'release_tranche'
  | 'accept_audits'
  | 'settle_projects'
  | 'claim_refund'
  | 'receive_refund'
> = {
  async pay_tranche(world, { number, projects, at }) {
    const tranches = await tranchesOf(world, number, projects)
    const subject = ({ projectId }: Tranche) => `${world.ref('project', projectId)}/${number}`
    await forEach(world, 'pay_tranche', tranches, subject, async ({ id, projectId }) => {
      const path = `/v1/tranches/${id}`
      await world.client.act(agencyOf(world, projectId), path, '/request')
      await world.client.act(world.key('finance'), path, '/approval')
      await world.client.act(world.key('finance'), path, '/payment', {
        paidOn: legalDateOf(new Date(at)),
        voucher: `PZ-${legalDateOf(new Date(at))}-${subject({ id, projectId, number, state: '' })}`,
      })
    })
  },
  async hold_tranche(world, { number, project, reason }) {
    for (const { id } of await tranchesOf(world, number, [project]))
      await world.client.act(world.key('finance'), `/v1/tranches/${id}`, '/hold', { reason })
  },
  async release_tranche(world, { number, project }) {
    for (const { id } of await tranchesOf(world, number, [project]))
      await world.client.act(world.key('finance'), `/v1/tranches/${id}`, '/release')
  },
  async accept_audits(world, { audits, at }) {
    await forEach(
      world,
      'accept_audits',
      audits,
      ({ project }) => project,
      async ({ project, eligible, ownMatching, disallowed = [] }) => {
        await world.client.post(world.key('host'), '/v1/audits', {
          projectId: world.id('project', project),
          eligible: money(eligible),
          ...(ownMatching === undefined ? {} : { ownMatching: money(ownMatching) }),
          disallowed: disallowed.map(({ category, amount, reason }) => ({
            category,
            amount: money(amount),
            reasonCode: reason,
          })),
          auditedOn: legalDateOf(new Date(at)),
        })
      },
    )
  },
  async settle_projects(world, { projects }) {
    await forEach(world, 'settle_projects', projects, itself, async (project) => {
      const { body } = await world.client.post(world.key('finance'), '/v1/settlements', {
        projectId: world.id('project', project),
      })
      world.setId('settlement', project, body.id)
    })
  },
  async claim_refund(world, { project }) {
    await world.client.act(world.key('finance'), `/v1/settlements/${world.id('settlement', project)}`, '/refund-claim')
  },
  async receive_refund(world, { project, amount, at }) {
    const claims = await world.client.all(
      world.key('finance'),
      `/v1/refund-claims?projectId=${world.id('project', project)}`,
    )
    const claim = claims.find(({ state }) => state !== 'paid') ?? claims[0]
    if (claim === undefined) throw impossible(`a refund claim of ${project}`)
    await world.client.act(world.key('finance'), `/v1/refund-claims/${claim.id}`, '/receipts', {
      amount: money(amount),
      receivedOn: legalDateOf(new Date(at)),
      voucher: `TK-${legalDateOf(new Date(at))}-${project}`,
    })
  },
}
