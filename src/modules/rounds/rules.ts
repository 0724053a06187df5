import type { LegalDate } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import { type Fen, formatYuan, maxFen, minFen, sumFen } from '../../kernel/money.ts'
import { type Transitions, transition } from '../../kernel/transitions.ts'
import type { ResolvedDate } from '../../kernel/workdays.ts'
import type { FundSource } from './languageDocument.ts'
import type { RoundPolicy } from './policyDocument.ts'
import { PoolExhausted, PoolSizeZero, RoundNotInState } from './problems.ts'

/** The three legal shapes of a round (process.md section 0). */
export const PROCUREMENT_MODES = ['grant', 'open_call_tender', 'gov_procurement'] as const
export type ProcurementMode = (typeof PROCUREMENT_MODES)[number]

export { FUND_SOURCES, type FundSource } from './languageDocument.ts'

export const ROUND_STATES = [
  'draft',
  'published',
  'receiving',
  'bids_closed',
  'reviewing',
  'notice',
  'approved',
  'implementing',
  'closing',
  'closed',
  'cancelled',
] as const
export type RoundState = (typeof ROUND_STATES)[number]
export type RoundCommand =
  | 'change'
  | 'publish'
  | 'amend'
  | 'cancel'
  | 'open'
  | 'close'
  | 'startReview'
  | 'publishNotice'
  | 'retractAwards'
  | 'approve'
  | 'implement'
  | 'startClosing'
  | 'finish'

/**
 * Several notices, decision meetings and agreements belong to one round, and an upheld objection brings a fresh notice
 * while other projects already run: those commands leave a round where it is once it has come further. Awards that are
 * retracted before any is confirmed lead back into the review.
 */
export const ROUND_TRANSITIONS: Transitions<RoundState, RoundCommand> = {
  draft: { change: 'draft', publish: 'published', cancel: 'cancelled' },
  published: { amend: 'published', open: 'receiving', close: 'bids_closed', cancel: 'cancelled' },
  receiving: { amend: 'receiving', close: 'bids_closed', cancel: 'cancelled' },
  bids_closed: { startReview: 'reviewing', cancel: 'cancelled' },
  reviewing: {
    publishNotice: 'notice',
    retractAwards: 'reviewing',
    startClosing: 'closing',
    cancel: 'cancelled',
  },
  notice: {
    publishNotice: 'notice',
    retractAwards: 'reviewing',
    approve: 'approved',
    startClosing: 'closing',
    cancel: 'cancelled',
  },
  approved: { publishNotice: 'approved', approve: 'approved', implement: 'implementing', startClosing: 'closing' },
  implementing: {
    publishNotice: 'implementing',
    approve: 'implementing',
    implement: 'implementing',
    startClosing: 'closing',
  },
  closing: { startClosing: 'closing', finish: 'closed' },
  closed: {},
  cancelled: {},
}

/** The commands that people give to a round itself; the others follow from what happens to bids, awards and projects. */
export const ROUND_OFFERS = ['change', 'publish', 'amend', 'cancel', 'startReview', 'finish'] as const

export interface Timetable {
  /** Bids are taken from this instant on … */
  readonly opensAt: Date
  /** … and refused from this one on. */
  readonly closesAt: Date
  readonly cycleStartsOn: LegalDate
  readonly cycleEndsOn: LegalDate
}

export interface NewPool {
  readonly source: FundSource
  readonly name: string
  readonly sizeFen: Fen
  /** Lottery purposes of the needs it may serve; null: any need. */
  readonly purposes: readonly string[] | null
  /** Service fields of the needs it may serve; null: any field. */
  readonly fields: readonly string[] | null
}

export interface FundPool extends NewPool {
  readonly id: string
  /** 1, 2, 3 … in the order of the draft. */
  readonly position: number
  readonly allocatedFen: Fen
}

export interface RoundContent extends Timetable {
  readonly code: string
  readonly title: string
  readonly operatorId: string | null
  readonly procurementMode: ProcurementMode
  readonly policy: RoundPolicy
  readonly needIds: readonly string[]
}

export interface Round extends RoundContent {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly policyVersion: number
  /** The latest version of the policy that bidders must have confirmed: 1 until an amendment demands it. */
  readonly requiredPolicyVersion: number
  /** Until when they may confirm it; null: until the closing. */
  readonly confirmBy: Date | null
  readonly state: RoundState
  readonly publishedAt: Date | null
  /** When the formal check should be done, resolved at publication. */
  readonly formalCheckDue: ResolvedDate | null
  /** When the bids were opened; null before. */
  readonly openedAt: Date | null
  readonly cancelReason: string | null
  /** The state in which it was cancelled: what nobody was told by then stays untold. */
  readonly cancelledFrom: RoundState | null
  readonly createdAt: Date
}

/**
 * The latest version of the policy that a bidder must have confirmed. A bid that was submitted under, or confirmed, an
 * earlier one lapses at the opening.
 */
export function requiredPolicyVersionOf(round: Pick<Round, 'requiredPolicyVersion'>): number {
  return round.requiredPolicyVersion
}

/** Bids may be confirmed again before this instant. */
export function confirmationDeadlineOf(round: Pick<Round, 'confirmBy' | 'closesAt'>): Date {
  const { confirmBy, closesAt } = round
  return confirmBy !== null && confirmBy < closesAt ? confirmBy : closesAt
}

/** Must bids that are in already be confirmed again after an amendment? */
export const CONFIRMATIONS = ['required', 'not_required'] as const
export type Confirmation = (typeof CONFIRMATIONS)[number]

/** A version of a published round's policy and timetable, as it was announced; version 1 is the publication. */
export interface PolicyVersion extends Timetable {
  readonly roundId: string
  readonly version: number
  readonly policy: RoundPolicy
  /** JSON pointers of what differs from the version before, such as `/policy/cap`. */
  readonly changed: readonly string[]
  readonly reason: string | null
  readonly confirmation: Confirmation
  readonly confirmBy: Date | null
  readonly publishedAt: Date
}

export function advance(round: Pick<Round, 'state'>, command: RoundCommand): Decision<RoundState> {
  return transition(ROUND_TRANSITIONS, round.state, command, RoundNotInState)
}

export type BidWindow = 'not_open' | 'open' | 'closed'

/**
 * Time decides, not whether the opening or closing job has run: open from `opensAt` on, closed from `closesAt` on.
 * A round that is not published takes no bids at all.
 */
export function bidWindow(round: Pick<Round, 'state' | 'opensAt' | 'closesAt'>, now: Date): BidWindow {
  if (round.state === 'draft') return 'not_open'
  if (round.state !== 'published' && round.state !== 'receiving') return 'closed'
  if (now.getTime() >= round.closesAt.getTime()) return 'closed'
  return now.getTime() < round.opensAt.getTime() ? 'not_open' : 'open'
}

/** What decides which money a need may get. */
export interface NeedFacts {
  readonly lotteryPurpose: string | null
  readonly serviceField: string
}

/** May this pool serve this need? Lottery money goes to 扶老, 助残, 救孤, 济困 alone (S67): that is what purposes are for. */
export function isEligible(pool: Pick<FundPool, 'purposes' | 'fields'>, need: NeedFacts): boolean {
  const fitsPurpose =
    pool.purposes === null || (need.lotteryPurpose !== null && pool.purposes.includes(need.lotteryPurpose))
  return fitsPurpose && (pool.fields === null || pool.fields.includes(need.serviceField))
}

/**
 * The pools open to a need, in the order in which they are drawn: the policy's `poolOrder`, else the most restricted
 * first (more kinds of restriction, then fewer allowed words, then position), so that free money is left for the rest.
 */
export function eligiblePools<Pool extends Pick<FundPool, 'position' | 'purposes' | 'fields'>>(
  pools: readonly Pool[],
  policy: Pick<RoundPolicy, 'poolOrder'>,
  need: NeedFacts,
): Pool[] {
  return inDrawingOrder(pools, policy).filter((pool) => isEligible(pool, need))
}

/** All pools in drawing order; of equal remainders the earlier one is served first. */
export function inDrawingOrder<Pool extends Pick<FundPool, 'position' | 'purposes' | 'fields'>>(
  pools: readonly Pool[],
  policy: Pick<RoundPolicy, 'poolOrder'>,
): Pool[] {
  const { poolOrder } = policy
  if (poolOrder !== null) return pools.toSorted((a, b) => poolOrder.indexOf(a.position) - poolOrder.indexOf(b.position))
  return pools.toSorted(
    (a, b) => restrictions(b) - restrictions(a) || allowedWords(a) - allowedWords(b) || a.position - b.position,
  )
}

function restrictions(pool: Pick<FundPool, 'purposes' | 'fields'>): number {
  return Number(pool.purposes !== null) + Number(pool.fields !== null)
}

function allowedWords(pool: Pick<FundPool, 'purposes' | 'fields'>): number {
  return (pool.purposes?.length ?? 0) + (pool.fields?.length ?? 0)
}

/** Pools of a draft may still be missing, but one that is named holds money. Names all empty ones at once. */
export function checkPools<Pool extends Pick<NewPool, 'sizeFen'>>(pools: readonly Pool[]): Decision<readonly Pool[]> {
  const empty = pools.flatMap(({ sizeFen }, index) =>
    sizeFen > 0n ? [] : [{ pointer: `#/pools/${index}/size`, code: PoolSizeZero.code, detail: formatYuan(sizeFen) }],
  )
  return empty.length > 0 ? refuse(PoolSizeZero, { count: empty.length }, empty) : accept(pools)
}

/** Money of one source for one award. */
export interface PoolShare {
  readonly poolId: string
  readonly source: FundSource
  readonly amountFen: Fen
}

type Fund = Pick<FundPool, 'id' | 'position' | 'source' | 'sizeFen' | 'allocatedFen'>

/** What an award could get from these pools; a matching pool counts as far as there is money for it to match. */
export function availableFen(pools: readonly Fund[], matches: RoundPolicy['poolMatches'] = []): Fen {
  return sumFen(give(pools, matches, null).values())
}

/**
 * Draws an amount from pools in the order given: the first gives what it has, the next tops up. A pool that matches a
 * source gives its part of what the pools of that source would have given alone, half a fen up, as far as its money
 * goes. Pools that give nothing are left out. Refused (`pool_exhausted`) when they cannot cover it.
 */
export function drawPools(
  pools: readonly Fund[],
  amountFen: Fen,
  matches: RoundPolicy['poolMatches'] = [],
): Decision<PoolShare[]> {
  const given = give(pools, matches, amountFen)
  if (sumFen(given.values()) < amountFen) {
    const available = formatYuan(availableFen(pools, matches))
    return refuse(PoolExhausted, { available, wanted: formatYuan(amountFen) })
  }
  return accept(
    pools.flatMap(({ id, source }) => {
      const taken = given.get(id) ?? 0n
      return taken > 0n ? [{ poolId: id, source, amountFen: taken }] : []
    }),
  )
}

/** What each pool gives towards an amount, or all that can be given when the amount is null. */
function give(pools: readonly Fund[], matches: RoundPolicy['poolMatches'], amountFen: Fen | null): Map<string, Fen> {
  const given = new Map<string, Fen>()
  const left = (pool: Fund) => pool.sizeFen - pool.allocatedFen - (given.get(pool.id) ?? 0n)
  const add = (pool: Fund, fen: Fen) => given.set(pool.id, (given.get(pool.id) ?? 0n) + fen)
  const isMatching = (pool: Fund) => matches.some((match) => match.pool === pool.position)
  let rest = amountFen
  for (const base of pools) {
    if (isMatching(base)) continue
    const match = matches.find(
      ({ pool, source }) => source === base.source && pools.some(({ position }) => position === pool),
    )
    const partner = pools.find(({ position }) => position === match?.pool)
    const share = BigInt(match?.basisPoints ?? 0)
    const matchable = partner === undefined ? 0n : minFen(left(partner), (left(base) * share) / 10_000n)
    const taken = rest === null ? left(base) + matchable : minFen(rest, left(base) + matchable)
    const fair = (taken * share * 2n + 10_000n + share) / (2n * (10_000n + share))
    const matched = partner === undefined ? 0n : maxFen(minFen(fair, left(partner)), taken - left(base))
    if (partner !== undefined) add(partner, matched)
    add(base, taken - matched)
    if (rest !== null) rest -= taken
  }
  return given
}
