import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Notice, NoticeKind, NoticeState } from './rules.ts'
import { notice } from './tables.ts'

export async function insertNotice(handle: Sql, content: Omit<Notice, 'version'>): Promise<Notice> {
  const [row] = await handle
    .insert(notice)
    .values({ ...content, version: 1 })
    .returning()
  return row as Notice
}

/** Saves what may change: the state and, once withdrawn, when and why. */
export async function updateNotice(
  handle: Sql,
  { id, state, withdrawnAt, withdrawalReason }: Pick<Notice, 'id' | 'state' | 'withdrawnAt' | 'withdrawalReason'>,
): Promise<Notice> {
  const [row] = await handle
    .update(notice)
    .set({ state, withdrawnAt, withdrawalReason, version: sql`${notice.version} + 1` })
    .where(eq(notice.id, id))
    .returning()
  return row as Notice
}

export async function findNotice(handle: Sql, id: string): Promise<Notice | undefined> {
  const [row] = await handle.select().from(notice).where(eq(notice.id, id))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockStoredNotice(handle: Sql, id: string): Promise<Notice | undefined> {
  const [row] = await handle.select().from(notice).where(eq(notice.id, id)).for('update')
  return row
}

/** The number after the last one of the round. The caller holds the round's lock; the table refuses a second use. */
export async function nextNumber(handle: Sql, roundId: string): Promise<number> {
  const [row] = await handle
    .select({ number: sql<number>`coalesce(max(${notice.number}), 0) + 1` })
    .from(notice)
    .where(eq(notice.roundId, roundId))
  return Number(row?.number)
}

export interface NoticeFilter {
  readonly roundId?: string | undefined
  readonly hostId?: string | undefined
  readonly kind?: NoticeKind | undefined
  readonly state?: NoticeState | undefined
}

/** Newest first. */
export async function listNotices(
  handle: Sql,
  filter: NoticeFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Notice>> {
  const conditions: (SQL | undefined)[] = [
    filter.roundId === undefined ? undefined : eq(notice.roundId, filter.roundId),
    filter.hostId === undefined ? undefined : eq(notice.hostId, filter.hostId),
    filter.kind === undefined ? undefined : eq(notice.kind, filter.kind),
    filter.state === undefined ? undefined : eq(notice.state, filter.state),
    keysetBefore(notice.createdAt, notice.id, after),
  ]
  const rows = await handle
    .select()
    .from(notice)
    .where(and(...conditions))
    .orderBy(desc(notice.createdAt), desc(notice.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
}
