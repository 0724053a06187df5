import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keeps a saved answer that holds a secret unreadable in the database, and yet replayable. */
export interface AnswerSeal {
  seal(text: string): string
  unseal(sealed: string): string
  /**
   * Tells equal texts later without keeping them: under a key, because a bare hash of a short bid could be guessed. The
   * parts are one text, which need not be put together.
   */
  digest(parts: Iterable<string>): Buffer
}

/** AES-256-GCM under a key of its own, derived from a key of the process. */
export function answerSeal(secret: Buffer): AnswerSeal {
  const key = Buffer.from(hkdfSync('sha256', secret, 'sandan', 'saved-answer', 32))
  const digestKey = Buffer.from(hkdfSync('sha256', secret, 'sandan', 'request-digest', 32))
  return {
    digest(parts) {
      const digest = createHmac('sha256', digestKey)
      for (const part of parts) digest.update(part)
      return digest.digest()
    },
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
