import type { Work } from '../../../platform/work.ts'
import { showChange, tellAllResults, tellBidder, tellCancelled, tellResults } from '../../bids/index.ts'
import type { Round } from '../../rounds/index.ts'
import type { Award } from '../rules/award.ts'

/**
 * A notice tells the bidders whom it names, and with them those whose awards ended untold, such as one that a meeting
 * rejected. The first one shows the outcomes of the whole round; results are told with the last proposal that it waits for.
 */
export async function tellByNotice(work: Work, round: Round, announced: readonly Award[]): Promise<void> {
  for (const { bidId } of announced) await tellBidder(work, bidId)
  await tellResults(
    work,
    round,
    announced.map(({ bidId }) => bidId),
  )
  await tellRest(work, round)
  if (round.state === 'reviewing') await showChange(work, round.id)
}

/** What the notices of a round have left untold: awards that ended, and results once nobody waits for a notice. */
export async function tellRest(work: Work, round: Round): Promise<void> {
  await tellCancelled(work, round.id)
  await tellAllResults(work, round)
}

/** An award ended, and whoever steps in has: was it the last that waited for its notice? */
export async function tellOnceSettled(work: Work, round: Round): Promise<void> {
  if (round.state !== 'reviewing') await tellAllResults(work, round)
}
