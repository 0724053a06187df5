import { compareDates, type LegalDate } from '../../kernel/days.ts'
import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import type { FieldError } from '../../kernel/problem.ts'
import { lawfulCommands, type Transitions, transition } from '../../kernel/transitions.ts'
import {
  IndicatorTargetUnfit,
  ProjectDatesReversed,
  ProjectNeedNotPublished,
  ProjectNeedsOfSeveralHosts,
  ProjectNotInState,
  SponsoredGroupUnknown,
} from './problems.ts'

export const PROJECT_STATES = [
  'draft',
  'listed',
  'pending_agreement',
  'active',
  'suspended',
  'closing',
  'closed',
  'terminated',
  'settled',
  'withdrawn',
] as const
export type ProjectState = (typeof PROJECT_STATES)[number]

/** What an indicator counts. People (人数) and attendances (人次) are different things (data-standards.md 3.5). */
export const INDICATOR_KINDS = ['persons', 'person_times', 'count', 'money'] as const
export type IndicatorKind = (typeof INDICATOR_KINDS)[number]

export interface IndicatorContent {
  readonly name: string
  readonly kind: IndicatorKind
  readonly unit: string
  /** A number of `unit`; for money an amount in fen. Null when only `targetText` says it. */
  readonly target: bigint | null
  readonly targetText: string | null
}

export interface Indicator extends IndicatorContent {
  readonly id: string
}

export interface ProjectContent {
  readonly title: string
  readonly summary: string
  readonly startsOn: LegalDate
  /** The last day of the project. */
  readonly endsOn: LegalDate
  /** The filed group in whose place the agency applies (代申报). */
  readonly sponsoredGroupId: string | null
  /** The needs that it answers, the main one first. */
  readonly needIds: readonly string[]
}

export interface Project extends ProjectContent {
  readonly id: string
  readonly version: number
  /** The host of all its needs. */
  readonly hostId: string
  /** The agency. */
  readonly organizationId: string
  readonly state: ProjectState
  /** When it was listed first; from then on everybody may see it. */
  readonly listedAt: Date | null
  readonly createdAt: Date
  /** In the order the agency gave them. */
  readonly indicators: readonly Indicator[]
}

/** What the public copy of a notice may leave out and a project would tell. */
export const WITHHELD_FIELDS = ['sponsoredGroupId', 'needIds'] as const
export type WithheldField = (typeof WITHHELD_FIELDS)[number]

/** What a notice did not tell of a project, so that outsiders are not told it elsewhere either. */
export interface Withholding {
  readonly isGroupWithheld: boolean
  readonly areNeedsWithheld: boolean
}

export function withheldFields({ isGroupWithheld, areNeedsWithheld }: Withholding): WithheldField[] {
  return [
    ...(isGroupWithheld ? (['sponsoredGroupId'] as const) : []),
    ...(areNeedsWithheld ? (['needIds'] as const) : []),
  ]
}

/** The commands that other modules give as part of their own use cases. */
export const PROJECT_ADVANCES = [
  'selectForAward',
  'release',
  'activate',
  'suspend',
  'resume',
  'startClosing',
  'close',
  'terminate',
  'settle',
] as const
export type ProjectAdvance = (typeof PROJECT_ADVANCES)[number]
export type ProjectCommand = 'change' | 'list' | 'withdraw' | ProjectAdvance

export const PROJECT_TRANSITIONS: Transitions<ProjectState, ProjectCommand> = {
  draft: { change: 'draft', list: 'listed', withdraw: 'withdrawn' },
  listed: { change: 'listed', withdraw: 'withdrawn', selectForAward: 'pending_agreement' },
  pending_agreement: { release: 'listed', activate: 'active' },
  active: { suspend: 'suspended', startClosing: 'closing', terminate: 'terminated' },
  suspended: { resume: 'active', startClosing: 'closing', terminate: 'terminated' },
  closing: { close: 'closed', terminate: 'terminated' },
  closed: {},
  terminated: { settle: 'settled' },
  settled: {},
  withdrawn: {},
}

/** The commands that a client may send in each state; worked out once, because lists show them for every project. */
const ACTIONS = Object.fromEntries(
  PROJECT_STATES.map((state) => [
    state,
    lawfulCommands(PROJECT_TRANSITIONS, state).filter(
      (command) => !(PROJECT_ADVANCES as readonly string[]).includes(command),
    ),
  ]),
) as Record<ProjectState, ProjectCommand[]>

export function actionsOf(state: ProjectState): ProjectCommand[] {
  return ACTIONS[state]
}

export function advance(project: Project, command: ProjectCommand, now: Date): Decision<Project> {
  const state = transition(PROJECT_TRANSITIONS, project.state, command, ProjectNotInState)
  if (!state.accepted) return state
  return accept({ ...project, state: state.value, listedAt: command === 'list' ? now : project.listedAt })
}

export function checkDates({ startsOn, endsOn }: Pick<ProjectContent, 'startsOn' | 'endsOn'>): Decision<true> {
  return compareDates(startsOn, endsOn) > 0 ? refuse(ProjectDatesReversed, { startsOn, endsOn }) : accept(true)
}

/**
 * The target of an indicator: money is an amount, everything else a number, and words may stand alone.
 * `position` is its place in the agency's list.
 */
export function indicatorOf(
  wanted: Omit<IndicatorContent, 'target'> & { readonly number: number | null; readonly amountFen: Fen | null },
  position: number,
): Decision<IndicatorContent> {
  const { number, amountFen, ...content } = wanted
  const at = (field: string, code: string, detail: string) =>
    refuse(IndicatorTargetUnfit, { name: content.name }, [
      { pointer: `#/indicators/${position}${field}`, code, detail },
    ])
  if (content.kind === 'money' && number !== null) return at('/target', 'target_unfit', 'Money takes targetAmount.')
  if (content.kind !== 'money' && amountFen !== null)
    return at('/targetAmount', 'target_unfit', 'Only money takes targetAmount.')
  const target = number === null ? amountFen : BigInt(number)
  if (target === null && content.targetText === null) return at('', 'target_missing', 'Say what is to be reached.')
  return accept({ ...content, target })
}

interface NeedFacts {
  readonly id: string
  readonly hostId: string
  readonly isPublished: boolean
}

/**
 * D1-15: a project answers at least one published need. All needs are of one host, which becomes the project's.
 * `found` lacks what does not exist; a need that is not published is refused in the same words, for it may be secret.
 */
export function hostOfNeeds(needIds: readonly string[], found: readonly NeedFacts[]): Decision<string> {
  const published = new Map(found.filter((need) => need.isPublished).map((need) => [need.id, need]))
  const errors: FieldError[] = needIds.flatMap((id, position) =>
    published.has(id)
      ? []
      : [{ pointer: `#/needIds/${position}`, code: 'need_not_published', detail: `${id} is no published need.` }],
  )
  if (errors.length > 0 || needIds.length === 0) return refuse(ProjectNeedNotPublished, {}, errors)
  const hosts = new Set(needIds.map((id) => published.get(id)?.hostId as string))
  const [hostId] = hosts
  return hosts.size === 1 ? accept(hostId as string) : refuse(ProjectNeedsOfSeveralHosts)
}

/** D3-08: an agency applies only for filed groups whose sponsor it is. */
export function checkSponsoredGroup(
  organizationId: string,
  groupId: string,
  group: { readonly type: string; readonly sponsorId: string | null } | undefined,
): Decision<string> {
  const isSponsored = group?.type === 'filed_community_org' && group.sponsorId === organizationId
  return isSponsored ? accept(groupId) : refuse(SponsoredGroupUnknown, { sponsoredGroupId: groupId })
}
