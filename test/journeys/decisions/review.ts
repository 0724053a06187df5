import { legalDateOf } from '../../../src/kernel/days.ts'
import { orThrow } from '../../../src/kernel/decision.ts'
import { conflictsOf, linksOfExpert } from '../../../src/modules/reviews/rules/conflicts.ts'
import { rankableBids } from '../../../src/modules/reviews/rules/rankable.ts'
import {
  type Contender,
  type Lot,
  type RankingEntry,
  type RankingTerms,
  rankBids,
  tiesForLot,
} from '../../../src/modules/reviews/rules/ranking.ts'
import {
  type Candidate,
  type RecusalRecord,
  recusalAtSigning,
  type Seat,
  type StatedRecusal,
  seatBid,
  statedKey,
} from '../../../src/modules/reviews/rules/seating.ts'
import { type SheetTerms, type SigningFacts, signSheet } from '../../../src/modules/reviews/rules/sheets.ts'
import { checkRanking, directPartiesOf, isConflicted, partiesOf, reckon, type Ties } from './exact.ts'
import { CRITERIA, type RandomExpert, type RandomRound, type RandomSheet, REVIEW_ON } from './round.ts'

export interface Review {
  readonly entries: readonly RankingEntry[]
  readonly withoutResult: readonly string[]
  /** What happened, to be counted. */
  readonly seen: { recusals: number; foundAtSigning: number; voided: number; lots: number; dropped: number } & Ties
}

/** Seats, sheets, recusals, ranking: composed as the services compose them, and checked against exact.ts. */
export function review(round: RandomRound): Review {
  const { policy } = round
  const stated = new Map<string, StatedRecusal>()
  const signed = new Map<string, RandomSheet>()
  const seen = { recusals: 0, foundAtSigning: 0, voided: 0, lots: 0, dropped: 0 }
  let seats = seatAll(round, knownFirst, stated)
  seen.recusals = seats.filter(({ state }) => state === 'recused').length
  for (const { bidId, expertId } of signing(round, seats, signed)) {
    seen.foundAtSigning += 1
    stated.set(statedKey(bidId, expertId), { reason: 'found_late', remark: 'found at signing' })
  }
  for (const { bidId, expertId } of round.lateRecusals)
    if (seats.some((seat) => seat.bidId === bidId && seat.expertId === expertId && seat.state === 'seated'))
      stated.set(statedKey(bidId, expertId), { reason: 'found_late', remark: 'found after signing' })
  // Whoever steps in may turn out to be tied as well, so seating and signing take turns until nobody is.
  for (let isChanged = stated.size > 0; isChanged; ) {
    seats = seatAll(round, knownNow, stated)
    for (const { bidId, expertId, state } of seats)
      if (state === 'recused' && signed.delete(statedKey(bidId, expertId))) seen.voided += 1
    const found = signing(round, seats, signed)
    for (const { bidId, expertId } of found)
      stated.set(statedKey(bidId, expertId), { reason: 'found_late', remark: 'found at signing' })
    isChanged = found.length > 0
  }
  requireNoConflict(round, signed, stated)
  const below = round.bids
    .map(({ id }) => id)
    .filter((id) => seats.filter((seat) => seat.bidId === id && seat.state === 'seated').length < policy.quorum)
  const bidIds = round.bids.map(({ id }) => id)
  const panel = { seats, quorum: policy.quorum }
  if (below.length > 0 && rankableBids(bidIds, panel, new Set(signed.keys()), []).accepted)
    throw new Error('a bid below the quorum was ranked')
  const rankable = orThrow(rankableBids(bidIds, panel, new Set(signed.keys()), below))
  const sheetsOf = new Map(rankable.map((id) => [id, round.sheets.filter((one) => isKept(one, id, signed))]))
  const { entries, lots } = rankWithLots(contendersOf(round, sheetsOf), rankingTerms(round))
  const ties = checkRanking(round, entries, reckon(round, sheetsOf))
  const dropped = entries.filter(({ droppedExpertIds }) => droppedExpertIds.length > 0).length
  return { entries, withoutResult: below.toSorted(), seen: { ...seen, ...ties, lots, dropped } }
}

const knownFirst = ({ employments, relations, conflictOrganizationIds }: RandomExpert): RecusalRecord => ({
  employments,
  relations,
  conflictOrganizationIds,
})
const knownNow = (expert: RandomExpert): RecusalRecord => ({
  ...knownFirst(expert),
  employments: [...expert.employments, ...expert.foundLater],
})

function seatAll(
  round: RandomRound,
  known: (expert: RandomExpert) => RecusalRecord,
  stated: ReadonlyMap<string, StatedRecusal>,
): Seat[] {
  const { policy, members } = round
  const candidates = round.experts.map((expert): Candidate => {
    const position = members.indexOf(expert.id) + 1
    return { ...known(expert), expertId: expert.id, position, kind: position <= policy.size ? 'regular' : 'alternate' }
  })
  const seats = round.bids.flatMap((bid) =>
    seatBid(candidates, { bidId: bid.id, organizationIds: partiesOf(round, bid) }, REVIEW_ON, policy, stated),
  )
  for (const seat of seats)
    if (!stated.has(statedKey(seat.bidId, seat.expertId))) requireGraphAgrees(round, seat, known)
  return seats
}

/** The graph behind the draw says of a seat what seating says. */
function requireGraphAgrees(round: RandomRound, seat: Seat, known: (expert: RandomExpert) => RecusalRecord): void {
  const expert = round.experts.find(({ id }) => id === seat.expertId) as RandomExpert
  const bid = round.bids.find(({ id }) => id === seat.bidId)
  if (bid === undefined) throw new Error(`a seat for ${seat.bidId}`)
  const { hopsMax, recusalLookbackMonths } = round.policy
  const links = [
    ...linksOfExpert(expert.id, known(expert)),
    ...round.contacts.map(([one, other]) => ({ one, other, kind: 'address', until: null })),
  ]
  const direct = directPartiesOf(round, bid)
  const terms = { on: REVIEW_ON, lookbackMonths: recusalLookbackMonths, hopsMax }
  const isTied = conflictsOf(expert.id, direct, links, terms).length > 0
  if (isTied !== (seat.state === 'recused'))
    throw new Error(`${expert.id} is ${seat.state} for ${seat.bidId}, and the graph says ${isTied}`)
}

/** Points by the criteria, without an amount. */
const TERMS: SheetTerms = { method: 'scores', criteria: CRITERIA, asksAmount: false, requestedFen: 0n }

/** Everybody tries to sign what is not signed yet. Returns whom the record forbids it although the seat is theirs. */
function signing(round: RandomRound, seats: readonly Seat[], signed: Map<string, RandomSheet>): Seat[] {
  const found: Seat[] = []
  const { quorum, recusalLookbackMonths } = round.policy
  for (const sheet of round.sheets) {
    const seat = seats.find(({ bidId, expertId }) => bidId === sheet.bidId && expertId === sheet.expertId)
    const expert = round.experts.find(({ id }) => id === sheet.expertId)
    const bid = round.bids.find(({ id }) => id === sheet.bidId)
    if (seat === undefined || expert === undefined || bid === undefined) continue
    const days = { reviewOn: REVIEW_ON, signedOn: legalDateOf(sheet.signedAt) }
    const key = statedKey(seat.bidId, seat.expertId)
    const facts = {
      seat,
      ...days,
      conflict: recusalAtSigning(knownNow(expert), partiesOf(round, bid), days, recusalLookbackMonths),
      seated: seats.filter(({ bidId, state }) => bidId === seat.bidId && state === 'seated').length,
      quorum,
      hasSigned: signed.has(key),
      hearing: null,
      level: null,
    } as SigningFacts
    const decision = signSheet(facts, TERMS, { items: sheet.items, vote: null, recommendedFen: null, remark: null })
    if (decision.accepted) {
      if (facts.hasSigned || seat.state === 'recused') throw new Error(`${key} was signed against the rules`)
      signed.set(key, sheet)
    } else if (decision.refusal.problem.code === 'expert_recused' && seat.state === 'seated') found.push(seat)
  }
  return found
}

function requireNoConflict(
  round: RandomRound,
  signed: ReadonlyMap<string, RandomSheet>,
  stated: ReadonlyMap<string, StatedRecusal>,
): void {
  for (const [key, { bidId, expertId }] of signed) {
    const expert = round.experts.find(({ id }) => id === expertId) as RandomExpert
    const bid = round.bids.find(({ id }) => id === bidId)
    const parties = bid === undefined ? [] : partiesOf(round, bid)
    if (stated.has(key) || isConflicted(knownNow(expert), parties, REVIEW_ON, round.policy.recusalLookbackMonths))
      throw new Error(`the sheet of ${key} counts although the expert is conflicted`)
  }
}

function isKept(sheet: RandomSheet, bidId: string, signed: ReadonlyMap<string, RandomSheet>): boolean {
  return sheet.bidId === bidId && signed.has(statedKey(bidId, sheet.expertId))
}

function contendersOf(round: RandomRound, sheetsOf: ReadonlyMap<string, readonly RandomSheet[]>): Contender[] {
  return round.bids.flatMap((bid): Contender[] => {
    const sheets = sheetsOf.get(bid.id)
    if (sheets === undefined) return []
    return [
      {
        bidId: bid.id,
        lot: round.needs.find(({ id }) => id === bid.needId)?.lot ?? -1,
        requestedFen: bid.requestedFen,
        submittedAt: bid.submittedAt,
        results: { votes: bid.votes },
        sheets: sheets.map((sheet) => ({
          ...sheet,
          totalHundredths: sheet.items.reduce((sum, { hundredths }) => sum + hundredths, 0),
        })),
      },
    ]
  })
}

function rankingTerms({ policy }: RandomRound): RankingTerms {
  const { panelWeightBasisPoints, dropExtremesMinSheets, passLineHundredths, tieBreak, scope, passLineOn } = policy
  const vote = {
    code: 'votes',
    normalization: 'share_of_highest' as const,
    maxHundredths: 10_000,
    weightBasisPoints: 10_000 - panelWeightBasisPoints,
  }
  const sources = panelWeightBasisPoints < 10_000 ? [vote] : []
  return {
    dropExtremesMinSheets,
    outlierGapHundredths: null,
    passLineHundredths,
    tieBreak,
    scoring: { scope, panelWeightBasisPoints, sources, prices: [], passLineOn },
  }
}

/** Draws the lots that are asked for; whom the lot favours depends on the bids alone, as it would on a real day. */
function rankWithLots(contenders: readonly Contender[], terms: RankingTerms) {
  const lots: Lot[] = []
  for (const bidIds of tiesForLot(contenders, terms, lots)) {
    if (rankBids(contenders, terms, lots).accepted) throw new Error('a tie was ranked without its lot')
    lots.push({ bidIds: bidIds.toSorted((a, b) => favour(a) - favour(b)) })
  }
  return { entries: orThrow(rankBids(contenders, terms, lots)), lots: lots.length }
}

function favour(bidId: string): number {
  return (Number(bidId.slice(1)) * 5) % 7
}
