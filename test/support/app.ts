import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/app.ts'
import type { Config } from '../../src/config.ts'
import { readConfig } from '../../src/config.ts'
import { type Deps, deriveKeys, openLog, sealingDeps } from '../../src/deps.ts'
import type { Role } from '../../src/kernel/actor.ts'
import { SYSTEM } from '../../src/kernel/actor.ts'
import { completeCreditCode } from '../../src/kernel/creditCode.ts'
import { bidOpener } from '../../src/modules/bids/jobs.ts'
import { createKey } from '../../src/modules/identity/index.ts'
import { localFileStore } from '../../src/platform/files/files.ts'
import type { Scanner } from '../../src/platform/files/scanner.ts'
import { openScanner } from '../../src/platform/files/scanners.ts'
import { uuidOf } from '../../src/platform/ids.ts'
import type { Rings } from '../../src/platform/queue/rings.ts'
import { createSigner } from '../../src/platform/signing.ts'
import { runCommand, type Work } from '../../src/platform/work.ts'
import { type Teardown, type TestDatabase, testDatabase } from './database.ts'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes; wrong ones fail the assertion that follows
  readonly body: any
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
}

export interface CallOptions {
  /** Version for `If-Match`; a number becomes the entity tag. */
  readonly ifMatch?: number | string
  /** A fresh key is sent with every write unless told; `null` sends none. */
  readonly idempotencyKey?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface Standing {
  readonly roles: readonly Role[]
  readonly organizationId?: string
  readonly hostId?: string
  readonly expertId?: string
}

/** An application and what drives it, without anything in it that is not in its database. */
export interface BareApp {
  readonly app: FastifyInstance
  readonly database: TestDatabase
  readonly deps: Deps
  readonly config: Config
  /** One request through the real application; fails the test on any 5xx. */
  call(
    key: string | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer>
  /** Runs functions of the services as the system, in one committed transaction. */
  asSystem<Result>(run: (work: Work) => Promise<Result>): Promise<Result>
  /** What the background does with openings that were asked for; tells how many bids it opened. */
  openWaiting(): Promise<number>
  /** Sets a host's frozen test clock, without ringing anything. */
  setClock(instant: string, hostId: string): Promise<void>
}

export interface TestApp extends Omit<BareApp, 'setClock'> {
  /** A host organization that every test app has. */
  readonly hostId: string
  /** An API key with this standing; host-side roles work for the test host unless told otherwise. */
  keyFor(role: Role, standing?: Partial<Standing>): Promise<string>
  /** A registered organization with a valid credit code. */
  newOrganization(name: string, extra?: Record<string, unknown>): Promise<string>
  /** Sets the host's frozen test clock, without ringing anything. */
  setClock(instant: string, hostId?: string): Promise<void>
}

interface AppSettings {
  env?: Record<string, string>
  rings?: Rings
  log?: Deps['log']
  sealing?: Deps['sealing']
  scanner?: Scanner
}

const HOST_ROLES: readonly Role[] = ['host', 'operator', 'town', 'evaluator', 'finance', 'auditor']
const SECRET = 'a secret for tests only, 32 characters or more'

/** No queue: in tests without a worker nothing rings. */
export const SILENT_RINGS: Rings = {
  ring: async () => undefined,
  ringNow: async () => undefined,
  onRing: () => {
    throw new Error('these rings have no worker; open real ones')
  },
  close: async () => undefined,
}

/** The real application on a database of its own. */
export async function testApp(t: Teardown, settings: AppSettings = {}): Promise<TestApp> {
  return inhabited(await appOn(t, await testDatabase(t), settings))
}

/** The real application on a database that somebody has filled already. */
export async function appOn(t: Teardown, database: TestDatabase, settings: AppSettings = {}): Promise<BareApp> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandan-test-'))
  const config = readConfig({
    DATA_DIRECTORY: directory,
    SANDAN_SECRET: SECRET,
    RATE_LIMIT_READS: '0',
    RATE_LIMIT_WRITES: '0',
    RATE_LIMIT_FAILURES: '0',
    LOG_LEVEL: 'silent',
    ...settings.env,
  })
  const deps: Deps = {
    database,
    rings: settings.rings ?? SILENT_RINGS,
    log: settings.log ?? openLog(config),
    files: localFileStore(path.join(directory, 'files')),
    scanner: settings.scanner ?? openScanner(config.scanner, config.clamd),
    keys: deriveKeys(config.secret),
    signer: createSigner(config.signingKeys),
    sealing: settings.sealing ?? sealingDeps(config),
    close: async () => undefined,
  }
  const app = await buildApp(config, deps)
  t.teardown(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })
  return driven(app, database, deps, config)
}

function driven(app: FastifyInstance, database: TestDatabase, deps: Deps, config: Config): BareApp {
  let counter = 0
  const asSystem: BareApp['asSystem'] = (run) =>
    runCommand(database, { actor: SYSTEM, requestId: 'test', sandbox: config.sandbox }, deps.log, run)
  const call: BareApp['call'] = async (key, method, url, body, options = {}) => {
    const isWrite = method !== 'GET'
    const idempotencyKey = options.idempotencyKey === undefined ? `test-${++counter}` : options.idempotencyKey
    const response = await app.inject({
      method,
      url,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(isWrite && idempotencyKey !== null ? { 'idempotency-key': idempotencyKey } : {}),
        ...(options.ifMatch === undefined
          ? {}
          : { 'if-match': typeof options.ifMatch === 'number' ? `"${options.ifMatch}"` : options.ifMatch }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    if (response.statusCode >= 500 && response.statusCode !== 503)
      throw new Error(`${method} ${url} answered ${response.statusCode}: ${response.body}`)
    const isJson = String(response.headers['content-type'] ?? '').includes('json')
    return {
      status: response.statusCode,
      body: isJson && response.body !== '' ? JSON.parse(response.body) : response.body,
      headers: response.headers,
    }
  }
  return {
    ...{ app, database, deps, config, call, asSystem },
    openWaiting: () => bidOpener({ ...deps, sandbox: config.sandbox }).openWaiting(),
    async setClock(instant, host) {
      await asSystem(async (work) => {
        await work.sql.execute(sql`
          insert into sandbox_clock (host_id, instant) values (${uuidOf(host, 'org')}, ${instant})
          on conflict (host_id) do update set instant = excluded.instant, version = sandbox_clock.version + 1`)
      })
    },
  }
}

/** With a host organization, and ways to make keys and organizations. */
async function inhabited(bare: BareApp): Promise<TestApp> {
  const { deps, config, call, asSystem } = bare
  let counter = 0
  const issue = async (standing: Standing) => {
    const expiresAt = new Date(Date.now() + 86_400_000)
    const wanted = { organizationId: null, hostId: null, expertId: null, label: 'test', expiresAt, ...standing }
    const key = await asSystem((work) => createKey(work, { pepper: deps.keys.pepper, sandbox: config.sandbox }, wanted))
    return key.secret
  }
  const admin = await issue({ roles: ['platform_admin'] })
  const newOrganization: TestApp['newOrganization'] = async (name, extra = {}) => {
    const serial = `MJ${String(++counter).padStart(6, '0')}X`
    const created = await call(admin, 'POST', '/v1/organizations', {
      name,
      type: 'social_service_org',
      creditCode: completeCreditCode(`52990421${serial}`),
      ...extra,
    })
    if (created.status !== 201) throw new Error(`the test organization was refused: ${JSON.stringify(created.body)}`)
    return created.body.id
  }
  /** An expert of the test host, for tests that ask about the role alone; one on record stays as it is. */
  const putOnRecord = (expertId: string) =>
    asSystem((work) =>
      work.sql.execute(sql`
        insert into expert (id, host_id, code, fields)
        values (${uuidOf(expertId, 'exp')}, ${uuidOf(hostId, 'org')}, ${expertId}, '{}') on conflict do nothing`),
    )
  const hostId = await newOrganization('云汀县民政局', { type: 'government', creditCode: '11990421MB99001A3W' })
  return {
    ...bare,
    hostId,
    newOrganization,
    async keyFor(role, standing = {}) {
      const isHostSide = HOST_ROLES.includes(role)
      if (standing.expertId !== undefined) await putOnRecord(standing.expertId)
      return await issue({
        ...(isHostSide ? { hostId, organizationId: hostId } : {}),
        ...(role === 'agency' || role === 'provider'
          ? { organizationId: standing.organizationId ?? (await newOrganization(`机构 ${counter}`)) }
          : {}),
        ...standing,
        roles: standing.roles ?? [role],
      })
    },
    setClock: (instant, host = hostId) => bare.setClock(instant, host),
  }
}
