import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { deriveKey } from '../src/deps.ts'
import { issueSecret } from '../src/modules/identity/credentials.ts'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { idOfUuid } from '../src/platform/ids.ts'
import { developmentSigningKey } from '../src/platform/signing.ts'
import { median, p95, type Target, throughput } from './load.ts'
import type { Options } from './options.ts'
import { inPlace, type Place, type Say } from './place.ts'
import { type Server, startServer } from './processes.ts'
import type { Report } from './report.ts'
import { seed } from './seed.ts'
import { captureStatements, type Statements } from './statements.ts'

const LIST = '/v1/projects?limit=50'
/** Both servers have as many connections as the service has by default. */
const POOL_SIZE = '20'
/** How many identifiers are asked for at random, and how many answers of the two servers are compared first. */
const IDS_MAX = 10_000
const IDS_COMPARED = 20
/** Requests per second while p95 is measured: about a third of what two cores shared with the load can answer. */
const PACE = { readOne: 1000, list50: 150 } as const
const OPERATIONS = ['readOne', 'list50'] as const

interface Seeded {
  readonly url: string
  readonly ids: readonly string[]
  readonly statements: Statements
}

type Targets = Record<(typeof OPERATIONS)[number], Target>

/** Everything from an empty directory to the report, and nothing left behind. */
export function runBench(options: Options, say: Say): Promise<Report> {
  return inPlace({ durable: false, say }, (place) => measure(options, place))
}

async function measure(options: Options, { databaseUrl: url, directory, onEnd, say }: Place): Promise<Report> {
  const secret = randomBytes(32).toString('base64url')
  const credential = issueSecret(deriveKey(secret, 'api-key-pepper'), false)
  const start = async (name: string, projects: number) => {
    const seeded = await prepare(url, name, projects, credential, say)
    const server = await startOurs(seeded.url, secret, path.join(directory, name))
    onEnd(server.stop)
    return { ...seeded, targets: targetsOf(server, seeded.ids, { authorization: `Bearer ${credential.secret}` }) }
  }
  const small = await start('bench_small', options.projects)
  const page = await answerOf(small.targets.list50, LIST)
  const bareServer = await startBare(small.url, small.statements, JSON.parse(page).nextCursor)
  onEnd(bareServer.stop)
  const bare = targetsOf(bareServer, small.ids, {})
  await compareAnswers(small.targets, bare)
  say('both servers answer the same bytes')
  const speeds = {
    readOne: await compareThroughput('readOne', small.targets, bare, options, say),
    list50: await compareThroughput('list50', small.targets, bare, options, say),
  }
  await bareServer.stop()
  const grown = await start('bench_grown', options.grownProjects)
  const latencies = {
    readOne: await compareP95('readOne', small.targets, grown.targets, options, say),
    list50: await compareP95('list50', small.targets, grown.targets, options, say),
  }
  return { readOne: { ...speeds.readOne, ...latencies.readOne }, list50: { ...speeds.list50, ...latencies.list50 } }
}

/** A migrated, seeded database with an API key in it, the identifiers to ask for, and what our store would ask it. */
async function prepare(
  url: string,
  name: string,
  projects: number,
  credential: { readonly publicPart: string; readonly secretHash: Buffer },
  say: Say,
): Promise<Seeded> {
  const began = performance.now()
  await withDatabase(url, (database) => database.pool.query(`create database ${name}`))
  const own = new URL(url)
  own.pathname = name
  return withDatabase(own.href, async (database) => {
    await migrate(database.pool)
    const tenth = Math.ceil(projects / 10)
    await seed(database.pool, projects, (done) => {
      if (projects > 100_000 && done % tenth === 0) say(`  ${done} projects`)
    })
    await database.pool.query(
      `insert into api_key (id, public_part, secret_hash, label, roles, host_id, expires_at)
       select uuidv7(), $1, $2, 'benchmark', '{operator}', id, now() + interval '1 day'
       from organization where type = 'government'`,
      [credential.publicPart, credential.secretHash],
    )
    const ids = await sampleIds(database, projects)
    say(`seeded ${projects} projects in ${Math.round((performance.now() - began) / 1000)} s`)
    return { url: own.href, ids, statements: await captureStatements(database.pool, ids[0] as string) }
  })
}

/** Two connections, which seeding shares between the two cores of a small machine. */
async function withDatabase<Result>(url: string, run: (database: Database) => Promise<Result>): Promise<Result> {
  const database = openDatabase({ url, poolSize: 2, applicationName: 'bench', statementTimeoutMs: 0 })
  try {
    return await run(database)
  } finally {
    await database.close()
  }
}

/** Evenly over the whole table, so that a large one is read everywhere. */
async function sampleIds(database: Database, projects: number): Promise<string[]> {
  const step = Math.max(1, Math.floor(projects / IDS_MAX))
  const { rows } = await database.pool.query<{ id: string }>(
    `select id from (select id, row_number() over (order by id) as number from project) as numbered
     where number % $1 = 0 limit ${IDS_MAX}`,
    [step],
  )
  return rows.map(({ id }) => idOfUuid(id, 'prj'))
}

function startOurs(databaseUrl: string, secret: string, dataDirectory: string): Promise<Server> {
  return startServer(path.join(import.meta.dirname, '../src/bin/server.ts'), '/health/ready', {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: POOL_SIZE,
    DATA_DIRECTORY: dataDirectory,
    SANDAN_SECRET: secret,
    SIGNING_KEY: developmentSigningKey(dataDirectory),
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: 'warn',
  })
}

function startBare(databaseUrl: string, statements: Statements, nextCursor: string): Promise<Server> {
  return startServer(path.join(import.meta.dirname, 'bare.ts'), LIST, {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: POOL_SIZE,
    STATEMENTS: JSON.stringify(statements),
    NEXT_CURSOR: nextCursor,
  })
}

function targetsOf({ url }: Server, ids: readonly string[], headers: Record<string, string>): Targets {
  return {
    readOne: { url, paths: ids.map((id) => `/v1/projects/${id}`), headers },
    list50: { url, paths: [LIST], headers },
  }
}

async function answerOf({ url, headers }: Target, askedPath: string): Promise<string> {
  const answer = await fetch(url + askedPath, { headers })
  if (answer.status !== 200) throw new Error(`${askedPath} is answered with ${answer.status}`)
  return answer.text()
}

/** A comparison of speeds says nothing unless both do the same. */
async function compareAnswers(ours: Targets, bare: Targets): Promise<void> {
  const step = Math.ceil(ours.readOne.paths.length / IDS_COMPARED)
  for (const askedPath of [LIST, ...ours.readOne.paths.filter((_, index) => index % step === 0)]) {
    const answers = await Promise.all([answerOf(ours.list50, askedPath), answerOf(bare.list50, askedPath)])
    if (answers[0] !== answers[1])
      throw new Error(`${askedPath} is answered differently:\nours ${answers[0]}\nbare ${answers[1]}`)
  }
}

type Operation = (typeof OPERATIONS)[number]

async function compareThroughput(name: Operation, ours: Targets, bare: Targets, options: Options, say: Say) {
  const speed = (targets: Targets) => throughput(targets[name], options.connections, options.seconds)
  await warmUp(name, [ours, bare], options)
  const pairs = await alternate(
    options.rounds,
    () => speed(ours),
    () => speed(bare),
  )
  const ratios = pairs.map(([our, other]) => our / other)
  say(`${name}: ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`)
  return {
    ratio: rounded(median(ratios)),
    requestsPerSecond: {
      ours: rounded(median(pairs.map(([our]) => our))),
      bare: rounded(median(pairs.map(([, other]) => other))),
    },
  }
}

async function compareP95(name: Operation, small: Targets, grown: Targets, options: Options, say: Say) {
  const latency = (targets: Targets) => p95(targets[name], PACE[name], options.seconds)
  await warmUp(name, [small, grown], options)
  const pairs = await alternate(
    options.rounds,
    () => latency(small),
    () => latency(grown),
  )
  const growths = pairs.map(([before, after]) => after / before)
  say(`${name}: growths ${growths.map((growth) => growth.toFixed(2)).join(' ')}`)
  return {
    growth: rounded(median(growths)),
    p95Ms: {
      small: rounded(median(pairs.map(([before]) => before))),
      grown: rounded(median(pairs.map(([, after]) => after))),
    },
  }
}

/** Connections, prepared statements, plans, compiled code: at full speed for as long as three rounds take. */
async function warmUp(name: Operation, servers: readonly Targets[], { connections, seconds }: Options): Promise<void> {
  for (const targets of servers) await throughput(targets[name], connections, seconds * 3)
}

/**
 * Measures two things beside each other, so that what else the machine does meets both; every second round the other
 * way round, so that neither always comes first.
 */
async function alternate(
  rounds: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<[number, number][]> {
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const one = await first()
      pairs.push([one, await second()])
    } else {
      const two = await second()
      pairs.push([await first(), two])
    }
  }
  return pairs
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
