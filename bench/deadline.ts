import { setTimeout as pause } from 'node:timers/promises'
import { uuidOf } from '../src/platform/ids.ts'
import type { Bidder, Bidding } from './bidding.ts'
import { percentile } from './load.ts'
import type { Say } from './place.ts'
import { BODY_BYTES, inLanes, openConnections, submissionBody, submit } from './submissions.ts'
import { type Connection, requestHead, type WireAnswer } from './wire.ts'

/** The last ten seconds before a deadline (L1 of the reliability scenarios). */
export interface RushOptions {
  readonly json: boolean
  readonly agencies: number
  /** Submissions and replacements of each agency. */
  readonly versions: number
  readonly connections: number
  /** Pairs of throughput measurements, ours beside plain INSERTs; the ratio is the median. */
  readonly rounds: number
  /** Seconds before the deadline over which the submissions are spread. */
  readonly seconds: number
}

/** What became of a rush, every single answer judged. */
export interface Judgement {
  /** Of all submissions, from the moment each was due until its answer was there. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly status5xx: number
  /** Accepted for a moment at or after the deadline, refused before it, or refused for any other reason. */
  readonly misjudged: number
  readonly accepted: number
  readonly refused: number
  /** Acknowledged versions that the database does not hold; its versions that nobody was told of. */
  readonly lost: number
  readonly unacknowledged: number
  readonly reads: number
  readonly readsFailed: number
  readonly readP99Ms: number
  /** How far the clocks of client and database may still differ after their difference was measured. */
  readonly clockDoubtMs: number
}

/** Requests go on for so long after the deadline, and at its pace. */
const OVERHANG_SECONDS = 1.5
const READS_PER_SECOND = 50
const READ_CONNECTIONS = 5
const LEAD_MS = 2_000
const CLOCK_PROBES = 50

interface Asked {
  readonly bidder: Bidder
  /** By the client's clock. */
  readonly answeredAt: number
  readonly milliseconds: number
  readonly answer: WireAnswer
}

interface Clock {
  /** Milliseconds to add to the client's clock to get that of the database. */
  readonly offsetMs: number
  readonly doubtMs: number
}

const now = () => performance.timeOrigin + performance.now()

/** A round that really closes while 200 connections submit, and an honest look at every answer. */
export async function judgeRush(
  options: RushOptions,
  bidding: Bidding,
  connections: readonly Connection[],
  say: Say,
): Promise<Judgement> {
  const { roundId, bidders } = await bidding.holdRound(new Date(Date.now() + 3_600_000))
  const clock = await compareClocks(bidding)
  const closesAt = new Date(Math.ceil(now() + clock.offsetMs + LEAD_MS + options.seconds * 1000))
  await bidding.moveClosing(roundId, closesAt)
  const closesHere = closesAt.getTime() - clock.offsetMs
  const reading = readAlong(bidding, roundId, bidders, closesHere - options.seconds * 1000, closesHere)
  const asked = await rush(options, bidders, connections, closesHere)
  const reads = await reading
  const judged = asked.map((one) => judgementOf(one, closesAt, clock))
  const kept = await compareWithDatabase(bidding, roundId, asked)
  for (const text of new Set(judged.filter((verdict) => verdict.startsWith('misjudged')))) say(text)
  const count = (verdict: string) => judged.filter((text) => text.startsWith(verdict)).length
  const times = asked.map(({ milliseconds }) => milliseconds)
  return {
    p50Ms: Math.round(percentile(times, 0.5)),
    p99Ms: Math.round(percentile(times, 0.99)),
    status5xx: asked.filter(({ answer }) => answer.status >= 500).length,
    misjudged: count('misjudged'),
    accepted: count('accepted'),
    refused: count('refused'),
    ...kept,
    ...reads,
    clockDoubtMs: Math.round(clock.doubtMs * 100) / 100,
  }
}

/** Of many looks at the clock of the database, the one that took the shortest time tells most. */
async function compareClocks({ database }: Bidding): Promise<Clock> {
  let best: Clock = { offsetMs: 0, doubtMs: Number.POSITIVE_INFINITY }
  for (let probe = 0; probe < CLOCK_PROBES; probe++) {
    const before = now()
    const { rows } = await database.pool.query<{ ms: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
    )
    const after = now()
    const doubtMs = (after - before) / 2
    if (doubtMs < best.doubtMs) best = { offsetMs: (rows[0]?.ms ?? 0) - (before + doubtMs), doubtMs }
  }
  return best
}

/** Evenly over the time before the deadline, and on at that pace for a little while after it. */
async function rush(
  { agencies, versions, seconds }: RushOptions,
  bidders: readonly Bidder[],
  connections: readonly Connection[],
  closesHere: number,
): Promise<Asked[]> {
  const count = agencies * versions
  const perSecond = count / seconds
  const late = Math.round(perSecond * OVERHANG_SECONDS)
  const body = submissionBody(BODY_BYTES)
  const latest = new Map<Bidder, Promise<void>>()
  const asked: Asked[] = []
  const due = Array.from({ length: count + late }, (_, index) => ({
    at: closesHere + ((index - count) / perSecond) * 1000,
    bidder: bidders[index % bidders.length] as Bidder,
  }))
  await inLanes(connections, due, async (connection, { at, bidder }) => {
    const wait = at - now()
    if (wait > 0) await pause(wait)
    const before = latest.get(bidder)
    const done = (async () => {
      await before
      const answer = await submit(connection, bidder, body)
      const answeredAt = now()
      if (answer.status === 201) bidder.version += 1
      asked.push({ bidder, answeredAt, milliseconds: answeredAt - at, answer })
    })()
    latest.set(bidder, done)
    await done
  })
  return asked
}

/** Fifty reads a second, half of the round and half of own bids. */
async function readAlong(
  { api }: Bidding,
  roundId: string,
  bidders: readonly Bidder[],
  from: number,
  to: number,
): Promise<Pick<Judgement, 'reads' | 'readsFailed' | 'readP99Ms'>> {
  const connections = await openConnections(api.url, READ_CONNECTIONS)
  const count = Math.round(((to - from) / 1000) * READS_PER_SECOND)
  const times: number[] = []
  let readsFailed = 0
  const due = Array.from({ length: count }, (_, index) => ({ index, at: from + (index / READS_PER_SECOND) * 1000 }))
  await inLanes(connections, due, async (connection, { index, at }) => {
    const wait = at - now()
    if (wait > 0) await pause(wait)
    const { bidId, secret } = bidders[(index * 7) % bidders.length] as Bidder
    const path = index % 2 === 0 ? `/v1/rounds/${roundId}` : `/v1/bids/${bidId}`
    const answer = await connection.ask(requestHead('GET', path, { authorization: `Bearer ${secret}` }))
    if (answer.status !== 200) readsFailed += 1
    times.push(now() - at)
  })
  for (const connection of connections) connection.close()
  return { reads: count, readsFailed, readP99Ms: Math.round(percentile(times, 0.99)) }
}

function judgementOf({ answeredAt, answer }: Asked, closesAt: Date, { offsetMs, doubtMs }: Clock): string {
  const answeredBefore = answeredAt + offsetMs + doubtMs < closesAt.getTime()
  if (answer.status === 201) {
    const { receivedAt } = JSON.parse(answer.body).receipt
    return new Date(receivedAt) < closesAt ? 'accepted' : `misjudged: accepted for ${receivedAt}`
  }
  const { code } = JSON.parse(answer.body)
  if (code !== 'bid_window_closed') return `misjudged: ${answer.status} ${code}`
  return answeredBefore ? 'misjudged: refused before the deadline' : 'refused'
}

/** Exactly what was acknowledged is there, with the commitments that were acknowledged. */
async function compareWithDatabase({ database }: Bidding, roundId: string, asked: readonly Asked[]) {
  const { rows } = await database.pool.query<{ commitment: string }>(
    'select commitment from bid_version join bid on bid.id = bid_id where round_id = $1',
    [uuidOf(roundId, 'rnd')],
  )
  const there = new Set(rows.map(({ commitment }) => commitment))
  const acknowledged = new Set<string>(
    asked.filter(({ answer }) => answer.status === 201).map(({ answer }) => JSON.parse(answer.body).receipt.commitment),
  )
  return {
    lost: [...acknowledged].filter((commitment) => !there.has(commitment)).length,
    unacknowledged: [...there].filter((commitment) => !acknowledged.has(commitment)).length,
  }
}
