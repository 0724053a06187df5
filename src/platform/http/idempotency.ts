import canonicalize from 'canonicalize'
import { sql as statement } from 'drizzle-orm'
import { Problem, problem } from '../../kernel/problem.ts'
import type { Sql } from '../database/database.ts'
import { type Reading, readPrepared, runPrepared } from '../database/prepared.ts'
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

export function idempotencyClaim(
  digest: (text: string) => Buffer,
  request: {
    readonly principal: string
    readonly method: string
    readonly route: string
    readonly path: string
    readonly ifMatch: string | undefined
    readonly body: unknown
    readonly key: string
  },
): IdempotencyClaim {
  const of = (...parts: readonly string[]) => digest(JSON.stringify(parts))
  return {
    scopeHash: of(request.principal, request.method, request.route, request.key),
    fingerprint: of(request.method, request.path, request.ifMatch ?? '', canonicalize(request.body ?? null) ?? ''),
  }
}

/**
 * Claims the key inside the business transaction. Returns the saved answer of an earlier, equal request, or null when
 * this request is the first. Throws `idempotency_in_progress` while another one runs and `idempotency_key_reused` when
 * the content differs. The claim is an advisory lock until the end of the transaction: it makes "running" visible at
 * once, where a row would let a duplicate wait for the first one's commit. The statement looks before it locks; what
 * commits in between is found at the end, by {@link keepAnswer} or {@link earlierAnswer}.
 */
export async function claimIdempotencyKey(sql: Sql, claim: IdempotencyClaim): Promise<SavedAnswer | null> {
  const lockKey = claim.scopeHash.readBigInt64BE(0)
  const [found] = await readPrepared(sql, CLAIM, [lockKey.toString(), claim.scopeHash])
  if (found?.locked !== true) throw inProgress()
  if (found.fingerprint === null) return null
  if (!found.fingerprint.equals(claim.fingerprint)) throw problem(IdempotencyKeyReused)
  return answerIn(found)
}

/** The answer that an equal request has been given by now; null when there is none. */
export async function earlierAnswer(sql: Sql, claim: IdempotencyClaim): Promise<SavedAnswer | null> {
  const [found] = await readPrepared(sql, FIND, [claim.scopeHash, claim.fingerprint])
  return found === undefined ? null : answerIn(found)
}

interface AnswerRow {
  readonly status: number | null
  readonly body: string | null
  readonly headers: Record<string, string> | null
}

function answerIn({ status, body, headers }: AnswerRow): SavedAnswer {
  if (status === null) throw new Error('an answer was saved without a status')
  return { status, body: body ?? '', headers: headers ?? {} }
}

const CLAIM: Reading<AnswerRow & { readonly locked: boolean; readonly fingerprint: Buffer | null }> = {
  name: 'idempotency_claim',
  text: `select pg_try_advisory_xact_lock($1) as locked, fingerprint, status, body, headers
    from (select) one left join idempotency_key on scope_hash = $2`,
}
const FIND: Reading<AnswerRow> = {
  name: 'idempotency_find',
  text: 'select status, body, headers from idempotency_key where scope_hash = $1 and fingerprint = $2',
}

function inProgress(): Problem {
  return new Problem({ problem: IdempotencyInProgress, parameters: {}, errors: [] }, { 'retry-after': '1' })
}

/**
 * Saves the answer at the end of the same transaction. Throws `idempotency_in_progress`, so that nothing of this
 * request remains, when another one with the same key has ended since the claim.
 */
export async function keepAnswer(sql: Sql, claim: IdempotencyClaim, answer: SavedAnswer): Promise<void> {
  if (!(await insertAnswer(sql, claim, answer))) throw inProgress()
}

/** Saves a refusal, whose transaction is gone, in one of its own. @returns false when there was an answer already. */
export async function insertAnswer(sql: Sql, claim: IdempotencyClaim, answer: SavedAnswer): Promise<boolean> {
  const { status, body, headers } = answer
  const values = [claim.scopeHash, claim.fingerprint, status, body, JSON.stringify(headers)]
  return (await runPrepared(sql, KEEP, values)) === 1
}

/** Its name is on every Bind of it, and by it tests know a transaction of the API from one of the worker. */
const KEEP = {
  name: 'insert into idempotency_key',
  text: `insert into idempotency_key (scope_hash, fingerprint, status, body, headers) values ($1, $2, $3, $4, $5)
    on conflict (scope_hash) do nothing`,
}

/** Forgets keys older than {@link IDEMPOTENCY_DAYS}; run by the worker's sweep. */
export async function pruneIdempotencyKeys(sql: Sql): Promise<number> {
  const deleted = await sql.execute(
    statement`delete from idempotency_key where created_at < clock_timestamp() - make_interval(days => ${IDEMPOTENCY_DAYS})`,
  )
  return deleted.rowCount ?? 0
}
