import {
  and,
  arrayContains,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNull,
  or,
  placeholder,
  type SQL,
  sql as statement,
} from 'drizzle-orm'
import type { Role } from '../../kernel/actor.ts'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetBefore } from '../../platform/database/keyset.ts'
import type { ApiKey, Standing, User } from './rules.ts'
import { apiKey, appUser, expertHost } from './tables.ts'

export interface StoredKey extends ApiKey {
  readonly secretHash: Buffer
}

const keyView = {
  id: apiKey.id,
  version: apiKey.version,
  publicPart: apiKey.publicPart,
  label: apiKey.label,
  roles: apiKey.roles,
  organizationId: apiKey.organizationId,
  hostId: apiKey.hostId,
  expertId: apiKey.expertId,
  expiresAt: apiKey.expiresAt,
  revokedAt: apiKey.revokedAt,
  createdAt: apiKey.createdAt,
}

export async function insertKey(sql: Sql, key: StoredKey): Promise<ApiKey> {
  const [row] = await sql
    .insert(apiKey)
    .values({ ...key, roles: [...key.roles] })
    .returning(keyView)
  return row as ApiKey
}

/** For authentication only: the one place that reads the hash. */
export async function findKeyByPublicPart(sql: Sql, publicPart: string): Promise<StoredKey | undefined> {
  let statement = byPublicPart.get(sql)
  if (statement === undefined) {
    statement = prepareByPublicPart(sql)
    byPublicPart.set(sql, statement)
  }
  const [row] = await statement.execute({ publicPart })
  return row
}

/** Asked once a second for every key that is in use, so it is built once and not each time. */
const byPublicPart = new WeakMap<Sql, ReturnType<typeof prepareByPublicPart>>()

function prepareByPublicPart(sql: Sql) {
  return sql
    .select()
    .from(apiKey)
    .where(eq(apiKey.publicPart, placeholder('publicPart')))
    .prepare('key_by_public_part')
}

export async function findKey(sql: Sql, id: string): Promise<ApiKey | undefined> {
  const [row] = await sql.select(keyView).from(apiKey).where(eq(apiKey.id, id))
  return row
}

export async function lockKey(sql: Sql, id: string): Promise<ApiKey | undefined> {
  const [row] = await sql.select(keyView).from(apiKey).where(eq(apiKey.id, id)).for('update')
  return row
}

export async function revokeStoredKey(sql: Sql, id: string, revokedAt: Date): Promise<ApiKey> {
  const [row] = await sql
    .update(apiKey)
    .set({ revokedAt, version: statement`${apiKey.version} + 1` })
    .where(eq(apiKey.id, id))
    .returning(keyView)
  return row as ApiKey
}

/** Whose keys and users: those that work for one host, those of an agency that work for no host, or all. */
export type CredentialScope = 'all' | { readonly hostId: string } | { readonly agencyId: string }

/** Newest first. */
export async function listKeys(
  sql: Sql,
  scope: CredentialScope,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<ApiKey>> {
  const rows = await sql
    .select(keyView)
    .from(apiKey)
    .where(and(ownedBy(apiKey, scope), keysetBefore(apiKey.createdAt, apiKey.id, after)))
    .orderBy(desc(apiKey.createdAt), desc(apiKey.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (key) => [key.createdAt.toISOString(), key.id])
}

function ownedBy(held: typeof apiKey | typeof appUser, scope: CredentialScope): SQL | undefined {
  if (scope === 'all') return undefined
  return 'hostId' in scope
    ? eq(held.hostId, scope.hostId)
    : and(eq(held.organizationId, scope.agencyId), isNull(held.hostId))
}

export async function insertUser(
  sql: Sql,
  user: Standing & Pick<User, 'id' | 'issuer' | 'subject' | 'label' | 'createdAt'>,
): Promise<User> {
  const [row] = await sql
    .insert(appUser)
    .values({ ...user, version: 1, roles: [...user.roles] })
    .returning()
  return row as User
}

/** The one whose standing has not ended; there may be others from before. */
export async function findUserBySubject(sql: Sql, issuer: string, subject: string): Promise<User | undefined> {
  const [row] = await sql
    .select()
    .from(appUser)
    .where(and(eq(appUser.issuer, issuer), eq(appUser.subject, subject), isNull(appUser.disabledAt)))
  return row
}

export async function findUser(sql: Sql, id: string): Promise<User | undefined> {
  const [row] = await sql.select().from(appUser).where(eq(appUser.id, id))
  return row
}

export async function lockUser(sql: Sql, id: string): Promise<User | undefined> {
  const [row] = await sql.select().from(appUser).where(eq(appUser.id, id)).for('update')
  return row
}

export async function disableStoredUser(sql: Sql, id: string, disabledAt: Date): Promise<User> {
  const [row] = await sql
    .update(appUser)
    .set({ disabledAt, version: statement`${appUser.version} + 1` })
    .where(eq(appUser.id, id))
    .returning()
  return row as User
}

/** Newest first. */
export async function listUsers(
  sql: Sql,
  scope: CredentialScope,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<User>> {
  const rows = await sql
    .select()
    .from(appUser)
    .where(and(ownedBy(appUser, scope), keysetBefore(appUser.createdAt, appUser.id, after)))
    .orderBy(desc(appUser.createdAt), desc(appUser.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (user) => [user.createdAt.toISOString(), user.id])
}

/** Whose expert it is; undefined when there is no such expert. */
export async function findExpertHost(sql: Sql, expertId: string): Promise<string | undefined> {
  const [row] = await sql.select({ hostId: expertHost.hostId }).from(expertHost).where(eq(expertHost.id, expertId))
  return row?.hostId
}

/** The roles of the keys and users that can act for a host at an instant, and of the experts, counted by their roles. */
export async function countHolders(
  sql: Sql,
  hostId: string,
  at: Date,
): Promise<{ readonly roles: readonly Role[]; readonly count: number }[]> {
  const keys = await sql
    .select({ roles: apiKey.roles, count: count() })
    .from(apiKey)
    .where(
      and(
        or(eq(apiKey.hostId, hostId), arrayContains(apiKey.roles, ['expert'])),
        isNull(apiKey.revokedAt),
        gt(apiKey.expiresAt, at),
      ),
    )
    .groupBy(apiKey.roles)
  const users = await sql
    .select({ roles: appUser.roles, count: count() })
    .from(appUser)
    .where(and(or(eq(appUser.hostId, hostId), arrayContains(appUser.roles, ['expert'])), isNull(appUser.disabledAt)))
    .groupBy(appUser.roles)
  return [...keys, ...users]
}

/** The standings of live credentials that belong to one of the organizations or act for it as a host, each once. */
export async function findStandings(
  sql: Sql,
  organizationIds: readonly string[],
  at: Date,
): Promise<Pick<Standing, 'organizationId' | 'hostId' | 'roles'>[]> {
  if (organizationIds.length === 0) return []
  const ids = [...organizationIds]
  const keys = await sql
    .selectDistinct({ organizationId: apiKey.organizationId, hostId: apiKey.hostId, roles: apiKey.roles })
    .from(apiKey)
    .where(
      and(
        or(inArray(apiKey.hostId, ids), inArray(apiKey.organizationId, ids)),
        isNull(apiKey.revokedAt),
        gt(apiKey.expiresAt, at),
      ),
    )
  const users = await sql
    .selectDistinct({ organizationId: appUser.organizationId, hostId: appUser.hostId, roles: appUser.roles })
    .from(appUser)
    .where(and(or(inArray(appUser.hostId, ids), inArray(appUser.organizationId, ids)), isNull(appUser.disabledAt)))
  return [...keys, ...users]
}
