import { orThrow } from '../../../kernel/decision.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import type { DueDeadline } from '../../../platform/module.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid, type Bid, bidsOfRound } from '../../bids/index.ts'
import { calendarOf } from '../../calendar/index.ts'
import { setDeadline } from '../../deadlines/index.ts'
import { projectStandingsOf } from '../../projects/index.ts'
import { rankingOf } from '../../reviews/index.ts'
import { lockRound, type Round, roundOf } from '../../rounds/index.ts'
import { ReadReserve } from '../policy.ts'
import { reserveEnd } from '../rules/reserve.ts'
import { findReserveEnd, putReserveEnd } from '../store/rounds.ts'
import { tellRest } from './telling.ts'

/** Deadline from which on no bid in reserve steps in. */
export const RESERVE_EXPIRES = 'round.reserve_expires'

/** The reserve list of a round: who may step in, best first, and until when. */
export interface Reserve {
  readonly roundId: string
  readonly expires: ResolvedDate | null
  readonly isExpired: boolean
  readonly bids: readonly { readonly bidId: string; readonly needId: string; readonly rank: number | null }[]
}

/** A notice of awards ends at `closesAt`: from then on the reserve list lasts as long as the policy says. */
export async function setReserveEnd(work: Work, round: Round, closesAt: Date): Promise<void> {
  const end = orThrow(reserveEnd(round.policy.reserve, await calendarOf(work, round.hostId), closesAt))
  if (end === null) return
  await putReserveEnd(work.sql, round.id, end)
  const { expires: resolved, expiresAt: dueAt } = end
  await setDeadline(work, { kind: RESERVE_EXPIRES, hostId: round.hostId, subject: round.id, dueAt, resolved })
}

/** Time decides, not whether the alarm has rung. */
export async function isReserveOver(work: Work, round: Pick<Round, 'id' | 'hostId'>): Promise<boolean> {
  const end = await findReserveEnd(work.sql, round.id)
  return end !== undefined && (await work.now(round.hostId)) >= end.expiresAt
}

/** The deadline: bids that nobody called for are not funded. A need that loses its award from now on is called again. */
export async function endReserve(work: Work, { subject: roundId, dueAt }: DueDeadline): Promise<void> {
  const round = await lockRound(work, roundId)
  if (!(await isReserveOver(work, round))) return
  const waiting = await bidsOfRound(work, roundId, ['reserve'])
  for (const { id } of waiting) await advanceBid(work, id, 'passOver')
  await tellRest(work, round)
  await record(work, {
    type: 'round.reserve_expired',
    subject: roundId,
    hostId: round.hostId,
    at: dueAt,
    data: { bids: waiting.map(({ id }) => id) },
  })
}

export async function readReserve(work: Work, roundId: string): Promise<Reserve> {
  const round = authorize(work, ReadReserve, await roundOf(work, roundId))
  const end = await findReserveEnd(work.sql, roundId)
  const ranks = new Map((await rankingOf(work, roundId))?.entries.map(({ bidId, rank }) => [bidId, rank]))
  const bids = (await waitingBids(work, roundId))
    .map(({ id, needId }) => ({ bidId: id, needId, rank: ranks.get(id) ?? null }))
    .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity))
  return { roundId, expires: end?.expires ?? null, isExpired: await isReserveOver(work, round), bids }
}

/** Without those whose agency has given the project up meanwhile: they step in no more. */
async function waitingBids(work: Work, roundId: string): Promise<Bid[]> {
  const bids = await bidsOfRound(work, roundId, ['reserve'])
  const standings = await projectStandingsOf(
    work,
    bids.map(({ projectId }) => projectId),
  )
  return bids.filter(({ projectId }) => standings.get(projectId)?.state === 'listed')
}
