import { addMonths, type LegalDate } from '../../../src/kernel/days.ts'
import type { RankingEntry } from '../../../src/modules/reviews/rules/ranking.ts'
import type { RecusalRecord } from '../../../src/modules/reviews/rules/seating.ts'
import { of, type RandomBid, type RandomRound, type RandomSheet } from './round.ts'

/** A fraction that is reckoned with here and nowhere else: [numerator, denominator], never reduced. */
type Exact = readonly [bigint, bigint]

const compare = ([a, b]: Exact, [c, d]: Exact) => (a * d < c * b ? -1 : a * d > c * b ? 1 : 0)
const add = ([a, b]: Exact, [c, d]: Exact): Exact => [a * d + c * b, b * d]
const times = ([a, b]: Exact, [c, d]: Exact): Exact => [a * c, b * d]

/** Points to two decimals, half up: what a page shows, and what must decide nothing. */
export function shown([a, b]: Exact): bigint {
  return (2n * a + b) / (2n * b)
}

/** What is told about a bid by its sheets alone, by hand. */
export interface Reckoned {
  readonly bid: RandomBid
  readonly lot: number
  readonly kept: readonly RandomSheet[]
  readonly total: Exact
  readonly isAbove: boolean
}

const sumOf = (sheet: RandomSheet, criterion?: string) =>
  sheet.items.reduce(
    (sum, item) => sum + (criterion === undefined || item.criterion === criterion ? item.hundredths : 0),
    0,
  )

export function reckon(round: RandomRound, sheetsOf: ReadonlyMap<string, readonly RandomSheet[]>): Reckoned[] {
  const { policy } = round
  const bids = round.bids.filter(({ id }) => sheetsOf.has(id))
  const lotOf = ({ needId }: RandomBid) => round.needs.find(({ id }) => id === needId)?.lot ?? -1
  return bids.map((bid) => {
    const kept = withoutExtremes(sheetsOf.get(bid.id) ?? [], policy.dropExtremesMinSheets)
    const mean: Exact = [BigInt(kept.reduce((sum, one) => sum + sumOf(one), 0)), BigInt(kept.length)]
    const rivals = bids.filter((other) => policy.scope === 'round' || lotOf(other) === lotOf(bid))
    const most = rivals.reduce((high, { votes }) => (votes > high ? votes : high), 0n)
    const vote: Exact = most === 0n ? [0n, 1n] : [10_000n * bid.votes, most]
    const weight = BigInt(policy.panelWeightBasisPoints)
    const total = add(times(mean, [weight, 10_000n]), times(vote, [10_000n - weight, 10_000n]))
    const measured = policy.passLineOn === 'panel' ? mean : total
    return {
      bid,
      lot: lotOf(bid),
      kept,
      total,
      isAbove: compare(measured, [BigInt(policy.passLineHundredths), 1n]) >= 0,
    }
  })
}

/** One highest and one lowest whole sheet; of equals the one signed first. */
function withoutExtremes(sheets: readonly RandomSheet[], from: number | null): readonly RandomSheet[] {
  if (from === null || sheets.length < from) return sheets
  const first = (a: RandomSheet, b: RandomSheet) =>
    a.signedAt.getTime() - b.signedAt.getTime() || a.signingNumber - b.signingNumber
  const highest = of(
    sheets.toSorted((a, b) => sumOf(b) - sumOf(a) || first(a, b)),
    0,
  )
  const rest = sheets.filter((one) => one !== highest)
  const lowest = of(
    rest.toSorted((a, b) => sumOf(a) - sumOf(b) || first(a, b)),
    0,
  )
  return rest.filter((one) => one !== lowest)
}

/** Below 0: the first is better. The steps of the chain one by one, up to the lot. */
function chain(
  steps: readonly string[],
  a: Reckoned,
  b: Reckoned,
): { readonly order: number; readonly step: string | null } {
  const mean = ({ kept }: Reckoned, criterion: string): Exact => [
    BigInt(kept.reduce((sum, one) => sum + sumOf(one, criterion), 0)),
    BigInt(kept.length),
  ]
  for (const step of steps) {
    const order =
      step === 'lower_request'
        ? compare([a.bid.requestedFen, 1n], [b.bid.requestedFen, 1n])
        : step === 'earlier_submission'
          ? a.bid.submittedAt.getTime() - b.bid.submittedAt.getTime()
          : step === 'lot'
            ? 0
            : compare(mean(b, step.replace('_mean', '')), mean(a, step.replace('_mean', '')))
    if (order !== 0) return { order, step }
  }
  return { order: 0, step: null }
}

export interface Ties {
  /** Pairs of one exact total. */
  readonly exact: number
  /** Pairs that look equal on a page and are not. */
  readonly onlyShown: number
}

/** @throws where the ranking is not the one that exact numbers give. */
export function checkRanking(
  round: RandomRound,
  entries: readonly RankingEntry[],
  reckoned: readonly Reckoned[],
): Ties {
  const { policy } = round
  const byId = new Map(reckoned.map((one) => [one.bid.id, one]))
  if (entries.length !== reckoned.length) throw new Error('the ranking has not the bids that were judged')
  const ranked = entries.map(({ bidId }) => byId.get(bidId) as Reckoned)
  let [exact, onlyShown] = [0, 0]
  for (const [index, one] of ranked.entries()) {
    const entry = of(entries, index)
    if (entry.rank !== index + 1) throw new Error(`${entry.bidId} stands at ${index + 1} with the rank ${entry.rank}`)
    if (entry.isAboveLine !== one.isAbove) throw new Error(`${entry.bidId} is on the wrong side of the pass line`)
    const written: Exact = [BigInt(entry.total.numerator), BigInt(entry.total.denominator)]
    if (compare(written, one.total) !== 0) throw new Error(`${entry.bidId} has the total ${written.join('/')}`)
    const rivals = ranked.filter((other) => other !== one && (policy.scope === 'round' || other.lot === one.lot))
    const equals = rivals.filter((other) => compare(other.total, one.total) === 0)
    if ((entry.decidedBy === null) !== (equals.length === 0))
      throw new Error(`${entry.bidId} with ${equals.length} equals was decided by ${entry.decidedBy}`)
    onlyShown += rivals.filter((other) => shown(other.total) === shown(one.total)).length - equals.length
    exact += equals.length
    for (const later of ranked.slice(index + 1)) {
      if (policy.scope === 'need' && later.lot !== one.lot) {
        if (later.lot < one.lot) throw new Error('the lots do not follow the order of the needs')
        continue
      }
      const order = compare(later.total, one.total)
      if (order > 0) throw new Error(`${later.bid.id} has more points than ${entry.bidId} and stands behind it`)
      const told = order === 0 ? chain(policy.tieBreak, one, later) : { order: -1 }
      if (told.order > 0) throw new Error(`the chain puts ${later.bid.id} before ${entry.bidId}`)
    }
  }
  return { exact: exact / 2, onlyShown: onlyShown / 2 }
}

/** Who has to do with a bid: the bidder, its group, the group's sponsor, and with two hops who shares a contact with them. */
export function partiesOf(round: RandomRound, bid: RandomBid): readonly string[] {
  const direct = directPartiesOf(round, bid)
  if (round.policy.hopsMax < 2) return direct
  const beside = round.contacts.flatMap(([one, other]) => [
    ...(direct.includes(one) ? [other] : []),
    ...(direct.includes(other) ? [one] : []),
  ])
  return [...new Set([...direct, ...beside])]
}

export function directPartiesOf({ sponsors }: RandomRound, bid: RandomBid): readonly string[] {
  const { organizationId, sponsoredGroupId } = bid
  const sponsor = sponsoredGroupId === null ? null : (sponsors.get(sponsoredGroupId) ?? null)
  return [organizationId, sponsoredGroupId, sponsor].filter((one) => one !== null)
}

/** May the expert not judge on that day, as a reader of the rules would say? Exactly the look-back ago is long enough. */
export function isConflicted(
  record: RecusalRecord,
  parties: readonly string[],
  on: LegalDate,
  lookbackMonths: number,
): boolean {
  const counts = (to: LegalDate | null) => to === null || to >= on || addMonths(to, lookbackMonths) > on
  return (
    [...record.employments, ...record.relations].some(
      ({ organizationId, to }) => parties.includes(organizationId) && counts(to),
    ) || record.conflictOrganizationIds.some((id) => parties.includes(id))
  )
}
