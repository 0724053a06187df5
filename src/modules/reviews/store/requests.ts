import { and, desc, eq, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../../kernel/page.ts'
import type { Sql } from '../../../platform/database/database.ts'
import { keysetBefore } from '../../../platform/database/keyset.ts'
import type { RecusalRequest } from '../rules/requests.ts'
import { expert, recusalRequest } from '../tables.ts'

export async function insertRequest(handle: Sql, request: RecusalRequest): Promise<RecusalRequest> {
  const [row] = await handle.insert(recusalRequest).values(request).returning()
  return row as RecusalRequest
}

export async function decideStoredRequest(
  handle: Sql,
  id: string,
  decided: Pick<RecusalRequest, 'state' | 'decisionReason' | 'decidedBy' | 'decidedAt'>,
): Promise<RecusalRequest> {
  const [row] = await handle
    .update(recusalRequest)
    .set({ ...decided, version: sql`${recusalRequest.version} + 1` })
    .where(eq(recusalRequest.id, id))
    .returning()
  return row as RecusalRequest
}

export async function findRequest(handle: Sql, id: string): Promise<RecusalRequest | undefined> {
  const [row] = await handle.select().from(recusalRequest).where(eq(recusalRequest.id, id))
  return row
}

export async function lockRequest(handle: Sql, id: string): Promise<RecusalRequest | undefined> {
  const [row] = await handle.select().from(recusalRequest).where(eq(recusalRequest.id, id)).for('update')
  return row
}

/** Newest first: those of a host, or those of an agency. */
export async function listRequests(
  handle: Sql,
  whose: { readonly hostId?: string; readonly organizationId?: string },
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<RecusalRequest>> {
  const rows = await handle
    .select()
    .from(recusalRequest)
    .where(
      and(
        whose.hostId === undefined ? undefined : eq(recusalRequest.hostId, whose.hostId),
        whose.organizationId === undefined ? undefined : eq(recusalRequest.organizationId, whose.organizationId),
        keysetBefore(recusalRequest.createdAt, recusalRequest.id, after),
      ),
    )
    .orderBy(desc(recusalRequest.createdAt), desc(recusalRequest.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
}

/** The expert of a host behind a code. */
export async function expertIdOfCode(handle: Sql, hostId: string, code: string): Promise<string | undefined> {
  const [row] = await handle
    .select({ id: expert.id })
    .from(expert)
    .where(and(eq(expert.hostId, hostId), eq(expert.code, code)))
  return row?.id
}
