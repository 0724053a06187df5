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

/**
 * Counted matching is cash plus in-kind up to a limit. Either all in-kind counts (it stays below the limit) or cash alone
 * decides (it is at the limit or above): two linear cases, and a budget of either will do.
 */
export function isFeasible(shape: BudgetShape, ratios: readonly Ratio[]): boolean {
  const share = BigInt(shape.inKindMatchingMaxBasisPoints)
  const rest = WHOLE - share
  const belowLimit = { cash: 1n, inKind: 1n, unit: 1n, limit: { cash: -share, inKind: rest } }
  const atLimit = { cash: WHOLE, inKind: 0n, unit: rest, limit: { cash: share, inKind: -rest } }
  const cases = rest === 0n ? [{ ...belowLimit, limit: { cash: 0n, inKind: 0n } }] : [belowLimit, atLimit]
  return cases.some((matching) => canSpendAll(shape.categories, ratios, matching))
}

/** A smallest set of rules that cannot hold together, as indexes; empty when all can. */
export function contradiction(shape: BudgetShape, ratios: readonly Ratio[]): number[] {
  if (isFeasible(shape, ratios)) return []
  let kept = ratios.map((_, index) => index)
  for (const index of ratios.keys()) {
    const without = kept.filter((other) => other !== index)
    const rules = without.flatMap((other) => ratios[other] ?? [])
    if (!isFeasible(shape, rules)) kept = without
  }
  return kept
}

/** Counted matching times `unit`, as multiples of cash and in-kind; `limit` is a row that stays at or below 0. */
interface MatchingCase {
  readonly cash: bigint
  readonly inKind: bigint
  readonly unit: bigint
  readonly limit: { readonly cash: bigint; readonly inKind: bigint }
}

/**
 * Columns: each category, cash, in-kind. Each rule is a row `… <= 0`. The rules know shares alone, so the lines either
 * can make up the whole grant of 1 or nothing of it: the largest sum of lines up to 1 tells.
 */
function canSpendAll(categories: readonly string[], ratios: readonly Ratio[], matching: MatchingCase): boolean {
  const lines = categories.length
  const rows = ratios.map((ratio) => {
    const sign = ratio.operator === 'lte' ? 1n : -1n
    const part = numeratorRow(ratio.numerator, categories, matching)
    const base = baseRow(ratio.base, lines, matching)
    return part.map((value, column) => sign * (value * WHOLE - (base[column] ?? 0n) * BigInt(ratio.basisPoints)))
  })
  const limit = [...Array<bigint>(lines).fill(0n), matching.limit.cash, matching.limit.inKind]
  const sum = [...Array<bigint>(lines).fill(1n), 0n, 0n]
  return reachesOne([...rows, limit], sum)
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

/**
 * Maximizes `sum · x` with x >= 0, each row · x <= 0 and sum · x <= 1, by the simplex method with Bland's rule (which
 * never circles). Fraction-free: every entry stays a whole number over one common denominator, the last pivot.
 */
function reachesOne(rows: readonly (readonly bigint[])[], sum: readonly bigint[]): boolean {
  const constraints = [...rows.map((row) => [...row]), [...sum]]
  const slacks = constraints.length
  const tableau = constraints.map((row, index) => [
    ...row,
    ...constraints.map((_, slack) => (slack === index ? 1n : 0n)),
    index === slacks - 1 ? 1n : 0n,
  ])
  tableau.push([...sum.map((value) => -value), ...constraints.map(() => 0n), 0n])
  const basis = constraints.map((_, index) => sum.length + index)
  const last = sum.length + slacks
  let denominator = 1n
  for (;;) {
    const objective = tableau[slacks] ?? []
    const entering = objective.findIndex((value, column) => column < last && value < 0n)
    if (entering < 0) return (objective[last] ?? 0n) === denominator
    const leaving = leavingRow(tableau.slice(0, slacks), basis, entering, last)
    if (leaving < 0) return false
    denominator = pivot(tableau, leaving, entering, denominator)
    basis[leaving] = entering
  }
}

/** The row with the smallest ratio of its right side to its entry; of equals the one whose variable comes first. */
function leavingRow(rows: readonly bigint[][], basis: readonly number[], entering: number, last: number): number {
  let best = -1
  for (const [index, row] of rows.entries()) {
    const entry = row[entering] ?? 0n
    if (entry <= 0n) continue
    const rival = rows[best]
    if (rival === undefined) {
      best = index
      continue
    }
    const difference = (row[last] ?? 0n) * (rival[entering] ?? 0n) - (rival[last] ?? 0n) * entry
    if (difference < 0n || (difference === 0n && (basis[index] ?? 0) < (basis[best] ?? 0))) best = index
  }
  return best
}

/** Makes the entry the only one of its column. @returns the new common denominator. */
function pivot(tableau: bigint[][], row: number, column: number, denominator: bigint): bigint {
  const chosen = tableau[row] ?? []
  const entry = chosen[column] ?? 1n
  for (const [index, other] of tableau.entries()) {
    if (index === row) continue
    const factor = other[column] ?? 0n
    for (const [place, value] of other.entries())
      other[place] = (value * entry - factor * (chosen[place] ?? 0n)) / denominator
  }
  return entry
}
