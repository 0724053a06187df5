import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Actor } from '../../kernel/actor.ts'
import type { Sql } from '../../platform/database/database.ts'
import { isLive } from './rules.ts'
import { findKeyByPublicPart, findUserBySubject } from './store.ts'

/**
 * Without the cache every request would cost a query. A revoked key is refused at once by the process that revoked it,
 * and at most this much later by the others.
 */
const CACHE_MS = 1000
const CACHE_ENTRIES_MAX = 10_000
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

export interface IssuedSecret {
  readonly publicPart: string
  readonly secretHash: Buffer
  /** Shown once, in the answer to the creation, and never again. */
  readonly secret: string
}

/** `gk_test_…` in sandbox mode, `gk_live_…` otherwise; 256 random bits behind a 12-character name. */
export function issueSecret(pepper: Buffer, sandbox: boolean): IssuedSecret {
  const publicPart = Array.from(randomBytes(12), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  const random = randomBytes(32).toString('base64url')
  return {
    publicPart,
    secretHash: hashSecret(pepper, random),
    secret: `gk_${sandbox ? 'test' : 'live'}_${publicPart}_${random}`,
  }
}

export function hashSecret(pepper: Buffer, random: string): Buffer {
  return createHmac('sha256', pepper).update(random).digest()
}

export interface AuthenticatorOptions {
  readonly sql: Sql
  readonly pepper: Buffer
  readonly sandbox: boolean
  readonly now: () => Date
  readonly oidc: { readonly issuer: string; readonly audience: string; readonly keys: JWTVerifyGetKey } | undefined
}

export interface CredentialReader {
  /** Who holds a bearer credential: an API key of ours, or an access token of the configured issuer. */
  read(credential: string): Promise<Actor | null>
  /** The next request with this key asks the database again. */
  forget(credentialId: string): void
}

export function credentialReader(options: AuthenticatorOptions): CredentialReader {
  const cache = new Map<string, { readonly actor: Actor; readonly until: number }>()
  async function read(credential: string): Promise<Actor | null> {
    const now = options.now()
    const cached = cache.get(credential)
    if (cached !== undefined && cached.until > now.getTime()) return cached.actor
    cache.delete(credential)
    const actor = credential.startsWith('gk_')
      ? await readApiKey(options, credential, now)
      : await readAccessToken(options, credential)
    if (actor === null) return null
    if (cache.size >= CACHE_ENTRIES_MAX) cache.clear()
    cache.set(credential, { actor, until: now.getTime() + CACHE_MS })
    return actor
  }
  return {
    read,
    forget(credentialId) {
      for (const [credential, { actor }] of cache) if (actor.id === credentialId) cache.delete(credential)
    },
  }
}

async function readApiKey(
  { sql, pepper, sandbox }: AuthenticatorOptions,
  credential: string,
  now: Date,
): Promise<Actor | null> {
  const match = /^gk_(test|live)_([0-9a-z]{12})_([A-Za-z0-9_-]{43})$/.exec(credential)
  if (match === null || (match[1] === 'test') !== sandbox) return null
  const key = await findKeyByPublicPart(sql, match[2] as string)
  // The comparison runs for unknown keys too, so that the time of the answer does not tell them apart.
  const isRight = timingSafeEqual(hashSecret(pepper, match[3] as string), key?.secretHash ?? Buffer.alloc(32))
  if (key === undefined || !isRight || !isLive(key, now)) return null
  return {
    kind: 'key',
    id: key.id,
    roles: key.roles,
    organizationId: key.organizationId,
    hostId: key.hostId,
    expertId: key.expertId,
  }
}

/** Permissions come from our table, not from the token, so that a change applies at once. */
async function readAccessToken({ sql, oidc }: AuthenticatorOptions, token: string): Promise<Actor | null> {
  if (oidc === undefined) return null
  const subject = await verifiedSubject(oidc, token)
  if (subject === null) return null
  const user = await findUserBySubject(sql, oidc.issuer, subject)
  if (user === undefined) return null
  return {
    kind: 'user',
    id: user.id,
    roles: user.roles,
    organizationId: user.organizationId,
    hostId: user.hostId,
    expertId: user.expertId,
  }
}

async function verifiedSubject(
  { issuer, audience, keys }: NonNullable<AuthenticatorOptions['oidc']>,
  token: string,
): Promise<string | null> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      clockTolerance: 30,
      requiredClaims: ['sub', 'exp'],
    })
    return payload.sub ?? null
  } catch (error) {
    // A bad token is an unknown caller. A key set that cannot be fetched is our trouble and goes on as a 5xx.
    if (error instanceof errors.JWKSTimeout) throw error
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/** The key set of an issuer, fetched and cached by jose; keys named in token headers are never followed. */
export function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 30_000, timeoutDuration: 5_000 })
}
