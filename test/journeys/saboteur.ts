import type { CommitWatch, Fate } from '../support/line.ts'
import type { Program } from '../support/process.ts'
import type { RelayHooks, Write, WriteAnswer } from '../support/relay.ts'

/**
 * When a kill comes, for a write of the client:
 * `under_way` some milliseconds after it was sent, wherever the service is by then;
 * `before_commit` when its transaction is complete and the commit does not reach the database any more;
 * `after_commit` when the database has committed and the service does not learn of it;
 * `answer_lost` when the service has answered and the client does not get to see it.
 * For a deadline of the worker: `deadline_before_commit`, `deadline_after_commit`.
 */
export const MOMENTS = [
  'under_way',
  'before_commit',
  'after_commit',
  'answer_lost',
  'deadline_before_commit',
  'deadline_after_commit',
] as const
export type Moment = (typeof MOMENTS)[number]

/** What can be killed. */
export type Victim = Program | 'database'

export interface Strike {
  readonly moment: Moment
  /** The how-manieth write, or move of the clock that makes something due; counted from 1. */
  readonly at: number
  readonly delayMs: number
  readonly victims: readonly Victim[]
}

/** How much there is to disturb, as counted in a play without disturbance. */
export interface Occasions {
  readonly writes: number
  readonly busyClockMoves: number
}

const DELAY_MAX_MS = 25
const BOTH: readonly Victim[] = ['server', 'worker']
/** Something must come after the last kill: one that was meant for a refused write strikes the next. */
const TAIL = 3

/** Kills spread over the whole play: each falls somewhere in a part of its own. */
export function planStrikes(
  random: () => number,
  occasions: Occasions,
  wanted: Readonly<Record<Moment, number>>,
): Strike[] {
  const moments = shuffled(
    random,
    MOMENTS.flatMap((moment) => Array<Moment>(wanted[moment]).fill(moment)),
  )
  const planned = (ofDeadlines: boolean, total: number) =>
    moments
      .filter((moment) => isOfDeadline(moment) === ofDeadlines)
      .map((moment, part, { length }): Strike => {
        const at = Math.floor(((part + random()) * (total - TAIL)) / length) + 1
        const delayMs = moment === 'under_way' ? Math.floor(random() * DELAY_MAX_MS) : 0
        return { moment, at, delayMs, victims: random() < 0.5 ? BOTH : [ofDeadlines ? 'worker' : 'server'] }
      })
  return [...planned(false, occasions.writes), ...planned(true, occasions.busyClockMoves)]
}

export interface Saboteur extends RelayHooks {
  /** On the line between API and database. */
  readonly server: CommitWatch
  /** On the line between worker and database. */
  readonly worker: CommitWatch
  readonly occasions: Occasions
  /** Strikes that have come to pass. */
  readonly struck: readonly Strike[]
  /** Idempotency-Keys of the writes that had taken effect without the client's knowing. */
  readonly unheard: readonly string[]
}

/** Stands on all the lines and kills as planned. */
export function newSaboteur(
  kill: (victim: Victim) => void,
  strikes: readonly Strike[],
  say: (line: string) => void,
): Saboteur {
  const waiting = new Set(strikes)
  const struck: Strike[] = []
  const unheard: string[] = []
  const busyClockMoves = new Set<number>()
  let writes = 0
  let latest: Write | undefined

  function strike(planned: Strike): void {
    waiting.delete(planned)
    struck.push(planned)
    const { moment, victims, delayMs } = planned
    say(`SIGKILL ${victims.join(' and ')}: ${moment}, ${delayMs} ms, write ${latest?.number} ${latest?.path}`)
    const killAll = () => victims.forEach(kill)
    if (delayMs === 0) killAll()
    else setTimeout(killAll, delayMs)
    if (moment === 'after_commit' || moment === 'answer_lost') unheard.push(latest?.headers['idempotency-key'] ?? '')
  }

  const due = (moment: Moment) => {
    const count = isOfDeadline(moment) ? busyClockMoves.size : writes
    return [...waiting].find((planned) => planned.moment === moment && planned.at <= count)
  }

  function watch(before: Moment, after: Moment, isMeant: (statements: string) => boolean): CommitWatch {
    return {
      committing(statements): Fate {
        if (!isMeant(statements)) return 'pass'
        const planned = due(before)
        if (planned === undefined) return due(after) === undefined ? 'pass' : 'silence'
        strike(planned)
        return 'stop'
      },
      committed() {
        const planned = due(after)
        if (planned !== undefined) strike(planned)
      },
    }
  }

  return {
    struck,
    unheard,
    server: watch('before_commit', 'after_commit', isOfWrite),
    worker: watch('deadline_before_commit', 'deadline_after_commit', isOfDeadlineWork),
    get occasions() {
      return { writes, busyClockMoves: busyClockMoves.size }
    },
    sent(write) {
      latest = write
      writes = Math.max(writes, write.number)
      const planned = due('under_way')
      if (planned !== undefined) strike(planned)
    },
    answered(write, answer) {
      if (isBusyClockMove(write, answer)) busyClockMoves.add(write.number)
      const planned = answer.status < 300 ? due('answer_lost') : undefined
      if (planned === undefined) return 'pass'
      strike(planned)
      return 'lose'
    },
  }
}

function isOfDeadline(moment: Moment): boolean {
  return moment.startsWith('deadline')
}

/** A transaction of the API that claims an Idempotency-Key. */
function isOfWrite(statements: string): boolean {
  return statements.includes('insert into idempotency_key')
}

/** A transaction of the worker that has locked a host's deadlines and written something. */
function isOfDeadlineWork(statements: string): boolean {
  return statements.includes('hashtextextended') && /insert into|update "/.test(statements)
}

function isBusyClockMove(write: Write, answer: WriteAnswer): boolean {
  return write.path === '/v1/sandbox/clock' && answer.status === 200 && JSON.parse(answer.body).pendingDeadlines > 0
}

/** Numbers in [0, 1) that a seed determines (mulberry32), so that a plan can be tried again. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item)
}
