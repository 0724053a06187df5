import { generateKeyPairSync } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PrivateJwk, PublicJwk, SealingPublicKey } from './sealing.ts'

const BYTES_32 = /^[A-Za-z0-9_-]{43}$/

/**
 * The key of the holder `file`, from configuration: an X25519 JWK as JSON. With its private part (`d`) this process may
 * open bids; without, it can only publish rounds.
 * @throws Error that names the variable, never the value.
 */
export function readHolderKey(text: string): PublicJwk | PrivateJwk {
  return x25519('SEALING_HOLDER_KEY', jsonOf('SEALING_HOLDER_KEY', text))
}

/** The public half of the archive key: `{"kid", "jwk", "ageRecipient"}`, as `npm run sealing-key` prints it. */
export function readEscrowKey(text: string): SealingPublicKey {
  const { kid, jwk, ageRecipient } = jsonOf('SEALING_ESCROW_KEY', text) as Partial<SealingPublicKey>
  const key = x25519('SEALING_ESCROW_KEY', jwk)
  if ('d' in key) throw new Error('SEALING_ESCROW_KEY holds a private key; that one stays offline')
  if (typeof kid !== 'string' || !BYTES_32.test(kid)) throw new Error('SEALING_ESCROW_KEY has no kid')
  if (typeof ageRecipient !== 'string' || !/^age1[0-9a-z]{58}$/.test(ageRecipient))
    throw new Error('SEALING_ESCROW_KEY has no ageRecipient')
  return { kid, jwk: key, ageRecipient }
}

/** A new key for SEALING_HOLDER_KEY, with its private part. */
export function newHolderKey(): PrivateJwk {
  return generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }) as unknown as PrivateJwk
}

/** Outside production a key is made once and kept beside the data, readable by its owner alone. */
export function developmentHolderKey(dataDirectory: string): string {
  const file = path.resolve(dataDirectory, 'sealing-holder-key.json')
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true })
    // Written beside and linked: of two processes that start at once the second takes the first one's key.
    const own = `${file}.${process.pid}`
    writeFileSync(own, JSON.stringify(newHolderKey()), { mode: 0o600 })
    try {
      linkSync(own, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      unlinkSync(own)
    }
  }
  return readFileSync(file, 'utf8')
}

function jsonOf(name: string, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes the text, and the text may be a private key.
    throw new Error(`${name} is no JSON`)
  }
  if (typeof value !== 'object' || value === null) throw new Error(`${name} is no JSON object`)
  return value
}

function x25519(name: string, value: unknown): PublicJwk | PrivateJwk {
  const { kty, crv, x, d } = (value ?? {}) as Record<string, unknown>
  if (kty !== 'OKP' || crv !== 'X25519' || typeof x !== 'string' || !BYTES_32.test(x))
    throw new Error(`${name} must hold an X25519 key as JWK: {"kty":"OKP","crv":"X25519","x":…}`)
  if (d === undefined) return { kty, crv, x }
  if (typeof d !== 'string' || !BYTES_32.test(d))
    throw new Error(`${name}: the private part (d) must be 32 bytes in base64url`)
  return { kty, crv, x, d }
}
