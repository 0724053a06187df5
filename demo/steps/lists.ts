import { money } from '../setup.ts'
import { forEach, type Handlers, itself } from './each.ts'

/** The three lists: needs, projects, resources. */
export const listSteps: Handlers<
  | 'verify_needs'
  | 'publish_needs'
  | 'list_projects'
  | 'match_resources'
  | 'load_calendar'
  | 'change_organization'
  | 'pass_time'
> = {
  async verify_needs(world, { needs = world.refs('need') }) {
    await forEach(world, 'verify_needs', needs, itself, async (ref) => {
      await world.client.act(world.key('town'), `/v1/needs/${world.id('need', ref)}`, '/verification')
    })
  },
  async publish_needs(world, { needs = world.refs('need') }) {
    await forEach(world, 'publish_needs', needs, itself, async (ref) => {
      await world.client.act(world.key('host'), `/v1/needs/${world.id('need', ref)}`, '/publication')
    })
  },
  async list_projects(world, { projects }) {
    const wanted = world.scenario.projects.filter(({ ref }) => projects === undefined || projects.includes(ref))
    await forEach(
      world,
      'list_projects',
      wanted,
      ({ ref }) => ref,
      async ({ ref, organization, sponsoredGroup, needs, indicators, ...project }) => {
        const key = world.key(organization)
        const { body } = await world.client.post(key, '/v1/projects', {
          ...project,
          ...(sponsoredGroup === undefined ? {} : { sponsoredGroupId: world.id('organization', sponsoredGroup) }),
          needIds: needs.map((need) => world.id('need', need)),
          indicators: indicators.map(({ ref: _ref, target, ...indicator }) =>
            indicator.kind === 'money'
              ? { ...indicator, targetAmount: money(`${target}.00`) }
              : { ...indicator, target },
          ),
        })
        world.setId('project', ref, body.id)
        await world.client.act(key, `/v1/projects/${body.id}`, '/listing')
      },
    )
  },
  async match_resources(world, { resources }) {
    const wanted = (world.scenario.resources ?? []).filter(
      ({ ref }) => resources === undefined || resources.includes(ref),
    )
    const town = world.key('town')
    await forEach(
      world,
      'match_resources',
      wanted,
      ({ ref }) => ref,
      async ({ ref, provider, offer, undertaker, project }) => {
        const { organization, ...named } = provider
        const created = await world.client.post(town, '/v1/resource-providers', {
          ...named,
          ...(organization === undefined ? {} : { organizationId: world.id('organization', organization) }),
        })
        const { amount, ...offered } = offer
        const offerMade = await world.client.post(town, '/v1/resource-offers', {
          providerId: created.body.id,
          ...offered,
          ...(amount === undefined ? {} : { amount: money(amount) }),
        })
        const match = await world.client.post(town, '/v1/resource-matches', {
          offerId: offerMade.body.id,
          undertakerId: world.id('organization', undertaker),
          projectId: world.id('project', project),
        })
        world.setId('match', ref, match.body.id)
        await world.client.act(town, `/v1/resource-matches/${match.body.id}`, '/confirmation')
      },
    )
  },
  async load_calendar(world, { year, holidays, makeupWorkdays, source }) {
    await world.client.post(world.adminKey, '/v1/calendar-years', { year, holidays, makeupWorkdays, source })
  },
  async change_organization(world, { organization, at: _at, do: _do, ...patch }) {
    await world.client.patch(world.adminKey, `/v1/organizations/${world.id('organization', organization)}`, patch)
  },
  async pass_time() {
    // The clock was advanced before this step and the deadlines have rung: nothing is left to do.
  },
}
