import { legalDateOf } from '../../../kernel/days.ts'
import { problem } from '../../../kernel/problem.ts'
import type { Work } from '../../../platform/work.ts'
import { barsOfBidder, type Finding } from '../../bids/index.ts'
import { lockProject } from '../../projects/index.ts'
import { requireIndependentSheets } from '../../reviews/index.ts'
import { type Round, roundOf } from '../../rounds/index.ts'
import { AwardProjectWithdrawn, BidderBarred } from '../problems.ts'
import type { Award } from '../rules/award.ts'

type Bidder = Pick<Award, 'id' | 'hostId' | 'roundId' | 'organizationId' | 'sponsoredGroupId'>

/** For agreements too: what keeps the bidder of an award out today, by the rules of its round. */
export async function barsOfAward(work: Work, award: Bidder): Promise<Finding[]> {
  const round = await roundOf(work, award.roundId)
  if (round === undefined) throw new Error(`there is no round ${award.roundId}`)
  return barsIn(work, round, award)
}

/**
 * The bidder was admitted as of the last day for bids; whoever is banned, deregistered, listed or in debt by now gets no
 * money all the same. Refused: `bidder_barred`, with what is against whom.
 */
export async function requireUnbarred(work: Work, awards: readonly Bidder[]): Promise<void> {
  const barred: { readonly id: string; readonly bars: readonly Finding[] }[] = []
  for (const award of awards) {
    const bars = await barsOfAward(work, award)
    if (bars.length > 0) barred.push({ id: award.id, bars })
  }
  if (barred.length === 0) return
  const errors = barred.flatMap(({ id, bars }) =>
    bars.map(({ code, detail }) => ({ pointer: '#', code, detail: `${id}: ${detail}` })),
  )
  throw problem(BidderBarred, { count: barred.length }, errors)
}

/**
 * Asked when awards are announced and confirmed, for a conflict may have come on record since they were proposed.
 * Refused: `score_sheets_in_conflict`.
 */
export async function requireIndependentAwards(
  work: Work,
  round: Round,
  awards: readonly Pick<Award, 'bidId'>[],
): Promise<void> {
  await requireIndependentSheets(
    work,
    round,
    awards.map(({ bidId }) => bidId),
  )
}

/**
 * For notices: who was proposed unseen after the round was decided may have given its project up, as everybody in reserve
 * may. The projects are locked, so that none goes while it is announced. Refused: `award_project_withdrawn`.
 */
export async function requireOnList(work: Work, awards: readonly Pick<Award, 'id' | 'projectId'>[]): Promise<void> {
  const gone: string[] = []
  for (const { id, projectId } of awards.toSorted((a, b) => (a.projectId < b.projectId ? -1 : 1)))
    if ((await lockProject(work, projectId))?.state === 'withdrawn') gone.push(id)
  if (gone.length === 0) return
  const errors = gone.map((id) => ({ pointer: '#/awardIds', code: AwardProjectWithdrawn.code, detail: id }))
  throw problem(AwardProjectWithdrawn, { count: gone.length }, errors)
}

async function barsIn(work: Work, { policy, hostId }: Round, award: Bidder): Promise<Finding[]> {
  return barsOfBidder(work, award, policy.eligibility, legalDateOf(await work.now(hostId)))
}
