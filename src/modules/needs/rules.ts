import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import { lawfulCommands, type Transitions, transition } from '../../kernel/transitions.ts'
import { NeedBudgetZero, NeedDivisionTooWide, NeedNotInState } from './problems.ts'

/** Whom a need is about (data-standards.md 3.5; D1-21). */
export const BENEFICIARY_GROUPS = [
  'elderly',
  'empty_nest',
  'disabled_elderly',
  'left_behind_elderly',
  'left_behind_women',
  'left_behind_children',
  'child_in_difficulty',
  'youth',
  'women',
  'disabled',
  'mental_disorder',
  'dibao',
  'dibao_marginal',
  'tekun',
  'migrant',
  'correction',
  'veteran',
  'residents',
] as const
export type BeneficiaryGroup = (typeof BENEFICIARY_GROUPS)[number]

/** What `beneficiaryCount` counts. */
export const BENEFICIARY_UNITS = ['persons', 'households', 'estates'] as const
export type BeneficiaryUnit = (typeof BENEFICIARY_UNITS)[number]

/** The fields of service (data-standards.md 3.5), with social work in schools and hospitals (D0-21). */
export const SERVICE_FIELDS = [
  'elderly_care',
  'disability',
  'child_youth',
  'relief',
  'governance',
  'negotiation',
  'safety',
  'culture',
  'volunteer_incubation',
  'health',
  'family',
  'school_social_work',
  'medical_social_work',
  'other',
] as const
export type ServiceField = (typeof SERVICE_FIELDS)[number]

/** 扶老, 助残, 救孤, 济困: what money of the welfare lottery may serve. */
export const LOTTERY_PURPOSES = ['elderly', 'disabled', 'orphans', 'poverty'] as const
export type LotteryPurpose = (typeof LOTTERY_PURPOSES)[number]

export const NEED_STATES = ['draft', 'verified', 'published', 'matched', 'no_award', 'withdrawn'] as const
export type NeedState = (typeof NEED_STATES)[number]

export interface NeedContent {
  /** The host's own number for it, such as `N1`; unique within the host. */
  readonly code: string | null
  /** The community (or town) that has the need. */
  readonly divisionCode: string
  readonly title: string
  readonly description: string
  readonly beneficiaryGroup: BeneficiaryGroup
  readonly beneficiaryCount: number
  readonly beneficiaryUnit: BeneficiaryUnit
  readonly serviceField: ServiceField
  /** Null when the need serves no purpose of the lottery: then only unrestricted pools can pay for it. */
  readonly lotteryPurpose: LotteryPurpose | null
  readonly referenceBudgetFen: Fen
  /** The channel it came through, such as `96345` (D0-10). */
  readonly source: string | null
}

export interface Need extends NeedContent {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly state: NeedState
  /** When it was published first; from then on everybody may see it. */
  readonly publishedAt: Date | null
  readonly createdAt: Date
}

/** A need without money to guide by is refused; what is absent is not looked at. */
export function checkBudget(content: Partial<Pick<NeedContent, 'referenceBudgetFen'>>): Decision<true> {
  if (content.referenceBudgetFen === undefined || content.referenceBudgetFen > 0n) return accept(true)
  const detail = 'A reference budget is above zero.'
  return refuse(NeedBudgetZero, {}, [{ pointer: '#/referenceBudget', code: NeedBudgetZero.code, detail }])
}

/** Needs are of a village, a community or a town: nobody visits the elderly of a county. */
export function checkDivision(divisionCode: string, level: string): Decision<string> {
  if (level === 'town' || level === 'community') return accept(divisionCode)
  const detail = `${divisionCode} is a ${level}.`
  return refuse(NeedDivisionTooWide, { divisionCode, level }, [
    { pointer: '#/divisionCode', code: NeedDivisionTooWide.code, detail },
  ])
}

export type NeedCommand =
  | 'change'
  | 'verify'
  | 'publish'
  | 'withdraw'
  | 'match'
  | 'closeWithoutAward'
  | 'reopen'
  | 'release'

/**
 * D1-14: collected (draft), verified, published. A change undoes the verification: it was given for other words. A need
 * whose award is taken back before its agreement binds is released: it waits for somebody again.
 */
export const NEED_TRANSITIONS: Transitions<NeedState, NeedCommand> = {
  draft: { change: 'draft', verify: 'verified', withdraw: 'withdrawn' },
  verified: { change: 'draft', publish: 'published', withdraw: 'withdrawn' },
  published: { match: 'matched', closeWithoutAward: 'no_award', withdraw: 'withdrawn' },
  matched: { release: 'published' },
  no_award: { reopen: 'published' },
  withdrawn: {},
}

/** What a round does to a need, and nobody by a request of its own. */
const COMMANDS_OF_ROUNDS: readonly NeedCommand[] = ['match', 'closeWithoutAward', 'release']

/** The commands that a client may send in this state. */
export function actionsOf(state: NeedState): NeedCommand[] {
  return lawfulCommands(NEED_TRANSITIONS, state).filter((command) => !COMMANDS_OF_ROUNDS.includes(command))
}

export function advance(need: Need, command: NeedCommand, now: Date): Decision<Need> {
  const state = transition(NEED_TRANSITIONS, need.state, command, NeedNotInState)
  if (!state.accepted) return state
  return accept({ ...need, state: state.value, publishedAt: command === 'publish' ? now : need.publishedAt })
}

export function change(need: Need, patch: Partial<NeedContent>): Decision<Need> {
  const state = transition(NEED_TRANSITIONS, need.state, 'change', NeedNotInState)
  return state.accepted ? accept({ ...need, ...patch, state: state.value }) : state
}
