/**
 * Points of score sheets and evaluations, kept as whole hundredths: 14.2 points are 1420. Sums of hundredths are exact,
 * sums of decimal fractions in floating point are not.
 */

const POINTS_PATTERN = /^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$/

/** Reads `19`, `14.2` or `83.50` into hundredths. Throws a RangeError for anything else, also for negative points. */
export function parsePoints(text: string): number {
  if (!POINTS_PATTERN.test(text)) throw new RangeError(`not points with at most two decimals: ${JSON.stringify(text)}`)
  const [whole = '', decimals = ''] = text.split('.')
  return Number(whole) * 100 + Number(decimals.padEnd(2, '0'))
}

/** Writes hundredths with two decimals: 1420 is `14.20`. Throws a RangeError unless they are whole. */
export function formatPoints(hundredths: number): string {
  assertHundredths(hundredths)
  const digits = String(Math.abs(hundredths)).padStart(3, '0')
  return `${hundredths < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Throws a RangeError if an addend or the sum is not a whole number of hundredths. */
export function sumPoints(values: Iterable<number>): number {
  let sum = 0
  for (const hundredths of values) {
    assertHundredths(hundredths)
    sum += hundredths
  }
  assertHundredths(sum)
  return sum
}

function assertHundredths(hundredths: number): void {
  if (!Number.isSafeInteger(hundredths)) throw new RangeError(`not whole hundredths of a point: ${hundredths}`)
}
