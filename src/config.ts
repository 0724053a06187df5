import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type EnvironmentValues, listIn, readEnvironment } from './environment.ts'
import type { ScannerName } from './platform/files/scanners.ts'
import type { RateLimits } from './platform/http/rate.ts'
import { developmentHolderKey, readEscrowKey, readHolderKey } from './platform/keys/keyFiles.ts'
import type { PrivateJwk, PublicJwk, SealingPublicKey } from './platform/keys/sealing.ts'
import { developmentSigningKey, keptSigningKey, readSigningKeys, type SigningKeys } from './platform/signing.ts'

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
    corsOrigins: listIn(values.CORS_ORIGINS),
    trustProxy: listIn(values.TRUST_PROXY),
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

function oidcOf(values: EnvironmentValues): Config['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = values
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new Error('OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL are set together or not at all')
  }
  return { issuer, audience, jwksUrl }
}

function sealingOf(values: EnvironmentValues, production: boolean): Config['sealing'] {
  const { SEALING_HOLDER_KEY: holder, SEALING_ESCROW_KEY: escrow, DATA_DIRECTORY } = values
  const holderText = holder ?? (production ? undefined : developmentHolderKey(DATA_DIRECTORY))
  return {
    holderKey: holderText === undefined ? undefined : readHolderKey(holderText),
    escrow: escrow === undefined ? null : readEscrowKey(escrow),
  }
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
