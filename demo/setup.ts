import type { Role } from '../src/kernel/actor.ts'
import { roleKey, type World } from './world.ts'

const KEY_LIFETIME_MS = 300 * 86_400_000
const HOST_SIDE: readonly Role[] = ['host', 'operator', 'town', 'finance', 'auditor']

export const money = (amount: string) => ({ amount, currency: 'CNY' })

/** The county before anything happens: divisions, organizations, credentials, experts, needs, the draft of the round. */
export async function setUp(world: World, { testClock = true } = {}): Promise<void> {
  await createDivisions(world)
  await createOrganizations(world)
  await createKeys(world)
  const { client, scenario } = world
  if (testClock) {
    const advanceTo = new Date(scenario.startsAt).toISOString()
    await client.post(world.key('host'), '/v1/sandbox/clock', { hostId: world.hostId, advanceTo })
  }
  await createExperts(world)
  await createNeeds(world)
}

async function createDivisions({ client, adminKey, scenario }: World): Promise<void> {
  // The code tells the level.
  for (const { level: _level, ...division } of scenario.divisions)
    await client.post(adminKey, '/v1/divisions', division)
}

/** Sponsors come before the groups that they sponsor. */
async function createOrganizations(world: World): Promise<void> {
  const { client, adminKey, scenario } = world
  const inOrder = scenario.organizations.toSorted(
    (left, right) => Number(left.sponsor !== undefined) - Number(right.sponsor !== undefined),
  )
  for (const { ref, sponsor, ...organization } of inOrder) {
    const sponsorId = sponsor === undefined ? {} : { sponsorId: world.id('organization', sponsor) }
    const { body } = await client.post(adminKey, '/v1/organizations', { ...organization, ...sponsorId })
    world.setId('organization', ref, body.id)
  }
  world.hostId = world.id('organization', scenario.host)
}

async function createKeys(world: World): Promise<void> {
  const { scenario, hostId } = world
  for (const role of HOST_SIDE) await issueKey(world, roleKey(role), { roles: [role], hostId, organizationId: hostId })
  await issueKey(world, roleKey('evaluator'), {
    roles: ['evaluator'],
    hostId,
    organizationId: world.id('organization', scenario.evaluator),
  })
  const agencies = new Set(scenario.projects.map((project) => project.organization))
  for (const { ref, type } of scenario.organizations) {
    if (ref === scenario.host || type === 'filed_community_org') continue
    await issueKey(world, ref, {
      roles: [agencies.has(ref) ? 'agency' : 'provider'],
      organizationId: world.id('organization', ref),
    })
  }
}

export async function issueKey(world: World, name: string, standing: Record<string, unknown>): Promise<void> {
  const expiresAt = new Date(Date.now() + KEY_LIFETIME_MS).toISOString()
  const { body } = await world.client.post(world.adminKey, '/v1/api-keys', {
    label: `demo ${name}`,
    expiresAt,
    ...standing,
  })
  world.setKey(name, body.secret)
}

async function createExperts(world: World): Promise<void> {
  for (const { ref, employments = [], conflicts = [], fields = [], code } of world.scenario.experts) {
    const { body } = await world.client.post(world.key('host'), '/v1/experts', {
      code,
      fields,
      employments: employments.map(({ organization, from, to }) => ({
        organizationId: world.id('organization', organization),
        from,
        to: to ?? null,
      })),
      conflictOrganizationIds: conflicts.map((organization) => world.id('organization', organization)),
    })
    world.setId('expert', ref, body.id)
    await issueKey(world, ref, { roles: ['expert'], expertId: body.id })
  }
}

async function createNeeds(world: World): Promise<void> {
  for (const { ref, division, referenceBudget, lotteryPurpose, ...need } of world.scenario.needs) {
    const { body } = await world.client.post(world.key('town'), '/v1/needs', {
      ...need,
      code: ref,
      divisionCode: division,
      lotteryPurpose: lotteryPurpose ?? null,
      referenceBudget: money(referenceBudget),
    })
    world.setId('need', ref, body.id)
  }
}
