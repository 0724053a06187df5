import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { SCANNERS, type ScannerName } from './platform/files/scanners.ts'
import type { RateLimits } from './platform/http/rate.ts'
import { developmentHolderKey, readEscrowKey, readHolderKey } from './platform/keys/keyFiles.ts'
import type { PrivateJwk, PublicJwk, SealingPublicKey } from './platform/keys/sealing.ts'
import { developmentSigningKey, keptSigningKey, readSigningKeys, type SigningKeys } from './platform/signing.ts'

/**
 * The only reader of the environment. Each variable may also be given as `<NAME>_FILE`, the path of a file whose
 * content is the value (Docker and Kubernetes secrets). Validated once, frozen.
 */
export const Environment = Type.Object({
  NODE_ENV: Type.Unsafe<'development' | 'test' | 'production'>({
    type: 'string',
    enum: ['development', 'test', 'production'],
    default: 'development',
    description: '`production` refuses the embedded database and sandbox mode by default.',
  }),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; `0.0.0.0` in a container.' }),
  PORT: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the API; 0 takes a free one.',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({ description: 'PostgreSQL 18. Absent: an embedded server under DATA_DIRECTORY (not in production).' }),
  ),
  DATABASE_POOL_SIZE: Type.Integer({ default: 20, minimum: 2, maximum: 500, description: 'Connections per process.' }),
  REDIS_URL: Type.Optional(Type.String({ description: 'Queues run on Redis when set, otherwise on PostgreSQL.' })),
  DATA_DIRECTORY: Type.String({
    default: '.sandan',
    description: 'Uploaded files, the embedded database, the development secret.',
  }),
  SANDAN_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'Master secret for key pepper and cursors, at least 32 characters. Absent: one is made under DATA_DIRECTORY (not in production).',
    }),
  ),
  SIGNING_KEY: Type.Optional(
    Type.String({
      description:
        'Private Ed25519 key as JWK (JSON) that signs receipts and checkpoints. Absent: one is made under DATA_DIRECTORY (not in production).',
    }),
  ),
  SIGNING_KEYS_RETIRED: Type.Optional(
    Type.String({
      description: 'JSON array of the public keys that signed before; they stay listed at `/.well-known/jwks.json`.',
    }),
  ),
  SEALING_HOLDER_KEY: Type.Optional(
    Type.String({
      description:
        'X25519 key as JWK (JSON) under which round keys are kept. With its private part (`d`) the process may open bids: only the worker gets that; the API gets the public part. Absent: one is made under DATA_DIRECTORY (not in production).',
    }),
  ),
  SEALING_ESCROW_KEY: Type.Optional(
    Type.String({
      description:
        'Public half of the offline archive key (`npm run sealing-key`); every bid is sealed for it as well.',
    }),
  ),
  SANDBOX: Type.Optional(
    Type.Boolean({ description: 'Sandbox mode: test clocks per host organization. Default: on outside production.' }),
  ),
  OIDC_ISSUER: Type.Optional(Type.String({ description: 'Issuer of accepted access tokens. Absent: API keys only.' })),
  OIDC_AUDIENCE: Type.Optional(Type.String({ description: 'Required audience of access tokens.' })),
  OIDC_JWKS_URL: Type.Optional(Type.String({ description: 'Key set of the issuer.' })),
  RATE_LIMIT_READS: Type.Integer({
    default: 600,
    minimum: 0,
    description: 'Reads per minute and credential; 0 switches the limit off.',
  }),
  RATE_LIMIT_WRITES: Type.Integer({
    default: 120,
    minimum: 0,
    description: 'Writes per minute and credential; 0 switches the limit off.',
  }),
  RATE_LIMIT_FAILURES: Type.Integer({
    default: 30,
    minimum: 0,
    description: 'Requests without a good credential (401) per minute and address; 0 switches the limit off.',
  }),
  CORS_ORIGINS: Type.String({ default: '', description: 'Comma-separated list of allowed browser origins.' }),
  TRUST_PROXY: Type.String({ default: '', description: 'Comma-separated addresses of trusted proxies.' }),
  LOG_LEVEL: Type.Unsafe<string>({
    type: 'string',
    enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    description: 'pino level.',
  }),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 32,
      pattern: '^[\\x21-\\x7e]*$',
      description:
        'Whoever shows it as `Authorization: Bearer` reads `GET /metrics` (Prometheus), at least 32 characters. Absent: there is no such address.',
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      description: 'Address under which clients reach the service; used in links and in the OpenAPI document.',
    }),
  ),
  SCANNER: Type.Unsafe<ScannerName>({
    type: 'string',
    enum: [...SCANNERS],
    default: 'none',
    description:
      'What looks for malware in uploads: `clamd`, `none` (documents say `not_scanned`), or `test` (finds only its own signature).',
  }),
  CLAMD_HOST: Type.String({ default: '127.0.0.1', description: 'Where clamd listens, for `SCANNER=clamd`.' }),
  CLAMD_PORT: Type.Integer({ default: 3310, minimum: 1, maximum: 65535, description: 'Port of clamd.' }),
  SWEEP_INTERVAL_MS: Type.Integer({
    default: 5000,
    minimum: 100,
    description: 'How often the sweep looks for deadlines that no ring has handled, in milliseconds.',
  }),
})

export interface Config {
  readonly production: boolean
  readonly host: string
  readonly port: number
  readonly databaseUrl: string | undefined
  readonly databasePoolSize: number
  readonly redisUrl: string | undefined
  readonly dataDirectory: string
  readonly secret: string
  readonly signingKeys: SigningKeys
  readonly sealing: {
    /** Undefined: rounds whose keys the file holder keeps cannot be published. */
    readonly holderKey: PublicJwk | PrivateJwk | undefined
    readonly escrow: SealingPublicKey | null
  }
  readonly sandbox: boolean
  readonly oidc: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined
  readonly rateLimit: RateLimits
  readonly corsOrigins: readonly string[]
  readonly trustProxy: readonly string[]
  readonly logLevel: string
  /** Undefined: the service tells no metrics. */
  readonly metricsToken: string | undefined
  readonly publicUrl: string | undefined
  readonly scanner: ScannerName
  readonly clamd: { readonly host: string; readonly port: number }
  readonly sweepIntervalMs: number
}

/** Reads and checks the environment. Throws an error that names the variable and says what is wrong with it. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const values = readEnvironment(env)
  const production = values.NODE_ENV === 'production'
  return Object.freeze({
    production,
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    redisUrl: values.REDIS_URL,
    dataDirectory: path.resolve(values.DATA_DIRECTORY),
    secret: values.SANDAN_SECRET ?? developmentSecret(values.DATA_DIRECTORY),
    signingKeys: readSigningKeys(
      values.SIGNING_KEY ?? developmentSigningKey(values.DATA_DIRECTORY),
      values.SIGNING_KEYS_RETIRED,
    ),
    sealing: sealingOf(values, production),
    sandbox: values.SANDBOX ?? !production,
    oidc: oidcOf(values),
    rateLimit: {
      readsPerMinute: values.RATE_LIMIT_READS,
      writesPerMinute: values.RATE_LIMIT_WRITES,
      failuresPerMinute: values.RATE_LIMIT_FAILURES,
    },
    corsOrigins: list(values.CORS_ORIGINS),
    trustProxy: list(values.TRUST_PROXY),
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN,
    publicUrl: values.PUBLIC_URL,
    scanner: values.SCANNER,
    clamd: { host: values.CLAMD_HOST, port: values.CLAMD_PORT },
    sweepIntervalMs: values.SWEEP_INTERVAL_MS,
  })
}

/**
 * Where the service listens and keeps its things. Checks the environment as {@link readConfig} does, but makes nothing:
 * no secret, no key, no directory.
 */
export function readPlaces(
  env: NodeJS.ProcessEnv,
): Pick<Config, 'production' | 'host' | 'port' | 'databaseUrl' | 'dataDirectory'> {
  const values = readEnvironment(env)
  return {
    production: values.NODE_ENV === 'production',
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    dataDirectory: path.resolve(values.DATA_DIRECTORY),
  }
}

/** What a verification reads of the environment. Like {@link readPlaces} it makes nothing. */
export function readForVerification(
  env: NodeJS.ProcessEnv,
): Pick<Config, 'production' | 'databaseUrl' | 'dataDirectory'> & { readonly signingKeys: SigningKeys | undefined } {
  const values = readEnvironment(env)
  const key = values.SIGNING_KEY ?? keptSigningKey(values.DATA_DIRECTORY)
  return {
    production: values.NODE_ENV === 'production',
    databaseUrl: values.DATABASE_URL,
    dataDirectory: path.resolve(values.DATA_DIRECTORY),
    signingKeys: key === undefined ? undefined : readSigningKeys(key, values.SIGNING_KEYS_RETIRED),
  }
}

function readEnvironment(env: NodeJS.ProcessEnv): Static<typeof Environment> {
  const values = envSchema<Static<typeof Environment>>({ schema: Environment, data: withFiles(env), env: false })
  checkAddresses(values)
  if (values.NODE_ENV === 'production') {
    for (const name of ['DATABASE_URL', 'SANDAN_SECRET', 'SIGNING_KEY'] as const) {
      if (values[name] === undefined) throw new Error(`${name} is required in production (or ${name}_FILE)`)
    }
  }
  return values
}

/** What a schema cannot tell of an address. Never repeats a value: an address may hold a password. */
function checkAddresses(values: Static<typeof Environment>): void {
  const schemes = {
    DATABASE_URL: ['postgres:', 'postgresql:'],
    REDIS_URL: ['redis:', 'rediss:'],
    PUBLIC_URL: ['http:', 'https:'],
    OIDC_JWKS_URL: ['http:', 'https:'],
  } as const
  for (const [name, allowed] of Object.entries(schemes) as [keyof typeof schemes, readonly string[]][]) {
    const value = values[name]
    if (value !== undefined && !allowed.includes(URL.parse(value)?.protocol ?? ''))
      throw new Error(`${name} must be an address that begins with ${allowed.map((one) => `${one}//`).join(' or ')}`)
  }
  for (const origin of list(values.CORS_ORIGINS)) {
    if (URL.parse(origin)?.origin !== origin)
      throw new Error('CORS_ORIGINS must list origins such as https://portal.example, separated by commas')
  }
  if (!list(values.TRUST_PROXY).every(isAddressRange))
    throw new Error('TRUST_PROXY must list IP addresses or ranges such as 10.0.0.0/8, separated by commas')
}

/** An address, a range in CIDR form, or one of the names that Fastify knows. */
function isAddressRange(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  const bitsMax = version === 4 ? 32 : 128
  return (
    version !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax))
  )
}

function withFiles(env: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {}
  for (const name of Object.keys(Environment.properties)) {
    const file = env[`${name}_FILE`]
    const value = file === undefined ? env[name] : readFileSync(file, 'utf8').trim()
    if (value !== undefined && value !== '') values[name] = value
  }
  return values
}

function oidcOf(values: Static<typeof Environment>): Config['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = values
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new Error('OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL are set together or not at all')
  }
  return { issuer, audience, jwksUrl }
}

function sealingOf(values: Static<typeof Environment>, production: boolean): Config['sealing'] {
  const { SEALING_HOLDER_KEY: holder, SEALING_ESCROW_KEY: escrow, DATA_DIRECTORY } = values
  const holderText = holder ?? (production ? undefined : developmentHolderKey(DATA_DIRECTORY))
  return {
    holderKey: holderText === undefined ? undefined : readHolderKey(holderText),
    escrow: escrow === undefined ? null : readEscrowKey(escrow),
  }
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Outside production a secret is made once and kept beside the data, so that keys survive a restart. */
function developmentSecret(dataDirectory: string): string {
  const file = path.resolve(dataDirectory, 'secret')
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file, 'utf8').trim()
}
