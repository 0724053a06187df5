import { sql as statement } from 'drizzle-orm'
import { Problem, problem } from '../../kernel/problem.ts'
import { bytesArray, textArray } from '../database/arrays.ts'
import type { Sql } from '../database/database.ts'
import { type Reading, readPrepared, runPrepared } from '../database/prepared.ts'
import { type Outcome, outcomeOf } from '../lane.ts'
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
  digest: (parts: Iterable<string>) => Buffer,
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
  const { principal, method, route, path, ifMatch = '', key } = request
  return {
    scopeHash: digest([JSON.stringify([principal, method, route, key])]),
    fingerprint: digest([JSON.stringify([method, path, ifMatch]), ...tokensOf(request.body)]),
  }
}

/** Beyond this a text is digested by itself: an application form of 20 KB is neither copied nor escaped for it. */
const SHORT = 256

/**
 * Texts that one after the other are the same for equal JSON values, in whatever order their names stand, and for no
 * others. Not the canonical form of RFC 8785, which is a matter of who else writes it: a long text stands unescaped behind
 * its length.
 */
function tokensOf(body: unknown): string[] {
  const parts: string[] = []
  let short = ''
  const add = (value: unknown): void => {
    if (typeof value === 'string' && value.length > SHORT) {
      parts.push(`${short}#${value.length}:`, value)
      short = ''
    } else if (Array.isArray(value)) {
      short += '['
      for (const item of value) {
        add(item)
        short += ','
      }
      short += ']'
    } else if (typeof value === 'object' && value !== null) {
      short += '{'
      for (const name of Object.keys(value).sort()) {
        short += JSON.stringify(name)
        add((value as Record<string, unknown>)[name])
      }
      short += '}'
    } else {
      short += JSON.stringify(value)
    }
  }
  add(body)
  return [...parts, short]
}

/**
 * Claims the key inside the business transaction. Returns the saved answer of an earlier, equal request, or null when
 * this request is the first. Throws `idempotency_in_progress` while another one runs and `idempotency_key_reused` when
 * the content differs. The claim is an advisory lock until the end of the transaction: it makes "running" visible at
 * once, where a row would let a duplicate wait for the first one's commit. The statement looks before it locks; what
 * commits in between is found at the end, by {@link keepAnswer} or {@link earlierAnswer}.
 */
export async function claimIdempotencyKey(sql: Sql, claim: IdempotencyClaim): Promise<SavedAnswer | null> {
  const [found] = await readPrepared(sql, CLAIM, [lockKeyOf(claim), claim.scopeHash])
  return judgeClaim(claim, found)
}

/**
 * {@link claimIdempotencyKey} for several requests of one transaction, each with an outcome of its own; a request without
 * a key is the first. Of two with the same key only one is running: the lock would let both pass, being one session's.
 */
export async function claimIdempotencyKeys(
  sql: Sql,
  claims: readonly (IdempotencyClaim | undefined)[],
): Promise<Outcome<SavedAnswer | null>[]> {
  const distinct = new Map(claims.flatMap((claim) => (claim === undefined ? [] : [[scopeOf(claim), claim] as const])))
  const asked = [...distinct.values()]
  const rows =
    asked.length === 0
      ? []
      : await readPrepared(sql, CLAIM_MANY, [asked.map(lockKeyOf), bytesArray(asked.map(({ scopeHash }) => scopeHash))])
  const found = new Map(rows.map((row) => [row.place - 1, row]))
  const rowOf = new Map(asked.map((claim, place) => [scopeOf(claim), found.get(place)]))
  const taken = new Set<string>()
  return claims.map((claim) => {
    if (claim === undefined) return { value: null }
    const scope = scopeOf(claim)
    if (taken.has(scope)) return { error: inProgress() }
    taken.add(scope)
    return outcomeOf(() => judgeClaim(claim, rowOf.get(scope)))
  })
}

function scopeOf({ scopeHash }: IdempotencyClaim): string {
  return scopeHash.toString('latin1')
}

function lockKeyOf({ scopeHash }: IdempotencyClaim): string {
  return scopeHash.readBigInt64BE(0).toString()
}

function judgeClaim(claim: IdempotencyClaim, found: ClaimRow | undefined): SavedAnswer | null {
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

type ClaimRow = AnswerRow & { readonly locked: boolean; readonly fingerprint: Buffer | null }
/** Limited to one row so that each is looked up by itself: a join would read the whole table now and then. */
const CLAIM_MANY: Reading<ClaimRow & { readonly place: number }> = {
  name: 'idempotency_claim_many',
  text: `select place::int, pg_try_advisory_xact_lock(lock_key) as locked, fingerprint, status, body, headers
    from unnest($1::bigint[], $2::bytea[]) with ordinality as wanted (lock_key, scope, place)
    left join lateral (select * from idempotency_key where scope_hash = scope limit 1) kept on true`,
}
const CLAIM: Reading<ClaimRow> = {
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

/** {@link keepAnswer} for several requests of one transaction. @throws Error when one of them has an answer by now. */
export async function keepAnswers(
  sql: Sql,
  kept: readonly { readonly claim: IdempotencyClaim; readonly answer: SavedAnswer }[],
): Promise<void> {
  if (kept.length === 0) return
  const written = await runPrepared(sql, KEEP_MANY, [
    bytesArray(kept.map(({ claim }) => claim.scopeHash)),
    bytesArray(kept.map(({ claim }) => claim.fingerprint)),
    kept.map(({ answer }) => answer.status),
    textArray(kept.map(({ answer }) => answer.body)),
    textArray(kept.map(({ answer }) => JSON.stringify(answer.headers))),
  ])
  if (written !== kept.length) throw new Error('another request with the same Idempotency-Key has ended meanwhile')
}

/** Its name is on every Bind of it, and by it tests know a transaction of the API from one of the worker. */
const KEEP = {
  name: 'insert into idempotency_key',
  text: `insert into idempotency_key (scope_hash, fingerprint, status, body, headers) values ($1, $2, $3, $4, $5)
    on conflict (scope_hash) do nothing`,
}

const KEEP_MANY = {
  name: 'insert into idempotency_key, many',
  text: `insert into idempotency_key (scope_hash, fingerprint, status, body, headers)
    select scope, print, status, body, headers::jsonb
    from unnest($1::bytea[], $2::bytea[], $3::int[], $4::text[], $5::text[]) as given (scope, print, status, body, headers)
    on conflict (scope_hash) do nothing`,
}

/** Forgets keys older than {@link IDEMPOTENCY_DAYS}; run by the worker's sweep. */
export async function pruneIdempotencyKeys(sql: Sql): Promise<number> {
  const deleted = await sql.execute(
    statement`delete from idempotency_key where created_at < clock_timestamp() - make_interval(days => ${IDEMPOTENCY_DAYS})`,
  )
  return deleted.rowCount ?? 0
}
