import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import { formatPoints } from '../../../kernel/points.ts'
import { type Fraction, formatFraction, fraction, reduced } from '../../../kernel/ratio.ts'
import { commandRoute, listRoute, readRoute } from '../../../platform/http/route.ts'
import type { Comparison, SmallestChange } from '../../reviews/index.ts'
import { RoundNotInState } from '../../rounds/index.ts'
import { AdviseOnAllocation, ReadFairness } from '../policy.ts'
import {
  AmountsMissing,
  ApprovedAmountInvalid,
  AwardsExist,
  RankingMissing,
  RoundChangedMeanwhile,
} from '../problems.ts'
import type { RecordedAdvice } from '../rules/adviceDocument.ts'
import { RoundParams } from '../schemas/awards.ts'
import { AdviceBody, NewAdvice, RobustnessBody } from '../schemas/fairness.ts'
import {
  type AdviceWish,
  adviseOnAllocation,
  prepareAdvice,
  type RobustnessOfRound,
  readAdvice,
  readRobustness,
} from '../service/fairness.ts'

const tag = 'Awards'

export function fairnessRoutes(app: FastifyInstance): void {
  readRoute(app, {
    url: '/rounds/:roundId/robustness',
    operationId: 'readRobustness',
    summary: 'How firmly the ranking of a round stands',
    tag,
    description:
      'What would change without one expert, with extremes treated the other way, and by the smallest change of one criterion on one sheet; how far each expert is from the others. Reckoned from the valid sheets when it is asked for.',
    allow: ReadFairness,
    params: RoundParams,
    answer: RobustnessBody,
    run: (work, { params }) => readRobustness(work, params.roundId),
    present: robustnessBody,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/rounds/:roundId/allocation-advice',
    operationId: 'adviseOnAllocation',
    summary: 'Ask which awards would cover the most needs',
    tag,
    description:
      'After the ranking and before the awards are proposed. The greatest weight of needs within pools, limits and one award per need; what stays unmet and, on request (`prices`), what each constraint costs. It decides nothing: where the proposed awards depart from the latest advice, their `adviceReason` says why.',
    allow: AdviseOnAllocation,
    params: RoundParams,
    body: NewAdvice,
    status: 201,
    answer: AdviceBody,
    problems: [
      RoundNotInState,
      RankingMissing,
      AwardsExist,
      ApprovedAmountInvalid,
      AmountsMissing,
      RoundChangedMeanwhile,
    ],
    location: ({ roundId }) => `/rounds/${roundId}/allocation-advice`,
    prepare: (work, { params, body }) => prepareAdvice(work, params.roundId, wishOf(body)),
    run: (work, { params, body }, prepared) => adviseOnAllocation(work, params.roundId, wishOf(body), prepared),
    present: adviceBody,
  })
  listRoute(app, {
    url: '/rounds/:roundId/allocation-advice',
    operationId: 'listAllocationAdvice',
    summary: 'List the advice on the allocation of a round, newest first',
    tag,
    allow: ReadFairness,
    params: RoundParams,
    item: AdviceBody,
    pageTitle: 'AllocationAdvicePage',
    run: (work, { params, limit, after }) => readAdvice(work, params.roundId, limit, after),
    present: adviceBody,
  })
}

function wishOf({ amounts = [], prices = false }: Static<typeof NewAdvice>): AdviceWish {
  return { amounts, withPrices: prices }
}

function adviceBody({ hostId: _hostId, document, computedAt, ...advice }: RecordedAdvice) {
  return {
    ...advice,
    document: {
      ...document,
      awards: document.awards.map((award) => ({ ...award, sources: [...award.sources] })),
      unmet: [...document.unmet],
      prices: document.prices === null ? null : [...document.prices],
    },
    computedAt: computedAt.toISOString(),
  }
}

function robustnessBody({ passChange, awardChange, ...report }: RobustnessOfRound) {
  return {
    roundId: report.roundId,
    isFragile: report.isFragile,
    fragilities: [...report.fragilities],
    passLineChange: changeBody(passChange),
    awardLineChange: changeBody(awardChange),
    reviewers: report.reviewers.map(({ severity, spread, without, ...figures }) => ({
      ...figures,
      severity: severity === null ? null : differenceBody(severity),
      spread: differenceBody(spread),
      without: comparisonBody(without),
    })),
    otherExtremes: { dropped: report.otherExtremes.dropped, ...comparisonBody(report.otherExtremes) },
    ties: report.ties.map(({ bidIds, steps, separatesAwards }) => ({
      bidIds: [...bidIds],
      steps: [...steps],
      separatesAwards,
    })),
  }
}

function comparisonBody({ crossings, moved, furthest }: Comparison) {
  return { crossings: [...crossings], moved, furthest }
}

function changeBody({ change, searchedHundredths, isComplete }: SmallestChange) {
  return {
    bidId: change?.bidId ?? null,
    expertId: change?.expertId ?? null,
    criterion: change?.criterion ?? null,
    points: change === null ? null : formatPoints(change.hundredths),
    searchedPoints: formatPoints(searchedHundredths),
    isComplete,
  }
}

/** Hundredths of a point become points to show and points in full. */
function differenceBody({ numerator, denominator }: Fraction) {
  const points = reduced(fraction(numerator, denominator * 100n))
  return {
    points: formatFraction(points),
    exact: points.denominator === 1n ? String(points.numerator) : `${points.numerator}/${points.denominator}`,
  }
}
