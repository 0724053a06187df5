import { and, asc, desc, eq, gt, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import { idOfUuid, newId } from '../../platform/ids.ts'
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

/** Locks the row for the rest of the transaction: against every other change and every submission. */
export async function lockRoundRow(handle: Sql, id: string): Promise<Round | undefined> {
  const [row] = await handle.select(COLUMNS).from(round).where(eq(round.id, id)).for('update')
  return row && fromRow(row)
}

/** Locks the row for reading: many submissions at once, but none beside a change of the round. */
export async function shareRoundRow(handle: Sql, id: string): Promise<Round | undefined> {
  const [row] = await handle.select(COLUMNS).from(round).where(eq(round.id, id)).for('share')
  return row && fromRow(row)
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
