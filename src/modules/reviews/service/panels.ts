import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, type Work } from '../../../platform/work.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { ChangePanel, ConvenePanel, ListPanels, ReadPanel } from '../policy/index.ts'
import { PanelExists } from '../problems/index.ts'
import { asDrawn, nextAsDrawn } from '../rules/draw.ts'
import { checkMembers, checkPanel, checkReviewDay, type Member, type Panel, seatBid } from '../rules/seating.ts'
import { standingDraw } from '../store/draws.ts'
import { findExperts, findPanel, insertMembers, insertPanel, listPanels, lockPanelOfRound } from '../store/panels.ts'
import { asSeen } from './panelSight.ts'
import { partiesWithin } from './parties.ts'
import { acceptedBids, requireReviewing, requireUnsettled } from './reviewing.ts'
import { candidatesOf, lockPanelFor, recordPanel, reseat } from './seats.ts'

export interface NewPanel {
  readonly roundId: string
  readonly reviewOn: string
  readonly members: readonly string[]
  readonly alternates: readonly string[]
}

/** A panel without its members and seats, as lists show it. */
export type PanelHead = Omit<Panel, 'members' | 'seats'>

/**
 * Convenes the panel of a round whose formal check is finished: for each accepted bid the members are seated but for
 * those who must step aside, and alternates fill the gaps.
 */
export async function convenePanel(work: Work, wanted: NewPanel): Promise<Panel> {
  authorize(work, ConvenePanel, await roundOf(work, wanted.roundId))
  const round = requireReviewing(await lockRound(work, wanted.roundId), 'convenePanel')
  if ((await lockPanelOfRound(work.sql, round.id)) !== undefined) throw problem(PanelExists)
  if (round.openedAt === null) throw new Error(`the round ${round.id} is under review without an opening`)
  orThrow(checkReviewDay(wanted.reviewOn, legalDateOf(round.openedAt), round.cycleEndsOn))
  const bids = await acceptedBids(work, round)
  orThrow(asDrawn(await standingDraw(work.sql, round.id), wanted, round.policy.experts.drawRequired === true))
  const { size, quorum } = round.policy.panel
  const experts = await findExperts(work.sql, [...new Set([...wanted.members, ...wanted.alternates])])
  const known = new Set(experts.filter(({ hostId }) => hostId === round.hostId).map(({ id }) => id))
  const members = orThrow(checkPanel(wanted.members, wanted.alternates, known, size))
  const candidates = await candidatesOf(work, members)
  const panel: Panel = {
    id: newId('pnl'),
    version: 1,
    roundId: round.id,
    hostId: round.hostId,
    reviewOn: wanted.reviewOn,
    ...{ size, quorum, members, rankingWithdrawals: [] },
    seats: (await partiesWithin(work, round, bids, candidates)).flatMap((bid) =>
      seatBid(candidates, bid, wanted.reviewOn, round.policy.panel, new Map()),
    ),
    createdAt: await work.now(round.hostId),
  }
  await insertPanel(work.sql, panel)
  await recordPanel(work, 'panel.convened', panel, panel.seats)
  return panel
}

/** Adds an alternate at the end of the line; it takes the seats that are empty, and no others (process.md 6.4). */
export async function addAlternate(work: Work, panelId: string, expertId: string): Promise<Panel> {
  const { panel, round } = await lockPanelFor(work, panelId, (found) => authorize(work, ChangePanel, found))
  requireReviewing(round, 'addAlternate')
  await requireUnsettled(work, round.id)
  const experts = await findExperts(work.sql, [expertId])
  const known = new Set(experts.filter(({ hostId }) => hostId === panel.hostId).map(({ id }) => id))
  const present = panel.members.map((member) => member.expertId)
  for (const id of present) known.add(id)
  // Everybody counts as an alternate here: the number of regular members was checked when the panel was convened.
  orThrow(checkMembers([], [...present, expertId], known, panel.size))
  orThrow(nextAsDrawn(await standingDraw(work.sql, round.id), present, expertId))
  const added: Member = { expertId, position: panel.members.length + 1, kind: 'alternate' }
  await insertMembers(work.sql, panelId, [added])
  return reseat(work, round, { ...panel, members: [...panel.members, added] }, new Map())
}

export async function readPanel(work: Work, panelId: string): Promise<Panel> {
  return asSeen(work, authorize(work, ReadPanel, await findPanel(work.sql, panelId)))
}

/** The panels of the actor's host. */
export async function readPanels(
  work: Work,
  filter: { readonly roundId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<PanelHead>> {
  authorize(work, ListPanels, {})
  const { hostId } = work.actor
  return hostId === null ? { items: [], next: null } : listPanels(work.sql, { ...filter, hostId }, limit, after)
}
