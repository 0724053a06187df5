import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { type Bid, bidsOfRound, lockBid } from '../../bids/index.ts'
import { organizationOf, sharedContactsAmong } from '../../organizations/index.ts'
import { lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { ChangePanel, ConvenePanel, ListPanels, ReadPanel, StateRecusal } from '../policy/index.ts'
import { FormalCheckUnfinished, NotOnPanel, PanelExists, RecusalTooLate } from '../problems/index.ts'
import { asDrawn, nextAsDrawn } from '../rules/draw.ts'
import {
  type BidParties,
  type Candidate,
  checkMembers,
  checkPanel,
  checkReviewDay,
  type Member,
  type Panel,
  type RecusalRecord,
  relatedOrganizationIds,
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
  insertPanel,
  listPanels,
  lockPanel,
  lockPanelOfRound,
  saveSeats,
  touchPanel,
} from '../store/panels.ts'
import { deleteRanking } from '../store/scoring.ts'
import { voidSheet } from '../store/sheets.ts'
import { asSeen } from './panelSight.ts'

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
  const { size, quorum } = round.policy.panel
  const experts = await findExperts(work.sql, [...new Set([...wanted.members, ...wanted.alternates])])
  const known = new Set(experts.filter(({ hostId }) => hostId === round.hostId).map(({ id }) => id))
  const members = orThrow(checkPanel(wanted.members, wanted.alternates, known, size))
  const candidates = await candidatesOf(work, members)
  orThrow(asDrawn(await standingDraw(work.sql, round.id), wanted))
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

/** Seats everybody anew after a member came or stepped aside. Members only join at the end, so nobody loses a seat to another. */
async function reseat(work: Work, round: Round, panel: Panel, stated: StatedRecusals): Promise<Panel> {
  const candidates = await candidatesOf(work, panel.members)
  const all = new Map(stated)
  for (const { bidId, expertId, reason, remark } of panel.seats) {
    if (remark === null || reason === null || reason === 'employment' || reason === 'declared_conflict') continue
    all.set(statedKey(bidId, expertId), { reason, remark })
  }
  const seatedBids = new Set(panel.seats.map(({ bidId }) => bidId))
  // A bid that was accepted by a formal check made again has no seats yet.
  const bids = (await bidsOfRound(work, round.id)).filter(({ id, state }) => seatedBids.has(id) || state === 'accepted')
  const seats = (await partiesWithin(work, round, bids, candidates)).flatMap((bid) =>
    seatBid(candidates, bid, panel.reviewOn, round.policy.panel, all),
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

function changedSeats(before: readonly Seat[], after: readonly Seat[]): Seat[] {
  const known = new Map(before.map((seat) => [statedKey(seat.bidId, seat.expertId), seat.state]))
  return after.filter((seat) => known.get(statedKey(seat.bidId, seat.expertId)) !== seat.state)
}

export function requireReviewing(round: Round, command: string): Round {
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command })
  return round
}

/** The bids to judge. Refused while one waits for its formal check or correction: it would be left without a panel. */
export async function acceptedBids(work: Work, round: Round): Promise<Bid[]> {
  const bids = await bidsOfRound(work, round.id)
  const waiting = bids.filter(({ state }) => state === 'submitted' || state === 'returned_for_correction')
  if (waiting.length > 0)
    throw problem(
      FormalCheckUnfinished,
      { count: waiting.length },
      waiting.map(({ id, state }) => ({ pointer: '#/roundId', code: state, detail: id })),
    )
  return bids.filter(({ state }) => state === 'accepted')
}

async function candidatesOf(work: Work, members: readonly Member[]): Promise<Candidate[]> {
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

/**
 * The parties of each bid as far as the policy looks: with two hops also the organizations that share a representative,
 * address, phone or account with a party, among those that the experts have to do with.
 */
export async function partiesWithin(
  work: Work,
  { policy }: Pick<Round, 'policy'>,
  bids: readonly Bid[],
  experts: readonly RecusalRecord[],
): Promise<BidParties[]> {
  const parties = await partiesOf(work, bids)
  if (policy.experts.conflictHopsMax < 2) return parties
  const related = experts.flatMap(relatedOrganizationIds)
  const known = new Set([...parties.flatMap(({ organizationIds }) => organizationIds), ...related])
  const shared = await sharedContactsAmong(work, [...known])
  return parties.map(({ bidId, organizationIds }) => {
    const beside = shared.flatMap(({ organizationId, otherId }) => [
      ...(organizationIds.includes(organizationId) ? [otherId] : []),
      ...(organizationIds.includes(otherId) ? [organizationId] : []),
    ])
    return { bidId, organizationIds: [...new Set([...organizationIds, ...beside])] }
  })
}

/** The bidder, the filed group it bids for, and that group's sponsor. */
export async function partiesOf(work: Work, bids: readonly Bid[]): Promise<BidParties[]> {
  const sponsors = new Map<string, string | null>()
  for (const { sponsoredGroupId } of bids) {
    if (sponsoredGroupId === null || sponsors.has(sponsoredGroupId)) continue
    sponsors.set(sponsoredGroupId, (await organizationOf(work, sponsoredGroupId))?.sponsorId ?? null)
  }
  return bids.map(({ id, organizationId, sponsoredGroupId }) => ({
    bidId: id,
    organizationIds: [organizationId, sponsoredGroupId, sponsors.get(sponsoredGroupId ?? '') ?? null].filter(
      (one) => one !== null,
    ),
  }))
}

async function recordPanel(work: Work, type: string, panel: Panel, seats: readonly Seat[]): Promise<void> {
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
