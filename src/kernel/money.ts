/**
 * An amount of Chinese yuan in fen (分, 1/100 yuan). All sums are reckoned in fen; floating point never touches money.
 */
export type Fen = bigint

/** Money as it crosses the HTTP edge: a decimal string of yuan with two decimals. */
export interface Money {
  amount: string
  currency: 'CNY'
}

const YUAN_PATTERN = /^(0|[1-9][0-9]{0,12})\.[0-9]{2}$/

/** The largest amount that {@link parseYuan} reads: 13 digits of yuan. It fits PostgreSQL's bigint and JavaScript's safe integers. */
export const MONEY_MAX_FEN: Fen = 999_999_999_999_999n

/** Reads `95000.00`. Signs, blanks, thousands separators and other numbers of decimals throw a RangeError. */
export function parseYuan(text: string): Fen {
  if (!YUAN_PATTERN.test(text)) throw new RangeError(`not an amount of yuan with two decimals: ${JSON.stringify(text)}`)
  return BigInt(text.replace('.', ''))
}

/** Writes yuan with two decimals: `95000.00`. Negative amounts (`-1.00`) exist only in readings of the ledger. */
export function formatYuan(fen: Fen): string {
  const sign = fen < 0n ? '-' : ''
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function money(fen: Fen): Money {
  return { amount: formatYuan(fen), currency: 'CNY' }
}

/** The fen of money that came in; throws a RangeError as {@link parseYuan} does, also for negative amounts. */
export function fenOf(money: Money): Fen {
  return parseYuan(money.amount)
}

export function sumFen(values: Iterable<Fen>): Fen {
  let sum = 0n
  for (const value of values) sum += value
  return sum
}

export function minFen(first: Fen, ...rest: readonly Fen[]): Fen {
  return rest.reduce((least, value) => (value < least ? value : least), first)
}

export function maxFen(first: Fen, ...rest: readonly Fen[]): Fen {
  return rest.reduce((greatest, value) => (value > greatest ? value : greatest), first)
}

/**
 * Splits a total in proportion to shares so that the parts sum to the total: each part is rounded down, and the fen left
 * over go one each to the largest remainders; of equal remainders the earlier share is served first.
 * Throws a RangeError for a negative total or share, and for a positive total that no share can carry.
 */
export function splitByShares(total: Fen, shares: readonly Fen[]): Fen[] {
  if (total < 0n || shares.some((share) => share < 0n))
    throw new RangeError('a total and its shares cannot be negative')
  const whole = sumFen(shares)
  if (whole === 0n) {
    if (total > 0n) throw new RangeError(`${total} fen cannot be split: all shares are zero`)
    return shares.map(() => 0n)
  }
  const parts = shares.map((share) => (total * share) / whole)
  const left = Number(total - sumFen(parts))
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: (total * share) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  const served = new Set(byRemainder.slice(0, left).map(({ index }) => index))
  return parts.map((part, index) => (served.has(index) ? part + 1n : part))
}

/**
 * So many basis points (1/10000) of an amount; half a fen rounds up.
 * Throws a RangeError unless the amount is not negative and the basis points are a whole number from 0.
 */
export function basisPointsOf(amount: Fen, basisPoints: number): Fen {
  if (amount < 0n) throw new RangeError('basis points are taken of amounts that are not negative')
  if (!Number.isSafeInteger(basisPoints) || basisPoints < 0) throw new RangeError(`not basis points: ${basisPoints}`)
  return (amount * BigInt(basisPoints) + 5_000n) / 10_000n
}
