import { and, desc, eq, or } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Match, MatchState, Offer, OfferKind, OfferState, Provider, ProviderKind } from './rules.ts'
import { resourceMatch, resourceOffer, resourceProvider } from './tables.ts'

/** Who looks at the list: what the host's side sees, what an organization sees of its own, and what everybody sees. */
export interface Viewer {
  readonly insideHostId: string | null
  readonly organizationId: string | null
}

export async function insertProvider(handle: Sql, fresh: Provider): Promise<Provider> {
  await handle.insert(resourceProvider).values(fresh)
  return fresh
}

export async function findProvider(handle: Sql, id: string): Promise<Provider | undefined> {
  const [row] = await handle.select().from(resourceProvider).where(eq(resourceProvider.id, id))
  return row
}

/** Newest first: organizations, and the persons of the viewer's host. */
export async function listProviders(
  handle: Sql,
  filter: { hostId?: string | undefined; kind?: ProviderKind | undefined },
  viewer: Viewer,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Provider>> {
  const { id, hostId, kind, createdAt } = resourceProvider
  const rows = await handle
    .select()
    .from(resourceProvider)
    .where(
      and(
        or(eq(kind, 'organization'), viewer.insideHostId === null ? undefined : eq(hostId, viewer.insideHostId)),
        filter.hostId === undefined ? undefined : eq(hostId, filter.hostId),
        filter.kind === undefined ? undefined : eq(kind, filter.kind),
        keysetBefore(createdAt, id, after),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit + 1)
  return pageOf(rows, limit, keysetOf)
}

const offerColumns = {
  id: resourceOffer.id,
  version: resourceOffer.version,
  providerId: resourceOffer.providerId,
  providerOrganizationId: resourceProvider.organizationId,
  hostId: resourceOffer.hostId,
  kind: resourceOffer.kind,
  description: resourceOffer.description,
  quantity: resourceOffer.quantity,
  unit: resourceOffer.unit,
  amountFen: resourceOffer.amountFen,
  state: resourceOffer.state,
  createdAt: resourceOffer.createdAt,
}

function selectOffers(handle: Sql) {
  return handle
    .select(offerColumns)
    .from(resourceOffer)
    .innerJoin(resourceProvider, eq(resourceProvider.id, resourceOffer.providerId))
}

export async function insertOffer(handle: Sql, fresh: Offer): Promise<Offer> {
  await handle.insert(resourceOffer).values(fresh)
  return fresh
}

export async function findOffer(handle: Sql, id: string): Promise<Offer | undefined> {
  return (await selectOffers(handle).where(eq(resourceOffer.id, id)))[0]
}

/** Locks the offer's row for the rest of the transaction. */
export async function lockOffer(handle: Sql, id: string): Promise<Offer | undefined> {
  return (await selectOffers(handle).where(eq(resourceOffer.id, id)).for('update', { of: resourceOffer }))[0]
}

export async function saveOfferState(handle: Sql, offer: Offer): Promise<Offer> {
  const version = offer.version + 1
  await handle.update(resourceOffer).set({ state: offer.state, version }).where(eq(resourceOffer.id, offer.id))
  return { ...offer, version }
}

/** Newest first. */
export async function listOffers(
  handle: Sql,
  filter: {
    hostId?: string | undefined
    providerId?: string | undefined
    kind?: OfferKind | undefined
    state?: OfferState | undefined
  },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Offer>> {
  const rows = await selectOffers(handle)
    .where(
      and(
        filter.hostId === undefined ? undefined : eq(resourceOffer.hostId, filter.hostId),
        filter.providerId === undefined ? undefined : eq(resourceOffer.providerId, filter.providerId),
        filter.kind === undefined ? undefined : eq(resourceOffer.kind, filter.kind),
        filter.state === undefined ? undefined : eq(resourceOffer.state, filter.state),
        keysetBefore(resourceOffer.createdAt, resourceOffer.id, after),
      ),
    )
    .orderBy(desc(resourceOffer.createdAt), desc(resourceOffer.id))
    .limit(limit + 1)
  return pageOf(rows, limit, keysetOf)
}

const matchColumns = {
  id: resourceMatch.id,
  version: resourceMatch.version,
  offerId: resourceMatch.offerId,
  providerId: resourceMatch.providerId,
  providerOrganizationId: resourceProvider.organizationId,
  undertakerId: resourceMatch.undertakerId,
  projectId: resourceMatch.projectId,
  hostId: resourceMatch.hostId,
  state: resourceMatch.state,
  createdAt: resourceMatch.createdAt,
}

function selectMatches(handle: Sql) {
  return handle
    .select(matchColumns)
    .from(resourceMatch)
    .innerJoin(resourceProvider, eq(resourceProvider.id, resourceMatch.providerId))
}

export async function insertMatch(handle: Sql, fresh: Match): Promise<Match> {
  await handle.insert(resourceMatch).values(fresh)
  return fresh
}

export async function findMatch(handle: Sql, id: string): Promise<Match | undefined> {
  return (await selectMatches(handle).where(eq(resourceMatch.id, id)))[0]
}

/** Locks the match's row for the rest of the transaction. */
export async function lockMatch(handle: Sql, id: string): Promise<Match | undefined> {
  return (await selectMatches(handle).where(eq(resourceMatch.id, id)).for('update', { of: resourceMatch }))[0]
}

export async function saveMatchState(handle: Sql, match: Match): Promise<Match> {
  const version = match.version + 1
  await handle.update(resourceMatch).set({ state: match.state, version }).where(eq(resourceMatch.id, match.id))
  return { ...match, version }
}

/** Newest first: the confirmed ones, those of the viewer's host, and those of which the viewer is one side. */
export async function listMatches(
  handle: Sql,
  filter: {
    hostId?: string | undefined
    projectId?: string | undefined
    offerId?: string | undefined
    state?: MatchState | undefined
  },
  viewer: Viewer,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Match>> {
  const { id, hostId, projectId, offerId, undertakerId, state, createdAt } = resourceMatch
  const isOneSide = (organizationId: string) =>
    or(eq(undertakerId, organizationId), eq(resourceProvider.organizationId, organizationId))
  const rows = await selectMatches(handle)
    .where(
      and(
        or(
          eq(state, 'confirmed'),
          viewer.insideHostId === null ? undefined : eq(hostId, viewer.insideHostId),
          viewer.organizationId === null ? undefined : isOneSide(viewer.organizationId),
        ),
        filter.hostId === undefined ? undefined : eq(hostId, filter.hostId),
        filter.projectId === undefined ? undefined : eq(projectId, filter.projectId),
        filter.offerId === undefined ? undefined : eq(offerId, filter.offerId),
        filter.state === undefined ? undefined : eq(state, filter.state),
        keysetBefore(createdAt, id, after),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit + 1)
  return pageOf(rows, limit, keysetOf)
}

function keysetOf(item: { readonly createdAt: Date; readonly id: string }): unknown[] {
  return [item.createdAt.toISOString(), item.id]
}
