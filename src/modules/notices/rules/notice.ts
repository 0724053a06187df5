import { addDays, endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { Money } from '../../../kernel/money.ts'
import { type Transitions, transition } from '../../../kernel/transitions.ts'
import { type Period, type ResolvedDate, resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'
import type { Redaction } from '../../rounds/index.ts'
import {
  AwardBudgetMissing,
  AwardNotProposed,
  NoticeEmpty,
  NoticeNotInState,
  NoticeNotSuperseded,
} from '../problems.ts'

export const NOTICE_KINDS = ['award', 'evaluation_result'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

export const NOTICE_STATES = ['open', 'closed', 'withdrawn'] as const
export type NoticeState = (typeof NOTICE_STATES)[number]
export type NoticeCommand = 'extend' | 'close' | 'withdraw'

/**
 * `extend` is the prober's and `close` the deadline's alone. Nothing reopens: what was wrong is withdrawn and announced
 * anew.
 */
export const NOTICE_TRANSITIONS: Transitions<NoticeState, NoticeCommand> = {
  open: { extend: 'open', close: 'closed', withdraw: 'withdrawn' },
  closed: {},
  withdrawn: {},
}

/** One line of a public notice. Money and points are texts, so that the public copy and the digest hold the same bytes. */
export interface NoticeItem {
  /** TypeID of what is announced: an award or an evaluation. */
  readonly subject: string
  readonly projectId: string
  readonly projectTitle: string
  readonly organizationId: string
  readonly organizationName: string
  /** The filed group in whose stead the organization applied (以其名义申报). */
  readonly sponsoredGroupName?: string
  readonly needId?: string
  readonly needTitle?: string
  readonly approved?: Money
  readonly sources?: readonly { readonly source: string; readonly amount: Money }[]
  /** 单一申报: no other accepted bid stood for the need. */
  readonly isSingleBid?: boolean
  readonly total?: string
  readonly grade?: string
}

/** What the public reads, and what the digest covers. */
export interface NoticeSnapshot {
  readonly noticeId: string
  readonly kind: NoticeKind
  readonly number: number
  /** Absent in what was published before versions were counted. */
  readonly versionNumber?: number
  readonly roundId: string
  readonly roundCode: string
  readonly roundTitle: string
  readonly hostId: string
  readonly hostName: string
  readonly supersedesId: string | null
  readonly publishedAt: string
  readonly window: ResolvedDate
  readonly closesAt: string
  /** Codes of what the public copy leaves out or masks; absent: nothing. */
  readonly redactions?: readonly Redaction[]
  readonly items: readonly NoticeItem[]
}

export interface Notice {
  readonly id: string
  readonly version: number
  readonly roundId: string
  readonly hostId: string
  readonly kind: NoticeKind
  readonly number: number
  /** 1, or one more than that of the notice it takes the place of. */
  readonly versionNumber: number
  readonly snapshot: NoticeSnapshot
  /** SHA-256 of the snapshot's RFC 8785 form, in hex. */
  readonly digest: string
  readonly publishedAt: Date
  readonly window: ResolvedDate
  /** The first moment at which an objection is late; later than the snapshot's, once extended. */
  readonly closesAt: Date
  readonly state: NoticeState
  readonly supersedesId: string | null
  readonly withdrawnAt: Date | null
  readonly withdrawalReason: string | null
  readonly createdAt: Date
}

/** How a city counts its notice (process.md 2.2): by law the day of publication is not counted; some printed notices count it. */
export interface WindowPolicy {
  readonly window: Period
  readonly excludeStartDay: boolean
}

export interface Window {
  readonly resolved: ResolvedDate
  readonly closesAt: Date
}

/**
 * The notice runs to 24:00 of its last day. Where the city counts the day of publication too, the period starts with
 * the day before; a period of no days ends with the day of publication either way. Refused: `calendar_year_missing`.
 */
export function noticeWindow(policy: WindowPolicy, calendar: WorkCalendar, publishedAt: Date): Decision<Window> {
  const publishedOn: LegalDate = legalDateOf(publishedAt)
  const countsStartDay = !policy.excludeStartDay && policy.window.amount > 0
  const startOn = countsStartDay ? addDays(publishedOn, -1) : publishedOn
  const resolved = resolvePeriod(calendar, startOn, policy.window)
  if (!resolved.accepted) return resolved
  return accept({ resolved: resolved.value, closesAt: endOfDay(resolved.value.effectiveOn) })
}

/** Is an act at this moment inside the window? The closing moment itself is outside: 24:00 belongs to the next day. */
export function isWithin(notice: Pick<Notice, 'publishedAt' | 'closesAt'>, at: Date): boolean {
  return at.getTime() >= notice.publishedAt.getTime() && at.getTime() < notice.closesAt.getTime()
}

/** What the rule needs to know of an award; the states are those of the awards module. */
export interface AwardFacts {
  readonly id: string
  readonly state: string
}

/**
 * The awards that the notice announces, in the order given: the named ones, else all that are proposed.
 * Unnamed, the whole list waits for the last revised budget: what is announced must be final (process.md 6.5).
 */
export function awardsToAnnounce<Award extends AwardFacts>(
  awards: readonly Award[],
  awardIds: readonly string[] | undefined,
): Decision<Award[]> {
  const candidates = awardIds === undefined ? awards : awards.filter((award) => awardIds.includes(award.id))
  const waiting = candidates.filter((award) => award.state === 'awaiting_budget')
  if (waiting.length > 0) return refuse(AwardBudgetMissing, { count: waiting.length })
  const proposed = candidates.filter((award) => award.state === 'proposed')
  if (awardIds !== undefined) {
    const missing = new Set(awardIds).size - proposed.length
    if (missing > 0) return refuse(AwardNotProposed, { count: missing })
  }
  return proposed.length === 0 ? refuse(NoticeEmpty) : accept(proposed)
}

/** A notice may take the place of a withdrawn one of its own round and kind, and of no other. */
export function checkSuperseded(
  superseded: Notice | undefined,
  wanted: { readonly supersedesId: string; readonly roundId: string; readonly kind: NoticeKind },
): Decision<Notice> {
  const fits =
    superseded !== undefined &&
    superseded.state === 'withdrawn' &&
    superseded.roundId === wanted.roundId &&
    superseded.kind === wanted.kind
  return fits ? accept(superseded) : refuse(NoticeNotSuperseded, { noticeId: wanted.supersedesId })
}

/**
 * The withdrawn notice whose place a new one takes although nobody has named it: the latest that announced one of the same
 * things, or, among awards, one of the same projects (after a new review its award is another). Else a second text about
 * the same award would be a version 1 beside a withdrawn version 1.
 */
export function predecessorOf(
  withdrawn: readonly Notice[],
  { kind, items }: { readonly kind: NoticeKind; readonly items: readonly NoticeItem[] },
): Notice | undefined {
  const keysOf = ({ subject, projectId }: NoticeItem) => (kind === 'award' ? [subject, projectId] : [subject])
  const announced = new Set(items.flatMap(keysOf))
  const isAboutTheSame = ({ snapshot }: Notice) => snapshot.items.flatMap(keysOf).some((key) => announced.has(key))
  return withdrawn.filter(isAboutTheSame).sort((one, other) => other.number - one.number)[0]
}

/** Lets an open notice run longer. */
export function extendNotice(notice: Notice, closesAt: Date): Decision<Notice> {
  const state = transition(NOTICE_TRANSITIONS, notice.state, 'extend', NoticeNotInState)
  return state.accepted ? accept({ ...notice, state: state.value, closesAt }) : state
}

export function closeNotice(notice: Notice): Decision<Notice> {
  const state = transition(NOTICE_TRANSITIONS, notice.state, 'close', NoticeNotInState)
  return state.accepted ? accept({ ...notice, state: state.value }) : state
}

/** Withdraws an open notice. Once its window has passed it stands, whether or not the alarm has rung. */
export function withdrawNotice(notice: Notice, reason: string, now: Date): Decision<Notice> {
  const state = transition(NOTICE_TRANSITIONS, notice.state, 'withdraw', NoticeNotInState)
  if (!state.accepted) return state
  if (!isWithin(notice, now)) return refuse(NoticeNotInState, { state: 'closed', command: 'withdraw' })
  return accept({ ...notice, state: state.value, withdrawnAt: now, withdrawalReason: reason })
}

/** What a client may do now. */
export function noticeActions(notice: Pick<Notice, 'state'>): 'withdraw'[] {
  return notice.state === 'open' ? ['withdraw'] : []
}

/**
 * The parts of an amount per source, one line per source in the order of its first appearance: two pools of one source
 * are one line for the public.
 */
export function bySource<Part extends { readonly source: string; readonly amountFen: bigint }>(
  parts: readonly Part[],
): { source: string; amountFen: bigint }[] {
  const sums = new Map<string, bigint>()
  for (const { source, amountFen } of parts) sums.set(source, (sums.get(source) ?? 0n) + amountFen)
  return [...sums].map(([source, amountFen]) => ({ source, amountFen }))
}
