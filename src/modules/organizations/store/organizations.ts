import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { Organization, OrganizationContent, OrganizationType } from '../rules/organization.ts'
import { organization } from '../tables.ts'

type Row = typeof organization.$inferSelect

export async function insertOrganization(
  sql: Sql,
  id: string,
  content: OrganizationContent,
  createdAt: Date,
): Promise<Organization> {
  const [row] = await sql
    .insert(organization)
    .values({ id, version: 1, createdAt, ...columnsOf(content) })
    .returning()
  return fromRow(row as Row)
}

export async function updateOrganization(sql: Sql, id: string, content: OrganizationContent): Promise<Organization> {
  const [row] = await sql
    .update(organization)
    .set({ ...columnsOf(content), version: nextVersion })
    .where(eq(organization.id, id))
    .returning()
  return fromRow(row as Row)
}

/** For what belongs to an organization and stands in tables of its own. */
export async function raiseVersion(sql: Sql, id: string): Promise<number> {
  const [row] = await sql
    .update(organization)
    .set({ version: nextVersion })
    .where(eq(organization.id, id))
    .returning({ version: organization.version })
  if (row === undefined) throw new Error(`there is no organization ${id}`)
  return row.version
}

export async function findOrganization(handle: Sql, id: string): Promise<Organization | undefined> {
  const [row] = await handle.select().from(organization).where(eq(organization.id, id))
  return row && fromRow(row)
}

/** Which of these identifiers are on record. */
export async function findKnownIds(handle: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await handle
    .select({ id: organization.id })
    .from(organization)
    .where(inArray(organization.id, [...ids]))
  return rows.map(({ id }) => id)
}

/** Locks the row for the rest of the transaction. */
export async function lockOrganization(handle: Sql, id: string): Promise<Organization | undefined> {
  const [row] = await handle.select().from(organization).where(eq(organization.id, id)).for('update')
  return row && fromRow(row)
}

/** Newest first. */
export async function listOrganizations(
  handle: Sql,
  filter: { type?: OrganizationType | undefined },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Organization>> {
  const conditions: (SQL | undefined)[] = [
    filter.type === undefined ? undefined : eq(organization.type, filter.type),
    keysetBefore(organization.createdAt, organization.id, after),
  ]
  const rows = await handle
    .select()
    .from(organization)
    .where(and(...conditions))
    .orderBy(desc(organization.createdAt), desc(organization.id))
    .limit(limit + 1)
  return pageOf(rows.map(fromRow), limit, (item) => [item.createdAt.toISOString(), item.id])
}

const nextVersion = sql`${organization.version} + 1`

function columnsOf({ grade, annualChecks, ...content }: OrganizationContent) {
  return {
    ...content,
    annualChecks: [...annualChecks],
    gradeLevel: grade?.level ?? null,
    gradeValidFrom: grade?.validFrom ?? null,
    gradeValidTo: grade?.validTo ?? null,
  }
}

function fromRow({ gradeLevel, gradeValidFrom, gradeValidTo, ...row }: Row): Organization {
  return {
    ...row,
    grade:
      gradeLevel === null || gradeValidTo === null
        ? null
        : {
            level: gradeLevel,
            ...(gradeValidFrom === null ? {} : { validFrom: gradeValidFrom }),
            validTo: gradeValidTo,
          },
  }
}
