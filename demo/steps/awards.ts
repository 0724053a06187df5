import { legalDateOf } from '../../src/kernel/days.ts'
import { money } from '../setup.ts'
import { impossible, type World } from '../world.ts'
import { budgetLines } from './bids.ts'
import { forEach, type Handlers } from './each.ts'

function agencyOf(world: World, bidRef: string): string {
  const bid = world.scenario.bids.find(({ ref }) => ref === bidRef)
  const project = world.scenario.projects.find(({ ref }) => ref === bid?.project)
  if (project === undefined) throw new Error(`the scenario has no project for ${bidRef}`)
  return world.key(project.organization)
}

/** Learns the awards that exist by now, so that later steps can speak of them by their bid. */
async function learnAwards(world: World): Promise<void> {
  for (const award of await world.client.all(world.key('host'), `/v1/awards?roundId=${world.roundId}`)) {
    world.setId('award', world.ref('bid', award.bidId), award.id)
  }
}

/** Review, award, notice, objection, confirmation. */
export const awardSteps: Handlers<
  | 'convene_panel'
  | 'sign_sheets'
  | 'rank_bids'
  | 'draw_lot'
  | 'propose_awards'
  | 'revise_budget'
  | 'decline_award'
  | 'publish_notice'
  | 'file_objection'
  | 'accept_objection'
  | 'decide_objection'
  | 'hold_meeting'
> = {
  async convene_panel(world, { reviewOn, members, alternates = [] }) {
    const { body } = await world.client.post(world.key('operator'), '/v1/review-panels', {
      roundId: world.roundId,
      reviewOn,
      members: members.map((ref) => world.id('expert', ref)),
      alternates: alternates.map((ref) => world.id('expert', ref)),
    })
    world.panelId = body.id
  },
  async sign_sheets(world, { sheets }) {
    await forEach(
      world,
      'sign_sheets',
      sheets,
      ({ expert, bid }) => `${bid}/${expert}`,
      async ({ expert, bid, items }) => {
        await world.client.post(world.key(expert), '/v1/score-sheets', {
          bidId: world.id('bid', bid),
          items: Object.entries(items).map(([criterion, points]) => ({ criterion, points })),
        })
      },
    )
  },
  async rank_bids(world, { leaveOut = [] }) {
    await world.client.act(world.key('operator'), `/v1/rounds/${world.roundId}`, '/ranking', {
      ...(leaveOut.length === 0 ? {} : { leaveOut: leaveOut.map((ref) => world.id('bid', ref)) }),
    })
  },
  async draw_lot(world, { bids, place, witnesses, at }) {
    await world.client.act(world.key('operator'), `/v1/rounds/${world.roundId}`, '/lot-drawings', {
      bidIds: bids.map((ref) => world.id('bid', ref)),
      place,
      witnesses,
      drawnAt: new Date(at).toISOString(),
    })
  },
  async propose_awards(world, { amounts = {} }) {
    await world.client.act(world.key('host'), `/v1/rounds/${world.roundId}`, '/award-proposals', {
      amounts: Object.entries(amounts).map(([bid, amount]) => ({
        bidId: world.id('bid', bid),
        approved: money(amount),
      })),
    })
    await learnAwards(world)
  },
  async revise_budget(world, { bid, matchingCash, matchingInKind = '0.00', budget }) {
    await world.client.act(agencyOf(world, bid), `/v1/awards/${world.id('award', bid)}`, '/budget', {
      matchingCash: money(matchingCash),
      matchingInKind: money(matchingInKind),
      budgetLines: budgetLines(budget),
    })
  },
  async decline_award(world, { bid, reason }) {
    await world.client.act(agencyOf(world, bid), `/v1/awards/${world.id('award', bid)}`, '/decline', { reason })
    await learnAwards(world)
  },
  async publish_notice(world, { kind }) {
    if (kind === 'award') {
      const { body } = await world.client.post(world.key('host'), '/v1/notices', { roundId: world.roundId, kind })
      world.noticeId = body.id
    } else {
      await world.client.post(world.key('host'), `/v1/rounds/${world.roundId}/result-notices`, {})
    }
  },
  async file_objection(world, { ref, by, bid, grounds, anonymous = false }) {
    if (world.noticeId === null) throw impossible('a notice of awards')
    const { body } = await world.client.post(world.key(by), '/v1/objections', {
      noticeId: world.noticeId,
      awardId: world.id('award', bid),
      grounds,
      anonymous,
    })
    world.setId('objection', ref, body.id)
  },
  async accept_objection(world, { objection }) {
    await world.client.act(world.key('operator'), `/v1/objections/${world.id('objection', objection)}`, '/acceptance')
  },
  async decide_objection(world, { objection, outcome, reasons }) {
    await world.client.act(world.key('host'), `/v1/objections/${world.id('objection', objection)}`, '/decision', {
      outcome,
      reasons,
    })
    await learnAwards(world)
  },
  async hold_meeting(world, { minutes, at }) {
    await world.client.act(world.key('host'), `/v1/rounds/${world.roundId}`, '/decision-meetings', {
      heldOn: legalDateOf(new Date(at)),
      minutes,
    })
  },
}
