import { hasRole } from '../../../kernel/actor.ts'
import { legalDateOf } from '../../../kernel/days.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { formatPoints, parsePoints } from '../../../kernel/points.ts'
import { problem } from '../../../kernel/problem.ts'
import { brokenConstraint } from '../../../platform/database/database.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { type Bid, bidOf } from '../../bids/index.ts'
import { type Need, needOf } from '../../needs/index.ts'
import { type Project, projectOf } from '../../projects/index.ts'
import { type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { ListAssignedBids, ListScoreSheets, ReadAssignedBid, ReadScoreSheet, SignScoreSheet } from '../policy.ts'
import { ScoreSheetSigned } from '../problems.ts'
import { recusalAtSigning } from '../rules/seating.ts'
import { type CriterionMax, type ScoreSheet, type SheetItem, signSheet } from '../rules/sheets.ts'
import { countSeated, findExperts, findSeat, lockSeat, sharePanel } from '../store/panels.ts'
import {
  type Assignment,
  findSheet,
  hasSheet,
  insertSheet,
  listAssignments,
  listSheets,
  type SheetFilter,
} from '../store/scoring.ts'
import { partiesWithin } from './panels.ts'

export interface NewSheet {
  readonly bidId: string
  readonly items: readonly SheetItem[]
  readonly remark: string | null
}

/** What an expert reads of a bid it is assigned to. */
export interface AssignedBid {
  readonly bid: Bid
  readonly need: Need
  readonly project: Project
  readonly round: Round
}

/**
 * Signs the acting expert's sheet for a bid. Different experts sign at the same time; one expert signs a bid once. The
 * panel is locked against changes of seats meanwhile.
 */
export async function signScoreSheet(work: Work, wanted: NewSheet): Promise<ScoreSheet> {
  const expertId = work.actor.expertId ?? ''
  const known = authorize(work, SignScoreSheet, await ownSeat(work, wanted.bidId))
  const panel = await sharePanel(work.sql, known.panelId)
  const round = panel && (await roundOf(work, panel.roundId))
  const seat = await lockSeat(work.sql, wanted.bidId, expertId)
  if (panel === undefined || round === undefined || seat === undefined)
    throw new Error(`the seat for ${wanted.bidId} has lost its panel`)
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'signScoreSheet' })
  const at = await work.now(panel.hostId)
  const days = { reviewOn: panel.reviewOn, signedOn: legalDateOf(at) }
  const facts = {
    seat,
    ...days,
    conflict: await conflictOf(work, round, { expertId, bidId: wanted.bidId }, days),
    seated: await countSeated(work.sql, wanted.bidId),
    quorum: panel.quorum,
    hasSigned: await hasSheet(work.sql, wanted.bidId, expertId),
  }
  const { items, totalHundredths } = orThrow(signSheet(facts, criteriaOf(round), wanted.items))
  const signed = await insertSheet(work.sql, {
    id: newId('sht'),
    bidId: wanted.bidId,
    expertId,
    panelId: panel.id,
    roundId: panel.roundId,
    hostId: panel.hostId,
    items,
    totalHundredths,
    remark: wanted.remark,
    signedAt: at,
    voidedAt: null,
    createdAt: at,
  }).catch((error: unknown) => {
    if (brokenConstraint(error) === 'score_sheet_bid_expert_key')
      throw problem(ScoreSheetSigned, { bidId: wanted.bidId })
    throw error
  })
  await record(work, {
    type: 'score_sheet.signed',
    subject: signed.id,
    hostId: panel.hostId,
    at,
    data: { bidId: wanted.bidId, expertId, total: formatPoints(totalHundredths) },
  })
  return signed
}

export async function readScoreSheet(work: Work, sheetId: string): Promise<ScoreSheet> {
  return authorize(work, ReadScoreSheet, await findSheet(work.sql, sheetId))
}

/** The host's side sees all sheets of its rounds, an expert the own ones. */
export async function readScoreSheets(
  work: Work,
  filter: Pick<SheetFilter, 'roundId' | 'bidId'>,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ScoreSheet>> {
  authorize(work, ListScoreSheets, {})
  const { hostId, expertId } = work.actor
  if (hostId !== null && hasRole(work.actor, 'host', 'operator', 'auditor'))
    return listSheets(work.sql, { ...filter, hostId }, limit, after)
  return expertId === null ? { items: [], next: null } : listSheets(work.sql, { ...filter, expertId }, limit, after)
}

/** The bids that the acting expert judges or stepped aside from. */
export async function readAssignments(
  work: Work,
  filter: { readonly roundId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Assignment>> {
  authorize(work, ListAssignedBids, {})
  const { expertId } = work.actor
  return expertId === null
    ? { items: [], next: null }
    : listAssignments(work.sql, expertId, filter.roundId, limit, after)
}

/** An assigned bid with its need and project. An expert who stepped aside from a bid does not read it. */
export async function readAssignedBid(work: Work, bidId: string): Promise<AssignedBid> {
  const seat = await ownSeat(work, bidId)
  authorize(work, ReadAssignedBid, seat?.state === 'seated' ? seat : undefined)
  const bid = await bidOf(work, bidId)
  const [need, project, round] = [
    bid && (await needOf(work, bid.needId)),
    bid && (await projectOf(work, bid.projectId)),
    bid && (await roundOf(work, bid.roundId)),
  ]
  if (bid === undefined || need === undefined || project === undefined || round === undefined)
    throw new Error(`the bid ${bidId} has lost its need, project or round`)
  return { bid, need, project, round }
}

/** The criteria that experts score; what follows from the price is nobody's judgement. */
export function judgedCriteria({ policy }: Pick<Round, 'policy'>): Round['policy']['criteria'] {
  return policy.criteria.filter(({ kind }) => kind !== 'price')
}

function criteriaOf(round: Pick<Round, 'policy'>): CriterionMax[] {
  return judgedCriteria(round).map(({ code, max }) => ({ code, maxHundredths: parsePoints(max) }))
}

/** What the expert's record says against judging this bid, on the review day or on the day of signing. */
async function conflictOf(
  work: Work,
  round: Round,
  { expertId, bidId }: { readonly expertId: string; readonly bidId: string },
  days: { readonly reviewOn: string; readonly signedOn: string },
) {
  const [expert] = await findExperts(work.sql, [expertId])
  const bid = await bidOf(work, bidId)
  const [parties] = bid === undefined || expert === undefined ? [] : await partiesWithin(work, round, [bid], [expert])
  if (expert === undefined || parties === undefined) throw new Error(`the seat for ${bidId} has lost its expert or bid`)
  return recusalAtSigning(expert, parties.organizationIds, days, round.policy.panel.recusalLookbackMonths)
}

async function ownSeat(work: Work, bidId: string) {
  const { expertId } = work.actor
  return expertId === null ? undefined : findSeat(work.sql, bidId, expertId)
}
