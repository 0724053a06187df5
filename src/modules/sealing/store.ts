import { and, asc, eq, isNotNull, type SQL } from 'drizzle-orm'
import type { Sql } from '../../platform/database/database.ts'
import { keyShare, sealingKey } from './tables.ts'

export type SealingKeyRow = typeof sealingKey.$inferSelect
export type KeyShareRow = typeof keyShare.$inferSelect

export async function insertKey(
  handle: Sql,
  created: Omit<SealingKeyRow, 'releasedKey' | 'releasedAt'>,
  shares: readonly Omit<KeyShareRow, 'handedIn' | 'handedInBy' | 'handedInAt' | 'roundId'>[],
): Promise<void> {
  await handle.insert(sealingKey).values(created)
  if (shares.length > 0)
    await handle.insert(keyShare).values(shares.map((share) => ({ ...share, roundId: created.roundId })))
}

export async function findKey(handle: Sql, roundId: string): Promise<SealingKeyRow | undefined> {
  const [row] = await handle.select().from(sealingKey).where(eq(sealingKey.roundId, roundId))
  return row
}

/** Locks the key for the rest of the transaction: shares are handed in one after the other. */
export async function lockKey(handle: Sql, roundId: string): Promise<SealingKeyRow | undefined> {
  const [row] = await handle.select().from(sealingKey).where(eq(sealingKey.roundId, roundId)).for('update')
  return row
}

export async function keepReleasedKey(
  handle: Sql,
  roundId: string,
  releasedKey: string,
  releasedAt: Date,
): Promise<void> {
  await handle.update(sealingKey).set({ releasedKey, releasedAt }).where(eq(sealingKey.roundId, roundId))
  await handle.update(keyShare).set({ handedIn: null }).where(eq(keyShare.roundId, roundId))
}

/** In the order of the policy's officers. */
export async function findShares(handle: Sql, roundId: string, which?: 'handed in'): Promise<KeyShareRow[]> {
  const conditions: (SQL | undefined)[] = [
    eq(keyShare.roundId, roundId),
    which === undefined ? undefined : isNotNull(keyShare.handedInAt),
  ]
  return handle
    .select()
    .from(keyShare)
    .where(and(...conditions))
    .orderBy(asc(keyShare.position))
}

export async function keepShare(
  handle: Sql,
  { roundId, position }: Pick<KeyShareRow, 'roundId' | 'position'>,
  given: { readonly handedIn: string; readonly handedInBy: string; readonly handedInAt: Date },
): Promise<void> {
  await handle
    .update(keyShare)
    .set(given)
    .where(and(eq(keyShare.roundId, roundId), eq(keyShare.position, position)))
}
