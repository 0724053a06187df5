import { type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import {
  LeaveOutInvalid,
  PanelBelowQuorum,
  ScoreSheetsInConflict,
  ScoreSheetsMissing,
  VotesBelowQuorum,
  VotesMissing,
} from '../problems/index.ts'
import { type BidParties, type Panel, type RecusalRecord, recusalAtSigning, type Seat, statedKey } from './seating.ts'
import { reachesQuorum, type VoteTerms } from './session.ts'
import type { ScoreSheet } from './sheets.ts'

/**
 * The bids that can be ranked. Refused while a panel is below its quorum, unless the host leaves that bid out (it then
 * has no result at all, not a mean of fewer), and while a seated expert has not signed. Where the panel votes, nobody waits
 * for the absent, but enough have to have voted.
 */
export function rankableBids(
  bidIds: readonly string[],
  panel: Pick<Panel, 'seats' | 'quorum'>,
  signed: ReadonlySet<string>,
  leaveOut: readonly string[],
  vote: VoteTerms | null = null,
): Decision<string[]> {
  const seatsOf = (bidId: string) => panel.seats.filter((seat) => seat.bidId === bidId && seat.state === 'seated')
  const below = bidIds.filter((bidId) => seatsOf(bidId).length < panel.quorum)
  const wrong = leaveOut.filter((bidId) => !below.includes(bidId))
  if (wrong.length > 0) return refuse(LeaveOutInvalid, { bidIds: wrong.join(', ') })
  const unsettled = below.filter((bidId) => !leaveOut.includes(bidId))
  if (unsettled.length > 0)
    return refuse(
      PanelBelowQuorum,
      { bidIds: unsettled.join(', '), quorum: panel.quorum },
      unsettled.map((bidId) => flaw('#/leaveOut', 'below_quorum', bidId)),
    )
  const rankable = bidIds.filter((bidId) => !below.includes(bidId))
  if (vote !== null) return votedOn(rankable, seatsOf, signed, vote)
  const missing = rankable.flatMap(seatsOf).filter((seat) => !signed.has(statedKey(seat.bidId, seat.expertId)))
  if (missing.length > 0)
    return refuse(
      ScoreSheetsMissing,
      { count: missing.length },
      missing.map((seat) => flaw('#', 'sheet_missing', statedKey(seat.bidId, seat.expertId))),
    )
  return accept(rankable)
}

/**
 * No sheet counts of an expert who may not judge that bid by what the record says now, whatever it said on the day of the
 * signature: a conflict that was found or told since. Names the seats; the way out is a recusal found late.
 */
export function independentSheets(
  sheets: readonly Pick<ScoreSheet, 'bidId' | 'expertId' | 'signedAt'>[],
  bids: readonly BidParties[],
  experts: ReadonlyMap<string, RecusalRecord>,
  { id, reviewOn }: { readonly id: string; readonly reviewOn: LegalDate },
  lookbackMonths: number,
): Decision<true> {
  const parties = new Map(bids.map(({ bidId, organizationIds }) => [bidId, organizationIds]))
  const tied = sheets.flatMap(({ bidId, expertId, signedAt }) => {
    const [record, organizationIds] = [experts.get(expertId), parties.get(bidId)]
    if (record === undefined || organizationIds === undefined) return []
    const days = { reviewOn, signedOn: legalDateOf(signedAt) }
    const reason = recusalAtSigning(record, organizationIds, days, lookbackMonths)
    return reason === null ? [] : [flaw('#', reason, statedKey(bidId, expertId))]
  })
  return tied.length === 0 ? accept(true) : refuse(ScoreSheetsInConflict, { count: tied.length, panelId: id }, tied)
}

function votedOn(
  bidIds: string[],
  seatsOf: (bidId: string) => readonly Seat[],
  signed: ReadonlySet<string>,
  terms: VoteTerms,
): Decision<string[]> {
  const waited = bidIds
    .flatMap(seatsOf)
    .filter(({ bidId, expertId, absence }) => absence === null && !signed.has(statedKey(bidId, expertId)))
  if (waited.length > 0)
    return refuse(
      VotesMissing,
      { count: waited.length },
      waited.map(({ bidId, expertId }) => flaw('#', 'vote_missing', statedKey(bidId, expertId))),
    )
  const below = bidIds.filter((bidId) => {
    const seats = seatsOf(bidId)
    const cast = seats.filter(({ expertId }) => signed.has(statedKey(bidId, expertId))).length
    return !reachesQuorum(cast, seats.length, terms)
  })
  if (below.length === 0) return accept(bidIds)
  const flaws = below.map((bidId) => flaw('#', 'votes_missing', bidId))
  return refuse(VotesBelowQuorum, { bidIds: below.join(', ') }, flaws)
}

function flaw(pointer: string, code: string, detail: string) {
  return { pointer, code, detail }
}
