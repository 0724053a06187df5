import type { ProblemParameters } from '../../../kernel/problem.ts'
import type { Period } from '../../../kernel/workdays.ts'
import type { RoundPolicy } from '../policyDocument.ts'
import type { ProcurementMode } from '../rules.ts'

/** What the legal shape of a round demands of its policy: data, so that no module asks for the mode itself. */
export interface ModeRules {
  /** Time for bids in calendar days: fewer than `least` is refused, fewer than `customary` is doubted. */
  readonly bidWindowDays: { readonly least: number; readonly customary: number }
  /** Length of the public notice, in which objections are taken. */
  readonly notice: { readonly least: Period; readonly customary: Period }
  /** The longest time for the reply to an objection; null: the round's own rule. */
  readonly replyMost: Period | null
  /** `largeFromFen`: from this sum of all pools on, the panel has `largeLeast` members at least. */
  readonly panel: {
    readonly least: number
    readonly mustBeOdd: boolean
    readonly largeFromFen: bigint | null
    readonly largeLeast: number
  }
  readonly priceCriterion: 'required' | 'allowed' | 'unusual'
  /** The price's least share of the sheet, and of the total. */
  readonly priceShareMinBasisPoints: number
  /** Must the sheets add up to 100 points? Otherwise the policy’s `sheetTotal` says. */
  readonly sheetsSumToHundred: boolean
  /** The periods of the law: bidders get `query` and `complaint` at least, `reply` and `decision` take no longer. */
  readonly statutory: NonNullable<RoundPolicy['statutory']> | null
  readonly validBidsPerNeedMin: number
  readonly singleBidPolicies: readonly RoundPolicy['singleBidPolicy'][]
  /** Calendar days that must remain for bids after an amendment that changes more than lengthens the time. */
  readonly amendmentDaysMin: number
}

const workdays = (amount: number): Period => ({ amount, basis: 'working' })
const days = (amount: number): Period => ({ amount, basis: 'calendar' })

/**
 * The three legal shapes (process.md section 0). Sources: notice of 15 days and merit of a single bid in a call for
 * tenders S9; query and complaint periods process.md 2.8; panel S66; the price's 10 % of a sheet for services, 20 days
 * for open tenders (10 for competitive consultation) and 15 days after an amendment by the procurement law's decree 87.
 */
export const MODES: Readonly<Record<ProcurementMode, ModeRules>> = {
  grant: {
    bidWindowDays: { least: 0, customary: 0 },
    notice: { least: workdays(5), customary: workdays(5) },
    replyMost: null,
    panel: { least: 1, mustBeOdd: false, largeFromFen: null, largeLeast: 1 },
    priceCriterion: 'unusual',
    priceShareMinBasisPoints: 0,
    sheetsSumToHundred: false,
    statutory: null,
    validBidsPerNeedMin: 1,
    singleBidPolicies: ['judge_on_merit', 'reopen', 'convert'],
    amendmentDaysMin: 3,
  },
  open_call_tender: {
    bidWindowDays: { least: 0, customary: 15 },
    notice: { least: workdays(5), customary: days(15) },
    replyMost: null,
    panel: { least: 1, mustBeOdd: false, largeFromFen: null, largeLeast: 1 },
    priceCriterion: 'allowed',
    priceShareMinBasisPoints: 0,
    sheetsSumToHundred: false,
    statutory: null,
    validBidsPerNeedMin: 1,
    singleBidPolicies: ['judge_on_merit'],
    amendmentDaysMin: 3,
  },
  gov_procurement: {
    bidWindowDays: { least: 10, customary: 20 },
    notice: { least: workdays(7), customary: workdays(7) },
    replyMost: workdays(7),
    // 10 million yuan and more: seven members.
    panel: { least: 5, mustBeOdd: true, largeFromFen: 1_000_000_000n, largeLeast: 7 },
    priceCriterion: 'required',
    priceShareMinBasisPoints: 1000,
    sheetsSumToHundred: true,
    statutory: { query: workdays(7), reply: workdays(7), complaint: workdays(15), decision: workdays(30) },
    validBidsPerNeedMin: 3,
    singleBidPolicies: ['reopen', 'convert'],
    amendmentDaysMin: 15,
  },
}

/**
 * May one period turn out shorter than the other, on whatever weekday it starts, holidays apart? Both end on a working
 * day, moved forward to it where they must.
 */
export function isShorter(period: Period, other: Period): boolean {
  return (period.basis === other.basis ? period.amount : fewest(period)) < other.amount
}

/** Is one period longer than the other, a week counted as five working days and what is left of it as at most five? */
export function isLonger(period: Period, other: Period): boolean {
  return (period.basis === other.basis ? period.amount : most(period)) > other.amount
}

/**
 * The fewest days of the other basis. What is left of a week may hold a whole weekend, but the working day on which the
 * period ends is there in any case; working days that follow a Sunday meet the fewest weekends.
 */
function fewest({ amount, basis }: Period): number {
  if (amount === 0) return 0
  if (basis === 'working') return Math.floor((amount - 1) / 5) * 7 + ((amount - 1) % 5) + 1
  const rest = amount % 7
  return Math.floor(amount / 7) * 5 + Math.max(Math.min(rest, 1), rest - 2)
}

function most({ amount, basis }: Period): number {
  return basis === 'calendar'
    ? Math.floor(amount / 7) * 5 + Math.min(amount % 7, 5)
    : Math.floor(amount / 5) * 7 + (amount % 5)
}

/** A period for the sentences of both languages, as `<name>Zh` and `<name>En`. */
export function inWords(name: string, { amount, basis }: Period): ProblemParameters {
  const isWorking = basis === 'working'
  return {
    [`${name}Zh`]: `${amount} ${isWorking ? '个工作日' : '天'}`,
    [`${name}En`]: `${amount} ${isWorking ? 'working days' : 'days'}`,
  }
}
