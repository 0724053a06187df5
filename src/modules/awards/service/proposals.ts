import { fenOf, formatYuan, type Money } from '../../../kernel/money.ts'
import { type FieldError, problem } from '../../../kernel/problem.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import { advanceBid } from '../../bids/index.ts'
import { type Ranking, rankingOf, requireIndependentSheets } from '../../reviews/index.ts'
import { type FundPool, lockRound, poolsOf, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { ProposeAwards } from '../policy.ts'
import { AdviceReasonMissing, AmountsMissing, ApprovedAmountInvalid, AwardsExist, RankingMissing } from '../problems.ts'
import { type AdviceOutcome, type WrittenDeparture, writtenDepartures } from '../rules/adviceDocument.ts'
import { allocate, isReserve, type PassedOver, type Proposal } from '../rules/allocation.ts'
import { hostMayFix } from '../rules/amounts.ts'
import { type Award, isStanding } from '../rules/award.ts'
import { findLatestAdvice, insertAdviceOutcome } from '../store/advice.ts'
import { findAwardsOfRound } from '../store/awards.ts'
import { replacePassedOver } from '../store/passedOver.ts'
import { insertFixedAmounts } from '../store/rounds.ts'
import {
  allocationPolicy,
  amountFor,
  amountTerms,
  bidsWithoutAmount,
  type Field,
  poolRules,
  rankedBids,
  readField,
  requestedOf,
} from './field.ts'
import { award } from './next.ts'

/** An amount that the host fixes where it differs from what was asked. */
export interface FixedAmount {
  readonly bidId: string
  readonly approved: Money
}

/** What a round's money came to. */
export interface Proposals {
  readonly roundId: string
  readonly awards: readonly Award[]
  readonly passedOver: readonly PassedOver[]
  readonly pools: readonly FundPool[]
  /** Where they depart from the latest advice; empty also where nobody asked for any. */
  readonly departures: readonly WrittenDeparture[]
}

/**
 * Walks the ranking through the pools, once per round unless they are retracted: awards are proposed, whoever reached the line without one is kept
 * in reserve, the rest is not funded. Amounts that the host fixes are kept, for bids that step in later. The round is locked, so of two callers at once one finds the awards of the other.
 */
export async function proposeAwards(
  work: Work,
  roundId: string,
  amounts: readonly FixedAmount[],
  adviceReason: string | null = null,
): Promise<Proposals> {
  authorize(work, ProposeAwards, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  await requireNoAwards(work, roundId)
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'proposeAwards' })
  const ranking = await rankingOf(work, roundId)
  if (ranking === undefined) throw problem(RankingMissing)
  await requireIndependentSheets(
    work,
    round,
    ranking.entries.map(({ bidId }) => bidId),
  )
  const field = await readField(work, round)
  const fixed = fixedAmounts(field, ranking, amounts)
  requireAmounts(bidsWithoutAmount(field, ranking, fixed))
  await insertFixedAmounts(work.sql, roundId, fixed, await work.now(round.hostId))
  // What an agency declined or an objection cancelled before a retraction takes no part any more.
  const isOpen = (bidId: string) => ['accepted', 'scored'].includes(field.bids.get(bidId)?.state ?? '')
  const ranked = rankedBids(field, ranking, fixed).filter(({ bidId }) => isOpen(bidId))
  const { proposals, passedOver } = allocate(ranked, [], field.pools, allocationPolicy(round), poolRules(field))
  const outcome = await outcomeOfAdvice(work, roundId, proposals, adviceReason)
  if (outcome !== null) await insertAdviceOutcome(work.sql, roundId, outcome, await work.now(round.hostId))
  const awards: Award[] = []
  for (const proposal of proposals) awards.push(await award(work, field, proposal))
  await replacePassedOver(work.sql, roundId, passedOver)
  for (const { bidId, reason } of passedOver) await advanceBid(work, bidId, isReserve(reason) ? 'reserve' : 'passOver')
  for (const bidId of ranking.withoutResult.filter(isOpen)) await advanceBid(work, bidId, 'passOver')
  await record(work, {
    type: 'round.awards_proposed',
    subject: roundId,
    hostId: round.hostId,
    at: await work.now(round.hostId),
    data: {
      awards: awards.map(({ id, bidId, approvedFen }) => ({ id, bidId, approved: formatYuan(approvedFen) })),
      passedOver,
      withoutResult: ranking.withoutResult,
      ...(outcome === null ? {} : { advice: { id: outcome.adviceId, departures: outcome.departures } }),
    },
  })
  return { roundId, awards, passedOver, pools: await poolsOf(work, roundId), departures: outcome?.departures ?? [] }
}

/** Awards are proposed once, and again when all of them were retracted; what was declined or cancelled before stays so. */
export async function requireNoAwards(work: Work, roundId: string): Promise<void> {
  const awards = await findAwardsOfRound(work.sql, roundId)
  const wasRetracted = awards.some(({ state }) => state === 'retracted')
  const count = awards.filter((one) => isStanding(one) || !wasRetracted).length
  if (count > 0) throw problem(AwardsExist, { count })
}

/** What the proposals make of the latest advice; null without any. Refused when they depart from it without a reason. */
async function outcomeOfAdvice(
  work: Work,
  roundId: string,
  proposals: readonly Proposal[],
  reason: string | null,
): Promise<AdviceOutcome | null> {
  const advice = await findLatestAdvice(work.sql, roundId)
  if (advice === undefined) return null
  const advised = advice.document.awards.map(({ bidId, amount }) => ({ bidId, amountFen: fenOf(amount) }))
  const departures = writtenDepartures(advised, proposals)
  if (departures.length > 0 && reason === null) throw problem(AdviceReasonMissing, { count: departures.length })
  return { adviceId: advice.id, departures, reason: departures.length > 0 ? reason : null }
}

/** Refused: the method of the policy leaves bids above the line without an amount. */
export function requireAmounts(bidIds: readonly string[]): void {
  if (bidIds.length === 0) return
  const errors = bidIds.map((bidId) => ({ pointer: '#/amounts', code: AmountsMissing.code, detail: bidId }))
  throw problem(AmountsMissing, { count: bidIds.length }, errors)
}

/** The fixed amounts by bid: at most what was asked and what the policy's method gives, at least the floor, each for a ranked bid and once. */
export function fixedAmounts(field: Field, ranking: Ranking, amounts: readonly FixedAmount[]): Map<string, bigint> {
  const terms = amountTerms(field.round)
  const { floorFen } = terms
  const fixed = new Map<string, bigint>()
  const flaws: FieldError[] = []
  for (const [index, { bidId, approved }] of amounts.entries()) {
    const flaw = (code: string, detail: string) => flaws.push({ pointer: `#/amounts/${index}`, code, detail })
    const bid = field.bids.get(bidId)
    const approvedFen = fenOf(approved)
    if (!hostMayFix(terms)) flaw('amount_by_policy', `The policy fixes amounts: ${terms.method}.`)
    if (fixed.has(bidId)) flaw('twice', `${bidId} is listed twice.`)
    const entry = ranking.entries.find((one) => one.bidId === bidId)
    const byMethod = entry === undefined ? null : amountFor(field, entry, new Map())
    if (bid === undefined || entry === undefined) flaw('not_ranked', `${bidId} is not in the ranking.`)
    else if (approvedFen > requestedOf(bid))
      flaw('above_request', `${approved.amount} > ${formatYuan(requestedOf(bid))}`)
    else if (byMethod !== null && approvedFen > byMethod)
      flaw('above_method', `${approved.amount} > ${formatYuan(byMethod)} (${terms.method})`)
    if (approvedFen === 0n) flaw('amount_zero', 'An award of nothing is none: leave the bid out of the amounts.')
    else if (approvedFen < floorFen) flaw('below_floor', `${approved.amount} < ${formatYuan(floorFen)}`)
    fixed.set(bidId, approvedFen)
  }
  if (flaws.length > 0) throw problem(ApprovedAmountInvalid, {}, flaws)
  return fixed
}
