import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { compactVerify, errors } from 'jose'

/** A public Ed25519 key as `/.well-known/jwks.json` shows it (RFC 8037). */
export interface PublicSigningKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** base64url of the 32 bytes. */
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

export interface KeySet {
  readonly keys: readonly PublicSigningKey[]
}

/** The private key of the service and the public keys it signed with before. */
export interface SigningKeys {
  readonly current: { readonly x: string; readonly d: string; readonly kid: string }
  readonly retired: readonly PublicSigningKey[]
}

/** Signs in the name of the service: receipts, checkpoints, records of openings. */
export interface Signer {
  /** Which key signs now; the thumbprint of the key (RFC 7638) unless the key names itself. */
  readonly kid: string
  /** The public keys, the current one first; retired ones stay, because what they signed must stay verifiable. */
  jwks(): KeySet
  /** A compact JWS (RFC 7515) with `alg: EdDSA`; `typ` says what is signed, so that a receipt is never taken for a checkpoint. */
  sign(typ: string, payload: object): Promise<string>
  /** The payload when this service signed it as this `typ`; undefined otherwise, whatever is wrong with it. */
  verify(typ: string, jws: string): Promise<Record<string, unknown> | undefined>
}

export function createSigner({ current, retired }: SigningKeys): Signer {
  const { x, d, kid } = current
  const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' })
  const keySet: KeySet = { keys: [publicKeyOf(x, kid), ...retired.filter((other) => other.kid !== kid)] }
  const publicKeys = importKeySet(keySet)
  return {
    kid,
    jwks: () => keySet,
    async sign(typ, payload) {
      // Not by jose, which takes twice as long; and by another thread, because in the last seconds before a deadline the
      // one that answers has everything else to do.
      const signed = `${base64urlOf({ alg: 'EdDSA', kid, typ })}.${base64urlOf(payload)}`
      const signature = await signAside(null, Buffer.from(signed, 'latin1'), key)
      return `${signed}.${signature.toString('base64url')}`
    },
    verify: (typ, jws) => verifyWith(publicKeys, typ, jws),
  }
}

const signAside = promisify<null, Buffer, KeyObject, Buffer>(sign)

function base64urlOf(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}

/** The same question without the service, for whoever holds nothing but its public keys. */
export function verifyJws(keySet: KeySet, typ: string, jws: string): Promise<Record<string, unknown> | undefined> {
  return verifyWith(importKeySet(keySet), typ, jws)
}

function importKeySet({ keys }: KeySet): Map<string, KeyObject> {
  return new Map(
    keys.map(({ kid, x }) => [kid, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })]),
  )
}

class UnknownKey extends Error {}

async function verifyWith(
  keys: ReadonlyMap<string, KeyObject>,
  typ: string,
  jws: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      ({ kid }) => {
        const key = keys.get(kid ?? '')
        if (key === undefined) throw new UnknownKey()
        return key
      },
      { algorithms: ['EdDSA'] },
    )
    if (protectedHeader.typ !== typ) return undefined
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof UnknownKey || error instanceof SyntaxError)
      return undefined
    throw error
  }
}

/** A saved answer of `/.well-known/jwks.json`. @throws Error when the file holds no such keys. */
export function readKeySet(file: string): KeySet {
  const { keys } = (jsonOf(file, readFileSync(file, 'utf8')) ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error(`${file} holds no key set: {"keys":[…]} is expected`)
  return {
    keys: keys.map((entry) => {
      const { x, kid } = okp(file, entry)
      return publicKeyOf(x, kid)
    }),
  }
}

/**
 * The keys of the configuration: `current` is a private Ed25519 JWK as JSON, `retired` a JSON array of public ones.
 * @throws Error that names the variable and says what is wrong with it, never the value.
 */
export function readSigningKeys(current: string, retired: string | undefined): SigningKeys {
  const jwk = jsonOf('SIGNING_KEY', current)
  const { x, d, kid } = okp('SIGNING_KEY', jwk)
  if (d === undefined) throw new Error('SIGNING_KEY holds no private part (d)')
  if (publicPartOf(x, d) !== x) throw new Error('SIGNING_KEY: the public part (x) belongs to another key')
  const list = retired === undefined ? [] : jsonOf('SIGNING_KEYS_RETIRED', retired)
  if (!Array.isArray(list)) throw new Error('SIGNING_KEYS_RETIRED must be a JSON array of public keys')
  return {
    current: { x, d, kid },
    retired: list.map((entry) => {
      const key = okp('SIGNING_KEYS_RETIRED', entry)
      return publicKeyOf(key.x, key.kid)
    }),
  }
}

/** The public part that follows from a private one; undefined where Node refuses the pair already. */
function publicPartOf(x: string, d: string): string | undefined {
  try {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' })
    return createPublicKey(key).export({ format: 'jwk' }).x
  } catch {
    // The error may name the key.
    return undefined
  }
}

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, and the text is a private key.
    throw new Error(`${name} is no JSON`)
  }
}

const BYTES_32 = /^[A-Za-z0-9_-]{43}$/

function okp(name: string, value: unknown): { x: string; d: string | undefined; kid: string } {
  const { kty, crv, x, d, kid } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !BYTES_32.test(x))
    throw new Error(`${name} must hold Ed25519 keys as JWK: {"kty":"OKP","crv":"Ed25519","x":…}`)
  if (d !== undefined && (typeof d !== 'string' || !BYTES_32.test(d)))
    throw new Error(`${name}: the private part (d) must be 32 bytes in base64url`)
  if (kid !== undefined && (typeof kid !== 'string' || !/^[\w.-]{1,64}$/.test(kid)))
    throw new Error(`${name}: kid must be 1 to 64 letters, digits, dots, hyphens or underscores`)
  return { x, d, kid: kid ?? thumbprint(x) }
}

function publicKeyOf(x: string, kid: string): PublicSigningKey {
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
}

/** RFC 7638 with the members of RFC 8037, in their order. */
function thumbprint(x: string): string {
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url')
}

/** A new private key as the text of `SIGNING_KEY`. */
export function newSigningKey(): string {
  return JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
}

/** Outside production a key is made once and kept beside the data, so that receipts survive a restart. */
export function developmentSigningKey(dataDirectory: string): string {
  const file = keyFileIn(dataDirectory)
  if (!existsSync(file)) makeKeyFile(file)
  return readFileSync(file, 'utf8')
}

/** The key that {@link developmentSigningKey} has made; undefined if it has made none. */
export function keptSigningKey(dataDirectory: string): string | undefined {
  const file = keyFileIn(dataDirectory)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function keyFileIn(dataDirectory: string): string {
  return path.resolve(dataDirectory, 'signing-key.json')
}

/** Two processes may start at once: the file appears whole or not at all, and the second takes the first one's. */
function makeKeyFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, newSigningKey(), { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}
