import { type Fen, sumFen } from '../../../kernel/money.ts'
import type { LimitScope } from '../../rounds/index.ts'

/** A limit of the policy: for one organization, place or field, or (of: null) for each of them. */
export interface LimitTerms {
  readonly code: string
  readonly by: LimitScope
  readonly of: string | null
  readonly awardsMax: number | null
  readonly amountMaxFen: Fen | null
}

/** What decides which limits bind a bid. */
export interface LimitFacts {
  /** The bidder and the filed group behind it. */
  readonly organizationIds: readonly string[]
  /** Of the need: 12 digits. */
  readonly divisionCode: string
  readonly serviceField: string
}

/** One limit as it binds a bid: all bids with the same key share it. */
export interface LimitGroup {
  /** Such as `per_town:330203001000`. */
  readonly key: string
  readonly code: string
  readonly awardsMax: number | null
  readonly amountMaxFen: Fen | null
}

/** Digits of a division code that name the place at this level. */
const DIGITS = { county: 6, town: 9, community: 12 } as const

/** The limits that bind a bid, in the order of the policy. */
export function limitGroups(limits: readonly LimitTerms[], facts: LimitFacts): readonly LimitGroup[] {
  return limits.flatMap(({ code, by, of, awardsMax, amountMaxFen }) =>
    [...new Set(keysOf(by, facts))]
      .filter((key) => of === null || key === of)
      .map((key) => ({ key: `${code}:${key}`, code, awardsMax, amountMaxFen })),
  )
}

/** An award as the limits see it. */
export interface LimitedAward {
  readonly limits?: readonly LimitGroup[] | undefined
  readonly approvedFen?: Fen | undefined
}

/** What the limits leave for one more award of these groups: 0 where the number is reached, null where none binds. */
export function roomFen(groups: readonly LimitGroup[], taken: readonly LimitedAward[]): Fen | null {
  return groups.reduce<Fen | null>((room, { key, awardsMax, amountMaxFen }) => {
    const same = taken.filter(({ limits = [] }) => limits.some((group) => group.key === key))
    if (awardsMax !== null && same.length >= awardsMax) return 0n
    if (amountMaxFen === null) return room
    const left = amountMaxFen - sumFen(same.map(({ approvedFen = 0n }) => approvedFen))
    const least = left < 0n ? 0n : left
    return room === null || least < room ? least : room
  }, null)
}

function keysOf(by: LimitScope, { organizationIds, divisionCode, serviceField }: LimitFacts): readonly string[] {
  if (by === 'organization') return organizationIds
  if (by === 'field') return [serviceField]
  return [divisionCode.slice(0, DIGITS[by]).padEnd(12, '0')]
}
