import { hkdfSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './platform/database/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/database/embedded.ts'
import { migrate } from './platform/database/migrate.ts'
import { type FileStore, localFileStore } from './platform/files/files.ts'
import type { Scanner } from './platform/files/scanner.ts'
import { openScanner } from './platform/files/scanners.ts'
import { fileHolder, type KeyHolding } from './platform/keys/holders.ts'
import { openRings, type Rings } from './platform/queue/rings.ts'
import { createSigner, type Signer } from './platform/signing.ts'

/** Keys derived from the master secret, one per purpose, so that one leaked key opens one door. */
export interface Keys {
  readonly pepper: Buffer
  readonly cursor: Buffer
  /** Encrypts personal data field by field. */
  readonly fields: Buffer
  /** Makes equal values of personal data findable without opening them. */
  readonly blindIndex: Buffer
}

/** Everything outside the process, opened once and handed down; nothing in the house opens anything itself. */
export interface Deps {
  readonly database: Database
  readonly rings: Rings
  readonly files: FileStore
  readonly scanner: Scanner
  readonly log: Logger
  readonly keys: Keys
  /** Signs receipts and checkpoints in the name of the service. */
  readonly signer: Signer
  /** Who keeps the keys of sealed bids, as far as this process has to do with it. */
  readonly sealing: KeyHolding
  close(): Promise<void>
}

/** Nothing that names a person or opens a door may reach the log. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  '*.secret',
  '*.password',
  '*.token',
]

export function openLog(config: Config, destination?: { write(line: string): void }): Logger {
  return pino(
    { level: config.logLevel, redact: REDACTED, base: null, serializers: { err: logged } },
    destination ?? pino.destination(2),
  )
}

/**
 * What a log line says of an error. Only these fields: drivers hang connections, parameters and whole clients on their
 * errors, and a query's parameters may be personal data.
 */
function logged(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, stack, cause } = error
  const code = (error as { code?: unknown }).code
  // drizzle puts the parameters behind the statement; the statement is enough.
  const message = error.message.split('\nparams:')[0] ?? ''
  const frames = stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .join('\n')
  return {
    name,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: frames,
    ...(cause === undefined ? {} : { cause: logged(cause) }),
  }
}

/** Opens the outside world: database (embedded when none is named), migrations outside production, queues, files. */
export async function openDeps(config: Config, log: Logger): Promise<Deps> {
  mkdirSync(config.dataDirectory, { recursive: true })
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config, log) : undefined
  const url = config.databaseUrl ?? embedded?.url ?? ''
  const database = openDatabase({ url, poolSize: config.databasePoolSize, applicationName: 'sandan', log })
  if (!config.production)
    await migrate(database.pool, { directory: path.join(import.meta.dirname, '../migrations'), log })
  const rings = await openRings({ databaseUrl: url, redisUrl: config.redisUrl, log })
  return {
    database,
    rings,
    log,
    files: localFileStore(path.join(config.dataDirectory, 'files')),
    scanner: openScanner(config.scanner, config.clamd),
    keys: deriveKeys(config.secret),
    signer: createSigner(config.signingKeys),
    sealing: sealingDeps(config),
    async close() {
      await rings.close()
      await database.close()
      await embedded?.stop()
    },
  }
}

function startEmbedded(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ directory: path.join(config.dataDirectory, 'postgres'), persistent: true, log })
}

export function sealingDeps({ sealing, secret }: Pick<Config, 'sealing' | 'secret'>): KeyHolding {
  const { holderKey, escrow } = sealing
  return {
    holders: holderKey === undefined ? {} : { file: fileHolder(holderKey) },
    escrow,
    serviceKey: deriveKey(secret, 'released-sealing-keys'),
  }
}

export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'sandan', purpose, 32))
}

export function deriveKeys(secret: string): Keys {
  return {
    pepper: deriveKey(secret, 'api-key-pepper'),
    cursor: deriveKey(secret, 'cursor'),
    fields: deriveKey(secret, 'personal-data'),
    blindIndex: deriveKey(secret, 'blind-index'),
  }
}
