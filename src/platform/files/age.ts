import { Decrypter, Encrypter } from 'age-encryption'

/** How every age file begins. */
const AGE_HEADER = Buffer.from('age-encryption.org/v1\n')

/** The ciphertext cannot be opened by this identity: damaged, cut off, for somebody else, or no age file at all. */
export class Undecryptable extends Error {}

type Bytes = AsyncIterable<Uint8Array>

export function isAge(head: Uint8Array): boolean {
  return AGE_HEADER.equals(head.subarray(0, AGE_HEADER.length))
}

/** Is this an age recipient that can be encrypted for? */
export function isRecipient(recipient: string): boolean {
  try {
    new Encrypter().addRecipient(recipient)
    return true
  } catch {
    // The library says by an exception that it does not know the recipient.
    return false
  }
}

/** Encrypts what streams through for these recipients (`age1…`), 64 KB at a time. */
export function encryption(recipients: readonly string[]): (plain: Bytes) => AsyncGenerator<Buffer> {
  return async function* encrypt(plain) {
    const sealed = await encrypterFor(recipients).encrypt(ReadableStream.from(plain) as ReadableStream<Uint8Array>)
    for await (const chunk of sealed) yield asBuffer(chunk)
  }
}

/**
 * Decrypts what streams through. A chunk comes out only once it was authenticated, the last one only if nothing was cut
 * off behind it. Throws {@link Undecryptable}; errors of the source are thrown on as they are.
 */
export function decryption(identity: string): (sealed: Bytes) => AsyncGenerator<Buffer> {
  return async function* decrypt(sealed) {
    let failed: { error: unknown } | undefined
    async function* watched() {
      try {
        yield* sealed
      } catch (error) {
        failed = { error }
        throw error
      }
    }
    const decrypter = decrypterFor(identity)
    try {
      const plain = await decrypter.decrypt(ReadableStream.from(watched()) as ReadableStream<Uint8Array>)
      for await (const chunk of plain) yield asBuffer(chunk)
    } catch (error) {
      if (failed !== undefined) throw failed.error
      throw new Undecryptable('the ciphertext cannot be opened', { cause: error })
    }
  }
}

export async function encryptText(text: string, recipients: readonly string[]): Promise<Buffer> {
  return asBuffer(await encrypterFor(recipients).encrypt(text))
}

/** Throws {@link Undecryptable}. */
export async function decryptText(sealed: Uint8Array, identity: string): Promise<string> {
  const decrypter = decrypterFor(identity)
  try {
    return await decrypter.decrypt(sealed, 'text')
  } catch (error) {
    throw new Undecryptable('the ciphertext cannot be opened', { cause: error })
  }
}

function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return encrypter
}

function decrypterFor(identity: string): Decrypter {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}
