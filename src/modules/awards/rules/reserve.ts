import { addDays, compareDates, endOfDay, type LegalDate, legalDateOf } from '../../../kernel/days.ts'
import { accept, type Decision } from '../../../kernel/decision.ts'
import { type Period, type ResolvedDate, resolvePeriod, type WorkCalendar } from '../../../kernel/workdays.ts'

export interface ReserveTerms {
  /** From the last day of the latest notice of awards. */
  readonly validFor: Period | null
  readonly until: LegalDate | null
}

/**
 * The last day on which a bid in reserve may step in, or null where the policy sets none: the end of the period or the
 * day of the policy, whichever comes first. `closesAt` is the end of the notice. Refused: `calendar_year_missing`.
 */
export function reserveEnd(
  { validFor, until }: ReserveTerms,
  calendar: WorkCalendar,
  closesAt: Date,
): Decision<{ readonly expires: ResolvedDate; readonly expiresAt: Date } | null> {
  const lastDay = addDays(legalDateOf(closesAt), -1)
  const byPeriod = validFor === null ? null : resolvePeriod(calendar, lastDay, validFor)
  if (byPeriod !== null && !byPeriod.accepted) return byPeriod
  const byDay = until === null ? null : fixedDay(lastDay, until)
  const ends = [byPeriod?.value ?? null, byDay].filter((end) => end !== null)
  const [first] = ends.toSorted((a, b) => compareDates(a.effectiveOn, b.effectiveOn))
  return accept(first === undefined ? null : { expires: first, expiresAt: endOfDay(first.effectiveOn) })
}

/** A day of the policy is meant as it is, on whatever weekday it falls. */
function fixedDay(startOn: LegalDate, until: LegalDate): ResolvedDate {
  return {
    startOn,
    period: { amount: 0, basis: 'calendar' },
    nominalOn: until,
    effectiveOn: until,
    rolledBecause: null,
  }
}
