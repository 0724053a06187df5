import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql as statement } from 'drizzle-orm'
import { Problem, problem } from '../../kernel/problem.ts'
import type { Sql } from '../database/database.ts'
import { IdempotencyInProgress, IdempotencyKeyInvalid, IdempotencyKeyReused } from '../problems.ts'

/** How long an answer can be replayed. Printed in the documentation. */
export const IDEMPOTENCY_DAYS = 7

export interface SavedAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** One key's claim: where it counts and what it was used for. */
export interface IdempotencyClaim {
  /** Principal, method, route and key. */
  readonly scopeHash: Buffer
  /** Method, path, If-Match and body. */
  readonly fingerprint: Buffer
}

/** The key of a request, bare or quoted; throws `idempotency_key_invalid`. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const text = Array.isArray(header) ? header.join(',') : header
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw problem(IdempotencyKeyInvalid)
  return key
}

export function idempotencyClaim(request: {
  readonly principal: string
  readonly method: string
  readonly route: string
  readonly path: string
  readonly ifMatch: string | undefined
  readonly body: unknown
  readonly key: string
}): IdempotencyClaim {
  const hash = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest()
  return {
    scopeHash: hash(request.principal, request.method, request.route, request.key),
    fingerprint: hash(request.method, request.path, request.ifMatch ?? '', canonicalize(request.body ?? null) ?? ''),
  }
}

/**
 * Claims the key inside the business transaction. Returns the saved answer of an earlier, equal request, or null when
 * this request is the first. Throws `idempotency_in_progress` while another one runs and `idempotency_key_reused` when
 * the content differs. The advisory lock makes "running" visible at once; without it a duplicate would wait for the
 * first one's commit.
 */
export async function claimIdempotencyKey(sql: Sql, claim: IdempotencyClaim): Promise<SavedAnswer | null> {
  const lockKey = claim.scopeHash.readBigInt64BE(0)
  const lock = await sql.execute<{ locked: boolean }>(
    statement`select pg_try_advisory_xact_lock(${lockKey.toString()}::bigint) as locked`,
  )
  if (lock.rows[0]?.locked !== true) throw inProgress()
  const inserted = await sql.execute(statement`
    insert into idempotency_key (scope_hash, fingerprint) values (${claim.scopeHash}, ${claim.fingerprint})
    on conflict (scope_hash) do nothing`)
  if (inserted.rowCount === 1) return null
  const found = await sql.execute<{
    fingerprint: Buffer
    status: number | null
    body: string | null
    headers: Record<string, string> | null
  }>(statement`select fingerprint, status, body, headers from idempotency_key where scope_hash = ${claim.scopeHash}`)
  const saved = found.rows[0]
  if (saved === undefined || saved.status === null) throw inProgress()
  if (!saved.fingerprint.equals(claim.fingerprint)) throw problem(IdempotencyKeyReused)
  return { status: saved.status, body: saved.body ?? '', headers: saved.headers ?? {} }
}

function inProgress(): Problem {
  return new Problem({ problem: IdempotencyInProgress, parameters: {}, errors: [] }, { 'retry-after': '1' })
}

/** Saves the answer at the end of the same transaction. */
export async function saveAnswer(sql: Sql, claim: IdempotencyClaim, answer: SavedAnswer): Promise<void> {
  await sql.execute(statement`
    insert into idempotency_key (scope_hash, fingerprint, status, body, headers)
    values (${claim.scopeHash}, ${claim.fingerprint}, ${answer.status}, ${answer.body}, ${JSON.stringify(answer.headers)}::jsonb)
    on conflict (scope_hash) do update set status = excluded.status, body = excluded.body, headers = excluded.headers
    where idempotency_key.status is null`)
}

/** Forgets keys older than {@link IDEMPOTENCY_DAYS}; run by the worker's sweep. */
export async function pruneIdempotencyKeys(sql: Sql): Promise<number> {
  const deleted = await sql.execute(
    statement`delete from idempotency_key where created_at < clock_timestamp() - make_interval(days => ${IDEMPOTENCY_DAYS})`,
  )
  return deleted.rowCount ?? 0
}
