import { setTimeout as pause } from 'node:timers/promises'
import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { generalDecrypt, importJWK } from 'jose'
import t from 'tap'
import { agreementWith } from '../../../src/platform/keys/agreement.ts'
import {
  makeSealingKey,
  NotOpened,
  openJson,
  publicPart,
  readSealed,
  sameHeader,
  sealJson,
} from '../../../src/platform/keys/sealing.ts'

const HEADER = { typ: 'sandan-bid', round: 'rnd_1', bid: 'bid_1', ver: 2 }

t.test('whatever is sealed, each recipient opens it, with jose that knows nothing of us', async (t) => {
  const keys = [await makeSealingKey(), await makeSealingKey(), await makeSealingKey()]
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.integer({ min: 1, max: 3 }), async (content, count) => {
      const recipients = keys.slice(0, count)
      const sealed = sealJson(
        content,
        HEADER,
        recipients.map(({ publicKey }) => publicKey),
      )
      for (const { publicKey, privateKey } of recipients) {
        const key = await importJWK({ ...privateKey.jwk }, 'ECDH-ES+A256KW')
        const opened = await generalDecrypt(JSON.parse(sealed), key)
        t.equal(new TextDecoder().decode(opened.plaintext), content)
        t.equal(opened.unprotectedHeader?.['kid'] ?? publicKey.kid, publicKey.kid)
        t.equal(await openJson(sealed, HEADER, privateKey.jwk), content)
      }
    }),
    { numRuns: 30 },
  )
})

t.test('a sealed content is canonical JSON, names its recipients and is never the same twice', async (t) => {
  const { publicKey } = await makeSealingKey()
  const [first, second] = [sealJson('{}', HEADER, [publicKey]), sealJson('{}', HEADER, [publicKey])]
  t.equal(canonicalize(JSON.parse(first)), first)
  t.same(readSealed(first).kids, [publicKey.kid])
  t.ok(sameHeader(readSealed(first).header, HEADER))
  t.not(JSON.parse(first).recipients[0].encrypted_key, JSON.parse(second).recipients[0].encrypted_key)
  t.not(JSON.parse(first).ciphertext, JSON.parse(second).ciphertext)
})

t.test('an agreement with a recipient serves 64 messages at most and a second at most', async (t) => {
  const { publicKey, privateKey } = await makeSealingKey()
  const other = await makeSealingKey()
  const sealed = Array.from({ length: 130 }, (_, index) => sealJson(`${index}`, HEADER, [publicKey, other.publicKey]))
  const keys = sealed.map((text) => JSON.parse(text).recipients.map(({ header }: Recipient) => header.epk.x))
  const runs = new Map<string, number>()
  for (const [own] of keys) runs.set(own, (runs.get(own) ?? 0) + 1)
  t.ok(Math.max(...runs.values()) <= 64 && runs.size >= 3)
  t.ok(
    keys.every(([own, others]) => own !== others),
    'no key pair is used for two recipients',
  )
  t.equal(
    new Set(sealed.map((text) => JSON.parse(text).recipients[0].encrypted_key)).size,
    130,
    'every content has its key',
  )
  for (const index of [0, 63, 64, 129]) t.equal(await openJson(sealed[index] ?? '', HEADER, privateKey.jwk), `${index}`)

  const before = agreementWith(publicKey.jwk)
  await pause(1_100)
  t.ok(
    before.wrappingKey.every((byte) => byte === 0),
    'the key is overwritten when its time is over, though nobody seals any more',
  )
  t.not(agreementWith(publicKey.jwk).epk.x, before.epk.x)
})

interface Recipient {
  readonly header: { readonly epk: { readonly x: string } }
}

t.test('it opens for nobody else, under no other header, and with no byte changed', async (t) => {
  const own = await makeSealingKey()
  const foreign = await makeSealingKey()
  const sealed = sealJson('{"grant":"80000.00"}', HEADER, [own.publicKey])
  const { jwk } = own.privateKey
  const otherHeader = Buffer.from(JSON.stringify({ ...HEADER, bid: 'bid_2', enc: 'A256GCM' })).toString('base64url')
  const moved = { ...JSON.parse(sealed), protected: otherHeader }
  const { ciphertext } = JSON.parse(sealed)
  const flipped = { ...JSON.parse(sealed), ciphertext: `${ciphertext[0] === 'A' ? 'B' : 'A'}${ciphertext.slice(1)}` }
  for (const [what, attempt] of [
    ['another key', () => openJson(sealed, HEADER, foreign.privateKey.jwk)],
    ['another header', () => openJson(sealed, { ...HEADER, ver: 3 }, jwk)],
    ['a moved ciphertext', () => openJson(JSON.stringify(moved), { ...HEADER, bid: 'bid_2' }, jwk)],
    ['a flipped byte', () => openJson(JSON.stringify(flipped), HEADER, jwk)],
  ] as const)
    await t.rejects(attempt(), NotOpened, what)
  t.same(publicPart(jwk), own.publicKey.jwk)
})
