import { createPublicKey, diffieHellman, generateKeyPairSync, hash, type KeyObject } from 'node:crypto'

/** An X25519 public key as JWK (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'X25519'
  /** 32 bytes, base64url. */
  readonly x: string
}
export const KEY_WRAPPING = 'ECDH-ES+A256KW'

/** A key agreed with one recipient, and the public half of the key pair that it was agreed with. */
export interface Agreement {
  readonly epk: PublicJwk
  /** 256 bits, for wrapping the keys of contents. */
  readonly wrappingKey: Buffer
}

/** An agreement serves so many messages at most, and so long at most; then its key is overwritten. */
const MESSAGES_MAX = 64
const MILLISECONDS_MAX = 1_000

const agreements = new Map<string, Agreement & { left: number }>()

/**
 * The key to wrap content keys with for this recipient. Each agreement has a key pair of its own, as RFC 7518 (4.6) wants
 * it, and lasts a moment: a key pair and an agreement take 220 µs, more than all else that sealing a bid takes. What
 * repeats within that moment is the wrapping key alone, which wraps keys that are random and different each
 * (docs/adr/0020). Use it at once: the key is overwritten when its time is over.
 */
export function agreementWith(recipient: PublicJwk): Agreement {
  const known = agreements.get(recipient.x)
  if (known !== undefined && known.left > 0) {
    known.left -= 1
    return known
  }
  if (known !== undefined) forget(recipient.x, known)
  const fresh = { ...agree(recipient), left: MESSAGES_MAX - 1 }
  agreements.set(recipient.x, fresh)
  setTimeout(() => forget(recipient.x, fresh), MILLISECONDS_MAX).unref()
  return fresh
}

function forget(name: string, agreement: Agreement & { left: number }): void {
  agreement.left = 0
  agreement.wrappingKey.fill(0)
  if (agreements.get(name) === agreement) agreements.delete(name)
}

/** Algorithm, no party information, length of the key in bits; each text behind its length (RFC 7518, 4.6.2). */
const KDF_OTHER_INFORMATION = Buffer.concat([
  counted(KEY_WRAPPING.length),
  Buffer.from(KEY_WRAPPING, 'latin1'),
  counted(0),
  counted(0),
  counted(256),
])

function agree(recipient: PublicJwk): Agreement {
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const agreed = diffieHellman({ privateKey, publicKey: publicKeyOf(recipient) })
  // Concat KDF of NIST SP 800-56A: one round of SHA-256 is the 256 bits that are wanted.
  const wrappingKey = hash('sha256', Buffer.concat([counted(1), agreed, KDF_OTHER_INFORMATION]), 'buffer')
  agreed.fill(0)
  const { crv, kty, x } = publicKey.export({ format: 'jwk' }) as unknown as PublicJwk
  return { epk: { crv, kty, x }, wrappingKey }
}

function counted(count: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(count)
  return bytes
}

/** Imported public keys by their bytes: the same round key seals every bid of a deadline rush. */
const imported = new Map<string, KeyObject>()
const IMPORTED_MAX = 1_000

export function publicKeyOf(jwk: PublicJwk): KeyObject {
  const known = imported.get(jwk.x)
  if (known !== undefined) return known
  if (imported.size >= IMPORTED_MAX) imported.clear()
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' })
  imported.set(jwk.x, key)
  return key
}
