import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import t from 'tap'
import {
  decryption,
  decryptText,
  encryption,
  encryptText,
  isAge,
  isRecipient,
} from '../../../src/platform/files/age.ts'

const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)
const stranger = await generateX25519Identity()

const UNDECRYPTABLE = { message: 'the ciphertext cannot be opened' }

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

const seal = (content: Buffer, recipients = [recipient]) => collect(encryption(recipients)(Readable.from([content])))
const open = (sealed: Buffer, by = identity) => collect(decryption(by)(Readable.from([sealed])))

t.test('what is sealed comes back, at sizes around the chunks of 64 KB', async (t) => {
  for (const byteSize of [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000]) {
    const content = randomBytes(byteSize)
    const sealed = await seal(content)
    t.ok(isAge(sealed))
    t.notOk(byteSize > 32 && sealed.includes(content.subarray(0, 32)))
    t.ok((await open(sealed)).equals(content), `${byteSize} bytes`)
  }
  t.notOk(isAge(Buffer.from('%PDF-1.7')))
})

t.test('each recipient opens it, nobody else does', async (t) => {
  const sealed = await seal(Buffer.from('甲'), [recipient, await identityToRecipient(stranger)])
  for (const by of [identity, stranger]) t.equal((await open(sealed, by)).toString(), '甲')
  await t.rejects(open(await seal(Buffer.from('甲')), stranger), UNDECRYPTABLE)
})

t.test('a flipped bit anywhere, a cut, or something added is found', async (t) => {
  const sealed = await seal(randomBytes(150_000))
  for (const at of [0, 30, 60, 150, 300, 70_000, 140_000, sealed.length - 1]) {
    const flipped = Buffer.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    await t.rejects(open(flipped), UNDECRYPTABLE, `byte ${at}`)
  }
  for (const length of [0, 10, 200, 65_752, sealed.length - 1])
    await t.rejects(open(sealed.subarray(0, length)), UNDECRYPTABLE, `cut to ${length}`)
  await t.rejects(open(Buffer.concat([sealed, Buffer.from('x')])), UNDECRYPTABLE)
  await t.rejects(open(randomBytes(1000)), UNDECRYPTABLE)
})

t.test('an error of the source is thrown on as it is, in both directions', async (t) => {
  async function* failing() {
    yield Buffer.from('age-encryption.org/v1\n')
    throw new RangeError('the disk')
  }
  await t.rejects(collect(encryption([recipient])(failing())), RangeError)
  await t.rejects(collect(decryption(identity)(failing())), RangeError)
})

t.test('who stops reading stops the source', async (t) => {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(65_536)
    } finally {
      stop()
    }
  }
  for await (const chunk of encryption([recipient])(endless())) if (chunk.length > 1_000) break
  await t.resolves(stopped)
})

t.test('names are sealed like contents', async (t) => {
  const sealed = await encryptText('暖汀中心申报书.pdf', [recipient])
  t.equal(await decryptText(sealed, identity), '暖汀中心申报书.pdf')
  await t.rejects(decryptText(sealed, stranger), UNDECRYPTABLE)
  await t.rejects(decryptText(Buffer.alloc(0), identity), UNDECRYPTABLE)
})

t.test('a recipient is one that can be encrypted for', async (t) => {
  t.ok(isRecipient(recipient))
  for (const wrong of ['', 'age1', `${recipient}x`, identity, recipient.toUpperCase()])
    t.notOk(isRecipient(wrong), wrong)
})
