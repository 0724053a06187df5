import { accept, type Decision, refuse } from '../../../kernel/decision.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'
import { RoundNotPublishable } from '../problems.ts'
import { advance, type Round, type RoundState } from '../rules.ts'
import { budget } from './budget.ts'
import { evaluation } from './evaluation.ts'
import { asFieldError, type CompilerFacts, type Finding, type FindingDefinition, type Part } from './finding.ts'
import { needs } from './needs.ts'
import { pools } from './pools.ts'
import { review } from './review.ts'
import { SHEET_FINDINGS } from './sheet.ts'
import { timetable } from './timetable.ts'
import { tranches } from './tranches.ts'

/** The parts of the compiler, in the order of a round's life. */
const PARTS: readonly Part[] = [timetable, pools, needs, budget, review, tranches, evaluation]

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
  const due = facts.formalCheckDue
  if (errors.length > 0 || !due.accepted)
    return refuse(RoundNotPublishable, { count: errors.length }, errors.map(asFieldError))
  return accept({ state: state.value, formalCheckDue: due.value })
}
