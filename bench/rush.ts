import path from 'node:path'
import pg from 'pg'
import { uuidOf } from '../src/platform/ids.ts'
import { type Bidder, type Bidding, POOL_SIZE, prepareBidding } from './bidding.ts'
import { type Judgement, judgeRush, type RushOptions } from './deadline.ts'
import { median } from './load.ts'
import { inPlace, type Place, type Say } from './place.ts'
import { type Server, startServer } from './processes.ts'
import { BODY_BYTES, inLanes, openConnections, submissionBody, submit } from './submissions.ts'
import type { Connection } from './wire.ts'

export interface RushReport extends Judgement {
  /** Our submissions per second divided by plain INSERTs of the same ciphertexts per second. */
  readonly ratio: number
  readonly submissionsPerSecond: number
  readonly insertsPerSecond: number
  /** Ours divided by a bare server that takes the same bodies over HTTP and inserts as many bytes; ≥ 0.25 (ADR 0024). */
  readonly ratioToBareServer: number
  readonly bareServerPerSecond: number
}

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
  const rounds = await compareThroughput(options, place, bidding, connections, plain)
  const judgement = await judgeRush(options, bidding, connections, place.say)
  return {
    ratio: rounded(median(rounds.map(({ ours, inserts }) => ours / inserts))),
    submissionsPerSecond: rounded(median(rounds.map(({ ours }) => ours))),
    insertsPerSecond: rounded(median(rounds.map(({ inserts }) => inserts))),
    ratioToBareServer: rounded(median(rounds.map(({ ours, bare }) => ours / bare))),
    bareServerPerSecond: rounded(median(rounds.map(({ bare }) => bare))),
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

/** Per second. */
interface Throughput {
  readonly ours: number
  readonly inserts: number
  readonly bare: number
}

/** Ours, plain INSERTs and the bare server beside each other, again and again; the first time only warms up. */
async function compareThroughput(
  { agencies, versions, connections: callers, rounds }: RushOptions,
  { databaseUrl, say, onEnd }: Place,
  bidding: Bidding,
  connections: readonly Connection[],
  plain: Plain,
): Promise<Throughput[]> {
  const count = agencies * versions
  const body = submissionBody(BODY_BYTES)
  const far = new Date(Date.now() + 86_400_000)
  const measured: Throughput[] = []
  let bareConnections: Connection[] | undefined
  const checkpoint = () => bidding.database.pool.query('checkpoint')
  for (let round = 0; round <= rounds; round++) {
    const { roundId, bidders } = await bidding.holdRound(far)
    await checkpoint()
    const ourSeconds = await submitAll(connections, bidders, versions, body)
    const ciphertexts = await ciphertextsOf(bidding, roundId)
    if (ciphertexts.length !== count) throw new Error(`${ciphertexts.length} versions of ${count} are there`)
    await checkpoint()
    const plainSeconds = await plain.insertAll(ciphertexts, callers)
    if (bareConnections === undefined) {
      const bare = await startBareServer(databaseUrl, ciphertexts[0]?.length ?? 0)
      bareConnections = await openConnections(bare.url, callers)
      const opened = bareConnections
      onEnd(async () => {
        for (const connection of opened) connection.close()
        await bare.stop()
      })
    }
    await checkpoint()
    const bareSeconds = await submitAll(bareConnections, bidders, versions, body)
    const one = { ours: count / ourSeconds, inserts: count / plainSeconds, bare: count / bareSeconds }
    const what = round === 0 ? 'warm-up' : `round ${round}`
    const [ours, inserts, bare] = Object.values(one).map(Math.round)
    say(`${what}: ${ours}, ${inserts} and ${bare}/s, ratio ${(one.ours / one.inserts).toFixed(3)}`)
    if (round > 0) measured.push(one)
  }
  return measured
}

function startBareServer(databaseUrl: string, sealedBytes: number): Promise<Server> {
  return startServer(path.join(import.meta.dirname, 'bareSubmissions.ts'), '/health/ready', {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    SEALED_BYTES: String(sealedBytes),
  })
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
