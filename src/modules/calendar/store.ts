import { and, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { CalendarYear, CalendarYearContent } from './rules.ts'
import { calendarYear } from './tables.ts'

export async function insertCalendarYear(
  handle: Sql,
  id: string,
  content: CalendarYearContent,
  createdAt: Date,
): Promise<CalendarYear> {
  const [row] = await handle
    .insert(calendarYear)
    .values({ id, version: 1, createdAt, ...columnsOf(content) })
    .returning()
  return row as CalendarYear
}

export async function updateCalendarYear(handle: Sql, id: string, content: CalendarYearContent): Promise<CalendarYear> {
  const [row] = await handle
    .update(calendarYear)
    .set({ ...columnsOf(content), version: sql`${calendarYear.version} + 1` })
    .where(eq(calendarYear.id, id))
    .returning()
  return row as CalendarYear
}

export async function findCalendarYear(handle: Sql, id: string): Promise<CalendarYear | undefined> {
  const [row] = await handle.select().from(calendarYear).where(eq(calendarYear.id, id))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockCalendarYear(handle: Sql, id: string): Promise<CalendarYear | undefined> {
  const [row] = await handle.select().from(calendarYear).where(eq(calendarYear.id, id)).for('update')
  return row
}

/** All national years and those of the host. */
export async function yearsForHost(handle: Sql, hostId: string | null): Promise<CalendarYear[]> {
  const national = isNull(calendarYear.hostId)
  return handle
    .select()
    .from(calendarYear)
    .where(hostId === null ? national : or(national, eq(calendarYear.hostId, hostId)))
}

/** Newest first. */
export async function listCalendarYears(
  handle: Sql,
  filter: { year?: number | undefined; hostId?: string | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<CalendarYear>> {
  const conditions: (SQL | undefined)[] = [
    filter.year === undefined ? undefined : eq(calendarYear.year, filter.year),
    filter.hostId === undefined ? undefined : eq(calendarYear.hostId, filter.hostId),
    keysetBefore(calendarYear.createdAt, calendarYear.id, after),
  ]
  const rows = await handle
    .select()
    .from(calendarYear)
    .where(and(...conditions))
    .orderBy(desc(calendarYear.createdAt), desc(calendarYear.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.createdAt.toISOString(), item.id])
}

function columnsOf({ holidays, makeupWorkdays, ...content }: CalendarYearContent) {
  return { ...content, holidays: [...holidays], makeupWorkdays: [...makeupWorkdays] }
}
