import { and, desc, eq, gte, inArray, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { Need, NeedState, ServiceField } from './rules.ts'
import { need } from './tables.ts'

export async function insertNeed(handle: Sql, fresh: Need): Promise<Need> {
  const [row] = await handle.insert(need).values(fresh).returning()
  return row as Need
}

/** Saves everything that may change and raises the version. */
export async function saveNeed(
  handle: Sql,
  { id, version: _, hostId: __, createdAt: ___, ...columns }: Need,
): Promise<Need> {
  const [row] = await handle
    .update(need)
    .set({ ...columns, version: sql`${need.version} + 1` })
    .where(eq(need.id, id))
    .returning()
  return row as Need
}

export async function findNeed(handle: Sql, id: string): Promise<Need | undefined> {
  const [row] = await handle.select().from(need).where(eq(need.id, id))
  return row
}

/** In the order of their ids, which is the order of their making; unknown ids are left out. */
export async function findNeeds(handle: Sql, ids: readonly string[]): Promise<Need[]> {
  if (ids.length === 0) return []
  return handle
    .select()
    .from(need)
    .where(inArray(need.id, [...ids]))
    .orderBy(need.id)
}

/** Locks the row for the rest of the transaction. */
export async function lockNeed(handle: Sql, id: string): Promise<Need | undefined> {
  const [row] = await handle.select().from(need).where(eq(need.id, id)).for('update')
  return row
}

export interface NeedFilter {
  readonly hostId?: string | undefined
  readonly state?: NeedState | undefined
  readonly serviceField?: ServiceField | undefined
  /** A division and everything below it. */
  readonly divisionCode?: string | undefined
}

/** Newest first: the published ones, and of `insideHostId` all. */
export async function listNeeds(
  handle: Sql,
  filter: NeedFilter,
  insideHostId: string | null,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Need>> {
  const isPublic = isNotNull(need.publishedAt)
  const rows = await handle
    .select()
    .from(need)
    .where(
      and(
        insideHostId === null ? isPublic : or(isPublic, eq(need.hostId, insideHostId)),
        filter.hostId === undefined ? undefined : eq(need.hostId, filter.hostId),
        filter.state === undefined ? undefined : eq(need.state, filter.state),
        filter.serviceField === undefined ? undefined : eq(need.serviceField, filter.serviceField),
        filter.divisionCode === undefined ? undefined : within(filter.divisionCode),
        keysetBefore(need.createdAt, need.id, after),
      ),
    )
    .orderBy(desc(need.createdAt), desc(need.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

/** `990421101000` holds `990421101001`: the zeros at the end of a code stand for everything below. */
function within(divisionCode: string): SQL | undefined {
  const significant = divisionCode.replace(/(000){1,2}$/, '').replace(/^(\d\d)0000$|^(\d{4})00$/, '$1$2')
  if (significant.length === divisionCode.length) return eq(need.divisionCode, divisionCode)
  const code = sql`${need.divisionCode} collate "C"`
  return and(gte(code, significant), lt(code, `${significant}:`))
}
