import { legalDateOf } from '../../../kernel/days.ts'
import { parsePoints } from '../../../kernel/points.ts'
import type { Work } from '../../../platform/work.ts'
import { type Bid, bidOf, bidsOfRound } from '../../bids/index.ts'
import { type Round, roundOf } from '../../rounds/index.ts'
import { recusalAtSigning } from '../rules/seating.ts'
import type { SheetTerms, SigningFacts } from '../rules/sheets.ts'
import { levelReviewsOf } from '../store/levels.ts'
import { findExperts, lockSeats, seatedExperts, sharePanel } from '../store/panels.ts'
import { itemsOf } from '../store/sessions.ts'
import { signedBids } from '../store/sheets.ts'
import { judgedCriteria } from './assignments.ts'
import { partiesWithin } from './parties.ts'

/** Above so many bids one statement that reads the whole round is less than one for each. */
const SINGLE_READS_MAX = 3

/** One expert's judging of bids of one panel, under lock: what every signature depends on. */
export interface Judging {
  readonly panelId: string
  readonly round: Round
  readonly at: Date
  readonly bidIds: ReadonlySet<string>
  /** The bids that the expert has signed for. */
  readonly signed: ReadonlySet<string>
  /** What the bids are by now. */
  stateOf(bidId: string): Bid['state']
  factsOf(bidId: string): Omit<SigningFacts, 'hasSigned'>
  termsOf(bidId: string): SheetTerms
}

/**
 * Reads what signatures depend on, for all bids at once. The panel is locked against changes of seats and against the
 * ranking, the expert's seats against another signature.
 */
export async function judgingOf(
  work: Work,
  panelId: string,
  expertId: string,
  bidIds: readonly string[],
): Promise<Judging> {
  const panel = await sharePanel(work.sql, panelId)
  const round = panel && (await roundOf(work, panel.roundId))
  const seats = new Map((await lockSeats(work.sql, expertId, bidIds)).map((seat) => [seat.bidId, seat] as const))
  if (panel === undefined || round === undefined || seats.size < bidIds.length)
    throw new Error(`the seats of ${expertId} have lost their panel ${panelId}`)
  const at = await work.now(panel.hostId)
  const days = { reviewOn: panel.reviewOn, signedOn: legalDateOf(at) }
  const bids = await bidsById(work, round.id, bidIds)
  const conflicts = await conflictsOf(work, round, expertId, [...bids.values()], days)
  const seated = await seatedExperts(work.sql, bidIds)
  const { review } = round.policy
  const stages = new Map((review.session === 'none' ? [] : await itemsOf(work.sql, bidIds)).map(stateByBid))
  const levels = new Map((review.levels.length === 0 ? [] : await levelReviewsOf(work.sql, bidIds)).map(stateByBid))
  const criteria = judgedCriteria(round).map(({ code, max }) => ({ code, maxHundredths: parsePoints(max) }))
  return {
    panelId,
    round,
    at,
    bidIds: new Set(bidIds),
    signed: await signedBids(work.sql, expertId, bidIds),
    stateOf: (bidId) => present(bids.get(bidId), bidId).state,
    factsOf: (bidId) => ({
      seat: present(seats.get(bidId), bidId),
      ...days,
      conflict: conflicts.get(bidId) ?? null,
      seated: seated.get(bidId)?.length ?? 0,
      quorum: panel.quorum,
      hearing: review.session === 'none' ? null : (stages.get(bidId) ?? 'not_called'),
      level: review.levels.length === 0 ? null : (levels.get(bidId) ?? 'not_begun'),
    }),
    termsOf: (bidId) => ({
      method: review.method,
      criteria,
      asksAmount: asksAmount(round),
      requestedFen: present(bids.get(bidId), bidId).requestedFen ?? 0n,
    }),
  }
}

/** Do experts say what they would grant? Only where the amounts come from it. */
function asksAmount({ policy }: Round): boolean {
  return policy.amounts.method === 'panel_median'
}

async function bidsById(work: Work, roundId: string, bidIds: readonly string[]): Promise<ReadonlyMap<string, Bid>> {
  if (bidIds.length > SINGLE_READS_MAX)
    return new Map((await bidsOfRound(work, roundId)).map((bid) => [bid.id, bid] as const))
  const bids = new Map<string, Bid>()
  for (const bidId of bidIds) {
    const bid = await bidOf(work, bidId)
    if (bid !== undefined) bids.set(bidId, bid)
  }
  return bids
}

/** What the expert's record says against judging these bids, on the review day or on the day of signing. */
async function conflictsOf(
  work: Work,
  round: Round,
  expertId: string,
  bids: readonly Bid[],
  days: { readonly reviewOn: string; readonly signedOn: string },
) {
  const [expert] = await findExperts(work.sql, [expertId])
  if (expert === undefined) throw new Error(`there is no expert ${expertId}`)
  const parties = await partiesWithin(work, round, bids, [expert])
  const { recusalLookbackMonths } = round.policy.panel
  return new Map(
    parties.map(
      ({ bidId, organizationIds }) =>
        [bidId, recusalAtSigning(expert, organizationIds, days, recusalLookbackMonths)] as const,
    ),
  )
}

function stateByBid<State>({ bidId, state }: { readonly bidId: string; readonly state: State }) {
  return [bidId, state] as const
}

function present<Thing>(found: Thing | undefined, bidId: string): Thing {
  if (found === undefined) throw new Error(`the seat for ${bidId} has lost its bid`)
  return found
}
