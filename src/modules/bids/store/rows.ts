import { uuidArray } from '../../../platform/database/arrays.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { type Reading, readPrepared } from '../../../platform/database/prepared.ts'
import { idOfUuid, uuidOf } from '../../../platform/ids.ts'
import type { Bid } from '../rules/bid.ts'

/** Whole milliseconds since 1970: all that `timestamptz(3)` holds, and exact as a number. */
const msOf = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`
const VERSION_OF = (bid: string) =>
  `left join bid_version on bid_version.bid_id = ${bid}.id and bid_version.number = ${bid}.current_version`
const columnsOf = (bid: string) => `
  ${bid}.id, ${bid}.version, ${bid}.round_id as "roundId", ${bid}.host_id as "hostId", ${bid}.need_id as "needId",
  ${bid}.project_id as "projectId", ${bid}.organization_id as "organizationId",
  ${bid}.sponsored_group_id as "sponsoredGroupId", ${bid}.state, ${bid}.current_version as "currentVersion",
  bid_version.content, bid_version.commitment, bid_version.project_version as "projectVersion",
  ${bid}.requested_fen as "requestedFen", ${msOf(`${bid}.submitted_at`)} as "submittedAt",
  ${bid}.confirmed_policy_version as "confirmedPolicyVersion", ${msOf(`${bid}.opened_at`)} as "openedAt",
  ${bid}.opening_outcome as "openingOutcome", ${bid}.opening_version as "openingVersion",
  ${bid}.opening_reason as "openingReason", ${msOf(`${bid}.checked_at`)} as "checkedAt", ${bid}.findings, ${bid}.remarks,
  ${bid}.corrections_used as "correctionsUsed", ${bid}.correction_due as "correctionDue",
  ${msOf(`${bid}.told_at`)} as "toldAt", ${msOf(`${bid}.created_at`)} as "createdAt"`

/** A bid as the driver hands it out: UUIDs, milliseconds, digits. */
type Row = {
  -readonly [Key in keyof Bid]: Bid[Key] extends bigint | null
    ? string | null
    : Bid[Key] extends Date
      ? number
      : Bid[Key] extends Date | null
        ? number | null
        : Bid[Key]
}

const ONE: Reading<Row> = {
  name: 'bid_one',
  text: `select ${columnsOf('bid')} from bid ${VERSION_OF('bid')} where bid.id = $1`,
}
/**
 * The rows beside the locked one are those from before the lock. Where it had to be waited for, `seen` tells that they
 * are too old.
 */
const LOCKED: Reading<Row & { seen: number }> = {
  name: 'bid_locked',
  text: `with locked as materialized (select * from bid where id = $1 for update)
    select ${columnsOf('locked')}, seen.version as seen
    from locked join bid seen on seen.id = locked.id ${VERSION_OF('locked')}`,
}

export async function findBid(handle: Sql, id: string): Promise<Bid | undefined> {
  const [row] = await readPrepared(handle, ONE, [uuidOf(id, 'bid')])
  return row && bidOf(row)
}

/** Locks the row for the rest of the transaction. Lock the round first: everybody takes them in that order. */
export async function lockBidRow(handle: Sql, id: string): Promise<Bid | undefined> {
  const [row] = await readPrepared(handle, LOCKED, [uuidOf(id, 'bid')])
  if (row === undefined) return undefined
  const { seen, ...bid } = row
  return seen === bid.version ? bidOf(bid) : findBid(handle, id)
}

/**
 * {@link lockBidRow} for several bids, in the order of their ids: two that lock the same ones never wait for each other.
 * Those that are there.
 */
export async function lockBidRows(handle: Sql, ids: readonly string[]): Promise<Map<string, Bid>> {
  const rows = await readPrepared(handle, LOCKED_MANY, [uuidArray(ids.map((id) => uuidOf(id, 'bid')))])
  const bids = await Promise.all(
    rows.map(async ({ seen, ...bid }) =>
      seen === bid.version ? bidOf(bid) : findBid(handle, idOfUuid(bid.id, 'bid')),
    ),
  )
  return new Map(bids.flatMap((bid) => (bid === undefined ? [] : [[bid.id, bid]])))
}

/** The bids with a project, whatever became of them, locked for the rest of the transaction; lock the project first. */
export async function lockBidsOfProject(handle: Sql, projectId: string): Promise<Bid[]> {
  const rows = await readPrepared(handle, OF_PROJECT, [uuidOf(projectId, 'prj')])
  const bids = await lockBidRows(
    handle,
    rows.map(({ id }) => idOfUuid(id, 'bid')),
  )
  return [...bids.values()]
}

const OF_PROJECT: Reading<{ id: string }> = {
  name: 'bids_of_project',
  text: `select id from bid where project_id = $1 and state <> 'withdrawn' order by id`,
}

const LOCKED_MANY: typeof LOCKED = {
  name: 'bid_locked_many',
  text: LOCKED.text.replace('where id = $1 for update', 'where id = any($1::uuid[]) order by id for update'),
}

/** What never changes of a bid; read but once. */
export type BidPlace = Pick<Bid, 'id' | 'roundId' | 'hostId' | 'organizationId' | 'projectId'>

const places = new Map<string, BidPlace>()
const PLACES_MAX = 10_000

export async function findBidPlace(handle: Sql, id: string): Promise<BidPlace | undefined> {
  const known = places.get(id)
  if (known !== undefined) return known
  const found = await findBid(handle, id)
  if (found === undefined) return undefined
  if (places.size >= PLACES_MAX) places.clear()
  const { roundId, hostId, organizationId, projectId } = found
  const place = { id, roundId, hostId, organizationId, projectId }
  places.set(id, place)
  return place
}

function bidOf(row: Row): Bid {
  return {
    ...row,
    id: idOfUuid(row.id, 'bid'),
    roundId: idOfUuid(row.roundId, 'rnd'),
    hostId: idOfUuid(row.hostId, 'org'),
    needId: idOfUuid(row.needId, 'need'),
    projectId: idOfUuid(row.projectId, 'prj'),
    organizationId: idOfUuid(row.organizationId, 'org'),
    sponsoredGroupId: row.sponsoredGroupId === null ? null : idOfUuid(row.sponsoredGroupId, 'org'),
    requestedFen: row.requestedFen === null ? null : BigInt(row.requestedFen),
    submittedAt: dateOf(row.submittedAt),
    openedAt: dateOf(row.openedAt),
    checkedAt: dateOf(row.checkedAt),
    toldAt: dateOf(row.toldAt),
    createdAt: new Date(row.createdAt),
  }
}

function dateOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds)
}
