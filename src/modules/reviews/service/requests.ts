import { hasRole } from '../../../kernel/actor.ts'
import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../../platform/work.ts'
import { bidOf } from '../../bids/index.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { DecideRecusal, ListRecusalRequests, ReadRecusalRequest, RequestRecusal } from '../policy/index.ts'
import { NotOnPanel, PanelMissing } from '../problems/index.ts'
import { asMade, decideRequest, type RecusalRequest } from '../rules/requests.ts'
import { lockPanelOfRound } from '../store/panels.ts'
import {
  decideStoredRequest,
  expertIdOfCode,
  findRequest,
  insertRequest,
  listRequests,
  lockRequest,
} from '../store/requests.ts'
import { isToldAfterNotice, requireReviewing } from './reviewing.ts'
import { recuse } from './seats.ts'

/**
 * An agency asks that an expert step aside from its bid (S53). It names the code that it heard; the answer does not tell
 * whether such an expert judges the bid, for who judges is not public before the notice.
 */
export async function requestRecusal(
  work: Work,
  wanted: { readonly bidId: string; readonly expertCode: string; readonly reason: string },
): Promise<RecusalRequest> {
  const bid = authorize(work, RequestRecusal, await bidOf(work, wanted.bidId))
  const found = await roundOf(work, bid.roundId)
  if (found === undefined) throw new Error(`the bid ${bid.id} has lost its round`)
  const round = requireReviewing(found, 'requestRecusal')
  const at = await work.now(round.hostId)
  const request = await insertRequest(work.sql, {
    ...{ id: newId('rcq'), version: 1, roundId: round.id, hostId: round.hostId, bidId: bid.id },
    ...{ organizationId: bid.organizationId, expertCode: wanted.expertCode, reason: wanted.reason, state: 'open' },
    ...{ decisionReason: null, decidedBy: null, decidedAt: null, createdAt: at },
  })
  await recordRequest(work, 'recusal_request.made', request, at)
  return request
}

/** The host decides with a reason. Granted: the expert's seat for the bid is empty, with all that follows. */
export async function decideRecusal(
  work: Work,
  requestId: string,
  decision: { readonly isGranted: boolean; readonly reason: string },
): Promise<RecusalRequest> {
  const found = authorize(work, DecideRecusal, await findRequest(work.sql, requestId))
  const round = await lockRound(work, found.roundId)
  const request = await lockRequest(work.sql, requestId)
  if (request === undefined) throw new Error(`there is no request ${requestId}`)
  expectVersion(work, request)
  const state = orThrow(decideRequest(request, decision.isGranted))
  if (state === 'granted') {
    const panel = await lockPanelOfRound(work.sql, round.id)
    if (panel === undefined) throw problem(PanelMissing)
    const { bidId, expertCode, reason } = request
    const expertId = await expertIdOfCode(work.sql, request.hostId, expertCode)
    if (expertId === undefined) throw problem(NotOnPanel, { bidId, expertId: expertCode })
    await recuse(work, round, panel, { bidId, expertId, reason: 'on_request', remark: reason })
  }
  const at = await work.now(request.hostId)
  const decided = await decideStoredRequest(work.sql, requestId, {
    state,
    decisionReason: decision.reason,
    decidedBy: work.actor.id,
    decidedAt: at,
  })
  await recordRequest(work, `recusal_request.${state}`, decided, at)
  return decided
}

export async function readRecusalRequest(work: Work, requestId: string): Promise<RecusalRequest> {
  const request = authorize(work, ReadRecusalRequest, await findRequest(work.sql, requestId))
  const [shown] = await shownTo(work, [request])
  return shown as RecusalRequest
}

/** The host's side reads the outcome at once, the agency that asked from the notice of the round on. */
async function shownTo(work: Work, requests: readonly RecusalRequest[]): Promise<RecusalRequest[]> {
  const shown: RecusalRequest[] = []
  for (const request of requests) {
    const round = request.hostId === work.actor.hostId ? undefined : await roundOf(work, request.roundId)
    shown.push(round === undefined || isToldAfterNotice(round) ? request : asMade(request))
  }
  return shown
}

/** The host's side sees all requests to the host, an agency the own ones, as they were made until the notice. */
export async function readRecusalRequests(
  work: Work,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RecusalRequest>> {
  authorize(work, ListRecusalRequests, {})
  const { hostId, organizationId } = work.actor
  if (hostId !== null && hasRole(work.actor, 'host', 'operator', 'auditor'))
    return listRequests(work.sql, { hostId }, limit, after)
  if (organizationId === null) return { items: [], next: null }
  const { items, next } = await listRequests(work.sql, { organizationId }, limit, after)
  return { items: await shownTo(work, items), next }
}

/** Reasons are people's words: they stay out of the chain. */
async function recordRequest(work: Work, type: string, request: RecusalRequest, at: Date): Promise<void> {
  const { id, hostId, bidId, state } = request
  await record(work, { type, subject: id, hostId, at, data: { bidId, state } })
}
