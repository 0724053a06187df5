import type { FastifyInstance } from 'fastify'
import { fenOf, money } from '../../kernel/money.ts'
import { commandRoute, listRoute, readRoute } from '../../platform/http/route.ts'
import {
  CancelMatch,
  ConfirmMatch,
  CreateOffer,
  CreateProvider,
  ListMatches,
  ListProviders,
  ProposeMatch,
  ReadMatch,
  ReadOffer,
  ReadProvider,
  WithdrawOffer,
} from './policy.ts'
import {
  MatchExists,
  MatchNotInState,
  OfferNotInState,
  OfferUnmeasured,
  ProjectNotMatchable,
  ProviderIsUndertaker,
  ProviderOrganizationUnfit,
  ProviderTaken,
  UndertakerUnknown,
} from './problems.ts'
import { type Match, matchActionsOf, type Offer, offerActionsOf, type Provider } from './rules.ts'
import {
  MatchBody,
  MatchParams,
  MatchQuery,
  NewMatch,
  NewOffer,
  NewProvider,
  OfferBody,
  OfferParams,
  OfferQuery,
  ProviderBody,
  ProviderParams,
  ProviderQuery,
} from './schemas.ts'
import {
  cancelMatch,
  confirmMatch,
  createOffer,
  createProvider,
  proposeMatch,
  readMatch,
  readMatches,
  readOffer,
  readOffers,
  readProvider,
  readProviders,
  withdrawOffer,
} from './service.ts'

const tag = 'Resources'

export function resourceRoutes(app: FastifyInstance): void {
  providerRoutes(app)
  offerRoutes(app)
  matchRoutes(app)
  matchSteps(app)
}

function providerRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/resource-providers',
    operationId: 'createResourceProvider',
    summary: 'Put a resource provider on record',
    tag,
    description:
      'Somebody who gives (资源供给方): an organization or a person (D1-18). It belongs to the host of the credential unless `hostId` says so already.',
    allow: CreateProvider,
    body: NewProvider,
    status: 201,
    answer: ProviderBody,
    problems: [ProviderOrganizationUnfit, ProviderTaken],
    location: (provider) => `/resource-providers/${provider.id}`,
    run: (work, { body }) => createProvider(work, { hostId: null, organizationId: null, ...body }),
    present: presentProvider,
  })
  readRoute(app, {
    url: '/resource-providers/:resourceProviderId',
    operationId: 'readResourceProvider',
    summary: 'Read a resource provider',
    tag,
    description: 'Organizations are public; persons are shown to those who work for the host.',
    allow: ReadProvider,
    params: ProviderParams,
    answer: ProviderBody,
    run: (work, { params }) => readProvider(work, params.resourceProviderId),
    present: presentProvider,
  })
  listRoute(app, {
    url: '/resource-providers',
    operationId: 'listResourceProviders',
    summary: 'List resource providers, newest first',
    tag,
    description: 'Organizations are public; persons are shown to those who work for the host.',
    allow: ListProviders,
    query: ProviderQuery,
    item: ProviderBody,
    pageTitle: 'ResourceProviderPage',
    run: (work, { query, limit, after }) => readProviders(work, query, limit, after),
    present: presentProvider,
  })
}

function offerRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/resource-offers',
    operationId: 'createResourceOffer',
    summary: 'Offer a resource',
    tag,
    description:
      'Money by its amount; goods, a venue, volunteers or a service by quantity and unit. A provider offers in its own name, the host and its helpers for every provider of the host.',
    allow: CreateOffer,
    body: NewOffer,
    status: 201,
    answer: OfferBody,
    problems: [OfferUnmeasured],
    location: (offer) => `/resource-offers/${offer.id}`,
    run: (work, { body: { amount = null, quantity = null, unit = null, ...body } }) =>
      createOffer(work, { ...body, quantity, unit, amountFen: amount === null ? null : fenOf(amount) }),
    present: presentOffer,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/resource-offers/:resourceOfferId/withdrawal',
    operationId: 'withdrawResourceOffer',
    summary: 'Withdraw an offer',
    tag,
    description: 'Takes an open offer back. One that a confirmed match uses stays until that match is cancelled.',
    allow: WithdrawOffer,
    params: OfferParams,
    ifMatch: true,
    status: 200,
    answer: OfferBody,
    problems: [OfferNotInState],
    run: (work, { params }) => withdrawOffer(work, params.resourceOfferId),
    present: presentOffer,
  })
  readRoute(app, {
    url: '/resource-offers/:resourceOfferId',
    operationId: 'readResourceOffer',
    summary: 'Read an offer',
    tag,
    allow: ReadOffer,
    params: OfferParams,
    answer: OfferBody,
    run: (work, { params }) => readOffer(work, params.resourceOfferId),
    present: presentOffer,
  })
  listRoute(app, {
    url: '/resource-offers',
    operationId: 'listResourceOffers',
    summary: 'List offers, newest first',
    tag,
    allow: ReadOffer,
    query: OfferQuery,
    item: OfferBody,
    pageTitle: 'ResourceOfferPage',
    run: (work, { query, limit, after }) => readOffers(work, query, limit, after),
    present: presentOffer,
  })
}

function matchRoutes(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/resource-matches',
    operationId: 'proposeResourceMatch',
    summary: 'Propose a match',
    tag,
    description:
      "Brings a provider's open offer and an undertaker together for a project on the list (D1-16). Both sides are named and differ.",
    allow: ProposeMatch,
    body: NewMatch,
    status: 201,
    answer: MatchBody,
    problems: [OfferNotInState, ProviderIsUndertaker, UndertakerUnknown, ProjectNotMatchable, MatchExists],
    location: (match) => `/resource-matches/${match.id}`,
    run: (work, { body }) => proposeMatch(work, body),
    present: presentMatch,
  })
  readRoute(app, {
    url: '/resource-matches/:resourceMatchId',
    operationId: 'readResourceMatch',
    summary: 'Read a match',
    tag,
    description: 'Confirmed matches are public; others are shown to both sides and to those who work for the host.',
    allow: ReadMatch,
    params: MatchParams,
    answer: MatchBody,
    run: (work, { params }) => readMatch(work, params.resourceMatchId),
    present: presentMatch,
  })
  listRoute(app, {
    url: '/resource-matches',
    operationId: 'listResourceMatches',
    summary: 'List matches, newest first',
    tag,
    description:
      'The resource list (资源清单). Confirmed matches are public; others are shown to both sides and to those who work for the host.',
    allow: ListMatches,
    query: MatchQuery,
    item: MatchBody,
    pageTitle: 'ResourceMatchPage',
    run: (work, { query, limit, after }) => readMatches(work, query, limit, after),
    present: presentMatch,
  })
}

/** The two commands that move a match along; they take no body. */
function matchSteps(app: FastifyInstance): void {
  commandRoute(app, {
    method: 'POST',
    url: '/resource-matches/:resourceMatchId/confirmation',
    operationId: 'confirmResourceMatch',
    summary: 'Confirm a match',
    tag,
    description: 'The match stands on the public resource list and its offer is taken; other proposals for it fail.',
    allow: ConfirmMatch,
    params: MatchParams,
    ifMatch: true,
    status: 200,
    answer: MatchBody,
    problems: [MatchNotInState, OfferNotInState],
    run: (work, { params }) => confirmMatch(work, params.resourceMatchId),
    present: presentMatch,
  })
  commandRoute(app, {
    method: 'POST',
    url: '/resource-matches/:resourceMatchId/cancellation',
    operationId: 'cancelResourceMatch',
    summary: 'Cancel a match',
    tag,
    description: 'Ends a proposed or confirmed match; an offer that it had taken is open again.',
    allow: CancelMatch,
    params: MatchParams,
    ifMatch: true,
    status: 200,
    answer: MatchBody,
    problems: [MatchNotInState],
    run: (work, { params }) => cancelMatch(work, params.resourceMatchId),
    present: presentMatch,
  })
}

function presentProvider({ version: _version, ...provider }: Provider) {
  return { ...provider, createdAt: provider.createdAt.toISOString() }
}

function presentOffer({ version: _version, providerOrganizationId: _organization, amountFen, ...offer }: Offer) {
  return {
    ...offer,
    amount: amountFen === null ? null : money(amountFen),
    createdAt: offer.createdAt.toISOString(),
    actions: offerActionsOf(offer.state),
  }
}

function presentMatch({ version: _version, providerOrganizationId: _organization, ...match }: Match) {
  return { ...match, createdAt: match.createdAt.toISOString(), actions: matchActionsOf(match.state) }
}
