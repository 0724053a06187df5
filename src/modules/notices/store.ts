import { and, asc, desc, eq, gt, inArray, isNotNull, notInArray, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Notice, NoticeKind, NoticeState } from './rules/notice.ts'
import type { Extension, Probe } from './rules/reachability.ts'
import { notice, noticeExtension, noticeProbe } from './tables.ts'

export async function insertNotice(handle: Sql, content: Omit<Notice, 'version'>): Promise<Notice> {
  const [row] = await handle
    .insert(notice)
    .values({ ...content, version: 1 })
    .returning()
  return row as Notice
}

/** Saves what may change: the state, the closing moment and, once withdrawn, when and why. */
export async function updateNotice(
  handle: Sql,
  { id, state, closesAt, withdrawnAt, withdrawalReason }: Notice,
): Promise<Notice> {
  const [row] = await handle
    .update(notice)
    .set({ state, closesAt, withdrawnAt, withdrawalReason, version: sql`${notice.version} + 1` })
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

/** The open notices of a round, locked one after the other in the order of their identifiers. */
export async function lockOpenNotices(handle: Sql, roundId: string): Promise<Notice[]> {
  return handle
    .select()
    .from(notice)
    .where(and(eq(notice.roundId, roundId), eq(notice.state, 'open')))
    .orderBy(asc(notice.id))
    .for('update')
}

/** The withdrawn notices of a round that have no successor, locked. */
export async function lockWithdrawnNotices(handle: Sql, roundId: string, kind: NoticeKind): Promise<Notice[]> {
  const successors = handle
    .select({ id: notice.supersedesId })
    .from(notice)
    .where(and(eq(notice.roundId, roundId), isNotNull(notice.supersedesId)))
  return handle
    .select()
    .from(notice)
    .where(
      and(
        eq(notice.roundId, roundId),
        eq(notice.kind, kind),
        eq(notice.state, 'withdrawn'),
        notInArray(notice.id, successors),
      ),
    )
    .orderBy(asc(notice.id))
    .for('update')
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

/** Which notices took the place of these: the successor's id by the id of the one before. */
export async function findSuccessors(handle: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await handle
    .select({ id: notice.id, supersedesId: notice.supersedesId })
    .from(notice)
    .where(inArray(notice.supersedesId, [...ids]))
  return new Map(rows.map((row) => [row.supersedesId as string, row.id]))
}

/** In the order in which they were added. */
export async function findExtensions(handle: Sql, noticeIds: readonly string[]): Promise<Extension[]> {
  return handle
    .select()
    .from(noticeExtension)
    .where(inArray(noticeExtension.noticeId, [...noticeIds]))
    .orderBy(asc(noticeExtension.noticeId), asc(noticeExtension.number))
}

export async function insertExtension(handle: Sql, extension: Extension): Promise<void> {
  await handle.insert(noticeExtension).values(extension)
}

/** A second probe of one moment, which a frozen clock may bring, tells nothing new and is dropped. */
export async function insertProbe(handle: Sql, probe: Probe): Promise<void> {
  await handle.insert(noticeProbe).values(probe).onConflictDoNothing()
}

/** All probes of a notice in the order of time. */
export async function findProbes(handle: Sql, noticeId: string): Promise<Probe[]> {
  return handle.select().from(noticeProbe).where(eq(noticeProbe.noticeId, noticeId)).orderBy(asc(noticeProbe.at))
}

export async function findLastProbe(handle: Sql, noticeId: string): Promise<Probe | undefined> {
  const [row] = await handle
    .select()
    .from(noticeProbe)
    .where(eq(noticeProbe.noticeId, noticeId))
    .orderBy(desc(noticeProbe.at))
    .limit(1)
  return row
}

/** Oldest first. */
export async function listProbes(
  handle: Sql,
  noticeId: string,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Probe>> {
  const [last] = (after ?? []) as string[]
  const rows = await handle
    .select()
    .from(noticeProbe)
    .where(and(eq(noticeProbe.noticeId, noticeId), last === undefined ? undefined : gt(noticeProbe.at, new Date(last))))
    .orderBy(asc(noticeProbe.at))
    .limit(limit + 1)
  return pageOf(rows, limit, (row) => [row.at.toISOString()])
}

/** Open notices, the oldest first. */
export async function findOpenNotices(handle: Sql, most: number): Promise<Notice[]> {
  return handle.select().from(notice).where(eq(notice.state, 'open')).orderBy(asc(notice.publishedAt)).limit(most)
}
