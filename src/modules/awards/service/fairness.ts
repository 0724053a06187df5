import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Page } from '../../../kernel/page.ts'
import { parsePoints } from '../../../kernel/points.ts'
import { problem } from '../../../kernel/problem.ts'
import { newId } from '../../../platform/ids.ts'
import { withOptimizer } from '../../../platform/optimizer/optimizer.ts'
import { NotFound } from '../../../platform/problems.ts'
import { authorize, record, type Work } from '../../../platform/work.ts'
import {
  contestOf,
  ROBUSTNESS_UNLESS_SAID,
  type Robustness,
  type RobustnessTerms,
  rankingOf,
  robustnessOf,
} from '../../reviews/index.ts'
import { type FundPool, lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { AdviseOnAllocation, ReadFairness } from '../policy.ts'
import { RankingMissing, RoundChangedMeanwhile } from '../problems.ts'
import { type AdviceFacts, adviseAllocation, alongRanking, coverageOf } from '../rules/advice.ts'
import { type AdviceDocument, adviceDocument, type RecordedAdvice } from '../rules/adviceDocument.ts'
import { allocate } from '../rules/allocation.ts'
import { findLatestAdvice, insertAdvice, listAdvice } from '../store/advice.ts'
import { findFixedAmounts } from '../store/rounds.ts'
import { allocationPolicy, bidsWithoutAmount, type Field, poolRules, rankedBids, readField } from './field.ts'
import { type FixedAmount, fixedAmounts, requireAmounts, requireNoAwards } from './proposals.ts'

/** How firmly the ranking of a round and the awards along it stand. */
export type RobustnessOfRound = Robustness & { readonly roundId: string }

/**
 * The robustness of a round's ranking, reckoned when it is asked for; 404 before there is a ranking. The award line is
 * where the walk along the ranking would draw it with the pools as they were before any award.
 */
export async function readRobustness(work: Work, roundId: string): Promise<RobustnessOfRound> {
  const round = authorize(work, ReadFairness, await roundOf(work, roundId))
  const ranking = await rankingOf(work, roundId)
  if (ranking === undefined) throw problem(NotFound)
  const field = await readField(work, round)
  const fixed = await findFixedAmounts(work.sql, roundId)
  const pools = field.pools.map((pool) => ({ ...pool, allocatedFen: 0n }))
  const [policy, rules] = [allocationPolicy(round), poolRules(field)]
  const bids = new Map(rankedBids(field, ranking, fixed).map((bid) => [bid.bidId, bid]))
  const report = robustnessOf(
    await contestOf(work, round, ranking),
    (entries) => {
      const ranked = entries.flatMap(({ bidId, isAboveLine }) => {
        const bid = bids.get(bidId)
        return bid === undefined ? [] : [{ ...bid, isAboveLine }]
      })
      return new Set(allocate(ranked, [], pools, policy, rules).proposals.map(({ bidId }) => bidId))
    },
    thresholdsOf(round),
  )
  return { ...report, roundId }
}

/** What is asked of an advice. */
export interface AdviceWish {
  /** What the host means to fix. */
  readonly amounts: readonly FixedAmount[]
  readonly withPrices: boolean
}

/** An advice that is not on record yet, with the digest of the facts that it rests on. */
export interface PreparedAdvice {
  readonly document: AdviceDocument
  readonly factsDigest: string
}

/**
 * Searches the awards that would cover the greatest weight of needs with the amounts as they are or as the host means to
 * fix them. Holds no lock and no transaction: it may take seconds.
 */
export async function prepareAdvice(work: Work, roundId: string, wish: AdviceWish): Promise<PreparedAdvice> {
  const round = authorize(work, AdviseOnAllocation, await roundOf(work, roundId))
  const { facts, digest: factsDigest } = await adviceFacts(work, round, wish)
  const advice = await withOptimizer((solve) => adviseAllocation(facts, solve, wish))
  const whole = coverageOf(facts, facts.needs.map(asCovered))
  return { document: adviceDocument(advice, alongRanking(facts).coverage, whole), factsDigest }
}

/**
 * Puts a prepared advice on record, unless the round has changed since. Before the awards are proposed; they are compared
 * to the latest advice.
 */
export async function adviseOnAllocation(
  work: Work,
  roundId: string,
  wish: AdviceWish,
  { document, factsDigest }: PreparedAdvice,
): Promise<RecordedAdvice> {
  authorize(work, AdviseOnAllocation, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  const { digest } = await adviceFacts(work, round, wish)
  if (digest !== factsDigest) throw problem(RoundChangedMeanwhile)
  const computedAt = await work.now(round.hostId)
  const recorded = await insertAdvice(work.sql, {
    id: newId('adv'),
    roundId,
    hostId: round.hostId,
    number: ((await findLatestAdvice(work.sql, roundId))?.number ?? 0) + 1,
    digest: hash('sha256', canonicalize(document) ?? '', 'hex'),
    document,
    computedAt,
  })
  await record(work, {
    type: 'round.allocation_advised',
    subject: roundId,
    hostId: round.hostId,
    at: computedAt,
    data: { adviceId: recorded.id, number: recorded.number, digest: recorded.digest },
  })
  return recorded
}

/** What an advice rests on. Refused: a round that is not under review, awards, no ranking, amounts that cannot be. */
async function adviceFacts(work: Work, round: Round, { amounts }: AdviceWish) {
  await requireNoAwards(work, round.id)
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'adviseOnAllocation' })
  const ranking = await rankingOf(work, round.id)
  if (ranking === undefined) throw problem(RankingMissing)
  const field = await readField(work, round)
  const fixed = fixedAmounts(field, ranking, amounts)
  requireAmounts(bidsWithoutAmount(field, ranking, fixed))
  const facts: AdviceFacts<FundPool> = {
    bids: rankedBids(field, ranking, fixed),
    needs: needWeights(field),
    pools: field.pools,
    hasMatches: round.policy.poolMatches.length > 0,
    policy: allocationPolicy(round),
    rules: poolRules(field),
  }
  return { facts, digest: digestOf([facts, [...field.needs.values()]]) }
}

/** Of what JSON can say of it: functions are left out, whole numbers of any size are texts. */
function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part))
  return hash('sha256', text, 'hex')
}

export async function readAdvice(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RecordedAdvice>> {
  authorize(work, ReadFairness, await roundOf(work, roundId))
  return listAdvice(work.sql, roundId, limit, after)
}

function needWeights({ round, needs }: Field) {
  const isEqual = (round.policy.allocation?.needWeight ?? 'equal') === 'equal'
  return round.needIds.map((id) => ({ id, weight: isEqual ? 1 : Math.max(1, needs.get(id)?.beneficiaryCount ?? 1) }))
}

function asCovered({ id }: { readonly id: string }) {
  return { needId: id }
}

function thresholdsOf({ policy: { robustness } }: Round): RobustnessTerms {
  if (robustness === undefined) return ROBUSTNESS_UNLESS_SAID
  const { changeMin, leaveOneOutCrossingsMax, severityMax } = robustness
  return {
    changeMinHundredths: changeMin === null ? null : parsePoints(changeMin),
    leaveOneOutCrossingsMax,
    severityMaxHundredths: severityMax === null ? null : parsePoints(severityMax),
  }
}
