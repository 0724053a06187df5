import { orThrow } from '../../../kernel/decision.ts'
import type { Page } from '../../../kernel/page.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { bidsOfRound } from '../../bids/index.ts'
import { lockRound, roundOf } from '../../rounds/index.ts'
import { ListSessions, OpenSession } from '../policy/index.ts'
import { PanelMissing, SessionNotHeld } from '../problems/index.ts'
import { callBids, type ReviewItem, type ReviewSession } from '../rules/session.ts'
import { levelReviewsOfRound } from '../store/levels.ts'
import { lockPanelOfRound } from '../store/panels.ts'
import { countSessions, insertSession, itemsOfRound, listSessions } from '../store/sessions.ts'
import { requireReviewing } from './reviewing.ts'

export type SessionWithItems = ReviewSession & { readonly items: readonly ReviewItem[] }

/** Opens a session and calls bids to it, in the order in which they are heard. A bid is called once. */
export async function openSession(
  work: Work,
  roundId: string,
  wanted: Pick<ReviewSession, 'heldOn' | 'place'> & { readonly bidIds: readonly string[] | null },
): Promise<SessionWithItems> {
  authorize(work, OpenSession, await roundOf(work, roundId))
  const round = requireReviewing(await lockRound(work, roundId), 'openSession')
  if (round.policy.review.session === 'none') throw problem(SessionNotHeld)
  if ((await lockPanelOfRound(work.sql, roundId)) === undefined) throw problem(PanelMissing)
  const judged = await bidsOfRound(work, roundId, ['accepted', 'scored'])
  const called = new Set((await itemsOfRound(work.sql, roundId)).map(({ bidId }) => bidId))
  const bidIds = orThrow(
    callBids(
      wanted.bidIds,
      judged.map(({ id }) => id),
      called,
      round.policy.review.levels.length === 0 ? null : await forwardedBids(work, roundId),
    ),
  )
  const { heldOn, place } = wanted
  const createdAt = await work.now(round.hostId)
  const number = (await countSessions(work.sql, roundId)) + 1
  const session = { id: newId('rvs'), roundId, hostId: round.hostId, number, heldOn, place, createdAt }
  const organizations = new Map(judged.map(({ id, organizationId }) => [id, organizationId]))
  const items = bidIds.map((bidId, index): ReviewItem => {
    const organizationId = organizations.get(bidId)
    if (organizationId === undefined) throw new Error(`the bid ${bidId} was called without being judged`)
    return {
      ...{ bidId, version: 1, sessionId: session.id, roundId, hostId: round.hostId, organizationId },
      ...{ position: index + 1, state: 'called', bidderPresent: null, statement: null, statedAt: null },
    }
  })
  await insertSession(work.sql, session, items)
  await record(work, {
    type: 'review_session.opened',
    subject: session.id,
    hostId: round.hostId,
    at: createdAt,
    data: { roundId, number, bidIds },
  })
  return { ...session, items }
}

async function forwardedBids(work: Work, roundId: string): Promise<ReadonlySet<string>> {
  const reviews = await levelReviewsOfRound(work.sql, roundId)
  return new Set(reviews.flatMap(({ bidId, state }) => (state === 'forwarded' ? [bidId] : [])))
}

/** Newest first, each with its bids in the order in which they are heard. */
export async function readSessions(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<SessionWithItems>> {
  authorize(work, ListSessions, await roundOf(work, roundId))
  const items = Map.groupBy(await itemsOfRound(work.sql, roundId), ({ sessionId }) => sessionId)
  const page = await listSessions(work.sql, roundId, limit, after)
  return { ...page, items: page.items.map((session) => ({ ...session, items: items.get(session.id) ?? [] })) }
}
