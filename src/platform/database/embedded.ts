import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, open, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { DatabaseLog } from './database.ts'
import { accountFor, findBinaries, type PostgresBinaries, type RunAs, reachableDirectory } from './postgresBinaries.ts'
import { endPostmaster, findPostmaster } from './postmaster.ts'
import {
  formatProcessRecord,
  isRunning,
  readIfThere,
  readProcessRecord,
  thisProcess,
  withFileLock,
} from './processes.ts'

export interface EmbeddedPostgresOptions {
  /** Everything lies in it: data, password, log of the server. */
  readonly directory: string
  /** A free port is taken when none is given. */
  readonly port?: number
  /** False is for tests: nothing is synced to disk, and stopping removes the directory. */
  readonly persistent: boolean
  readonly log: DatabaseLog
}

export interface EmbeddedPostgres {
  /** Address of the database `sandan`, with the password. */
  readonly url: string
  /** Ends the server, unless another living process has started it. */
  stop(): Promise<void>
}

const NAME = 'sandan'
const MAX_CONNECTIONS = 200
/** After a crash the server first replays what it had written, which may take a while. */
const START_PATIENCE_MS = 60_000
const POLL_MS = 20
const ATTEMPTS = 10
const ATTEMPT_PAUSE_MS = 500
const LOG_TAIL_CHARACTERS = 2_000

interface Cluster {
  readonly directory: string
  readonly data: string
  readonly account: RunAs
  readonly binaries: PostgresBinaries
  readonly password: string
}

/**
 * Starts a PostgreSQL server of our own, so that nobody needs one installed to try the service. The first start makes
 * the cluster; later starts use it again. A server that a dead process left behind is ended first; the server of a
 * living process is shared.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const wanted = path.resolve(options.directory)
  const account = accountFor(path.join(wanted, 'data'))
  const directory = reachableDirectory(wanted, account, options.log)
  await mkdir(directory, { recursive: true })
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid)
  const home = await realpath(directory)
  return withFileLock(path.join(home, 'lock'), () => start(home, options))
}

/** Ends the server in this directory if the process that started it is dead. Answers whether nothing runs there now. */
export async function endOrphan(directory: string): Promise<boolean> {
  const postmaster = await findPostmaster(path.join(directory, 'data'))
  if (postmaster === undefined) return true
  const owner = await readProcessRecord(path.join(directory, 'owner'))
  if (owner !== undefined && isRunning(owner)) return false
  await endPostmaster(postmaster.pid)
  return true
}

async function start(directory: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const data = path.join(directory, 'data')
  if (!(await endOrphan(directory))) return share(directory, options.log)

  const account = accountFor(data)
  const binaries = await findBinaries(account)
  const password = await passwordOf(directory, account)
  const cluster: Cluster = { directory, data, account, binaries, password }
  await initialise(cluster, options.persistent)
  const { server, port } = await launch(cluster, options)
  const url = address(password, port, NAME)
  try {
    await writeFile(path.join(directory, 'owner'), formatProcessRecord(thisProcess()))
    await createDatabase(address(password, port, 'postgres'))
  } catch (error) {
    await end(server)
    throw error
  }

  const endWithUs = () => server.kill('SIGINT')
  process.once('exit', endWithUs)
  options.log.info({ directory, port }, 'the embedded PostgreSQL runs')
  return {
    url,
    async stop() {
      process.off('exit', endWithUs)
      await end(server)
      await rm(path.join(directory, 'owner'), { force: true })
      if (!options.persistent) await rm(directory, { recursive: true, force: true })
    },
  }
}

async function share(directory: string, log: DatabaseLog): Promise<EmbeddedPostgres> {
  const postmaster = await findPostmaster(path.join(directory, 'data'))
  const password = await readIfThere(path.join(directory, 'password'))
  if (postmaster?.port === undefined || password === undefined) {
    throw new Error(`The embedded PostgreSQL in ${directory} is just being started or ended by another process.`)
  }
  log.info({ directory, port: postmaster.port }, 'the embedded PostgreSQL of another process is shared')
  return { url: address(password.trim(), postmaster.port, NAME), stop: async () => undefined }
}

async function passwordOf(directory: string, account: RunAs): Promise<string> {
  const file = path.join(directory, 'password')
  const known = await readIfThere(file)
  if (known !== undefined) return known.trim()
  const password = randomBytes(24).toString('base64url')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  if (account.uid !== undefined) await chown(file, account.uid, account.gid)
  return password
}

/** The cluster is made beside its place and moved there when it is whole, so that no half-made one is ever started. */
async function initialise({ directory, data, account, binaries }: Cluster, persistent: boolean): Promise<void> {
  const version = (await readIfThere(path.join(data, 'PG_VERSION')))?.trim()
  if (version === binaries.major) return
  if (version !== undefined) {
    throw new Error(
      `${data} was made by PostgreSQL ${version}; the embedded one is ${binaries.major}. Dump it with the old version, or move the folder away to begin anew.`,
    )
  }
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  if (account.uid !== undefined) await chown(draft, account.uid, account.gid)
  const initdb = spawn(
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${NAME}`,
      `--pwfile=${path.join(directory, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(persistent ? [] : ['--no-sync']),
    ],
    { ...account, cwd: '/', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaints = ''
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const [code] = (await once(initdb, 'close')) as [number | null]
  if (code !== 0) throw new Error(`The embedded PostgreSQL could not make its cluster in ${draft}: ${complaints}`)
  await rename(draft, data)
}

async function launch(
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const logFile = path.join(cluster.directory, 'postgres.log')
    const server = await spawnServer(cluster, port, logFile, options.persistent)
    try {
      await ready(server, address(cluster.password, port, 'postgres'))
      return { server, port }
    } catch (error) {
      await end(server)
      const said = ((await readIfThere(logFile)) ?? '').slice(-LOG_TAIL_CHARACTERS)
      if (attempt < ATTEMPTS && (isStillHeld(said) || (options.port === undefined && isPortTaken(said)))) {
        await pause(ATTEMPT_PAUSE_MS)
        continue
      }
      throw new Error(`The embedded PostgreSQL in ${cluster.directory} did not start: ${said}`, { cause: error })
    }
  }
}

/** Sessions of a killed server end on their own, within the time limit of a statement. */
function isStillHeld(serverLog: string): boolean {
  return serverLog.includes('pre-existing shared memory block')
}

/** Somebody took the port between our look and the server's start. */
function isPortTaken(serverLog: string): boolean {
  return serverLog.includes('could not create any TCP/IP sockets')
}

/**
 * The server gets a session of its own: Ctrl-C in the terminal reaches us alone, and requests in flight still find their
 * database. Its log goes to a file, because a pipe would break with us, and is in English, because it is searched.
 */
async function spawnServer(
  { data, account, binaries }: Cluster,
  port: number,
  logFile: string,
  persistent: boolean,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(MAX_CONNECTIONS),
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(persistent ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(logFile, 'w', 0o600)
  try {
    const server = spawn(binaries.postgres, ['-D', data, '-p', String(port), ...flags], {
      ...account,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    server.unref()
    return server
  } finally {
    await log.close()
  }
}

async function ready(server: ChildProcess, url: string): Promise<void> {
  let failure: unknown
  server.once('error', (error) => {
    failure = error
  })
  const giveUpAt = performance.now() + START_PATIENCE_MS
  while (performance.now() < giveUpAt) {
    if (failure !== undefined) throw failure
    if (hasEnded(server)) throw new Error(`The server ended with exit code ${server.exitCode}.`)
    const client = new pg.Client({ connectionString: url })
    client.on('error', (error) => {
      failure = error
    })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      // Refused or still starting up, which is what we wait for; a server that gives up is seen above.
      failure = undefined
      await pause(POLL_MS)
    }
  }
  throw new Error(`The server took no connection within ${START_PATIENCE_MS / 1_000} s.`)
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [NAME])
    if (rowCount === 0) await client.query(`create database ${NAME}`)
  } finally {
    await client.end()
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || hasEnded(server)) return
  await endPostmaster(server.pid)
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

function address(password: string, port: number, database: string): string {
  return `postgres://${NAME}:${password}@127.0.0.1:${port}/${database}`
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}
