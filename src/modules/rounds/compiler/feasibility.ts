/**
 * Is there any budget that keeps all ratio rules? A small linear programme over whole numbers, solved exactly: shares
 * are compared as basis points and no rounding may refuse a budget that exists or find one that does not.
 */

/** A share that must not be missed or passed. `categories` make up the numerator; otherwise it is a kind of matching. */
export interface Ratio {
  readonly numerator: readonly string[] | 'matching' | 'matching_cash' | 'matching_in_kind'
  readonly base: 'grant' | 'total' | 'matching'
  readonly operator: 'gte' | 'lte'
  readonly basisPoints: number
}

export interface BudgetShape {
  /** What the lines of the grant may stand under. */
  readonly categories: readonly string[]
  /** In-kind matching counts up to this share of the counted matching. */
  readonly inKindMatchingMaxBasisPoints: number
}

const WHOLE = 10_000n

/** Is there a budget that keeps all the rules? */
export function isFeasible(shape: BudgetShape, ratios: readonly Ratio[]): boolean {
  return conflict(shape, ratios).length === 0
}

/** A smallest set of rules that cannot hold together, as indexes; empty when all can. */
export function contradiction(shape: BudgetShape, ratios: readonly Ratio[]): number[] {
  let kept = conflict(shape, ratios)
  for (const index of kept) {
    const without = kept.filter((other) => other !== index)
    const rules = without.flatMap((other) => ratios[other] ?? [])
    if (!isFeasible(shape, rules)) kept = without
  }
  return kept
}

/**
 * Some rules that cannot hold together; empty when all can. Counted matching is cash plus in-kind up to a limit: either
 * all in-kind counts (it stays below the limit) or cash alone decides (it is at the limit or above). Both cases are
 * linear, a budget of either will do, and what refutes both is the union of what refutes each.
 */
function conflict({ categories, inKindMatchingMaxBasisPoints }: BudgetShape, ratios: readonly Ratio[]): number[] {
  const share = BigInt(inKindMatchingMaxBasisPoints)
  const rest = WHOLE - share
  const belowLimit = { cash: 1n, inKind: 1n, unit: 1n, limit: { cash: -share, inKind: rest } }
  const atLimit = { cash: WHOLE, inKind: 0n, unit: rest, limit: { cash: share, inKind: -rest } }
  const cases = rest === 0n ? [{ ...belowLimit, limit: { cash: 0n, inKind: 0n } }] : [belowLimit, atLimit]
  const against = new Set<number>()
  for (const matching of cases) {
    const refuting = refutation(distinct(categories, ratios), ratios, matching)
    if (refuting === undefined) return []
    for (const index of refuting) against.add(index)
  }
  return [...against].sort((a, b) => a - b)
}

/** Categories that the same rules name are one to them. */
function distinct(categories: readonly string[], ratios: readonly Ratio[]): string[] {
  const signatureOf = (category: string) =>
    ratios.map(({ numerator }) => (Array.isArray(numerator) && numerator.includes(category) ? '1' : '0')).join('')
  return [...new Map(categories.map((category) => [signatureOf(category), category])).values()]
}

/** Counted matching times `unit`, as multiples of cash and in-kind; `limit` is a row that stays at or below 0. */
interface MatchingCase {
  readonly cash: bigint
  readonly inKind: bigint
  readonly unit: bigint
  readonly limit: { readonly cash: bigint; readonly inKind: bigint }
}

/**
 * The rules that rule out this case, or undefined when it has a budget. Columns: each category, cash, in-kind. Each rule
 * is a row `… <= 0`. The rules know shares alone, so the lines either can make up the whole grant of 1 or nothing of
 * it: the largest sum of lines up to 1 tells.
 */
function refutation(
  categories: readonly string[],
  ratios: readonly Ratio[],
  matching: MatchingCase,
): number[] | undefined {
  const lines = categories.length
  const rows = ratios.map((ratio) => {
    const sign = ratio.operator === 'lte' ? 1n : -1n
    const part = numeratorRow(ratio.numerator, categories, matching)
    const base = baseRow(ratio.base, lines, matching)
    return part.map((value, column) => sign * (value * WHOLE - (base[column] ?? 0n) * BigInt(ratio.basisPoints)))
  })
  const limit = [...Array<bigint>(lines).fill(0n), matching.limit.cash, matching.limit.inKind]
  const sum = [...Array<bigint>(lines).fill(1n), 0n, 0n]
  return blockers([...rows, limit], sum)?.filter((row) => row < ratios.length)
}

function numeratorRow(numerator: Ratio['numerator'], categories: readonly string[], matching: MatchingCase): bigint[] {
  const none = categories.map(() => 0n)
  if (numerator === 'matching') return [...none, matching.cash, matching.inKind]
  if (numerator === 'matching_cash') return [...none, matching.unit, 0n]
  if (numerator === 'matching_in_kind') return [...none, 0n, matching.unit]
  return [...categories.map((category) => (numerator.includes(category) ? matching.unit : 0n)), 0n, 0n]
}

function baseRow(base: Ratio['base'], lines: number, matching: MatchingCase): bigint[] {
  const grant = base === 'matching' ? 0n : matching.unit
  const counted = base === 'grant' ? { cash: 0n, inKind: 0n } : matching
  return [...Array<bigint>(lines).fill(grant), counted.cash, counted.inKind]
}

/** So many steps take the steepest column, which is fast but could circle; from then on the first one, which never does. */
const STEEPEST_STEPS = 200

/**
 * Maximizes `sum · x` with x >= 0, each row · x <= 0 and sum · x <= 1 by the simplex method, exactly: every entry stays
 * a whole number over one common denominator, the last pivot. @returns undefined when it reaches 1, else the rows that
 * keep it from doing so (those whose slack has a price).
 */
function blockers(rows: readonly (readonly bigint[])[], sum: readonly bigint[]): number[] | undefined {
  const width = sum.length
  const height = rows.length + 1
  const tableau = [...rows.map((row) => [...reduced(row), 0n]), [...sum, 1n], [...sum.map((value) => -value), 0n]]
  // Variables by number: first those of the columns, then the slacks of the rows.
  const outside = sum.map((_, column) => column)
  const inside = tableau.slice(0, height).map((_, row) => width + row)
  let denominator = 1n
  for (let step = 0; ; step += 1) {
    const objective = tableau[height] ?? []
    const entering = enteringColumn(objective.slice(0, width), outside, step < STEEPEST_STEPS)
    if (entering === undefined) {
      if (objective[width] === denominator) return undefined
      return outside.flatMap((variable, column) =>
        variable >= width && objective[column] !== 0n ? [variable - width] : [],
      )
    }
    const leaving = leavingRow(tableau.slice(0, height), inside, entering, width)
    denominator = pivot(tableau, leaving, entering, denominator)
    const variable = outside[entering] ?? 0
    outside[entering] = inside[leaving] ?? 0
    inside[leaving] = variable
  }
}

/** The row divided by what all its entries have in common. */
function reduced(row: readonly bigint[]): bigint[] {
  const common = row.reduce((divisor, value) => greatestCommonDivisor(divisor, value), 0n)
  return common === 0n ? [...row] : row.map((value) => value / common)
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (right !== 0n) [left, right] = [right, left % right]
  return left
}

/** A column that raises the sum: the steepest one, or that of the first variable; undefined when there is none. */
function enteringColumn(
  objective: readonly bigint[],
  outside: readonly number[],
  takeSteepest: boolean,
): number | undefined {
  let best: number | undefined
  for (const [column, value] of objective.entries()) {
    if (value >= 0n) continue
    if (best === undefined) best = column
    else if (takeSteepest ? value < (objective[best] ?? 0n) : (outside[column] ?? 0) < (outside[best] ?? 0))
      best = column
  }
  return best
}

/**
 * The row with the smallest ratio of its right side to its entry; of equals the one whose variable comes first. There is
 * always one: the sum itself is bounded.
 */
function leavingRow(rows: readonly bigint[][], inside: readonly number[], entering: number, last: number): number {
  let best = -1
  for (const [index, row] of rows.entries()) {
    const entry = row[entering] ?? 0n
    if (entry <= 0n) continue
    const rival = rows[best]
    const difference =
      rival === undefined ? -1n : (row[last] ?? 0n) * (rival[entering] ?? 0n) - (rival[last] ?? 0n) * entry
    if (difference < 0n || (difference === 0n && (inside[index] ?? 0) < (inside[best] ?? 0))) best = index
  }
  if (best < 0) throw new Error('a bounded sum was found unbounded')
  return best
}

/** Exchanges the variables of a row and a column. @returns the new common denominator. */
function pivot(tableau: bigint[][], row: number, column: number, denominator: bigint): bigint {
  const chosen = tableau[row] ?? []
  const entry = chosen[column] ?? 1n
  for (const [index, other] of tableau.entries()) {
    if (index === row) continue
    const factor = other[column] ?? 0n
    for (const [place, value] of other.entries())
      other[place] = place === column ? -factor : (value * entry - factor * (chosen[place] ?? 0n)) / denominator
  }
  chosen[column] = denominator
  return entry
}
