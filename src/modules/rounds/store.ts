import { and, asc, desc, eq, gt, inArray, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import { inOneTrip, type Reading, readPrepared } from '../../platform/database/prepared.ts'
import { idOfUuid, newId, uuidOf } from '../../platform/ids.ts'
import type { FundPool, NewPool, PolicyVersion, PoolShare, Round, RoundContent, RoundState } from './rules.ts'
import { fundPool, round, roundNeed, roundPolicyVersion } from './tables.ts'

/** The needs in their order, as UUIDs: one statement reads a round or a page of rounds. */
const needUuids = sql<string[]>`array(
  select named.need_id::text from round_need named where named.round_id = round.id order by named.position)`
const COLUMNS = {
  id: round.id,
  version: round.version,
  code: round.code,
  title: round.title,
  hostId: round.hostId,
  operatorId: round.operatorId,
  procurementMode: round.procurementMode,
  policy: round.policy,
  policyVersion: round.policyVersion,
  requiredPolicyVersion: round.requiredPolicyVersion,
  confirmBy: round.confirmBy,
  opensAt: round.opensAt,
  closesAt: round.closesAt,
  cycleStartsOn: round.cycleStartsOn,
  cycleEndsOn: round.cycleEndsOn,
  state: round.state,
  publishedAt: round.publishedAt,
  formalCheckDue: round.formalCheckDue,
  openedAt: round.openedAt,
  cancelReason: round.cancelReason,
  cancelledFrom: round.cancelledFrom,
  createdAt: round.createdAt,
  needUuids,
}
type Row = typeof round.$inferSelect & { needUuids: string[] }

export async function insertRound(
  handle: Sql,
  created: Pick<Round, 'id' | 'hostId' | 'createdAt'> & RoundContent,
): Promise<Round> {
  const { needIds, ...columns } = created
  await handle
    .insert(round)
    .values({ ...columns, version: 1, policyVersion: 1, requiredPolicyVersion: 1, state: 'draft' })
  await replaceNeeds(handle, created.id, needIds)
  return found(await findRound(handle, created.id))
}

/** Writes what differs and raises the version. */
export async function updateRound(
  handle: Sql,
  id: string,
  changes: Partial<Omit<Round, 'id' | 'hostId' | 'version' | 'createdAt'>>,
): Promise<Round> {
  const { needIds, ...columns } = changes
  await handle
    .update(round)
    .set({ ...columns, version: sql`${round.version} + 1` })
    .where(eq(round.id, id))
  if (needIds !== undefined) await replaceNeeds(handle, id, needIds)
  return found(await findRound(handle, id))
}

async function replaceNeeds(handle: Sql, roundId: string, needIds: readonly string[]): Promise<void> {
  await handle.delete(roundNeed).where(eq(roundNeed.roundId, roundId))
  if (needIds.length === 0) return
  await handle.insert(roundNeed).values(needIds.map((needId, index) => ({ roundId, needId, position: index + 1 })))
}

export async function findRound(handle: Sql, id: string): Promise<Round | undefined> {
  const [row] = await handle.select(COLUMNS).from(round).where(eq(round.id, id))
  return row && fromRow(row)
}

/** The first round in one of these states that calls for the need. */
export async function findRoundForNeed(
  handle: Sql,
  needId: string,
  states: readonly RoundState[],
): Promise<string | undefined> {
  const [row] = await handle
    .select({ id: round.id })
    .from(roundNeed)
    .innerJoin(round, eq(round.id, roundNeed.roundId))
    .where(and(eq(roundNeed.needId, needId), inArray(round.state, [...states])))
    .orderBy(asc(round.id))
    .limit(1)
  return row?.id
}

/** Locks the round for the rest of the transaction: against every other change and every submission. */
export async function lockRoundRow(handle: Sql, id: string): Promise<Round | undefined> {
  await readPrepared(handle, LOCK, [ROUND_LOCKS, lockNumberOf(id)])
  const [row] = await handle.select(COLUMNS).from(round).where(eq(round.id, id)).for('update')
  return row && fromRow(row)
}

/**
 * Locks the round for reading: many submissions at once, but none beside a change of the round. The lock is an advisory
 * one, which those who wait for get in their turn: while submissions kept coming, shared locks of the row let a change
 * wait until its statement timed out. What was read is kept: a row with this stamp says the same for ever.
 */
export async function shareRoundRow(handle: Sql, id: string): Promise<Round | undefined> {
  const [, [row]] = await inOneTrip(
    readPrepared(handle, SHARE, [ROUND_LOCKS, lockNumberOf(id)]),
    readPrepared(handle, STAMP, [uuidOf(id, 'rnd')]),
  )
  if (row === undefined) return undefined
  const known = lastRead.get(id)
  if (known?.stamp === row.stamp) return known.round
  const read = await findRound(handle, id)
  if (read === undefined) return undefined
  if (lastRead.size >= KEPT_MAX) lastRead.clear()
  lastRead.set(id, { stamp: row.stamp, round: read })
  return read
}

const LOCK: Reading<object> = { name: 'round_lock', text: 'select pg_advisory_xact_lock($1, $2)' }
const SHARE: Reading<object> = { name: 'round_share', text: 'select pg_advisory_xact_lock_shared($1, $2)' }
/** The transaction that wrote the row and the version: also one that is rolled back has a stamp of its own. */
const STAMP: Reading<{ stamp: string }> = {
  name: 'round_stamp',
  text: `select xmin || ' ' || version as stamp from round where id = $1`,
}
const lastRead = new Map<string, { readonly stamp: string; readonly round: Round }>()
const KEPT_MAX = 1_000
/** The space of these locks; any constant does, as long as no other pair of numbers is locked under it. */
const ROUND_LOCKS = 0x0001_d0cf

/** The last 32 bits of a UUIDv7 are random. Two rounds with the same ones wait for each other, and that is all. */
function lockNumberOf(id: string): number {
  return Number.parseInt(uuidOf(id, 'rnd').slice(-8), 16) | 0
}

/** Newest first. Who does not work for the host of a draft does not see it. */
export async function listRounds(
  handle: Sql,
  filter: { hostId?: string | undefined; state?: RoundState | undefined; hostOfReader: string | null },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Round>> {
  const conditions: (SQL | undefined)[] = [
    filter.hostId === undefined ? undefined : eq(round.hostId, filter.hostId),
    filter.state === undefined ? undefined : eq(round.state, filter.state),
    filter.hostOfReader === null
      ? isNotNull(round.publishedAt)
      : or(isNotNull(round.publishedAt), eq(round.hostId, filter.hostOfReader)),
    keysetBefore(round.createdAt, round.id, after),
  ]
  const rows = await handle
    .select(COLUMNS)
    .from(round)
    .where(and(...conditions))
    .orderBy(desc(round.createdAt), desc(round.id))
    .limit(limit + 1)
  return pageOf(rows.map(fromRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

export async function replacePools(handle: Sql, roundId: string, pools: readonly NewPool[]): Promise<void> {
  await handle.delete(fundPool).where(eq(fundPool.roundId, roundId))
  if (pools.length === 0) return
  await handle.insert(fundPool).values(
    pools.map(({ purposes, fields, ...pool }, index) => ({
      ...pool,
      id: newId('pool'),
      roundId,
      position: index + 1,
      allocatedFen: 0n,
      purposes: purposes === null ? null : [...purposes],
      fields: fields === null ? null : [...fields],
    })),
  )
}

/** Gives the pools their new sizes; the check of the table holds what is allocated already. */
export async function resizePools(handle: Sql, pools: readonly Pick<FundPool, 'id' | 'sizeFen'>[]): Promise<void> {
  for (const { id, sizeFen } of pools) await handle.update(fundPool).set({ sizeFen }).where(eq(fundPool.id, id))
}

/** Keeps a version for ever; the trigger of the round's row looks for it. */
export async function insertPolicyVersion(handle: Sql, announced: PolicyVersion): Promise<void> {
  await handle.insert(roundPolicyVersion).values({ ...announced, changed: [...announced.changed] })
}

export async function findPolicyVersion(
  handle: Sql,
  roundId: string,
  version: number,
): Promise<PolicyVersion | undefined> {
  const [row] = await handle
    .select()
    .from(roundPolicyVersion)
    .where(and(eq(roundPolicyVersion.roundId, roundId), eq(roundPolicyVersion.version, version)))
  return row
}

/** The amendments of a round, newest first; the publication itself is none. */
export async function listAmendments(
  handle: Sql,
  roundId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<PolicyVersion>> {
  const rows = await handle
    .select()
    .from(roundPolicyVersion)
    .where(
      and(
        eq(roundPolicyVersion.roundId, roundId),
        gt(roundPolicyVersion.version, 1),
        after === undefined ? undefined : lt(roundPolicyVersion.version, Number(after[0])),
      ),
    )
    .orderBy(desc(roundPolicyVersion.version))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.version])
}

/** In the order of their positions. */
export async function findPools(handle: Sql, roundId: string): Promise<FundPool[]> {
  return await handle.select(POOL).from(fundPool).where(eq(fundPool.roundId, roundId)).orderBy(asc(fundPool.position))
}

export async function lockPools(handle: Sql, roundId: string): Promise<FundPool[]> {
  return await handle
    .select(POOL)
    .from(fundPool)
    .where(eq(fundPool.roundId, roundId))
    .orderBy(asc(fundPool.position))
    .for('update')
}

/** Adds the shares to what is allocated; negative amounts give money back. The check of the table holds 0 and the size. */
export async function allocate(handle: Sql, shares: readonly Pick<PoolShare, 'poolId' | 'amountFen'>[]): Promise<void> {
  for (const { poolId, amountFen } of shares) {
    await handle
      .update(fundPool)
      .set({ allocatedFen: sql`${fundPool.allocatedFen} + ${amountFen}` })
      .where(eq(fundPool.id, poolId))
  }
}

const POOL = {
  id: fundPool.id,
  position: fundPool.position,
  source: fundPool.source,
  name: fundPool.name,
  sizeFen: fundPool.sizeFen,
  allocatedFen: fundPool.allocatedFen,
  purposes: fundPool.purposes,
  fields: fundPool.fields,
}

function fromRow({ needUuids: uuids, ...row }: Row): Round {
  return { ...row, needIds: uuids.map((uuid) => idOfUuid(uuid, 'need')) }
}

function found(saved: Round | undefined): Round {
  if (saved === undefined) throw new Error('a round was written and is not there')
  return saved
}
