import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import { type ResolvedDate, resolvePeriod } from '../../../kernel/workdays.ts'
import { RoundNotPublishable } from '../problems.ts'
import { advance, type Round, type RoundState } from '../rules.ts'
import { awards } from './awards.ts'
import { budget } from './budget.ts'
import { deadlines } from './deadlines.ts'
import { eligibility } from './eligibility.ts'
import { evaluation } from './evaluation.ts'
import { fairness } from './fairness.ts'
import { asFieldError, type CompilerFacts, type Finding, type FindingDefinition, type Part } from './finding.ts'
import { hearing } from './hearing.ts'
import { language } from './language.ts'
import { mode } from './mode.ts'
import { needs } from './needs.ts'
import { notice } from './notice.ts'
import { organizations } from './organizations.ts'
import { pools } from './pools.ts'
import { review } from './review.ts'
import { roles } from './roles.ts'
import { sealing } from './sealing.ts'
import { SHEET_FINDINGS } from './sheet.ts'
import { lastDayForBids, timetable } from './timetable.ts'
import { tranches } from './tranches.ts'

/** The parts of the compiler, in the order of a round's life. */
const PARTS: readonly Part[] = [
  timetable,
  deadlines,
  pools,
  needs,
  budget,
  eligibility,
  language,
  sealing,
  review,
  hearing,
  organizations,
  fairness,
  awards,
  tranches,
  evaluation,
  notice,
  mode,
  roles,
]

/** The registry: each flaw that the compiler can find, with its severity and its sentence in both languages. */
export const FINDINGS: readonly FindingDefinition[] = [
  ...PARTS.flatMap(({ definitions }) => Object.values(definitions)),
  ...Object.values(SHEET_FINDINGS),
]

/** Everything that is wrong or doubtful about a draft, told at once, each with its place. */
export function compile(round: Round, facts: CompilerFacts): Finding[] {
  return PARTS.flatMap(({ check }) => check(round, facts))
}

/** The flaws that keep a draft from being published. */
export function errorsAmong(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ definition }) => definition.severity === 'error')
}

export interface Publication {
  readonly state: RoundState
  readonly formalCheckDue: ResolvedDate
}

/** A draft without errors becomes a call; warnings do not hinder it. */
export function publish(round: Round, facts: CompilerFacts): Decision<Publication> {
  const state = advance(round, 'publish')
  if (!state.accepted) return state
  const errors = errorsAmong(compile(round, facts))
  if (errors.length > 0) return refuse(RoundNotPublishable, { count: errors.length }, errors.map(asFieldError))
  const due = formalCheckDueOf(round, facts)
  return due.accepted ? accept({ state: state.value, formalCheckDue: due.value }) : due
}

/** When the formal check should be done; refused where the calendar does not reach that far. */
export function formalCheckDueOf(round: Round, { calendar }: Pick<CompilerFacts, 'calendar'>): Decision<ResolvedDate> {
  return resolvePeriod(calendar, lastDayForBids(round), round.policy.formalCheck)
}
