import type { BinaryProgram, BinarySolution } from '../../kernel/program.ts'

/** The program in CPLEX LP format, one term a line: readers have limits on the length of lines. */
export function writeProgram({ gains, rows }: BinaryProgram): string {
  const sum = (terms: readonly (readonly [number, number])[]) =>
    terms.map(([variable, coefficient]) => `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} x${variable}`)
  const lines = rows.flatMap(({ terms, min, max }) =>
    [...(min === undefined ? [] : [`>= ${min}`]), ...(max === undefined ? [] : [`<= ${max}`])].flatMap((bound) =>
      terms.length === 0 ? [] : [...sum(terms), bound],
    ),
  )
  return [
    'Maximize',
    ...sum(gains.map((gain, variable) => [variable, gain])),
    'Subject To',
    ...lines,
    'Binary',
    ...gains.map((_, variable) => `x${variable}`),
    'End',
  ].join('\n')
}

/** The values by name, as the solver answers them. */
export type Columns = Readonly<Record<string, { readonly Primal?: number } | undefined>>

/** Null when there are no values, or none that fulfil every row exactly once they are whole. */
export function readSolution({ gains, rows }: BinaryProgram, status: string, columns: Columns): BinarySolution | null {
  const primal = gains.map((_, variable) => columns[`x${variable}`]?.Primal)
  if (primal.some((value) => value === undefined || !Number.isFinite(value))) return null
  const values = primal.map((value) => (value ?? 0) > 0.5)
  const isFulfilled = rows.every(({ terms, min = -Infinity, max = Infinity }) => {
    const sum = terms.reduce((total, [variable, coefficient]) => total + (values[variable] ? coefficient : 0), 0)
    return sum >= min && sum <= max
  })
  return isFulfilled ? { values, isProven: status === 'Optimal' } : null
}
