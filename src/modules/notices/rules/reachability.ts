import { endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision } from '../../../kernel/decision.ts'
import { addWorkdays, type WorkCalendar } from '../../../kernel/workdays.ts'

export const PROBE_WAYS = ['public_address', 'own_page'] as const
export type ProbeWay = (typeof PROBE_WAYS)[number]

/** One look at the public page of a notice. */
export interface Probe {
  readonly noticeId: string
  readonly at: Date
  readonly isReachable: boolean
  /** Over the public address, or, where none is set, as the service renders it. */
  readonly via: ProbeWay
  /** Status of the answer; null when there was none. */
  readonly status: number | null
  readonly durationMs: number
}

export interface ReachabilityRules {
  readonly probeEveryMinutes: number
  readonly toleranceMinutes: number
  readonly extendWhenUnreachable: boolean
  readonly extensionWorkdaysMax: number
  readonly unknownCountsAsDown: boolean
}

/** Whole minutes of a legal day within the window, seconds dropped. */
export interface DayOfReachability {
  readonly day: LegalDate
  readonly downMinutes: number
  readonly unknownMinutes: number
}

/** The addendum that lengthens a notice. The words of the notice stay as they are; this has a digest of its own. */
export interface ExtensionDocument {
  readonly noticeId: string
  readonly noticeDigest: string
  readonly number: number
  readonly addedAt: string
  readonly reason: 'unreachable'
  readonly toleranceMinutes: number
  readonly unknownCountsAsDown: boolean
  /** The lost days that this addendum and those before it make up for. */
  readonly lostDays: readonly DayOfReachability[]
  /** Working days that this addendum adds. */
  readonly workdays: number
  readonly formerLastOn: LegalDate
  readonly lastOn: LegalDate
  readonly closesAt: string
}

export interface Extension {
  readonly noticeId: string
  readonly number: number
  readonly document: ExtensionDocument
  /** SHA-256 of the document's RFC 8785 form, in hex. */
  readonly digest: string
  readonly addedAt: Date
}

const MINUTE_MS = 60_000
/** A probe speaks for the time until the next one, at most for so many intervals; after that nobody knows. */
const SPEAKS_FOR_INTERVALS = 2

interface Span {
  readonly from: number
  readonly to: number
  readonly kind: 'up' | 'down' | 'unknown'
}

/**
 * What the probes say about each day from `from` to `to`. A failed probe is an outage until the next probe; before the
 * first and after the last word of a prober time is unknown. Probes come in the order of time.
 */
export function reachabilityByDay(
  probes: readonly Pick<Probe, 'at' | 'isReachable'>[],
  from: Date,
  to: Date,
  { probeEveryMinutes }: Pick<ReachabilityRules, 'probeEveryMinutes'>,
): DayOfReachability[] {
  const speaksForMs = SPEAKS_FOR_INTERVALS * probeEveryMinutes * MINUTE_MS
  const end = to.getTime()
  const spans: Span[] = []
  let known = from.getTime()
  for (const [index, { at, isReachable }] of probes.entries()) {
    const start = Math.max(at.getTime(), known)
    const until = Math.min(probes[index + 1]?.at.getTime() ?? end, at.getTime() + speaksForMs, end)
    if (until <= start) continue
    spans.push(
      { from: known, to: start, kind: 'unknown' },
      { from: start, to: until, kind: isReachable ? 'up' : 'down' },
    )
    known = until
  }
  spans.push({ from: known, to: end, kind: 'unknown' })
  return byDay(spans)
}

function byDay(spans: readonly Span[]): DayOfReachability[] {
  const days = new Map<LegalDate, { down: number; unknown: number }>()
  for (const { from, to, kind } of spans) {
    for (let at = from; at < to; ) {
      const day = legalDateOf(new Date(at))
      const until = Math.min(to, endOfDay(day).getTime())
      const sums = days.get(day) ?? { down: 0, unknown: 0 }
      if (kind !== 'up') sums[kind] += until - at
      days.set(day, sums)
      at = until
    }
  }
  return [...days].map(([day, { down, unknown }]) => ({
    day,
    downMinutes: Math.floor(down / MINUTE_MS),
    unknownMinutes: Math.floor(unknown / MINUTE_MS),
  }))
}

/** The days on which the page was not there for longer than the policy tolerates. */
export function lostDays(days: readonly DayOfReachability[], rules: ReachabilityRules): DayOfReachability[] {
  const lost = ({ downMinutes, unknownMinutes }: DayOfReachability) =>
    downMinutes + (rules.unknownCountsAsDown ? unknownMinutes : 0)
  return days.filter((day) => lost(day) > rules.toleranceMinutes)
}

/** Working days still to be added: one for each lost day, up to the policy's most, less what was added before. */
export function workdaysToAdd(lost: readonly DayOfReachability[], rules: ReachabilityRules, added: number): number {
  if (!rules.extendWhenUnreachable) return 0
  return Math.max(0, Math.min(lost.length, rules.extensionWorkdaysMax) - added)
}

/** The last day of a window that is lengthened. Refused: `calendar_year_missing`. */
export function lengthened(
  calendar: WorkCalendar,
  formerClosesAt: Date,
  workdays: number,
): Decision<{ readonly formerLastOn: LegalDate; readonly lastOn: LegalDate; readonly closesAt: Date }> {
  const formerLastOn = lastDayOf(formerClosesAt)
  const lastOn = addWorkdays(calendar, formerLastOn, workdays)
  return lastOn.accepted ? accept({ formerLastOn, lastOn: lastOn.value, closesAt: endOfDay(lastOn.value) }) : lastOn
}

/** The day of which a closing moment is 24:00. */
export function lastDayOf(closesAt: Date): LegalDate {
  return legalDateOf(new Date(closesAt.getTime() - 1))
}
