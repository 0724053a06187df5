import { CompactEncrypt, compactDecrypt, errors } from 'jose'
import {
  NotOpened,
  openFor,
  type PrivateJwk,
  type PublicJwk,
  type SealingPrivateKey,
  type SealingPublicKey,
  sealFor,
} from './sealing.ts'
import type { Share } from './shares.ts'
import { combineShares, newSecret, splitSecret } from './shares.ts'

/** The holder of a key is not to be had in this process or at this moment; nothing is lost, it is tried again. */
export class HolderAbsent extends Error {
  constructor(holder: string) {
    super(`the key holder ${holder} is not available here`)
    this.name = 'HolderAbsent'
  }
}

/**
 * Keeps private round keys until they may be used. `protect` needs nothing secret of ours, so that the process which
 * publishes a round cannot open its bids; only a process that has the holder's own secret can `release`.
 */
export interface KeyHolder {
  /** `context` is bound to the protected key: that of another round does not release. */
  protect(key: SealingPrivateKey, context: string): Promise<string>
  /** @throws HolderAbsent when the holder's secret is not here, NotOpened when the protected key was changed. */
  release(protectedKey: string, context: string): Promise<SealingPrivateKey>
}

/** Who keeps keys here, and who may open the archive in fifteen years. */
export interface KeyHolding {
  readonly holders: { readonly file?: KeyHolder; readonly kms?: KeyHolder }
  /** Public half of the offline archive key; whatever is sealed is sealed for it as well. Null: none. */
  readonly escrow: SealingPublicKey | null
  /** 32 bytes; keeps what officers hand in, and a key once it is released, unreadable in the database. */
  readonly serviceKey: Buffer
}

/** A key management service: it wraps and unwraps short secrets under a key that never leaves it. */
export interface KeyManagementService {
  wrap(secret: Buffer, context: string): Promise<string>
  unwrap(wrapped: string, context: string): Promise<Buffer>
}

/**
 * The holder's key pair lies in a file. Processes that only publish rounds get the public half; the process that opens
 * bids runs as a user of its own, who alone may read the private half.
 */
export function fileHolder(key: PublicJwk | PrivateJwk): KeyHolder {
  return {
    protect: (secret, context) => sealFor(JSON.stringify({ context, ...secret }), key),
    async release(protectedKey, context) {
      if (!('d' in key)) throw new HolderAbsent('file')
      return inContext(await openFor(protectedKey, key), context)
    },
  }
}

/** Envelope encryption: a fresh key for each round key, wrapped by the service. */
export function kmsHolder(service: KeyManagementService): KeyHolder {
  return {
    async protect(secret, context) {
      const wrapping = newSecret()
      const wrapped = await service.wrap(wrapping, context)
      return JSON.stringify({ wrapped, key: await encryptUnder(wrapping, JSON.stringify({ context, ...secret })) })
    },
    async release(protectedKey, context) {
      const { wrapped, key } = JSON.parse(protectedKey) as { wrapped: string; key: string }
      return inContext(await decryptUnder(await service.unwrap(wrapped, context), key), context)
    },
  }
}

/** What officers keep: the key under a secret that only their shares together restore. */
export interface SharedKey {
  readonly protectedKey: string
  /** In the order of the officers; forget them once they are handed out. */
  readonly shares: readonly Share[]
}

export async function shareOut(
  key: SealingPrivateKey,
  context: string,
  officers: number,
  required: number,
): Promise<SharedKey> {
  const wrapping = newSecret()
  return {
    protectedKey: await encryptUnder(wrapping, JSON.stringify({ context, ...key })),
    shares: await splitSecret(wrapping, officers, required),
  }
}

/** @throws NotOpened when the shares are too few or not genuine. */
export async function restoreShared(
  protectedKey: string,
  shares: readonly Share[],
  context: string,
): Promise<SealingPrivateKey> {
  const wrapping = await combineShares(shares)
  if (wrapping.length !== 32) throw new NotOpened('undecryptable')
  return inContext(await decryptUnder(wrapping, protectedKey), context)
}

export async function encryptUnder(key: Uint8Array, text: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key)
}

/** @throws NotOpened when the key is another one or bytes have changed. */
export async function decryptUnder(key: Uint8Array, encrypted: string): Promise<string> {
  const opened = await compactDecrypt(encrypted, key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch((error: unknown) => {
    if (error instanceof errors.JOSEError) throw new NotOpened('undecryptable')
    throw error
  })
  return new TextDecoder().decode(opened.plaintext)
}

function inContext(text: string, context: string): SealingPrivateKey {
  const { context: found, jwk, ageIdentity } = JSON.parse(text) as SealingPrivateKey & { context: string }
  if (found !== context) throw new NotOpened('header_differs')
  return { jwk, ageIdentity }
}
