import type { Contender, Lot, RankingTerms } from './ranking.ts'

/** A judged criterion of the sheets with the most it can give. */
export interface JudgedCriterion {
  readonly code: string
  readonly maxHundredths: number
}

/** All that a ranking is made of, with what its sheets could still have said. */
export interface Contest {
  readonly contenders: readonly Contender[]
  readonly terms: RankingTerms
  readonly lots: readonly Lot[]
  readonly criteria: readonly JudgedCriterion[]
}
