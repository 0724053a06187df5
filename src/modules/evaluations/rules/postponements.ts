import { addDays, compareDates, endOfDay, type LegalDate } from '../../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { PostponementBeyondRules, PostponementNotInPolicy, PostponementTooLate } from '../problems.ts'

/** Mid-term material that the host agreed to wait for: it is not late until then (Suzhou, S14). */
export interface Postponement {
  readonly id: string
  readonly hostId: string
  readonly roundId: string
  readonly projectId: string
  readonly organizationId: string
  /** The day that counted before. */
  readonly postponedFrom: LegalDate
  readonly dueOn: LegalDate
  /** The first moment at which the material is late. */
  readonly dueAt: Date
  readonly reason: string
  readonly grantedAt: Date
}

export interface PostponementFacts {
  /** The policy's rules; undefined: the host cannot postpone. */
  readonly rules: { readonly maxDays: number; readonly times: number } | undefined
  /** The due day as it was resolved for the project; null while none is known. */
  readonly originalOn: LegalDate | null
  /** Those granted before. */
  readonly earlier: readonly Pick<Postponement, 'dueOn'>[]
  readonly now: Date
}

/**
 * Grants a later day: before the present one has passed, as often as the policy says, and never further from the
 * original day than it allows. Returns the day that counted until now.
 */
export function postpone(facts: PostponementFacts, dueOn: LegalDate): Decision<{ readonly postponedFrom: LegalDate }> {
  const { rules, originalOn, earlier, now } = facts
  if (rules === undefined || originalOn === null) return refuse(PostponementNotInPolicy)
  const postponedFrom = earlier.reduce((latest, one) => later(latest, one.dueOn), originalOn)
  if (now >= endOfDay(postponedFrom)) return refuse(PostponementTooLate, { dueOn: postponedFrom })
  const latestOn = addDays(originalOn, rules.maxDays)
  const isWithin = compareDates(dueOn, postponedFrom) > 0 && compareDates(dueOn, latestOn) <= 0
  if (!isWithin || earlier.length >= rules.times)
    return refuse(PostponementBeyondRules, { dueOn, postponedFrom, latestOn, times: rules.times })
  return accept({ postponedFrom })
}

function later(a: LegalDate, b: LegalDate): LegalDate {
  return compareDates(a, b) < 0 ? b : a
}
