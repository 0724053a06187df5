import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import type { Division, DivisionLevel } from './rules.ts'
import { division } from './tables.ts'

export async function insertDivision(handle: Sql, content: Omit<Division, 'version'>): Promise<Division> {
  const [row] = await handle
    .insert(division)
    .values({ ...content, version: 1 })
    .returning()
  return row as Division
}

export async function updateDivision(
  handle: Sql,
  code: string,
  content: Pick<Division, 'name' | 'households' | 'premisesSquareMetres'>,
): Promise<Division> {
  const { name, households, premisesSquareMetres } = content
  const [row] = await handle
    .update(division)
    .set({ name, households, premisesSquareMetres, version: sql`${division.version} + 1` })
    .where(eq(division.code, code))
    .returning()
  return row as Division
}

export async function findDivision(handle: Sql, code: string): Promise<Division | undefined> {
  const [row] = await handle.select().from(division).where(eq(division.code, code))
  return row
}

/** Locks the row for the rest of the transaction. */
export async function lockDivision(handle: Sql, code: string): Promise<Division | undefined> {
  const [row] = await handle.select().from(division).where(eq(division.code, code)).for('update')
  return row
}

/** In the order of codes: each division stands before its parts. */
export async function listDivisions(
  handle: Sql,
  filter: { parentCode?: string | undefined; level?: DivisionLevel | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Division>> {
  const conditions: (SQL | undefined)[] = [
    filter.parentCode === undefined ? undefined : eq(division.parentCode, filter.parentCode),
    filter.level === undefined ? undefined : eq(division.level, filter.level),
    after === undefined ? undefined : gt(division.code, String(after[0])),
  ]
  const rows = await handle
    .select()
    .from(division)
    .where(and(...conditions))
    .orderBy(asc(division.code))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.code])
}
