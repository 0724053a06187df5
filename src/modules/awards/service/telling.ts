import type { Work } from '../../../platform/work.ts'
import { showChange, tellBidder, tellCancelled } from '../../bids/index.ts'
import type { Round } from '../../rounds/index.ts'
import type { Award } from '../rules/award.ts'

/**
 * A notice tells the bidders whom it names, and with them those whose awards ended untold, such as one that a meeting
 * rejected. The first one shows the outcomes of the whole round.
 */
export async function tellByNotice(work: Work, round: Round, announced: readonly Award[]): Promise<void> {
  for (const { bidId } of announced) await tellBidder(work, bidId)
  await tellCancelled(work, round.id)
  if (round.state === 'reviewing') await showChange(work, round.id)
}
