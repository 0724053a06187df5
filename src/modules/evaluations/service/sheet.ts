import { parsePoints } from '../../../kernel/points.ts'
import type { Work } from '../../../platform/work.ts'
import { type RoundPolicy, roundOf } from '../../rounds/index.ts'
import type { EvaluationKind, SelfReportStanding } from '../rules/evaluations.ts'
import {
  type Band,
  finalVerdict,
  midVerdict,
  type Scores,
  type Sheet,
  totalOf,
  type Verdict,
} from '../rules/grading.ts'

/** The frozen policy of a round that is known to exist. */
export async function policyOf(work: Work, roundId: string): Promise<RoundPolicy> {
  const round = await roundOf(work, roundId)
  if (round === undefined) throw new Error(`the round ${roundId} has disappeared`)
  return round.policy
}

/** The sheet of the policy in hundredths of a point. Red lines belong to the final evaluation alone. */
export function sheetOf(policy: RoundPolicy, kind: EvaluationKind): Sheet {
  const { dimensions, bonusMax, deductionMax } = policy[kind]
  return {
    dimensions: dimensions.map(({ code, max }) => ({ code, maxHundredths: parsePoints(max) })),
    bonusMaxHundredths: parsePoints(bonusMax),
    deductionMaxHundredths: parsePoints(deductionMax),
    vetoes: kind === 'final' ? policy.final.vetoes : [],
  }
}

export function verdictOf(
  policy: RoundPolicy,
  facts: {
    readonly kind: EvaluationKind
    readonly scores: Scores
    readonly selfReport: SelfReportStanding
    readonly wasRectified: boolean
  },
): { readonly totalHundredths: number; readonly verdict: Verdict } {
  const totalHundredths = totalOf(facts.scores)
  const verdict =
    facts.kind === 'mid'
      ? midVerdict({
          totalHundredths,
          passLineHundredths: parsePoints(policy.mid.passLine),
          selfReport: facts.selfReport,
          material: policy.mid,
        })
      : finalVerdict({
          totalHundredths,
          bands: policy.final.bands.map(toBand),
          vetoes: facts.scores.vetoes,
          wasRectified: facts.wasRectified,
          gradeCap: policy.rectification.finalGradeCap,
        })
  return { totalHundredths, verdict }
}

function toBand({ min, grade }: { readonly min: string; readonly grade: string }): Band {
  return { minHundredths: parsePoints(min), grade }
}
