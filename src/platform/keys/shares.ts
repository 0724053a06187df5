import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'

/** One share of a secret, base64url. */
export type Share = string

/** 256 random bits. */
export function newSecret(): Buffer {
  return randomBytes(32)
}

/**
 * Splits a secret so that any `required` shares restore it and fewer tell nothing (Shamir).
 * @throws RangeError unless 2 ≤ required ≤ total ≤ 255.
 */
export async function splitSecret(secret: Uint8Array, total: number, required: number): Promise<Share[]> {
  const shares = await split(new Uint8Array(secret), total, required)
  return shares.map((share) => Buffer.from(share).toString('base64url'))
}

/** The secret, if the shares are genuine, distinct and enough; bytes that are not the secret if they are too few. */
export async function combineShares(shares: readonly Share[]): Promise<Buffer> {
  return Buffer.from(await combine(shares.map((share) => new Uint8Array(Buffer.from(share, 'base64url')))))
}

/** Tells a genuine share later; 256 bits that nobody else knows stay unguessable behind a plain hash. */
export function shareHash(share: Share): string {
  return hash('sha256', share, 'hex')
}

export function isShareOf(share: Share, expectedHash: string): boolean {
  return timingSafeEqual(Buffer.from(shareHash(share), 'hex'), Buffer.from(expectedHash, 'hex'))
}
