import { and, asc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Page, pageOf } from '../../kernel/page.ts'
import type { Sql } from '../../platform/database/database.ts'
import { keysetAfter } from '../../platform/database/keyset.ts'
import { uuidOf } from '../../platform/ids.ts'
import type { Deadline, DeadlineState, NewDeadline } from './rules.ts'
import { deadline } from './tables.ts'

const nextVersion = sql`${deadline.version} + 1`
const isWaiting = eq(deadline.state, 'waiting')

/** Inserts the deadline, or moves the one of its kind that waits for the subject. */
export async function putDeadline(
  handle: Sql,
  id: string,
  { resolved = null, ...wanted }: NewDeadline,
  createdAt: Date,
): Promise<Deadline> {
  const [row] = await handle
    .insert(deadline)
    .values({ id, version: 1, ...wanted, resolved, state: 'waiting', createdAt })
    .onConflictDoUpdate({
      target: [deadline.kind, deadline.subject],
      targetWhere: sql`state = 'waiting'`,
      set: { dueAt: wanted.dueAt, resolved, attempts: 0, retryAt: null, lastError: null, version: nextVersion },
    })
    .returning()
  return row as Deadline
}

/** The deadline of this kind that waits for the subject, locked; undefined when none waits. */
export async function lockWaiting(handle: Sql, kind: string, subject: string): Promise<Deadline | undefined> {
  const [row] = await handle
    .select()
    .from(deadline)
    .where(and(eq(deadline.kind, kind), eq(deadline.subject, subject), isWaiting))
    .for('update')
  return row
}

export async function saveCancelled(handle: Sql, id: string): Promise<void> {
  await handle.update(deadline).set({ state: 'cancelled', version: nextVersion }).where(eq(deadline.id, id))
}

/** Marks the locked deadline as done unless its handler has set or cancelled it meanwhile. */
export async function completeDeadline(handle: Sql, { id, version }: Deadline, doneAt: Date): Promise<void> {
  await handle
    .update(deadline)
    .set({ state: 'done', doneAt, version: nextVersion })
    .where(and(eq(deadline.id, id), eq(deadline.version, version), isWaiting))
}

export async function findDeadline(handle: Sql, id: string): Promise<Deadline | undefined> {
  const [row] = await handle.select().from(deadline).where(eq(deadline.id, id))
  return row
}

export async function deadlinesOfSubject(handle: Sql, subject: string): Promise<Deadline[]> {
  return handle
    .select()
    .from(deadline)
    .where(eq(deadline.subject, subject))
    .orderBy(asc(deadline.dueAt), asc(deadline.id))
}

/** Has the host any deadline, in whatever state? */
export async function hasDeadlines(handle: Sql, hostId: string): Promise<boolean> {
  const [row] = await handle.select({ id: deadline.id }).from(deadline).where(eq(deadline.hostId, hostId)).limit(1)
  return row !== undefined
}

export interface DeadlineFilter {
  readonly state?: DeadlineState | undefined
  readonly subject?: string | undefined
  readonly dueBefore?: Date | undefined
}

/** Soonest first. */
export async function listDeadlines(
  handle: Sql,
  hostId: string,
  filter: DeadlineFilter,
  limit: number,
  after: unknown[] | undefined,
): Promise<Page<Deadline>> {
  const conditions: (SQL | undefined)[] = [
    eq(deadline.hostId, hostId),
    filter.state === undefined ? undefined : eq(deadline.state, filter.state),
    filter.subject === undefined ? undefined : eq(deadline.subject, filter.subject),
    filter.dueBefore === undefined ? undefined : lt(deadline.dueAt, filter.dueBefore),
    keysetAfter(deadline.dueAt, deadline.id, after),
  ]
  const rows = await handle
    .select()
    .from(deadline)
    .where(and(...conditions))
    .orderBy(asc(deadline.dueAt), asc(deadline.id))
    .limit(limit + 1)
  return pageOf(rows, limit, (item) => [item.dueAt.toISOString(), item.id])
}

/** Of the host's deadlines that are due by `now`: their ids, soonest first, 200 at most. */
export async function dueIds(handle: Sql, hostId: string, now: Date): Promise<string[]> {
  const rows = await handle
    .select({ id: deadline.id })
    .from(deadline)
    .where(and(eq(deadline.hostId, hostId), isWaiting, sql`${deadline.dueAt} <= ${sql.param(now, deadline.dueAt)}`))
    .orderBy(asc(deadline.dueAt), asc(deadline.id))
    .limit(200)
  return rows.map(({ id }) => id)
}

/** How many of the host's deadlines are due by `now` and wait, and how many of those have failed before. */
export async function countDue(handle: Sql, hostId: string, now: Date): Promise<{ pending: number; failing: number }> {
  const [row] = await handle
    .select({
      pending: sql<number>`count(*)::int`,
      failing: sql<number>`(count(*) filter (where ${deadline.attempts} > 0))::int`,
    })
    .from(deadline)
    .where(and(eq(deadline.hostId, hostId), isWaiting, sql`${deadline.dueAt} <= ${sql.param(now, deadline.dueAt)}`))
  return row ?? { pending: 0, failing: 0 }
}

/**
 * The next deadline of the host that is due and not resting after a failure, locked. One that another transaction holds
 * is skipped.
 */
export async function lockNextDue(handle: Sql, hostId: string, now: Date): Promise<Deadline | undefined> {
  const [row] = await handle
    .select()
    .from(deadline)
    .where(
      and(
        eq(deadline.hostId, hostId),
        isWaiting,
        sql`${deadline.dueAt} <= ${sql.param(now, deadline.dueAt)}`,
        sql`(${deadline.retryAt} is null or ${deadline.retryAt} <= clock_timestamp())`,
      ),
    )
    .orderBy(asc(deadline.dueAt), asc(deadline.id))
    .limit(1)
    .for('update', { skipLocked: true })
  return row
}

/** By the host's own clock where it has one. */
function isDueByItsHost(sandbox: boolean): SQL {
  const clock = sandbox
    ? sql`coalesce((select instant from sandbox_clock where sandbox_clock.host_id = ${deadline.hostId}), clock_timestamp())`
    : sql`clock_timestamp()`
  return sql`${deadline.dueAt} <= ${clock}`
}

/** Of all hosts together: how many deadlines are due and wait, and how many of those have failed before. */
export async function countDueAnywhere(handle: Sql, sandbox: boolean): Promise<{ due: number; failing: number }> {
  const [row] = await handle
    .select({
      due: sql<number>`count(*)::int`,
      failing: sql<number>`(count(*) filter (where ${deadline.attempts} > 0))::int`,
    })
    .from(deadline)
    .where(and(isWaiting, isDueByItsHost(sandbox)))
  return row ?? { due: 0, failing: 0 }
}

/** Hosts with something to do, by the host's own clock where it has one. */
export async function hostsWithDueDeadlines(handle: Sql, sandbox: boolean): Promise<string[]> {
  const rows = await handle
    .select({ hostId: deadline.hostId })
    .from(deadline)
    .where(
      and(
        isWaiting,
        isDueByItsHost(sandbox),
        sql`(${deadline.retryAt} is null or ${deadline.retryAt} <= clock_timestamp())`,
      ),
    )
    .groupBy(deadline.hostId)
    .orderBy(sql`min(${deadline.dueAt})`)
  return rows.map(({ hostId }) => hostId)
}

/** Counts a failure, after the business transaction is gone. */
export async function noteFailure(handle: Sql, id: string, restMs: number, code: string): Promise<void> {
  await handle
    .update(deadline)
    .set({
      attempts: sql`${deadline.attempts} + 1`,
      retryAt: sql`clock_timestamp() + make_interval(secs => ${restMs / 1000})`,
      lastError: code.slice(0, 100),
    })
    .where(and(eq(deadline.id, id), isWaiting))
}

/** One runner per host at a time, over all processes; held until the transaction ends. */
export async function tryLockHost(handle: Sql, hostId: string): Promise<boolean> {
  const { rows } = await handle.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`deadlines ${hostId}`}, 0)) as taken`,
  )
  return rows[0]?.taken === true
}

/** The host's frozen test clock, locked; undefined when it has none. */
export async function lockClock(handle: Sql, hostId: string): Promise<Date | undefined> {
  const { rows } = await handle.execute<{ instant: Date }>(
    sql`select instant from sandbox_clock where host_id = ${uuidOf(hostId, 'org')} for update`,
  )
  return rows[0] === undefined ? undefined : new Date(rows[0].instant)
}

/** Whether the host's clock is a frozen test clock. */
export async function hasClock(handle: Sql, hostId: string): Promise<boolean> {
  const { rows } = await handle.execute(sql`select from sandbox_clock where host_id = ${uuidOf(hostId, 'org')}`)
  return rows.length > 0
}

/** Sets the clock unless another transaction has meanwhile set it later; answers what it stands at. */
export async function saveClock(handle: Sql, hostId: string, instant: Date): Promise<Date> {
  const { rows } = await handle.execute<{ instant: Date }>(sql`
    insert into sandbox_clock as clock (host_id, instant) values (${uuidOf(hostId, 'org')}, ${instant.toISOString()})
    on conflict (host_id) do update set instant = greatest(clock.instant, excluded.instant), version = clock.version + 1
    returning instant`)
  return new Date(rows[0]?.instant ?? instant)
}
