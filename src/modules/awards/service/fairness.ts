import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
import { lockRound, type Round, RoundNotInState, roundOf } from '../../rounds/index.ts'
import { AdviseOnAllocation, ReadFairness } from '../policy.ts'
import { RankingMissing } from '../problems.ts'
import { adviseAllocation, coverageOf } from '../rules/advice.ts'
import { adviceDocument, type RecordedAdvice } from '../rules/adviceDocument.ts'
import { allocate } from '../rules/allocation.ts'
import { findLatestAdvice, insertAdvice, listAdvice } from '../store/advice.ts'
import { findFixedAmounts } from '../store/rounds.ts'
import { allocationPolicy, type Field, poolRules, rankedBids, readField } from './next.ts'
import { type FixedAmount, fixedAmounts, requireNoAwards } from './proposals.ts'

const BEAT_MILLISECONDS = 1_000

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

/**
 * Puts on record which awards would cover the greatest weight of needs with the amounts as they are or as the host means
 * to fix them. Before the awards are proposed; they are compared to the latest advice.
 */
export async function adviseOnAllocation(
  work: Work,
  roundId: string,
  amounts: readonly FixedAmount[],
): Promise<RecordedAdvice> {
  authorize(work, AdviseOnAllocation, await roundOf(work, roundId))
  const round = await lockRound(work, roundId)
  await requireNoAwards(work, roundId)
  if (round.state !== 'reviewing') throw problem(RoundNotInState, { state: round.state, command: 'adviseOnAllocation' })
  const ranking = await rankingOf(work, roundId)
  if (ranking === undefined) throw problem(RankingMissing)
  const field = await readField(work, round)
  const rankedIds = ranking.entries.map(({ bidId }) => bidId)
  const bids = rankedBids(field, ranking, fixedAmounts(field, rankedIds, amounts))
  const facts = {
    bids,
    needs: needWeights(field),
    pools: field.pools,
    hasMatches: round.policy.poolMatches.length > 0,
    policy: allocationPolicy(round),
    rules: poolRules(field),
  }
  const advice = await keepingAlive(
    work,
    round.hostId,
    withOptimizer((solve) => adviseAllocation(facts, solve)),
  )
  const walk = allocate(bids, [], facts.pools, facts.policy, facts.rules).proposals
  const walked = bids.filter(({ bidId }) => walk.some((proposal) => proposal.bidId === bidId))
  const document = adviceDocument(advice, coverageOf(facts, walked), coverageOf(facts, facts.needs.map(asCovered)))
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

export async function readAdvice(
  work: Work,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RecordedAdvice>> {
  authorize(work, ReadFairness, await roundOf(work, roundId))
  return listAdvice(work.sql, roundId, limit, after)
}

/** Asks the database something now and then: it ends a transaction that is idle for five seconds. */
async function keepingAlive<Result>(work: Work, hostId: string, task: Promise<Result>): Promise<Result> {
  const isDone = task.then(() => true)
  while (!(await Promise.race([isDone, setTimeout(BEAT_MILLISECONDS, false)]))) await work.now(hostId)
  return task
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
