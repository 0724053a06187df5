import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/platform/database/database.ts'
import { MIGRATIONS_DIRECTORY, migrate, readMigrations } from '../../src/platform/database/migrate.ts'
import {
  formatProcessRecord,
  isRunning,
  readIfThere,
  readProcessRecord,
  thisProcess,
  withFileLock,
} from '../../src/platform/database/processes.ts'

/** What this module needs of a tap test. */
export interface Teardown {
  teardown(handler: () => Promise<void>): void
}

export interface TestDatabase extends Database {
  readonly url: string
}

const POOL_SIZE = 10
const START_PATIENCE_MS = 60_000
const POLL_MS = 25
/** The bytes of "sandan t": one process at a time makes the template. */
const TEMPLATE_LOCK = '8314047764513038452'

/**
 * A migrated database of one's own, dropped when the test ends; a test file usually makes one at its top. The server is
 * the one of SANDAN_TEST_DATABASE_URL (whose role may create databases), or an embedded one that all test files share.
 */
export async function testDatabase(t: Teardown): Promise<TestDatabase> {
  return provideDatabase(t, await migratedTemplate(await serverUrl()))
}

/** A copy of a database whose users have gone: its pool is closed, and whoever served it. */
export async function copyOf(t: Teardown, source: TestDatabase): Promise<TestDatabase> {
  return provideDatabase(t, new URL(source.url).pathname.slice(1))
}

/** A database without any table, for tests of the migrations themselves. */
export async function emptyDatabase(t: Teardown): Promise<TestDatabase> {
  return provideDatabase(t, 'template1')
}

async function provideDatabase(t: Teardown, template: string): Promise<TestDatabase> {
  const server = await serverUrl()
  const name = `sandan_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`))
  const url = inDatabase(server, name)
  const database = openDatabase({ url, poolSize: POOL_SIZE, applicationName: name })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= database.close()
    return closing
  }
  t.teardown(async () => {
    await close()
    await onServer(server, (client) => client.query(`drop database ${name} with (force)`))
  })
  return { ...database, close, url }
}

let knownServerUrl: Promise<string> | undefined

function serverUrl(): Promise<string> {
  knownServerUrl ??=
    process.env.SANDAN_TEST_DATABASE_URL === undefined
      ? joinServer()
      : Promise.resolve(process.env.SANDAN_TEST_DATABASE_URL)
  return knownServerUrl
}

/** Joins the server that other test processes of this checkout use already, or starts it. */
async function joinServer(): Promise<string> {
  const checkout = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12)
  const directory = path.join(tmpdir(), `sandan-test-${userInfo().uid}-${checkout}`)
  await mkdir(path.join(directory, 'leases'), { recursive: true })
  return withFileLock(path.join(directory, 'lock'), async () => {
    await writeFile(path.join(directory, 'leases', String(process.pid)), formatProcessRecord(thisProcess()))
    const keeper = await readProcessRecord(path.join(directory, 'keeper'))
    const url = await readIfThere(path.join(directory, 'url'))
    if (url !== undefined && keeper !== undefined && isRunning(keeper)) return url
    await rm(path.join(directory, 'url'), { force: true })
    return startServer(directory)
  })
}

/** The keeper outlives this process, because other test files need it; it ends by itself when nobody does. */
async function startServer(directory: string): Promise<string> {
  const log = await open(path.join(directory, 'keeper.log'), 'w')
  const { NODE_OPTIONS: _, ...env } = process.env
  const keeper = spawn(process.execPath, [path.join(import.meta.dirname, 'databaseServer.ts'), directory], {
    detached: true,
    env,
    stdio: ['ignore', log.fd, log.fd],
  })
  keeper.unref()
  await log.close()
  const giveUpAt = performance.now() + START_PATIENCE_MS
  while (performance.now() < giveUpAt && keeper.exitCode === null) {
    const url = await readIfThere(path.join(directory, 'url'))
    if (url !== undefined) return url
    await pause(POLL_MS)
  }
  throw new Error(`The test database did not start: ${await readIfThere(path.join(directory, 'keeper.log'))}`)
}

let knownTemplate: Promise<string> | undefined

function migratedTemplate(server: string): Promise<string> {
  knownTemplate ??= makeTemplate(server)
  return knownTemplate
}

/** The name tells which migrations are in it, so an edited file leads to another template. */
async function makeTemplate(server: string): Promise<string> {
  const migrations = await readMigrations(MIGRATIONS_DIRECTORY)
  const fingerprint = createHash('sha256')
  for (const { name, checksum } of migrations) fingerprint.update(`${name} ${checksum}\n`)
  const template = `sandan_template_${fingerprint.digest('hex').slice(0, 16)}`
  await onServer(server, async (client) => {
    await client.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
    if (rowCount === 1) return
    // It gets its name when it is whole: whoever dies in between leaves only a draft.
    const draft = `${template}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft}`)
    const pool = new pg.Pool({ connectionString: inDatabase(server, draft), max: 1 })
    try {
      await migrate(pool)
    } finally {
      await pool.end()
    }
    await client.query(`alter database ${draft} rename to ${template}`)
  })
  return template
}

async function onServer(server: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inDatabase(server, 'postgres') })
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
