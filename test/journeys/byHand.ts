/**
 * The little arithmetic that the expected figures of the journeys need, written for them alone: nothing here comes from
 * the service whose figures they check. Amounts are fen.
 */

export const fen = (yuan: string): bigint => BigInt(yuan.replace('.', ''))
export const yuan = (amount: bigint): string => `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`
export const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)
/** Half a fen rounds up. */
export const basisPoints = (amount: bigint, points: number): bigint =>
  (2n * amount * BigInt(points) + 10_000n) / 20_000n

/** Largest remainder; of equal remainders the earlier share, and shares come in the policy's pool order. */
export function split(total: bigint, shares: readonly bigint[]): bigint[] {
  const whole = sum(shares)
  const parts = shares.map((share) => (total * share) / whole)
  let left = total - sum(parts)
  const remainders = shares.map((share) => (total * share) % whole)
  for (; left > 0n; left--) {
    const largest = remainders.reduce((best, value, index) => (value > (remainders[best] ?? -1n) ? index : best), 0)
    parts[largest] = (parts[largest] ?? 0n) + 1n
    remainders[largest] = -1n
  }
  return parts
}

/** 2026 as the State Council office announced it: rest days and worked weekends (data-standards.md 3.6). */
const REST: readonly (readonly [string, string])[] = [
  ['01-01', '01-03'],
  ['02-15', '02-23'],
  ['04-04', '04-06'],
  ['05-01', '05-05'],
  ['06-19', '06-21'],
  ['09-25', '09-27'],
  ['10-01', '10-07'],
]
const WORKED = ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10']

const dayAfter = (day: string, days = 1): string =>
  new Date(Date.UTC(2026, Number(day.slice(0, 2)) - 1, Number(day.slice(3)) + days)).toISOString().slice(5, 10)
function isWorked(day: string): boolean {
  if (WORKED.includes(day)) return true
  if (REST.some(([from, to]) => from <= day && day <= to)) return false
  const weekday = new Date(`2026-${day}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}
function roll(day: string): string {
  return isWorked(day) ? day : roll(dayAfter(day))
}

/** `MM-DD` of 2026 so many working days after a day that is not counted. */
export function workdaysAfter(day: string, count: number): string {
  let last = day
  for (let counted = 0; counted < count; counted++) last = roll(dayAfter(last))
  return `2026-${last}`
}

/** `MM-DD` of 2026 so many calendar days after a day that is not counted, moved to a working day. */
export function calendarDaysAfter(day: string, count: number): string {
  return `2026-${roll(dayAfter(day, count))}`
}
