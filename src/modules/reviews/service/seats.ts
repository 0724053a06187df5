import { problem } from '../../../kernel/problem.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound, lockBid } from '../../bids/index.ts'
import { lockRound, type Round } from '../../rounds/index.ts'
import { ChangePanel, StateRecusal } from '../policy/index.ts'
import { NotOnPanel, RecusalTooLate } from '../problems/index.ts'
import type { DropOut, ExpertDraw } from '../rules/draw.ts'
import {
  type Candidate,
  type Member,
  type Panel,
  type Seat,
  type StatedRecusal,
  type StatedRecusals,
  seatBid,
  statedKey,
} from '../rules/seating.ts'
import { standingDraw } from '../store/draws.ts'
import {
  findExperts,
  findPanel,
  insertMembers,
  lockPanel,
  lockPanelOfRound,
  saveSeats,
  touchPanel,
} from '../store/panels.ts'
import { deleteRanking } from '../store/scoring.ts'
import { voidSheet } from '../store/sheets.ts'
import { asSeen } from './panelSight.ts'
import { partiesWithin } from './parties.ts'
import { requireUnsettled } from './reviewing.ts'

/**
 * An expert steps aside from a bid, by own statement or on request (S53): the seat is empty, a signed sheet counts no
 * more, the next alternate steps in, and a ranking that rests on it is void. Too late once awards are proposed.
 */
export async function stateRecusal(
  work: Work,
  panelId: string,
  wanted: { readonly bidId: string; readonly expertId: string; readonly remark: string },
): Promise<Panel> {
  const { expertId } = wanted
  const { panel, round } = await lockPanelFor(work, panelId, (found) => {
    authorize(work, StateRecusal, found && { ...found, statedFor: expertId })
  })
  return asSeen(work, await recuse(work, round, panel, { ...wanted, reason: 'own_statement' }))
}

/**
 * A recusal that the host found after the panel was convened, such as a tie that nobody declared. What follows is the
 * same: the sheet is void and kept, the quorum is checked again, the ranking has to be made again. Too late once awards
 * are proposed: they are taken back first.
 */
export async function voidSeat(
  work: Work,
  panelId: string,
  wanted: { readonly bidId: string; readonly expertId: string; readonly remark: string },
): Promise<Panel> {
  const { panel, round } = await lockPanelFor(work, panelId, (found) => authorize(work, ChangePanel, found))
  return recuse(work, round, panel, { ...wanted, reason: 'found_late' })
}

/** Takes an expert's seat for a bid, under the locks of round and panel. */
export async function recuse(
  work: Work,
  round: Round,
  panel: Panel,
  { bidId, expertId, ...said }: StatedRecusal & { readonly bidId: string; readonly expertId: string },
): Promise<Panel> {
  const seat = panel.seats.find((one) => one.bidId === bidId && one.expertId === expertId)
  if (seat === undefined) throw problem(NotOnPanel, { bidId, expertId })
  const bid = await lockBid(work, bidId)
  if (bid.state !== 'accepted' && bid.state !== 'scored') throw problem(RecusalTooLate, { bidId, state: bid.state })
  return reseat(work, round, panel, new Map([[statedKey(bidId, expertId), said]]))
}

/**
 * Ends the seats of whoever dropped out of a draw whose panel is convened, and seats whom the draw names instead, unless a
 * conflict that is on record by now forbids it. Refused once awards are proposed.
 */
export async function followDraw(work: Work, round: Round, draw: Pick<ExpertDraw, 'seats'>): Promise<void> {
  const panel = await lockPanelOfRound(work.sql, round.id)
  if (panel === undefined) return
  await requireUnsettled(work, round.id)
  const { members } = panel
  const joining = draw.seats
    .filter(({ candidateId }) => !members.some(({ expertId }) => expertId === candidateId))
    .map(({ candidateId }, index): Member => {
      return { expertId: candidateId, position: members.length + 1 + index, kind: 'alternate' }
    })
  await insertMembers(work.sql, panel.id, joining)
  await reseat(work, round, { ...panel, members: [...members, ...joining] }, new Map())
}

/** Locks the round and then the panel, the order that everybody keeps. */
export async function lockPanelFor(work: Work, panelId: string, ask: (found: Panel | undefined) => void) {
  const found = await findPanel(work.sql, panelId)
  ask(found)
  if (found === undefined) throw new Error(`the panel ${panelId} was let through without being there`)
  const round = await lockRound(work, found.roundId)
  const panel = await lockPanel(work.sql, panelId)
  if (panel === undefined) throw new Error(`there is no panel ${panelId}`)
  expectVersion(work, panel)
  return { panel, round }
}

/**
 * Seats everybody anew after a member came or stepped aside. Whoever has a seat keeps it; an empty one goes to whom the
 * draw names, and then to the others in their order.
 */
export async function reseat(work: Work, round: Round, panel: Panel, stated: StatedRecusals): Promise<Panel> {
  const candidates = await candidatesOf(work, panel.members)
  const draw = await standingDraw(work.sql, round.id)
  const drawn = new Set(draw?.seats.map(({ candidateId }) => candidateId))
  const seatsOf = Map.groupBy(panel.seats, ({ bidId }) => bidId)
  // A bid that was accepted by a formal check made again has no seats yet.
  const bids = (await bidsOfRound(work, round.id)).filter(({ id, state }) => seatsOf.has(id) || state === 'accepted')
  const all = allStated(panel, bids, draw?.dropOuts ?? [], stated)
  const seats = (await partiesWithin(work, round, bids, candidates)).flatMap((bid) =>
    seatBid(candidates, bid, panel.reviewOn, round.policy.panel, all, { seats: seatsOf.get(bid.bidId) ?? [], drawn }),
  )
  const changed = changedSeats(panel.seats, seats)
  await saveSeats(work.sql, panel.id, changed)
  await touchPanel(work.sql, panel.id)
  const at = await work.now(panel.hostId)
  for (const { bidId, expertId, state } of changed) {
    const voided = state === 'recused' ? await voidSheet(work.sql, bidId, expertId, at) : undefined
    if (voided !== undefined)
      await record(work, { type: 'score_sheet.voided', subject: voided.id, hostId: panel.hostId, at, data: { bidId } })
  }
  if (changed.length > 0 && (await deleteRanking(work.sql, round.id)))
    await record(work, { type: 'ranking.voided', subject: round.id, hostId: panel.hostId, at })
  const after = { ...panel, version: panel.version + 1, seats }
  await recordPanel(work, 'panel.changed', after, changed)
  return after
}

/** What keeps experts from bids by their own or others' word: said before, said now, or because they cannot come at all. */
function allStated(
  panel: Panel,
  bids: readonly Pick<Bid, 'id'>[],
  dropOuts: readonly DropOut[],
  stated: StatedRecusals,
): StatedRecusals {
  const all = new Map<string, StatedRecusal>()
  for (const { expertId, reason } of dropOuts)
    for (const { id } of bids) all.set(statedKey(id, expertId), { reason: 'dropped_out', remark: reason })
  for (const { bidId, expertId, reason, remark } of panel.seats) {
    if (remark === null || reason === null || reason === 'employment' || reason === 'declared_conflict') continue
    all.set(statedKey(bidId, expertId), { reason, remark })
  }
  for (const [key, said] of stated) all.set(key, said)
  return all
}

function changedSeats(before: readonly Seat[], after: readonly Seat[]): Seat[] {
  const known = new Map(before.map((seat) => [statedKey(seat.bidId, seat.expertId), seat.state]))
  return after.filter((seat) => known.get(statedKey(seat.bidId, seat.expertId)) !== seat.state)
}

export async function candidatesOf(work: Work, members: readonly Member[]): Promise<Candidate[]> {
  const experts = await findExperts(
    work.sql,
    members.map(({ expertId }) => expertId),
  )
  return members.flatMap((member) => {
    const expert = experts.find(({ id }) => id === member.expertId)
    return expert === undefined
      ? []
      : [
          {
            ...member,
            employments: expert.employments,
            relations: expert.relations,
            conflictOrganizationIds: expert.conflictOrganizationIds,
          },
        ]
  })
}

export async function recordPanel(work: Work, type: string, panel: Panel, seats: readonly Seat[]): Promise<void> {
  await record(work, {
    type,
    subject: panel.id,
    hostId: panel.hostId,
    at: await work.now(panel.hostId),
    data: {
      roundId: panel.roundId,
      seats: seats.map(({ bidId, expertId, state, reason }) => ({ bidId, expertId, state, reason })),
    },
  })
}
