import type { Fen } from './money.ts'

/** An exact fraction; the denominator is positive. Means and shares are compared as fractions, never as rounded numbers. */
export interface Fraction {
  numerator: bigint
  denominator: bigint
}

/** Throws a RangeError for a denominator below 1 and for numbers that are not whole. The fraction is not reduced. */
export function fraction(numerator: bigint | number, denominator: bigint | number): Fraction {
  const exact = { numerator: BigInt(numerator), denominator: BigInt(denominator) }
  if (exact.denominator <= 0n) throw new RangeError(`a denominator must be positive: ${exact.denominator}`)
  return exact
}

/** The exact sum, in lowest terms so that long sums stay small; 0/1 of nothing. */
export function sumFractions(values: Iterable<Fraction>): Fraction {
  let sum: Fraction = { numerator: 0n, denominator: 1n }
  for (const { numerator, denominator } of values)
    sum = reduced({
      numerator: sum.numerator * denominator + numerator * sum.denominator,
      denominator: sum.denominator * denominator,
    })
  return sum
}

/** So many basis points (1/10000) of a fraction, exactly and in lowest terms. */
export function basisPointsOfFraction({ numerator, denominator }: Fraction, basisPoints: number): Fraction {
  return reduced({ numerator: numerator * BigInt(basisPoints), denominator: denominator * 10_000n })
}

/** The same fraction in lowest terms. */
export function reduced({ numerator, denominator }: Fraction): Fraction {
  let [divisor, rest] = [abs(numerator), denominator]
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest]
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

export function compareFractions(a: Fraction, b: Fraction): -1 | 0 | 1 {
  return order(a.numerator * b.denominator, b.numerator * a.denominator)
}

/**
 * How a part compares to so many basis points (1/10000) of its base: `compareToBasisPoints(staff, grant, 3000) <= 0` says
 * that staff takes at most 30 %. Nothing of nothing is 0; anything of nothing is 1.
 */
export function compareToBasisPoints(numerator: Fen, base: Fen, basisPoints: number): -1 | 0 | 1 {
  return order(numerator * 10_000n, base * BigInt(basisPoints))
}

/** A percentage to show, two decimals, half up: `30.59`. `n/a` of a base of zero. Not for comparing. */
export function formatPercent(numerator: bigint, base: bigint): string {
  return base === 0n ? 'n/a' : formatFraction(fraction(base < 0n ? -numerator * 100n : numerator * 100n, abs(base)))
}

/** A fraction to show with fixed decimals, half up (halves move away from zero): 272/3 is `90.67`. Not for comparing. */
export function formatFraction(value: Fraction, decimals = 2): string {
  if (!Number.isSafeInteger(decimals) || decimals < 0) throw new RangeError(`not a number of decimals: ${decimals}`)
  const scaled = abs(value.numerator) * 10n ** BigInt(decimals)
  const rounded = (scaled * 2n + value.denominator) / (value.denominator * 2n)
  const digits = rounded.toString().padStart(decimals + 1, '0')
  const sign = value.numerator < 0n && rounded > 0n ? '-' : ''
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

function order(left: bigint, right: bigint): -1 | 0 | 1 {
  return left < right ? -1 : left > right ? 1 : 0
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value
}
