import { action } from '../../kernel/action.ts'
import { type Actor, hasRole, type Role, worksForHost } from '../../kernel/actor.ts'
import type { MatchState, ProviderKind } from './rules.ts'

/** Everybody who works for a host sees its whole resource list. */
export const RESOURCE_READERS: readonly Role[] = ['host', 'operator', 'town', 'evaluator', 'finance', 'auditor']
/** D1-16, D1-18: the town pools resources and makes the resource list. */
const POOLERS: readonly Role[] = ['host', 'operator', 'town']

type Hosted = { readonly hostId: string }
type ProviderSide = Hosted & { readonly kind: ProviderKind; readonly organizationId: string | null }
type OfferSide = Hosted & { readonly providerOrganizationId: string | null }
type MatchSides = OfferSide & { readonly undertakerId: string; readonly state: MatchState }

const pools = (actor: Actor, { hostId }: Hosted) => worksForHost(actor, hostId, ...POOLERS)
const reads = (actor: Actor, { hostId }: Hosted) => worksForHost(actor, hostId, ...RESOURCE_READERS)
const actsForProvider = (actor: Actor, organizationId: string | null) =>
  organizationId !== null && actor.organizationId === organizationId && hasRole(actor, 'provider')
/** Persons are shown to the host's side only: their names are personal data. */
const maySeeProvider = (actor: Actor, provider: ProviderSide) =>
  provider.kind === 'organization' || reads(actor, provider)
const maySeeMatch = (actor: Actor, match: MatchSides) =>
  match.state === 'confirmed' ||
  reads(actor, match) ||
  (actor.organizationId !== null && [match.undertakerId, match.providerOrganizationId].includes(actor.organizationId))

export const CreateProvider = action<Hosted>({
  name: 'resource_provider.create',
  roles: POOLERS,
  permits: pools,
  knows: () => true,
})
export const ReadProvider = action<ProviderSide>({
  name: 'resource_provider.read',
  roles: 'anyone',
  because: 'organizations that give are named in public; persons are not',
  permits: maySeeProvider,
})
export const ListProviders = action({
  name: 'resource_provider.list',
  roles: 'anyone',
  because: 'organizations that give are named in public; persons are not',
})
export const CreateOffer = action<ProviderSide>({
  name: 'resource_offer.create',
  roles: [...POOLERS, 'provider'],
  because: 'the town pools resources; a provider offers its own',
  permits: (actor, provider) => pools(actor, provider) || actsForProvider(actor, provider.organizationId),
  knows: maySeeProvider,
})
export const WithdrawOffer = action<OfferSide>({
  name: 'resource_offer.withdraw',
  roles: [...POOLERS, 'provider'],
  permits: (actor, offer) => pools(actor, offer) || actsForProvider(actor, offer.providerOrganizationId),
  knows: () => true,
})
export const ReadOffer = action({
  name: 'resource_offer.read',
  roles: 'anyone',
  because: 'offers are public so that agencies can ask for them; who gives is told by the provider alone',
})
export const ProposeMatch = action<Hosted>({
  name: 'resource_match.propose',
  roles: POOLERS,
  permits: pools,
  knows: () => true,
})
export const ConfirmMatch = action<MatchSides>({
  name: 'resource_match.confirm',
  roles: POOLERS,
  permits: pools,
  knows: maySeeMatch,
})
export const CancelMatch = action<MatchSides>({
  name: 'resource_match.cancel',
  roles: POOLERS,
  permits: pools,
  knows: maySeeMatch,
})
export const ReadMatch = action<MatchSides>({
  name: 'resource_match.read',
  roles: 'anyone',
  because: 'the resource list is published once a match is confirmed; both sides see theirs before',
  permits: maySeeMatch,
})
export const ListMatches = action({
  name: 'resource_match.list',
  roles: 'anyone',
  because: 'the resource list is published once a match is confirmed; both sides see theirs before',
})

export const RESOURCE_ACTIONS = [
  CreateProvider,
  ReadProvider,
  ListProviders,
  CreateOffer,
  WithdrawOffer,
  ReadOffer,
  ProposeMatch,
  ConfirmMatch,
  CancelMatch,
  ReadMatch,
  ListMatches,
]
