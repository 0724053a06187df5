import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, isNull, not, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Bid, BidState } from '../rules/bid.ts'
import { statesBehind, type Veil } from '../rules/outcome.ts'
import { bid, bidVersion } from '../tables.ts'
import { findBid } from './rows.ts'

export { type BidPlace, findBid, findBidPlace, lockBidRow, lockBidRows, lockBidsOfProject } from './rows.ts'

const COLUMNS = {
  ...getTableColumns(bid),
  content: bidVersion.content,
  commitment: bidVersion.commitment,
  projectVersion: bidVersion.projectVersion,
}
const currentVersion = and(eq(bidVersion.bidId, bid.id), eq(bidVersion.number, bid.currentVersion))

/**
 * Undefined when there is a bid already. Asked before the constraint would be broken: PostgreSQL writes the row of a broken
 * constraint into its log, and so would tell before the opening who bids for what.
 */
export async function insertBid(
  handle: Sql,
  created: Pick<
    Bid,
    'id' | 'roundId' | 'hostId' | 'needId' | 'projectId' | 'organizationId' | 'sponsoredGroupId' | 'createdAt'
  >,
): Promise<Bid | undefined> {
  await handle
    .insert(bid)
    .values({ ...created, version: 1, state: 'draft', currentVersion: 0, findings: [], correctionsUsed: 0 })
    .onConflictDoNothing()
  return findBid(handle, created.id)
}

type Changes = Partial<Omit<Bid, 'id' | 'version' | 'content' | 'commitment' | 'projectVersion' | 'createdAt'>>

/** Writes what differs and raises the version. */
export async function updateBid(handle: Sql, id: string, changes: Changes): Promise<Bid> {
  await handle
    .update(bid)
    .set({ ...changes, version: sql`${bid.version} + 1` })
    .where(eq(bid.id, id))
  return found(await findBid(handle, id))
}

/** Writes what the bidder may not know of: the version, which it reads as the ETag, stays. */
export async function updateUnseen(handle: Sql, id: string, changes: Changes): Promise<Bid> {
  await handle.update(bid).set(changes).where(eq(bid.id, id))
  return found(await findBid(handle, id))
}

/** Raises the versions of a round's bids in these states. */
export async function bumpBids(handle: Sql, roundId: string, states: readonly BidState[]): Promise<void> {
  await handle
    .update(bid)
    .set({ version: sql`${bid.version} + 1` })
    .where(and(eq(bid.roundId, roundId), inArray(bid.state, [...states])))
}

/** The opened bids of a round, earliest submission first. */
export async function findOpened(handle: Sql, roundId: string, states?: readonly BidState[]): Promise<Bid[]> {
  return handle
    .select(COLUMNS)
    .from(bid)
    .leftJoin(bidVersion, currentVersion)
    .where(
      and(
        eq(bid.roundId, roundId),
        isNotNull(bid.openedAt),
        states === undefined ? undefined : inArray(bid.state, [...states]),
      ),
    )
    .orderBy(asc(bid.submittedAt), asc(bid.id))
}

export interface BidFilter {
  readonly roundId?: string | undefined
  readonly needId?: string | undefined
  readonly organizationId?: string | undefined
  readonly state?: BidState | undefined
  /** The reader's own agency: its bids show in every state. */
  readonly ownOrganizationId: string | null
  /** The host the reader works for: its opened bids show. */
  readonly ownHostId: string | null
  /** Rounds that keep outcomes from the reader's own agency, and from whom. */
  readonly veils: ReadonlyMap<string, Veil>
}

/** Newest first. What the reader may not know of is not counted anywhere: not in the page, not in its cursor. */
export async function listBids(
  handle: Sql,
  filter: BidFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Bid>> {
  const conditions: (SQL | undefined)[] = [
    visible(filter),
    filter.roundId === undefined ? undefined : eq(bid.roundId, filter.roundId),
    filter.needId === undefined ? undefined : eq(bid.needId, filter.needId),
    filter.organizationId === undefined ? undefined : eq(bid.organizationId, filter.organizationId),
    filter.state === undefined ? undefined : inState(filter, filter.state),
    keysetBefore(bid.createdAt, bid.id, after),
  ]
  const rows = await handle
    .select(COLUMNS)
    .from(bid)
    .leftJoin(bidVersion, currentVersion)
    .where(and(...conditions))
    .orderBy(desc(bid.createdAt), desc(bid.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/** The rounds in which a bid for the need holds an award that no meeting has confirmed. */
export async function roundsProposingFor(handle: Sql, needId: string): Promise<string[]> {
  const rows = await handle
    .selectDistinct({ id: bid.roundId })
    .from(bid)
    .where(and(eq(bid.needId, needId), eq(bid.state, 'proposed')))
  return rows.map(({ id }) => id)
}

/** The bids of an agency that were never told of an award, with their rounds. */
export async function untoldBids(
  handle: Sql,
  organizationId: string,
): Promise<{ readonly id: string; readonly roundId: string }[]> {
  return handle
    .select({ id: bid.id, roundId: bid.roundId })
    .from(bid)
    .where(and(eq(bid.organizationId, organizationId), isNotNull(bid.openedAt), isNull(bid.toldAt)))
}

/** The rounds in which an agency has bids. */
export async function roundsOfBidder(handle: Sql, organizationId: string): Promise<string[]> {
  const rows = await handle.selectDistinct({ id: bid.roundId }).from(bid).where(eq(bid.organizationId, organizationId))
  return rows.map(({ id }) => id)
}

/** The filter sees what the reader sees: no outcome of own bids in rounds that keep it. */
function inState({ ownOrganizationId, veils }: BidFilter, state: BidState): SQL | undefined {
  if (ownOrganizationId === null || veils.size === 0) return eq(bid.state, state)
  const veiled = and(eq(bid.organizationId, ownOrganizationId), inArray(bid.roundId, [...veils.keys()])) ?? sql`false`
  return or(
    and(not(veiled), eq(bid.state, state)),
    ...(['all', 'untold'] as const).map((veil) => {
      const roundIds = [...veils].flatMap(([roundId, one]) => (one === veil ? [roundId] : []))
      const { told, untold } = statesBehind(state, veil)
      return and(
        veiled,
        inArray(bid.roundId, roundIds),
        or(and(isNotNull(bid.toldAt), inArray(bid.state, told)), and(isNull(bid.toldAt), inArray(bid.state, untold))),
      )
    }),
  )
}

function visible({ ownOrganizationId, ownHostId }: BidFilter): SQL | undefined {
  return or(
    ownOrganizationId === null ? undefined : eq(bid.organizationId, ownOrganizationId),
    ownHostId === null ? undefined : and(eq(bid.hostId, ownHostId), isNotNull(bid.openedAt)),
    sql`false`,
  )
}

function found(saved: Bid | undefined): Bid {
  if (saved === undefined) throw new Error('a bid was written and is not there')
  return saved
}
