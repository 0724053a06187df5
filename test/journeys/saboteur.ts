import type { Program } from '../support/process.ts'
import type { RelayHooks, Write, WriteAnswer } from '../support/relay.ts'

/**
 * When a kill comes. `under_way`: some milliseconds after a write was sent to the service, so before, within or after
 * its transaction. `answer_lost`: after the service has answered, and the client does not get to see it.
 * `deadlines_due`: some milliseconds after the host's clock has moved and the worker has something to do.
 */
export type Moment = 'under_way' | 'answer_lost' | 'deadlines_due'

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

/** Kills spread over the whole play: each falls somewhere in a part of its own. */
export function planStrikes(
  random: () => number,
  occasions: Occasions,
  wanted: Readonly<Record<Moment, number>>,
): Strike[] {
  const spread = (count: number, total: number) =>
    Array.from({ length: count }, (_, part) => Math.floor(((part + random()) * total) / count) + 1)
  const either = (alone: Victim) => (random() < 0.5 ? [alone] : BOTH)
  const onWrites = shuffled(random, [
    ...Array<Moment>(wanted.under_way).fill('under_way'),
    ...Array<Moment>(wanted.answer_lost).fill('answer_lost'),
  ])
  return [
    ...spread(onWrites.length, occasions.writes).map((at, index): Strike => {
      const moment = onWrites[index] ?? 'under_way'
      const delayMs = moment === 'under_way' ? Math.floor(random() * DELAY_MAX_MS) : 0
      return { moment, at, delayMs, victims: either('server') }
    }),
    ...spread(wanted.deadlines_due, occasions.busyClockMoves).map((at): Strike => {
      return { moment: 'deadlines_due', at, delayMs: Math.floor(random() * DELAY_MAX_MS), victims: either('worker') }
    }),
  ]
}

export interface Saboteur extends RelayHooks {
  readonly occasions: Occasions
  /** Strikes that have come to pass. */
  readonly struck: readonly Strike[]
  /** Idempotency-Keys of the writes whose answer was lost on purpose. */
  readonly lost: readonly string[]
}

/** Stands on the line between client and service and kills as planned. */
export function newSaboteur(
  kill: (victim: Victim) => void,
  strikes: readonly Strike[],
  say: (line: string) => void,
): Saboteur {
  const waiting = new Set(strikes)
  const struck: Strike[] = []
  const lost: string[] = []
  const busyClockMoves = new Set<number>()
  let writes = 0

  function strike(planned: Strike, write: Write): void {
    waiting.delete(planned)
    struck.push(planned)
    const when = planned.moment === 'answer_lost' ? 'answered, answer lost' : `${planned.delayMs} ms`
    say(`SIGKILL ${planned.victims.join(' and ')}: ${planned.moment}, write ${write.number} ${write.path}, ${when}`)
    const killAll = () => planned.victims.forEach(kill)
    if (planned.delayMs === 0) killAll()
    else setTimeout(killAll, planned.delayMs)
  }

  function due(moment: Moment, at: number): Strike | undefined {
    return [...waiting].find((planned) => planned.moment === moment && planned.at === at)
  }

  return {
    struck,
    lost,
    get occasions() {
      return { writes, busyClockMoves: busyClockMoves.size }
    },
    sent(write) {
      writes = Math.max(writes, write.number)
      const planned = due('under_way', write.number)
      if (planned !== undefined) strike(planned, write)
    },
    answered(write, answer) {
      if (isBusyClockMove(write, answer)) busyClockMoves.add(write.number)
      const moved = isBusyClockMove(write, answer) ? due('deadlines_due', busyClockMoves.size) : undefined
      if (moved !== undefined) strike(moved, write)
      const planned = due('answer_lost', write.number)
      if (planned === undefined) return 'pass'
      strike(planned, write)
      lost.push(write.headers['idempotency-key'] ?? '')
      return 'lose'
    },
  }
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
