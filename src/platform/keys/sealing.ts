import { createCipheriv, randomBytes } from 'node:crypto'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  errors,
  exportJWK,
  type GeneralJWE,
  generalDecrypt,
  generateKeyPair,
  importJWK,
} from 'jose'
import { agreementWith, KEY_WRAPPING, type PublicJwk, publicKeyOf } from './agreement.ts'

export type { PublicJwk } from './agreement.ts'

export interface PrivateJwk extends PublicJwk {
  readonly d: string
}

/** The half of a sealing key that everybody may know: enough to seal, never to open. */
export interface SealingPublicKey {
  /** RFC 7638 thumbprint of the JWK. */
  readonly kid: string
  /** For JSON, as JWE (RFC 7516). */
  readonly jwk: PublicJwk
  /** For files, in the age v1 format: `age1…`. */
  readonly ageRecipient: string
}

/** The half that opens. It lives in memory only while it is made, protected or used. */
export interface SealingPrivateKey {
  readonly jwk: PrivateJwk
  /** `AGE-SECRET-KEY-1…` */
  readonly ageIdentity: string
}

export interface SealingKeyPair {
  readonly publicKey: SealingPublicKey
  readonly privateKey: SealingPrivateKey
}

/** What a ciphertext is bound to; changing one word of it makes the ciphertext unreadable. */
export type SealedHeader = Readonly<Record<string, string | number>>

const CONTENT_ENCRYPTION = 'A256GCM'
const RFC_3394_START = Buffer.alloc(8, 0xa6)
/** The ciphertext does not open: wrong key, changed bytes, or another header than the one it was sealed under. */
export class NotOpened extends Error {
  readonly reason: 'malformed' | 'undecryptable' | 'header_differs'

  constructor(reason: NotOpened['reason']) {
    super(`the sealed content did not open: ${reason}`)
    this.name = 'NotOpened'
    this.reason = reason
  }
}

/**
 * Two keys under one name: X25519 for JWE and X25519 for age files. They are separate, because one key in two protocols
 * lets a flaw of the one reach the other.
 */
export async function makeSealingKey(): Promise<SealingKeyPair> {
  const pair = await generateKeyPair(KEY_WRAPPING, { crv: 'X25519', extractable: true })
  const jwk = (await exportJWK(pair.privateKey)) as unknown as PrivateJwk
  const publicJwk = publicPart(jwk)
  const ageIdentity = await generateX25519Identity()
  return {
    publicKey: { kid: await kidOf(publicJwk), jwk: publicJwk, ageRecipient: await identityToRecipient(ageIdentity) },
    privateKey: { jwk, ageIdentity },
  }
}

export function publicPart({ kty, crv, x }: PublicJwk): PublicJwk {
  return { kty, crv, x }
}

export function kidOf(jwk: PublicJwk): Promise<string> {
  return calculateJwkThumbprint(publicPart(jwk))
}

/**
 * Seals JSON for several recipients: JWE in general JSON serialization, as canonical JSON (RFC 8785), `ECDH-ES+A256KW`
 * with `A256GCM`; any one of the private keys opens it. The header is authenticated, so a ciphertext cannot be moved to
 * another bid or round.
 *
 * jose opens it, and could make it as well, but through Web Crypto: ten jobs of other threads for each bid, 760 µs of
 * processor time against 60 µs here, where one thread seals all bids of the last seconds before a deadline.
 */
export function sealJson(...sealed: Parameters<typeof sealJsonBytes>): string {
  return sealJsonBytes(...sealed).toString('latin1')
}

/** {@link sealJson} as the bytes that are kept and hashed: nothing in them is not ASCII. */
export function sealJsonBytes(
  content: string,
  header: SealedHeader,
  recipients: readonly Pick<SealingPublicKey, 'kid' | 'jwk'>[],
): Buffer {
  const random = randomBytes(CONTENT_KEY_BYTES + NONCE_BYTES)
  const contentKey = random.subarray(0, CONTENT_KEY_BYTES)
  const nonce = random.subarray(CONTENT_KEY_BYTES)
  const protectedHeader = Buffer.from(JSON.stringify({ ...header, enc: CONTENT_ENCRYPTION })).toString('base64url')
  const cipher = createCipheriv('aes-256-gcm', contentKey, nonce)
  cipher.setAAD(Buffer.from(protectedHeader, 'latin1'))
  // A counter mode: all of it comes of `update`, and nothing is left for the end.
  const ciphertext = cipher.update(content, 'utf8')
  cipher.final()
  const wrapped = JSON.stringify(recipients.map((recipient) => wrapFor(contentKey, recipient)))
  const tag = cipher.getAuthTag().toString('base64url')
  // The names of each object are in their canonical order, and base64url needs no escape.
  const before = '{"ciphertext":"'
  const after = `","iv":"${nonce.toString('base64url')}","protected":"${protectedHeader}","recipients":${wrapped},"tag":"${tag}"}`
  const encoded = ciphertext.toString('base64url')
  const sealed = Buffer.allocUnsafe(before.length + encoded.length + after.length)
  sealed.write(before, 0, 'latin1')
  sealed.write(encoded, before.length, 'latin1')
  sealed.write(after, before.length + encoded.length, 'latin1')
  return sealed
}

const CONTENT_KEY_BYTES = 32
const NONCE_BYTES = 12

/** RFC 7518, 4.6: the content key under the key that was agreed with the recipient. */
function wrapFor(contentKey: Buffer, { kid, jwk }: Pick<SealingPublicKey, 'kid' | 'jwk'>) {
  const { epk, wrappingKey } = agreementWith(jwk)
  const wrapping = createCipheriv('id-aes256-wrap', wrappingKey, RFC_3394_START)
  return {
    encrypted_key: Buffer.concat([wrapping.update(contentKey), wrapping.final()]).toString('base64url'),
    header: { alg: KEY_WRAPPING, epk, kid },
  }
}

/**
 * Opens what {@link sealJson}, or a client of its own, has sealed.
 * @throws NotOpened when it is no such JWE, does not decrypt, or was sealed under another header.
 */
export async function openJson(sealed: string, header: SealedHeader, privateJwk: PrivateJwk): Promise<string> {
  const jwe = parseJwe(sealed)
  const key = await importJWK({ ...privateJwk }, KEY_WRAPPING)
  const opened = await generalDecrypt(jwe, key, {
    keyManagementAlgorithms: [KEY_WRAPPING],
    contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
  }).catch((error: unknown) => {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw new NotOpened('undecryptable')
    throw error
  })
  if (!sameHeader(opened.protectedHeader ?? {}, header)) throw new NotOpened('header_differs')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(opened.plaintext)
  } catch {
    // Whoever sealed it put no text in: its own fault, and no reason to stop at this bid.
    throw new NotOpened('malformed')
  }
}

/** Whom a JWE names as recipients and what it is bound to, without opening it. @throws NotOpened when it is no JWE. */
export function readSealed(sealed: string): { readonly header: Record<string, unknown>; readonly kids: string[] } {
  const jwe = parseJwe(sealed)
  try {
    const header = JSON.parse(Buffer.from(jwe.protected ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
    return { header, kids: jwe.recipients.flatMap((recipient) => recipient.header?.kid ?? []) }
  } catch {
    throw new NotOpened('malformed')
  }
}

/** Does a JWE header say exactly this, besides how it is encrypted? (With one recipient, jose puts `epk` there too.) */
export function sameHeader(found: Readonly<Record<string, unknown>>, wanted: SealedHeader): boolean {
  const { enc, alg: _alg, kid: _kid, epk: _epk, ...rest } = found
  const names = Object.keys(rest)
  return (
    enc === CONTENT_ENCRYPTION &&
    names.length === Object.keys(wanted).length &&
    names.every((name) => rest[name] === wanted[name])
  )
}

/** A small secret for one holder: JWE in compact serialization. */
export async function sealFor(secret: string, jwk: PublicJwk): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: KEY_WRAPPING, enc: CONTENT_ENCRYPTION, kid: await kidOf(jwk) })
    .encrypt(publicKeyOf(jwk))
}

/** @throws NotOpened when the key is not the one it was sealed for, or bytes have changed. */
export async function openFor(sealed: string, privateJwk: PrivateJwk): Promise<string> {
  const key = await importJWK({ ...privateJwk }, KEY_WRAPPING)
  const opened = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: [KEY_WRAPPING],
    contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
  }).catch((error: unknown) => {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw new NotOpened('undecryptable')
    throw error
  })
  return new TextDecoder().decode(opened.plaintext)
}

function parseJwe(sealed: string): GeneralJWE {
  let jwe: unknown
  try {
    jwe = JSON.parse(sealed)
  } catch {
    throw new NotOpened('malformed')
  }
  const isJwe =
    typeof jwe === 'object' &&
    jwe !== null &&
    Array.isArray((jwe as GeneralJWE).recipients) &&
    typeof (jwe as GeneralJWE).ciphertext === 'string' &&
    typeof (jwe as GeneralJWE).protected === 'string'
  if (!isJwe) throw new NotOpened('malformed')
  return jwe as GeneralJWE
}
