import { orThrow } from '../../kernel/decision.ts'
import type { Page } from '../../kernel/page.ts'
import { type ProblemDefinition, problem } from '../../kernel/problem.ts'
import { brokenConstraint } from '../../platform/database/database.ts'
import { newId } from '../../platform/ids.ts'
import { authorize, expectVersion, record, type Work } from '../../platform/work.ts'
import { organizationOf } from '../organizations/index.ts'
import { projectOf } from '../projects/index.ts'
import {
  CancelMatch,
  ConfirmMatch,
  CreateOffer,
  CreateProvider,
  ListMatches,
  ListProviders,
  ProposeMatch,
  RESOURCE_READERS,
  ReadMatch,
  ReadOffer,
  ReadProvider,
  WithdrawOffer,
} from './policy.ts'
import { MatchExists, ProviderTaken } from './problems.ts'
import {
  advanceMatch,
  advanceOffer,
  checkMatch,
  checkOffer,
  checkProvider,
  type Match,
  type MatchCommand,
  type Offer,
  type OfferCommand,
  type OfferContent,
  offerCommandOf,
  type Provider,
  type ProviderContent,
} from './rules.ts'
import {
  findMatch,
  findOffer,
  findProvider,
  insertMatch,
  insertOffer,
  insertProvider,
  listMatches,
  listOffers,
  listProviders,
  lockMatch,
  lockOffer,
  saveMatchState,
  saveOfferState,
  type Viewer,
} from './store.ts'

/** Nobody works for it, so that a credential without a host is refused. */
const NO_HOST = ''

const OFFER_EVENTS: Readonly<Record<OfferCommand, string>> = {
  match: 'resource_offer.matched',
  release: 'resource_offer.released',
  withdraw: 'resource_offer.withdrawn',
}
const MATCH_EVENTS: Readonly<Record<MatchCommand, string>> = {
  confirm: 'resource_match.confirmed',
  cancel: 'resource_match.cancelled',
}

/** Puts somebody who gives on the list of a host (null: the one the actor works for). */
export async function createProvider(
  work: Work,
  { hostId: wantedHostId, ...content }: ProviderContent & { readonly hostId: string | null },
): Promise<Provider> {
  const { hostId } = authorize(work, CreateProvider, { hostId: wantedHostId ?? work.actor.hostId ?? NO_HOST })
  const { organizationId } = content
  const isOnRecord = organizationId !== null && (await organizationOf(work, organizationId)) !== undefined
  const checked = orThrow(checkProvider(content, isOnRecord))
  const now = await work.now(hostId)
  const created = await insertProvider(work.sql, {
    ...checked,
    id: newId('rpv'),
    version: 1,
    hostId,
    createdAt: now,
  }).catch(translate('resource_provider_organization_key', ProviderTaken))
  await record(work, {
    type: 'resource_provider.created',
    subject: created.id,
    hostId,
    at: now,
    data: { kind: created.kind },
  })
  return created
}

/** Offers something in a provider's name. */
export async function createOffer(
  work: Work,
  { providerId, ...content }: OfferContent & { readonly providerId: string },
): Promise<Offer> {
  const provider = authorize(work, CreateOffer, await findProvider(work.sql, providerId))
  const checked = orThrow(checkOffer(content))
  const { hostId, organizationId: providerOrganizationId } = provider
  const now = await work.now(hostId)
  const created = await insertOffer(work.sql, {
    ...checked,
    id: newId('rof'),
    version: 1,
    providerId,
    providerOrganizationId,
    hostId,
    state: 'open',
    createdAt: now,
  })
  await record(work, {
    type: 'resource_offer.created',
    subject: created.id,
    hostId,
    at: now,
    data: { providerId, kind: created.kind },
  })
  return created
}

/** Takes back an offer that no confirmed match uses. Proposals for it can then no longer be confirmed. */
export async function withdrawOffer(work: Work, offerId: string): Promise<Offer> {
  const before = authorize(work, WithdrawOffer, await lockOffer(work.sql, offerId))
  expectVersion(work, before)
  return stepOffer(work, before, 'withdraw', await work.now(before.hostId))
}

/** Proposes that an undertaker uses an open offer for a project (D1-16). */
export async function proposeMatch(
  work: Work,
  wanted: { readonly offerId: string; readonly undertakerId: string; readonly projectId: string },
): Promise<Match> {
  const offer = authorize(work, ProposeMatch, await lockOffer(work.sql, wanted.offerId))
  orThrow(advanceOffer(offer, 'match'))
  const provider = (await findProvider(work.sql, offer.providerId)) as Provider
  const undertaker = await organizationOf(work, wanted.undertakerId)
  const project = await projectOf(work, wanted.projectId)
  orThrow(checkMatch(wanted, { offer, provider, undertaker, project }))
  const { hostId, providerId, providerOrganizationId } = offer
  const now = await work.now(hostId)
  const created = await insertMatch(work.sql, {
    ...wanted,
    id: newId('rmt'),
    version: 1,
    providerId,
    providerOrganizationId,
    hostId,
    state: 'proposed',
    createdAt: now,
  }).catch(translate('resource_match_live_key', MatchExists))
  await record(work, { type: 'resource_match.proposed', subject: created.id, hostId, at: now, data: { ...wanted } })
  return created
}

/** Confirms a match: the offer is taken, and the line stands on the public resource list. */
export async function confirmMatch(work: Work, matchId: string): Promise<Match> {
  const before = authorize(work, ConfirmMatch, await lockMatch(work.sql, matchId))
  expectVersion(work, before)
  return stepMatch(work, before, 'confirm')
}

/** Cancels a match; an offer that it had taken is open again. */
export async function cancelMatch(work: Work, matchId: string): Promise<Match> {
  const before = authorize(work, CancelMatch, await lockMatch(work.sql, matchId))
  expectVersion(work, before)
  return stepMatch(work, before, 'cancel')
}

export async function readProvider(work: Work, providerId: string): Promise<Provider> {
  return authorize(work, ReadProvider, await findProvider(work.sql, providerId))
}

export async function readOffer(work: Work, offerId: string): Promise<Offer> {
  return authorize(work, ReadOffer, await findOffer(work.sql, offerId)) as Offer
}

export async function readMatch(work: Work, matchId: string): Promise<Match> {
  return authorize(work, ReadMatch, await findMatch(work.sql, matchId))
}

export async function readProviders(
  work: Work,
  filter: Parameters<typeof listProviders>[1],
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Provider>> {
  authorize(work, ListProviders, {})
  return listProviders(work.sql, filter, viewerOf(work), limit, after)
}

export async function readOffers(
  work: Work,
  filter: Parameters<typeof listOffers>[1],
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Offer>> {
  authorize(work, ReadOffer, {})
  return listOffers(work.sql, filter, limit, after)
}

export async function readMatches(
  work: Work,
  filter: Parameters<typeof listMatches>[1],
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Match>> {
  authorize(work, ListMatches, {})
  return listMatches(work.sql, filter, viewerOf(work), limit, after)
}

async function stepMatch(work: Work, before: Match, command: MatchCommand): Promise<Match> {
  const decided = orThrow(advanceMatch(before, command))
  const now = await work.now(before.hostId)
  const offerCommand = offerCommandOf(before, command)
  if (offerCommand !== null) {
    const offer = (await lockOffer(work.sql, before.offerId)) as Offer
    await stepOffer(work, offer, offerCommand, now)
  }
  const after = await saveMatchState(work.sql, decided)
  const data = { offerId: after.offerId, projectId: after.projectId, state: after.state }
  await record(work, { type: MATCH_EVENTS[command], subject: after.id, hostId: after.hostId, at: now, data })
  return after
}

async function stepOffer(work: Work, before: Offer, command: OfferCommand, at: Date): Promise<Offer> {
  const after = await saveOfferState(work.sql, orThrow(advanceOffer(before, command)))
  const data = { state: after.state }
  await record(work, { type: OFFER_EVENTS[command], subject: after.id, hostId: after.hostId, at, data })
  return after
}

function viewerOf({ actor }: Work): Viewer {
  const isInside = RESOURCE_READERS.some((role) => actor.roles.includes(role))
  return { insideHostId: isInside ? actor.hostId : null, organizationId: actor.organizationId }
}

function translate(constraint: string, definition: ProblemDefinition): (error: unknown) => never {
  return (error) => {
    if (brokenConstraint(error) === constraint) throw problem(definition)
    throw error
  }
}
