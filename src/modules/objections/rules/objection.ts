import { endOfDay } from '../../../kernel/days.ts'
import { lawfulCommands, type Transitions } from '../../../kernel/transitions.ts'
import type { ResolvedDate } from '../../../kernel/workdays.ts'

/**
 * `objection` (异议) by the round's own rules, `query` (质疑) by the procurement law; an `appeal` (复核) follows the one, a
 * `complaint` (投诉) the other. All four go the same way.
 */
export const OBJECTION_KINDS = ['objection', 'query', 'appeal', 'complaint'] as const
export type ObjectionKind = (typeof OBJECTION_KINDS)[number]

export const OBJECTION_STATES = [
  'filed',
  'accepted',
  'paused',
  'inadmissible',
  'rejected_as_late',
  'upheld',
  'partly_upheld',
  'dismissed',
  'withdrawn',
  'logged',
] as const
export type ObjectionState = (typeof OBJECTION_STATES)[number]
/**
 * `settle` ends an objection whose award has ended for another reason: nothing is left to decide. `default` upholds one
 * because the awarded organization gave no statement, where the policy says so.
 */
export type ObjectionCommand =
  | 'accept'
  | 'reject'
  | 'pause'
  | 'resume'
  | 'uphold'
  | 'upholdPartly'
  | 'dismiss'
  | 'withdraw'
  | 'settle'
  | 'default'

export const OUTCOMES = ['upheld', 'partly_upheld', 'dismissed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** A lead and a late filing are kept, and nothing more happens to them. Whatever is open can be ended by its filer. */
export const OBJECTION_TRANSITIONS: Transitions<ObjectionState, ObjectionCommand> = {
  filed: { accept: 'accepted', reject: 'inadmissible', withdraw: 'withdrawn', settle: 'dismissed' },
  accepted: {
    pause: 'paused',
    uphold: 'upheld',
    upholdPartly: 'partly_upheld',
    dismiss: 'dismissed',
    withdraw: 'withdrawn',
    settle: 'dismissed',
    default: 'upheld',
  },
  paused: { resume: 'accepted', withdraw: 'withdrawn', settle: 'dismissed' },
  inadmissible: {},
  rejected_as_late: {},
  upheld: {},
  partly_upheld: {},
  dismissed: {},
  withdrawn: {},
  logged: {},
}

/** The commands that people send; the others follow from the award and from the deadline of a statement. */
export const OFFERED = ['accept', 'reject', 'pause', 'resume', 'uphold', 'upholdPartly', 'dismiss', 'withdraw'] as const
export type OfferedCommand = (typeof OFFERED)[number]

/** The commands that a client may send in this state. */
export function objectionActions(state: ObjectionState): OfferedCommand[] {
  return lawfulCommands(OBJECTION_TRANSITIONS, state).filter((command): command is OfferedCommand =>
    (OFFERED as readonly string[]).includes(command),
  )
}

export const OPEN_STATES = ['filed', 'accepted', 'paused'] as const satisfies readonly ObjectionState[]

/** Does it still await its decision? */
export function isOpen({ state }: Pick<Objection, 'state'>): boolean {
  return (OPEN_STATES as readonly string[]).includes(state)
}

/** What is said to be wrong, in one word each; the text says how. */
export const GROUND_CODES = [
  'eligibility',
  'false_material',
  'scoring_error',
  'conflict_of_interest',
  'procedure',
  'budget',
  'duplicate_funding',
  'other',
] as const
export type GroundCode = (typeof GROUND_CODES)[number]

export const INADMISSIBLE_REASONS = ['not_a_party', 'out_of_scope', 'no_facts', 'repeated'] as const
export type InadmissibleReason = (typeof INADMISSIBLE_REASONS)[number]

export const PAUSE_REASONS = ['investigation', 'hearing', 'expert_opinion', 'evidence_awaited'] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

export interface FiledObjection {
  readonly kind: ObjectionKind
  readonly state: 'filed' | 'rejected_as_late' | 'logged'
  readonly filedByOrganizationId: string | null
  readonly isAnonymous: boolean
  readonly groundCodes: readonly GroundCode[]
  readonly grounds: string
  readonly requestedRemedy: string | null
  readonly filedAt: Date
  /** Only an objection that gets an answer has a day of answer. */
  readonly answerDue: ResolvedDate | null
  readonly decisionReasons: string | null
}

export interface Objection extends Omit<FiledObjection, 'state'> {
  readonly id: string
  readonly version: number
  readonly noticeId: string
  /** Digest of the words that were objected to. */
  readonly noticeDigest: string
  readonly roundId: string
  readonly hostId: string
  /** TypeID of the notice's item that is objected to. */
  readonly subject: string
  /** The award behind the subject; null when the notice announced an evaluation. */
  readonly awardId: string | null
  /** Whose award it is: that organization reads the objection once it is accepted, and may state its view. */
  readonly awardedOrganizationId: string | null
  /** What an appeal or a complaint asks to review; null for the others. */
  readonly appealsId: string | null
  /** Who decides instead of the host. */
  readonly reviewedById: string | null
  /** Who decides instead of the host about the appeal or complaint that was filed in time against this one. */
  readonly appealedToId: string | null
  readonly state: ObjectionState
  readonly acceptedAt: Date | null
  readonly inadmissibleBecause: InadmissibleReason | null
  /** When it ended: decided, found inadmissible, settled or withdrawn. */
  readonly decidedAt: Date | null
  /** The award proposed instead, once upheld. */
  readonly successorAwardId: string | null
  readonly overdueAt: Date | null
  readonly createdAt: Date
}

/** A time in which the answer's clock stood still. */
export interface Pause {
  readonly objectionId: string
  readonly number: number
  readonly reasonCode: PauseReason
  readonly reason: string
  readonly pausedAt: Date
  readonly dueBefore: ResolvedDate
  /** Days of the reply's basis that were left after the day of the pause. */
  readonly remainingDays: number
  readonly resumedAt: Date | null
  readonly dueAfter: ResolvedDate | null
}

/** The host's request for a statement of the awarded organization. `refused`: none had come by the day. */
export interface Cooperation {
  readonly objectionId: string
  readonly organizationId: string
  readonly request: string
  readonly requestedAt: Date
  readonly due: ResolvedDate
  readonly state: 'waiting' | 'answered' | 'refused'
  readonly settledAt: Date | null
}

export interface Statement {
  readonly objectionId: string
  readonly organizationId: string
  readonly statement: string
  readonly statedAt: Date
}

/** The first moment at which what is due by a day is late. */
export function overdueFrom(due: ResolvedDate): Date {
  return endOfDay(due.effectiveOn)
}
