import { type Action, judge } from '../kernel/action.ts'
import type { Actor } from '../kernel/actor.ts'
import { Problem, problem } from '../kernel/problem.ts'
import type { Database, Sql } from './database/database.ts'
import { type Reading, readPrepared } from './database/prepared.ts'
import { insertEvent, insertEvents, type NewEvent } from './events/record.ts'
import { uuidOf } from './ids.ts'
import { Forbidden, NotFound, PreconditionFailed } from './problems.ts'
import type { Rings } from './queue/rings.ts'

/**
 * One unit of work: one request or one job. A command's work is one database transaction, opened at the edge (route or
 * job), so that the effect, its events and the saved answer of an Idempotency-Key are one commit. A read's work uses
 * the pool directly.
 */
export interface Work {
  readonly sql: Sql
  readonly actor: Actor
  readonly requestId: string
  /** The version the caller read, from `If-Match`; undefined for reads, creations and jobs. */
  readonly ifMatch: number | undefined
  /**
   * The time that counts for this host: the database clock, or the host's test clock in sandbox mode. Asked again at
   * each call, so ask it after the lock that the decision depends on.
   */
  now(hostId: string | null): Promise<Date>
  /** Runs after the commit; a failure is logged and never reaches the caller (the sweep repeats what was missed). */
  afterCommit(task: () => Promise<void>): void
  /**
   * Sets the alarm of a deadline once the commit is done; `now` is the clock that `dueAt` is measured by. What is due
   * already is rung at once.
   */
  ring(deadlineId: string, dueAt: Date, now: Date): void
  /** What was asked so far; the edge turns a success that never asked into a 500. */
  readonly asked: { permission: boolean; version: boolean }
}

export interface WorkOptions {
  readonly sql: Sql
  readonly actor: Actor
  readonly requestId: string
  readonly ifMatch?: number | undefined
  readonly sandbox: boolean
  /** Where alarms of deadlines are set; without them the sweep finds what is due. */
  readonly rings?: Pick<Rings, 'ring' | 'ringNow'> | undefined
}

/** A work and the tasks that wait for its commit. */
export function newWork({
  sql,
  actor,
  requestId,
  ifMatch,
  sandbox,
  rings,
}: WorkOptions): Work & { readonly tasks: (() => Promise<void>)[] } {
  const tasks: (() => Promise<void>)[] = []
  const dueNow: string[] = []
  return {
    sql,
    actor,
    requestId,
    ifMatch,
    tasks,
    asked: { permission: false, version: false },
    now: (hostId) => readClock(sql, sandbox ? hostId : null),
    afterCommit: (task) => void tasks.push(task),
    ring(deadlineId, dueAt, now) {
      if (rings === undefined) return
      if (dueAt.getTime() > now.getTime()) {
        tasks.push(() => rings.ring(deadlineId, dueAt, now))
        return
      }
      if (dueNow.length === 0) tasks.push(() => rings.ringNow(dueNow))
      dueNow.push(deadlineId)
    },
  }
}

async function readClock(sql: Sql, hostId: string | null): Promise<Date> {
  const [row] =
    hostId === null
      ? await readPrepared(sql, DATABASE_CLOCK, [])
      : await readPrepared(sql, SANDBOX_CLOCK, [uuidOf(hostId, 'org')])
  if (row === undefined) throw new Error('the database did not tell the time')
  return new Date(row.ms)
}

/** Whole milliseconds since 1970, which is what instants are kept with. */
const msOf = (instant: string) => `floor(extract(epoch from ${instant}) * 1000)::float8 as ms`
const DATABASE_CLOCK: Reading<{ ms: number }> = { name: 'clock', text: `select ${msOf('clock_timestamp()')}` }
const SANDBOX_CLOCK: Reading<{ ms: number }> = {
  name: 'sandbox_clock',
  text: `select ${msOf('coalesce((select instant from sandbox_clock where host_id = $1), clock_timestamp())')}`,
}

/**
 * Runs a command in one transaction and then its after-commit tasks. Used by the HTTP edge and by jobs alike.
 */
export async function runCommand<Result>(
  database: Database,
  options: Omit<WorkOptions, 'sql'>,
  log: { error(details: object, message: string): void },
  command: (work: Work) => Promise<Result>,
): Promise<Result> {
  let tasks: (() => Promise<void>)[] = []
  const result = await database.transaction(async (sql) => {
    const work = newWork({ ...options, sql })
    tasks = work.tasks
    return await command(work)
  })
  startTasks(tasks, options.requestId, log)
  return result
}

/** Starts what waited for a commit. */
export function startTasks(
  tasks: readonly (() => Promise<void>)[],
  requestId: string,
  log: { error(details: object, message: string): void },
): void {
  for (const task of tasks) {
    task().catch((error: unknown) => log.error({ err: error, requestId }, 'an after-commit task failed'))
  }
}

/**
 * Asks whether the actor may do this to this very row; hands the row back so that it reads as one step:
 * `const round = authorize(work, PublishRound, await lockRound(work.sql, roundId))`.
 * Refuses with 404 (`not_found`) who may not even know of it, with 403 (`forbidden`) who may. A missing row is the same 404.
 */
export function authorize<Subject>(work: Work, wanted: Action<Subject>, subject: Subject | undefined): Subject {
  work.asked.permission = true
  if (subject === undefined) throw problem(NotFound)
  const verdict = judge(work.actor, wanted, subject)
  if (verdict === 'hidden') throw problem(NotFound)
  if (verdict === 'forbidden') throw problem(Forbidden, { action: wanted.name })
  return subject
}

/** Refuses a write whose `If-Match` names another version than the locked row has. Jobs carry no version and pass. */
export function expectVersion(work: Work, row: { readonly version: number }): void {
  work.asked.version = true
  if (work.ifMatch !== undefined && work.ifMatch !== row.version) {
    throw new Problem(
      { problem: PreconditionFailed, parameters: { version: row.version }, errors: [] },
      { etag: `"${row.version}"` },
    )
  }
}

/** What a use case says of what happened; the work adds who did it. */
export interface Recorded {
  readonly type: string
  readonly subject: string
  readonly hostId: string | null
  readonly at: Date
  readonly data?: Record<string, unknown>
  /** Keeps the event out of feed, chain and counts until `releaseEvents` is called with this key, such as a round's id. */
  readonly withheldBy?: string | undefined
  /** For who must name the event before it is written; a new one unless told. */
  readonly id?: string | undefined
}

/**
 * Writes the event of what has just been decided, in the same transaction. `data` holds ids, states, hashes and
 * amounts, never personal data, so that the chain survives a deletion request.
 * @returns the event's identifier.
 */
export async function record(work: Work, event: Recorded): Promise<string> {
  return await insertEvent(work.sql, eventOf(work, event))
}

/** Writes the events of several works of one transaction, in their order. @returns their identifiers. */
export async function recordTogether(
  recorded: readonly { readonly work: Work; readonly event: Recorded }[],
): Promise<string[]> {
  const [first] = recorded
  return first === undefined
    ? []
    : await insertEvents(
        first.work.sql,
        recorded.map(({ work, event }) => eventOf(work, event)),
      )
}

function eventOf(work: Work, event: Recorded): NewEvent {
  return {
    id: event.id,
    hostId: event.hostId,
    type: event.type,
    subject: event.subject,
    actor: work.actor.id,
    requestId: work.requestId,
    at: event.at,
    data: event.data ?? {},
    withheldBy: event.withheldBy,
  }
}
