/**
 * A linear program whose variables are each 0 or 1: what a solver is asked and what it answers. Coefficients are whole
 * numbers that a double holds exactly.
 */
export interface BinaryProgram {
  /** What each variable counts for; the sum is made as great as it can be. */
  readonly gains: readonly number[]
  readonly rows: readonly Row[]
  /** How long the search may last, in nodes of its tree: the same on any machine. */
  readonly nodesMax: number
}

/** The sum of the terms stays between the bounds; a bound that is absent binds nothing. */
export interface Row {
  readonly terms: readonly (readonly [variable: number, coefficient: number])[]
  readonly min?: number
  readonly max?: number
}

export interface BinarySolution {
  /** The value of each variable. */
  readonly values: readonly boolean[]
  /** No other values are better. Otherwise the solver ended at a limit with the best it had. */
  readonly isProven: boolean
}

/** Null: no values fulfil the rows, or none were found before a limit. */
export type SolveProgram = (program: BinaryProgram) => Promise<BinarySolution | null>
