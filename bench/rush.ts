import pg from 'pg'
import { uuidOf } from '../src/platform/ids.ts'
import { type Bidder, type Bidding, POOL_SIZE, prepareBidding } from './bidding.ts'
import { type Judgement, judgeRush } from './deadline.ts'
import { median } from './load.ts'
import { inPlace, type Place, type Say } from './place.ts'
import { inLanes, openConnections, submissionBody, submit } from './submissions.ts'
import type { Connection } from './wire.ts'

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

export interface RushReport extends Judgement {
  /** Our submissions per second divided by plain INSERTs of the same ciphertexts per second. */
  readonly ratio: number
  readonly submissionsPerSecond: number
  readonly insertsPerSecond: number
}

export const BODY_BYTES = 20_480

export function runRush(options: RushOptions, say: Say): Promise<RushReport> {
  return inPlace({ durable: true, say }, (place) => measure(options, place))
}

async function measure(options: RushOptions, place: Place): Promise<RushReport> {
  const bidding = await prepareBidding(place, options.agencies)
  const worker = bidding.startWorker()
  place.onEnd(() => worker.stop())
  const connections = await openConnections(bidding.api.url, options.connections)
  place.onEnd(async () => {
    for (const connection of connections) connection.close()
  })
  const plain = await plainTable(place.databaseUrl)
  place.onEnd(() => plain.pool.end())
  const pairs = await compareThroughput(options, bidding, connections, plain, place.say)
  const judgement = await judgeRush(options, bidding, connections, place.say)
  return {
    ratio: rounded(median(pairs.map(([ours, other]) => ours / other))),
    submissionsPerSecond: rounded(median(pairs.map(([ours]) => ours))),
    insertsPerSecond: rounded(median(pairs.map(([, other]) => other))),
    ...judgement,
  }
}

interface Plain {
  readonly pool: pg.Pool
  /** Seconds for one committed INSERT of each. */
  insertAll(ciphertexts: readonly Buffer[], callers: number): Promise<number>
}

/** What our service is held against: the same bytes into one table, one commit each, and nothing else. */
async function plainTable(databaseUrl: string): Promise<Plain> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE })
  await pool.query('create table plain (id bigint generated always as identity primary key, sealed bytea not null)')
  // As ours: trying to compress a ciphertext would only make it slower.
  await pool.query('alter table plain alter column sealed set storage external')
  return {
    pool,
    async insertAll(ciphertexts, callers) {
      const began = performance.now()
      await inLanes(Array.from({ length: callers }), ciphertexts, async (_caller, sealed) => {
        await pool.query({ name: 'plain', text: 'insert into plain (sealed) values ($1)', values: [sealed] })
      })
      return (performance.now() - began) / 1000
    },
  }
}

/** Pairs of (our submissions per second, plain INSERTs per second), the first of which only warms up. */
async function compareThroughput(
  { agencies, versions, connections: callers, rounds }: RushOptions,
  bidding: Bidding,
  connections: readonly Connection[],
  plain: Plain,
  say: Say,
): Promise<[number, number][]> {
  const count = agencies * versions
  const body = submissionBody(BODY_BYTES)
  const far = new Date(Date.now() + 86_400_000)
  const pairs: [number, number][] = []
  for (let round = 0; round <= rounds; round++) {
    const { roundId, bidders } = await bidding.holdRound(far)
    await bidding.database.pool.query('checkpoint')
    const ourSeconds = await submitAll(connections, bidders, versions, body)
    const ciphertexts = await ciphertextsOf(bidding, roundId)
    if (ciphertexts.length !== count) throw new Error(`${ciphertexts.length} versions of ${count} are there`)
    await bidding.database.pool.query('checkpoint')
    const plainSeconds = await plain.insertAll(ciphertexts, callers)
    const pair: [number, number] = [count / ourSeconds, count / plainSeconds]
    const what = round === 0 ? 'warm-up' : `pair ${round}`
    say(`${what}: ${pair.map(Math.round).join(' and ')}/s, ratio ${(pair[0] / pair[1]).toFixed(3)}`)
    if (round > 0) pairs.push(pair)
  }
  return pairs
}

/** Every bidder submits and replaces, as fast as the answers come. Returns the seconds. */
async function submitAll(
  connections: readonly Connection[],
  bidders: readonly Bidder[],
  versions: number,
  body: Buffer,
): Promise<number> {
  const latest = new Map<Bidder, Promise<void>>()
  const tasks = Array.from({ length: versions }, () => bidders).flat()
  const began = performance.now()
  await inLanes(connections, tasks, async (connection, bidder) => {
    const before = latest.get(bidder)
    const done = (async () => {
      await before
      const answer = await submit(connection, bidder, body)
      if (answer.status !== 201) throw new Error(`a submission is answered with ${answer.status}: ${answer.body}`)
      bidder.version += 1
    })()
    latest.set(bidder, done)
    await done
  })
  return (performance.now() - began) / 1000
}

async function ciphertextsOf({ database }: Bidding, roundId: string): Promise<Buffer[]> {
  const { rows } = await database.pool.query<{ sealed: Buffer }>(
    'select sealed from bid_version join bid on bid.id = bid_id where round_id = $1',
    [uuidOf(roundId, 'rnd')],
  )
  return rows.map(({ sealed }) => sealed)
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
