import { Refused } from '../client.ts'
import { noteRefusal } from '../refusals.ts'
import { money } from '../setup.ts'
import type { World } from '../world.ts'
import { forEach, type Handlers, itself } from './each.ts'

interface Content {
  readonly grant: string
  readonly matchingCash: string
  readonly matchingInKind?: string | undefined
  readonly budget: Readonly<Record<string, string>>
  readonly attachments: readonly string[]
}

export function budgetLines(budget: Readonly<Record<string, string>>) {
  return Object.entries(budget).map(([category, amount]) => ({ category, amount: money(amount) }))
}

function contentBody({ grant, matchingCash, matchingInKind = '0.00', budget, attachments }: Content) {
  return {
    grant: money(grant),
    matchingCash: money(matchingCash),
    matchingInKind: money(matchingInKind),
    budgetLines: budgetLines(budget),
    attachments: attachments.map((kind) => ({ kind })),
  }
}

function bidOf(world: World, ref: string) {
  const bid = world.scenario.bids.find((candidate) => candidate.ref === ref)
  const project = world.scenario.projects.find((candidate) => candidate.ref === bid?.project)
  if (bid === undefined || project === undefined) throw new Error(`the scenario has no bid ${ref}`)
  return { bid, organization: project.organization }
}

/** What waits for the formal check, as the bidders themselves know: withdrawn bids and drafts do not. */
async function submittedBids(world: World): Promise<string[]> {
  const submitted: string[] = []
  for (const ref of world.refs('bid')) {
    const key = world.key(bidOf(world, ref).organization)
    const { body } = await world.client.get(key, `/v1/bids/${world.id('bid', ref)}`)
    if (body.state === 'submitted') submitted.push(ref)
  }
  return submitted
}

/** The call, the sealed bids, their opening, the formal check. */
export const bidSteps: Handlers<
  | 'publish_round'
  | 'cancel_round'
  | 'submit_bid'
  | 'replace_bid'
  | 'withdraw_bid'
  | 'open_bids'
  | 'check_bids'
  | 'correct_bid'
  | 'close_round'
> = {
  async publish_round(world) {
    const {
      policy = {},
      pools,
      needs = world.scenario.needs.map(({ ref }) => ref),
      timetable,
      ...round
    } = world.scenario.round
    const { opensAt, closesAt, ...cycle } = timetable
    const created = await world.client.post(world.key('host'), '/v1/rounds', {
      procurementMode: 'grant',
      ...round,
      timetable: { opensAt: new Date(opensAt).toISOString(), closesAt: new Date(closesAt).toISOString(), ...cycle },
      pools: pools.map((pool) => ({ ...pool, size: money(pool.size) })),
      needIds: needs.map((need) => world.id('need', need)),
      policy,
    })
    world.roundId = created.body.id
    await world.client.act(world.key('host'), `/v1/rounds/${world.roundId}`, '/publication')
  },
  async cancel_round(world, { reason }) {
    await world.client.act(world.key('host'), `/v1/rounds/${world.roundId}`, '/cancellation', { reason })
  },
  async submit_bid(world, { bid: ref }) {
    const { bid, organization } = bidOf(world, ref)
    const key = world.key(organization)
    const created = await world.client.post(key, '/v1/bids', {
      roundId: world.roundId,
      needId: world.id('need', bid.need),
      projectId: world.id('project', bid.project),
    })
    world.setId('bid', ref, created.body.id)
    await world.client.act(key, `/v1/bids/${created.body.id}`, '/submission', { content: contentBody(bid) })
  },
  async replace_bid(world, { bid: ref, at: _at, do: _do, ...changes }) {
    const { bid, organization } = bidOf(world, ref)
    const key = world.key(organization)
    const path = `/v1/bids/${world.id('bid', ref)}`
    await world.client.act(key, path, '/submission', { content: contentBody({ ...bid, ...changes }) })
  },
  async withdraw_bid(world, { bid: ref }) {
    await world.client.act(world.key(bidOf(world, ref).organization), `/v1/bids/${world.id('bid', ref)}`, '/withdrawal')
  },
  async open_bids(world) {
    const path = `/v1/rounds/${world.roundId}`
    await world.client.act(world.key('host'), path, '/opening')
    // The bids are opened in the background, one by one.
    await world.client.until(world.key('host'), `${path}/opening`, (opening) => opening.state === 'done')
  },
  async check_bids(world, { bids }) {
    await forEach(world, 'check_bids', bids ?? (await submittedBids(world)), itself, async (ref) => {
      const path = `/v1/bids/${world.id('bid', ref)}`
      const checked = await world.client.act(world.key('operator'), path, '/formal-check')
      if (checked.body.state !== 'rejected') return
      // A bid that does not pass is a decision of the service, not a refused request; it is reported the same way.
      const findings = checked.body.formalCheck.findings as { code: string; detail: string }[]
      noteRefusal(
        world,
        'check_bids',
        ref,
        new Refused(0, { code: 'bid_rejected', detail: findings[0]?.detail, errors: findings }),
      )
    })
  },
  async correct_bid(world, { bid: ref, attachments }) {
    await world.client.act(
      world.key(bidOf(world, ref).organization),
      `/v1/bids/${world.id('bid', ref)}`,
      '/correction',
      {
        attachments: (attachments ?? []).map((kind) => ({ kind })),
      },
    )
  },
  async close_round(world) {
    await world.client.act(world.key('host'), `/v1/rounds/${world.roundId}`, '/closure')
  },
}
