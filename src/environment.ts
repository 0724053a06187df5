import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { SCANNERS, type ScannerName } from './platform/files/scanners.ts'
import { type Flaw, validationSentence } from './platform/http/validationSentences.ts'

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

export type EnvironmentValues = Static<typeof Environment>

/** Checks the environment as {@link Environment} and production demand. Throws an error that names the variable. */
export function readEnvironment(env: NodeJS.ProcessEnv): EnvironmentValues {
  const values = checked(withFiles(env))
  checkAddresses(values)
  if (values.NODE_ENV === 'production') {
    for (const name of ['DATABASE_URL', 'SANDAN_SECRET', 'SIGNING_KEY'] as const) {
      if (values[name] === undefined) throw new Error(`${name} is required in production (or ${name}_FILE)`)
    }
  }
  return values
}

function checked(data: Record<string, string>): EnvironmentValues {
  try {
    return envSchema<EnvironmentValues>({ schema: Environment, data, env: false })
  } catch (error) {
    const { errors } = error as { errors?: readonly (Flaw & { readonly instancePath: string })[] }
    if (errors === undefined) throw error
    throw new Error(errors.map((flaw) => `${flaw.instancePath.slice(1)} ${validationSentence(flaw).en}`).join('; '))
  }
}

/** What a schema cannot tell of an address. Never repeats a value: an address may hold a password. */
function checkAddresses(values: EnvironmentValues): void {
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
  for (const origin of listIn(values.CORS_ORIGINS)) {
    if (URL.parse(origin)?.origin !== origin)
      throw new Error('CORS_ORIGINS must list origins such as https://portal.example, separated by commas')
  }
  if (!listIn(values.TRUST_PROXY).every(isAddressRange))
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
    const value = file === undefined ? env[name] : contentOf(`${name}_FILE`, file)
    if (value !== undefined && value !== '') values[name] = value
  }
  return values
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(`${name} must name a file that can be read: ${(error as Error).message}`)
  }
}

/** The parts of a comma-separated list. */
export function listIn(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
