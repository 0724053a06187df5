import { accept, type Decision, refuse } from '../../kernel/decision.ts'
import type { Fen } from '../../kernel/money.ts'
import { lawfulCommands, type Transitions, transition } from '../../kernel/transitions.ts'
import {
  MatchNotInState,
  OfferNotInState,
  OfferUnmeasured,
  ProjectNotMatchable,
  ProviderIsUndertaker,
  ProviderOrganizationUnfit,
  UndertakerUnknown,
} from './problems.ts'

/** D1-18: units (部门、企业、社会组织) and persons (慈善家、公益达人). */
export const PROVIDER_KINDS = ['organization', 'person'] as const
export type ProviderKind = (typeof PROVIDER_KINDS)[number]

export const OFFER_KINDS = ['money', 'goods', 'venue', 'volunteers', 'service'] as const
export type OfferKind = (typeof OFFER_KINDS)[number]

export const OFFER_STATES = ['open', 'matched', 'withdrawn'] as const
export type OfferState = (typeof OFFER_STATES)[number]

export const MATCH_STATES = ['proposed', 'confirmed', 'cancelled'] as const
export type MatchState = (typeof MATCH_STATES)[number]

export interface ProviderContent {
  readonly kind: ProviderKind
  readonly name: string
  /** Null for a person, and for an organization that is not on record here. */
  readonly organizationId: string | null
}

export interface Provider extends ProviderContent {
  readonly id: string
  readonly version: number
  readonly hostId: string
  readonly createdAt: Date
}

export interface OfferContent {
  readonly kind: OfferKind
  readonly description: string
  readonly quantity: number | null
  readonly unit: string | null
  /** The money itself, or what something else is worth (折价). */
  readonly amountFen: Fen | null
}

export interface Offer extends OfferContent {
  readonly id: string
  readonly version: number
  readonly providerId: string
  /** The organization behind the provider; tells who may act for it. */
  readonly providerOrganizationId: string | null
  readonly hostId: string
  readonly state: OfferState
  readonly createdAt: Date
}

/** D1-16: a line of the resource list, 资源供给方 + 服务承接方 for a project. */
export interface Match {
  readonly id: string
  readonly version: number
  readonly offerId: string
  readonly providerId: string
  readonly providerOrganizationId: string | null
  /** The organization that takes the resource and does the work with it. */
  readonly undertakerId: string
  readonly projectId: string
  readonly hostId: string
  readonly state: MatchState
  readonly createdAt: Date
}

export type OfferCommand = 'match' | 'release' | 'withdraw'
export const OFFER_TRANSITIONS: Transitions<OfferState, OfferCommand> = {
  open: { match: 'matched', withdraw: 'withdrawn' },
  matched: { release: 'open' },
  withdrawn: {},
}

export type MatchCommand = 'confirm' | 'cancel'
export const MATCH_TRANSITIONS: Transitions<MatchState, MatchCommand> = {
  proposed: { confirm: 'confirmed', cancel: 'cancelled' },
  confirmed: { cancel: 'cancelled' },
  cancelled: {},
}

/** What a client may do to the offer itself; matching and releasing follow from its matches. */
export function offerActionsOf(state: OfferState): OfferCommand[] {
  return lawfulCommands(OFFER_TRANSITIONS, state).filter((command) => command === 'withdraw')
}

export function matchActionsOf(state: MatchState): MatchCommand[] {
  return lawfulCommands(MATCH_TRANSITIONS, state)
}

export function advanceOffer(offer: Offer, command: OfferCommand): Decision<Offer> {
  const state = transition(OFFER_TRANSITIONS, offer.state, command, OfferNotInState)
  return state.accepted ? accept({ ...offer, state: state.value }) : state
}

export function advanceMatch(match: Match, command: MatchCommand): Decision<Match> {
  const state = transition(MATCH_TRANSITIONS, match.state, command, MatchNotInState)
  return state.accepted ? accept({ ...match, state: state.value }) : state
}

/** Cancelling gives the offer back only if this match had taken it. */
export function offerCommandOf(match: Match, command: MatchCommand): OfferCommand | null {
  if (command === 'confirm') return 'match'
  return match.state === 'confirmed' ? 'release' : null
}

export function checkProvider(content: ProviderContent, isOnRecord: boolean): Decision<ProviderContent> {
  if (content.organizationId === null) return accept(content)
  return content.kind === 'organization' && isOnRecord ? accept(content) : refuse(ProviderOrganizationUnfit)
}

/** Money is measured by its amount alone, everything else by a quantity with its unit. */
export function checkOffer(content: OfferContent): Decision<OfferContent> {
  const { kind, quantity, unit, amountFen } = content
  const isMeasured =
    kind === 'money'
      ? amountFen !== null && quantity === null && unit === null
      : quantity !== null && quantity > 0 && unit !== null
  return isMeasured && (amountFen === null || amountFen > 0n) ? accept(content) : refuse(OfferUnmeasured)
}

/** The states of a project that can still use a resource: from its listing to its closing. */
const MATCHABLE_STATES: readonly string[] = ['listed', 'pending_agreement', 'active', 'suspended', 'closing']

export interface MatchFacts {
  readonly offer: Offer
  readonly provider: ProviderContent
  readonly undertaker: { readonly id: string; readonly name: string } | undefined
  readonly project: { readonly id: string; readonly hostId: string; readonly state: string } | undefined
}

/**
 * D1-16: both sides are there and are not the same, and the project is on the same host's list. An organization that
 * is not on record here is known by its name.
 */
export function checkMatch(
  wanted: { readonly undertakerId: string; readonly projectId: string },
  { offer, provider, undertaker, project }: MatchFacts,
): Decision<true> {
  if (undertaker === undefined) return refuse(UndertakerUnknown, { undertakerId: wanted.undertakerId })
  const isSame =
    provider.organizationId === null
      ? provider.kind === 'organization' && nameKey(provider.name) === nameKey(undertaker.name)
      : provider.organizationId === undertaker.id
  if (isSame) return refuse(ProviderIsUndertaker)
  if (project === undefined || project.hostId !== offer.hostId || !MATCHABLE_STATES.includes(project.state))
    return refuse(ProjectNotMatchable, { projectId: wanted.projectId })
  return accept(true)
}

/** Names are compared without blanks and in half width (data-standards.md 3.7). */
function nameKey(name: string): string {
  return name.normalize('NFKC').replace(/\s/g, '')
}
