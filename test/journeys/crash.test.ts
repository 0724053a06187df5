import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { play } from '../../demo/play.ts'
import { readScenario } from '../../demo/scenario.ts'
import type { Summary } from '../../demo/summary.ts'
import { deriveKey } from '../../src/deps.ts'
import { SYSTEM } from '../../src/kernel/actor.ts'
import { createKey } from '../../src/modules/identity/index.ts'
import { type Database, openDatabase } from '../../src/platform/database/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { findPostmaster } from '../../src/platform/database/postmaster.ts'
import { isAlive } from '../../src/platform/database/processes.ts'
import { verifyChain } from '../../src/platform/events/verify.ts'
import { runCommand } from '../../src/platform/work.ts'
import { type Contents, contentsOf, missingFrom, unbalanced, whenSealed } from '../support/contents.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { lineTo } from '../support/line.ts'
import { type Deployment, freePort, startDeployment } from '../support/process.ts'
import { type Acknowledgement, startRelay } from '../support/relay.ts'
import { newSaboteur, type Occasions, planStrikes, randomOf, type Strike } from './saboteur.ts'

const SECRET = 'a secret for tests only, 32 characters or more'
const SCENARIO = path.join(import.meta.dirname, '../../demo/yunting.json')
const KILLS = {
  under_way: 1,
  before_commit: 1,
  after_commit: 3,
  answer_lost: 1,
  deadline_before_commit: 1,
  deadline_after_commit: 1,
}
const KEY_LIFETIME_MS = 86_400_000
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

// Three plays, in two of which processes die and start again; a loaded machine needs its time.
t.setTimeout(900_000)
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))
t.comment(`the kills follow from CRASH_SEED=${seed}`)

/** One data directory for all: it holds uploaded files only, and there are none. */
const home = mkdtemp(path.join(tmpdir(), 'sandan-crash-'))
t.teardown(async () => rm(await home, { recursive: true, force: true }))

interface Played {
  readonly summary: Summary
  readonly contents: Contents
  readonly occasions: Occasions
  readonly struck: readonly Strike[]
}

interface Sabotage {
  readonly strikes: readonly Strike[]
  /** Kills the database and starts it again. */
  killDatabase?(): void
}

/**
 * The county's round through API and worker as processes of their own, and everything that must hold afterwards however
 * often they died meanwhile.
 */
async function playThrough(t: Test, database: TestDatabase, { strikes, killDatabase }: Sabotage): Promise<Played> {
  // Each play has a database of its own, and so a data directory of its own: its checkpoints contradict any other.
  const directory = await mkdtemp(path.join(await home, 'data-'))
  const adminKey = await administratorKey(database)
  let deployment: Deployment | undefined
  const saboteur = newSaboteur(
    (victim) => (victim === 'database' ? killDatabase?.() : deployment?.kill(victim)),
    strikes,
    (line) => t.comment(line),
  )
  const settings = {
    DATA_DIRECTORY: directory,
    SANDAN_SECRET: SECRET,
    SANDBOX: 'true',
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: 'error',
    // What one process has read and compiled the next one takes over: they start often here.
    NODE_COMPILE_CACHE: path.join(await home, 'compiled'),
  }
  deployment = await startDeployment(t, {
    server: { ...settings, DATABASE_URL: (await lineTo(t, database.url, saboteur.server)).url },
    worker: { ...settings, DATABASE_URL: (await lineTo(t, database.url, saboteur.worker)).url },
  })
  const relay = await startRelay(t, deployment.port, saboteur)
  await deployment.ready()
  const { crashes, log, port } = deployment
  const { summary } = await play(await readScenario(SCENARIO), {
    baseUrl: relay.url,
    adminKey,
    progress: () => undefined,
  }).catch((error: unknown) => {
    for (const line of log.slice(-5)) t.comment(line)
    throw error
  })
  const { requests, retries, byStatus } = summary.http
  t.comment(`${summary.seconds} s, ${requests} requests, ${retries} retries, ${JSON.stringify(byStatus)}`)
  await whenSealed(database)

  t.same(crashes, [], 'no process ended by itself')
  t.equal(saboteur.struck.length, strikes.length, 'every planned kill came to pass')
  t.same(await missingFrom(database, acknowledgedStates(relay.acknowledged)), [], 'what was acknowledged is there')
  t.same(await unbalanced(database), [], 'the ledger balances')
  t.match(await verifyChain(database), { verified: true, unsealed: 0 }, 'the chain of events is whole')
  const contents = await contentsOf(database)
  if (strikes.length > 0) {
    // A verification of the chain stores nothing, so it is not a write in this sense.
    const writes = relay.acknowledged.filter(
      ({ write, answer }) => answer.status < 300 && write.path !== '/v1/audit-chain/verifications',
    )
    t.same(await answeredAnew(port, writes), [], 'every acknowledged write is answered as before')
    t.same(await contentsOf(database), contents, 'and nothing is done again')
  }
  for (const key of saboteur.unheard) {
    const { write, answer } = acknowledgementOf(relay.acknowledged, key)
    t.ok(answer.isReplayed, `${write.method} ${write.path} had taken effect, and its retry got the same answer`)
  }
  if (strikes.every(({ victims }) => !victims.includes('database'))) t.same(log, [], 'nothing went wrong besides')
  return { summary, contents, occasions: saboteur.occasions, struck: saboteur.struck }
}

async function administratorKey(database: Database): Promise<string> {
  const key = await runCommand(database, { actor: SYSTEM, requestId: 'test', sandbox: true }, SILENT, (work) =>
    createKey(
      work,
      { pepper: deriveKey(SECRET, 'api-key-pepper'), sandbox: true },
      {
        roles: ['platform_admin'],
        label: 'crash test',
        expiresAt: new Date(Date.now() + KEY_LIFETIME_MS),
        organizationId: null,
        hostId: null,
        expertId: null,
      },
    ),
  )
  return key.secret
}

/** What the client heard in the end; before that it may have been told to come again. */
function acknowledgementOf(acknowledged: readonly Acknowledgement[], idempotencyKey: string): Acknowledgement {
  const found = acknowledged.findLast(({ write }) => write.headers['idempotency-key'] === idempotencyKey)
  if (found === undefined) throw new Error('a write that had taken effect was never acknowledged')
  return found
}

/** The resources that answers showed to the client, in the version of their ETag. */
function acknowledgedStates(acknowledged: readonly Acknowledgement[]): { id: string; version: number | null }[] {
  return acknowledged.flatMap(({ answer: { status, body, etag } }) => {
    const { id } = status < 300 ? (JSON.parse(body) as { id?: string }) : {}
    return id === undefined ? [] : [{ id, version: etag === null ? null : Number(JSON.parse(etag)) }]
  })
}

/** Sends every write once more, as a client does that has not heard the answer; names those answered otherwise. */
async function answeredAnew(port: number, acknowledged: readonly Acknowledgement[]): Promise<string[]> {
  const different: string[] = []
  for (const { write, answer } of acknowledged) {
    const { method, headers, body } = write
    const again = await fetch(`http://127.0.0.1:${port}${write.path}`, { method, headers, body })
    const isSame =
      again.status === answer.status &&
      again.headers.get('etag') === answer.etag &&
      again.headers.get('idempotent-replayed') === 'true' &&
      (await again.text()) === answer.body
    if (!isSame) different.push(`${method} ${write.path} ${answer.status} became ${again.status}`)
  }
  return different
}

/** A summary without what may differ from run to run. */
function told({ http: _http, seconds: _seconds, chain: _chain, round: { id: _id, ...round }, ...figures }: Summary) {
  return { ...figures, round }
}

let calm: Played | undefined

function undisturbed(): Played {
  if (calm === undefined) throw new Error('there is nothing to compare with')
  return calm
}

t.test('the county plays its round undisturbed', async (t) => {
  calm = await playThrough(t, await testDatabase(t), { strikes: [] })
  t.equal(calm.summary.http.retries, 0)
  t.equal(calm.summary.round.state, 'closed')
  t.equal(calm.summary.net.total, '475970.50')
})

t.test('API and worker are killed again and again, and the round comes out the same', async (t) => {
  const before = undisturbed()
  const strikes = planStrikes(randomOf(seed), before.occasions, KILLS)
  const after = await playThrough(t, await testDatabase(t), { strikes })
  t.ok(after.summary.http.retries > 0, 'the client had to ask again')
  t.same(told(after.summary), told(before.summary))
  t.same(after.contents, before.contents, 'as many rows, versions and events as without a kill')
})

t.test('the database is killed when it has just committed, and comes again', async (t) => {
  const before = undisturbed()
  const at = Math.floor(before.occasions.writes * (0.3 + 0.4 * randomOf(seed)()))
  const strikes: Strike[] = [{ moment: 'after_commit', at, delayMs: 0, victims: ['database'] }]
  const { database, kill } = await mortalDatabase(t)
  const after = await playThrough(t, database, { strikes, killDatabase: kill })
  t.ok(after.summary.http.retries > 0, 'the client had to ask again')
  t.same(told(after.summary), told(before.summary))
  t.same(after.contents, before.contents, 'as many rows, versions and events as without a kill')
})

/** A server of this test's own, which writes to disk before it says so; killed, it is started again at once. */
async function mortalDatabase(t: Test): Promise<{ database: TestDatabase; kill(): void }> {
  const home = await mkdtemp(path.join(tmpdir(), 'sandan-crash-database-'))
  // Run by root, the server has another account, which has to pass here.
  await chmod(home, 0o755)
  const options = { directory: path.join(home, 'postgres'), port: await freePort(), persistent: true, log: SILENT }
  let server: Promise<EmbeddedPostgres> = startEmbeddedPostgres(options)
  const { url } = await server
  const database = { ...openDatabase({ url, poolSize: 4, applicationName: 'crash test' }), url }
  t.teardown(async () => {
    await database.close()
    await (await server).stop()
    await rm(home, { recursive: true, force: true })
  })
  await migrate(database.pool)
  const postmaster = await findPostmaster(path.join(options.directory, 'data'))
  if (postmaster === undefined) throw new Error('the server that has just been started is not there')
  return {
    database,
    kill() {
      process.kill(postmaster.pid, 'SIGKILL')
      server = gone(postmaster.pid).then(() => startEmbeddedPostgres(options))
    },
  }
}

/** A killed process lives on for a moment; a server that still lives would be shared instead of started anew. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
}
